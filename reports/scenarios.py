"""scenarios.html: one plan for several futures, from the content of scenarios.json; a self-contained page.

The tables and sentences are shared with the workbook (reports/sheets/scenarios.py) and the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports import format as show
from reports.tables import Table
from reports.templating import rendered
from reports.wording import cost_name

WORTH = {
    "information": (
        "Knowing the scenario from the start",
        "expected cost of the plan less that of planning each scenario by itself: the most that waiting for certainty, "
        "or a forecast, can be worth",
    ),
    "stochastic": (
        "Planning for all scenarios",
        "expected cost of carrying the plan for mean inputs into every scenario, less that of the plan",
    ),
    "flexibility": (
        "Flexibility: later purchases that follow the scenario",
        "expected cost with one list of purchases for all scenarios, however late they are made, less that of the plan",
    ),
    "waiting": (
        "Waiting: purchases that need not be made at the start",
        "expected cost with everything bought at the start, less that of the plan",
    ),
}
"""Subject: name and definition, in the order shown."""

METHOD = (
    "What is bought and retired before it is known which scenario has come is one decision, the same in every "
    "scenario; without stages that is everything that is bought. What is in service, how it is run, contracted "
    "and billed, and what is bought later, adapts to the scenario from the first year. What is owned but not "
    "needed in a scenario stands aside: no power, no land, but upkeep.",
    "All purchases of all scenarios are whole numbers of one problem, which is proven like every plan: no other "
    "plan that decides alike costs less in expectation (or has a smaller largest regret) by more than the gap. "
    "The plan was rechecked in every scenario by a second program, which also compares the decisions of every "
    "pair of scenarios.",
    "Regret of a decision in a scenario is its cost there above that of the scenario's own best plan. Other "
    "decisions are carried into every scenario with the best that can follow there. The plan for mean inputs "
    "takes the mean of figures and series over the scenarios; whole numbers, names and dates are those of the "
    "most probable one.",
    "Amounts are present values after tax over all years. A range is what the proofs of the two plans compared leave "
    "open; decisions whose expected costs differ by less than the gap are a tie.",
)


def _amount(amount: float | None, currency: str, figures: int = 5) -> str:
    return show.MISSING if amount is None else show.money(amount / 1000, currency, figures)


def decision_name(decision: dict[str, Any]) -> str:
    """A row of the regret table in words."""
    names = {"plan": "the plan", "expected": "least expected cost", "mean": "planned for mean inputs"}
    return names.get(decision["kind"]) or f"planned for {decision['scenario']}"


def scenario_rows(view: dict[str, Any]) -> list[tuple[str, ...]]:
    """Header and one row per scenario: its cost with the plan, by itself, and the regret."""
    currency = view["currency"]
    rows: list[tuple[str, ...]] = [("scenario", "probability", "cost with the plan", "cost by itself", "regret")]
    for s in view["scenarios"]:
        amounts = (_amount(s[key], currency) for key in ("cost", "own_cost"))
        rows.append((s["name"], show.percent(s["probability"]), *amounts, _amount(s["regret"], currency, 3)))
    means = (_amount(view[key], currency) for key in ("expected_cost", "expected_own_cost"))
    rows.append(("expected", "", *means, _amount(view["expected_regret"], currency, 3)))
    return rows


def regret_rows(view: dict[str, Any]) -> list[tuple[str, ...]]:
    """Header and one row per decision: its regret in each scenario, the largest, and its expected cost."""
    currency = view["currency"]
    names = [s["name"] for s in view["scenarios"]]
    rows: list[tuple[str, ...]] = [("decision", *names, "largest regret", "expected cost")]
    for d in view["decisions"]:
        cells = ["cannot serve" if r is None else _amount(r, currency, 3) for r in d["regrets"]]
        last = (_amount(d["largest_regret"], currency, 3), _amount(d["expected_cost"], currency))
        rows.append((decision_name(d), *cells, *last))
    return rows


def worth_rows(view: dict[str, Any]) -> list[tuple[str, ...]]:
    """Header and one row per comparison: its amount, the range that is proven, and how it is defined."""
    currency = view["currency"]
    rows: list[tuple[str, ...]] = [("what", "is worth", "proven", "as")]
    for subject, (name, definition) in WORTH.items():
        worth = view["worth"].get(subject)
        if worth is None:
            continue
        if worth["amount"] is None:
            rows.append((name, "no amount", worth["reason"], definition))
            continue
        low, high = (_amount(worth[key], currency, 3) for key in ("at_least", "at_most"))
        rows.append((name, _amount(worth["amount"], currency, 3), f"{low} to {high}", definition))
    return rows


def change_rows(view: dict[str, Any]) -> list[tuple[str, ...]]:
    """Header and one row per change of an input."""
    rows: list[tuple[str, ...]] = [("scenario", "known from", "cell", "workbook", "scenario's")]
    for s in view["scenarios"]:
        known = s["known_from"] or ("once the site stands" if not view["stages"] else "never before the end")
        for number, c in enumerate(s["changes"] or [{"cell": "as the workbook stands", "now": "", "then": ""}]):
            rows.append((s["name"] if not number else "", known if not number else "", c["cell"], c["now"], c["then"]))
    return rows


def _quantity(p: dict[str, Any]) -> str:
    if p["unit"] in ("racks", "units"):
        return show.count(round(p["quantity"]), p["unit"].removesuffix("s"))
    return f"{show.significant(p['quantity'])} {p['unit']}"


def purchase_rows(view: dict[str, Any]) -> list[tuple[str, ...]]:
    """Header and one row per purchase: first what is decided for all scenarios, then what each adds."""
    rows: list[tuple[str, ...]] = [("decided for", "bought", "what", "quantity", "in year")]
    for p in view["common"]:
        year = str(p["bought_in_year"])
        rows.append(("all scenarios", p["item"], cost_name(p["line"]), _quantity(p), year))
    for s in view["scenarios"]:
        for p in s["later"]:
            rows.append((s["name"], p["item"], cost_name(p["line"]), _quantity(p), str(p["bought_in_year"])))
    return rows


def service_rows(view: dict[str, Any]) -> list[tuple[str, ...]]:
    """Header and one row per scenario and stage: what is in service and how it is used."""
    head = ("scenario", "stage", "racks in service", "IT, MW", "contract, MW", "peak, MW", "TokEnergy")
    rows: list[tuple[str, ...]] = [head]
    for s in view["scenarios"]:
        for site in s["sites"]:
            counts: dict[str, int] = {}
            for r in site["racks"]:
                kind = f"{r['rack']} on {r['cooling']}"
                counts[kind] = counts.get(kind, 0) + r["count"]
            racks = show.joined([f"{show.number(n)} × {kind}" for kind, n in counts.items()])
            kpi = site["kpi"]
            figures = (kpi["it_installed_mw"], site["grid"]["contract_mw"], kpi["peak_import_mw"])
            values = (*figures, kpi["tokenergy_wh_per_1k"])
            rows.append((s["name"], site["stage_name"], racks or "none", *map(show.significant, values)))
    return rows


def headline(view: dict[str, Any]) -> str:
    """What the plan is, in two sentences."""
    currency, costs = view["currency"], [s["cost"] for s in view["scenarios"]]
    number = show.count(len(costs), "scenario")
    span = f"{_amount(min(costs), currency)} to {_amount(max(costs), currency)}"
    regret = _amount(view["largest_regret"], currency, 3)
    if view["objective"] == "regret":
        text = (
            f"The plan of least largest regret over {number}: at most {regret} above what each would cost by itself; "
        )
        return text + f"it costs {span}, {_amount(view['expected_cost'], currency)} expected."
    text = (
        f"The plan of least expected cost over {number}: {_amount(view['expected_cost'], currency)} expected, {span} "
    )
    return text + f"by scenario; the largest regret is {regret}."


def proof_text(view: dict[str, Any]) -> str:
    """What is proven and rechecked."""
    currency, audit = view["currency"], view["audit"]
    worst = show.significant(audit["worst_residual"], 2)
    checks = f"{show.count(audit['checks'], 'check')} passed, worst residual {worst}"
    if view["gap"] is None:
        return f"Nothing is proven yet about what a better plan could cost. Recheck: {checks}."
    if view["objective"] == "regret":
        proven = f"No plan that decides alike has a largest regret below {_amount(view['least_regret'], currency, 3)}"
    else:
        proven = (
            f"No plan that decides alike costs less than {_amount(view['expected_bound'], currency, 6)} in expectation"
        )
    return f"{proven} (gap {show.percent(view['gap'], 3)} of the cost without IT hardware). Recheck: {checks}."


def remarks(view: dict[str, Any]) -> list[str]:
    """What a reader must know of how far the search came."""
    found = []
    if view["status"] != "optimal":
        found.append("The search stopped at its limit: the gap is wider than asked.")
    if view["stopped"]:
        found.append("The comparison was interrupted: rows are missing.")
    return found


def _table(
    rows: Sequence[Sequence[str]], caption: str, numeric: Sequence[int] = (), names: Sequence[str] = (), **more: Any
) -> Table:
    """names: headings that are the user's own words."""
    head = tuple(name if name in names else name[:1].upper() + name[1:] for name in rows[0])
    return Table(caption, head, rows[1:], numeric=tuple(numeric), **more)


