"""What fits what: facts that follow from a case alone, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tiny import air, energy_case, hall, hall_case, liquid, point, rack, requests, room, training, training_point

from models import catalogue, services
from models.case import Case, Electrical, Offer, PriceBreak, Quotation, Redundancy, Workload
from models.places import at, put

R = ("R", "air")


@pytest.mark.parametrize("names", ["abc", "cba"])
def test_things_are_found_by_their_name(names: str) -> None:
    """Proves: racks, cooling types and workloads are found by name in whatever order they stand. Catches: the first
    that comes later in the alphabet."""
    case = hall_case(
        [1.0, 1.0],
        workloads=tuple(requests([1.0, 1.0], n) for n in names),
        racks=tuple(rack(n) for n in names),
        cooling=tuple(air(n) for n in names),
        operating_points=(),
    )
    for n in names:
        assert (
            services.workload(case, n).name
            == catalogue.rack(case, (n, "a")).name
            == catalogue.cooling(case, n).name
            == n
        )


@pytest.mark.parametrize(
    ("of_rack", "of_liquid", "found"),
    [
        ({}, {}, ["air"]),
        ({"liquid_share": 1.0}, {}, ["liquid"]),
        ({"liquid_share": 0.8}, {}, ["liquid"]),
        ({"liquid_share": 0.8}, {"liquid_share": 0.7}, []),
        ({"liquid_share": 0.8}, {"liquid_share": 0.8}, ["liquid"]),
        ({"liquid_share": 0.8}, {"residual_air": None}, []),
        ({"liquid_share": 0.8}, {"residual_air": "liquid"}, []),
        ({"liquid_share": 1.0}, {"residual_air": None}, ["liquid"]),
        ({"liquid_share": 1.0, "peak_mw": 1.0}, {}, ["liquid"]),
        ({"liquid_share": 1.0, "peak_mw": 1.1}, {}, []),
        ({"liquid_share": 1.0, "max_supply_c": 40.0}, {"supply_c": 40.0}, ["liquid"]),
        ({"liquid_share": 1.0, "max_supply_c": 39.9}, {"supply_c": 40.0}, []),
        ({"liquid_share": 1.0, "max_supply_c": 39.9}, {}, ["liquid"]),
        ({"liquid_share": 1.0}, {"supply_c": 40.0}, ["liquid"]),
        ({"supply": "AC"}, {}, ["air"]),
        ({"supply": "800 V DC"}, {}, []),
    ],
)
def test_which_cooling_carries_a_rack(of_rack: dict[str, Any], of_liquid: dict[str, Any], found: list[str]) -> None:
    """Proves: power, share of liquid, temperature of supply, air for the rest and electrical supply decide, each up to
    its limit and not beyond. Catches: a limit taken as below, a rest of heat that nothing takes."""
    case = hall_case(racks=(rack(**of_rack),), cooling=(air(), liquid(**of_liquid)))
    assert catalogue.options(case) == tuple(("R", name) for name in found)


def test_racks_of_direct_current() -> None:
    """Proves: behind a chain of 800 V DC its racks fit and those for AC do not."""
    chain = Electrical("dc", 0.0, 0.0, rack_supply="800 V DC")
    case = hall_case(racks=(rack(supply="AC"), rack("S", supply="800 V DC")), electrical=chain)
    assert catalogue.options(case) == (("S", "air"),)


@pytest.mark.parametrize(
    ("changes", "hours"),
    [
        ({"output_mtok_per_h": 500.0}, 2.0),
        ({"output_mtok_per_h": 0.5}, 2000.0),
        ({"input_mtok_per_h": 1000.0, "output_mtok_per_h": 1000.0}, 4.0),  # 4,000 tokens of input
        ({"input_mtok_per_h": 1000.0, "output_mtok_per_h": 1000.0, "counts_cached": True}, 9.0),
        ({"input_mtok_per_h": 8000.0, "output_mtok_per_h": 1000.0}, 1.0),
        ({"input_mtok_per_h": 1000.0, "output_mtok_per_h": 0.0}, 4.0),
        ({"input_mtok_per_h": 0.0, "output_mtok_per_h": 0.0}, None),
    ],
)
def test_rack_hours_of_requests(changes: dict[str, Any], hours: float | None) -> None:
    """Proves: a million requests of 4,000 tokens in, 5,000 cached and 1,000 out take the longer of reading and writing;
    a rate of zero does not limit; without any rate a rack cannot serve. Catches: times added, cached tokens always or
    never counted, a rack time divided by zero."""
    work = requests([1.0], input_tokens=4000.0, cached_tokens=5000.0)
    assert catalogue.rack_h_per_work(work, point(**changes)) == hours


def test_a_rate_of_tokens_that_the_work_has_none_of() -> None:
    """Proves: work that only reads takes no rack that states only how fast it writes, and is not slowed by writing on
    one that states both. Catches: work served in no time by no racks."""
    reads = requests([1.0], input_tokens=4000.0, output_tokens=0.0)
    assert catalogue.rack_h_per_work(reads, point(input_mtok_per_h=0.0)) is None
    assert catalogue.rack_h_per_work(reads, point(input_mtok_per_h=8000.0)) == 0.5
    assert catalogue.serving(hall_case([1.0], workloads=(reads,))) == {}


def test_what_serves_what() -> None:
    """Proves: each rack serves the classes of its own operating points: chat at 1 and 2 rack-hours per Mreq and 0.05
    and 0.07 MW above idle, code on S alone. Catches: a point of another rack, or of another class."""
    points = (point(), point("S", mtok_per_h=500.0, full_mw=0.12), point("S", "code", 250.0), point("T"))
    work = (requests([1.0]), requests([1.0], "code"))
    case = hall_case([1.0], workloads=work, racks=(rack(), rack("S", peak_mw=0.2)), operating_points=points)
    found = {key: tuple(round(v, 12) for v in value) for key, value in catalogue.serving(case).items()}
    assert found == {
        ("chat", "R", "air"): (1.0, 0.05),
        ("chat", "S", "air"): (2.0, 0.07),
        ("code", "S", "air"): (4.0, 0.05),
    }


def test_rack_hours_of_training() -> None:
    """Proves: at 500 Mtok/h a Mtok takes 2 thousandths of a rack-hour; a rate of zero trains nothing."""
    work = training(1.0, [(0, 1)])
    assert catalogue.rack_h_per_work(work, replace(training_point(), training_mtok_per_h=500.0)) == 0.002
    assert catalogue.rack_h_per_work(work, replace(training_point(), training_mtok_per_h=0.0)) is None


@pytest.mark.parametrize(("share", "shares"), [(0.75, {"liquid": 0.75, "air": 0.25}), (1.0, {"liquid": 1.0})])
def test_heat_of_a_rack_by_cooling(share: float, shares: dict[str, float]) -> None:
    """Proves: of 4 racks of 0.15 MW with ancillary IT three quarters go to the liquid and a quarter to the air; of
    racks all on liquid nothing. Catches: the largest share a cooling type can take for what the rack gives it."""
    case = hall_case(racks=(rack(liquid_share=share, ancillary_mw=0.05),), cooling=(liquid(), air()))
    assert catalogue.heat_share(case, ("R", "liquid")) == shares
    expected = {name: pytest.approx(part * 4 * 0.15) for name, part in shares.items()}
    assert catalogue.design_heat_mw(case, {("R", "liquid"): 4}) == expected
    assert catalogue.heat_coolings(case) == tuple(shares)


def test_heat_of_two_options_on_one_cooling_adds_up() -> None:
    """Proves: 2 air racks and a quarter of 4 liquid ones give 0.2 + 0.1 MW to the air."""
    case = hall_case(racks=(rack(), rack("L", liquid_share=0.75)), cooling=(air(), liquid()))
    found = catalogue.design_heat_mw(case, {R: 2, ("L", "liquid"): 4})
    assert found == {"air": pytest.approx(0.3), "liquid": pytest.approx(0.3)}


def test_the_hardest_hours() -> None:
    """Proves: of two kinds of requests and a window only loads remain that no other hour tops in all of them. Catches:
    a load that another equals or tops kept, one that is higher in just one kind dropped."""
    work = (
        requests([3.0, 1.0, 2.0, 3.0, 0.0], "a"),
        requests([1.0, 3.0, 1.0, 1.0, 3.0], "b"),
        training(1.0, [(1, 2), (2, 3)]),
    )
    case = hall_case([0.0] * 5, workloads=work)
    assert set(catalogue.hardest_loads(case)) == {(3.0, 1.0, 0.0), (2.0, 1.0, 1.0), (1.0, 3.0, 1.0)}
    assert catalogue.hardest_loads(hall_case([0.0], workloads=())) == ()


def test_windows_of_training() -> None:
    """Proves: windows from step 1 to before 3 and at step 4 cover three half hours. Catches: a window's end counted."""
    work = training(1.0, [(1, 3), (4, 5)])
    case = replace(hall_case([1.0] * 6), calendar=replace(hall_case([1.0] * 6).calendar, step_h=0.5))
    assert catalogue.in_window(case, work).tolist() == [0, 1, 1, 0, 1, 0]
    assert catalogue.window_h(case, work) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("changes", "windows", "step_h", "found"),
    [
        ({"pause_share": 1.0}, [(0, 4)], 1.0, (3, 12)),  # 12 rack-hours in 4 hours; all of them in one
        ({"pause_share": 0.0}, [(0, 4)], 1.0, (3, 3)),
        ({"pause_share": 0.5}, [(0, 4)], 1.0, (3, 6)),
        ({"pause_share": 0.55}, [(0, 4)], 1.0, (3, 6)),  # 6.67
        ({"pause_share": 1.0}, [(0, 5)], 1.0, (3, 12)),  # 2.4
        ({"pause_share": 0.0}, [(0, 5)], 1.0, (3, 2)),  # no gang is whole and busy enough
        ({"pause_share": 1.0}, [(0, 4)], 0.5, (6, 24)),
        ({"pause_share": 0.5}, [(0, 4)], 0.5, (6, 12)),
        ({"pause_share": 1.0}, [(0, 4), (4, 6)], 1.0, (6, 12)),  # the shorter window
        ({"pause_share": 0.25}, [(0, 4), (4, 6)], 1.0, (6, 5)),  # 24 rack-hours in 6 hours at three quarters: 5.33
        ({"pause_share": 1.0, "gang_min": 5}, [(0, 4)], 1.0, (5, 12)),
        ({"pause_share": 1.0, "gang_min": 20}, [(0, 4)], 1.0, (20, 20)),
        ({"pause_share": 1.0, "gang_max": 8}, [(0, 4)], 1.0, (3, 8)),
        ({"pause_share": 0.5, "gang_max": 8}, [(0, 4)], 1.0, (3, 6)),
        ({"pause_share": 0.0}, [], 1.0, (1, 12)),
    ],
)
def test_racks_of_a_gang(changes: dict[str, Any], windows: Any, step_h: float, found: tuple[int, int]) -> None:
    """Proves: a run of 12,000 Mtok, 12 rack-hours, needs the racks of its shortest window and uses at most those that
    its pauses leave busy enough, or the whole run in a step. Catches: racks rounded the wrong way, windows confused, a
    least gang forgotten."""
    work = training(12_000.0, windows, **changes)
    case = energy_case([0.0] * 6, step_h=step_h, workloads=(work,))
    assert catalogue.gang_range(case, work, 0.001) == found


