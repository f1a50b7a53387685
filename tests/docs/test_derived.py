"""What is derived from an answer only to be shown: batteries, cooling weather, levers, evidence, the drawing, classes
of hours. The hall's year is smooth, so that every figure has a second way to it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from models import usage
from models.batteries import _demand_kcur
from models.case import AssetTerms, Generator
from models.design import Answer, Reserved
from models.provenance import Origin
from reports import campus, evidence, series, statements, wording, worth
from reports.capacity import CONTRACTED, INTERRUPTED, capacity_rows, limit_rows
from reports.charts.year import heat_map
from reports.schedule import store_rows
from reports.wording import built


def test_design_day_adds_up_to_its_indicator(answer: Answer) -> None:
    """Proves the design day by hand: 33 racks of 143 kW and 8 of 43.8 kW, 5 % losses, the curve at 29.5 degC, 60 kW of
    house load; heat counted twice between liquid and residual air would be caught."""
    day = answer.accounts.design_day
    liquid, air = 33 * 0.143, 8 * 0.0438
    worst = float(np.interp(answer.case.site.dry_bulb_c.max(), (0, 35), (0.05, 0.16)))
    cooling = {"Direct-to-chip": 0.87 * liquid * worst, "CRAH with economiser": (0.13 * liquid + air) * worst}
    assert day.power_mw["racks"] == pytest.approx(liquid + air)
    assert day.power_mw["electrical_chain"] == pytest.approx(0.05 * (liquid + air))
    assert {c: h["electric_mw"] for c, h in day.heat.items()} == pytest.approx(cooling)
    load = 1.05 * (liquid + air) + sum(cooling.values()) + 0.06
    assert day.power_mw["import"] == answer.accounts.kpi["design_day_load_mw"] == pytest.approx(load)


def test_free_cooling_hours_are_those_of_the_weather(answer: Answer) -> None:
    """Proves the hours: the curve crosses 0.10 at 35 * 0.05 / 0.11 degC; a threshold on the wrong side would show."""
    cool = 35 * 0.05 / 0.11
    hours = int((answer.case.site.dry_bulb_c <= cool).sum())
    assert 0 < hours < 8760
    for use in usage.cooling_use(answer.case, answer.design):
        assert (use.free_h, use.hours) == (hours, 8760)
    assert f"{hours:,} of the 8,760 hours" in " ".join(statements.free_cooling(answer))
    cold = replace(answer.case.site, dry_bulb_c=np.zeros(8760))
    always = statements.free_cooling(replace(answer, case=replace(answer.case, site=cold)))
    assert all(text.endswith("free cooling in all 8,760 hours in which it takes heat.") for text in always)


def test_what_the_battery_saves(answer: Answer) -> None:
    """Proves the worth of each service: energy at the prices of its own hours, the peak against the load without it,
    and nothing at all for a battery that stands idle. A saving counted with the wrong sign would be caught."""
    price = answer.case.grid.import_price_kcur_per_mwh[:24]
    value = usage.battery_value(answer.case, answer.design)
    assert value.energy_kcur == pytest.approx(365 * (0.45 * price[17:21].sum() - 0.5 * price[:4].sum()))
    operation = answer.design.operation
    idle = {name: np.zeros(8760) for name in operation.charge_mw}
    bare = operation.import_mw - operation.charge_mw["LFP battery"] + operation.discharge_mw["LFP battery"]
    assert value.peak_without_mw == pytest.approx(1.03 * bare.max())
    assert value.connection_kcur == pytest.approx(150 * (value.peak_without_mw - value.peak_mw))
    standing = replace(answer.design, operation=replace(operation, charge_mw=idle, discharge_mw=idle))
    nothing = usage.battery_value(answer.case, standing)
    assert (nothing.energy_kcur, nothing.demand_kcur, nothing.connection_kcur) == (0, 0, 0)


def test_demand_charge_with_its_ratchet(answer: Answer) -> None:
    """Proves the charge behind the worth of a battery: with a full ratchet over 11 months every month pays the highest
    peak within the hours that count; the charge without ratchet pays each month's own."""
    base, ratchet = answer.case.grid.demand_charges
    load = np.full(8760, 1.0)
    load[24 * 200 + 12] = 3.0  # a noon in July
    assert _demand_kcur(answer.case, ratchet, load) == pytest.approx(1.03 * 8.32 * 12 * 3)
    assert _demand_kcur(answer.case, base, load) == pytest.approx(1.03 * 8.32 * (11 + 3))
    load[24 * 200 + 12], load[24 * 200 + 3] = 1.0, 3.0  # at night the ratchet's charge does not count
    assert _demand_kcur(answer.case, ratchet, load) == pytest.approx(1.03 * 8.32 * 12)


