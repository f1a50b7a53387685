"""Columns of Racks, OperatingPoints, Workloads, Windows, Profiles, TokenWeights and Offers, by hand (columns_bases)."""

from __future__ import annotations

from columns_bases import BURST, RACKS, TRAINING, Move, busy, busy_at, cost, ending, kpi, mean_mw, racks, units

_IT = mean_mw("it_mw")
_HALF_BUSY = {"Racks.usable_share_pct": 50}
_SPEED = {
    "Racks.accelerators": 8,
    "OperatingPoints.training_tokens_per_s": None,
    "OperatingPoints.peak_tflops": 1000,
    "OperatingPoints.utilisation_pct": 37.5,
    "OperatingPoints.utilisation_counts": "model_flop",
    "OperatingPoints.flop_per_parameter_token": 6,
    "OperatingPoints.active_parameters_billion": 500,
}
"""8 * 1e15 FLOP/s * 0.375 / (6 FLOP * 500e9) = 1,000 tokens per second."""
RACK = (
    Move(
        RACKS,
        {"Racks.peak_kw": 200},
        units,
        2,
        5,
        "five racks of 100 kW, two of 200 kW in a pod of 500 kW",
        given={"Cooling.max_rack_kw": 200},
    ),
    Move(RACKS, {"Racks.idle_kw": 50}, _IT, 1.4, 1.5, "10 busy at 100 kW, 10 idle at 40, 50 kW", given=_HALF_BUSY),
    Move(RACKS, {"Racks.price": 1_010_000}, cost("racks"), 10_000, 10_100, "10 racks"),
    Move(RACKS, {"Racks.ancillary_kw": 10}, _IT, 1.0, 1.1, "10 racks * 10 kW more"),
    Move(RACKS, {"Racks.ancillary_price": 50_000}, cost("ancillary_it"), 0, 500, "10 racks"),
    Move(
        RACKS,
        {"Racks.ancillary_racks": 1},
        units,
        2,
        5,
        "of five positions two racks take four",
        given={"Offers.rack_positions": 5},
    ),
    Move(RACKS, {"Racks.usable_share_pct": 50}, racks, 10, 20, "10 busy are half of 20"),
    Move(RACKS, {"Racks.max_racks": 9}, ending, "plan", "infeasible", "10 are needed", given={"Racks.max_racks": 10}),
    Move(
        RACKS,
        {"Racks.domestic": "no"},
        ending,
        "plan",
        "infeasible",
        "all racks must be domestic",
        given={"Racks.domestic": "yes", "Project.min_domestic_pct": 100},
    ),
    Move(RACKS, {"Project.min_domestic_pct": 1}, ending, "plan", "infeasible", "no rack is domestic"),
    Move(TRAINING, {"Racks.accelerators": 16}, racks, 10, 5, "twice the speed", given=_SPEED),
)

_WITH_INPUT = {"Workloads.input_tokens": 1000, "OperatingPoints.input_tokens_per_s": 1000}
POINTS = (
    Move(RACKS, {"OperatingPoints.full_kw": 80}, _IT, 1.0, 0.8, "10 busy racks"),
    Move(
        RACKS,
        {"OperatingPoints.input_tokens_per_s": 500},
        racks,
        10,
        20,
        "36,000 requests/h of 1,000 input tokens = 10,000 tokens/s",
        given=_WITH_INPUT,
    ),
    Move(RACKS, {"OperatingPoints.output_tokens_per_s": 500}, racks, 10, 20, "10,000 tokens/s"),
    Move(TRAINING, {"OperatingPoints.training_tokens_per_s": 500}, racks, 10, 20, "432 Mtok in 12 h = 10,000 tokens/s"),
    Move(TRAINING, {"OperatingPoints.peak_tflops": 500}, racks, 10, 20, "half the speed", given=_SPEED),
    Move(TRAINING, {"OperatingPoints.utilisation_pct": 75}, racks, 10, 5, "twice the speed", given=_SPEED),
    Move(TRAINING, {"OperatingPoints.flop_per_parameter_token": 12}, racks, 10, 20, "twice the work", given=_SPEED),
    Move(TRAINING, {"OperatingPoints.active_parameters_billion": 250}, racks, 10, 5, "half the work", given=_SPEED),
)

