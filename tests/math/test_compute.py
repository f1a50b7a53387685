"""Racks and workloads: hand-solved. The base case: 2 then 1 Mreq/h at 1 rack-h per Mreq, racks of 10 kcur drawing
0.05 MW idle and 0.1 MW busy, one hall for 7: two racks, 20 + 7 + (0.2 + 0.15) MWh * 1 = 27.35."""

from dataclasses import replace

import pytest
from tiny import PLAIN_MONEY, air, hall, hall_case, limits, point, rack, requests, training, training_point

from models.audit import audit


def test_racks_follow_the_peak_and_draw_idle_power(plan):
    """Proves: racks = peak rack-hours; power = idle + busy * (full - idle). Catches: idle power left out, 27.15."""
    found = plan(hall_case())
    assert (found.racks(), found.units("hall")) == (2, 1)
    assert found.cost == pytest.approx(27.35)


@pytest.mark.parametrize("cached,counts_cached,racks", [(0, False, 2), (1000, False, 2), (1000, True, 3)])
def test_rack_time_is_the_larger_of_input_and_output(plan, cached, counts_cached, racks):
    """Proves: 2,000 input tokens at 1,000 Mtok/h need 2 rack-h, with 1,000 cached ones counted 3; output needs 1.
    Catches: the sum of both times would need 3 or 4 racks, output alone 1."""
    work = requests([1, 1], input_tokens=2000.0, cached_tokens=float(cached))
    points = (point(input_mtok_per_h=1000.0, counts_cached=counts_cached),)
    assert plan(hall_case([1, 1], workloads=(work,), operating_points=points)).racks() == racks


def test_usable_share_leaves_headroom(plan):
    """Proves: at a usable share of 0.5 two busy racks need four: 40 + 7 + (4 * 0.05 * 2 + 3 * 0.05).
    Catches: headroom ignored, 27.35."""
    assert plan(hall_case(racks=(rack(usable_share=0.5),))).cost == pytest.approx(47 + 0.4 + 0.15)


def test_traffic_shares_are_constant(plan):
    """Proves: with one R (0.1 MW) and one S (0.3 MW full) shares stay 1/2 in the quiet step: energy 0.4 + 0.25.
    Catches: shares chosen per step would use R alone in the quiet step, 47.55."""
    case = hall_case(
        racks=(rack(max_racks=1), rack("S", cost_kcur=30.0, peak_mw=0.3)),
        operating_points=(point(), point("S", full_mw=0.3)),
        offers=(hall(ex_works_k=0.0),),
    )
    found = plan(case)
    assert found.design.traffic_share[("chat", "R", "air")] == pytest.approx(0.5)
    assert found.cost == pytest.approx(40 + 0.4 + 0.25)


def test_most_racks_of_a_type(refuse):
    """Proves: two racks are needed where one can be bought. Catches: the purchase limit ignored."""
    refuse(hall_case(racks=(rack(max_racks=1),)))


@pytest.mark.parametrize(
    "share,peak,cost", [(0.4, 0.1, 23.35), (0.6, 0.1, 26.35), (0.6, 0.2, 23.35), (None, 0.1, 20.35)]
)
def test_least_share_of_domestic_racks(plan, share, peak, cost):
    """Proves: of two racks that are needed one may be S, domestic and 3 dearer, if half of the power is enough, both
    must be if 0.6 are asked; one S of 0.2 MW holds two thirds of the power beside an R of 0.1. Catches: a share of
    racks instead of power, of work, of the racks that are not domestic, or no limit."""
    found = plan(
        hall_case(
            racks=(rack(), rack("S", cost_kcur=13.0, peak_mw=peak, domestic=True)),
            operating_points=(point(), point("S")),
            offers=(hall(ex_works_k=0.0),),
            limits=limits(domestic_share=share),
        )
    )
    assert found.cost == pytest.approx(cost)


def test_no_rack_is_bought_to_stand_idle(refuse):
    """Proves: where S can serve nothing, no share of it can be had. Catches: idle racks bought for the share."""
    racks = (rack(), rack("S", cost_kcur=0.0, domestic=True))
    refuse(hall_case(racks=racks, limits=limits(domestic_share=0.5)))


def test_ancillary_it_costs_draws_power_and_takes_room(plan):
    """Proves: ancillary 0.02 MW and 3 kcur per rack: placed 0.12 MW, 8 racks to a 1 MW hall, so 9 racks need two:
    9 * 13 + 2 * 7 + 9 * 0.12. Catches: ancillary power left out of the hall, one hall; out of the bill, 9 * 0.1."""
    found = plan(hall_case([9], racks=(rack(ancillary_mw=0.02, ancillary_cost_kcur=3.0),)))
    assert found.cost == pytest.approx(9 * 13 + 14 + 9 * 0.12)


def test_racks_paid_by_a_tenant(plan):
    """Proves: racks cost nothing when a tenant pays IT. Catches: 27.35; energy left out too, 7."""
    assert plan(hall_case(money=replace(PLAIN_MONEY, counts_it=False))).cost == pytest.approx(7.35)


