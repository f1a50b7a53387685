"""Moist air: pressure at altitude, humidity, enthalpy, wet bulb. Temperatures in degC, humidity in %, pressure in hPa.

Saturation over water by Magnus with the coefficients of Alduchov and Eskridge (1996), within 0.4 % from -40 to 50 degC;
the standard atmosphere for pressure and density."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Air = NDArray[np.float64]
SEA_LEVEL_HPA = 1013.25
PSYCHROMETER_PER_K = 6.62e-4
"""Of an aspirated wet bulb: vapour = saturation at the wet bulb - this * pressure * (dry - wet)."""


def pressure_hpa(altitude_m: float) -> float:
    """Air pressure of the standard atmosphere [hPa]."""
    return SEA_LEVEL_HPA * float((1 - 2.25577e-5 * altitude_m) ** 5.25588)


def density_ratio(altitude_m: float) -> float:
    """Air density over that at sea level, standard atmosphere."""
    return float((1 - 2.25577e-5 * altitude_m) ** 4.25588)


def saturation_hpa(temperature_c: Air) -> Air:
    """Vapour pressure of saturated air [hPa]."""
    result: Air = 6.1094 * np.exp(17.625 * temperature_c / (temperature_c + 243.04))
    return result


def humidity_ratio(temperature_c: Air, humidity_pct: Air, pressure: float = SEA_LEVEL_HPA) -> Air:
    """Water in air [kg per kg of dry air]."""
    vapour = humidity_pct / 100 * saturation_hpa(temperature_c)
    result: Air = 0.622 * vapour / (pressure - vapour)
    return result


def enthalpy(temperature_c: Air, ratio: Air) -> Air:
    """Enthalpy of moist air [kJ per kg of dry air]."""
    result: Air = 1.006 * temperature_c + ratio * (2501 + 1.86 * temperature_c)
    return result


def wet_bulb_c(temperature_c: Air, humidity_pct: Air, pressure: float | Air = SEA_LEVEL_HPA) -> Air:
    """Wet-bulb temperature by the psychrometer equation, by bisection to 1e-6 K; not above the dry bulb.

    All of one shape (`pressure` may be one number for all); below freezing as over water."""
    vapour = humidity_pct / 100 * saturation_hpa(temperature_c)
    low, high = np.full_like(temperature_c, -80.0), np.array(temperature_c, float)
    for _ in range(48):
        middle = (low + high) / 2
        below = saturation_hpa(middle) - PSYCHROMETER_PER_K * pressure * (temperature_c - middle) < vapour
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return high
