"""Design day: power through the site and heat by path at the instants that size the plant, each balance closed."""

from __future__ import annotations

from collections.abc import Sequence

from models.design import Answer, Instant
from reports import series
from reports.schedule import option_name
from reports.sheets import native
from reports.sheets.layout import Book, Column, Formula, Page, address, span

COLUMNS = (Column("", "wrap", 48), *(Column("", "one", 18),) * 3, Column("", "wrap", 60))
CLOSING = (COLUMNS[0], *(Column("", "three"),) * 3, COLUMNS[4])
_NAMES = {"design day": "Design day", "highest import": "Highest import", "hottest step": "Hottest step"}
_ARRIVING = {
    "import": "Import at the meter",
    "onsite": "On-site supply",
    "generators": "Generators",
    "battery_discharge": "Battery, discharging",
    "lost_load": "Load not served",
}
_LEAVING = {
    "house": "Offices, lighting, security",
    "plain_load": "Other load given",
    "battery_charge": "Battery, charging",
    "export": "Export at the meter",
}
_MEANING = (
    "Design day: all racks at peak with their ancillary IT in the worst weather of the year and the site's "
    "margins, without storage or on-site supply: the grid carries all. The other two are steps of the plan's "
    "operation."
)
Values = Sequence[float | None]


def write(book: Book, answer: Answer) -> None:
    """Write the sheet."""
    found = answer.accounts.instants
    note = "Power in kW, heat in kW thermal; sums, balances and ratios are live formulas"
    page = Page(book, "Design day", "Design-day heat and power balance", note, COLUMNS)
    page.row -= 1
    page.paragraph(_MEANING)
    page.row += 1
    heads = [Column(_head(answer, i), "one") for i in found]
    page.repeat(page.header([Column("Instant", "wrap"), *heads, Column("How it is counted", "wrap")]), 1)
    _line(page, "Dry bulb, °C", [i.dry_bulb_c for i in found])
    _line(page, "Wet bulb, °C", [i.wet_bulb_c for i in found])
    _power(page, answer, found)
    if found[0].heat:
        _heat(page, found)
        _plant(page, found)
    page.row += 1
    _chart(page, found)


def _head(answer: Answer, instant: Instant) -> str:
    name = _NAMES[instant.name]
    return name if instant.step is None else f"{name}\n{series.step_label(answer.case.calendar, instant.step)}"


def _line(page: Page, label: str, values: Values, words: str = "") -> None:
    page.rows([(label, *values, words)])


def _kw(values: Values) -> list[float | None]:
    return [None if v is None else 1000 * v for v in values]


def _sum(page: Page, label: str, first: int, values: Values, words: str = "") -> int:
    """The sum of the rows from `first` on; returns its row."""
    cells = [Formula(f"=SUM({span(first, page.row - 1, c)})", v or 0.0) for c, v in enumerate(values, 1)]
    page.rows([(label, *cells, words)], None, "total")
    return page.row - 1


def _closing(page: Page, label: str, text: str, words: str) -> None:
    """A difference of two sums, zero but for rounding; `text` holds {0} for the letter of the column."""
    cells = [Formula(f"=ROUND({text.format(letter)},3)", 0.0) for letter in "BCD"]
    page.rows([(label, *cells, words)], CLOSING, "bold")


def _power(page: Page, answer: Answer, found: tuple[Instant, ...]) -> None:
    """From the grid through the chain to the racks."""
    page.heading("Power arriving, kW")
    first = page.row
    for key, label in _ARRIVING.items():
        if key == "import" or any(i.power_mw.get(key) for i in found):
            _line(page, label, _kw([i.power_mw.get(key, 0.0) for i in found]))
    arriving = _sum(page, "Arriving", first, _kw([sum(i.power_mw.get(k, 0.0) for k in _ARRIVING) for i in found]))
    page.heading("Power leaving, kW")
    first = page.row
    for option in found[0].rack_mw:
        words = "IT with its ancillary IT, behind the electrical chain"
        _line(page, f"Racks: {option_name(option)}", _kw([i.rack_mw[option] for i in found]), words)
    words = f"{answer.case.electrical.name}: standing loss of installed racks and a share of what flows"
    _line(page, "Losses of the electrical chain", _kw([i.power_mw["electrical_chain"] for i in found]), words)
    for name in found[0].heat:
        _line(page, f"Cooling: {name}", _kw([i.heat[name]["electric_mw"] for i in found]), "fans, pumps, compressors")
    served = page.row
    for key, label in _LEAVING.items():
        if any(i.power_mw[key] for i in found):
            _line(page, label, _kw([i.power_mw[key] for i in found]))
            served = page.row if key in ("house", "plain_load") else served
    out = [sum(v for k, v in i.power_mw.items() if k not in _ARRIVING) for i in found]
    leaving = _sum(page, "Leaving", first, _kw(out))
    balance = f"{{0}}{arriving + 1}-{{0}}{leaving + 1}"
    _closing(page, "Balance: arriving less leaving", balance, "zero: nothing is lost or made on the way")
    racks = len(found[0].rack_mw)
    if racks:
        cells = []
        for column, instant in enumerate(found, 1):
            text = f"=SUM({span(first, served - 1, column)})/SUM({span(first, first + racks - 1, column)})"
            load = sum(instant.power_mw[k] for k in ("racks", "electrical_chain", "cooling", "house", "plain_load"))
            cells.append(Formula(text, load / instant.power_mw["racks"]))
        page.rows([("Site load per power of the racks", *cells, "PUE of the instant")], CLOSING)


