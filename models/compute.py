"""Racks and workloads: how many racks of which option, how work is split over them, what power and heat follow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models import finance
from models.blocks import Block, Expr, constraint, publish, variable, weighted
from models.case import Case
from models.catalogue import (
    backlog_limit,
    gang_range,
    hardest_loads,
    heat_coolings,
    heat_share,
    in_window,
    of_kind,
    options,
    rack,
    rack_bound,
    serving,
)
from models.design import Option
from models.portfolio import PartWorkload

import pyomo.core as pyo  # isort: skip


def _serving_pairs(case: Case, kind: str) -> list[tuple[str, str, str]]:
    names = {w.name for w in of_kind(case, kind)}
    return [key for key in serving(case) if key[0] in names]


def _deferrable_options(case: Case) -> set[Option]:
    return {(r, c) for _, r, c in _serving_pairs(case, "deferrable")}


def _parts(case: Case) -> list[str]:
    """Workloads of which the plan decides what part the site serves (portfolios)."""
    return [w.name for w in case.workloads if isinstance(w, PartWorkload)]


def _part(size: Block, workload: str) -> Expr:
    """Part of a workload that the site serves: all of it, unless the plan decides."""
    parts = size.component("part")
    return 1.0 if parts is None else parts[workload]


def sizes(block: Block, case: Case) -> None:
    """Linking variables of compute: racks, traffic shares, gangs, and the power and heat that follow from them."""
    options_ = options(case)
    interactive = [w.name for w in of_kind(case, "interactive")]
    variable(block, "racks", options_, doc="installed racks of an option [racks]")
    variable(
        block, "share", _serving_pairs(case, "interactive"), doc="share of an interactive workload [1]", bounds=(0, 1)
    )
    variable(
        block,
        "gang",
        _serving_pairs(case, "training"),
        doc="racks a training workload reserves in its windows [racks]",
        domain=pyo.NonNegativeIntegers,
    )
    variable(block, "installed_mw", doc="rack power with ancillary IT, all racks at peak [MW]")
    variable(block, "steady_mw", doc="IT power of idle racks and ancillary IT [MW]")
    variable(block, "per_work_mw", interactive, doc="busy IT power above idle per arriving work [MW per Mreq/h]")
    variable(block, "steady_heat_mw", heat_coolings(case), doc="heat of idle racks and ancillary IT, per cooling [MW]")
    variable(
        block,
        "heat_per_work_mw",
        heat_coolings(case),
        interactive,
        doc="heat of busy racks above idle per arriving work, per cooling [MW per Mreq/h]",
    )
    variable(block, "design_heat_mw", heat_coolings(case), doc="heat of all racks at peak, per cooling [MW]")
    if _parts(case):
        variable(block, "part", _parts(case), doc="part of a workload that the site serves [1]", bounds=(0, 1))


def month(block: Block, case: Case, m: int) -> None:
    """Linking variables of one month: backlog at its borders, rack-hours of each training run inside it."""
    deferrable = [w.name for w in of_kind(case, "deferrable")]
    variable(block, "backlog_start_mreq", deferrable, doc="work waiting before the month's first step [Mreq]")
    variable(block, "backlog_end_mreq", deferrable, doc="work waiting after the month's last step [Mreq]")
    hours = case.calendar.steps_of(m)
    for w in of_kind(case, "deferrable"):
        limit = backlog_limit(case, w)
        block.backlog_start_mreq[w.name].setub(float(limit[hours.start - 1]))  # cyclic
        block.backlog_end_mreq[w.name].setub(float(limit[hours.stop - 1]))
    runs = [
        (*key, run)
        for w in of_kind(case, "training")
        for key in _serving_pairs(case, "training")
        for run in _runs_in(case, w.name, m)
        if key[0] == w.name
    ]
    variable(block, "run_rack_h", runs, doc="rack-hours of a training run done in the month [rack-h]")
    run_mtok = {w.name: w.run_mtok for w in case.workloads}
    for key in runs:
        block.run_rack_h[key].setub(run_mtok[key[0]] * serving(case)[key[:3]][0])


def _runs_in(case: Case, workload: str, m: int) -> list[int]:
    w = next(w for w in case.workloads if w.name == workload)
    steps = case.calendar.steps_of(m)
    return [i for i, (first, end) in enumerate(w.windows) if first < steps.stop and end > steps.start]


def design(block: Block, case: Case, size: Block, months: dict[int, Block]) -> None:
    """Work fully served, racks enough where only the design decides, power and heat sums, cost of racks."""
    _serve_interactive(block, case, size)
    _train(block, case, size, months)
    _join_months(block, case, months)
    _limit_busy(block, case, size)
    _sum_power_and_heat(block, case, size)
    _buy(block, case, size)


def _serve_interactive(block: Block, case: Case, size: Block) -> None:
    constraint(
        block,
        "serve_all",
        [w.name for w in of_kind(case, "interactive")],
        lambda w: sum(size.share[key] for key in size.share if key[0] == w) == _part(size, w),
        doc="shares of an interactive workload sum to the part served, else to one [1]",
    )


def _train(block: Block, case: Case, size: Block, months: dict[int, Block]) -> None:
    workloads = {w.name: w for w in of_kind(case, "training")}
    keys = _serving_pairs(case, "training")
    variable(block, "is_gang", keys, doc="1 if the training workload runs on this option [1]", domain=pyo.Binary)
    ranges = {key: gang_range(case, workloads[key[0]], serving(case)[key][0]) for key in keys}
    for key in keys:
        if ranges[key][1] < ranges[key][0]:
            block.is_gang[key].setub(0)
    constraint(
        block,
        "choose_gang",
        workloads,
        lambda w: sum(block.is_gang[key] for key in keys if key[0] == w) == _part(size, w),
        doc="a training workload runs on one option, or not here [1]",
    )
    constraint(
        block,
        "gang_at_least",
        keys,
        lambda *key: size.gang[key] >= max(ranges[key][0], 0) * block.is_gang[key],
        doc="smallest gang that finishes in the window [racks]",
    )
    constraint(
        block,
        "gang_at_most",
        keys,
        lambda *key: size.gang[key] <= max(ranges[key][1], 0) * block.is_gang[key],
        doc="largest gang allowed or kept busy enough [racks]",
    )
    constraint(
        block,
        "finish_run",
        [(*key, run) for key in keys for run in range(len(workloads[key[0]].windows))],
        lambda w, r, c, run: (
            sum(b.run_rack_h[w, r, c, run] for b in months.values() if (w, r, c, run) in b.run_rack_h)
            == workloads[w].run_mtok * serving(case)[w, r, c][0] * block.is_gang[w, r, c]
        ),
        doc="each run's rack-hours over the months it touches [rack-h]",
    )


def _join_months(block: Block, case: Case, months: dict[int, Block]) -> None:
    order = list(months)
    following = dict(zip(order, order[1:] + order[:1], strict=True))
    constraint(
        block,
        "join_backlog",
        [(w.name, m) for w in of_kind(case, "deferrable") for m in order],
        lambda w, m: months[m].backlog_end_mreq[w] == months[following[m]].backlog_start_mreq[w],
        doc="work waiting at a month's end starts the next, cyclic [Mreq]",
    )


def _limit_busy(block: Block, case: Case, size: Block) -> None:
    interactive, training = of_kind(case, "interactive"), of_kind(case, "training")

    def rule(r: str, c: str, row: int) -> Expr:
        load = hardest_loads(case)[row]
        busy = sum(
            serving(case)[w.name, r, c][0] * a * size.share[w.name, r, c]
            for w, a in zip(interactive, load, strict=False)
            if (w.name, r, c) in size.share
        )
        busy += sum(
            inside * size.gang[w.name, r, c]
            for w, inside in zip(training, load[len(interactive) :], strict=True)
            if (w.name, r, c) in size.gang
        )
        return busy <= rack(case, (r, c)).usable_share * size.racks[r, c]

    # Where deferrable work may run too, the operation problems hold the full limit; this part of it guides the design.
    rows = range(len(hardest_loads(case)))
    firm = {key[1:] for key in serving(case) if key in size.share or key in size.gang}
    keys = [(*o, i) for o in options(case) if o in firm for i in rows]
    constraint(block, "limit_busy", keys, rule, doc="racks busy with interactive and training work [racks]")
    for o in options(case):
        size.racks[o].setub(rack_bound(case, o))
    constraint(
        block,
        "limit_racks",
        [r.name for r in case.racks if r.max_racks is not None and any(o[0] == r.name for o in options(case))],
        lambda r: (
            sum(size.racks[o] for o in options(case) if o[0] == r)
            <= next(x.max_racks for x in case.racks if x.name == r)
        ),
        doc="most racks of a type that can be bought [racks]",
    )
    _limit_origin(block, case, size)


def _limit_origin(block: Block, case: Case, size: Block) -> None:
    """Least share of installed rack power in domestic racks. Racks beyond what work could keep busy stay out of the
    question (rack_bound): none is bought to stand idle for the share's sake."""
    share = case.limits.domestic_share or 0.0
    domestic = sum(rack(case, o).placed_mw * size.racks[o] for o in options(case) if rack(case, o).domestic)
    if share > 0:
        constraint(
            block,
            "limit_origin",
            ["site"],
            lambda _: domestic >= share * size.installed_mw,
            doc="installed power of domestic racks, least share of all [MW]",
        )