@pytest.mark.parametrize("delay_h,cost", [(0.0, 20 + 7 + 0.3), (1.0, 10 + 7 + 0.2)])
def test_deferrable_work_spreads_over_its_delay(plan, delay_h, cost):
    """Proves: 2 Mreq that may wait an hour need one rack in two steps, at once two racks.
    Catches: delay ignored, or waiting work that is served free of power."""
    work = requests([2, 0], kind="deferrable", max_delay_h=delay_h)
    assert plan(hall_case([2, 0], workloads=(work,))).cost == pytest.approx(cost)


@pytest.mark.parametrize("delay_h,step_h,energy", [(1, 1, 0.05 * 15 + 0.05 * 5), (2, 1, 0.05 * 15 + 0.05), (2, 2, 2)])
def test_deferrable_work_waits_no_longer_than_allowed(plan, delay_h, step_h, energy):
    """Proves: work of the dearest step (9) moves one step (price 5) or two (price 1), never further; a delay of 2 h is
    one step of 2 h (twice the energy of the first row: half the price, twice the hours, twice the power: 2 * 1.0).
    Catches: no limit on waiting, 0.8 in the first row; a delay counted in steps instead of hours, 1.6 in the third."""
    work = requests([1, 0, 0], kind="deferrable", max_delay_h=float(delay_h))
    case = hall_case([1, 0, 0], [9, 5, 1], workloads=(work,), step_h=float(step_h))
    assert plan(case).cost == pytest.approx(17 + energy)


def test_deferrable_work_may_wait_across_the_years_end(plan):
    """Proves: work arriving in the last step (price 9) may be served in the first (price 1), months apart.
    Catches: a backlog that must be empty at the year's end, 17.95."""
    work = requests([0, 1], kind="deferrable", max_delay_h=1.0)
    case = hall_case([0, 1], [1, 9], workloads=(work,), months=[1, 1])
    assert plan(case).cost == pytest.approx(17 + 0.05 * 10 + 0.05 * 1)


def train_case(run_mtok, windows, price, *, gang=None, chat=None, **changes):
    """Training on R in halls; `gang` are fields of the workload, `chat` arrivals of an interactive workload."""
    work = (training(run_mtok, windows, **(gang or {})),) + ((requests(chat),) if chat else ())
    defaults = {"workloads": work, "operating_points": (training_point(), point())}
    return hall_case([0.0] * len(price), price, **{**defaults, **changes})


def test_training_gang_fits_its_window(plan):
    """Proves: 4,000 Mtok in two steps of a three-step year need two racks, busy in both: 20 + 7 + 0.1 * 3 + 0.1 * 2.
    Catches: the window ignored, work in the third step too; tokens made at idle power, 27.3."""
    found = plan(train_case(4000.0, [(0, 2)], [1, 1, 1]))
    assert found.racks() == 2
    assert found.cost == pytest.approx(27 + 0.3 + 0.2)


def test_a_run_pauses_within_its_budget(plan):
    """Proves: two racks for 3 rack-h in two steps pause 1 of 4: done where energy is cheap (price 1), 1 left at 9.
    20 + 7 + idle 0.1 * 10 + busy 0.05 * (1 * 9 + 2 * 1). Catches: a gang that cannot pause is infeasible."""
    found = plan(train_case(3000.0, [(0, 2)], [9, 1], gang={"pause_share": 0.25}))
    assert found.cost == pytest.approx(27 + 1.0 + 0.05 * 11)


def test_a_steady_run_keeps_one_rate_in_a_late_window(plan):
    """Proves: 1 rack-h in the second and third of three steps is half a rack in each, dear hour or not: 10 + 7 + idle
    0.05 * 11 + busy 0.05 * 0.5 * (9 + 1). Catches: all of it in the cheap hour, busy 0.05; a rate by steps of the year
    instead of the window's, which leaves no plan."""
    found = plan(train_case(1000.0, [(1, 3)], [1, 9, 1], gang={"steady": True, "pause_share": 0.5}))
    assert found.cost == pytest.approx(17 + 0.05 * 11 + 0.05 * 5)


@pytest.mark.parametrize("gang", [{"gang_min": 2, "pause_share": 0.25}, {"gang_max": 1}])
def test_gangs_that_cannot_be(refuse, gang):
    """Proves: two racks at least would be idle half of the window (more than 25 %), or one at most is too slow.
    Catches: the pause budget or the largest gang ignored."""
    refuse(train_case(2000.0, [(0, 2)] if "gang_min" in gang else [(0, 1)], [1, 1], gang=gang))


def test_a_large_gang_for_a_short_run(plan):
    """Proves: a least gang of 8 may do 3 rack-h in one step if 5/8 of its time may be unused: 80 + 7 + 0.4 + 3 * 0.05.
    Catches: an upper bound on the gang from its work alone, infeasible."""
    found = plan(train_case(3000.0, [(0, 1)], [1], gang={"gang_min": 8, "pause_share": 0.7}))
    assert found.cost == pytest.approx(87 + 0.4 + 0.15)


