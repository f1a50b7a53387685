"""The tables of report.html: formatted text by row, ready for the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models import usage
from models.design import Answer, CostLine
from models.provenance import Origin
from models.stages import AnyAnswer
from reports import evidence, purchases, removals, series, wording, worth
from reports import format as show
from reports.capacity import LimitRow, capacity_rows, limit_rows
from reports.schedule import rack_rows, store_rows, unit_rows, work_rows


@dataclass(frozen=True)
class Table:
    """Headings and formatted rows; `numeric` columns are set right, `marked` rows stand out."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[int] = ()
    marked: Sequence[int] = ()
    wide: Sequence[int] = field(default=(1, 2))
    has_total: bool = False


def equipment(answer: Answer) -> list[Table]:
    """Racks, units, storage and supply; tables without rows are left out."""
    currency = answer.case.currency
    racks = [
        (r.rack, r.cooling, r.offer, show.number(r.racks), show.number(r.kw_per_rack, 1), show.number(r.total_mw, 2))
        for r in rack_rows(answer)
    ]
    units = [
        (
            u.offer,
            u.vendor,
            u.kind,
            u.holds or show.MISSING,
            show.number(u.units),
            show.money(u.landed_kcur, currency, 3),
            f"{show.trimmed(u.lead_p50_months)} / {show.trimmed(u.lead_p90_months)}",
        )
        for u in unit_rows(answer)
    ]
    stores = [
        (
            s.name,
            s.kind,
            show.power(s.power_mw),
            show.stored(s.energy_mwh),
        )
        for s in store_rows(answer)
    ]
    work = [
        (w.workload, f"{w.rack} on {w.cooling}", w.basis, _racks(w.racks) if w.share is None else show.percent(w.share))
        for w in work_rows(answer)
    ]
    tables = [
        Table(
            "Racks",
            ("Rack", "Cooling", "In units of", "Racks", "kW per rack, with ancillary IT", "Total MW"),
            racks,
            (3, 4, 5),
        ),
        _units(units),
        Table("Storage and on-site supply", ("Name", "Kind", "Power", "Energy"), stores, (2, 3)),
        Table("Who works where", ("Workload", "Runs on", "Basis", "Share or racks"), work, (3,)),
    ]
    return [table for table in tables if table.rows]


def _units(rows: Sequence[tuple[str, ...]]) -> Table:
    """Modules and capacity built on site; without the column of prices where none is known, as in a stage that bought
    nothing itself."""
    price = 5
    head: tuple[str, ...] = ("Offer", "Vendor", "Kind", "Holds or serves", "Units", "Landed, each")
    head += ("Lead P50 / P90, months",)
    if all(row[price] == show.MISSING for row in rows):
        head, rows = head[:price] + head[price + 1 :], [row[:price] + row[price + 1 :] for row in rows]
    numeric = tuple(range(4, len(head)))
    return Table("Modules and site-built capacity", head, rows, numeric, wide=(1, 2, 3))


def contracts(answer: Answer) -> Table:
    """Power-purchase contracts on offer, as signed."""
    rows = [
        (*names, show.trimmed(mw), *(show.number(v) if v is not None else show.MISSING for v in figures))
        for *names, mw, a, b, c, d in map(purchases.cells, purchases.uses(answer))
        for figures in [(a, b, c, d)]
    ]
    head = purchases.headings(answer.case.currency)
    return Table("Power-purchase contracts", head, rows, tuple(range(3, 8)), wide=())


def _racks(count: int | None) -> str:
    return show.MISSING if count is None else show.count(count, "rack")


def capacity(answer: Answer) -> Table:
    """Load against capacity."""
    rows = [(r.pool, show.number(r.load, 2), show.number(r.capacity, 2), r.unit, r.rule) for r in capacity_rows(answer)]
    return Table(
        "Capacity against load", ("Capacity", "Load", "Capacity", "Unit", "Rule or basis"), rows, (1, 2), wide=(4,)
    )


