"""Sheets Stages, StageDemand, StagePrices -> Growth: the case of each stage, and what is on sale at its start."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from models.case import Case, Grid, Offer, Rack
from models.catalogue import workload_mtok
from models.paths import at_year, with_demand
from models.stages import Growth, Stage, in_stage
from models.timetable import ALWAYS_MONTHS
from planner.validate.rows import Row, Tables


def stage_rows(tables: Tables) -> list[Row] | None:
    """The stages in order of time, each free of findings; none without stages; None if something is wrong."""
    rows = tables["Stages"].rows
    if not rows:
        _refuse_without_stages(tables)
        return []
    if not all(row.ok() for row in rows) or not tables.project.ok("analysis_years"):
        return None
    years, sound = tables.project["analysis_years"], True
    for number, row in enumerate(rows):
        before = rows[number - 1]["start_year"] if number else None
        expected, see = "", rows[number - 1].cells("start_year") if number else ()
        if before is None and row["start_year"] != 0:
            expected = "0: the first stage starts with the plan"
            see = tuple(off.cell("available") for off in tables["Stages"].off if off.ok("available"))
        elif before is not None and row["start_year"] <= before:
            expected = f"more than {before}, the start of the stage before"
        elif row["start_year"] >= years:
            expected = f"less than {years}, the analysis_years of sheet Project"
            see = tables.project.cells("analysis_years")
        if expected:
            tables.report(row.finding("start_year", "", expected, see=see))
            sound = False
    return rows if sound and all([_live_in_time(tables, rows, k) for k in range(len(rows))]) else None


def _live_in_time(tables: Tables, rows: list[Row], k: int) -> bool:
    """Whether a stage's connection is live before the stage must start at the latest; if not, a finding says so."""
    row, project = rows[k], tables.project
    if row["energised_month"] is None or not project.ok("need_month", "most_delay_months"):
        return True
    if project["need_month"] is None:
        return True
    latest = project["need_month"] + 12 * row["start_year"] + _most_delay_months(tables, rows, k)
    if row["energised_month"] <= latest:
        return True
    message = f"the stage must start in month {latest:g} at the latest ({project.cell('need_month')})"
    see = (*row.cells("start_year"), *project.cells("most_delay_months"))
    tables.report(row.finding("energised_month", "", f"at most {latest:g}", message, see))
    return False


def _most_delay_months(tables: Tables, rows: list[Row], k: int) -> int:
    """Delay allowed of a stage: it starts before the next."""
    end = rows[k + 1]["start_year"] if k + 1 < len(rows) else tables.project["analysis_years"]
    return int(min(tables.project["most_delay_months"], 12 * (end - rows[k]["start_year"])))


def _refuse_without_stages(tables: Tables) -> None:
    for sheet in ("Racks", "Offers"):
        for row in tables[sheet]:
            for name in ("sold_from_year", "sold_until_year"):
                if row.ok(name) and row[name]:
                    message = "dates of sale count only with stages (sheet Stages)"
                    tables.report(row.finding(name, "", "a blank cell", message))


def growth(tables: Tables, case: Case) -> Growth | None:
    """The plan of growth of a case; None without stages, or if something is wrong with them (a finding says what)."""
    rows = stage_rows(tables)
    parts = ("StageDemand", "StagePrices", "Racks", "Offers")
    if not rows or not tables.intact(*parts):
        return None
    starts = [row["start_year"] for row in rows]
    ends = [*starts[1:], case.money.analysis_years]
    sales = _sales(tables)
    stages = []
    for k, (row, end) in enumerate(zip(rows, ends, strict=True)):
        row.used = True
        stage = _stage_case(tables, case, rows, k)
        stage = replace(stage, money=in_stage(case.money, starts[k], end, case.money.analysis_years))
        stages.append(_on_sale(row["name"], stage, sales, starts, k))
    for table in ("StageDemand", "StagePrices"):
        for row in tables[table]:
            row.used = True
    return Growth(case.name, tuple(_late_work(stages)), case.limits.budget_kcur)


def _stage_case(tables: Tables, case: Case, rows: list[Row], k: int) -> Case:
    """What is asked, offered and paid in one stage; its money is still that of the whole."""
    row, year = rows[k], rows[k]["start_year"]
    known = [r for r in rows[: k + 1] if r["energy_price_factor"] is not None]
    since = year - known[-1]["start_year"] if known else year
    growing = (1 + case.money.escalation_energy) ** since
    found = at_year(case, year, known[-1]["energy_price_factor"] * growing if known else None)
    need, delay = found.limits.need_month, found.limits.delay
    need = need if need >= ALWAYS_MONTHS else need + 12 * year
    grid = _connected(
        replace(found.grid, carbon_t_per_mwh=row["carbon_factor"] * found.grid.carbon_t_per_mwh), rows, k, need
    )
    limits = replace(
        found.limits,
        budget_kcur=None,
        need_month=need,
        delay=replace(delay, most_months=_most_delay_months(tables, rows, k)),
        tokenergy_wh_per_ktok=row["tokenergy_target"] or found.limits.tokenergy_wh_per_ktok,
    )
    own = {r["workload"]: r["factor"] for r in tables["StageDemand"] if r["stage"] == row["name"]}
    factors = {w.name: own.get(w.name, row["demand_factor"]) for w in case.workloads}
    found = with_demand(replace(found, grid=grid, limits=limits), factors)
    return _priced(tables, case, found, rows, k)