_GANG = {"Workloads.gang_min": 15}
LATE_PEAK = {"Workloads.profile": "p", "Profiles.profile": "p"} | {
    f"Profiles.h{h:02d}": 2 if h == 3 else 1 for h in range(24)
}
WORK = (
    Move(RACKS, {"Workloads.requests_per_day": 432_000}, racks, 10, 5, "18,000 requests/h over 3,600 per rack"),
    Move(
        RACKS,
        {"Workloads.clock_ahead_h": 3},
        busy_at(0),
        9.6,
        19.2,
        "the double hour from 03:00 comes at 00:00 of the site; 240 rack-hours in 25 parts",
        given=LATE_PEAK,
    ),
    Move(RACKS, {"Workloads.input_tokens": 2000}, racks, 10, 20, "20,000 input tokens/s", given=_WITH_INPUT),
    Move(
        RACKS,
        {"Workloads.cached_tokens": 1000},
        racks,
        10,
        20,
        "1,000 and 1,000 input tokens per request",
        given=_WITH_INPUT | {"OperatingPoints.counts_cached": "yes"},
    ),
    Move(RACKS, {"Workloads.output_tokens": 2000}, racks, 10, 20, "20,000 tokens/s"),
    Move(BURST, {"Workloads.max_delay_h": 3}, racks, 10, 5, "20 rack-hours in two hours, in four"),
    Move(TRAINING, {"Workloads.run_tokens_billion": 0.216}, racks, 10, 5, "216 Mtok in 12 h at 3.6 Mtok/h"),
    Move(TRAINING, {"Workloads.gang_min": 15}, racks, 10, 15, "more than the window needs"),
    Move(
        TRAINING,
        {"Workloads.gang_max": 9},
        ending,
        "plan",
        "refused at run_tokens_billion",
        "the window needs 10",
        given={"Workloads.gang_max": 10},
    ),
    Move(
        TRAINING,
        {"Workloads.pause_pct": 33},
        ending,
        "plan",
        "refused at run_tokens_billion",
        "15 racks for the work of 10 pause a third of the time",
        given=_GANG | {"Workloads.pause_pct": 34},
    ),
    Move(TRAINING, {"Windows.days": 0.25}, racks, 10, 20, "432 Mtok in 12 h, in 6 h"),
    Move(
        RACKS,
        {f"Profiles.h{h:02d}": h + 1 for h in range(24)},
        busy,
        [10] * 24,
        [0.8 * (h + 1) for h in range(24)],
        "240 rack-hours, hour by hour in 1 to 24 of 300 parts",
        given={"Workloads.profile": "p", "Profiles.profile": "p"} | {f"Profiles.h{h:02d}": 1 for h in range(24)},
    ),
)

_REFERENCE = kpi("reference_mtok")
WEIGHTS = (
    Move(
        RACKS,
        {"TokenWeights.weight_input": 0.5},
        _REFERENCE,
        864,
        1296,
        "864 Mtok of output, and half of 864 of input",
        given={"Workloads.input_tokens": 1000},
    ),
    Move(
        RACKS,
        {"TokenWeights.weight_cached": 0.5},
        _REFERENCE,
        864,
        1296,
        "864 Mtok of output, and half of 864 from the cache",
        given={"Workloads.cached_tokens": 1000},
    ),
    Move(RACKS, {"TokenWeights.weight_output": 2}, _REFERENCE, 864, 1728, "864,000 requests * 1,000 tokens"),
    Move(TRAINING, {"TokenWeights.weight_training": 0.5}, _REFERENCE, 0, 216, "half of 432 Mtok"),
)