def test_a_gang_is_one_rack_type(refuse):
    """Proves: a gang of two is not split over two types of one rack each. Catches: gangs added over options."""
    racks = (rack(max_racks=1), rack("S", max_racks=1))
    points = (training_point(), training_point("S"))
    refuse(train_case(2000.0, [(0, 1)], [1, 1], racks=racks, operating_points=points))


def test_a_pausing_gang_keeps_its_racks(plan):
    """Proves: racks reserved for training serve no chat while paused: gang of 1 and chat of 1 in its window need two
    racks though one would be busy at a time. Catches: reservation by busy racks only, 17 + energy."""
    found = plan(train_case(1000.0, [(0, 2)], [1, 1], gang={"pause_share": 0.5}, chat=[1.0, 0.0]))
    assert found.racks() == 2
    assert found.cost == pytest.approx(27 + 0.2 + 0.05 + 0.05)


def test_racks_are_shared_outside_the_window(plan):
    """Proves: chat after the window uses the gang's rack: 10 + 7 + 0.1 * 2. Catches: racks reserved all year, two
    racks."""
    assert plan(train_case(1000.0, [(0, 1)], [1, 1], chat=[0.0, 1.0])).cost == pytest.approx(17.2)


def test_every_window_makes_its_own_tokens(plan):
    """Proves: two runs of 1,000 Mtok in windows of prices 1 and 9, months apart: 17 + idle 0.05 * 11 + busy 0.05 * 10.
    Catches: both runs done in the cheap window, busy 0.05 * 2."""
    case = train_case(1000.0, [(0, 1), (2, 3)], [1, 1, 9], months=[1, 1, 1])
    assert plan(case).cost == pytest.approx(17 + 0.05 * 11 + 0.05 * 10)


def test_a_run_across_a_months_border(plan):
    """Proves: a window over two months makes its tokens once, in the cheap month if it may pause: two racks, 2
    rack-h at price 1. Catches: the full run demanded in each month, infeasible; or made half in each, 0.05 * 10."""
    case = train_case(2000.0, [(0, 2)], [9, 1], gang={"gang_min": 2, "pause_share": 0.5}, months=[1, 1])
    assert plan(case).cost == pytest.approx(27 + 0.1 * 10 + 0.05 * 2)


def test_a_workload_without_rack_or_room_is_infeasible(refuse):
    """Proves: no operating point, or a hall whose rack limit is too low, leaves no plan. Catches: work dropped
    silently."""
    refuse(hall_case(operating_points=(point(work="other"),)))
    refuse(hall_case(offers=(hall(rack_limit_mw=0.05),)))


def test_a_gang_is_no_larger_than_allowed_and_no_faster_than_its_racks(plan):
    """Proves: one rack at most does 2 rack-h in two steps, of prices 1 and 9, though chat's second rack stands idle:
    27 + idle 0.1 * 20 + busy 0.05 * (1 + 9) + chat 0.1. Catches: a larger gang, or one rack at double rate, 29.2."""
    gang = {"gang_max": 1, "pause_share": 0.5}
    found = plan(train_case(2000.0, [(0, 3)], [1, 9, 9, 1], gang=gang, chat=[0.0, 0.0, 0.0, 2.0]))
    assert found.cost == pytest.approx(27 + 0.1 * 20 + 0.05 * 10 + 0.1)


def test_most_racks_over_all_coolings(refuse):
    """Proves: one rack of a type at most, whatever cools it. Catches: a limit per option: one on each cooling."""
    halls = (hall("a"), hall("b", cooling="other"))
    refuse(hall_case(racks=(rack(max_racks=1),), cooling=(air(), air("other")), offers=halls))


def test_waiting_work_may_be_done_all_at_once(plan):
    """Proves: work of two hours, done in the third at no price by two racks (20 + 7), instead of by one with 0.1 MWh at
    200 (17 + 20); racks draw nothing idle. Catches: no more racks counted on than work arrives in an hour, 37."""
    work = requests([1, 1, 0], kind="deferrable", max_delay_h=2.0)
    found = plan(hall_case([0] * 3, [200.0, 200.0, 0.0], workloads=(work,), racks=(rack(idle_mw=0.0),)))
    assert found.racks() == 2 and found.cost == pytest.approx(27)


def test_delays_of_more_than_two_days_are_rechecked(plan):
    """Proves: work of the first of 60 hours is done in the 56th, which is free (a delay of 56 hours; the recheck adds
    up long delays in another way); with 50 allowed the plan is refused. Catches: a window of the wrong length."""
    price = [1.0] * 55 + [0.0] + [1.0] * 4
    work = requests([1] + [0] * 59, kind="deferrable", max_delay_h=56.0)
    found = plan(hall_case([0] * 60, price, workloads=(work,)))
    assert found.line("energy") == pytest.approx(0.05 * 59)
    late = replace(found.case, workloads=(replace(work, max_delay_h=50.0),))
    rules = {v.check for v in audit(late, found.design, found.accounts, found.proof).violations}
    assert rules == {"deferrable work at most 50 h late"}
