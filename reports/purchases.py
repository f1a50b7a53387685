"""Power-purchase contracts and shares of clean energy: rows and sentences for the page and the workbook."""

from __future__ import annotations

from models import usage
from models.design import Answer
from reports import format as show

SIGNED = 1e-6
"""MW from which a contract counts as signed."""
NOTE = (
    "First year, before tax. All that a contract delivers is paid for; contracts change neither TokEnergy nor "
    "location-based carbon, which go by the meter. Over the year all that is delivered counts as clean, hour by hour "
    "only what is used in the hour in which it is delivered."
)


def uses(answer: Answer) -> list[usage.ContractUse]:
    """Every contract on offer, as signed."""
    return usage.contract_use(answer.case, answer.design)


def has_any(answer: Answer) -> bool:
    """Whether there is something to tell: contracts on offer, or a share of clean energy to keep."""
    limits = answer.case.limits
    return bool(uses(answer) or limits.clean_share_yearly or limits.clean_share_hourly)


def sentences(answer: Answer) -> list[str]:
    """What is signed, and how clean the energy is."""
    signed = [u for u in uses(answer) if u.power_mw > SIGNED]
    found = []
    if uses(answer):
        names = show.joined([f"{show.power(u.power_mw)} of {show.in_a_list(u.purchase.name)}" for u in signed])
        found.append(f"Signed: {names}." if signed else "None of the contracts on offer is signed.")
    kpi, limits = answer.accounts.kpi, answer.case.limits
    for what, key, asked in (
        ("over the year", "clean_share_yearly", limits.clean_share_yearly),
        ("hour by hour", "clean_share_hourly", limits.clean_share_hourly),
    ):
        share = kpi.get(key)
        if share is not None:
            duty = f"; at least {show.percent(asked)} asked" if asked else ""
            found.append(f"{show.percent(share)} of the energy used is clean {what}{duty}.")
    return found


def cells(use: usage.ContractUse) -> tuple[str, str, str, float, float, float | None, float, float]:
    """Name, settlement, source, MW, MWh delivered, MWh used, thousand paid, thousand from the market."""
    p = use.purchase
    figures = (use.power_mw, use.delivered_mwh, use.used_mwh, use.paid_kcur, use.market_kcur)
    return (p.name, p.settlement, p.source_kind, *figures)


def headings(currency: str) -> tuple[str, ...]:
    """Headings of `cells`."""
    money = f"thousand {currency}"
    names = ("Contract", "Settlement", "Source", "Signed, MW", "Delivered, MWh", "Used as delivered, MWh")
    return (*names, f"Paid, {money}", f"From the market, {money}")
