"""The recheck of compute on one plan by hand: at every limit it passes; each rule broken narrowly is told.

Half-hours. Ten racks R (0.1 MW, 0.05 idle, 0.02 ancillary; 60 % usable, domestic) and one F (0.3 MW, 0.1 idle). Chat
arrives at 1 Mreq/h and takes 2 rack-h per Mreq: 2 racks. Batch arrives at 1 Mreq/h in the first half-hour, waits its
1 h and takes 4 rack-h per Mreq: 4 racks in step 2. A gang of 4 is reserved in steps 4 to 7, of which 3 train."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from handmade import plan_of, still
from recheck import operated, told
from tiny import air, energy_case, hall, limits, liquid, point, rack, requests, training, training_point

from models.audit.view import View
from models.audit.work import _recent, check_work
from models.case import Case
from models.design import Design, Gang, PlacedRacks, Units

CHAT, BATCH, TRAIN = (("chat", "R", "air"), ("batch", "R", "air"), ("train", "R", "air"))
OTHER = ("chat", "F", "air")


def steps(*values: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A year of eight half-hours, zero after the values given."""
    return np.array([*values, *[0.0] * (8 - len(values))])


def _case() -> Case:
    return energy_case(
        [0.0] * 8,
        step_h=0.5,
        workloads=(
            requests([1.0] * 8),
            requests(steps(1.0), "batch", kind="deferrable", max_delay_h=1.0),
            training(3.0, [(4, 8)], gang_min=4, gang_max=4, pause_share=0.25, steady=True),
        ),
        racks=(
            rack(ancillary_mw=0.02, usable_share=0.6, max_racks=10, domestic=True),
            rack("F", peak_mw=0.3, idle_mw=0.1, max_racks=1),
        ),
        operating_points=(
            point(mtok_per_h=500.0, full_mw=0.09),
            point(work="batch", mtok_per_h=250.0),
            training_point(training_mtok_per_h=0.5, full_mw=0.11),
        ),
        cooling=(air(), liquid()),
        offers=(hall(),),
        limits=limits(domestic_share=0.8),
    )


def _design(case: Case) -> Design:
    operation = still(
        case,
        busy_racks={CHAT: np.full(8, 2.0), BATCH: steps(0, 0, 4), TRAIN: steps(0, 0, 0, 0, 3, 3, 3, 3)},
        backlog_mreq={"batch": steps(0.5, 0.5)},
        # idle and ancillary 10 * 0.07 + 0.1; chat 2 * 0.04; batch 4 * 0.05; training 3 * 0.06
        it_mw=0.88 + steps(0, 0, 0.2, 0, 0.18, 0.18, 0.18, 0.18),
    )
    return plan_of(
        case,
        operation,
        racks=(PlacedRacks("R", "air", "hall", 10), PlacedRacks("F", "air", "hall", 1)),
        units=(Units("hall", 1, "R", "air"), Units("hall", 1, "F", "air")),
        traffic_share={CHAT: 1.0},
        gangs=(Gang("train", "R", "air", 4),),
    )


def _work(case: Case, name: str, **new: Any) -> Case:
    return replace(case, workloads=tuple(replace(w, **new) if w.name == name else w for w in case.workloads))


def _racks(case: Case, **new: Any) -> Case:
    return replace(case, racks=tuple(replace(r, **new) if r.name == "R" else r for r in case.racks))


def test_work_kept_to_every_limit_passes() -> None:
    """Proves: all limits reached at once are kept. Catches: a limit taken as one that may not be reached, an hour taken
    for a step, idle power of busy racks counted twice."""
    assert told(check_work, _case(), _design(_case())) == {}


