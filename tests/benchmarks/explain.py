"""The bar of `aidc explain`: `uv run python tests/benchmarks/explain.py [--tightenings 200] [--hours 24] [--seed 0]`.

The examples' first hours are planned, then one to three of their limits are drawn and set to a share of what that plan
uses (duties: to a multiple of what is asked), until so many of these workbooks have no plan. Each is explained as the
command does; each change it proposes is typed at the addresses it names into the workbook, which `aidc plan` with its
own settings must then plan and recheck. Told: the share of proposals that hold, workbooks without any, CPU seconds, and
of the conflicts how many were proven smallest. With --keep a run that was ended goes on; a workbook depends on the seed
and its own number alone."""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from sweep_case import write_case

from models.design import Answer
from models.usage import water_by_day
from planner.commands.explain import reasons
from planner.errors import AuditFailed, BadWorkbook, Infeasible, NoAnswer
from planner.jobs.store import Store
from planner.studies.explain import explain
from planner.studies.plan import PlanOptions, plan_case
from planner.studies.typed import Book
from planner.validate import validate
from planner.validate.variations import Target, with_values
from planner.workbook import RawWorkbook, read_workbook

EXAMPLES = ("quickstart", "module-tender")
QUESTION_S = 60.0
HOURS = 24
DUTIES = ("ride_through_min",)


@dataclass
class Tally:
    """What came of some workbooks."""

    workbooks: int = 0
    holds: int = 0
    fails: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    cpu_s: list[float] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count another's too."""
        self.workbooks += other.workbooks
        self.holds += other.holds
        self.counts += other.counts
        self.fails += other.fails
        self.without += other.without
        self.cpu_s += other.cpu_s


def places(raw: RawWorkbook) -> dict[str, Target]:
    """Address -> sheet, row, column of every cell of a table."""
    return {
        cell.address.replace("'", ""): (name, row.number, column)
        for name, table in raw.tables.items()
        for row in table.rows
        for column, cell in row.cells.items()
    }


def planned(raw: RawWorkbook, cells: dict[Target, float | str]) -> Answer | None:
    """The plan of a workbook with other cells; None if there is none, or none that passes the recheck."""
    try:
        return plan_case(validate(with_values(raw, cells)), PlanOptions(marginals="none"), hints=False)
    except (Infeasible, BadWorkbook, NoAnswer, AuditFailed):
        return None


def in_use(raw: RawWorkbook, answer: Answer) -> dict[Target, float]:
    """What the plan uses of each limit that can be drawn, in the unit of its cell."""
    kpi, design = answer.accounts.kpi, answer.design
    project = raw.tables["Project"].rows[0].number
    site = raw.tables["Sites"].rows[0].number
    used: dict[Target, Any] = {
        ("Sites", site, "grid_limit_mw"): answer.case.grid.billing_factor * float(design.operation.import_mw.max()),
        ("Project", project, "tokenergy_target"): kpi.get("tokenergy_wh_per_1k"),
        ("Project", project, "carbon_cap_t"): kpi.get("carbon_t"),
        ("Project", project, "water_cap_m3"): kpi.get("water_m3"),
        ("Project", project, "budget_million"): (kpi.get("first_cost_kcur") or 0.0) / 1000,
        ("Project", project, "need_month"): answer.case.limits.need_month,
        ("Project", project, "water_day_cap_m3"): max(water_by_day(answer.case, design).values(), default=0.0),
        ("Sites", site, "area_m2"): answer.case.site.area_m2,
        ("Sites", site, "ride_through_min"): 60 * answer.case.electrical.required_ride_through_h,
    }
    counts: Counter[str] = Counter()
    for unit in design.units:
        counts[unit.offer] += unit.count
    for row in raw.tables["Offers"].rows:
        name = row.cells["name"].value
        if counts[name] and isinstance(row.cells["max_count"].value, (int, float)):
            used["Offers", row.number, "max_count"] = counts[name]
    return {target: float(value) for target, value in used.items() if value and value > 1e-6}


def tightened(rng: np.random.Generator, used: dict[Target, float]) -> dict[Target, float | str]:
    """One to three limits at 30 to 97 % of what is used, the draw of a user with wishes; of a duty twice to forty times
    what is asked."""
    targets = list(used)
    count = min(int(rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1])), len(targets))
    drawn = [targets[i] for i in rng.choice(len(targets), count, replace=False)]
    cells: dict[Target, float | str] = {}
    for target in drawn:
        share = rng.uniform(2, 40) if target[2] in DUTIES else rng.uniform(0.3, 0.97)
        value = used[target] * share
        cells[target] = float(int(value)) if target[2] == "max_count" else float(f"{value:.4g}")
    return cells


