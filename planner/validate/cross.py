"""What must hold between tables: findings only where it is certain that no plan can exist."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np

from models import catalogue
from models.billing import lowest_price_kcur_per_mwh, may_overrun
from models.case import Case, ChainSupply, Electrical
from models.contracts import least_import_kcur_per_mwh, physical
from planner.validate.machines import SPEED
from planner.validate.rows import Row, Tables

_IT_KINDS = ("it", "integrated")
_HOLDS = ("electrical_kw", "heat_kw", "cooling", "rack_limit_kw", "rack_positions")
"""Columns of an offer that limit the racks it holds, besides its IT power."""


def check_case(tables: Tables, case: Case, site: Row | None, sound: frozenset[str]) -> None:
    """Every check whose tables are `sound` (free of findings); `case` holds what could be built."""
    if sound >= {"Project", "Sites"} and site is not None:
        _check_energised(tables, case, site)
        check_export(tables, case, site)
        _check_contract(tables, case, site)
        if sound >= {"Supply", "Storage"}:
            _check_given_load(tables, case, site)
    racks_built = len(case.racks) == len(tables["Racks"].rows) and "Racks" in sound
    carried = racks_built and sound >= {"Cooling", "CoolingCurves", "ChilledWater"} and _check_cooling(tables, case)
    workloads_built = len(case.workloads) == len(tables["Workloads"].rows) and "Workloads" in sound
    if not (racks_built and workloads_built and "OperatingPoints" in sound):
        return
    served = _check_points(tables, case)
    if not (carried and served and sound >= {"Offers", "Project", "AssetClasses", "ExchangeRates"}):
        return
    if site is None or not site.ok("architecture_options") or site["architecture_options"] is not None:
        return  # what one architecture cannot do another may
    fed = bool(catalogue.options(case))
    if case.workloads and _check_delivery(tables, case) and fed and "Windows" in sound:
        _check_places(tables, case)
        _check_gangs(tables, case)


def _check_energised(tables: Tables, case: Case, site: Row) -> None:
    latest, live = case.latest_month, case.grid.energised_month
    if live > latest:
        message = f"service must start in month {latest:g} at the latest ({tables.project.cell('need_month')})"
        see = tables.project.cells("most_delay_months")
        tables.report(site.finding("energised_month", "", f"at most {latest:g}", message, see))


def check_export(tables: Tables, case: Case, site: Row) -> None:
    """Buying and selling at once would earn money without end."""
    grid, least = case.grid, least_import_kcur_per_mwh(case)
    if grid.export_limit_mw == 0 or grid.export_price_kcur_per_mwh is None:
        return
    higher = np.flatnonzero(grid.export_price_kcur_per_mwh > least + 1e-12)
    if higher.size:
        i = int(higher[0])
        see = _sets_price(tables, case, site, i)
        name = "export_price_series" if site["export_price_series"] is not None else "export_price"
        step = np.datetime64(case.calendar.first_step) + np.timedelta64(round(60 * i * case.calendar.step_h), "m")
        more = f" and {higher.size - 1:,} more steps" if higher.size > 1 else ""
        sold = float(grid.export_price_kcur_per_mwh[i])
        message = (
            f"{str(step).replace('T', ' ')}: one more MWh costs at least {1000 * least[i]:.6g} {case.currency}, "
            f"sold at {1000 * sold:.6g}{more}"
        )
        tables.report(site.finding(name, "", "at most the price of energy bought in every hour", message, see))


def _sets_price(tables: Tables, case: Case, site: Row, step: int) -> list[str]:
    """Cells that set what one more MWh costs at a step: of the contract that has it cheapest, else of the tariff."""
    if least_import_kcur_per_mwh(case)[step] < lowest_price_kcur_per_mwh(case)[step]:
        names = ("delivery_fee", "settlement", "output_series", "surplus_pct", "market_price_series")
        return [cell for row in tables["PowerPurchase"] if row["name"] in physical(case) for cell in row.cells(*names)]
    rows = [row for sheet in ("TariffEnergy", "TariffBlocks") for row in tables[sheet]]
    own = site.cells("price_series", "price_adder", "price_markup_pct", "take_or_pay_price")
    return [*own, *(row.cell("price") for row in rows if row["tariff"] == site["tariff"])]


def _check_contract(tables: Tables, case: Case, site: Row) -> None:
    """A settled contract within the connection, and terms that come in pairs."""
    grid = case.grid
    if grid.contract_mw is not None and grid.contract_mw > grid.interval_limit_mw:
        expected = f"at most {grid.interval_limit_mw:g}, what the connection carries (grid_limit_mw or grid_limit_mva)"
        tables.report(site.finding("contract_mw", "", expected, see=site.cells("power_factor")))
    for first, second, what in (
        ("take_or_pay_mwh", "take_or_pay_price", "take-or-pay has both energy and a price"),
        ("power_factor_target", "power_factor_surcharge_pct", "a power-factor rule has both a target and a surcharge"),
    ):
        if (site[first] > 0) != (site[second] > 0):
            blank, see = second if site[first] > 0 else first, site.cells(first, second)
            tables.report(site.finding(blank, "", f"{what}, or neither", see=see))
    if grid.overrun_kcur_per_mw_month is not None and not may_overrun(case):
        message = "contracted capacity costs nothing and is not settled: it is the whole connection, never exceeded"
        tables.warn(site.cell("overrun_fee"), site.sheet.table, "overrun_fee", message)


def _check_given_load(tables: Tables, case: Case, site: Row) -> None:
    """Loads that are given, against the connection, where nothing on site can help."""
    if case.supplies or case.batteries or not site.ok("grid_limit_mw"):
        return
    load = np.full(case.calendar.steps, case.site.house_load_mw)
    if case.site.plain_load_mw is not None:
        load = load + case.site.plain_load_mw
    needed, limit, name = float(load.max()) * case.grid.billing_factor, case.grid.interval_limit_mw, "grid_limit_mw"
    settled = case.grid.contract_mw
    if settled is not None and settled < limit and not may_overrun(case):
        limit, name = settled, "contract_mw"
    if needed > limit + 1e-9:
        message = f"house and plain load alone reach {needed:.6g} MW in a billing interval"
        see = site.cells("house_load_kw", "plain_load_series", "billing_factor", "grid_limit_mva", "power_factor")
        tables.report(site.finding(name, f"{limit:.6g} MW", f"at least {needed:.6g}", message, see))


def _check_cooling(tables: Tables, case: Case) -> bool:
    """Whether every rack has a cooling type that carries it."""
    either = [replace(case, electrical=replace(case.electrical, rack_supply=s)) for s in get_args(ChainSupply)]
    carried = {rack for c in either for rack, _ in catalogue.options(c)}
    for row in tables["Racks"]:
        if row["name"] not in carried:
            peak, liquid = 1000 * row["peak_kw"], 100 * row["liquid_share_pct"]
            expected = f"a cooling type that carries {peak:g} kW per rack and {liquid:g} % of its heat by liquid"
            see = row.cells("peak_kw", "liquid_share_pct")
            tables.report(row.finding("name", "", expected, _why_not(tables, case, row) + _off(tables), see))
    return carried == {r.name for r in case.racks}


def _off(tables: Tables) -> str:
    """Cooling types that are switched off, each with its cell."""
    rows = [row for row in tables["Cooling"].off if row.ok("available")]
    return "; switched off: " + ", ".join(f"{r['name']} ({r.cell('available')})" for r in rows) if rows else ""


def check_racks_fed(tables: Tables, case: Case, site: Row, chains: list[Electrical]) -> None:
    """Racks that no architecture of the site feeds are left out, with a remark; all of them: a finding."""
    supplies = {chain.rack_supply for chain in chains}
    left_out = [r for r in case.racks if r.supply not in ("any", *supplies)]
    rows = tables["Racks"].by("name")
    for rack in left_out if len(left_out) < len(case.racks) else ():
        row = rows[rack.name]
        message = f"left out: no architecture of the site delivers {rack.supply}"
        tables.warn(row.cell("supply"), row.sheet.table, "supply", message)
    if left_out and len(left_out) == len(case.racks):
        message = f"it delivers {' or '.join(sorted(supplies))}, which none of the racks takes (Racks, column supply)"
        kinds = tables["Electrical"].by("name")
        chosen = [cell for chain in chains if chain.name in kinds for cell in kinds[chain.name].cells("rack_supply")]
        see = [*chosen, *(row.cell("supply") for row in tables["Racks"])]
        tables.report(site.finding("architecture", "", "an architecture that can feed the racks", message, see))


def _why_not(tables: Tables, case: Case, row: Row) -> str:
    """Why each cooling type refuses a rack, with the cell that says so."""
    reasons, kinds = [], tables["Cooling"].by("name")
    for c in case.cooling:
        if c.max_rack_mw < row["peak_kw"]:
            why, name = f"carries {1000 * c.max_rack_mw:g} kW", "max_rack_kw"
        elif c.liquid_share < row["liquid_share_pct"] or (c.liquid_share == 0) != (row["liquid_share_pct"] == 0):
            why, name = f"takes {100 * c.liquid_share:g} % by liquid", "liquid_share_pct"
        elif c.supply_c is not None and row["max_supply_c"] is not None and c.supply_c > row["max_supply_c"]:
            accepts = f"the rack accepts {row['max_supply_c']:g} ({row.cell('max_supply_c')})"
            why, name = f"supplies {c.supply_c:g} degC, {accepts}", _supply_column(kinds[c.name])
        else:
            why, name = "names no residual_air for the rest of the heat", "residual_air"
        reasons.append(f"{c.name} {why} ({kinds[c.name].cell(name)})")
    return "; ".join(reasons[:4]) or "sheet Cooling has no available row"


def _supply_column(row: Row) -> str:
    """The column of sheet Cooling that states the temperature of a liquid; its curve's plant does where none is."""
    return next((name for name in ("supply_c", "supply_class") if row[name] is not None), "curve")