def _sum_power_and_heat(block: Block, case: Case, size: Block) -> None:
    steady = {o: rack(case, o).idle_mw + rack(case, o).ancillary_mw for o in options(case)}
    heat = {o: heat_share(case, o) for o in options(case)}

    def per_work(w: str, cooling: str | None) -> Expr:
        return sum(
            serving(case)[key][0] * serving(case)[key][1] * (1 if cooling is None else heat[key[1:]].get(cooling, 0))
            * size.share[key]
            for key in size.share
            if key[0] == w
        )  # fmt: skip

    def over_racks(mw: dict[Option, float], cooling: str | None = None) -> Expr:
        return sum(mw[o] * (1 if cooling is None else heat[o].get(cooling, 0)) * size.racks[o] for o in options(case))

    placed = {o: rack(case, o).placed_mw for o in options(case)}
    interactive = [w.name for w in of_kind(case, "interactive")]
    coolings = heat_coolings(case)
    block.sum_installed = pyo.Constraint(expr=size.installed_mw == over_racks(placed), doc="rack power at peak [MW]")
    block.sum_steady = pyo.Constraint(expr=size.steady_mw == over_racks(steady), doc="IT power without work [MW]")
    constraint(
        block,
        "sum_per_work",
        interactive,
        lambda w: size.per_work_mw[w] == per_work(w, None),
        doc="busy IT power per arriving work [MW per Mreq/h]",
    )
    constraint(
        block,
        "sum_steady_heat",
        coolings,
        lambda c: size.steady_heat_mw[c] == over_racks(steady, c),
        doc="heat without work [MW]",
    )
    constraint(
        block,
        "sum_heat_per_work",
        [(c, w) for c in coolings for w in interactive],
        lambda c, w: size.heat_per_work_mw[c, w] == per_work(w, c),
        doc="heat per arriving work [MW per Mreq/h]",
    )
    constraint(
        block,
        "sum_design_heat",
        coolings,
        lambda c: size.design_heat_mw[c] == over_racks(placed, c),
        doc="heat of all racks at peak [MW]",
    )


