"""Sheet DemandResponse: programmes that pay for power kept off the grid when called."""

from __future__ import annotations

from dataclasses import replace

from planner.schema.columns import Column, Sheet, available, of_site, provenance, series

_PATH = "programmes[{key}]"
DEMAND_RESPONSE = Sheet(
    "DemandResponse",
    "tblDemandResponse",
    "Programmes that pay for power kept off the grid when called: by the MW for standing ready, by the MWh of calls.",
    (
        Column("name", "name", kind="text", required=True, example="reliability DR", case_path=f"{_PATH}.name"),
        available(),
        replace(
            series("called_series", "1 in steps in which the programme calls, else 0", "1", f"{_PATH}.called",
                   example="dr_called", minimum=0, maximum=1),
            required=True,
        ),
        Column("baseline_mw", "agreed import from which the reduction is measured", "MW", required=True, minimum=0,
               example=5, case_path=f"{_PATH}.baseline_mw"),
        Column("max_mw", "most power that can be committed", "MW", required=True, minimum=0, example=2,
               case_path=f"{_PATH}.max_mw"),
        Column("ready_price", "pay for standing ready", "currency/MW-year", default=0, minimum=0, example=30000,
               case_path=f"{_PATH}.ready_kcur_per_mw_year", factor=0.001),
        Column("called_price", "pay for energy of calls", "currency/MWh", default=0, minimum=0, example=100,
               case_path=f"{_PATH}.called_kcur_per_mwh", factor=0.001),
        of_site(),
        *provenance(),
    ),
    key=("name",),
    required=False,
    since=2,
)  # fmt: skip
