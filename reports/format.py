"""The one place where numbers become text: rounding, unit prefixes, currency. Missing values read as a dash."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

MISSING = "–"
_MINUS = "\u2212"
_UNITS = (
    r"[kMGT]?Wh?|[kM]VA|kV|[kM]?J|T?FLOP|Hz|ms|s|min|minutes|h|hours?|days?|months?|years?|times|cycles|kt|t|kg|g|km|"
    r"m[²³23]?|L|litres|°C|degC|K|racks?|units?|tokens|(?:m|b|tr|quadr)illion|thousand|[A-Z]{3}(?=/)"
)
_MONTHS = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_NUMBER_AND_UNIT = re.compile(
    rf"(?<=\d) (?=(?:{_UNITS}|{_MONTHS})(?![\w-])|[%×])|(?<=\b[A-Z]{{3}}) (?=[\d<−])|(?<=×) |(?<=\bmonth) (?=\d)"
)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WORDS = ((1e15, "quadrillion"), (1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


def number(value: float | None, digits: int = 0) -> str:
    """A number with `digits` decimals, grouped by thousands, a true minus sign and no negative zero."""
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{abs(value):,.{digits}f}"
    is_zero = not any(c in "123456789" for c in text)
    return text if value >= 0 or is_zero else _MINUS + text


def significant(value: float | None, figures: int = 3) -> str:
    """A number with about `figures` significant figures; whole numbers are never shortened."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(float(f"{value:.{figures}g}"))))
    if exponent < -6:
        mantissa = number(value / 10.0**exponent, figures - 1)
        return f"{mantissa} × 10⁻{str(-exponent).translate(_RAISED)}"
    return number(value, max(0, figures - 1 - exponent))


def trimmed(value: float | None, figures: int = 3) -> str:
    """As `significant`, without trailing zeros: 0.5, 4.86, 12."""
    text = significant(value, figures)
    return text.rstrip("0").rstrip(".") if "." in text and "×" not in text else text


def percent(share: float | None, digits: int = 1) -> str:
    """A share of one as per cent; a small one, of either sign, does not read as none: `<0.1 %`."""
    if share is None or not math.isfinite(share):
        return MISSING
    least = 10.0**-digits
    return f"<{number(least, digits)} %" if 1e-9 < abs(share) < least / 200 else f"{number(100 * share, digits)} %"


def part(value: float, total: float, figures: int = 3) -> str:
    """A part of a total: about `figures` figures, but at most two decimals more than the total has with as many."""
    most = len(significant(total, figures).partition(".")[2]) + 2
    text, least = significant(value, figures), 10.0**-most
    if len(text.partition(".")[2]) <= most:
        return text
    return number(value, most) if abs(value) >= least / 2 else f"<{number(least, most)}"


def share_of(value: float, total: float) -> str:
    """A part as a share of its total with two figures: `64 %`, `8.3 %`, `0.2 %`, `<0.1 %`."""
    if not total:
        return MISSING
    share = value / total
    return f"{trimmed(100 * share, 2)} %" if abs(share) >= 0.01 else percent(share)


def apart(values: Sequence[float], show_one: Callable[[float, int], str], figures: int, most: int = 7) -> list[str]:
    """Values in words with the fewest figures, from `figures` on, that still tell different ones apart."""
    texts = [[show_one(value, n) for value in values] for n in range(figures, most + 1)]
    return next(found for found in texts if len(set(found)) == len(set(texts[-1])))


def with_unit(text: str, unit: str) -> str:
    """A formatted number with its unit; a missing value stands alone."""
    return text if text == MISSING or not unit else f"{text} {unit}"


def singular(unit_text: str) -> str:
    """A unit as it stands after `per`: rack, unit, m³ a year."""
    words = {"racks": "rack", "units": "unit", "m³/year": "m³ a year", "t/year": "t a year"}
    return words.get(unit_text, unit_text)


def glued(text: str) -> str:
    """Text whose numbers stay on one line with their unit, scale or month (no-break spaces)."""
    return _NUMBER_AND_UNIT.sub("\u00a0", text)


def unit(text: str) -> str:
    """A unit as it is printed: m³, m², °C instead of m3, m2, degC; of a plain number none."""
    return "" if text == "1" else text.replace("m3", "m³").replace("m2", "m²").replace("degC", "°C")


def scale_of(value: float, figures: int = 3) -> tuple[float, str]:
    """In what a large number is told, and its word: 1e6, million; 1 and none for a small one."""
    rounded = abs(float(f"{value:.{figures}g}"))
    return next(((scale, word) for scale, word in _WORDS if rounded >= scale), (1.0, ""))


def _worded(value: float, figures: int) -> str:
    """A large number with its scale in words: 297.1 million."""
    scale, word = scale_of(value, figures)
    rounded = float(f"{value:.{figures}g}")
    return f"{significant(rounded / scale, figures)} {word}" if word else significant(value, figures)