def _buy(block: Block, case: Case, size: Block) -> None:
    paid = case.racks if case.money.counts_it else ()
    first = {r.name: r.cost_kcur + r.ancillary_cost_kcur for r in paid}
    factor = {r.name: finance.capital_factor(r.terms, case.money) for r in paid}
    bought = [o for o in options(case) if o[0] in first]
    publish(block, "first_cost_kcur", sum(first[o[0]] * size.racks[o] for o in bought))
    publish(block, "cost_kcur", sum(first[o[0]] * factor[o[0]] * size.racks[o] for o in bought))


def operate(block: Block, case: Case, size: Block, border: Block, m: int) -> None:
    """One month: deferrable and training work hour by hour; publishes it_mw[t] and heat_mw[cooling, t]."""
    hours = case.calendar.steps_of(m)
    _declare_flexible(block, case, hours)
    _serve_deferrable(block, case, size, border, hours)
    _run_gangs(block, case, size, border, hours)
    _limit_busy_hourly(block, case, size, hours)
    _publish_power_and_heat(block, case, size, hours)


def _declare_flexible(block: Block, case: Case, hours: range) -> None:
    inside = {w.name: in_window(case, w) for w in of_kind(case, "training")}
    keys = [(*key, t) for key in _serving_pairs(case, "deferrable") for t in hours]
    keys += [(*key, t) for key in _serving_pairs(case, "training") for t in hours if inside[key[0]][t]]
    block.busy = pyo.Var(pyo.Set(initialize=keys), bounds=(0, None), doc="racks busy with flexible work [racks]")
    for key in block.busy:  # finite boxes keep the bounds of the decomposition valid
        block.busy[key].setub(rack_bound(case, key[1:3]))
    _hold_steady(block, case)
    limits = {w.name: backlog_limit(case, w) for w in of_kind(case, "deferrable")}
    variable(block, "backlog_mreq", limits, hours, doc="deferrable work waiting at the end of the step [Mreq]")
    for w, limit in limits.items():
        for t in hours:
            block.backlog_mreq[w, t].setub(float(limit[t]))