@pytest.mark.parametrize(
    ("name", "new", "rule", "found", "expected"),
    [
        ("batch", {"max_delay_h": 0.5}, "deferrable work at most 0.5 h late", 0.5, 0.0),
        ("train", {"gang_min": 5, "gang_max": 5}, "smallest gang", 4, 5),
        ("train", {"gang_min": 3, "gang_max": 3}, "largest gang", 4, 3),
        ("train", {"pause_share": 0.249}, "pauses of training [rack-h]", 2.0, 1.992),
        ("train", {"run_mtok": 3.001}, "training run finished in its window", 3.0, 3.001),
        ("chat", {"arrivals_mreq_per_h": np.full(8, 1.01)}, "busy racks follow arriving requests", 2.0, 2.02),
        ("batch", {"arrivals_mreq_per_h": steps(1.01)}, "backlog follows arrivals and service", 0.5, 0.505),
        ("batch", {"arrivals_mreq_per_h": steps(1.01)}, "all deferrable work is served", 0.5, 0.505),
    ],
)
def test_work_asked_for_a_little_differently(
    name: str, new: dict[str, Any], rule: str, found: float, expected: float
) -> None:
    """Proves: a rule of one kind of work, moved by a step, a rack or a hundredth, is told with the numbers by hand."""
    case = _case()
    violation = told(check_work, _work(case, name, **new), _design(case))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


@pytest.mark.parametrize(
    ("series", "rule", "found", "expected"),
    [
        ({TRAIN: steps(0, 0, 0, 0, 3, 3.2, 2.8, 3)}, "steady training keeps one rate", 3.2, 3.0),
        ({TRAIN: steps(0, 0, 0, 1, 3, 3, 3, 3)}, "training within its gang and windows", 1.0, 0.0),
        ({TRAIN: steps(0, 0, 0, 0, 3, 3, 3, 4.1)}, "training within its gang and windows", 4.1, 4.0),
        ({BATCH: steps(0, 0, 4.01)}, "busy racks within the usable ones", 6.01, 6.0),
        ({BATCH: steps(0, 0, 4.01)}, "backlog follows arrivals and service", 0.0, -0.00125),
        ({BATCH: steps(0, 0, 4, -0.1)}, "busy racks not negative", -0.1, 0.0),
        ({("chat", "F", "air"): steps(0.1)}, "work on racks that can serve it", 0.0, 0.0),
        ({("chat", "R", "liquid"): steps(0.1)}, "racks on cooling that carries them", 0.0, 0.0),
        ({("chat", "R", "liquid"): steps(0.1)}, "busy racks within the usable ones", 0.1, 0.0),
    ],
)
def test_racks_busy_a_little_differently(series: dict[Any, Any], rule: str, found: float, expected: float) -> None:
    """Proves: racks that are busy above a limit, outside a window or where nothing serves are told; the gang counts as
    a whole, busy or not. Catches: racks of training counted as busy besides their gang."""
    case = _case()
    design = _design(case)
    busy = {**design.operation.busy_racks, **series}
    violation = told(check_work, case, operated(design, busy_racks=busy))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


def test_a_gang_may_be_of_any_size_within_its_bounds() -> None:
    """Proves: a gang of 4 lies within 3 and 5. Catches: bounds taken for the only sizes."""
    case = _case()
    assert told(check_work, _work(case, "train", gang_min=3, gang_max=5), _design(case)) == {}


def test_pauses_are_as_exact_as_the_time_of_the_gang() -> None:
    """Proves: of 8 rack-h reserved, 4e-5 more than a quarter may be missing: a two-hundred-thousandth of all."""
    case = _case()
    assert told(check_work, _work(case, "train", pause_share=0.249995), _design(case)) == {}


def test_a_gang_takes_its_racks_whole() -> None:
    """Proves: a gang of 5 beside the 2 racks of chat is one more than the 6 usable ones, though only 3 of it train."""
    case = _work(_case(), "train", gang_max=5, pause_share=1.0)
    design = replace(_design(case), gangs=(Gang("train", "R", "air", 5),))
    found = {k: (v.found, v.expected) for k, v in told(check_work, case, design).items()}
    assert found == {"busy racks within the usable ones": (7.0, 6.0)}