def costs(answer: Answer) -> Table:
    """Cost lines with quantity, price, factor and present value; money in thousand."""
    total = answer.accounts.objective_kcur
    rows = [
        (
            wording.cost_name(c.line),
            wording.cost_item(c),
            _quantity(c),
            show.trimmed(c.unit_price_kcur, 4),
            show.number(c.factor, 3),
            show.number(c.first_cost_kcur),
            show.number(c.present_value_kcur),
            show.percent(c.present_value_kcur / total if total else None),
        )
        for c in answer.accounts.costs
    ]
    first = show.number(sum(c.first_cost_kcur for c in answer.accounts.costs))
    rows.append(("Total", "", "", "", "", first, show.number(total), show.percent(1.0)))
    head = ("Line", "Item", "Quantity", "Unit price", "PV factor", "First cost", "Present value", "Share")
    return Table(
        f"Cost lines, money in thousand {answer.case.currency}",
        head,
        rows,
        (2, 3, 4, 5, 6, 7),
        wide=(1,),
        has_total=True,
    )


def _quantity(cost: CostLine) -> str:
    unit = cost.unit.removesuffix("s") if cost.quantity == 1 else show.unit(cost.unit)
    return show.with_unit(show.trimmed(cost.quantity), unit)


def tokenergy_parts(answer: Answer) -> Table:
    """Parts of the index with their shares."""
    parts = {name: value for name, value in answer.accounts.tokenergy_parts.items() if abs(value) > 1e-12}
    total = sum(parts.values())
    rows = [
        (wording.part_name(k), show.number(v, 4), show.percent(v / total if total else None)) for k, v in parts.items()
    ]
    rows.append(("TokEnergy", show.number(total, 4), show.percent(1.0)))
    return Table("TokEnergy by part", ("Part", "Wh per 1,000 reference tokens", "Share"), rows, (1, 2), has_total=True)


_WORKLOAD = (
    ("input_mtok", "Input tokens", show.tokens),
    ("cached_mtok", "Cached tokens", show.tokens),
    ("output_mtok", "Output tokens", show.tokens),
    ("training_mtok", "Training tokens", show.tokens),
    ("energy_mwh", "Energy", show.energy),
    ("rack_h", "Busy rack-hours", show.number),
    ("wh_per_1k_output", "Wh per 1,000 output", show.significant),
    ("wh_per_1k_training", "Wh per 1,000 training", show.significant),
    ("wh_per_1k_reference", "Wh per 1,000 reference", show.significant),
)


def workloads(answer: Answer) -> Table | None:
    """What each workload makes and uses in a year; columns that no workload has are left out."""
    figures = answer.accounts.workload_kpi
    columns = [column for column in _WORKLOAD if any(kpi.get(column[0]) for kpi in figures.values())]
    rows = [(name, *(write(kpi.get(key) or None) for key, _, write in columns)) for name, kpi in figures.items()]
    head = ("Workload", *(heading for _, heading, _ in columns))
    caption = "By workload, a year; shared energy is split by busy power"
    return Table(caption, head, rows, tuple(range(1, len(head))), wide=()) if rows else None


def levers() -> Table:
    """What moves energy per token, and who decides it."""
    rows = [(lever.name, lever.effect, lever.decided_by, lever.source) for lever in wording.LEVERS]
    return Table("What moves energy per token", ("Lever", "Effect", "Decided by", "Source"), rows, wide=(1, 2, 3))


def week_days(answer: Answer) -> Table:
    """Energy and highest import of each day of the peak week."""
    calendar, week = answer.case.calendar, series.peak_week(answer)
    uses, imports = series.uses_mw(answer), answer.design.operation.import_mw
    days: dict[str, list[int]] = {}
    for step in week:
        days.setdefault(series.step_start(calendar, step).strftime("%a %d %b"), []).append(step)
    rows = [
        (
            day,
            show.number(float(imports[steps].max()), 2),
            show.number(float(imports[steps].sum() * calendar.step_h), 1),
            *(show.number(float(v[steps].sum() * calendar.step_h), 1) for v in uses.values()),
        )
        for day, steps in days.items()
    ]
    head = ("Day", "Highest import, MW", "Import, MWh", *(f"{name}, MWh" for name in uses))
    return Table("The week of the highest import by day", head, rows, tuple(range(1, len(head))), wide=())


