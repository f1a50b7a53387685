"""What the documents say of heat sold, water, tanks and part load."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from models.accounts import account
from models.case import AssetTerms, ChilledWaterStore, HeatUser
from models.design import Answer
from reports import evidence, figures, statements, tables, wording
from reports.capacity import limit_rows
from reports.schedule import store_rows
from reports.workbook import write_plan_workbook


@pytest.fixture(scope="module")
def warm(answer: Answer) -> Answer:
    """The hall with a town that takes 0.5 MW in every hour, a tank of 2 MWh at 10 K, a works that takes nothing, a
    fifth of cooling standing, weights of 2 on water and limits of a day and of weighted water."""
    case, design = answer.case, answer.design
    liquid, air = case.cooling
    user = HeatUser("town", 0.02, 30.0, np.full(8760, 1.0), 200.0, AssetTerms(20))
    store = ChilledWaterStore(51.2, AssetTerms(20), 5.0, temperature_difference_k=10.0)
    case = replace(
        case,
        heat_users=(user, replace(user, name="works", temperature_c=90.0)),
        cooling=(replace(liquid, return_c=45.0, store=store, fixed_share=0.2), air),
        site=replace(case.site, water_stress=np.full(8760, 2.0)),
        limits=replace(case.limits, water_m3_per_day=100.0, weighted_water_m3_per_year=50_000.0),
    )
    zero = np.zeros(8760)
    flows = {liquid.name: zero}
    operation = replace(
        design.operation,
        reused_mw={("town", liquid.name): np.full(8760, 0.5)},
        cold_charge_mw=flows,
        cold_discharge_mw=flows,
        cold_stored_mwh=flows,
    )
    sizes = {"town": 0.5, "works": 0.0}
    design = replace(design, operation=operation, reuse_mw=sizes, cold_store_mwh={liquid.name: 2.0})
    return replace(answer, case=case, design=design, accounts=account(case, design))


def test_sentences(warm: Answer) -> None:
    """Proves: 4,380 MWh through 0.5 MW; a user that takes nothing is told; 2 MWh at 10 K are 172 m3; the day of most
    water is the one with the largest sum; weights of 2; part load. Catches: MW for MWh, a silent user, hours."""
    assert "4.38 GWh of heat a year" in statements.heat_reuse(warm)[0]
    assert "works takes no heat" in statements.heat_reuse(warm)[1]
    assert "holds 172 m³" in statements.tanks(warm)[0]
    days = warm.design.operation.water_m3.reshape(365, 24).sum(axis=1)
    told = statements.water(warm)
    assert f"{days.max():.3g}" in told[0].replace(",", "")
    assert str((np.datetime64("2023-01-01") + int(days.argmax())).item().day) in told[0]
    assert "2.00 a m³" in told[1]
    assert "taken whatever the heat" in statements.free_cooling(warm)[0]
    assert "taken whatever the heat" not in statements.free_cooling(warm)[1]


def test_every_document_carries_them(warm: Answer) -> None:
    """Proves: sentences, cost lines, ERE and the connection stand on the page and in the schedule. Catches: a line
    without a name, a user left out of the schedule."""
    assert wording.cost_name("heat_reuse") == "Heat sold"
    assert wording.cost_name("heat_exchanger") == "Connections of heat users"
    assert "ERE" in [figure.label for figure in figures.key_figures(warm)]
    assert ("town", 0.5) in [(row.name, row.power_mw) for row in store_rows(warm)]
    limits = {row.name: (row.value, row.limit) for row in limit_rows(warm) if row.limit is not None}
    water = float(warm.design.operation.water_m3.sum())
    assert limits["Water weighted by scarcity"] == pytest.approx((2 * water, 50_000.0))
    assert limits["Water in one day"][1] == 100.0
    assert "Connection of heat user: town" in [row.name for row in limit_rows(warm) if row.limit is None]
    assert {"heat_reuse", "heat_exchanger"} <= {line.cost.line for line in evidence.evidence_of_lines(warm)}
    assert tables.cooling(warm).rows


def test_heat_sold_recomputes_in_the_workbook(warm: Answer, tmp_path: Path) -> None:
    """Proves: the quantity of heat sold is a formula over its column of sheet Operation. Catches: a pasted number, the
    column of heat taken in place of heat sold."""
    path = tmp_path / "plan.xlsx"
    write_plan_workbook(warm, path)
    book = openpyxl.load_workbook(path)
    costs, operation = book["Costs"], book["Operation"]
    row = next(r for r in costs.iter_rows() if r[0].value == "Heat sold")
    found = re.fullmatch(r"=\(SUM\(Operation!\$([A-Z]+)\$5:\$[A-Z]+\$8764\)\)", str(row[3].value))
    assert found, row[3].value
    heading = next(cell.value for cell in operation[4] if cell.column_letter == found[1])
    assert str(heading).startswith("Heat sold to town from")