def _hold_steady(block: Block, case: Case) -> None:
    """Steady training: no step faster than its window's mean, so that with the window's tokens every step has it."""
    for w in (x for x in case.workloads if x.steady):
        for first, end in w.windows:
            for o in (k for k in _serving_pairs(case, "training") if k[0] == w.name):
                mean = w.run_mtok * serving(case)[o][0] / ((end - first) * case.calendar.step_h)
                for t in (t for t in range(first, end) if (*o, t) in block.busy):
                    block.busy[(*o, t)].setub(min(mean, block.busy[(*o, t)].ub))


def _serve_deferrable(block: Block, case: Case, size: Block, border: Block, hours: range) -> None:
    h, rack_h = case.calendar.step_h, serving(case)
    workloads = {w.name: w for w in of_kind(case, "deferrable")}
    pairs = {w: [key for key in _serving_pairs(case, "deferrable") if key[0] == w] for w in workloads}

    def balance(w: str, t: int) -> Expr:
        before = border.backlog_start_mreq[w] if t == hours.start else block.backlog_mreq[w, t - 1]
        arrivals = workloads[w].arrivals_mreq_per_h
        assert arrivals is not None
        served = sum(block.busy[(*key, t)] / rack_h[key][0] for key in pairs[w])
        return block.backlog_mreq[w, t] == before + h * (float(arrivals[t]) * _part(size, w) - served)

    constraint(
        block,
        "balance_backlog",
        [(w, t) for w in workloads for t in hours],
        balance,
        doc="waiting work follows arrivals and service [Mreq]",
    )
    constraint(
        block,
        "end_backlog",
        workloads,
        lambda w: block.backlog_mreq[w, hours[-1]] == border.backlog_end_mreq[w],
        doc="work waiting at the month's end [Mreq]",
    )
    limits = {w: backlog_limit(case, workloads[w]) for w in _parts(case) if w in workloads}
    constraint(
        block,
        "limit_backlog",
        [(w, t) for w in limits for t in hours],
        lambda w, t: block.backlog_mreq[w, t] <= float(limits[w][t]) * size.part[w],
        doc="waiting work of the part served is not late [Mreq]",
    )