def test_a_gang_of_exactly_three() -> None:
    """Proves: 0.3 rack-hours in a window of 0.1 h are three racks, though 0.3 / 0.1 is less than three in floating
    point, and 0.7 / 0.1 more than seven. Catches: four racks, or eight, by the last digit."""
    for run, racks in ((0.3, 3), (0.7, 7), (0.6, 6)):
        work = training(run, [(0, 1)])
        case = energy_case([0.0], step_h=0.1, workloads=(work,))
        assert catalogue.gang_range(case, work, 1.0) == (racks, racks)


@pytest.mark.parametrize(
    ("delay_h", "step_h", "found"),
    [
        (0.0, 1.0, [0, 0, 0, 0]),
        (1.0, 1.0, [1, 2, 4, 8]),
        (2.0, 1.0, [9, 3, 6, 12]),
        (4.0, 1.0, [15, 15, 15, 15]),
        (9.0, 1.0, [15, 15, 15, 15]),
        (1.0, 0.5, [4.5, 1.5, 3, 6]),
    ],
)
def test_work_that_may_wait(delay_h: float, step_h: float, found: list[float]) -> None:
    """Proves: of 1, 2, 4 and 8 Mreq/h what arrived in the last hours of the delay may wait, around the year's end, and
    at most a year's work. Catches: steps for hours, an hour more or less, a year with a beginning."""
    work = requests([1.0, 2.0, 4.0, 8.0], kind="deferrable", max_delay_h=delay_h)
    case = energy_case([0.0] * 4, step_h=step_h, workloads=(work,))
    assert catalogue.backlog_limit(case, work).tolist() == found


