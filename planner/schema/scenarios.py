"""Sheets Scenarios and ScenarioInputs: futures that `aidc scenarios` plans for together."""

from __future__ import annotations

from planner.schema.columns import Column, Sheet, available, provenance

SCENARIOS = Sheet(
    "Scenarios",
    "tblScenarios",
    "Futures that `aidc scenarios` plans for together: what is decided before it is known which one comes is decided "
    "once. Other commands plan the workbook as it stands.",
    (
        Column("name", "name of the scenario", kind="text", required=True, example="dear carbon"),
        available(),
        Column("probability", "its probability; those of all scenarios in use sum to 1", "1", required=True, above=0,
               maximum=1, example=0.25),
        Column("known_from", "stage at whose start it is known whether this scenario has come; blank: the second stage "
               "(without stages: once the site stands)", kind="reference", references=("Stages.name",),
               example="phase 2"),
        Column("weather_year", "year in place of that in the names of series of weather and of on-site supply, as in "
               "dry_bulb_2023 or town_2023.epw:dry_bulb_c; blank: as they stand", "year", kind="integer",
               not_stated=True, minimum=1900, maximum=2200, example=2018),
        Column("price_year", "the same for series of prices and carbon of energy bought and sold", "year",
               kind="integer", not_stated=True, minimum=1900, maximum=2200, example=2022),
        *provenance(),
    ),
    key=("name",),
    required=False,
    since=2,
    note="What else differs stands on sheet ScenarioInputs; a scenario without rows there is the workbook as it stands",
)  # fmt: skip

SCENARIO_INPUTS = Sheet(
    "ScenarioInputs",
    "tblScenarioInputs",
    "What a scenario changes: a cell of the workbook, named as on sheet Sweep, and what stands in it then.",
    (
        Column("scenario", "scenario", kind="reference", required=True, references=("Scenarios.name",),
               example="dear carbon"),
        Column("sheet", "sheet of the cell", kind="text", required=True, example="Project"),
        Column("row", "its row: the name in the first column, or all names that tell rows apart, as in `TOU, day`; "
               "blank: every row in use", kind="text", example="TOU, day"),
        Column("column", "its column (on sheet Project: its field)", kind="text", required=True,
               example="carbon_price"),
        Column("value", "what stands in the cell in this scenario; with relative: a factor of what stands there now",
               kind="text", required=True, example="1.5"),
        Column("relative", "yes: the value is a factor", kind="yes_no", default="no", example="yes"),
        *provenance(),
    ),
    key=("scenario", "sheet", "row", "column"),
    required=False,
    since=2,
)  # fmt: skip