def _check_points(tables: Tables, case: Case) -> bool:
    """Whether every workload has an operating point with a rate for its kind, on an available rack."""
    racks = {r.name for r in case.racks}
    served = {
        w.name
        for w in case.workloads
        for p in case.operating_points
        if p.rack in racks and p.operating_class == w.operating_class and catalogue.rack_h_per_work(w, p) is not None
    }
    for row in tables["Workloads"]:
        if row["name"] not in served:
            rate = "training_tokens_per_s" if row["kind"] == "training" else "input or output tokens per second"
            message = f"no available rack has a row on OperatingPoints for class {row['operating_class']} with {rate}"
            see = (*row.cells("kind", "operating_class"), *_behind_rates(tables, row))
            tables.report(row.finding("name", "", "a workload that some rack can serve", message, see))
    return served == {w.name for w in case.workloads}


def _behind_rates(tables: Tables, workload: Row) -> list[str]:
    """Cells that keep the points of a workload's class from serving it: a rack is switched off, or a rate is blank."""
    off, known = {r["name"]: r for r in tables["Racks"].off}, tables["Racks"].by("name")
    kinds = ("training",) if workload["kind"] == "training" else ("input", "output")
    rates = [f"{kind}_tokens_per_s" for kind in kinds]
    found: list[str] = []
    for point in tables["OperatingPoints"]:
        if point["operating_class"] == workload["operating_class"]:
            is_off = point["rack"] in off and point["rack"] not in known
            found += off[point["rack"]].cells("available") if is_off else point.cells(*rates)
    return found


