"""Cooling curves at the weather of each step."""

from __future__ import annotations

import numpy as np

from models.case import Cooling, CoolingCurve, Site
from models.fields import Series


def _on_grid(curve: CoolingCurve, values: tuple[float, ...], temperature: Series, humidity: Series) -> Series:
    """Bilinear interpolation on the full grid of temperatures and humidities, constant beyond its edges."""
    temperatures = np.unique(curve.temperature_c)
    humidities = np.unique(curve.relative_humidity_pct)
    table = np.empty((temperatures.size, humidities.size))
    rows = np.searchsorted(temperatures, curve.temperature_c)
    table[rows, np.searchsorted(humidities, curve.relative_humidity_pct)] = values
    per_humidity = np.array([np.interp(temperature, temperatures, table[:, j]) for j in range(humidities.size)])
    position = np.interp(humidity, humidities, np.arange(humidities.size))
    low = np.minimum(position.astype(int), max(humidities.size - 2, 0))
    high = np.minimum(low + 1, humidities.size - 1)
    steps = np.arange(temperature.size)
    part = position - low
    result: Series = (1 - part) * per_humidity[low, steps] + part * per_humidity[high, steps]
    return result


def _at_weather(curve: CoolingCurve, values: tuple[float, ...], site: Site, dry_k: float, wet_k: float) -> Series:
    dry, wet = site.dry_bulb_c + dry_k, site.wet_bulb_c + wet_k
    if curve.driver == "dry_bulb_and_humidity":
        return _on_grid(curve, values, dry, site.relative_humidity_pct)
    order = np.argsort(curve.temperature_c)
    if curve.driver == "source_water":
        assert site.source_water_c is not None  # the workbook check asks for it
        temperature = site.source_water_c
    else:
        temperature = dry if curve.driver == "dry_bulb" else wet
    result: Series = np.interp(temperature, np.array(curve.temperature_c)[order], np.array(values)[order])
    return result


def electricity_pu(cooling: Cooling, site: Site) -> Series:
    """Electric power per heat removed in each step [MW/MW]; shape (steps,)."""
    return _at_weather(cooling.curve, cooling.curve.electricity_pu, site, 0.0, 0.0)


def compressor_share(cooling: Cooling, site: Site) -> Series | None:
    """Share of the heat that compressors take in each step; None if the curve does not say. Shape (steps,)."""
    shares = cooling.curve.compressor_share
    return _at_weather(cooling.curve, shares, site, 0.0, 0.0) if shares else None


def water_m3_per_mwh(cooling: Cooling, site: Site) -> Series:
    """Water per heat removed in each step [m3/MWh]; shape (steps,)."""
    return _at_weather(cooling.curve, cooling.curve.water_m3_per_mwh, site, 0.0, 0.0)


def design_day_pu(cooling: Cooling, site: Site) -> float:
    """Highest electric power per heat removed on the design day [MW/MW]: every step with the site's margins added."""
    dry_k, wet_k = site.design_margin_dry_k, site.design_margin_wet_k
    return float(_at_weather(cooling.curve, cooling.curve.electricity_pu, site, dry_k, wet_k).max())


def design_day_water(cooling: Cooling, site: Site) -> float:
    """Most water per heat removed on the design day [m3/MWh]: every step with the site's margins added."""
    dry_k, wet_k = site.design_margin_dry_k, site.design_margin_wet_k
    return float(_at_weather(cooling.curve, cooling.curve.water_m3_per_mwh, site, dry_k, wet_k).max())


def power_mw(cooling: Cooling, each_pu: Series, heat_mw: Series, made_mw: Series, design_heat_mw: float) -> Series:
    """Electric power of a cooling type in each step [MW]; shape (steps,).

    each_pu: its curve [MW/MW]; heat_mw: heat of racks; made_mw: cold made, less by what is sold or comes from a tank;
    design_heat_mw: heat of all racks on it at peak, which the part that stays at no load follows."""
    store = cooling.store
    if store is None or store.max_mwh <= 0:
        following = each_pu * made_mw
    else:
        stays = np.minimum(store.distribution_pu, each_pu)
        following = stays * heat_mw + (each_pu - stays) * made_mw
    result: Series = cooling.fixed_share * each_pu * design_heat_mw + (1 - cooling.fixed_share) * following
    return result
