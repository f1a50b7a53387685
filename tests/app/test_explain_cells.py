"""What `aidc explain` may propose, in the cells of a workbook."""

from __future__ import annotations

import re
from typing import Any

import pytest
from click.testing import CliRunner

from models.duties import requirements
from models.places import at
from planner.cli import cli
from planner.studies.explain import Change
from planner.studies.typed import Book
from planner.validate import validate
from planner.validate.variations import with_values
from planner.workbook import read_workbook


def full_workbook(small: Any) -> Any:
    """The small workbook with every kind of requirement that a row can hold."""
    small.project |= {"min_domestic_pct": 10, "clean_yearly_pct": 20, "clean_hourly_pct": 10, "most_delay_months": 2}
    small.project |= {"lead_confidence": "P90", "carbon_cap_t": 900, "water_cap_m3": 900, "water_day_cap_m3": 90}
    small.rows["Sites"][0] |= {"interruption_events": 2, "interruption_h": 1, "connection_covers": "design day"}
    small.rows["Sites"][0] |= {"max_swing_mw": 5, "ramp_limit_mw_per_min": 5, "grid_ride_through_s": 2}
    small.rows["Workloads"][2] |= {"steady": "yes"}
    small.rows["Racks"][1] |= {"domestic": "yes"}
    small.rows["Electrical"][0] |= {"redundancy": "3N/2"}
    small.rows["Storage"][0] |= {"min_mw": 1, "min_mwh": 2, "min_hours": 1, "response_s": 0}
    small.rows["Supply"][0] |= {"min_mw": 0.5}
    small.rows["Generators"].append(
        {"name": "diesel", "unit_kw": 500, "price": 500, "min_units": 1, "max_units": 4, "max_run_h": 100}
        | {"full_load_efficiency_pct": 40, "fuel_price": 60, "fuel_carbon_g_per_kwh": 202, "only_in_outages": "yes"}
    )
    small.rows["PowerPurchase"].append(
        {"name": "sun", "output_series": "pv", "price": 60, "max_mw": 2, "delivery_fee": 90}
    )
    small.rows["Offers"][0] |= {"min_count": 2}
    small.rows["Tender"][0] |= {"one_family": "yes", "vendor_cap_pct": 80}
    return read_workbook(small.write())


def test_every_requirement_gives_way_in_its_own_cell(small: Any) -> None:
    """Proves: the value that is as good as none (of a row twice what it is), typed where the change says, is accepted
    and reaches its place in the case. Caught: a value in another unit, a choice that the column does not know, a
    requirement whose cell is another column's, one that no cell holds."""
    raw = full_workbook(small)
    validated = validate(raw)
    book = Book(raw, validated)
    found = requirements(validated.case)
    for r in found:
        end = (2 * r.now if r.is_whole else 1.5 * r.now) if r.end is None else r.end
        cells = {t.target: t.value for t in book.cells(Change({r.path: end}))}
        typed, wanted = (at(c, r.path) for c in (validate(with_values(raw, cells)).case, r.at(validated.case, end)))
        assert repr(typed) == repr(wanted) or typed == pytest.approx(wanted, rel=1e-5), r.path
    kinds = {r.path.partition("[")[0].partition(".")[0] for r in found}
    kinds_with_cells = {"grid", "limits", "site", "offers", "racks", "batteries", "supplies", "cooling", "generators"}
    assert kinds == kinds_with_cells | {"purchases", "workloads", "electrical", "orders"} and len(found) > 45


def test_an_interruption_is_told_in_its_own_cell(small: Any) -> None:
    """Proves: two interruptions of five hours that 1 MWh cannot bridge are told with the number of events and what that
    is, with the two ways out: a larger battery, or the cell cleared; what is asked and tried meanwhile is told by
    cells, too. Caught: the words of another column that feeds the same figure of the case, a cell set to no text,
    progress that names places of the model."""
    small.rows["Sites"][0] |= {"interruption_events": 2, "interruption_h": 5}
    small.rows["Storage"][0] |= {"max_mwh": 1}
    done = CliRunner().invoke(cli, ["explain", str(small.write())])
    assert done.exit_code == 0, done.output
    cell = small.cell("Sites", "interruption_events")
    assert f"Clear {cell} (interruptions of a non-firm connection in the year, put where they hurt most" in done.stdout
    assert f"Raise {small.cell('Storage', 'max_mwh')} (most energy) from 1 to" in done.stdout
    asked = done.stderr.partition("Next:")[0]
    assert f"Trying {small.cell('Storage', 'max_mwh')} (most energy) = " in asked and f"Trying {cell} (int" in asked
    assert "Asking which limits give way with" in asked
    assert not re.search(r"\b(grid|limits|batteries|site)[.\[]", asked), asked