@pytest.mark.parametrize(
    ("ran", "unfinished"),
    [((1.0, 1.0), ()), ((1.0, 0.5), ("one, run 2", 0.5, 1.0)), ((2.0, 1.0), ("one, run 1", 2.0, 1.0))],
)
def test_each_run_of_each_training_workload_is_finished(ran: tuple[float, float], unfinished: Any) -> None:
    """Proves: two workloads train one after the other, two runs each, 1 Mtok in one hour a run; a run not finished, or
    overdone, is told by its number. Catches: racks or gangs of another workload counted too."""
    first = training(1.0, [(0, 1), (2, 3)], "one", pause_share=1.0)
    second = training(1.0, [(1, 2), (3, 4)], "two")
    points = tuple(training_point(work=w, training_mtok_per_h=1.0) for w in ("one", "two"))
    case = energy_case(
        [0.0] * 4, workloads=(first, second), racks=(rack(),), cooling=(air(),), offers=(hall(),),
        operating_points=points,
    )  # fmt: skip
    key_one, key_two = ("one", "R", "air"), ("two", "R", "air")
    busy = {key_one: np.array([ran[0], 0, ran[1], 0]), key_two: np.array([0, 1.0, 0, 1.0])}
    it = 2 * 0.05 + 0.05 * sum(busy.values())
    design = plan_of(
        case, still(case, busy_racks=busy, it_mw=it), racks=(PlacedRacks("R", "air", "hall", 2),),
        gangs=(Gang("one", "R", "air", 2), Gang("two", "R", "air", 1)),
    )  # fmt: skip
    found = told(check_work, case, design)
    rule = "training run finished in its window"
    assert {k: (v.where, v.found, v.expected) for k, v in found.items()} == ({rule: unfinished} if unfinished else {})


def test_it_power_is_told_in_its_step() -> None:
    """Proves: 0.001 MW too much in one half-hour is told. Catches: energy of the year in place of power."""
    case = _case()
    design = _design(case)
    wrong = operated(design, it_mw=design.operation.it_mw + steps(0, 0.001))
    violation = told(check_work, case, wrong)["IT power of idle and busy racks"]
    assert (violation.found, violation.expected) == pytest.approx((0.881, 0.88))


@pytest.mark.parametrize(
    ("shares", "rules"),
    [
        ({CHAT: 1.0}, set()),
        ({CHAT: 1.0, OTHER: 0.0}, set()),
        ({CHAT: 1.1, OTHER: -0.1}, {"traffic shares not negative", "busy racks follow arriving requests"}),
        ({CHAT: 1.0, OTHER: 0.001}, {"traffic shares add up to one", "busy racks follow arriving requests"}),
        ({OTHER: 1.0}, {"busy racks follow arriving requests"}),
        ({CHAT: 1.0, BATCH: 1.0}, {"traffic shares of interactive work only"}),
    ],
)  # fmt: skip
def test_shares_of_traffic(shares: dict[Any, float], rules: set[str]) -> None:
    """Proves: shares are not negative and add up to one for each interactive workload alone; racks without a share
    serve nothing. Catches: a share taken as given where none is, shares of another workload counted too."""
    case = _case()
    more = point("F", mtok_per_h=500.0, full_mw=0.1)
    case = replace(case, operating_points=(*case.operating_points, more))
    design = _design(case)
    busy = {**design.operation.busy_racks, OTHER: steps()}
    assert set(told(check_work, case, replace(operated(design, busy_racks=busy), traffic_share=shares))) == rules


def test_racks_without_a_share_are_not_busy() -> None:
    """Proves: a tenth of a rack busy with requests of which it has no share is told, none expected. Catches: racks of
    an option looked for under the workload's name."""
    case = _case()
    case = replace(case, operating_points=(*case.operating_points, point("F", mtok_per_h=500.0, full_mw=0.1)))
    design = _design(case)
    busy = {**design.operation.busy_racks, OTHER: steps(0.1)}
    violations = told(check_work, case, operated(design, busy_racks=busy))
    assert {k: (v.found, v.expected) for k, v in violations.items()} == {
        "busy racks follow arriving requests": (0.1, 0.0)
    }


