"""What limits and foresight are worth: rows and sentences for the page and the workbook."""

from __future__ import annotations

from typing import NamedTuple

from models import usage
from models.design import MARGINALS_UP_TO_STEPS, Answer, is_whole
from models.stages import AnyAnswer, GrowthAnswer
from reports import format as show
from reports.capacity import limit_rows

METHODS = {
    "duals": "from duals, with the chosen units and racks fixed: the saving of a first small step",
    "re-solved": "exact, by planning again with the limit relaxed by {step}",
}
WHOLE = "only by planning again (--marginals exact): it acts on whole numbers"
UNTOLD = (
    "only by planning again (--marginals exact): with the units fixed, the year's linear problem gave no duals for it"
)
ONE_SIDED = (
    "Where several limits meet in one point, relaxing one may save less than tightening it costs; a figure from duals "
    "then lies between the two. Next to nothing means that another plan with the same units, within the proven gap, "
    "does without the limit."
)
WORKED_MWH = 1e-6
"""Energy moved or stored from which storage counts as worked."""
NONE_BINDS = (
    "No limit that binds can be widened by the unit (dates and the share of racks that may be busy cannot), so "
    "there is no saving per unit to show."
)


def not_asked(answer: AnyAnswer) -> str:
    """That the worth of limits was not computed, why, and which command does it."""
    cases = [s.case for s in answer.growth.stages] if isinstance(answer, GrowthAnswer) else [answer.case]
    why = ""
    if answer.proof.status == "limit":
        why = ": the search was stopped before"
    elif sum(case.calendar.steps for case in cases) > MARGINALS_UP_TO_STEPS:
        stages = "stages that have more than a year of hours together"
        long = stages if len(cases) > 1 else "a year in steps as short as these"
        why = f": for {long} it takes longer and more memory than the plan"
    return (
        f"What one more unit of each limit that binds would save was not computed{why}. “aidc plan WORKBOOK "
        "--marginals duals” does it for all limits at once, “--marginals exact” by one more plan for each."
    )


class WorthRow(NamedTuple):
    """A limit that binds, and what one more unit of it would save."""

    name: str
    cell: str
    unit: str
    saving_kcur: float | None
    uncertainty_kcur: float
    how: str


def worth_rows(answer: Answer) -> list[WorthRow]:
    """The limits whose worth is known, in the order of the limits."""
    rows = {row.path: row for row in limit_rows(answer)}
    cells = {origin.path: origin.cell for origin in answer.origins}
    found = []
    for m in answer.marginals:
        row = rows.get(m.path)
        unit = "MVA" if m.path.endswith("_mva") else row.unit if row else ""
        how = METHODS.get(m.method, m.method).format(step=show.with_unit(show.trimmed(m.step), unit))
        if m.saving_kcur is None and m.method == "duals":
            how = WHOLE if is_whole(m.path) else UNTOLD
        name = row.name if row else m.path
        found.append(WorthRow(name, cells.get(m.path, show.MISSING), unit, m.saving_kcur, m.uncertainty_kcur, how))
    return found


def worth_text(row: WorthRow, currency: str) -> str:
    """The saving per unit with what the gaps leave open: `USD 1,230 (± 40)`."""
    if row.saving_kcur is None:
        return show.MISSING
    text = show.money(row.saving_kcur, currency, 3)
    if row.uncertainty_kcur <= 0.005 * abs(row.saving_kcur):
        return text
    return f"{text} (± {show.money(row.uncertainty_kcur, currency, 2)})"


def foresight(answer: Answer) -> list[str]:
    """What survives of the savings of storage if its operator sees only the horizon; empty without storage."""
    seen, currency = answer.lookahead, answer.case.currency
    if seen is None:
        return []
    saved, kept = seen.idle_kcur - seen.foresight_kcur, seen.idle_kcur - seen.lookahead_kcur
    hours = f"{show.trimmed(seen.horizon_h)} hours"
    if seen.share is None:
        return [f"Working the storage saves nothing against leaving it idle, with any foresight ({hours} tried)."]
    first = (
        f"Over the analysis, working the storage saves {show.money(saved, currency, 3)} if the year is known ahead. "
        f"An operator who knows load, weather and prices {hours} ahead, and decides anew every "
        f"{show.trimmed(seen.every_h)} hours, saves {show.money(kept, currency, 3)}: {show.percent(seen.share, 0)} "
        "of it survives."
    )
    found = [first]
    if seen.idle_over_h > 0:
        found.append(
            "With idle storage the import would exceed what the grid allows in "
            f"{show.number(seen.idle_over_h)} hours, so the storage is worth more than this."
        )
    if seen.lookahead_over_h > 0:
        over = show.number(seen.lookahead_over_h)
        found.append(
            f"With the shorter view the import would exceed what the grid allows in {over} hours: plan a reserve."
        )
    return found


FORESIGHT_NOTE = (
    "Same sizes in all three, true bills of the whole year; a contract that is chosen is as large as each needs. Work "
    "and generators run as planned in all three; interruptions and calls are known once they come within the view. "
    "Energy of power-purchase contracts is taken where it costs less than the tariff's. "
    "What is stored at the end of the view counts at the cheapest energy in it; "
    "limits of the year on carbon, water, TokEnergy and clean energy do not steer the shorter view; what a store "
    "cannot regain in the last day of the year is bought at its dearest energy."
)


def why_no_foresight(answer: Answer) -> str:
    """Why it is not told what of the savings of storage a shorter view keeps, to be read after a colon."""
    uses = usage.battery_use(answer.case, answer.design)
    is_worked = any(use.dispatched_mwh > WORKED_MWH for use in uses)
    is_worked |= any(mwh > WORKED_MWH for mwh in answer.design.cold_store_mwh.values())
    if not is_worked:
        return "no storage is worked beside its duties"
    if usage.burning_pays(answer.case):
        return "energy costs less than nothing in some hours, and that view would burn it in batteries"
    return (
        "some day had no answer, or an older version made the plan; “aidc plan WORKBOOK” computes it with every plan "
        "that it can"
    )