def _check_delivery(tables: Tables, case: Case) -> bool:
    """Whether some unit that holds racks can be there in time."""
    holders = [r for r in tables["Offers"] if r["kind"] in _IT_KINDS]
    off = [r.cell("available") for r in tables["Offers"].off]
    if not holders:
        if not tables["Offers"].rows:
            first = tables["Workloads"].rows[0]
            message = "sheet Offers has no available row, so nothing can hold racks"
            tables.report(first.finding("name", "", "an offer of kind it or integrated", message, off))
        else:
            row, kinds = tables["Offers"].rows[0], [r.cell("kind") for r in tables["Offers"]]
            expected = "at least one available offer of kind it or integrated"
            tables.report(row.finding("kind", "", expected, see=(*off, *kinds)))
        return False
    column = "lead_p90_months" if case.limits.lead_confidence == "P90" else "lead_p50_months"
    soonest = min(holders, key=lambda r: float(r[column]))
    delay = case.limits.delay
    least = soonest[column] + delay.works_months - delay.most_months
    if least <= case.limits.need_month:
        return True
    with_works = f" and {delay.works_months:g} of site works" if delay.works_months else ""
    allowed = f", less {delay.most_months} of delay" if delay.most_months else ""
    expected = f"at least {least:g}, the shortest lead time of a unit that holds racks{with_works}{allowed}"
    others = [r.cell(column) for r in holders if r is not soonest]
    asked = tables.project.cells("site_works_months", "most_delay_months", "lead_confidence")
    see = (*soonest.cells(column), *asked, *others, *off)
    tables.report(tables.project.finding("need_month", "", expected, see=see))
    return False


