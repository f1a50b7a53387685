"""Pages from templates: the one place that sets up jinja2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reports.format import glued, number

_TEMPLATES = Path(__file__).parent / "templates"


def rendered(template: str, **values: Any) -> str:
    """A page as HTML text: no scripts, no requests, all text of the case escaped. A value that the template wants and
    does not get raises jinja2.UndefinedError."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # lazily: the command line must start fast

    loader = FileSystemLoader(_TEMPLATES)
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_unparted,
    )
    environment.filters["whole"] = number
    return environment.get_template(template).render(values)


def _unparted(value: Any) -> Any:
    """A value as it is printed: words with their numbers and units on one line; pictures and finished parts as they
    are."""
    return glued(value) if type(value) is str else value


def text_of(name: str) -> str:
    """A file beside the templates, as it is."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")
