"""What a battery's use and age cost: facts of a Case, no model."""

from __future__ import annotations

from models.case import Battery


def wear_kcur_per_mwh(battery: Battery) -> float:
    """Part of a replacement that each MWh discharged pays for [kcur/MWh]; 0 unless ageing goes by throughput."""
    if battery.ageing != "throughput" or battery.cycle_life is None:
        return 0.0
    return battery.energy_kcur_per_mwh * battery.terms.replacement_share / battery.cycle_life


def augmentation_kcur_per_mwh(battery: Battery) -> float:
    """Cost per year of buying again what fades, per energy installed [kcur/MWh-year]."""
    return battery.fade_per_year * battery.energy_kcur_per_mwh if battery.augmented else 0.0
