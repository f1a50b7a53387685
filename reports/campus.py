"""The drawing of the campus as planned: every area is electric power, all at one scale.

The layout is computed here, in pixels of the wide page; the template turns each box into an SVG, and the style sheet
shrinks all of them by one factor on a narrow page. Racks fill the part of a module that they use."""

from __future__ import annotations

import math
from typing import NamedTuple

from models import usage
from models.case import Offer
from models.design import Answer, Units
from reports import format as show
from reports.schedule import offers_by_name, racks_by_name

HALLS_PX2 = 110_000.0
"""Area that all modules together take on a wide page."""
WIDEST_PX, YARD_PX, ASPECT = 470.0, 300.0, 2.3
SMALLEST_PX = 6.0
BLOCK_PX2 = 120_000.0
"""Area that a block in the yard takes at most: 300 by 400 px."""
MOST_UNITS = 400
"""Units of one group beyond which they are drawn as one: the drawing must stay on a page."""
MOST_RACKS = 4_000
"""Racks beyond which a picture of each would be dust: the modules then show their filled part only."""
_GAP_PX = 1.4


class Box(NamedTuple):
    """One shape to scale: its outer size, the path of what fills it, and the strips beneath that."""

    width: float
    height: float
    cells: str
    """SVG path of the racks, or of the filled part"""
    strips: tuple[tuple[str, float, float], ...] = ()
    """kind (cooling, chain), top and height of each strip beneath the body"""
    copies: int = 1


class Group(NamedTuple):
    """Like things on the campus with their words."""

    kind: str
    title: str
    remark: str
    boxes: tuple[Box, ...]


class Campus(NamedTuple):
    """The whole drawing."""

    yard: tuple[Group, ...]
    halls: tuple[Group, ...]
    plant: tuple[Group, ...]
    scale_px: float
    """side of the square that stands for `scale_text`"""
    scale_text: str
    load_text: str
    """what all loads take on the design day"""


def draw_campus(answer: Answer, px2_per_mw: float | None = None) -> Campus:
    """The drawing of a plan, at a given scale or at its own."""
    scale = scale_of(answer) if px2_per_mw is None else px2_per_mw
    halls, plant, yard = _halls(answer, scale), _plant(answer, scale), _yard(answer, scale)
    unit_mw = _round_power(scale)
    return Campus(
        yard=tuple(yard),
        halls=tuple(halls),
        plant=tuple(plant),
        scale_px=round(math.sqrt(unit_mw * scale), 1),
        scale_text=show.power(unit_mw),
        load_text=show.power(answer.accounts.kpi.get("design_day_load_mw")),
    )


def _round_power(scale: float) -> float:
    """A round power whose square is drawn about 30 px wide [MW]."""
    powers = [factor * 10.0**exponent for exponent in range(-4, 5) for factor in (1, 2, 5)]
    return min(powers, key=lambda mw: abs(math.sqrt(mw * scale) - 30))


def scale_of(answer: Answer) -> float:
    """Pixels squared per MW: all modules, or the connection where there are none, take a fixed area, and no block of
    the yard too large a one."""
    offers, design = offers_by_name(answer), answer.design
    it_mw = sum(u.count * offers[u.offer].it_mw for u in design.units)
    generators = [g.unit_mw * design.generator_units.get(g.name, 0) for g in answer.case.generators]
    blocks = [design.contract_mw, *design.supply_mw.values(), *design.battery_mw.values(), *generators]
    whole = HALLS_PX2 / it_mw if it_mw > 0 else 0.25 * HALLS_PX2 / max(design.contract_mw, 1e-6)
    return min(whole, BLOCK_PX2 / max(*blocks, 1e-6))


def _block(mw: float, scale: float) -> Box:
    """A plain box for a power."""
    area = max(mw * scale, SMALLEST_PX**2)
    width = min(math.sqrt(area * 1.3), YARD_PX)
    height = area / width
    return Box(round(width, 1), round(height, 1), _rectangle(0, 0, width, height))


