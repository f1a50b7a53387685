"""What a tariff says about a case, without variables: slices of prices, months that count, the least price."""

from __future__ import annotations

from dataclasses import dataclass

from models.case import Case, DemandCharge, EnergyCharge, Tier
from models.fields import Series


@dataclass(frozen=True)
class Slice:
    """A price between two quantities."""

    low: float
    high: float
    price: float

    @property
    def width(self) -> float:
        """The most of a quantity that the slice holds."""
        return self.high - self.low


def slices(first: tuple[float, ...], tiers: tuple[Tier, ...], month: int, most: float) -> list[Slice]:
    """The prices of a charge in a month, as far as a quantity of at most `most` reaches them; neighbours of one price
    are joined."""
    starts = [0.0, *(t.above for t in tiers)]
    prices = [first[month], *(t.price[month] for t in tiers)]
    found: list[Slice] = []
    for low, high, price in zip(starts, [*starts[1:], most], prices, strict=True):
        if found and low >= most:
            break
        end = max(min(high, most), low)
        if found and found[-1].price == price:
            found[-1] = Slice(found[-1].low, end, price)
        else:
            found.append(Slice(low, end, price))
    return found


def charges(case: Case) -> dict[str, DemandCharge]:
    """Demand charges by name."""
    return {d.name: d for d in case.grid.demand_charges}


def demand_factor(case: Case) -> float:
    """What the power factor at the connection makes of the demand charges [1]."""
    grid = case.grid
    return 1 + grid.power_factor_surcharge * max(0.0, grid.power_factor_target - grid.power_factor)


def _tiered_kcur(first: float, tiers: tuple[Tier, ...], month: int, quantity: float) -> float:
    """Price of a month's quantity: each tier adds the difference of its price to the one before, on what exceeds it."""
    cost, before = first * quantity, first
    for tier in tiers:
        cost += (tier.price[month] - before) * max(0.0, quantity - tier.above)
        before = tier.price[month]
    return cost


def demand_kcur(case: Case, charge: DemandCharge, month: int, billed_mw: float) -> float:
    """A demand charge of one month, with what the power factor adds [kcur]."""
    return demand_factor(case) * _tiered_kcur(charge.price_kcur_per_mw[month], charge.tiers, month, billed_mw)


def energy_kcur(case: Case, charge: EnergyCharge, month: int, import_mw: Series) -> float:
    """An energy charge of one month for an import over the year [kcur]."""
    steps = case.calendar.steps_of(month)
    part = slice(steps.start, steps.stop)
    energy_mwh = case.calendar.step_h * float(charge.applies[part] @ import_mw[part])
    return _tiered_kcur(charge.price_kcur_per_mwh[month], charge.tiers, month, energy_mwh)


def _has_price(charge: DemandCharge, m: int) -> bool:
    return charge.price_kcur_per_mw[m] > 0 or any(t.price[m] > 0 for t in charge.tiers)


def billed_months(case: Case, charge: DemandCharge) -> list[int]:
    """Months present in which the charge has a price."""
    return [m for m in case.calendar.months if _has_price(charge, m)]


def ratchet_sources(case: Case, charge: DemandCharge, m: int) -> list[int]:
    """Months whose peaks feed the bill of month m through the ratchet, cyclic through the months present."""
    if charge.ratchet_share == 0:
        return []
    order = list(case.calendar.months)
    place = order.index(m)
    earlier = {order[(place - k) % len(order)] for k in range(1, charge.ratchet_months + 1)}
    return [k for k in order if k in earlier and k in charge.ratchet_peak_months]


def counts(case: Case, charge: DemandCharge, m: int) -> bool:
    """Whether the month's peak is billed, now or through the ratchet of another month."""
    steps = case.calendar.steps_of(m)
    if not charge.applies[steps.start : steps.stop].any():
        return False
    fed = charge.ratchet_share > 0 and charge.ratchet_months > 0 and m in charge.ratchet_peak_months
    return _has_price(charge, m) or (fed and bool(billed_months(case, charge)))


def covering(case: Case, m: int) -> list[str]:
    """Demand charges whose peak of the month is its highest import, because they apply in all its steps."""
    s = case.calendar.steps_of(m)
    return [n for n, d in charges(case).items() if counts(case, d, m) and bool(d.applies[s.start : s.stop].all())]


def most_mwh(case: Case, counted_steps: float) -> float:
    """Energy that the connection can carry in so many steps [MWh]."""
    return case.import_limit_mw / case.grid.billing_factor * case.calendar.step_h * counted_steps


def energy_blocks(case: Case, charge: EnergyCharge, m: int) -> list[Slice]:
    """Blocks of an energy charge in a month, as far as the connection can reach them."""
    s = case.calendar.steps_of(m)
    most = most_mwh(case, float(charge.applies[s.start : s.stop].sum()))
    return slices(charge.price_kcur_per_mwh, charge.tiers, m, most)


def lowest_block_price(case: Case, charge: EnergyCharge, m: int) -> float:
    """Price of the cheapest block of a month [kcur/MWh]."""
    return min(block.price for block in energy_blocks(case, charge, m))


def lowest_price_kcur_per_mwh(case: Case) -> Series:
    """What one more MWh costs at least in each step, whatever was bought before [kcur/MWh]: the price by time, the
    cheapest block of each charge, less what take-or-pay would have cost."""
    grid = case.grid
    price: Series = grid.import_price_kcur_per_mwh.copy()
    for charge in grid.energy_charges:
        for m in case.calendar.months:
            s = case.calendar.steps_of(m)
            price[s.start : s.stop] += charge.applies[s.start : s.stop] * lowest_block_price(case, charge, m)
    if grid.take_or_pay_mwh_per_year > 0:
        price -= grid.take_or_pay_kcur_per_mwh
    return price


def contract_matters(case: Case) -> bool:
    """Whether contracted capacity is a choice: settled, of some cost, or none until the connection is live; if not, it
    is the whole connection."""
    return _contract_counts(case) or case.grid_may_be_late


def _contract_counts(case: Case) -> bool:
    grid = case.grid
    shares = [d.contract_share for d in grid.demand_charges]
    priced = max(grid.contract_kcur_per_mw_year, grid.connection_kcur_per_mw, *shares) > 0
    return priced or grid.contract_mw is not None


def may_overrun(case: Case) -> bool:
    """Whether demand above contracted capacity is allowed, at a price."""
    return _contract_counts(case) and case.grid.overrun_kcur_per_mw_month is not None