def _tables(view: dict[str, Any]) -> dict[str, Table | None]:
    names, count = [s["name"] for s in view["scenarios"]], len(view["scenarios"])
    compared, worth = len(view["decisions"]) > 1, len(view["worth"]) > 0
    return {
        "costs": _table(scenario_rows(view), "Cost by scenario, present value", (1, 2, 3, 4), has_total=True),
        "changes": _table(change_rows(view), "What differs between scenarios", wide=(1, 2, 3, 4)),
        "purchases": _table(purchase_rows(view), "What is bought", (3, 4), wide=(1, 2)),
        "service": _table(service_rows(view), "What is in service", (3, 4, 5, 6), wide=(1, 2)),
        "regret": (
            _table(regret_rows(view), "Regret of each decision in each scenario", range(1, count + 3), names)
            if compared
            else None
        ),
        "worth": _table(worth_rows(view), "What choices are worth", (1,), wide=(2, 3)) if worth else None,
    }


def render_scenarios(view: dict[str, Any]) -> str:
    """The page as HTML text: no scripts, no requests, all text of the case escaped."""
    return rendered(
        "scenarios.html",
        title=view["name"],
        headline=headline(view),
        proof=proof_text(view),
        remarks=remarks(view),
        is_proven=view["status"] == "optimal",
        checks=f"{view['audit']['checks']:,} rechecks hold",
        folders=[(s["name"], s["folder"]) for s in view["scenarios"] if s["folder"]],
        method=METHOD,
        **_tables(view),
    )