def months(answer: Answer) -> Table:
    """The year by month, with its sum."""
    monthly, names = answer.accounts.monthly, [series.MONTHS[m] for m in answer.case.calendar.months]
    currency = answer.case.currency
    wanted = (
        ("import_mwh", "Import, MWh", 0, True),
        ("peak_mw", "Peak interval, MW", 2, False),
        ("it_mwh", "IT, MWh", 0, True),
        ("pue", "PUE", 3, False),
        ("carbon_t", "Carbon, t", 0, True),
        ("water_m3", "Water, m³", 0, True),
        ("energy_kcur", f"Energy, thousand {currency}", 0, True),
        ("demand_kcur", f"Demand, thousand {currency}", 0, True),
    )
    idle = not any(monthly.get("it_mwh", ()))
    keys = [entry for entry in wanted if entry[0] in monthly and not (idle and entry[0] in ("it_mwh", "pue"))]
    rows = [
        (name, *(show.number(monthly[key][i], digits) for key, _, digits, _ in keys)) for i, name in enumerate(names)
    ]
    rows.append(("Year", *(show.number(sum(monthly[key]), digits) if adds else "" for key, _, digits, adds in keys)))
    head = ("Month", *(title for _, title, _, _ in keys))
    return Table("The year by month", head, rows, tuple(range(1, len(head))), wide=(), has_total=True)


def duration(answer: Answer) -> Table:
    """The load duration curve at each tenth of the year and near its peak."""
    points = [p for i, p in enumerate(series.load_duration(answer)) if i % 10 == 0 or i in (1, 5)]
    rows = [(show.percent(p.share, 0), show.number(p.import_mw, 3)) for p in points]
    return Table("Import reached or exceeded", ("Share of the year", "Import, MW"), rows, (1,))


def limit_cells(answer: Answer) -> list[dict[str, object]]:
    """Limits that were given as cells for the template, the most used first."""
    cells = {origin.path: origin.cell for origin in answer.origins}
    given = [row for row in limit_rows(answer) if row.limit is not None]
    return [_limit(row, cells) for row in sorted(given, key=lambda row: -(row.used or 0.0))]


def worth_of_limits(answer: Answer) -> Table:
    """What one more unit of each limit that binds would save."""
    rows = [
        (r.name, r.cell, worth.worth_text(r, answer.case.currency), f"per {show.singular(r.unit)}", r.how)
        for r in worth.worth_rows(answer)
    ]
    head = ("Limit", "Cell", "Saves", "Per", "How found")
    return Table("What one more unit would save, present value", head, rows, (2,), wide=(4,))


def foresight(answer: Answer) -> Table:
    """The cost with the year, the horizon and nothing known."""
    seen, currency = answer.lookahead, answer.case.currency
    if seen is None:
        return Table("Cost by foresight", (), ())
    names = (
        "The year known in advance (the plan)",
        f"{show.trimmed(seen.horizon_h)} hours known in advance",
        "Storage idle",
    )
    amounts = (seen.foresight_kcur, seen.lookahead_kcur, seen.idle_kcur)
    costs = show.apart(amounts, lambda kcur, figures: show.money(kcur, currency, figures), 4)
    more = [show.money(kcur - seen.foresight_kcur, currency, 3) for kcur in amounts]
    rows = list(zip(names, costs, more, strict=True))
    return Table("Cost by foresight, present value", ("Operation", "Cost", "More than the plan"), rows, (1, 2), wide=())


def without_limit(answer: Answer) -> Table:
    """What could have been limited and was not, with what the plan uses and the cell that would limit it."""
    cells = {origin.path: origin.cell for origin in answer.origins}
    rows = [
        (r.name, show.trimmed(r.value, 4), r.unit, cells.get(r.path, show.MISSING))
        for r in limit_rows(answer)
        if r.limit is None
    ]
    return Table("Without a limit", ("Subject", "Plan", "Unit", "Cell"), rows, (1,), wide=())


ROW_SOURCE = "Source (of the whole row)"
"""A workbook states one source for all cells of a row."""
_HARDLY = 0.01
"""MW or MWh below which a use reads better in a smaller unit than its limit's."""


def _use_of(row: LimitRow) -> str:
    """What the plan uses of a limit, in the limit's unit; hardly anything in a unit of its own: `6.826 kW`."""
    if row.value is None or abs(row.value) >= _HARDLY:
        return show.trimmed(row.value, 4)
    value, unit = show.scaled(row.value, row.unit)
    return show.with_unit(show.trimmed(value, 4), "" if unit == row.unit else unit)


