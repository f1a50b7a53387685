"""Sheets Racks and OperatingPoints -> Rack, OperatingPoint."""

from __future__ import annotations

from models.case import OperatingPoint, Rack
from planner.schema.cooling import LIQUID_CLASSES
from planner.schema.work import TOKENS_PER_S
from planner.validate.rows import Row, Tables
from planner.validate.study import terms

SPEED = (
    "peak_tflops",
    "utilisation_pct",
    "utilisation_counts",
    "flop_per_parameter_token",
    "active_parameters_billion",
)
"""Columns of OperatingPoints that together make a training rate."""


def racks(tables: Tables) -> tuple[Rack, ...]:
    """Every available rack type that is free of findings."""
    built = []
    for row in tables["Racks"]:
        if row.ok("idle_kw", "peak_kw") and row["idle_kw"] > row["peak_kw"]:
            tables.report(row.finding("idle_kw", "", f"at most peak_kw, {1000 * row['peak_kw']:g}"))
        elif row.ok() and tables.intact("AssetClasses"):
            row.used = True
            built.append(_rack(tables, row))
    return tuple(built)


def _rack(tables: Tables, row: Row) -> Rack:
    return Rack(
        name=row["name"],
        peak_mw=row["peak_kw"],
        idle_mw=row["idle_kw"],
        cost_kcur=row["price"],
        terms=terms(tables, row),
        ancillary_mw=row["ancillary_kw"],
        ancillary_cost_kcur=row["ancillary_price"],
        ancillary_racks=row["ancillary_racks"],
        liquid_share=row["liquid_share_pct"],
        max_supply_c=_warmest_supply_c(tables, row),
        usable_share=row["usable_share_pct"],
        max_racks=row["max_racks"],
        accelerators=row["accelerators"],
        supply=row["supply"],
        buffer_mw=row["buffer_kw"],
        buffer_mwh=row["buffer_kj"],
        domestic=row["domestic"],
    )


def _warmest_supply_c(tables: Tables, row: Row) -> float | None:
    """Warmest liquid supply a rack accepts [degC]: stated, or that of its class."""
    if row["liquid_class"] is None:
        return None if row["max_supply_c"] is None else float(row["max_supply_c"])
    if row["max_supply_c"] is not None:
        tables.report(row.finding("liquid_class", "", "a blank cell", "give it or max_supply_c, not both"))
    row.disregard("max_supply_c")
    return LIQUID_CLASSES[row["liquid_class"]]


def operating_points(tables: Tables) -> tuple[OperatingPoint, ...]:
    """Operating points of available racks; those of racks that are switched off are left out."""
    known, off = tables["Racks"].by("name"), {r["name"] for r in tables["Racks"].off}
    built = []
    for row in tables["OperatingPoints"]:
        if row.ok("rack") and row["rack"] in off and row["rack"] not in known:
            continue
        rack = known.get(row["rack"]) if row.ok("rack") else None
        training = _training_rate(tables, row, rack)
        if not row.ok() or rack is None or training is None or not _power_fits(tables, row, rack):
            continue
        if not (training or row["input_tokens_per_s"] or row["output_tokens_per_s"]):
            tables.report(row.finding("output_tokens_per_s", "", "a rate above zero: output, input or training tokens"))
            continue
        row.used = True
        built.append(
            OperatingPoint(
                rack=row["rack"],
                operating_class=row["operating_class"],
                full_mw=row["full_kw"],
                input_mtok_per_h=row["input_tokens_per_s"],
                output_mtok_per_h=row["output_tokens_per_s"],
                counts_cached=row["counts_cached"],
                training_mtok_per_h=training,
            )
        )
    return tuple(built)


def _power_fits(tables: Tables, row: Row, rack: Row) -> bool:
    if not rack.ok("idle_kw", "peak_kw") or rack["idle_kw"] > rack["peak_kw"]:
        return False
    low, high = rack["idle_kw"], rack["peak_kw"]
    if low - 1e-12 <= row["full_kw"] <= high + 1e-12:
        return True
    message = f"{row['rack']} draws {1000 * low:g} kW idle and {1000 * high:g} kW at its peak"
    see = (*row.cells("rack"), *rack.cells("idle_kw", "peak_kw"))
    tables.report(row.finding("full_kw", "", "power between the rack's idle and peak power", message, see))
    return False


def _training_rate(tables: Tables, row: Row, rack: Row | None) -> float | None:
    """Training tokens of a busy rack [Mtok/h]: stated, or accelerators * peak * utilisation / (FLOP per parameter and
    token * active parameters). None if it cannot be told."""
    if not row.ok("training_tokens_per_s", *SPEED):
        return None
    given = [name for name in SPEED if row.given(name)]
    if not given:
        return float(row["training_tokens_per_s"])
    if row["training_tokens_per_s"]:
        message = f"give it, or {', '.join(SPEED)}, not both"
        tables.report(row.finding("training_tokens_per_s", "", "a blank cell", message))
        return None
    missing = [name for name in SPEED if not row.given(name)]
    if missing:
        message = f"{', '.join(given)} only make a rate together with {', '.join(missing)}"
        tables.report(row.finding(missing[0], "a blank cell", "a value", message))
        return None
    if row["utilisation_counts"] == "hardware_flop" and row["flop_per_parameter_token"] <= 6:
        message = "hardware_flop counts recomputation too; 6 is the useful work alone (model_flop)"
        tables.report(row.finding("flop_per_parameter_token", "", "above 6", message))
        return None
    if rack is None or not rack.ok("accelerators"):
        return None
    if not rack["accelerators"]:
        message = f"the training rate of {row['rack']} in row {row.number} of OperatingPoints needs it"
        see = row.cells("rack", "peak_tflops")
        tables.report(rack.finding("accelerators", "", "the number of accelerators per rack", message, see))
        return None
    speed = rack["accelerators"] * row["peak_tflops"] * row["utilisation_pct"]
    tokens_per_s = speed / (row["flop_per_parameter_token"] * row["active_parameters_billion"])
    return float(tokens_per_s * TOKENS_PER_S)
