"""What a siting study compares besides the plans: further columns of sheet Sites, and sheet Criteria."""

from __future__ import annotations

from planner.schema.columns import Column, Sheet, provenance


def _fact(
    name: str, meaning: str, unit: str, example: float, low: float | None = 0, high: float | None = None
) -> Column:
    return Column(name, meaning, unit, not_stated=True, minimum=low, maximum=high, example=example, since=2)


FACTS = (
    _fact("latitude_deg", "north of the equator; for the map only", "deg", 37.57, -90, 90),
    _fact("longitude_deg", "east of Greenwich; for the map only", "deg", 126.98, -180, 180),
    _fact("land_cost_million", "present value of land, on top of the plan's cost", "million currency", 4.5),
    _fact("extra_build_million", "present value of works that only this site needs", "million currency", 2),
    _fact("local_tax_million", "present value of taxes that only this site pays", "million currency", 1.5),
    _fact("incentive_million", "present value of grants and tax relief, taken off", "million currency", 3),
    _fact("firm_mw", "part of the connection that is never curtailed", "MW", 4),
    _fact("permits_month", "months from award until all permits are held", "months", 14),
    _fact("latency_ms", "round trip to the users' region", "ms", 12),
    _fact("hazard_score", "flood, earthquake, storm, fire: 0 none, 5 extreme, by your own scale", "0-5", 2, 0, 5),
    _fact("water_stress_score", "baseline water stress: 0 low, 5 extremely high", "0-5", 3, 0, 5),
)
"""None of them changes a plan: money is added to its cost, dates to its date, the rest is for sheet Criteria."""
COST, FIRST_TOKEN = "cost", "first token"
RESULTS = (COST, FIRST_TOKEN, "tokenergy", "pue", "wue", "carbon", "peak import")
CRITERIA = Sheet(
    "Criteria",
    "tblCriteria",
    "What sites are judged by besides their cost; without a row they are ranked by cost and date alone.",
    (
        Column("criterion", "its name", kind="text", required=True, example="latency"),
        Column(
            "measured_by",
            "column of sheet Sites, or a result: cost [million], first token [months from award], tokenergy "
            "[Wh per 1,000 tokens], pue, wue [L/kWh], carbon [kg/kWh of IT], peak import [MW]",
            kind="choice",
            choices=tuple(c.name for c in FACTS if not c.name.endswith(("_deg", "_million"))) + RESULTS,
            required=True,
            example="latency_ms",
        ),
        Column("better", "which is better", kind="choice", choices=("less", "more"), default="less", example="less"),
        Column("threshold", "worst value that passes", "as measured", no_limit=True, example=20),
        Column(
            "weight",
            "weight in the score, by ratio; not for cost, which is money already",
            default=0,
            minimum=0,
            example=30,
        ),
        *provenance(),
    ),
    key=("criterion",),
    required=False,
    since=2,
)