def explained(raw: RawWorkbook, cells: dict[Target, float | str]) -> Tally:
    """Explain one workbook, and try what is proposed."""
    tally, tight = Tally(1), with_values(raw, cells)
    validated = validate(tight)
    begun = time.process_time()
    book = Book(tight, validated, QUESTION_S)
    found = explain((validated.case, *validated.options), book.has_plan, time_limit=QUESTION_S)
    tally.cpu_s.append(time.process_time() - begun)
    told, name = reasons(book, found), ", ".join(f"{t[0]}.{t[2]} = {v}" for t, v in cells.items())
    tally.counts["conflicts"] += len(found.conflicts)
    tally.counts["proven smallest"] += sum(c.is_smallest for c in found.conflicts)
    tally.counts[f"{len(told['changes'])} changes"] += 1
    if not told["changes"]:
        tally.without.append(f"{name}: {told['sentences'][1:]}")
    where = places(tight)
    for change in told["changes"]:
        typed = {where[c["cell"].replace("'", "")]: c["value"] for c in change["cells"]}
        if typed and planned(tight, typed) is not None:
            tally.holds += 1
        else:
            tally.fails.append(f"{name}: {change['words']}")
    return tally


@dataclass(frozen=True)
class Drawing:
    """An example from which workbooks without a plan are drawn."""

    example: str
    hours: int
    raw: RawWorkbook
    used: dict[Target, float]

    def infeasible(self, rng: np.random.Generator) -> dict[Target, float | str]:
        """Cells with which the workbook is sound and has no plan."""
        while True:
            cells = tightened(rng, self.used)
            try:
                validate(with_values(self.raw, cells))
            except BadWorkbook:
                continue
            if planned(self.raw, cells) is None:
                return cells


def drawing(example: str, hours: int) -> Drawing:
    """An example's first hours, planned."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"{example}.xlsx"
        write_case(path, example, hours)
        raw = read_workbook(path)
    raw = replace(raw, tables={n: t for n, t in raw.tables.items() if n != "Sweep"})
    answer = planned(raw, {})
    assert answer is not None, example
    return Drawing(example, hours, raw, in_use(raw, answer))


def run(
    count: int,
    seed: int,
    examples: tuple[str, ...] = EXAMPLES,
    *,
    hours: int = HOURS,
    first: int = 0,
    keep: Path | None = None,
    says: bool = True,
) -> Tally:
    """`count` workbooks without a plan from number `first` on, in turn of each example. keep: folder of what is known
    of them already."""
    tally, drawings = Tally(), [drawing(example, hours) for example in examples]
    store = None if keep is None else Store(keep)
    for number in range(first, first + count):
        here = drawings[number % len(drawings)]
        key = hashlib.sha256(f"{here.example} {hours} {seed} {number}".encode()).hexdigest()
        known = None if store is None else store.get(key)
        if known is None:
            found = explained(here.raw, here.infeasible(np.random.default_rng([seed, number])))
            if store is not None:
                store.put(key, {**vars(found), "counts": dict(found.counts)})
        else:
            found = Tally(**{**known, "counts": Counter(known["counts"])})
        tally.add(found)
        if says and tally.workbooks % 5 == 0:
            print(f"{tally.workbooks} of {count}: {tally.holds} hold, {len(tally.fails)} fail", flush=True)
    return tally


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tightenings", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first workbook")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--hours", type=int, default=HOURS)
    parser.add_argument("--keep", type=Path, help="folder of what an earlier run found")
    parser.add_argument("--example", action="append", choices=EXAMPLES)
    asked = parser.parse_args()
    examples = tuple(asked.example or EXAMPLES)
    tally = run(asked.tightenings, asked.seed, examples, hours=asked.hours, first=asked.first, keep=asked.keep)
    proposals = tally.holds + len(tally.fails)
    print(f"{tally.workbooks} workbooks without a plan")
    print(f"{tally.holds} of {proposals} proposals hold ({tally.holds / max(proposals, 1):.1%}); {tally.counts}")
    print(f"CPU seconds: median {np.median(tally.cpu_s):.1f}, most {max(tally.cpu_s):.1f}")
    for words, lines in (("does not hold", tally.fails), ("no proposal", tally.without)):
        for line in lines:
            print(f"{words}: {line}")


if __name__ == "__main__":
    main()