def _check_places(tables: Tables, case: Case) -> None:
    """Whether some unit holds at least one rack that serves a workload."""
    useful = {(rack, cooling) for _, rack, cooling in catalogue.serving(case)}
    delivered = [m for m in case.offers if m.kind in _IT_KINDS and case.delivered(m) and m.max_count != 0]
    if any(catalogue.slots(case, option, m) > 0 for option in useful for m in delivered):
        return
    rows = tables["Offers"].by("name")
    smallest = min((r for r in case.racks if any(o[0] == r.name for o in useful)), key=lambda r: r.placed_mw)
    message = f"the smallest usable rack, {smallest.name}, needs {1000 * smallest.placed_mw:g} kW with its ancillary IT"
    where = rows[delivered[0].name] if delivered else tables["Offers"].rows[0]
    rack = tables["Racks"].by("name")[smallest.name]
    see = (*where.cells(*_HOLDS), *rack.cells("peak_kw", "usable_share_pct", "ancillary_kw", "ancillary_racks"))
    name = "it_kw" if delivered else "max_count"
    tables.report(where.finding(name, "", "an offer that holds a usable rack", message, see))


def _check_gangs(tables: Tables, case: Case) -> None:
    """Whether each training run has a possible number of racks on some rack type."""
    rows = tables["Workloads"].by("name")
    for w in catalogue.of_kind(case, "training"):
        rates = [(rack, rack_h) for (name, rack, _), (rack_h, _) in catalogue.serving(case).items() if name == w.name]
        ranges = [(rack, *catalogue.gang_range(case, w, rack_h)) for rack, rack_h in rates]
        if ranges and all(fewest > most for _, fewest, most in ranges):
            rack, fewest, most = min(ranges, key=lambda r: r[1] - r[2])
            row = rows[w.name]
            message = (
                f"on {rack}, its shortest window and gang_min need at least {fewest} racks, "
                f"while pause_pct, gang_max and the run's tokens allow at most {most}"
            )
            expected = "a run that some number of racks can do in its windows"
            see = [cell for r in tables["Windows"] if r["workload"] == w.name for cell in r.cells("start", "days")]
            for point in tables["OperatingPoints"]:
                if point["rack"] == rack and point["operating_class"] == w.operating_class:
                    see += _training_cells(point)
            tables.report(row.finding("run_tokens_billion", "", expected, message, see))


def _training_cells(point: Row) -> tuple[str, ...]:
    """Cells that state the training rate of an operating point."""
    return point.cells(*(("training_tokens_per_s",) if point.given("training_tokens_per_s") else SPEED))
