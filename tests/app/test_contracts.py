"""Power-purchase contracts through the workbook: refusals by cell, plan.json."""

from __future__ import annotations

from typing import Any

import pytest

from planner.errors import BadWorkbook
from planner.plan_json import plan_from_plain, plan_to_plain, public_view
from planner.studies.plan import PlanOptions, plan_case
from planner.validate import validate
from planner.workbook import read_workbook

OPTIONS = PlanOptions(gap=0.01, method="monolithic", marginals="none")


@pytest.mark.parametrize(
    "cells,column",
    [
        ({"output_series": None}, "output_series"),
        ({"output_series": "no such"}, "output_series"),
        ({"min_mw": 5}, "max_mw"),
        ({"surplus_pct": 50}, "market_price_series"),
        ({"settlement": "financial"}, "market_price_series"),
        ({"settlement": "financial", "market_price_series": "pv", "delivery_fee": 5}, "delivery_fee"),
        ({"delivery": "baseload"}, "output_series"),
        ({"settlement": "virtual"}, "settlement"),
    ],
)
def test_what_does_not_go_together_is_refused_at_its_cell(cells: dict[str, Any], column: str, small: Any) -> None:
    """Proves one finding at the cell that must change. Catches: a contract settled against nothing, a default that
    hides a missing series."""
    small.rows["Sites"][0] |= {"export_limit_mw": 0}
    small.rows["PowerPurchase"] = [{"name": "sun", "output_series": "pv", "max_mw": 2, "price": 30} | cells]
    with pytest.raises(BadWorkbook) as bad:
        validate(read_workbook(small.write()))
    assert [f.column for f in bad.value.findings] == [column]
    assert bad.value.findings[0].cell.startswith("PowerPurchase!")


def test_exporting_what_a_contract_delivers_for_nothing_is_refused(small: Any) -> None:
    """Proves: a contract's surplus that is lost costs nothing more to take, so that an export price above zero would
    earn on it without end. Catches: the export price compared with the tariff alone."""
    small.rows["Sites"][0] |= {"export_limit_mw": 1, "export_price": 10}
    validate(read_workbook(small.write()))
    small.rows["PowerPurchase"] = [{"name": "sun", "output_series": "pv", "max_mw": 2, "price": 30}]
    with pytest.raises(BadWorkbook) as bad:
        validate(read_workbook(small.write()))
    assert [f.column for f in bad.value.findings] == ["export_price"]


def _signed(small: Any) -> Any:
    """The small workbook with a sleeved and a virtual contract and a tenth of its energy clean hour by hour."""
    small.rows["Sites"][0] |= {"export_limit_mw": 0}
    small.project |= {"clean_hourly_pct": 10}
    small.series["market"] = [30.0] * len(small.series["hour"])
    small.rows["PowerPurchase"] = [
        {"name": "sun", "output_series": "pv", "max_mw": 2, "price": 30, "source_kind": "solar", "delivery_fee": 5},
        {"name": "virtual", "settlement": "financial", "delivery": "baseload", "market_price_series": "market"}
        | {"max_mw": 1, "price": 40, "min_mw": 0.5},
    ]
    return plan_case(validate(read_workbook(small.write())), OPTIONS)


def test_contracts_go_through_the_workbook_into_plan_json(small: Any) -> None:
    """Proves: both kinds are read, signed and pass the recheck; plan.json names each with its power and its energy, and
    a plan read back is the same. Catches: a field lost between workbook and plan."""
    answer = _signed(small)
    assert answer.audit.ok, answer.audit.violations
    assert answer.design.purchase_mw["sun"] > 0 and answer.design.purchase_mw["virtual"] == pytest.approx(0.5)
    entry = {c["contract"]: c for c in public_view(answer)["sites"][0]["contracts"]}
    assert entry["virtual"]["used_mwh"] is None and entry["sun"]["used_mwh"] > 0
    again = plan_from_plain(plan_to_plain(answer), answer.case, answer.origins, answer.design.operation)
    assert again.design.purchase_mw == answer.design.purchase_mw