def _connected(grid: Grid, rows: list[Row], k: int, need_month: float) -> Grid:
    """The connection of a stage, with the step before it where it grows. What a stage states stands for the site's
    limit, of apparent power too."""
    for row in rows[: k + 1]:
        limit, live = row["grid_limit_mw"], row["energised_month"]
        if row is not rows[0]:
            grid = replace(grid, earlier_mw=grid.interval_limit_mw)
        if limit is not None:
            grid = replace(grid, import_limit_mw=limit, import_limit_mva=None)
        if live is None and row is not rows[0] and grid.interval_limit_mw > grid.earlier_mw:
            due = need_month - 12 * (rows[k]["start_year"] - row["start_year"])
            live = due if need_month < ALWAYS_MONTHS else None
        if live is not None:
            grid = replace(grid, energised_month=live)
    return grid


def _late_work(stages: list[Stage]) -> list[Stage]:
    """The stages, each knowing the work that the one before goes on serving while it is late."""
    found = stages[:1]
    for before, stage in pairwise(stages):
        old = {w.name: workload_mtok(before.case, w) for w in before.case.workloads}
        kept = sum(min(workload_mtok(stage.case, w), old.get(w.name, 0.0)) for w in stage.case.workloads)
        limits = stage.case.limits
        limits = replace(limits, delay=replace(limits.delay, served_mtok=kept))
        found.append(replace(stage, case=replace(stage.case, limits=limits)))
    return found


def _priced(tables: Tables, case: Case, found: Case, rows: list[Row], k: int) -> Case:
    """Racks and offers at the prices stated for this stage or the last before it that states one."""
    year_of = {row["name"]: row["start_year"] for row in rows}
    year, stated = rows[k]["start_year"], {}
    for r in sorted(tables["StagePrices"], key=lambda r: year_of.get(r["stage"], year + 1)):
        if r["stage"] in year_of and year_of[r["stage"]] <= year:
            growing = (1 + case.money.escalation_capital) ** (year - year_of[r["stage"]])
            stated[r["item"]] = growing * r["price"]

    def offer(m: Offer) -> Offer:
        if m.name not in stated:
            return m
        share = stated[m.name] / m.ex_works_k if m.ex_works_k else 1.0
        breaks = tuple(replace(b, ex_works_k=share * b.ex_works_k) for b in m.price_breaks)
        return replace(m, ex_works_k=stated[m.name], price_breaks=breaks)

    racks = tuple(replace(r, cost_kcur=stated.get(r.name, r.cost_kcur)) for r in found.racks)
    return replace(found, racks=racks, offers=tuple(offer(m) for m in found.offers))


def _sales(tables: Tables) -> dict[tuple[str, str], tuple[int, int | None]]:
    """(cost line, item) -> first and last year of sale."""
    lines = {"Racks": "racks", "Offers": "modules"}
    return {
        (line, row["name"]): (row["sold_from_year"], row["sold_until_year"])
        for sheet, line in lines.items()
        for row in tables[sheet]
    }


def _on_sale(
    name: str,
    case: Case,
    sales: dict[tuple[str, str], tuple[int, int | None]],
    starts: list[int],
    k: int,
) -> Stage:
    """The stage with what can be bought in it or could before; what is off sale is closed."""

    def sold(line: str, item: str, year: int) -> bool:
        first, last = sales.get((line, item), (0, None))
        return year >= first and (last is None or year <= last)

    def known(line: str, item: Rack | Offer) -> bool:
        return any(sold(line, item.name, year) for year in starts[: k + 1])

    racks = tuple(r for r in case.racks if known("racks", r))
    offers = tuple(m for m in case.offers if known("modules", m))
    names, units = {r.name for r in racks}, {m.name for m in offers}
    must_order = tuple(n for n in case.orders.must_order if n in units)
    closed = [("racks", r.name) for r in racks if not sold("racks", r.name, starts[k])]
    closed += [("modules", m.name) for m in offers if not sold("modules", m.name, starts[k])]
    left = replace(
        case,
        racks=racks,
        offers=offers,
        operating_points=tuple(p for p in case.operating_points if p.rack in names),
        orders=replace(case.orders, must_order=must_order),
    )
    return Stage(name, left, tuple(closed))
