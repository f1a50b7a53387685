"""The application around the mathematics: workbook, validation, solving, studies, result folders, command line.

Importing this package is light (no Pyomo, pandas or solver) and checks that the sibling packages `models` and `reports`
are the planner's own: both names are common, and a foreign one found first would fail in confusing ways much later."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

__version__ = "0.1.0"

# openpyxl prefers lxml where it is installed; its own parser under defusedxml is the one that refuses entity bombs.
os.environ["OPENPYXL_LXML"] = "False"


def _refuse_foreign_packages() -> None:
    """Raise ImportError if `models` or `reports` would come from somewhere else than beside this package."""
    home = Path(__file__).resolve().parents[1]
    for name in ("models", "reports"):
        spec = find_spec(name)
        origin = Path(spec.origin).resolve() if spec and spec.origin else None
        if origin is None or home not in origin.parents:
            raise ImportError(
                f"aidc-planner needs its own package '{name}' in {home}, but Python finds {origin or 'none'}. "
                "Install aidc-planner in an environment of its own (for example with pipx or uv tool)."
            )


_refuse_foreign_packages()
