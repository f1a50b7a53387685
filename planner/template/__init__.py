"""Workbooks to fill in: a template for a user, or an example. Written from the same manifest that reads them."""

from __future__ import annotations

from pathlib import Path

from planner.schema import User
from planner.template.book import write_workbook
from planner.template.content import example_content, example_names, template_content

__all__ = ["example_names", "write_example", "write_template"]


def write_template(path: Path, user: User) -> None:
    """Write an empty workbook with the catalogue, the required cells of `user` coloured."""
    write_workbook(path, template_content(user), user)


def write_example(path: Path, name: str) -> None:
    """Write a filled-in example; `name` is one of example_names()."""
    write_workbook(path, example_content(name), "design")
