"""Studies whose documents are made from their file for machines alone: which they are, and how to make them again."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from planner import front_results, scenario_results
from planner.folder import MANIFEST, replace_files
from planner.results import BadFolder, read_json
from planner.study_manifest import manifest_bytes, unaltered

Render = Callable[[dict[str, Any], Path], tuple[str, ...]]
"""Writes the documents of an answer in plain values into a folder; returns their names, the page first."""

SWEEP, SWEEP_PAGE = "sweep.json", "sweep.html"


def render_sweep_page(view: dict[str, Any], folder: Path) -> tuple[str, ...]:
    """Write the page of a sweep; returns its name."""
    from reports.sweep import render_sweep

    (folder / SWEEP_PAGE).write_text(render_sweep(view), encoding="utf-8", newline="\n")
    return (SWEEP_PAGE,)


STUDIES: dict[str, Render] = {
    "pareto.json": front_results.render_documents,
    "alternatives.json": front_results.render_documents,
    scenario_results.DATA: scenario_results.render_documents,
    SWEEP: render_sweep_page,
}
"""By the name of the file for machines."""


def study_file(folder: Path) -> str | None:
    """The file for machines of the study in a folder; None if it holds no such study."""
    return next((name for name in STUDIES if (folder / name).is_file()), None)


def render_study(folder: Path, target: Path) -> tuple[str, ...]:
    """Write the documents of the study in a folder into `target`; returns their names. Raises BadFolder if its file
    cannot be understood."""
    name = study_file(folder)
    assert name is not None
    view = read_json(folder / name)
    try:
        return STUDIES[name](view, target)
    except KeyError as error:
        raise BadFolder([f"{name}: {error} is missing; it was written by an earlier version"]) from None
    except (ValueError, TypeError, AttributeError) as error:
        raise BadFolder([f"{name}: {error}"]) from None


def render_study_again(folder: Path) -> tuple[str, ...]:
    """Replace the documents of a study, all or none; returns their names. Raises BadFolder, or AlteredFolder if its
    file is not as it was written."""
    name = study_file(folder)
    assert name is not None
    manifest = unaltered(folder, name) if (folder / MANIFEST).is_file() else {}  # a sweep has none
    with tempfile.TemporaryDirectory() as draft:
        names = render_study(folder, Path(draft))
        made = {name: (Path(draft) / name).read_bytes() for name in names}
    if manifest:
        manifest["files"] |= {name: {"sha256": hashlib.sha256(content).hexdigest()} for name, content in made.items()}
        made[MANIFEST] = manifest_bytes(manifest)
    replace_files(folder, made)
    return names