def _late(arrivals: list[float], delay_h: float, name: str = "late") -> Workload:
    return requests(arrivals, name, kind="deferrable", max_delay_h=delay_h, operating_class="chat")


@pytest.mark.parametrize(
    ("work", "changes", "racks"),
    [
        ((requests([3.0, 1.0]),), {}, 3),
        ((requests([3.0, 1.0]),), {"usable_share": 0.75}, 4),
        ((requests([3.0, 1.0]),), {"usable_share": 0.7}, 5),  # 4.3
        ((requests([3.0, 1.0]),), {"usable_share": 0.75, "max_racks": 2}, 2),
        ((requests([3.0, 1.0]),), {"max_racks": 9}, 3),
        ((_late([3.0, 1.0], 1.0),), {}, 4),  # what waited and what arrives
        ((_late([3.0, 1.0], 0.0),), {}, 3),
        ((requests([3.0, 1.0]), _late([1.0, 2.0], 0.0)), {}, 5),
        ((requests([3.0, 1.0]), training(9.0, [(0, 1)])), {}, 3),  # no rack trains
        ((requests([0.3, 0.1]), _late([0.0, 0.0], 0.0)), {"usable_share": 0.1}, 3),
    ],
)
def test_racks_beyond_which_none_can_be_busy(work: Any, changes: dict[str, Any], racks: int) -> None:
    """Proves: the highest hour of each kind of work, added, over the usable share, and at most what can be bought.
    Catches: the mean hour, racks rounded down, a share multiplied, waiting work of the same hour only."""
    case = hall_case([0.0, 0.0], workloads=work, racks=(rack(**changes),))
    assert catalogue.rack_bound(case, R) == racks


