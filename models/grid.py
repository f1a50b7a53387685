"""The connection: import and export, energy prices, demand charges with ratchets, contracted capacity, carbon."""

from __future__ import annotations

from models import finance
from models.blocks import Block, Expr, constraint, per_step, publish, variable
from models.case import Case, DemandCharge


def limit_mw(case: Case) -> float:
    """Largest interval import [MW]; 0 if the connection is live later than service must start."""
    return case.grid.interval_limit_mw if case.grid.energised_month <= case.limits.need_month else 0.0


def _charges(case: Case) -> dict[str, DemandCharge]:
    return {d.name: d for d in case.grid.demand_charges}


def _counts(case: Case, charge: DemandCharge, m: int) -> bool:
    """Whether the month's peak is billed, now or through the ratchet of another month."""
    steps = case.calendar.steps_of(m)
    if not charge.applies[steps.start : steps.stop].any():
        return False
    fed = charge.ratchet_share > 0 and charge.ratchet_months > 0 and m in charge.ratchet_peak_months
    return charge.price_kcur_per_mw[m] > 0 or (
        fed and any(charge.price_kcur_per_mw[k] > 0 for k in case.calendar.months)
    )


def _covers(charge: DemandCharge, hours: range) -> bool:
    return bool(charge.applies[hours.start : hours.stop].all())


def contract_is_priced(case: Case) -> bool:
    """Whether contracted capacity costs anything; if not, it is the whole connection."""
    return case.grid.contract_kcur_per_mw_year > 0 or case.grid.connection_kcur_per_mw > 0


def month(block: Block, case: Case, m: int) -> None:
    """Linking variables of one month: billed peaks, the highest import, its share of the yearly carbon limit."""
    counted = [name for name, d in _charges(case).items() if _counts(case, d, m)]
    within = (0, limit_mw(case))
    variable(
        block, "peak_mw", counted, doc="highest interval import in the hours of a demand charge [MW]", bounds=within
    )
    if contract_is_priced(case):
        variable(block, "top_mw", doc="highest interval import of the month [MW]", bounds=within)
    if case.limits.carbon_t_per_year is not None:
        allowed = (0, case.limits.carbon_t_per_year)
        variable(block, "carbon_t", doc="carbon the month may cause [t]", bounds=allowed)


def billed_months(case: Case, charge: DemandCharge) -> list[int]:
    """Months present in which the charge has a price."""
    return [m for m in case.calendar.months if charge.price_kcur_per_mw[m] > 0]


def ratchet_sources(case: Case, charge: DemandCharge, m: int) -> list[int]:
    """Months whose peaks feed the bill of month m through the ratchet, cyclic through the months present."""
    if charge.ratchet_share == 0:
        return []
    order = list(case.calendar.months)
    place = order.index(m)
    earlier = {order[(place - k) % len(order)] for k in range(1, charge.ratchet_months + 1)}
    return [k for k in order if k in earlier and k in charge.ratchet_peak_months]


def design(block: Block, case: Case, size: Block, months: dict[int, Block]) -> None:
    """Billed demand, contracted capacity, the yearly carbon limit, and what they cost."""
    charges, grid = _charges(case), case.grid
    keys = [(name, m) for name, d in charges.items() for m in billed_months(case, d)]
    variable(block, "billed_mw", keys, doc="billed demand [MW]", bounds=(0, limit_mw(case)))
    variable(block, "contract_mw", doc="contracted capacity [MW]", bounds=(0, limit_mw(case)))
    constraint(
        block,
        "bill_peak",
        [(name, m) for name, m in keys if name in months[m].peak_mw],
        lambda name, m: block.billed_mw[name, m] >= months[m].peak_mw[name],
        doc="billed at least the month's peak [MW]",
    )
    constraint(
        block,
        "bill_ratchet",
        [
            (name, m, k)
            for name, m in keys
            for k in ratchet_sources(case, charges[name], m)
            if k != m and name in months[k].peak_mw
        ],
        lambda name, m, k: block.billed_mw[name, m] >= charges[name].ratchet_share * months[k].peak_mw[name],
        doc="billed at least a share of earlier peaks [MW]",
    )
    _contract(block, case, months)
    limit = case.limits.carbon_t_per_year
    if limit is not None:
        total = sum(b.carbon_t for b in months.values())
        constraint(block, "limit_carbon", ["year"], lambda _: total <= limit, doc="carbon per year [t]")
    yearly = sum(charges[name].price_kcur_per_mw[m] * block.billed_mw[name, m] for name, m in keys)
    yearly += grid.contract_kcur_per_mw_year * block.contract_mw + grid.fixed_kcur_per_month * len(months)
    publish(block, "first_cost_kcur", grid.connection_kcur_per_mw * block.contract_mw)
    publish(
        block,
        "cost_kcur",
        (
            finance.energy_factor(case.money) * yearly
            + finance.capital_factor(grid.connection_terms, case.money) * block.first_cost_kcur
        ),
    )