def _run_gangs(block: Block, case: Case, size: Block, border: Block, hours: range) -> None:
    h = case.calendar.step_h
    workloads = {w.name: w for w in of_kind(case, "training")}
    keys = _serving_pairs(case, "training")
    constraint(
        block,
        "limit_gang",
        [(*key, t) for key in keys for t in hours if (*key, t) in block.busy],
        lambda w, r, c, t: block.busy[w, r, c, t] <= size.gang[w, r, c],
        doc="a gang runs at most at full rate [racks]",
    )
    constraint(
        block,
        "work_run",
        border.run_rack_h,
        lambda w, r, c, run: (
            h * sum(block.busy[w, r, c, t] for t in hours if t in range(*workloads[w].windows[run]))
            == border.run_rack_h[w, r, c, run]
        ),
        doc="rack-hours of a training run in the month [rack-h]",
    )


def _limit_busy_hourly(block: Block, case: Case, size: Block, hours: range) -> None:
    arrivals = {w.name: w.arrivals_mreq_per_h for w in of_kind(case, "interactive")}
    inside = {w.name: np.asarray(in_window(case, w), dtype=float).tolist() for w in of_kind(case, "training")}
    served = {k: (serving(case)[k][0] * np.asarray(arrivals[k[0]])).tolist() for k in size.share}
    deferrable = _serving_pairs(case, "deferrable")
    shares = {o: [(served[k], size.share[k]) for k in size.share if k[1:] == o] for o in options(case)}
    gangs = {o: [(inside[k[0]], size.gang[k]) for k in size.gang if k[1:] == o] for o in options(case)}
    flexible = {o: [k for k in deferrable if k[1:] == o] for o in options(case)}
    usable = {o: rack(case, o).usable_share for o in options(case)}

    def rule(r: str, c: str, t: int) -> Expr:
        o = (r, c)
        busy = [(each[t], v) for each, v in (*shares[o], *gangs[o])]
        busy += [(1.0, block.busy[(*k, t)]) for k in flexible[o]]
        return weighted([*busy, (-usable[o], size.racks[o])]) <= 0.0

    keys = [(*o, t) for o in options(case) if o in _deferrable_options(case) for t in hours]
    constraint(block, "limit_busy", keys, rule, doc="busy racks at most the usable ones [racks]")


def _publish_power_and_heat(block: Block, case: Case, size: Block, hours: Sequence[int]) -> None:
    interactive = [(w.name, w.arrivals_mreq_per_h) for w in of_kind(case, "interactive")]
    flexible = [
        key
        for key in serving(case)
        if key in set(_serving_pairs(case, "deferrable") + _serving_pairs(case, "training"))
    ]
    above_idle = {key: serving(case)[key][1] for key in flexible}
    heat = {
        c: {key: above_idle[key] * share[c] for key in flexible if c in (share := heat_share(case, key[1:]))}
        for c in heat_coolings(case)
    }
    running = {t: [(key, block.busy[(*key, t)]) for key in flexible if (*key, t) in block.busy] for t in hours}

    per_work = [(np.asarray(a).tolist(), w) for w, a in interactive if a is not None]

    def it_mw(t: int) -> Expr:
        served = [(a[t], size.per_work_mw[w]) for a, w in per_work]
        own = [(above_idle[key], busy) for key, busy in running[t]]
        return weighted([(1.0, size.steady_mw), *served, *own])

    def heat_mw(c: str, t: int) -> Expr:
        served = [(a[t], size.heat_per_work_mw[c, w]) for a, w in per_work]
        own = [(heat[c][key], busy) for key, busy in running[t] if key in heat[c]]
        return weighted([(1.0, size.steady_heat_mw[c]), *served, *own])

    block.it_mw = {t: it_mw(t) for t in hours}
    block.heat_mw = {(c, t): heat_mw(c, t) for c in heat_coolings(case) for t in hours}
