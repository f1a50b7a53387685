"""Sheets Stages, StageDemand, StagePrices: growth in stages over the analysis years."""

from __future__ import annotations

from planner.schema.columns import Column, Sheet, available, provenance

STAGES = Sheet(
    "Stages",
    "tblStages",
    "Build stages over the analysis years. Leave empty for one stage. Each stage's operating year stands for the years "
    "until the next; what was bought before goes on serving unless it is retired.",
    (
        Column("name", "name of the stage", kind="text", required=True, example="phase 2"),
        available(),
        Column("start_year", "years after the start of the plan; 0 for the first stage", "years", kind="integer",
               required=True, minimum=0, maximum=50, example=2,
               case_path="stages[{key}].start_year"),
        Column("demand_factor", "work of every workload, times that of sheet Workloads", "1", default=1, minimum=0,
               example=1.5,
               case_path="stages[{key}].demand_factor"),
        Column("grid_limit_mw", "connection at the site from this stage on; blank: as on sheet Sites", "MW",
               not_stated=True, minimum=0, example=100,
               case_path="stages[{key}].grid_limit_mw"),
        Column("energised_month", "month after award in which this connection is live; until then the one before "
               "carries the site. Blank: a larger connection is live when the stage is due", "months",
               not_stated=True, minimum=0, example=45, since=3,
               case_path="stages[{key}].energised_month"),
        Column("energy_price_factor", "energy, demand and contract prices at the stage's start, times those of the "
               "tariff; blank: as escalation makes them", "1", not_stated=True, minimum=0, example=1.1,
               case_path="stages[{key}].energy_price_factor"),
        Column("carbon_factor", "carbon of energy bought, times that of the site", "1", default=1, minimum=0,
               example=0.8,
               case_path="stages[{key}].carbon_factor"),
        Column("tokenergy_target", "TokEnergy target of the stage; blank: as on sheet Project",
               "Wh per 1,000 reference tokens", not_stated=True, above=0, example=3,
               case_path="stages[{key}].tokenergy_target"),
        *provenance(),
    ),
    key=("name",),
    required=False,
    since=2,
)  # fmt: skip

STAGE_DEMAND = Sheet(
    "StageDemand",
    "tblStageDemand",
    "Where workloads grow differently: work of one workload in one stage, times that of sheet Workloads, in place of "
    "the stage's demand_factor. 0: not served in that stage.",
    (
        Column("stage", "stage", kind="reference", required=True, references=("Stages.name",), example="phase 2"),
        Column("workload", "workload", kind="reference", required=True, references=("Workloads.name",), example="chat"),
        Column("factor", "its work, times that of sheet Workloads", "1", required=True, minimum=0, example=2,
               case_path="stage_demand[{key}].factor"),
        *provenance(),
    ),
    key=("stage", "workload"),
    required=False,
    since=2,
)  # fmt: skip

STAGE_PRICES = Sheet(
    "StagePrices",
    "tblStagePrices",
    "Price of one rack (reporting currency) or of one unit ex works (the offer's currency) from a stage on. Without a "
    "row, prices grow by escalation_capital_pct.",
    (
        Column("stage", "stage from whose start it holds", kind="reference", required=True,
               references=("Stages.name",), example="phase 2"),
        Column("item", "rack or offer", kind="reference", required=True, references=("Racks.name", "Offers.name"),
               example="rack B"),
        Column("price", "price of one; for offers ex works, in the offer's currency", "currency", required=True,
               minimum=0, example=2500000, factor=0.001,
               case_path="stage_prices[{key}].price"),
        *provenance(),
    ),
    key=("stage", "item"),
    required=False,
    since=2,
)  # fmt: skip


def on_sale(path: str) -> tuple[Column, ...]:
    """When a rack or an offer can be bought; only with sheet Stages."""
    return (
        Column("sold_from_year", "first year, counted from the start of the plan, in which it can be bought", "years",
               kind="integer", default=0, minimum=0, example=2, since=2,
               case_path=f"{path}.sold_from_year"),
        Column("sold_until_year", "last such year; blank: no end", "years", kind="integer", not_stated=True, minimum=0,
               example=4, since=2,
               case_path=f"{path}.sold_until_year"),
    )  # fmt: skip