def test_battery_is_sized_by_ride_through_where_it_must_carry_the_racks(answer: Answer) -> None:
    """Proves the choice of the sizing service: a duty of ride-through that takes all its energy comes before any
    saving."""
    electrical = replace(answer.case.electrical, required_ride_through_h=0.08 + 2.0 / 5.0694)
    held = {name: Reserved(ride_through_mwh=2.0) for name in answer.design.battery_mwh}
    (use,) = usage.battery_use(replace(answer.case, electrical=electrical), replace(answer.design, reserved=held))
    assert use.sized_by == "ride_through" and use.reserve_mwh == pytest.approx(2.0, rel=1e-4)
    (free,) = usage.battery_use(answer.case, answer.design)
    assert free.sized_by in ("peak", "shifting") and free.reserve_mwh == 0
    assert free.dispatch_cycles_per_year == pytest.approx(365 * 4 * 0.45 / 2.0)


def test_what_several_batteries_save_is_told_once(answer: Answer) -> None:
    """Proves: one battery is told with what it saves; of two each is told with what sizes it, and the saving once, as
    that of both. Caught: 36 Wh of supercapacitors that seemed to save as much as the battery of 18 MWh beside them."""
    (alone,) = statements.batteries(answer)
    assert "is sized by" in alone and ". A lower peak saves USD" in alone
    (first,), design, operation = answer.case.batteries, answer.design, answer.design.operation
    both = {first.name: 1.0, "second": 1.0}

    def halved(series: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {name: 0.5 * series[first.name] for name in both}

    flows = {k: halved(getattr(operation, k)) for k in ("charge_mw", "discharge_mw", "stored_mwh")}
    design = replace(design, battery_mw=both, battery_mwh=both, operation=replace(operation, **flows))
    case = replace(answer.case, batteries=(first, replace(first, name="second")))
    *each, saved = statements.batteries(replace(answer, case=case, design=design))
    assert len(each) == 2 and not any("saves" in sentence for sentence in each)
    assert saved.startswith("All batteries together: a lower peak saves USD")


def test_levers_rebuild_the_index(answer: Answer) -> None:
    """Proves the levers against the index: a tenth of all that follows busy racks, and what more tokens dilute, are the
    whole of it between them; a lever that counts overhead twice would not add up."""
    moves = usage.tokenergy_moves(answer.case, answer.design)
    assert 10 * moves["busy_power"] + 11 * moves["more_tokens"] == pytest.approx(
        answer.accounts.kpi["tokenergy_wh_per_1k"]
    )
    assert moves["cooling"] == pytest.approx(0.1 * answer.accounts.tokenergy_parts["cooling"])
    assert moves["electrical_chain"] == pytest.approx(0.1 * answer.accounts.tokenergy_parts["electrical_chain"])


def test_evidence_takes_the_weakest_price(answer: Answer) -> None:
    """Proves that a line counts at the weakest of its prices and every line once; a rack's power figure, or the price
    of another rack, must not grade its cost, nor a blank surcharge."""
    more = (
        Origin("grid.import_price_kcur_per_mwh", "Grid!C1", "85", "", "", "", "B"),
        Origin("grid.import_price_kcur_per_mwh[peak]", "Grid!C2", "120", "", "", "", "D"),
        Origin("grid.import_price_kcur_per_mwh", "Grid!C3", "0", "%", "", "", "X", "default"),
    )
    changed = replace(answer, origins=answer.origins + more)
    lines = {(e.cost.line, e.cost.item): e for e in evidence.evidence_of_lines(changed)}
    assert lines["racks", "GB200 NVL72"].grade == "C" and lines["racks", "HGX H100 4 per rack"].grade == ""
    assert lines["energy", "energy"].grade == "D" and lines["connection", "connection"].grade == "X"
    shares = {entry.grade: entry.share for entry in evidence.cost_by_grade(changed)}
    assert sum(shares.values()) == pytest.approx(1)
    total = sum(abs(c.present_value_kcur) for c in answer.accounts.costs)
    assert shares["D"] == pytest.approx(lines["energy", "energy"].cost.present_value_kcur / total)


def test_the_drawing_is_to_scale(answer: Answer) -> None:
    """Proves that areas are powers: every rack is there with its area, a module's shell is its capacity plus its
    strips, and all use one scale; a box stretched to look better would be caught."""
    drawing = campus.draw_campus(answer)
    racks = {"Prefab hall 1 MW": (33, 0.143, 1.0), "Air cube 400 kW": (8, 0.0438, 0.4)}
    scales = []
    for group in drawing.halls:
        count, rack_mw, module_mw = racks[group.title.split(" × ")[1]]
        assert sum(box.copies * box.cells.count("M") for box in group.boxes) == count
        for box in group.boxes:
            strips = sum(height for _, _, height in box.strips)
            scales.append(box.width * (box.height - strips) / module_mw)
            width, height = map(float, re.search(r"h([\d.]+)v([\d.]+)", box.cells).groups())  # type: ignore[union-attr]
            assert (width + 1.4) * (height + 1.4) == pytest.approx(rack_mw * scales[-1], rel=0.01)
    connection = drawing.yard[0]
    grid = connection.boxes[0]
    scales.append(grid.width * grid.height / answer.design.contract_mw)
    assert max(scales) == pytest.approx(min(scales), rel=0.01)
    assert connection.remark == "5 MW contracted of 7 MW possible"


def test_the_drawing_adds_up_to_the_design_day(answer: Answer) -> None:
    """Proves that racks, strips, plant and other loads together are the design-day load: a pool drawn twice, or cooling
    of a module that is also drawn outside it, would be caught."""
    drawing = campus.draw_campus(answer)
    grid = drawing.yard[0].boxes[0]
    scale = grid.width * grid.height / answer.design.contract_mw
    strips = sum(b.copies * b.width * height for g in drawing.halls for b in g.boxes for _, _, height in b.strips)
    outside = sum(b.copies * b.width * b.height for g in drawing.plant for b in g.boxes)
    racks = 33 * 0.143 + 8 * 0.0438
    total = racks + (strips + outside) / scale
    assert total == pytest.approx(answer.accounts.kpi["design_day_load_mw"], rel=0.005)


def test_a_campus_of_many_racks_stays_small(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that beyond a limit racks are drawn as the filled part of their module, of the same area."""
    monkeypatch.setattr(campus, "MOST_RACKS", 10)
    box = campus.draw_campus(answer).halls[0].boxes[0]
    width, height = map(float, re.search(r"h([\d.]+)v([\d.]+)", box.cells).groups())  # type: ignore[union-attr]
    strips = sum(h for _, _, h in box.strips)
    assert width * height / (box.width * (box.height - strips)) == pytest.approx(7 * 0.143, rel=0.01)


def test_a_campus_of_many_units_stays_on_a_page(answer: Answer) -> None:
    """Proves that 500 halls are one box of their area, filled as they are, and that a connection for much else beside
    them is a block of 300 by 400 px at most. Catches: thousands of boxes over many pages; a block a metre high."""
    design = answer.design
    units = tuple(replace(u, count=100 * u.count) for u in design.units)
    racks = tuple(replace(p, count=100 * p.count) for p in design.racks)
    drawing = campus.draw_campus(replace(answer, design=replace(design, units=units, racks=racks, contract_mw=5000.0)))
    (box,), (grid,) = drawing.halls[0].boxes, drawing.yard[0].boxes
    assert grid.width * grid.height == pytest.approx(300 * 400, rel=0.01)
    scale = grid.width * grid.height / 5000
    strips = sum(height for _, _, height in box.strips)
    assert box.copies == 1 and box.width * (box.height - strips) == pytest.approx(500 * scale, rel=0.02)
    width, height = map(float, re.search(r"h([\d.]+)v([\d.]+)", box.cells).groups())  # type: ignore[union-attr]
    assert width * height == pytest.approx(3300 * 0.143 * scale, rel=0.02)


def test_an_interruption_is_a_limit(answer: Answer) -> None:
    """Proves by hand: of 7 MW an interruption leaves 5.6 in hour 100 and 4.9 in hour 200, the plan draws 1.03 times its
    hourly mean; the hour that uses more of its share is the row. An outage leaves nothing to use, and without any
    interruption there is no row. Catches: the peak of other hours, the mean without its billing interval."""
    drawn, share = answer.design.operation.import_mw, np.ones(8760)
    share[[100, 200, 300]] = 0.8, 0.7, 0.0
    used = [1.03 * drawn[100] / 5.6, 1.03 * drawn[200] / 4.9]
    hour, left = ((100, 5.6), (200, 4.9))[int(np.argmax(used))]
    found = [
        {row.name: row for row in limit_rows(replace(answer, case=replace(answer.case, grid=grid)))}
        for grid in (answer.case.grid, replace(answer.case.grid, available_pu=share))
    ]
    assert INTERRUPTED not in found[0]
    assert found[1][INTERRUPTED].value == pytest.approx(1.03 * drawn[hour])
    assert found[1][INTERRUPTED].limit == pytest.approx(left)


def test_a_limit_kept_within_the_tolerance_reads_as_kept(answer: Answer) -> None:
    """Proves: 5 MW contracted of 4.99999 read as 4.99999, among the limits and among the capacities, while 5 of 4.99
    stay 5. Catches: a plan that is right shown above its own limit, a broken limit hidden."""
    for limit, shown in ((4.99999, 4.99999), (4.99, 5.0)):
        tight = replace(answer, case=replace(answer.case, grid=replace(answer.case.grid, import_limit_mw=limit)))
        row = next(row for row in limit_rows(tight) if row.name == CONTRACTED)
        pool = next(row for row in capacity_rows(tight) if row.pool == "Grid connection")
        assert (row.value, row.limit, pool.load, pool.capacity) == (shown, limit, shown, limit)


def test_what_costs_less_than_the_gap_is_named_once(answer: Answer) -> None:
    """Proves: with a gap between the first costs of the two cheapest things bought, the cheaper alone is named as not
    decided; with no gap, none. Catches: power and energy of one battery counted apart, a yearly cost taken for a size,
    an item above the gap."""
    first: dict[str, float] = {}
    for cost in answer.accounts.costs:
        if cost.first_cost_kcur > 0:
            name = "Grid connection" if cost.line == "connection" else cost.item
            first[name] = first.get(name, 0.0) + cost.first_cost_kcur
    (small, low), (other, high), *_ = sorted(first.items(), key=lambda entry: entry[1])
    bound = answer.accounts.objective_kcur - (low + high) / 2
    text = " ".join(wording.proof_text(replace(answer, proof=replace(answer.proof, bound_kcur=bound))))
    assert text.count("does not decide sizes") == 1 and text.count(f"{small} (first cost") == 1
    assert f"{other} (first cost" not in text
    proven = replace(answer.proof, bound_kcur=answer.accounts.objective_kcur)
    assert "does not decide" not in " ".join(wording.proof_text(replace(answer, proof=proven)))


def test_what_was_not_computed_has_its_reason(answer: Answer) -> None:
    """Proves: the worth of limits was left out because the search stopped, or because it was not asked for; the shorter
    view because energy costs less than nothing in an hour, or because no storage is worked. Catches: a reason that
    holds for another plan."""
    stopped = replace(answer, proof=replace(answer.proof, status="limit"))
    assert "search was stopped" in worth.not_asked(stopped) and "search was stopped" not in worth.not_asked(answer)
    assert "--marginals duals" in worth.not_asked(answer)
    price = answer.case.grid.import_price_kcur_per_mwh.copy()
    price[100] = -0.01
    paid = replace(answer.case, grid=replace(answer.case.grid, import_price_kcur_per_mwh=price))
    assert "less than nothing" in worth.why_no_foresight(replace(answer, case=paid))
    assert "aidc plan WORKBOOK" in worth.why_no_foresight(answer)
    bare = replace(answer.design, battery_mw={}, battery_mwh={})
    assert "no storage is worked" in worth.why_no_foresight(replace(answer, design=bare))


def test_one_generator_is_one_unit(answer: Answer) -> None:
    """Proves that a generator is named with its count in the headline, and is `1 unit` in drawing and table. Catches:
    `1 units`, `2.5 MW of diesel 2.5 MW`."""
    diesel = Generator("diesel 2.5 MW", 2.5, 1000.0, AssetTerms(20))
    design = replace(answer.design, generator_units={diesel.name: 1})
    one = replace(answer, case=replace(answer.case, generators=(diesel,)), design=design)
    assert "LFP battery, 1 × diesel 2.5 MW, 800 kW of Roof PV" in built(one)
    assert [row.kind for row in store_rows(one) if row.name == diesel.name] == ["Generator, 1 unit"]
    assert "1 unit, 2.5 MW" in [group.remark for group in campus.draw_campus(one).yard]


def test_every_hour_has_its_class(answer: Answer) -> None:
    """Proves that the heat map shows each hour of the year once, in the class that holds its value."""
    vector = answer.design.operation.import_mw
    runs, names = series.day_runs(answer, vector, 8)
    assert 4 <= len(names) <= 8
    hours: Counter[int] = Counter()
    for run in runs:
        first = (run.first_day - series.step_start(answer.case.calendar, 0)).days * 24
        low, high = map(float, names[run.level].split("–"))
        for step in range(first + int(run.from_hour), first + int(run.to_hour)):
            hours[step] += 1
            assert low - 1e-9 <= vector[step] <= high + 1e-9
    assert hours == Counter(range(8760))


def test_the_heat_map_is_one_path_for_each_class(answer: Answer) -> None:
    """Proves that the thousands of runs of one class are one path that holds each of them: as paths of their own they
    were a third of the page. Catches: a run lost when paths are joined, classes drawn in turns."""
    runs, names = series.day_runs(answer, answer.design.operation.import_mw, 8)
    for svg in (drawn := heat_map(answer)).wide, drawn.narrow:
        paths = re.findall(r'<path d="([^"]*)" fill="var\(--c-(heat\d)\)" stroke-width="0"/>', svg)
        assert [d.count("M") for d, _ in paths] == [sum(r.level == i for r in runs) for i in range(len(names))]


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.0), (2.0, 2.0), (1.98, 4.2), (0.0, 1234.5), (1e-4, 3e-4)])
def test_classes_are_few_and_hold_the_range(low: float, high: float) -> None:
    """Proves round classes for any range, also for a load that never changes."""
    first, width, _ = series._classes(low, high, 8)
    assert first <= low + 1e-9 and first + 8 * width >= high - 1e-9 and width > 0