def test_two_interactive_workloads_are_served_each_by_its_own_shares() -> None:
    """Proves: each workload's shares add up to one by themselves, 2 and 1 racks busy. Catches: shares or racks of every
    workload that comes later in the alphabet counted to an earlier one."""
    case = energy_case(
        [0.0] * 2, workloads=(requests([2.0, 2.0]), requests([1.0, 1.0], "mail")), racks=(rack(),), cooling=(air(),),
        operating_points=(point(), point(work="mail")), offers=(hall(),),
    )  # fmt: skip
    mail = ("mail", "R", "air")
    busy = {CHAT: np.array([2.0, 2.0]), mail: np.array([1.0, 1.0])}
    placed = (PlacedRacks("R", "air", "hall", 3),)
    operation = still(case, busy_racks=busy, it_mw=np.array([0.3, 0.3]))
    design = plan_of(case, operation, racks=placed, traffic_share={CHAT: 1.0, mail: 1.0})
    assert told(check_work, case, design) == {}
    alone = told(check_work, case, replace(design, traffic_share={CHAT: 2.0}))
    assert alone["traffic shares add up to one"].where == "mail"


def test_racks_can_serve_in_one_way_only() -> None:
    """Proves: a rack with two operating points for one class is told, two found where one is right; one point is fine.
    Catches: the later of two taken without a word."""
    case = _case()
    twice = replace(case, operating_points=(*case.operating_points, point(mtok_per_h=500.0, full_mw=0.09)))
    violation = told(check_work, twice, _design(case))["one operating point per rack and class"]
    assert (violation.found, violation.expected) == (2, 1)
    none = replace(case, operating_points=case.operating_points[1:])
    rules = set(told(check_work, none, _design(case)))
    assert "work on racks that can serve it" in rules
    assert "one operating point per rack and class" not in rules


def test_units_set_up_for_racks_that_do_not_fit() -> None:
    """Proves: a unit set up for air-cooled racks on liquid cooling is told though no rack stands in it."""
    case = _case()
    design = _design(case)
    wrong = replace(design, units=(*design.units, Units("hall", 1, "R", "liquid")))
    assert set(told(check_work, case, wrong)) == {"racks on cooling that carries them"}


def test_a_gang_of_requests_is_no_gang() -> None:
    """Proves: racks reserved for a workload that does not train are told."""
    case = _case()
    design = _design(case)
    wrong = replace(design, gangs=(*design.gangs, Gang("chat", "R", "air", 1)))
    assert set(told(check_work, case, wrong)) == {"gangs of training work only"}


@pytest.mark.parametrize(
    ("gang_min", "windows", "gangs", "is_told"),
    [
        (0, (), 0, False),
        (1, (), 0, True),
        (0, ((4, 8),), 0, True),
        (0, (), 1, False),
        (0, (), 2, True),
    ],
)
def test_one_gang_per_training_workload(gang_min: int, windows: Any, gangs: int, is_told: bool) -> None:
    """Proves: training has one gang, or none where neither tokens nor racks are asked for. Catches: one of the two
    taken for both, a second gang that serves the same run."""
    case = _work(_case(), "train", gang_min=gang_min, gang_max=None, windows=windows)
    design = _design(case)
    two = (Gang("train", "R", "air", 0), Gang("train", "F", "air", 0))
    violations = told(check_work, case, replace(design, gangs=two[:gangs]))
    assert ("one gang per training workload" in violations) is is_told
    if is_told:
        violation = violations["one gang per training workload"]
        assert (violation.found, violation.expected) == (gangs, 1)


