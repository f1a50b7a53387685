"""Columns of stages, by hand (see columns_bases): two stages of a year each, at no discount."""

from __future__ import annotations

from columns_bases import LOAD, RACKS, Cells, Move, cost, ending

_TWO: Cells = {
    "Project.analysis_years": 2,
    "Stages.name": "first",
    "Stages.start_year": 0,
    "Stages[1].name": "second",
    "Stages[1].start_year": 1,
}
_DEAR = _TWO | {"Project.analysis_years": 3, "Stages[1].energy_price_factor": 2}
_DOUBLE = _TWO | {"Stages[1].demand_factor": 2}
_OF_CHAT = {"StageDemand.stage": "second", "StageDemand.workload": "chat"}
_OF_R = {"StagePrices.stage": "second", "StagePrices.item": "R"}
_CHEAP_R = _DOUBLE | _OF_R | {"StagePrices.price": 500_000}
_CHEAP_POD = _DOUBLE | {"StagePrices.stage": "second", "StagePrices.item": "pod", "StagePrices.price": 500_000}
_CARBON = _TWO | {"Project.carbon_price": 10, "Stages[1].carbon_factor": 1}
_NONE = "infeasible"

GROWTH = (
    Move(LOAD, {"Stages[1].start_year": 2}, cost("energy"), 24.0, 19.2, "4.8 + 2 * 9.6; 2 * 4.8 + 9.6", given=_DEAR),
    Move(LOAD, {"Stages[1].energy_price_factor": 2}, cost("energy"), 9.6, 14.4, "4.8 a year, then 9.6", given=_TWO),
    Move(LOAD, {"Stages[1].grid_limit_mw": 1}, ending, "plan", _NONE, "2 MW of load", given=_TWO),
    Move(LOAD, {"Stages[1].energised_month": 22.1}, ending, "plan", "refused at energised_month",
         "needed in month 10, the second stage in 22",
         given=_TWO | {"Project.need_month": 10, "Stages[1].grid_limit_mw": 9, "Stages[1].energised_month": 22}),
    Move(LOAD, {"Stages[1].carbon_factor": 0.5}, cost("carbon"), 0.48, 0.36, "24 t at 10 USD, then 12", given=_CARBON),
    Move(RACKS, {"Stages[1].demand_factor": 2}, cost("racks"), 10_000, 20_000, "10 racks, then 20", given=_TWO),
    Move(RACKS, {"Stages[1].tokenergy_target": 37}, ending, "plan", _NONE, "37.8 Wh per 1,000 tokens", given=_TWO),
    Move(RACKS, {"StageDemand.factor": 2}, cost("racks"), 10_000, 20_000, "10 racks, then 20",
         given=_TWO | _OF_CHAT | {"StageDemand.factor": 1}),
    Move(RACKS, {"StagePrices.price": 500_000}, cost("racks"), 20_000, 15_000, "the second ten at half the price",
         given=_DOUBLE | _OF_R | {"StagePrices.price": 1_000_000}),
    Move(RACKS, {"Racks.sold_from_year": 1}, ending, "plan", _NONE, "nothing to serve the first year", given=_TWO),
    Move(RACKS, {"Racks.sold_until_year": 0}, cost("racks"), 15_000, 20_000, "all twenty before the price falls",
         given=_CHEAP_R | {"Racks.sold_until_year": 1}),
    Move(RACKS, {"Offers.sold_from_year": 1}, ending, "plan", _NONE, "nowhere to stand in the first year", given=_TWO),
    Move(RACKS, {"Offers.sold_until_year": 0}, cost("modules"), 3_000, 4_000, "four pods before the price falls",
         given=_CHEAP_POD | {"Offers.sold_until_year": 1}),
)  # fmt: skip
