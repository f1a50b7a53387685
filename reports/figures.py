"""The key figures at the head of a report."""

from __future__ import annotations

from typing import NamedTuple

from models.design import Answer
from reports import format as show
from reports.wording import has_tokens


class Figure(NamedTuple):
    """A key figure: label, formatted value, and a remark beneath."""

    label: str
    value: str
    remark: str


def key_figures(answer: Answer) -> list[Figure]:
    """The figures at the head of a report, without those the case cannot have: first the four that decide (cost, cost
    and energy per token, connection)."""
    kpi, currency = answer.accounts.kpi, answer.case.currency
    peak = show.with_unit(show.significant(kpi.get("peak_import_mw")), "MW")
    contract = show.significant(answer.design.contract_mw)
    connection = Figure("Peak import", peak, f"highest billing interval; {contract} MW contracted")
    cost, first_cost = _cost_figures(answer)
    per_token, made = _token_figures(answer)[:2], _token_figures(answer)[2:]
    figures = [cost, *per_token, connection, first_cost, *made]
    ratios = (
        ("PUE", "pue", "site energy over IT energy", 3),
        ("WUE", "wue_l_per_kwh", "litres per kWh of IT", 2),
        ("ERE", "ere", "site energy less heat sold, over IT energy", 3),
        ("CUE", "cue_kg_per_kwh", _cue_remark(kpi), 3),
    )
    figures += [
        Figure(name, show.number(kpi[key], n), remark) for name, key, remark, n in ratios if kpi.get(key) is not None
    ]
    if kpi.get("it_installed_mw"):
        mean = show.significant(kpi.get("it_mean_mw"))
        installed = show.with_unit(show.significant(kpi["it_installed_mw"]), "MW")
        figures.append(Figure("IT installed", installed, f"{mean} MW drawn on average"))
        day = show.with_unit(show.significant(kpi.get("design_day_load_mw")), "MW")
        figures.append(Figure("Design-day load", day, "all racks at peak in the worst weather"))
    figures.append(Figure("Energy bought", show.energy(kpi.get("import_mwh")), _onsite_remark(kpi)))
    if kpi.get("cue_kg_per_kwh") is None:
        carbon = show.with_unit(show.number(kpi.get("carbon_t")), "t")
        figures.append(Figure("Carbon of imports", carbon, "a year, by location"))
    return [f for f in figures if f.value not in (show.MISSING, f"{currency} {show.MISSING}")]


def _token_figures(answer: Answer) -> list[Figure]:
    if not has_tokens(answer):
        return []
    kpi, currency = answer.accounts.kpi, answer.case.currency
    target = kpi.get("tokenergy_target")
    remark = "no target set" if target is None else f"target {show.significant(target)}"
    index = show.significant(kpi.get("tokenergy_wh_per_1k"))
    output = show.money_each(kpi.get("cost_kcur_per_output_mtok"), currency)
    made = show.tokens(kpi.get("reference_mtok"))
    return [
        Figure(
            "Cost per million tokens",
            show.money_each(kpi.get("cost_kcur_per_mtok"), currency),
            f"reference; output: {output}",
        ),
        Figure("TokEnergy", index, f"Wh per 1,000 reference tokens; {remark}"),
        Figure("Tokens a year", made, "reference tokens"),
    ]


def _cost_figures(answer: Answer) -> list[Figure]:
    accounts, currency = answer.accounts, answer.case.currency
    without = show.money(accounts.without_it_kcur, currency)
    remark = f"{without} without IT hardware" if any(c.is_it for c in accounts.costs) else "present value after tax"
    first = accounts.kpi.get("first_cost_kcur")
    return [
        Figure("Cost, present value", show.money(accounts.objective_kcur, currency), remark),
        Figure("First cost", show.money(first, currency), "paid before operation"),
    ]


def _cue_remark(kpi: dict[str, float | None]) -> str:
    market = kpi.get("cue_market_kg_per_kwh")
    tonnes = show.with_unit(show.number(kpi.get("carbon_t")), "t a year")
    return f"kg per kWh of IT; {tonnes}" + ("" if market is None else f"; market-based {show.number(market, 3)}")


def _onsite_remark(kpi: dict[str, float | None]) -> str:
    onsite = (kpi.get("onsite_mwh") or 0.0) + (kpi.get("generated_mwh") or 0.0)
    return f"and {show.energy(onsite)} made on site, a year" if onsite else "a year"
