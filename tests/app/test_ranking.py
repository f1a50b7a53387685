"""Ranks of candidate sites by what is not cost, and what would turn the order; figures by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.siting import Criterion, Fact, normalised, score_table, share_first, tie_factor, tie_saving, weighted
from planner.errors import BadWorkbook
from planner.studies.sites import SiteResult, comparison
from planner.validate import validate
from planner.workbook import read_workbook


def site(name: str, cost: float, energy: float, ms: float | None, month: float, **money: float) -> SiteResult:
    lines = [{"line": "energy", "present_value": energy}, {"line": "racks", "present_value": cost - energy}]
    view = {"status": "optimal", "objective": cost, "bound": cost - 5, "gap": 0.1, "gap_money": 5, "kpi": {}}
    facts = {n: Fact(v, f"Sites!{n}") for n, v in money.items()}
    if ms is not None:
        facts["latency_ms"] = Fact(ms, "Sites!Z6")
    dates = (("grid connection", month, "Sites!G6"), ("permits", 3.0, ""))
    return SiteResult(name, Path(name), "planned", {**view, "costs": lines}, facts=facts, dates=dates)


NEAR = Criterion("near", "latency_ms", "less", 50, 1.0, "Criteria!B6")
SOON = Criterion("soon", "first token", "less", None, 3.0, "Criteria!B7")


def test_scores_ranks_and_thresholds() -> None:
    """Latency 10, 30, 90 (fails 50), none; months 24, 12, 6, 6. A and B are scored: near 1, 0; soon 0, 1; weights 1:3
    give 0.25, 0.75. By date: C and D first, then B, A. Caught: a failed or unknown site scored, weights not
    normalised, the direction turned."""
    sites = [
        site("A", 100, 40, 10, 24),
        site("B", 120, 10, 30, 12),
        site("C", 150, 0, 90, 6),
        site("D", 200, 0, None, 6),
    ]
    view = comparison(sites, "x", "USD", (NEAR, SOON))
    assert [(s["site"], s["score"], s["rank"]) for s in view["score"]["sites"]] == [("B", 0.75, 1), ("A", 0.25, 2)]
    assert view["score"]["not_scored"] == {"C": "fails near", "D": "not stated: near"}
    assert [(e["site"], e["date_rank"]) for e in view["sites"]] == [("A", 4), ("B", 3), ("C", 1), ("D", 1)]
    assert view["criteria"][0]["passes"] == {"A": True, "B": True, "C": False, "D": None}
    shares = [s["share_of_weights_first"] for s in view["score"]["sites"]]
    assert shares == pytest.approx([0.5, 0.5], abs=0.02) and sum(shares) == pytest.approx(1)


def test_a_duplicate_site_changes_nothing() -> None:
    """A site entered twice under two names: the copy ties with it, and all others keep their places. Caught: a tie told
    as an order, a copy that pushes another site down among those it does not beat."""
    once = [site("A", 100, 40, 10, 24), site("B", 120, 10, 30, 12), site("C", 150, 0, 20, 6)]
    alone, twice = (comparison(sites, "x", "USD") for sites in (once, [*once, site("A again", 100, 40, 10, 24)]))
    ranks = {entry["site"]: entry["rank"] for entry in twice["sites"]}
    assert ranks["A"] == ranks["A again"] == 1
    assert sorted("ABC", key=ranks.__getitem__) == [e["site"] for e in alone["sites"]]


def test_break_even_and_prices() -> None:
    """Intervals A [95, 100], B [115, 120]: B ties when it gets cheaper by 15 to 25. Plans as they are: 100 + 40 (f - 1)
    = 120 + 10 (f - 1) at f = 1 + 20 / 30, so at twice the price (140, 130) B is first. Caught: bounds and costs mixed
    up, the slope turned."""
    view = comparison([site("A", 100, 40, 1, 1), site("B", 120, 10, 1, 1)], "x", "USD")
    (pair,) = view["break_even"]
    assert (pair["site"], pair["ties_with"], pair["saving"]) == ("B", "A", {"from": 15, "to": 25})
    assert pair["plans_kept"] == {"energy_factor": pytest.approx(5 / 3), "carbon_factor": None}
    orders = {(r["price"], r["factor"]): r["order"] for r in view["repriced"]}
    assert orders["energy", 1.25] == ["A", "B"] and orders["energy", 2.0] == ["B", "A"]
    assert tie_saving((1, 2), (1, 2)) == (-1, 1) and tie_factor((10, 5), (20, 0)) == 3
    assert view["score"] is None


def test_money_of_one_site_moves_cost_and_bound_alike() -> None:
    """Land of 30 and an incentive of 10 (million) make 100 million cost 120 million, at least 115 million, and the
    order turns. Caught: an incentive added, an adder in thousands, a bound left behind."""
    m = 1e6
    sites = [site("A", 100 * m, 0, 1, 1, land_cost_million=30, incentive_million=10), site("B", 110 * m, 0, 1, 1)]
    for one in sites:
        assert one.view is not None
        one.view["bound"] = one.view["objective"] - 5 * m
    found = comparison(sites, "x", "USD")["sites"]
    assert [(e["site"], e["rank"], e["cost"], e["bound"]) for e in found] == [
        ("B", 1, 110 * m, 105 * m),
        ("A", 2, 120 * m, 115 * m),
    ]


def test_share_of_weights() -> None:
    """Scores (1, 0), (0, 1), (0.6, 0.6): with weights w and 1 - w the third is first for w in 0.4..0.6, the others for
    0.4 each. Caught: weights that do not cover the simplex evenly."""
    first = Criterion("a", "x", "more", None, 1)
    assert score_table((first,), {"a": [0, 6, 10]})[:, 0].tolist() == [0, 0.6, 1]
    assert share_first(np.array([[1, 0], [0, 1], [0.6, 0.6]])) == pytest.approx([0.4, 0.4, 0.2], abs=0.015)
    assert weighted((first,), np.array([[0.25]])) == [0.25]


def test_a_weight_on_cost_is_a_finding(small: Any) -> None:
    """Money is ranked as money: the cell of the weight is named. Caught: cost counted twice in silence."""
    small.rows["Criteria"][0] |= {"measured_by": "cost", "weight": 3}
    with pytest.raises(BadWorkbook, match=small.cell("Criteria", "weight", 0) + ".*cost is ranked by itself"):
        validate(read_workbook(small.write()))


@pytest.mark.parametrize("direction", ["less", "more"])
def test_scores_lie_between_none_and_all(direction: Any) -> None:
    """Of 2, 3 and 4 the best scores 1, the worst 0, the middle a half; of equal values each scores 1."""
    found = normalised(Criterion("x", "x", direction), [2.0, 3.0, 4.0])
    assert found == ([1.0, 0.5, 0.0] if direction == "less" else [0.0, 0.5, 1.0])
    assert normalised(Criterion("x", "x", direction), [3.0, 3.0]) == [1.0, 1.0]
