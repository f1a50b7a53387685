"""The equipment of a plan as rows for display: racks, units, storage, supply."""

from __future__ import annotations

from typing import NamedTuple

from models.case import Offer, Rack
from models.design import Answer, CostLine, Option
from reports import format as show


class RackRow(NamedTuple):
    """Racks of one type on one cooling in units of one offer."""

    rack: str
    cooling: str
    offer: str
    racks: int
    kw_per_rack: float
    """peak of the rack, with ancillary IT [kW]"""
    total_mw: float
    accelerators: int


class UnitRow(NamedTuple):
    """Units of one offer that hold the same racks."""

    offer: str
    vendor: str
    kind: str
    holds: str
    units: int
    it_mw: float
    electrical_mw: float
    heat_mw: float
    lead_p50_months: float
    lead_p90_months: float
    landed_kcur: float | None
    """landed price of one unit, from its cost line; None: no such line"""
    footprint_m2: float


class WorkRow(NamedTuple):
    """A workload on racks of one type and cooling: a share of it, or the racks of its gang."""

    workload: str
    rack: str
    cooling: str
    basis: str
    share: float | None
    racks: int | None


class StoreRow(NamedTuple):
    """A battery, a chilled-water store or an on-site source."""

    name: str
    kind: str
    power_mw: float | None
    energy_mwh: float | None
    units: int | None = None
    """of what comes in whole units of one size"""


_OFFER_KINDS = {
    "it": "IT module",
    "power": "Power module",
    "cooling": "Cooling module",
    "integrated": "Integrated module",
}


def offer_kind(offer: Offer) -> str:
    """The kind of an offer in words."""
    kind = _OFFER_KINDS[offer.kind]
    return f"{kind.replace('module', 'capacity')}, site-built" if offer.site_built else kind


def option_name(option: Option) -> str:
    """A rack and its cooling in words."""
    return f"{option[0]} on {option[1]}"


def racks_by_name(answer: Answer) -> dict[str, Rack]:
    """Rack types of the case by name."""
    return {rack.name: rack for rack in answer.case.racks}


def offers_by_name(answer: Answer) -> dict[str, Offer]:
    """Offers of the case by name."""
    return {offer.name: offer for offer in answer.case.offers}


def cost_lines(answer: Answer, line: str) -> dict[str, CostLine]:
    """Cost lines of one kind by item."""
    return {cost.item: cost for cost in answer.accounts.costs if cost.line == line}


def rack_rows(answer: Answer) -> list[RackRow]:
    """The racks of the plan with their power."""
    racks, rows = racks_by_name(answer), []
    for p in answer.design.racks:
        rack = racks[p.rack]
        accelerators = p.count * rack.accelerators
        kw, total_mw = 1000 * rack.placed_mw, p.count * rack.placed_mw
        rows.append(RackRow(p.rack, p.cooling, p.offer, p.count, kw, total_mw, accelerators))
    return [row for row in rows if row.racks]


def unit_rows(answer: Answer) -> list[UnitRow]:
    """The module units and site-built capacity of the plan."""
    offers, prices, rows = offers_by_name(answer), cost_lines(answer, "modules"), []
    for unit in answer.design.units:
        offer = offers[unit.offer]
        holds = f"{unit.rack} on {unit.cooling}" if unit.rack else offer.cooling or ""
        price = prices[offer.name].unit_price_kcur if offer.name in prices else None
        rows.append(
            UnitRow(
                offer=offer.name,
                vendor=offer.vendor,
                kind=offer_kind(offer),
                holds=holds,
                units=unit.count,
                it_mw=offer.it_mw,
                electrical_mw=offer.electrical_mw,
                heat_mw=offer.heat_mw,
                lead_p50_months=offer.lead_months_p50,
                lead_p90_months=offer.lead_months_p90,
                landed_kcur=price,
                footprint_m2=offer.footprint_m2,
            )
        )
    return [row for row in rows if row.units]


def work_rows(answer: Answer) -> list[WorkRow]:
    """Who works where: interactive work by traffic, deferrable work by rack hours, training by gang."""
    design = answer.design
    rows = [WorkRow(*key, "traffic share", share, None) for key, share in design.traffic_share.items() if share > 1e-9]
    deferrable = {w.name for w in answer.case.workloads if w.kind == "deferrable"}
    busy = {key: float(v.sum()) for key, v in design.operation.busy_racks.items() if key[0] in deferrable}
    total = {name: sum(h for key, h in busy.items() if key[0] == name) for name, _, _ in busy}
    rows += [
        WorkRow(*key, "share of rack hours", hours / total[key[0]], None)
        for key, hours in busy.items()
        if hours > 1e-6 * total[key[0]]
    ]
    return rows + [WorkRow(g.workload, g.rack, g.cooling, "training gang", None, g.racks) for g in design.gangs]


def store_rows(answer: Answer) -> list[StoreRow]:
    """Batteries, chilled-water stores, PV, wind and generators that are built."""
    design = answer.design
    rows = [
        StoreRow(name, "Battery", power, design.battery_mwh.get(name, 0.0))
        for name, power in design.battery_mw.items()
        if power > 1e-9 or design.battery_mwh.get(name, 0.0) > 1e-9
    ]
    rows += [
        StoreRow(n, "Chilled-water store (thermal)", None, e) for n, e in design.cold_store_mwh.items() if e > 1e-9
    ]
    users = [(n, power) for n, power in design.reuse_mw.items() if power > 1e-9]
    rows += [StoreRow(n, "Connection of a heat user (thermal)", power, None) for n, power in users]
    unit_mw = {g.name: g.unit_mw for g in answer.case.generators}
    rows += [
        StoreRow(n, f"Generator, {show.count(count, 'unit')}", count * unit_mw[n], None, count)
        for n, count in design.generator_units.items()
        if count
    ]
    rows += [StoreRow(n, "On-site supply", power, None) for n, power in design.supply_mw.items() if power > 1e-9]
    return rows


def store_size(row: StoreRow, between: str = ", ") -> str:
    """What a store or source is rated at, in fitting units: `9.05 MW, 27.6 MWh`."""
    sizes = (show.power(row.power_mw), show.stored(row.energy_mwh))
    return between.join(size for size in sizes if size != show.MISSING)