def _rectangle(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:.1f} {y:.1f}h{width:.1f}v{height:.1f}h{-width:.1f}z"


def _yard(answer: Answer, scale: float) -> list[Group]:
    """Grid connection, on-site supply and storage."""
    case, design = answer.case, answer.design
    text = f"{show.power(design.contract_mw)} contracted of {show.power(case.grid.interval_limit_mw)} possible"
    groups = [Group("grid", "Grid connection", text, (_block(design.contract_mw, scale),))]
    for name, mw in design.supply_mw.items():
        if mw > 1e-9:
            groups.append(Group("supply", name, f"{show.power(mw)} installed", (_block(mw, scale),)))
    unit_mw = {g.name: g.unit_mw for g in case.generators}
    for name, count in design.generator_units.items():
        if count:
            text = f"{show.count(count, 'unit')}, {show.power(count * unit_mw[name])}"
            groups.append(Group("supply", name, text, (_block(count * unit_mw[name], scale),)))
    for battery in usage.battery_use(case, design):
        text = show.store_size(battery.power_mw, battery.energy_mwh)
        groups.append(Group("storage", battery.name, text, (_block(battery.power_mw, scale),)))
    return groups


def _halls(answer: Answer, scale: float) -> list[Group]:
    """Modules and halls with their racks inside."""
    offers, racks = offers_by_name(answer), racks_by_name(answer)
    total = sum(p.count for p in answer.design.racks)
    groups = []
    for units in answer.design.units:
        offer = offers[units.offer]
        if offer.kind not in ("it", "integrated") or not units.count or units.rack is None:
            continue
        count = sum(
            p.count
            for p in answer.design.racks
            if (p.rack, p.cooling, p.offer) == (units.rack, units.cooling, units.offer)
        )
        each = racks[units.rack].placed_mw
        boxes = _modules(answer, units, offer, count, each, scale, total <= MOST_RACKS)
        title = f"{show.number(units.count)} × {offer.name}"
        ancillary = " with ancillary IT" if racks[units.rack].ancillary_mw > 0 else ""
        remark = f"{show.count(count, 'rack')} {units.rack} of {show.power(each)}{ancillary}, {units.cooling}"
        groups.append(Group("hall", title, remark, boxes))
    return groups


def _modules(
    answer: Answer, units: Units, offer: Offer, racks: int, rack_mw: float, scale: float, has_cells: bool
) -> tuple[Box, ...]:
    """The units of one group; racks are spread evenly, for the model does not number units. Very many are one box."""
    if units.count > MOST_UNITS:
        whole = units.count * offer.it_mw
        return (_module(whole, racks, rack_mw, scale, 1, _strips(answer, units, offer, rack_mw), has_cells=False),)
    fewer, more = divmod(racks, units.count)
    kinds = [(fewer + 1, more), (fewer, units.count - more)]
    strips = _strips(answer, units, offer, rack_mw)
    return tuple(_module(offer.it_mw, n, rack_mw, scale, copies, strips, has_cells) for n, copies in kinds if copies)


def _strips(answer: Answer, units: Units, offer: Offer, rack_mw: float) -> list[tuple[str, float]]:
    """What a rack adds inside its unit on the design day [MW]: cooling and chain losses where they are built in."""
    day, strips = answer.accounts.design_day.power_mw, []
    if offer.cooling is not None and units.rack is not None and units.cooling is not None:
        taken = usage.rack_cooling_mw(answer.case, (units.rack, units.cooling))
        strips.append(("cooling", sum(taken.values())))
    if offer.electrical_mw > 0 and day["racks"] > 0:
        strips.append(("chain", day["electrical_chain"] / day["racks"] * rack_mw))
    return strips


