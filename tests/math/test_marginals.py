"""What one more unit of a limit saves: duals and plans made anew, against sums by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny import air, energy_case, hall_case, point, rack, requests, supply

from models.case import Case, CoolingCurve, Limits
from models.design import Marginal
from planner.solving import solve
from planner.studies.marginals import VERTEX_UP_TO_STEPS, at, marginals, put


def found(case: Case, path: str, way: str) -> Marginal:
    chosen: list[np.ndarray] = []
    _, proof = solve(case, gap=1e-9, chosen=chosen.append)
    (marginal,) = marginals(case, proof, [path], way, chosen[0], gap=1e-9)  # type: ignore[arg-type]
    return marginal


FOUR_HOURS = dict(load=[4.0] * 4, price=1.0)
CASES = {
    # one more MW of PV makes 4 MWh that cost 1 each
    "supplies[pv].max_mw": (dict(supplies=(supply([1.0] * 4, max_mw=1.0),)), 4.0),
    # a MW takes 100 m2, so a m2 is a hundredth of that
    "site.area_m2": (dict(supplies=(supply([1.0] * 4, area_m2_per_mw=100.0),), site={"area_m2": 100.0}), 0.04),
    # a MW costs 2 and saves 4: two more thousand are worth 2, one is worth 1
    "limits.budget_kcur": (
        dict(supplies=(supply([1.0] * 4, cost_kcur_per_mw=2.0),), limits=Limits(budget_kcur=2.0)),
        1.0,
    ),
    # PV at 10 per MW runs only to stay below 8 t of carbon: a MW saves 4 t and 4 of energy for 10: 1.5 per t
    "limits.carbon_t_per_year": (
        dict(
            supplies=(supply([1.0] * 4, cost_kcur_per_mw=10.0),),
            grid={"carbon_t_per_mwh": np.ones(4)},
            limits=Limits(carbon_t_per_year=8.0),
        ),
        1.5,
    ),
    # the same PV, run only because the connection carries 3 of 4 MW: a MW less costs 10 - 4
    "grid.import_limit_mw": (dict(supplies=(supply([1.0] * 4, cost_kcur_per_mw=10.0),), limit_mw=3.0), 6.0),
    # the same under a settled contract of 3 MW for 2 per MW and year: 10 - 4 - 2
    "grid.contract_mw": (
        dict(
            supplies=(supply([1.0] * 4, cost_kcur_per_mw=10.0),),
            grid={"contract_mw": 3.0, "contract_kcur_per_mw_year": 2.0},
        ),
        4.0,
    ),
    # free PV covers the load; one more MW of export sells 4 MWh at 0.5
    "grid.export_limit_mw": (
        dict(
            supplies=(supply([1.0] * 4),), grid={"export_limit_mw": 2.0, "export_price_kcur_per_mwh": np.full(4, 0.5)}
        ),
        2.0,
    ),
}


@pytest.mark.parametrize("way", ["duals", "exact"])
@pytest.mark.parametrize("path", CASES)
def test_savings_are_those_by_hand(path: str, way: str) -> None:
    """Proves both ways against the sums beside each case, in the unit of the limit. Catches a wrong sign, a side or
    bound left out of the derivative, a saving per step instead of per unit."""
    parts, saving = CASES[path]
    marginal = found(energy_case(**FOUR_HOURS, **parts), path, way)  # type: ignore[arg-type]
    assert marginal.saving_kcur == pytest.approx(saving, rel=1e-4)
    assert marginal.method == ("duals" if way == "duals" else "re-solved")


def test_each_limit_in_the_way_that_is_valid_for_it() -> None:
    """Three racks are needed, at most two of them R for 10; a hall (7) holds one kind, so all are S for 13 (46; two
    kinds cost 47). With three R 37: 9 saved, by planning again. One more MW of PV makes 1 MWh that costs 1, by duals.
    Proves the order and the labels. Catches: duals told of a whole number, a limit lost between the two ways."""
    case = hall_case(
        [3.0],
        racks=(rack(idle_mw=0.0, max_racks=2), rack("S", idle_mw=0.0, cost_kcur=13.0)),
        operating_points=(point(), point("S")),
        supplies=(supply([1.0], max_mw=0.1),),
    )
    chosen: list[np.ndarray] = []
    _, proof = solve(case, gap=1e-9, chosen=chosen.append)
    paths = ["racks[R].max_racks", "supplies[pv].max_mw"]
    first, second = marginals(case, proof, paths, "each", chosen[0], gap=1e-9)
    assert (first.path, first.method, first.saving_kcur) == (paths[0], "re-solved", pytest.approx(9.0))
    assert (second.path, second.method, second.saving_kcur) == (paths[1], "duals", pytest.approx(1.0))


def _hot_then_cool(curve: CoolingCurve, **limits: float) -> Case:
    """Energy costs 1 in a hot hour, then 3 in a cool one. A rack is busy with `chat` in both; the work of another may
    wait from the first to the second: a share x does."""
    batch = requests([1.0, 0.0], "batch", kind="deferrable", max_delay_h=1.0)
    return hall_case(
        price=[1.0, 3.0],
        workloads=(requests([1.0, 1.0]), batch),
        racks=(rack(idle_mw=0.0),),
        operating_points=(point(), point(work="batch")),
        cooling=(air(curve=curve),),
        site={"dry_bulb_c": np.array([30.0, 0.0])},
        limits=Limits(**limits),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("way", ["duals", "exact"])
def test_saving_of_a_tokenergy_target(way: str) -> None:
    """Cooling takes a fifth of the heat in the hot hour: 0.34 - 0.02 x MWh for 3,000 Mtok, at a cost of 0.54 + 0.18 x.
    A target of 0.11 Wh per 1,000 tokens (0.33 MWh) makes x a half; one more Wh is 3 MWh, x less by 150: 27. Catches: a
    target whose tokens or thousandths are left out of its derivative."""
    curve = CoolingCurve("dry_bulb", (0.0, 30.0), (0.0, 0.2), (0.0, 0.0))
    case = _hot_then_cool(curve, tokenergy_wh_per_ktok=0.11)
    assert found(case, "limits.tokenergy_wh_per_ktok", way).saving_kcur == pytest.approx(27.0, rel=1e-4)


@pytest.mark.parametrize("way", ["duals", "exact"])
@pytest.mark.parametrize(("limit", "saving"), [("water_m3_per_year", 1.0), ("water_m3_per_day", 1.0)])
def test_saving_of_a_water_limit(way: str, limit: str, saving: float) -> None:
    """Two m3 per MWh of heat in the hot hour: 0.4 - 0.2 x m3, at a cost of 0.5 + 0.2 x. With 0.3 m3 x is a half; one
    more m3 is x less by 5: 1. The day is the year here. Catches: a limit of the wrong sign, or per day taken for
    none."""
    curve = CoolingCurve("dry_bulb", (0.0, 30.0), (0.0, 0.0), (0.0, 2.0))
    case = _hot_then_cool(curve, **{limit: 0.3})
    assert found(case, f"limits.{limit}", way).saving_kcur == pytest.approx(saving, rel=1e-4)


def test_a_degenerate_vertex_is_one_sided() -> None:
    """PV of exactly the load: one more MW saves nothing, one less costs 4. Proves that the dual lies between the two
    (finite differences), which is all that it can say there."""
    case = energy_case(**FOUR_HOURS, supplies=(supply([1.0] * 4, max_mw=4.0),))  # type: ignore[arg-type]
    path = "supplies[pv].max_mw"
    costs = [solve(put(case, path, mw), gap=1e-9)[1].objective_kcur for mw in (3.9, 4.0, 4.1)]
    assert [costs[0] - costs[1], costs[1] - costs[2]] == pytest.approx([0.4, 0.0], abs=1e-6)
    dual = found(case, path, "duals").saving_kcur
    assert dual is not None and -1e-6 <= dual <= 4 + 1e-6


def test_a_path_names_one_value_and_changes_only_it() -> None:
    """Catches a name with brackets or dots that is cut in the wrong place, and a change that touches a neighbour."""
    odd = supply([1.0] * 4, max_mw=1.0)
    case = energy_case(**FOUR_HOURS, supplies=(odd, supply([0.5] * 4, name="roof [a] no. 2")))  # type: ignore[arg-type]
    path = "supplies[roof [a] no. 2].max_mw"
    changed = put(case, path, 7.0)
    assert (at(case, path), at(changed, path), changed.supplies[0].max_mw) == (1000.0, 7.0, 1.0)


def test_auto_finds_duals_of_any_horizon_unless_the_time_ran_out() -> None:
    """One more MW of PV makes 1,200 MWh that cost 1 each, in three months solved apart. Proves that the duals of an
    interior point, and of a plan found by the decomposition, are as good, and come unasked; and that a plan whose
    search was cut short is not made longer. Catches: long plans without a figure; a time limit overrun."""
    case = energy_case([4.0] * 1200, months=[400] * 3, supplies=(supply([1.0] * 1200, max_mw=1.0),))
    assert case.calendar.steps > VERTEX_UP_TO_STEPS
    chosen: list[np.ndarray] = []
    _, proof = solve(case, gap=1e-9, chosen=chosen.append)
    paths = ["supplies[pv].max_mw"]
    (marginal,) = marginals(case, proof, paths, "auto", chosen[0], gap=1e-9)
    assert (marginal.method, marginal.saving_kcur) == ("duals", pytest.approx(1200.0, rel=1e-4))
    assert marginals(case, replace(proof, notes=("3 rounds", "time limit")), paths, "auto", chosen[0], gap=1e-9) == ()
