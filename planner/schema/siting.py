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
    _fact("staff_million", "present value of the site's staff, on top of the plan's cost", "million currency", 6),
    _fact("staff_shared_million", "part of staff_million that serves all sites of a portfolio", "million currency", 4),
    _fact("spares_million", "present value of spare parts held for the site", "million currency", 2),
    _fact("spares_shared_million", "part of spares_million for all sites of a portfolio", "million currency", 1),
    _fact("utc_h", "standard time of the site's series ahead of UTC; west: below zero", "h", 9, -12, 14),
    _fact("firm_mw", "part of the connection that is never curtailed", "MW", 4),
    _fact("permits_month", "months from award until all permits are held", "months", 14),
    _fact("latency_ms", "round trip to users whose region is not named (several regions: SiteLatency)", "ms", 12),
    _fact("hazard_score", "flood, earthquake, storm, fire: 0 none, 5 extreme, by your own scale", "0-5", 2, 0, 5),
    _fact("water_stress_score", "baseline water stress: 0 low, 5 extremely high", "0-5", 3, 0, 5),
)
"""None of them changes a plan: money is added to its cost, dates to its date, the rest is for sheet Criteria."""
COUNTRY = Column(
    "country",
    "country, as column countries of sheet Workloads names it",
    kind="text",
    not_stated=True,
    example="KR",
    since=2,
)
OF_PLACE = (
    Column(
        "water_cap_m3",
        "most water per year at this site; blank: water_cap_m3 of sheet Project",
        "m3/year",
        not_stated=True,
        minimum=0,
        example=50000,
        case_path="limits.water_m3_per_year",
        since=3,
    ),
    Column(
        "water_price",
        "price of water in the first year at this site; blank: water_price of sheet Project",
        "currency/m3",
        not_stated=True,
        minimum=0,
        example=1.2,
        case_path="limits.water_price_kcur_per_m3",
        factor=0.001,
        since=3,
    ),
)
"""Columns of sheet Sites that stand in for fields of sheet Project."""
PLACED = (
    Column(
        "users_utc_h",
        "users' standard time ahead of UTC: requests are by their clock at every site (column utc_h of sheet Sites); "
        "blank: by each site's own clock",
        "h",
        when=("kind", ("interactive", "deferrable")),
        not_stated=True,
        minimum=-12,
        maximum=14,
        example=9,
        case_path="workloads[{key}].arrivals_mreq_per_h",
        since=2,
    ),
    Column(
        "max_latency_ms",
        "longest round trip from a site that may serve it to users_region; blank region: by latency_ms of sheet Sites",
        "ms",
        no_limit=True,
        minimum=0,
        example=40,
        since=2,
    ),
    Column(
        "users_region",
        "region of its users, as sheet SiteLatency names it; one row per region where users are in several",
        kind="reference",
        references=("SiteLatency.region",),
        not_stated=True,
        example="Korea",
        since=3,
    ),
    Column(
        "countries",
        "countries in which it may be served, with commas between; blank: any",
        kind="text",
        not_stated=True,
        example="KR, JP",
        since=2,
    ),
)
"""Columns of sheet Workloads: where a workload may be served, and by whose clock it arrives."""
COST, FIRST_TOKEN = "cost", "first token"
RESULTS = (COST, FIRST_TOKEN, "tokenergy", "pue", "wue", "carbon", "market carbon", "peak import")
UNITS = {c.name: c.unit for c in FACTS} | {
    COST: "million",
    FIRST_TOKEN: "months",
    "tokenergy": "Wh per 1,000 tokens",
    "wue": "L/kWh",
    "carbon": "kg/kWh",
    "market carbon": "kg/kWh",
    "peak import": "MW",
}
"""Of what a criterion may be measured by."""
CRITERIA = Sheet(
    "Criteria",
    "tblCriteria",
    "What sites are judged by besides their cost; without a row they are ranked by cost and date alone.",
    (
        Column("criterion", "its name", kind="text", required=True, example="latency"),
        Column(
            "measured_by",
            "column of sheet Sites, or a result: cost [million], first token [months from award], tokenergy "
            "[Wh per 1,000 tokens], pue, wue [L/kWh], carbon (by location) and market carbon [kg/kWh of IT], peak "
            "import [MW]",
            kind="choice",
            choices=tuple(c.name for c in FACTS if not c.name.endswith(("_deg", "_million", "_h"))) + RESULTS,
            required=True,
            example="latency_ms",
        ),
        Column(
            "region",
            "users whose latency_ms is measured, as sheet SiteLatency names them; blank: latency_ms of sheet Sites",
            kind="reference",
            references=("SiteLatency.region",),
            when=("measured_by", ("latency_ms",)),
            not_stated=True,
            example="Korea",
            since=3,
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
SITE_LATENCY = Sheet(
    "SiteLatency",
    "tblSiteLatency",
    "Round trips between sites and regions of users; without rows one latency_ms per site, of sheet Sites, counts.",
    (
        Column(
            "site", "row of sheet Sites", kind="reference", references=("Sites.name",), required=True, example="Seoul"
        ),
        Column("region", "region of users, by your own name", kind="text", required=True, example="Korea"),
        Column("latency_ms", "round trip between them", "ms", required=True, minimum=0, example=12),
        *provenance(),
    ),
    key=("site", "region"),
    required=False,
    since=3,
    note="Columns users_region of sheet Workloads and region of sheet Criteria name the regions. A site without a row "
    "for a region may not serve a workload of that region that has a max_latency_ms.",
)
GRID_STEPS = Sheet(
    "GridSteps",
    "tblGridSteps",
    "Power by date: the connection of a site where it comes in steps. A site without rows has all of it at once.",
    (
        Column(
            "site", "row of sheet Sites", kind="reference", references=("Sites.name",), required=True, example="Seoul"
        ),
        Column("month", "months after award from which it holds", "months", required=True, minimum=0, example=12),
        Column("firm_mw", "power that is never curtailed from then on", "MW", required=True, minimum=0, example=2),
        Column(
            "nonfirm_mw", "further power from then on that may be interrupted", "MW", default=0, minimum=0, example=1
        ),
        *provenance(),
    ),
    key=("site", "month"),
    required=False,
    since=3,
    note="A plan serves all work from its first day, so it waits for the step that reaches grid_limit_mw of sheet "
    "Sites; its energised_month then stays blank.",
)
TARIFF, CARBON, DEMAND = "tariff", "carbon price", "demand"
SITE_RANGES = Sheet(
    "SiteRanges",
    "tblSiteRanges",
    "How far prices, carbon and demand may move in `aidc sites`: every site is planned again at both ends.",
    (
        Column(
            "moves",
            "tariff: factor on every amount of a site's tariff; demand: on all work; carbon price: in currency/t",
            kind="choice",
            choices=(TARIFF, CARBON, DEMAND),
            required=True,
            example=TARIFF,
        ),
        Column("low", "lowest value", "as it moves", required=True, minimum=0, example=0.5),
        Column("high", "highest value", "as it moves", required=True, above=0, example=2),
        *provenance(),
    ),
    key=("moves",),
    required=False,
    since=3,
)
