"""What power-purchase contracts say about a case or a plan without variables: energy delivered, market value, clean
shares of the energy used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.billing import lowest_price_kcur_per_mwh
from models.case import Case, PowerPurchase
from models.design import Design, Operation
from models.fields import Series


def offered(case: Case) -> dict[str, PowerPurchase]:
    """Contracts that could be signed."""
    return {p.name: p for p in case.purchases if p.max_mw > 0}


def physical(case: Case) -> dict[str, PowerPurchase]:
    """Contracts whose energy comes through the grid and replaces energy of the tariff."""
    return {n: p for n, p in offered(case).items() if p.settlement == "physical"}


def duties(case: Case) -> dict[str, float]:
    """Shares of the energy used that must be clean: over the year, in the same hour [1]."""
    asked = {"yearly": case.limits.clean_share_yearly, "hourly": case.limits.clean_share_hourly}
    return {name: share for name, share in asked.items() if share}


def matched(case: Case) -> dict[str, PowerPurchase]:
    """Contracts of which it matters what the site takes in the same step: physical ones, and with an hourly duty all
    that count."""
    hourly = "hourly" in duties(case)
    return {
        n: p for n, p in offered(case).items() if p.settlement == "physical" or (hourly and p.counts_as_clean)
    }  # fmt: skip


def delivered_mwh_per_mw(case: Case, purchase: PowerPurchase) -> float:
    """Energy of a year per MW contracted [MWh/MW]."""
    return case.calendar.step_h * float(purchase.output_pu.sum())


def delivered_mw(design: Design, purchase: PowerPurchase) -> Series:
    """Energy delivered in each step [MW]."""
    return design.purchase_mw.get(purchase.name, 0.0) * purchase.output_pu


def resale_kcur_per_mwh(case: Case, purchase: PowerPurchase) -> Series:
    """What a MWh delivered earns where the site does not take it [kcur/MWh]: all of the market price under a financial
    contract, a share of it, if it is above zero, under a physical one."""
    if purchase.market_kcur_per_mwh is None:
        return np.zeros(case.calendar.steps)
    if purchase.settlement == "financial":
        return purchase.market_kcur_per_mwh
    return purchase.surplus_share * np.maximum(purchase.market_kcur_per_mwh, 0.0)


def resale_kcur(case: Case, design: Design, purchase: PowerPurchase) -> float:
    """A year's income from the market [kcur]."""
    taken = design.operation.purchased_mw.get(purchase.name, 0.0)
    left = delivered_mw(design, purchase) - taken
    return case.calendar.step_h * float(resale_kcur_per_mwh(case, purchase) @ left)


def tariff_mw(case: Case, design: Design, import_mw: Series) -> Series:
    """What the tariff would supply of an import, contracts first as far as they deliver [MW]."""
    given = sum((delivered_mw(design, p) for p in physical(case).values()), np.zeros(case.calendar.steps))
    return np.maximum(import_mw - given, 0.0)


def taken_kcur_per_mwh(case: Case, purchase: PowerPurchase) -> Series:
    """What a MWh of a physical contract costs the site that takes it, beside its price, which is paid anyway
    [kcur/MWh]."""
    return purchase.delivery_kcur_per_mwh + resale_kcur_per_mwh(case, purchase)


def taken_mw(case: Case, design: Design, import_mw: Series) -> dict[str, Series]:
    """What of an import the physical contracts signed supply [MW]: where one costs less than the tariff's cheapest
    energy, as far as it delivers, the cheapest first."""
    found, left = physical(case), import_mw
    tariff, taken = lowest_price_kcur_per_mwh(case), {n: np.zeros(case.calendar.steps) for n in physical(case)}
    price = np.array([taken_kcur_per_mwh(case, p) for p in found.values()])
    names, order = list(found), np.argsort(price, axis=0, kind="stable")
    for rank in range(len(names)):
        for number, n in enumerate(names):
            wanted = (order[rank] == number) & (price[number] < tariff)
            taken[n] = np.where(wanted, np.minimum(delivered_mw(design, found[n]), left), taken[n])
        left = import_mw - sum(taken.values())
    return taken


def least_import_kcur_per_mwh(case: Case) -> Series:
    """What one more MWh of import costs at least in each step, whatever was bought before [kcur/MWh]: from the tariff,
    or from a contract that is paid for anyway."""
    least = lowest_price_kcur_per_mwh(case)
    for p in physical(case).values():
        least = np.where(p.output_pu > 0, np.minimum(least, taken_kcur_per_mwh(case, p)), least)
    return least


def burning_pays(case: Case) -> bool:
    """Whether energy costs less than nothing in some step, so that burning it in a battery would pay."""
    return bool((least_import_kcur_per_mwh(case) < 0).any())


