"""The buyer's rules for orders, unsolved: what each row leaves at given orders."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo
import pytest
from handmade import slack
from tiny import hall, hall_case
from tiny import room as space

from models import sourcing
from models.blocks import Impossible
from models.case import OrderRules, Quotation

PRICES = {"a": 3.0, "b": 5.0, "c": 2.0, "floor": 9.0}


def ruled(ordered: dict[str, int], most: dict[str, int] | None = None, **rules: Any) -> Any:
    """Offers a and b of one vendor in two families, c of another, and a floor built on site, under rules; at most five
    of each that is named, at PRICES."""
    offers = (
        hall("a", vendor="one", quotation=Quotation(family="tall"), min_count=2), hall("b", vendor="one"),
        hall("c", vendor="two"), space("floor", vendor="three"),
    )  # fmt: skip
    case = hall_case(offers=offers, orders=OrderRules(**rules))
    model = pyo.ConcreteModel()
    model.orders, model.rules = pyo.Block(concrete=True), pyo.Block(concrete=True)
    model.orders.ordered = pyo.Var(
        list(ordered), bounds=lambda _, m: (0, {**dict.fromkeys(ordered, 5), **(most or {})}[m])
    )
    for name, count in ordered.items():
        model.orders.ordered[name].set_value(count)
    spend = {name: PRICES[name] * model.orders.ordered[name] for name in ordered}
    sourcing.design(model.rules, case, model.orders, spend)
    for v in model.rules.component_data_objects(pyo.Var):
        v.set_value(0)
    return model.rules


def test_a_product_family_is_the_vendor_where_none_is_stated() -> None:
    """Proves: the family stated, else the vendor. Catches: families of no name joined."""
    assert sourcing.family(hall(vendor="one", quotation=Quotation(family="tall"))) == "tall"
    assert sourcing.family(hall(vendor="one")) == "one"


def test_no_rules_no_rows() -> None:
    """Proves: without rules there is no row and no column. Catches: binaries in every case."""
    block = ruled({"a": 1, "b": 1, "c": 1, "floor": 1})
    assert not list(block.component_data_objects((pyo.Var, pyo.Constraint)))


def test_vendors_with_an_order() -> None:
    """Proves: with two of a, one of c and a floor, vendor one needs its mark for two of at most five, vendor two for
    one, the builder of the floor none; both marked exceed one vendor at most and make two at least; a mark needs a unit
    of any offer of its vendor. Catches: a vendor counted without an order, what is built on site counted."""
    block = ruled({"a": 2, "b": 0, "c": 1, "floor": 4}, most_vendors=1, least_vendors=2)
    used = block.vendor_is_used
    assert slack(block.most_vendors["tender"]) == 1.0 and slack(block.least_vendors["tender"]) == -2.0
    assert list(used) == ["one", "two"]
    assert {m: slack(row) for m, row in block.vendor_is_used_by.items()} == {"a": -2.0, "b": 0.0, "c": -1.0}
    used["one"].set_value(1)
    assert {m: slack(row) for m, row in block.vendor_is_used_by.items()} == {"a": 3.0, "b": 5.0, "c": -1.0}
    assert slack(block.most_vendors["tender"]) == 0.0 and slack(block.least_vendors["tender"]) == -1.0
    used["two"].set_value(1)
    assert slack(block.most_vendors["tender"]) == -1.0 and slack(block.least_vendors["tender"]) == 0.0
    assert {v: slack(row) for v, row in block.vendor_has_units.items()} == {"one": 1.0, "two": 0.0}
    one = ruled({"a": 1, "c": 1}, least_vendors=1)
    for mark in one.vendor_is_used.values():
        mark.set_value(1)
    assert slack(one.least_vendors["tender"]) == 1.0


@pytest.mark.parametrize("rule", ["most_vendors", "least_vendors"])
def test_one_rule_about_vendors(rule: str) -> None:
    """Proves: each rule stands alone. Catches: the rows of the other, which a limit of None would break."""
    block = ruled({"a": 0, "b": 0, "c": 0}, **{rule: 1})
    assert hasattr(block, "most_vendors") is (rule == "most_vendors")
    assert hasattr(block, "vendor_has_units") is hasattr(block, "least_vendors") is (rule == "least_vendors")


def test_share_of_a_vendor() -> None:
    """Proves: 2 * 3 + 1 * 5 of vendor one and 2 * 2 of the other: six tenths of 15 are 9, two too few for one and five
    to spare for the other; the floor at 9 counts for nothing. Catches: units for money, the floor in the value."""
    block = ruled({"a": 2, "b": 1, "c": 2, "floor": 1}, vendor_share=0.6)
    assert {v: slack(row) for v, row in block.vendor_share.items()} == pytest.approx({"one": -2.0, "two": 5.0})


def test_one_family() -> None:
    """Proves: families tall, one and two: two of them marked are one too many. Catches: vendors for families."""
    block = ruled({"a": 1, "b": 1, "c": 0}, one_family=True)
    assert list(block.family_is_used) == ["tall", "one", "two"]
    assert slack(block.one_family["tender"]) == 1.0
    block.family_is_used["tall"].set_value(1)
    assert slack(block.one_family["tender"]) == 0.0
    assert {m: slack(row) for m, row in block.family_is_used_by.items()} == {"a": 4.0, "b": -1.0, "c": 0.0}
    block.family_is_used["one"].set_value(1)
    assert slack(block.one_family["tender"]) == -1.0


def test_offers_that_must_be_used() -> None:
    """Proves: a at least twice, its least order, and c once; refused where fewer can come, or where one does not come
    at all. Catches: a least order forgotten, one refused that just fits."""
    block = ruled({"a": 1, "c": 0}, {"a": 2, "c": 1}, must_order=("a", "c"))
    assert {m: slack(row) for m, row in block.must_order.items()} == {"a": -1.0, "c": -1.0}
    more = ruled({"a": 3, "c": 2}, must_order=("a", "c"))
    assert {m: slack(row) for m, row in more.must_order.items()} == {"a": 1.0, "c": 1.0}
    for most in ({"a": 1}, {"c": 0}):
        with pytest.raises(Impossible, match="cannot be ordered"):
            ruled({"a": 0, "c": 0}, most, must_order=("a", "c"))
    with pytest.raises(Impossible, match="b cannot be ordered"):
        ruled({"a": 0}, must_order=("b",))


def test_reserve_for_rises() -> None:
    """Proves: of two offers that may rise, by 4 and 1, the dearer rise is covered with one risk: 4 in common, or 1 in
    common and 3 beyond; one that cannot rise needs no cover. With two risks the common part counts twice. Catches: all
    rises added, the beyond of one offer for another."""
    offers = (
        hall("a"), hall("b", quotation=Quotation(price_rise_share=0.5)),
        hall("c", quotation=Quotation(price_rise_share=0.1)),
    )  # fmt: skip
    for risks, reserve, wide in ((1, 4.0, 8.0), (2, 5.0, 13.0)):
        case = hall_case(offers=offers, orders=OrderRules(price_risks=risks))
        model = pyo.ConcreteModel()
        model.block = block = pyo.Block(concrete=True)
        sourcing.protect(block, case, {"a": 9.0, "b": 4.0, "c": 1.0})
        block.rise_common_kcur.set_value(1.0)
        for name, beyond in (("a", 0.0), ("b", 3.0), ("c", 0.0)):
            block.rise_beyond_kcur[name].set_value(beyond)
        assert {m: slack(row) for m, row in block.rise_covered.items()} == {"b": 0.0, "c": 0.0}
        assert pyo.value(block.reserve_kcur) == reserve
        block.rise_common_kcur.set_value(5.0)
        assert {m: slack(row) for m, row in block.rise_covered.items()} == {"b": 4.0, "c": 4.0}
        assert pyo.value(block.reserve_kcur) == wide