def _limit(row: LimitRow, cells: dict[str, str]) -> dict[str, object]:
    return {
        "name": row.name,
        "value": _use_of(row),
        "limit": show.trimmed(row.limit, 4),
        "unit": row.unit,
        "cell": cells.get(row.path, show.MISSING),
        "used": "" if row.used is None else show.percent(row.used),
        "width": None if row.used is None else round(100 * min(1.0, max(0.0, row.used)), 1),
        "binds": row.binds,
    }


def origins(answer: AnyAnswer, kind: str, names: Mapping[str, str]) -> Table:
    """Inputs with cell, value, source and grade: `assumed`, `default` (with open limits) or `all`. names: what cells
    are called; a cell without a name is told by its place in the case."""
    chosen: list[Origin] = [
        o
        for o in answer.origins
        if kind == "all"
        or (kind == "assumed" and o.is_assumption)
        or (kind == "default" and o.kind in ("default", "no limit"))
    ]
    captions = {
        "assumed": "Assumptions without a source",
        "default": "Blank cells: defaults and open limits",
        "all": "All inputs",
    }
    rows = [
        (
            o.cell,
            names.get(o.cell, o.path),
            o.value if o.kind == "no limit" else show.with_unit(o.value, show.unit(o.unit)),
            o.source or show.MISSING,
            o.year,
            o.grade,
            o.kind,
        )
        for o in chosen
    ]
    marked = [i for i, o in enumerate(chosen) if o.is_assumption and kind == "all"]
    head = ("Cell", "What it is", "Value", ROW_SOURCE, "Year", "Grade", "Kind")
    return Table(captions[kind], head, rows, marked=marked, wide=(1, 2, 3))


def cooling(answer: Answer) -> Table:
    """How hard each cooling type works against the weather."""
    rows = [
        (
            c.name,
            show.energy(c.heat_mwh),
            show.number(c.mean_pu, 3),
            show.number(c.design_day_pu, 3),
            show.number(c.free_h),
            show.number(c.hours),
            show.percent(c.free_h / c.hours),
        )
        for c in usage.cooling_use(answer.case, answer.design)
    ]
    head = (
        "Cooling",
        "Heat a year",
        "Mean, kW per kW",
        "Design day, kW per kW",
        "Free-cooling hours",
        "Hours with heat",
        "Share",
    )
    return Table("Cooling against the weather of the year", head, rows, tuple(range(1, len(head))), wide=())


def worth_of_subjects(answer: AnyAnswer) -> Table:
    """Each subject of the power side removed: the change of cost beside the gaps."""
    currency = answer.currency
    rows = [
        (row.subject, row.in_plan, removals.change_text(row.removal, currency), row.verdict)
        for row in removals.removal_rows(answer)
    ]
    gap = show.money(max(0.0, answer.proof.objective_kcur - answer.proof.bound_kcur), currency, 3)
    head = ("Without", "In this plan", f"Change of cost (gap of this plan: {gap})", "Against the gaps")
    return Table("What each subject is worth, present value", head, rows, wide=(1, 2, 3))


def evidence_lines(answer: AnyAnswer) -> Table:
    """Cost lines with the weakest price behind each, largest first; lines of several stages are one."""
    sums: dict[tuple[str, str], float] = {}
    behind = {}
    for e in evidence.evidence_of_lines(answer):
        key = (wording.cost_name(e.cost.line), wording.cost_item(e.cost))
        sums[key] = sums.get(key, 0.0) + abs(e.cost.present_value_kcur)
        behind[key] = e
    total, lines = sum(sums.values()), sorted(sums, key=lambda key: -sums[key])
    rows = [
        (
            *key,
            show.percent(sums[key] / total if total else None),
            behind[key].grade or show.MISSING,
            origin.cell if (origin := behind[key].origin) else show.MISSING,
            (origin.source if origin else "") or show.MISSING,
        )
        for key in lines
    ]
    head = ("Cost line", "Item", "Share of cost", "Grade", "Cell of the price", ROW_SOURCE)
    marked = [i for i, key in enumerate(lines) if behind[key].grade == "X"]
    return Table("What the cost rests on", head, rows, (2,), marked=marked, wide=(1, 5))