def burning_helps(case: Case) -> bool:
    """Whether energy used for nothing could pay by what it makes room for: a share that must be clean, or energy sold
    within what is bought."""
    return _burning_raises_share(case) or _burning_unlocks_export(case)


def _burning_raises_share(case: Case) -> bool:
    """A clean MWh burned raises A / E to (A + 1) / (E + 1), below a share of one: sun and wind on site, that would be
    curtailed, or, hour by hour, what a contract delivers. Over the year contracts count whole, used or not."""
    asked = duties(case)
    own = any(s.max_mw > 0 and case.delivered(s) for s in case.supplies)
    delivered = any(p.counts_as_clean for p in matched(case).values())
    return (own and asked.get("yearly", 1.0) < 1) or ((own or delivered) and asked.get("hourly", 1.0) < 1)


def _burning_unlocks_export(case: Case) -> bool:
    """Under net metering a MWh bought for nothing makes room to sell a share of one in its month. Where that earns less
    than it costs in every month, a plan that burns less costs less: what is not bought saves more than what is then not
    sold. Where it earns as much, burning costs nothing, and a plan might do it."""
    grid, price = case.grid, case.grid.export_price_kcur_per_mwh
    if grid.export_limit_mw <= 0 or grid.export_share is None:
        return False
    least, months = least_import_kcur_per_mwh(case), np.array(case.calendar.month_of_step)
    earned = np.zeros(case.calendar.steps) if price is None else grid.export_share * price
    return any(earned[months == m].max() >= least[months == m].min() for m in case.calendar.months)


def site_mw(operation: Operation) -> Series:
    """Energy used at the site, as TokEnergy counts it [MW]."""
    own = operation.onsite_mw - operation.export_mw
    return sum(operation.generated_mw.values(), operation.import_mw + own)


def clean_shares(case: Case, design: Design) -> dict[str, float | None]:
    """Shares of the energy used that are clean, by contracts that count and by sun and wind on site less what is sold
    [1]: `yearly`, with all that contracts deliver over the year; `hourly`, with what they deliver in the step in which
    it is used. None: no energy is used."""
    op, zeros = design.operation, np.zeros(case.calendar.steps)
    clean = [p for p in offered(case).values() if p.counts_as_clean]
    taken = sum(op.purchased_mw.values(), zeros)
    counted = sum((op.purchased_mw[p.name] for p in clean if p.name in op.purchased_mw), zeros)
    financial = sum((delivered_mw(design, p) for p in clean if p.settlement == "financial"), zeros)
    own, used = op.onsite_mw - op.export_mw, float(site_mw(op).sum())
    given = sum((delivered_mw(design, p) for p in clean), zeros)
    hourly = counted + np.minimum(financial, op.import_mw - taken)
    if used <= 0:
        return {"yearly": None, "hourly": None}
    return {"yearly": float((given + own).sum()) / used, "hourly": float((hourly + own).sum()) / used}


def market_carbon_t(case: Case, design: Design) -> float | None:
    """Market-based carbon of a year's import, without that of fuel [t]: contracts' own as far as they deliver, the rest
    at the site's factor. None: the site states no factor."""
    factor, h = case.grid.market_carbon_t_per_mwh, case.calendar.step_h
    if factor is None:
        return None
    bought = h * float(design.operation.import_mw.sum())
    given = {p.name: h * float(delivered_mw(design, p).sum()) for p in offered(case).values()}
    total = sum(given.values())
    covered = min(total, bought)
    own = sum(p.carbon_t_per_mwh * given[n] for n, p in offered(case).items())
    return factor * (bought - covered) + (own * covered / total if total > 0 else 0.0)


@dataclass(frozen=True)
class ContractUse:
    """What a plan makes of one power-purchase contract in its first year."""

    purchase: PowerPurchase
    power_mw: float
    delivered_mwh: float
    used_mwh: float | None
    """what the site takes as it is delivered; None under a financial contract, of which nothing is delivered"""
    market_kcur: float
    """income from the market, by surplus or by settlement"""

    @property
    def paid_kcur(self) -> float:
        """Price of what is delivered and fee on what is used."""
        fee = self.purchase.delivery_kcur_per_mwh * (self.used_mwh or 0.0)
        return self.purchase.price_kcur_per_mwh * self.delivered_mwh + fee


def contract_use(case: Case, design: Design) -> list[ContractUse]:
    """Every contract that could be signed, as signed."""
    h, taken = case.calendar.step_h, design.operation.purchased_mw
    return [
        ContractUse(
            purchase=p,
            power_mw=design.purchase_mw.get(n, 0.0),
            delivered_mwh=h * float(delivered_mw(design, p).sum()),
            used_mwh=h * float(taken[n].sum()) if n in taken else None,
            market_kcur=resale_kcur(case, design, p),
        )
        for n, p in offered(case).items()
    ]