def money(kcur: float | None, currency: str, figures: int = 4) -> str:
    """Thousand units of currency as an amount in words: `USD 297.1 million`."""
    if kcur is None or not math.isfinite(kcur):
        return MISSING
    return f"{currency} {_worded(1000 * kcur, figures)}"


def money_range(low_kcur: float, high_kcur: float, currency: str, figures: int = 3) -> str:
    """Two amounts as one range, with one currency and one scale: `USD 102 to 155 thousand`; one figure where both
    ends read alike."""
    nearest = min(abs(v) for v in (low_kcur, high_kcur) if v) if low_kcur or high_kcur else 0.0
    scale, word = scale_of(1000 * nearest, figures)  # no end reads as 0.1 of something
    ends = [significant(1000 * v / scale, figures) for v in (low_kcur, high_kcur)]
    return f"{currency} {' to '.join(dict.fromkeys(ends))} {word}".rstrip()


def money_each(kcur: float | None, currency: str) -> str:
    """A small price given in thousands (per million tokens, per MWh): `USD 0.542`."""
    return MISSING if kcur is None or not math.isfinite(kcur) else f"{currency} {significant(1000 * kcur)}"


def tokens(mtok: float | None) -> str:
    """Million tokens as a count in words: `49.7 trillion`."""
    return MISSING if mtok is None or not math.isfinite(mtok) else _worded(1e6 * mtok, 3)


def energy(mwh: float | None) -> str:
    """An energy in MWh, or kWh below 1 MWh, or GWh from 1,000 MWh on, or TWh from 1,000,000."""
    if mwh is None or not math.isfinite(mwh):
        return MISSING
    for scale, unit in ((1e6, "TWh"), (1e3, "GWh"), (1.0, "MWh")):
        if abs(mwh) >= scale:
            return f"{significant(mwh / scale)} {unit}"
    return f"{significant(1000 * mwh)} kWh" if mwh else "0 MWh"


def scaled(value: float, unit_text: str) -> tuple[float, str]:
    """A size in the unit that fits it: MW or MWh, below 1 kW or kWh, below 1 of these W or Wh; other units stay."""
    if not unit_text.startswith("MW") or value == 0:
        return value, unit_text
    scale, prefix = next(((s, p) for s, p in ((1.0, "M"), (1e3, "k")) if abs(s * value) >= 1), (1e6, ""))
    return scale * value, prefix + unit_text[1:]


def quantity(value: float, unit_text: str) -> tuple[float, str]:
    """A quantity in the unit that fits it, of which one is singular: 36 racks, 1 unit, 20.8 Wh."""
    amount, fitting = scaled(value, unit_text)
    return amount, singular(fitting) if amount == 1 else fitting


def power(mw: float | None) -> str:
    """A power in MW, kW or W, without trailing zeros."""
    return _size(mw, "MW")


def stored(mwh: float | None) -> str:
    """The size of a store in MWh, kWh or Wh, without trailing zeros."""
    return _size(mwh, "MWh")


def _size(value: float | None, unit_text: str) -> str:
    if value is None or not math.isfinite(value):
        return MISSING
    amount, fitting = scaled(value, unit_text)
    return f"{trimmed(amount)} {fitting}"


def store_size(mw: float, mwh: float) -> str:
    """Power, energy and duration of a battery: `97.1 kW, 364 kWh: 3.7 h at full power`; below 3 min in seconds."""
    hours = mwh / mw if mw > 0 else 0.0
    duration = f"{trimmed(hours, 2)} h" if hours >= 0.05 else f"{trimmed(3600 * hours, 2)} s"
    return f"{power(mw)}, {stored(mwh)}" + (f": {duration} at full power" if mw > 0 else "")


def count(amount: int, singular: str, plural: str | None = None) -> str:
    """A count with its noun in the right number: `1 rack`, `36 racks`."""
    return f"{number(amount)} {singular if amount == 1 else plural or singular + 's'}"


def joined(parts: list[str]) -> str:
    """A list in a sentence: `a, b and c`."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""


def in_a_list(name: str) -> str:
    """A name within a list, in which a comma would read as its end: `power (site-built)` of `power, site-built`."""
    return re.sub(r", (.+)$", r" (\1)", name)


def band(power_mw: float, energy_mwh: float) -> str:
    """Power and energy kept for a service; a dash for nothing."""
    kept = power_mw > 1e-9 and energy_mwh > 1e-9
    return glued(f"{power(power_mw)}, {stored(energy_mwh)}") if kept else MISSING


def saving(low_kcur: float, high_kcur: float, currency: str) -> str:
    """What a change saves (or costs) that lies between two amounts: `saves USD 3.00 to 3.40 million`."""
    if low_kcur < 0 < high_kcur:
        return "no difference within the gaps"
    ends = sorted(abs(v) for v in (low_kcur, high_kcur))
    texts = list(dict.fromkeys(money(v, currency, figures=3) for v in ends))
    verb = "costs" if high_kcur <= 0 else "saves"
    return f"{verb} at most {texts[-1]}" if ends[0] == 0 < ends[1] else f"{verb} {' to '.join(texts)}"