def _heat(page: Page, found: tuple[Instant, ...]) -> None:
    """Heat of the racks by path."""
    page.heading("Heat of the racks, kW thermal")
    words = "every kW of a rack leaves as heat; losses of the electrical chain leave by ventilation and are not counted"
    _line(page, "Given off by racks", _kw([i.power_mw["racks"] for i in found]), words)
    first = page.row
    for name in found[0].heat:
        _line(page, f"Taken by {name}", _kw([i.heat[name]["heat_mw"] for i in found]))
    total = [sum(h["heat_mw"] or 0.0 for h in i.heat.values()) for i in found]
    taken = _sum(page, "Taken", first, _kw(total))
    _closing(page, "Balance: given off less taken", f"{{0}}{first}-{{0}}{taken + 1}", "zero: no heat without a path")


def _plant(page: Page, found: tuple[Instant, ...]) -> None:
    """What the cooling plant needs for it, by cooling type."""
    for name in found[0].heat:
        paths = [i.heat[name] for i in found]
        page.heading(f"Cooling plant: {name}")
        _line(page, "Heat taken, kW thermal", _kw([p["heat_mw"] for p in paths]))
        heat = page.row - 1
        if any(p["from_store_mw"] for p in paths):
            words = "negative while the tank is charged"
            _line(
                page,
                "of which from the chilled-water tank, kW thermal",
                _kw([p["from_store_mw"] for p in paths]),
                words,
            )
        if any(p.get("reused_mw") for p in paths):
            _line(page, "of which sold, kW thermal", _kw([p.get("reused_mw") for p in paths]), "not cooled")
        _line(page, "Electric power, kW", _kw([p["electric_mw"] for p in paths]), "fans, pumps, compressors")
        power = page.row - 1
        if paths[0]["distribution_mw"] is not None:
            words = "stays in the hour of the heat, with or without a tank"
            _line(
                page, "of which pumps and fans of distribution, kW", _kw([p["distribution_mw"] for p in paths]), words
            )
        cells = []
        for column, p in enumerate(paths, 1):
            base = p["heat_mw"] or 0.0
            text = f"=IF({address(heat, column)}=0,0,{address(power, column)}/{address(heat, column)})"
            cells.append(Formula(text, (p["electric_mw"] or 0.0) / base if base else 0.0))
        page.rows([("Electric power per heat, kW/kW", *cells, "from the cooling curve at the weather above")], CLOSING)
        _line(page, "Water, m³/h", [p["water_m3_per_h"] for p in paths])


def _chart(page: Page, found: tuple[Instant, ...]) -> None:
    """Stacked columns: where the power goes at each instant. Their cells stand beneath the chart's title."""
    uses = {
        "IT": [i.power_mw["racks"] for i in found],
        "Cooling": [i.power_mw["cooling"] for i in found],
        "Electrical chain": [i.power_mw["electrical_chain"] for i in found],
        "House and other load": [i.power_mw["house"] + i.power_mw["plain_load"] for i in found],
        "Battery charging": [i.power_mw["battery_charge"] for i in found],
        "Export": [i.power_mw["export"] for i in found],
    }
    page.sheet.set_h_pagebreaks([page.row + 1])  # on paper the chart keeps its table
    page.heading("Where the power goes, kW")
    first = page.row
    page.header([Column("Use", "wrap"), *(Column(_NAMES[i.name], "one") for i in found), Column("")])
    used = {name: values for name, values in uses.items() if any(values)}
    for name, values in used.items():
        _line(page, name, _kw(values))
    made = native.chart(page, "bar", "stacked", "Where the power goes", "kW")
    for row, name in enumerate(used, first + 1):
        made.add_series(
            {
                "name": [page.name, row, 0],
                "categories": [page.name, first, 1, first, len(found)],
                "values": [page.name, row, 1, row, len(found)],
                "fill": {"color": native.COLOURS[name]},
                "gap": 55,
            }
        )
    words = "Stacked bars: power of IT, cooling, electrical losses and the rest at each instant, kW"
    native.place(page, made, page.row + 1, 0, (860, 260), words)