def _module(
    it_mw: float,
    racks: int,
    rack_mw: float,
    scale: float,
    copies: int,
    strips: list[tuple[str, float]],
    has_cells: bool,
) -> Box:
    area = it_mw * scale
    width = min(math.sqrt(area * ASPECT), WIDEST_PX)
    body = area / width
    cells = _cells(width, body, racks, rack_mw * scale) if has_cells else ""
    if not has_cells:
        cells = _rectangle(0, 0, width * min(1.0, racks * rack_mw / it_mw), body)
    top, drawn = body, []
    for kind, mw in strips:
        height = mw * racks * scale / width
        drawn.append((kind, round(top, 1), round(height, 1)))
        top += height
    return Box(round(width, 1), round(top, 1), cells, tuple(drawn), copies)


def _cells(width: float, height: float, racks: int, area: float) -> str:
    """Racks as a grid of cells of the given area, in as many columns as make them look like racks."""
    if not racks:
        return ""
    fitting = [c for c in range(1, racks + 1) if math.ceil(racks / c) * c * area <= width * height * 1.0001]
    columns = min(fitting or [racks], key=lambda c: abs(math.log((area * c / width) / (width / c) / 1.6)))
    cell_w, cell_h = width / columns, area * columns / width
    gap = min(_GAP_PX, 0.2 * cell_w, 0.2 * cell_h)
    paths = (
        _rectangle((i % columns) * cell_w + gap / 2, (i // columns) * cell_h + gap / 2, cell_w - gap, cell_h - gap)
        for i in range(racks)
    )
    return "".join(paths)


def _plant(answer: Answer, scale: float) -> list[Group]:
    """What stands outside the modules, drawn by what it takes on the design day: power and cooling units, cold stores
    by what they relieve, other loads."""
    offers, day = offers_by_name(answer), answer.accounts.design_day.power_mw
    groups = [
        _plant_units(answer, units, scale)
        for units in answer.design.units
        if offers[units.offer].kind in ("power", "cooling") and units.count
    ]
    for c in answer.case.cooling:
        mwh = answer.design.cold_store_mwh.get(c.name, 0.0)
        if c.store is not None and mwh > 1e-9:
            heat_mw = mwh / c.store.hours_to_fill
            relief = heat_mw * max(_per_heat(answer).get(c.name, 0.0) - c.store.distribution_pu, 0.0)
            remark = f"{show.stored(mwh)} of cold; carries {show.power(heat_mw)} of heat, {show.power(relief)} of power"
            groups.append(Group("cold", f"Chilled-water store, {c.name}", remark, (_block(relief, scale),)))
    for part, title in (("house", "House load"), ("plain_load", "Other load")):
        if day[part] > 1e-9:
            remark = "offices, lighting, security" if part == "house" else "highest of the year"
            groups.append(Group("house", title, f"{show.power(day[part])}, {remark}", (_block(day[part], scale),)))
    return groups


def _per_heat(answer: Answer) -> dict[str, float]:
    return {c.name: c.design_day_pu for c in usage.cooling_use(answer.case, answer.design)}


def _plant_units(answer: Answer, units: Units, scale: float) -> Group:
    """Units of one offer: their part of what their pool takes."""
    offer, day = offers_by_name(answer)[units.offer], answer.accounts.design_day.power_mw
    is_power = offer.kind == "power"
    key = ("power", "") if is_power else ("cooling", offer.cooling)
    pool = next((p for p in usage.pools(answer.case, answer.design) if (p.kind, p.item) == key), None)
    capacity = units.count * (offer.electrical_mw if is_power else offer.heat_mw)
    mw = 0.0
    if pool is not None and pool.load > 0:
        per_heat = _per_heat(answer).get(offer.cooling or "", 0.0)
        per_load = day["electrical_chain"] / day["racks"] if is_power else per_heat
        mw = capacity / pool.capacity * pool.load * per_load
    carries = f"carry {show.power(capacity)} of racks" if is_power else f"remove {show.power(capacity)} of heat"
    remark = f"{carries}; {'lose' if is_power else 'draw'} {show.power(mw)} on the design day"
    drawn = units.count if units.count <= MOST_UNITS else 1
    box = _block(mw / drawn, scale)._replace(copies=drawn)
    return Group("chain" if is_power else "cooling", f"{show.number(units.count)} × {offer.name}", remark, (box,))