def _contract(block: Block, case: Case, months: dict[int, Block]) -> None:
    if not contract_is_priced(case):
        block.contract_mw.fix(limit_mw(case))
        return
    charges = _charges(case)
    constraint(
        block,
        "limit_contract",
        months,
        lambda m: months[m].top_mw <= block.contract_mw,
        doc="highest import within the contract [MW]",
    )
    whole = [(n, m) for m in months for n in months[m].peak_mw if _covers(charges[n], case.calendar.steps_of(m))]
    constraint(
        block,
        "limit_contract_by_peak",
        whole,
        lambda name, m: months[m].peak_mw[name] <= block.contract_mw,
        doc="highest import, as a charge on all hours bills it, within the contract [MW]",
    )


def operate(block: Block, case: Case, size: Block, border: Block, m: int) -> None:
    """One month at the connection; publishes draw_mw[t] (export less import), import_mw, export_mw and the energy
    bill."""
    hours, grid = case.calendar.steps_of(m), case.grid
    variable(
        block,
        "import_mw",
        hours,
        doc="power bought [MW]",
        bounds=(0, limit_mw(case) / grid.billing_factor),
    )
    sells = hours if grid.export_limit_mw > 0 else range(0)
    variable(block, "export_mw", sells, doc="power sold [MW]", bounds=(0, grid.export_limit_mw))
    per_step(block, "draw_mw", hours, lambda t: (block.export_mw[t] if t in sells else 0) - block.import_mw[t])
    _reach_peaks(block, case, border, hours)
    _count_carbon(block, case, border, hours)
    _pay_energy(block, case, hours, sells)


def _reach_peaks(block: Block, case: Case, border: Block, hours: range) -> None:
    charges, factor = _charges(case), case.grid.billing_factor
    constraint(
        block,
        "reach_peak",
        [(n, t) for n in border.peak_mw for t in hours if charges[n].applies[t]],
        lambda n, t: factor * block.import_mw[t] <= border.peak_mw[n],
        doc="interval import within the billed peak [MW]",
    )
    if contract_is_priced(case):
        constraint(
            block,
            "reach_top",
            hours if not _billed_whole(case, border, hours) else (),
            lambda t: factor * block.import_mw[t] <= border.top_mw,
            doc="interval import within the month's highest [MW]",
        )


def _billed_whole(case: Case, border: Block, hours: range) -> bool:
    """Whether a charge on all hours of the month already holds its highest import: then top_mw needs no rows."""
    return any(_covers(_charges(case)[n], hours) for n in border.peak_mw)


def _count_carbon(block: Block, case: Case, border: Block, hours: range) -> None:
    if case.limits.carbon_t_per_year is None:
        return
    h = case.calendar.step_h
    caused = sum(h * float(case.grid.carbon_t_per_mwh[t]) * block.import_mw[t] for t in hours)
    constraint(
        block,
        "count_carbon",
        ["month"],
        lambda _: caused <= border.carbon_t,
        doc="carbon of the month within its share of the year's limit [t]",
    )


def _pay_energy(block: Block, case: Case, hours: range, sells: range) -> None:
    """Energy bought less energy sold, plus the price of carbon; present value over the analysis years."""
    grid, h = case.grid, case.calendar.step_h
    energy = finance.energy_factor(case.money)
    carbon = finance.yearly_factor(case.money, case.money.escalation_carbon) * case.limits.carbon_price_kcur_per_t

    def price(t: int) -> float:
        return h * (energy * float(grid.import_price_kcur_per_mwh[t]) + carbon * float(grid.carbon_t_per_mwh[t]))

    def income(t: int) -> float:
        return 0.0 if grid.export_price_kcur_per_mwh is None else h * energy * float(grid.export_price_kcur_per_mwh[t])

    bought: Expr = sum(price(t) * block.import_mw[t] for t in hours)
    publish(block, "cost_kcur", bought - sum(income(t) * block.export_mw[t] for t in sells))
