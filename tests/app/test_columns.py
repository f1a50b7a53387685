"""Every numeric column, moved: the plan changes as a calculation by hand says.

The recheck starts from the Case and so shares whatever the reading got wrong; here nothing is shared. The tables of
columns_*.py say what each column's unit means for a result."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from columns_bases import Base, Cells, Move, Planned
from columns_compute import COMPUTE
from columns_contracts import CONTRACTS
from columns_cooling import COLD_SIDE
from columns_dates import DATES
from columns_place import PLACE
from columns_plant import PLANT
from columns_siting import SITING
from columns_stages import GROWTH
from columns_supply import SUPPLY_UNITS
from columns_tariff import TERMS
from columns_tender import TENDER

from models.accounts import account
from models.growth_accounts import account_growth
from planner.errors import BadWorkbook
from planner.schema import SHEETS
from planner.solving import solve, solve_growth
from planner.validate import validate
from planner.workbook import read_workbook

MOVES: tuple[Move, ...] = (
    PLACE + DATES + GROWTH + PLANT + COMPUTE + TERMS + TENDER + COLD_SIDE + SUPPLY_UNITS + SITING + CONTRACTS
)
EXEMPT = {
    "Sites.design_exceedance_h": "needs files beside the workbook: by hand in test_weather.py",
    **{
        f"Sweep.{name}": "changes no plan, only what `aidc sweep` draws: by hand in test_sweep.py"
        for name in ("low", "high", "middle", "deviation", "levels", "correlation")
    },
    **{
        f"Scenarios.{name}": "changes no plan, only what `aidc scenarios` plans for: by hand in test_scenarios.py"
        for name in ("probability", "weather_year", "price_year")
    },
    "Hourly.hour": "numbers the rows: 0, 1, 2 and nothing else is accepted",
}
"""Columns that no result can follow, each with the reason."""


def _place(address: str) -> tuple[str, int, str]:
    """Sheet, row from 0 and column of `Sheet.column` or `Sheet[row].column`."""
    sheet, column = address.split(".")
    name, _, number = sheet.rstrip("]").partition("[")
    return name, int(number or 0), column


def _plan(small: Any, base: Base, cells: Cells) -> Planned:
    """What comes of a base with some cells changed: written, read, judged, solved, accounted."""
    small.project = dict(base.project)
    small.rows = {s.name: copy.deepcopy(base.rows.get(s.name, [])) for s in SHEETS if s.layout == "rows"}
    for address, value in cells.items():
        name, number, column = _place(address)
        if name == "Project":
            small.project[column] = value
            continue
        rows = small.rows[name]
        rows += [{} for _ in range(number + 1 - len(rows))]
        rows[number][column] = value
    count = small.project["hours"] * 60 // small.project.get("step_minutes", 60)
    small.series = {"hour": [h * small.project["hours"] / count for h in range(count)]}
    small.series |= {name: [values[i % len(values)] for i in range(count)] for name, values in base.series.items()}
    try:
        valid = validate(read_workbook(small.write()))
    except BadWorkbook as bad:
        return Planned("refused at " + ", ".join(f.column for f in bad.findings))
    if valid.growths:
        plan, proof = solve_growth(valid.growths[0], gap=1e-7, method="monolithic")
        if plan is None:
            return Planned(proof.status)
        return Planned("plan", account_growth(valid.growths[0], plan), plan.stages[-1], valid.warnings)
    design, proof = solve(valid.case, gap=1e-7, method="monolithic")
    if design is None:
        return Planned(proof.status)
    return Planned("plan", account(valid.case, design), design, valid.warnings, valid.case, valid)


@pytest.fixture(scope="module")
def known() -> dict[str, Planned]:
    """Plans made before, by base and cells: many columns start from the same."""
    return {}


def _known_plan(known: dict[str, Planned], small: Any, base: Base, cells: Cells) -> Planned:
    key = f"{id(base)} {sorted(cells.items(), key=str)}"
    if key not in known:
        known[key] = _plan(small, base, cells)
    return known[key]


@pytest.mark.parametrize("move", MOVES, ids=lambda m: next(iter(m.moved)))
def test_a_column_moves_the_result_as_calculated_by_hand(move: Move, small: Any, known: dict[str, Planned]) -> None:
    """Proves the unit and the effect of a column: a factor of 1,000 or 60, a wrong sign, a wrong row or a column read
    and ignored gives another figure before or after."""
    before = move.result(_known_plan(known, small, move.base, move.given))
    after = move.result(_known_plan(known, small, move.base, move.given | move.moved | move.along))
    assert [before, after] == [_close(move.before), _close(move.after)], move.why


def _close(value: Any) -> Any:
    return value if isinstance(value, str) else pytest.approx(value, rel=1e-6, abs=1e-6)


def test_every_numeric_column_and_series_has_its_move() -> None:
    """Fails when the schema gets a column whose unit nobody has checked by hand, or an exemption outlives its
    column."""
    moved = {f"{name}.{column}" for m in MOVES for name, _, column in map(_place, m.moved)}
    needed = {f"{s.name}.{c.name}" for s in SHEETS for c in s.columns if c.numeric or c.kind == "series"}
    assert needed - moved == set(EXEMPT)


def test_every_move_shows_a_difference() -> None:
    """Fails when a column's only statement is that nothing changes, which a column that is ignored would pass too."""
    shown = {address for m in MOVES if m.before != m.after for address in m.moved}
    assert {address for m in MOVES for address in m.moved} == shown