def test_racks_of_training_and_of_half_hours() -> None:
    """Proves: a gang of at most 8 beside 3 busy racks makes 11; a window that no gang can keep makes none; work waiting
    for half an hour, 1.5 Mreq of 3 an hour, can be done in the next half hour by 3 racks more. Catches: waiting work in
    Mreq taken for a rate."""
    points = (point(), training_point())
    gang = training(12_000.0, [(0, 4)], pause_share=1.0, gang_max=8)
    case = hall_case([3.0] * 4, workloads=(requests([3.0] * 4), gang), operating_points=points)
    assert catalogue.rack_bound(case, R) == 11
    never = training(12_000.0, [(0, 4)], pause_share=1.0, gang_max=-1)
    case = hall_case([3.0] * 4, workloads=(requests([3.0] * 4), never), operating_points=points)
    assert catalogue.rack_bound(case, R) == 3
    halves = replace(hall_case([0.0] * 2), workloads=(_late([3.0, 1.0], 0.5),))
    assert catalogue.rack_bound(replace(halves, calendar=replace(halves.calendar, step_h=0.5)), R) == 4


@pytest.mark.parametrize(
    ("offer", "changes", "count"),
    [
        (room(), {}, 10),
        (room(), {"ancillary_mw": 0.025}, 8),
        (room(), {"peak_mw": 0.3}, 3),
        (room(it_mw=0.3), {}, 3),
        (room(it_mw=0.29999998), {}, 2),
        (room(rack_limit_mw=0.1), {}, 10),
        (room(rack_limit_mw=0.09), {}, 0),
        (room(electrical_mw=0.5), {}, 5),
        (room(heat_mw=0.5), {}, 10),  # without cooling its heat says nothing
        (hall(heat_mw=0.4), {}, 4),
        (hall(cooling="liquid"), {}, 0),
        (room(rack_positions=6.0), {}, 6),
        (room(rack_positions=6.0), {"ancillary_racks": 0.5}, 4),
        (room(rack_positions=60.0), {"ancillary_racks": 0.5}, 10),
        (room(), {"peak_mw": 0.0, "idle_mw": 0.0}, 2),  # as many as can be busy
        (room(rack_positions=6.0), {"peak_mw": 0.0, "idle_mw": 0.0}, 6),
        (room(kind="power"), {}, 0),
        (room(kind="cooling"), {}, 0),
        (hall(kind="integrated"), {}, 10),
    ],
)
def test_racks_that_a_unit_holds(offer: Offer, changes: dict[str, Any], count: int) -> None:
    """Proves: the least of room, power and cooling of the unit over the rack's power with ancillary IT, and of floor
    positions with ancillary racks. Catches: a limit left out, peak without ancillary IT, three of 0.3 / 0.1 lost."""
    case = hall_case(racks=(rack(**changes),), offers=(offer,))
    assert catalogue.slots(case, R, offer) == count
    assert catalogue.places(case) == ({("R", "air", offer.name): count} if count else {})


