"""The workbook's manifest: every sheet, table and column, for reader, template, guide and reference.

Adding a figure: add its Column to the sheet's file here and use it in planner/validate; the template follows by itself.
"""

from __future__ import annotations

from planner.schema.columns import (
    GRADES,
    HEADER_ROW,
    MEANING_ROW,
    PROVENANCE_NAMES,
    RECORD_HEADER,
    TITLE_ROW,
    UNITS_ROW,
    USER_NAME,
    USERS,
    VERSION,
    VERSION_NAME,
    Column,
    Sheet,
    User,
)
from planner.schema.cooling import CHILLED_WATER, COOLING, COOLING_CURVES, HEAT_REJECTION, HEAT_REUSE
from planner.schema.generators import GENERATORS
from planner.schema.money import ASSET_CLASSES, EXCHANGE_RATES
from planner.schema.offers import BREAKS, OFFERS
from planner.schema.power import ELECTRICAL, STORAGE, SUPPLY
from planner.schema.programmes import DEMAND_RESPONSE
from planner.schema.project import GUIDE, PROJECT
from planner.schema.purchases import POWER_PURCHASE
from planner.schema.racks import OPERATING_POINTS, RACKS
from planner.schema.scenarios import SCENARIO_INPUTS, SCENARIOS
from planner.schema.site import SITES
from planner.schema.siting import CRITERIA, GRID_STEPS, SITE_LATENCY, SITE_RANGES
from planner.schema.stages import STAGE_DEMAND, STAGE_PRICES, STAGES
from planner.schema.sweep import SWEEP
from planner.schema.tariff import HOLIDAYS, HOURLY, TARIFF_BLOCKS, TARIFF_DEMAND, TARIFF_ENERGY, TARIFF_PEAKS
from planner.schema.tender import QUOTATIONS, SCOPE, TENDER
from planner.schema.work import PROFILES, TOKEN_WEIGHTS, WINDOWS, WORKLOADS

SHEETS: tuple[Sheet, ...] = (
    GUIDE,
    PROJECT,
    STAGES,
    STAGE_DEMAND,
    STAGE_PRICES,
    SITES,
    GRID_STEPS,
    SITE_LATENCY,
    CRITERIA,
    SITE_RANGES,
    TARIFF_ENERGY,
    TARIFF_BLOCKS,
    TARIFF_DEMAND,
    TARIFF_PEAKS,
    HOLIDAYS,
    WORKLOADS,
    WINDOWS,
    PROFILES,
    TOKEN_WEIGHTS,
    RACKS,
    OPERATING_POINTS,
    COOLING,
    COOLING_CURVES,
    HEAT_REJECTION,
    CHILLED_WATER,
    HEAT_REUSE,
    ELECTRICAL,
    STORAGE,
    SUPPLY,
    GENERATORS,
    DEMAND_RESPONSE,
    POWER_PURCHASE,
    OFFERS,
    QUOTATIONS,
    SCOPE,
    TENDER,
    EXCHANGE_RATES,
    ASSET_CLASSES,
    SWEEP,
    SCENARIOS,
    SCENARIO_INPUTS,
    HOURLY,
)
"""All sheets, in the workbook's order."""


def sheet(name: str) -> Sheet:
    """The sheet of that name; KeyError if there is none."""
    for candidate in SHEETS:
        if candidate.name == name:
            return candidate
    raise KeyError(f"no sheet {name}")


def referenced(column: Column) -> tuple[tuple[Sheet, Column], ...]:
    """The key columns of other tables whose values may stand in a column."""
    pairs = (reference.split(".") for reference in column.references)
    return tuple((sheet(name), sheet(name).column(field)) for name, field in pairs)


__all__ = [
    "BREAKS",
    "GRADES",
    "HEADER_ROW",
    "HOURLY",
    "MEANING_ROW",
    "PROJECT",
    "PROVENANCE_NAMES",
    "RECORD_HEADER",
    "SHEETS",
    "SITES",
    "TITLE_ROW",
    "UNITS_ROW",
    "USERS",
    "USER_NAME",
    "VERSION",
    "VERSION_NAME",
    "Column",
    "Sheet",
    "User",
    "referenced",
    "sheet",
]