_MODULES = cost("modules")
_TWO_PODS = "two pods at a million each"
_APART = (
    {"Offers.kind": "it", "Offers.electrical_kw": None, "Offers.heat_kw": None, "Offers.cooling": None}
    | {
        f"Offers[{i}].{name}": value
        for i, own in enumerate(({"kind": "power", "electrical_kw": 500}, {"kind": "cooling", "heat_kw": 500}), start=1)
        for name, value in (own | {"name": own["kind"], "vendor": "V", "ex_works": 1000, "lead_p50_months": 1}).items()
    }
    | {"Offers[2].cooling": "air"}
)
"""Two halls, two power and two cooling units instead of two pods."""


def _price_break(number: int) -> tuple[Move, ...]:
    given = {f"Offers.break{number}_count": 2, f"Offers.break{number}_ex_works": 900_000}
    why = "two pods at 900,000 each from two on"
    return (
        Move(RACKS, {f"Offers.break{number}_count": 3}, _MODULES, 1800, 2000, f"{why}, from three on", given=given),
        Move(RACKS, {f"Offers.break{number}_ex_works": 800_000}, _MODULES, 1800, 1600, f"{why}; 800,000", given=given),
    )


OFFERS = (
    Move(RACKS, {"Offers.it_kw": 250}, units, 2, 5, "two racks of 100 kW per pod"),
    Move(RACKS, {"Offers.electrical_kw": 250}, units, 2, 5, "two racks of 100 kW per pod"),
    Move(RACKS, {"Offers.heat_kw": 250}, units, 2, 5, "two racks of 100 kW per pod"),
    Move(RACKS, {"Offers[1].electrical_kw": 250}, units, 6, 8, "1 MW by four power units, not two", given=_APART),
    Move(RACKS, {"Offers[2].heat_kw": 250}, units, 6, 8, "1 MW by four cooling units, not two", given=_APART),
    Move(
        RACKS,
        {"Offers.rack_limit_kw": 99},
        ending,
        "plan",
        "refused at it_kw",
        "racks of 100 kW",
        given={"Offers.rack_limit_kw": 100},
    ),
    Move(RACKS, {"Offers.rack_positions": 2}, units, 2, 5, "ten racks in twos", given={"Offers.rack_positions": 5}),
    Move(
        RACKS,
        {"Offers.footprint_m2": 201},
        ending,
        "plan",
        "infeasible",
        "two pods on 400 m2",
        given={"Sites.area_m2": 400, "Offers.footprint_m2": 200},
    ),
    Move(RACKS, {"Offers.ex_works": 1_100_000}, _MODULES, 2000, 2200, _TWO_PODS),
    Move(RACKS, {"Offers.freight": 100_000}, _MODULES, 2000, 2200, _TWO_PODS),
    Move(RACKS, {"Offers.insurance": 100_000}, _MODULES, 2000, 2200, _TWO_PODS),
    Move(RACKS, {"Offers.duty_pct": 10}, _MODULES, 2000, 2200, _TWO_PODS),
    Move(RACKS, {"Offers.import_tax_pct": 10}, _MODULES, 2000, 2200, _TWO_PODS),
    Move(RACKS, {"Offers.inland": 100_000}, _MODULES, 2000, 2200, _TWO_PODS),
    Move(RACKS, {"Offers.installation": 100_000}, _MODULES, 2000, 2200, _TWO_PODS),
    *_price_break(1),
    *_price_break(2),
    *_price_break(3),
    Move(RACKS, {"Offers.min_count": 3}, units, 2, 3, "more than is needed"),
    Move(RACKS, {"Offers.max_count": 1}, ending, "plan", "infeasible", "two are needed", given={"Offers.max_count": 2}),
    Move(RACKS, {"Offers.lead_p50_months": 12.1}, ending, "plan", "refused at need_month", "needed in month 12"),
    Move(
        RACKS,
        {"Offers.lead_p90_months": 12.1},
        ending,
        "plan",
        "refused at need_month",
        "needed in month 12, nine chances in ten",
        given={"Offers.lead_p50_months": 1, "Offers.lead_p90_months": 12, "Project.lead_confidence": "P90"},
    ),
)

COMPUTE = RACK + POINTS + WORK + WEIGHTS + OFFERS