@pytest.mark.parametrize("missing", [{"max_count": 0}, {"lead_months_p50": 1300.0}, {"architecture": "other"}])
def test_units_that_cannot_be_had_hold_nothing(missing: dict[str, Any]) -> None:
    """Proves: none sold, too late, or of another architecture: no place. So too where no rack can be busy."""
    assert catalogue.places(hall_case(offers=(hall(**missing),))) == {}
    assert catalogue.places(hall_case([0.0, 0.0])) == {}
    assert catalogue.places(hall_case(offers=(hall(max_count=1),))) == {("R", "air", "hall"): 10}
    assert catalogue.places(hall_case([1.0, 1.0], offers=(hall(it_mw=0.1),))) == {("R", "air", "hall"): 1}


@pytest.mark.parametrize(
    ("redundancy", "units"),
    [
        (Redundancy(), 3),  # 1.2 MW of 0.5
        (Redundancy(1), 4),
        (Redundancy(duplicated=True), 5),  # 2.4 MW
        (Redundancy(distributed=True), 4),  # 1.8 MW, or 3 and one
        (Redundancy(2, distributed=True), 5),
    ],
)
def test_units_that_serve_a_purpose(redundancy: Redundancy, units: int) -> None:
    """Proves: 1.2 MW of load on units of 0.5 MW. Catches: 2N by whole units twice (6), a spare forgotten."""
    assert catalogue.units_needed(0.5, 1.2, redundancy) == units
    assert catalogue.units_needed(0.1, 0.3, Redundancy()) == catalogue.units_needed(0.1, 0.1 * 3, Redundancy()) == 3