@pytest.mark.parametrize(
    ("new", "rule", "found", "expected"),
    [
        ({"max_racks": 9}, "racks that can be bought", 10.0, 9.0),
        ({"usable_share": 0.599}, "busy racks within the usable ones", 6.0, 5.99),
        ({"peak_mw": 0.099}, "share of domestic racks [MW]", 1.19, 0.8 * 1.49),
        ({"ancillary_mw": 0.019}, "share of domestic racks [MW]", 1.19, 0.8 * 1.49),
        ({"domestic": False}, "share of domestic racks [MW]", 0.0, 1.2),
    ],
)
def test_racks_a_little_different(new: dict[str, Any], rule: str, found: float, expected: float) -> None:
    """Proves: how many racks, how many of them may be busy, and whose they are by power with ancillary IT."""
    case = _case()
    violation = told(check_work, _racks(case, **new), _design(case))[rule]
    assert (violation.found, violation.expected) == pytest.approx((found, expected))


@pytest.mark.parametrize(("off", "is_told"), [(8e-5, False), (2e-4, True)])
def test_a_backlog_is_as_exact_as_it_is_large(off: float, is_told: bool) -> None:
    """Proves: with 10 Mreq waiting at most, a step may be off by a hundred-thousandth of that, also where nothing
    waits; more is told. Catches: each step against its own backlog, or against one."""
    arrivals = [20.0, 0.0, 0.0]
    work = requests(arrivals, "batch", kind="deferrable", max_delay_h=0.5)
    case = energy_case(
        [0.0] * 3, step_h=0.5, workloads=(work,), racks=(rack(),), cooling=(air(),), offers=(hall(),),
        operating_points=(point(work="batch"),),
    )  # fmt: skip
    busy = {BATCH: np.array([0.0, 20.0, -2 * off])}
    operation = still(case, busy_racks=busy, backlog_mreq={"batch": np.array([10.0, 0.0, 0.0])})
    found = told(check_work, case, plan_of(case, operation))
    assert ("backlog follows arrivals and service" in found) is is_told


@pytest.mark.parametrize(("waits", "is_told"), [(5.0, False), (5.001, True)])
@pytest.mark.parametrize("hours", [2.0, 100.0])
def test_work_may_wait_for_no_longer_than_a_year(waits: float, is_told: bool, hours: float) -> None:
    """Proves: where work may wait as long as the year or longer, all that came in it may wait: 0.5 h * (4 + 1 + 2 + 3)
    = 5 Mreq, not more. Catches: work counted twice once its time is longer than the year."""
    work = requests([4.0, 1.0, 2.0, 3.0], "batch", kind="deferrable", max_delay_h=hours)
    case = energy_case([0.0] * 4, step_h=0.5, workloads=(work,))
    operation = still(case, backlog_mreq={"batch": np.array([0.0, 0.0, 0.0, waits])})
    assert (f"deferrable work at most {hours:g} h late" in told(check_work, case, plan_of(case, operation))) is is_told


@pytest.mark.parametrize("delay", [1, 3, 5])
def test_recent_arrivals(delay: int) -> None:
    """Proves: the sum over a step and those before it, across the end of the year, added up in each step by itself.
    Catches: a sum one step too long or too short, which long delays alone would use."""
    arrivals: Sequence[float] = (1.0, 10.0, 100.0, 1000.0, 10000.0)
    expected = [sum(arrivals[(t - k) % 5] for k in range(delay)) for t in range(5)]
    assert _recent(np.array(arrivals), delay).tolist() == expected


def test_a_view_adds_up_what_it_counts() -> None:
    """Proves: racks of an option over offers, units of an offer over options. Catches: the last entry for the sum."""
    case = _case()
    more = (PlacedRacks("R", "air", "hall", 2), PlacedRacks("R", "air", "hall", 3), PlacedRacks("F", "air", "hall", 1))
    units = (Units("hall", 2, "R", "air"), Units("hall", 3, "R", "air"), Units("hall", 4, "F", "air"))
    view = View(case, plan_of(case, racks=more, units=units))
    assert view.racks == {("R", "air"): 5, ("F", "air"): 1}
    assert view.placed == {("R", "air", "hall"): 5, ("F", "air", "hall"): 1}
    assert view.holding == {("R", "air", "hall"): 5, ("F", "air", "hall"): 4}
    assert view.units == {"hall": 9}
    assert view.installed_mw == pytest.approx(5 * 0.12 + 0.3)