def test_what_a_unit_costs_on_site() -> None:
    """Proves: at a rate of 2, 10 + 1 of goods, 2 of freight and 1 of insurance land for 28; duty of 10 % on that 2.8,
    on the goods alone 2.2; tax of 5 % on both; interest of 3 % and warranty of 0.5, again at the rate; 1 inland, 2 to
    install, 4 for missing scope. Catches: duty without freight, tax without duty, interest on spares."""
    offer = hall(
        exchange_rate=2.0,
        freight_k=2.0,
        insurance_k=1.0,
        duty_rate=0.1,
        import_tax_rate=0.05,
        inland_kcur=1.0,
        installation_kcur=2.0,
        quotation=Quotation(spares_k=1.0, warranty_k=0.5, scope_kcur=4.0, financing_share=0.03),
    )
    assert catalogue.landed_kcur(offer, 10.0) == pytest.approx(28 + 2.8 + 0.05 * 30.8 + (0.3 + 0.5) * 2 + 7)
    fob = replace(offer, duty_basis="FOB")
    assert catalogue.landed_kcur(fob, 10.0) == pytest.approx(28 + 2.2 + 0.05 * 30.2 + (0.3 + 0.5) * 2 + 7)


def test_price_tiers_and_their_risk() -> None:
    """Proves: 10 each, 8 from five units on and 6 from ten, each landed at a rate of 2; rising by 20 % they land dearer
    by 4, 3.2 and 2.4. Catches: a break from the next unit on, the highest price for all."""
    breaks = (PriceBreak(5, 8.0), PriceBreak(10, 6.0))
    offer = hall(ex_works_k=10.0, exchange_rate=2.0, price_breaks=breaks, quotation=Quotation(price_rise_share=0.2))
    assert catalogue.price_tiers(offer) == ((1, 20.0), (5, 16.0), (10, 12.0))
    rises = {n: catalogue.price_rise_kcur(offer, n) for n in (1, 4, 5, 9, 10, 11)}
    assert rises == pytest.approx({1: 4.0, 4: 4.0, 5: 3.2, 9: 3.2, 10: 2.4, 11: 2.4})


def test_tokens_of_the_year() -> None:
    """Proves: 6 Mreq of half hours with 1 token in at 0.1, 20 cached at 0.01 and 300 out are 3 * 300.3 Mtok; two runs
    of 500 Mtok at 0.2 are 200. Catches: hours for steps, a weight forgotten, one run of two."""
    tokens = {"input_tokens": 1.0, "cached_tokens": 20.0, "output_tokens": 300.0}
    chat = requests([4.0, 2.0], weight_input=0.1, weight_cached=0.01, **tokens)
    runs = training(500.0, [(0, 1), (1, 2)], weight_training=0.2)
    case = energy_case([0.0, 0.0], step_h=0.5, workloads=(chat, runs))
    assert catalogue.requests_mreq(case, chat) == 3.0 and catalogue.requests_mreq(case, runs) == 0.0
    assert catalogue.workload_mtok(case, chat) == pytest.approx(3 * 300.3)
    assert catalogue.reference_mtok(case) == pytest.approx(900.9 + 200)


def _two_halls() -> Case:
    return hall_case(offers=(hall("A [1]", max_count=3), hall("B", max_count=4)))


def test_values_by_their_path() -> None:
    """Proves: a path names a field, or a field of a part by the part's name, and putting a value there changes nothing
    else. Catches: the first part for the named one, a part lost."""
    case = _two_halls()
    assert at(case, "grid.import_limit_mw") == 1000.0 and at(case, "offers[B].max_count") == 4
    assert at(case, "offers[A [1]].max_count") == 3
    changed = put(case, "offers[B].max_count", 7)
    assert [m.max_count for m in changed.offers] == [3, 7] and [m.max_count for m in case.offers] == [3, 4]
    assert put(case, "grid.import_limit_mw", 5.0).grid.import_limit_mw == 5.0
    assert put(case, "name", "other").name == "other"
    assert np.array_equal(put(case, "name", "other").grid.carbon_t_per_mwh, case.grid.carbon_t_per_mwh)
