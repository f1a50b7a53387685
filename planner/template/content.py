"""What stands in a workbook: catalogue rows from inputs/data, changed by an example or left to the user."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from planner.schema import SHEETS, Column, Sheet, User, sheet

Row = dict[str, Any]
TO_FILL_IN = ("Sites", "Workloads", "Windows")
_OWN = ("Quotations", "Tender", "GridSteps", "SiteLatency", "Criteria", "SiteRanges")
"""Row sheets that start empty in a template: they are the user's own."""
STAND_IN_PLACE = "seoul"
"""The place whose hourly series fill a template until the user's own replace them."""
_BEGUN: dict[str, Row] = {
    "Sites": {
        "dry_bulb_series": "dry_bulb_c",
        "wet_bulb_series": "wet_bulb_c",
        "humidity_series": "rel_humidity_pct",
        "architecture": "double-conversion UPS",
        "carbon_series": "carbon_lca_g_per_kwh",
    },
    "Workloads": {"available": "yes", "token_weights": "671B MoE reference", "profile": "assistant"},
}
"""First rows of a template: what most users keep is filled in, the rest is theirs."""
_STAND_IN = "quickstart"
"""The example whose figures stand where a user is not asked for one."""
_STAND_IN_SOURCE = "stand-in from the quickstart example: replace by your own"
_WEATHER = "Open-Meteo historical weather (CC BY 4.0), 2023"
_SERIES: dict[str, tuple[str, str, str, str]] = {
    "dry_bulb_c": ("degC", _WEATHER, "2023", "A"),
    "wet_bulb_c": ("degC", "Stull (2011) from temperature and humidity of " + _WEATHER, "2023", "D"),
    "rel_humidity_pct": ("%", _WEATHER, "2023", "A"),
    "wholesale_usd_per_mwh": ("USD/MWh", "wholesale market of the place, collected by sustain-cluster", "2023", "A"),
    "carbon_direct_g_per_kwh": ("g/kWh", "Electricity Maps (ODbL 1.0), direct", "2023", "A"),
    "carbon_lca_g_per_kwh": ("g/kWh", "Electricity Maps (ODbL 1.0), life cycle", "2023", "A"),
    "pv_kw_per_kwp": ("kW/kW", "screening series derived from cloud cover and temperature", "2023", "D"),
    "wind_kw_per_kw": ("kW/kW", "screening series derived from 10 m wind", "2023", "D"),
}


@dataclass
class Content:
    """The figures of one workbook before it is written."""

    title: str
    summary: str
    records: dict[str, dict[str, Row]] = field(default_factory=dict)
    """record sheet -> field -> {value, source, year, grade}"""
    rows: dict[str, list[Row]] = field(default_factory=dict)
    series: dict[str, list[float]] = field(default_factory=dict)
    series_notes: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)
    """series -> unit, source, year, grade"""
    arithmetic: list[Row] = field(default_factory=list)
    """lines of the sheet Arithmetic (planner/template/arithmetic.py); empty: no such sheet"""
    own: tuple[str, ...] = ()
    """sheets that are the user's own: the cells asked for are coloured there even where something is filled in"""


def inputs() -> Path:
    """The folder of catalogue data and examples: inside an installed package, else beside it in a clone."""
    packed = Path(str(files("planner"))) / "_inputs"
    return packed if packed.is_dir() else Path(__file__).resolve().parents[2] / "inputs"


def example_names() -> tuple[str, ...]:
    """The examples that ship with the planner."""
    return tuple(sorted(p.stem for p in (inputs() / "examples").glob("*.json")))


def template_content(user: User = "design") -> Content:
    """Catalogue rows; what is asked of the user is blank, what is asked of others stands in from an example."""
    content = Content("aidc-planner workbook", "", own=TO_FILL_IN)
    given = example_content(_STAND_IN)
    for s in SHEETS:
        if s.layout == "rows" and s.name in _BEGUN:
            content.rows[s.name] = _begun(s, given, user)
        elif s.layout == "rows":
            asked = any(user in c.users for c in s.columns)
            content.rows[s.name] = [{}, *_catalogue(s)] if asked else _catalogue(s)
        elif s.layout == "record":
            known = {c.name: given.records[s.name].get(c.name, {}).get("value") for c in _not_asked(s, user)}
            content.records[s.name] = {k: _stand_in(k, v) for k, v in known.items() if v is not None}
    _add_series(content, STAND_IN_PLACE, f"stand-in, replace by your site's ({STAND_IN_PLACE.title()}): ")
    return content


def _not_asked(s: Sheet, user: User) -> list[Column]:
    """Columns that a workbook needs and that this user is not asked for."""
    return [c for c in s.columns if user not in c.users and (c.required or c.users)]


def _stand_in(name: str, value: Any) -> Row:
    if name == "currency":
        return {"value": value, "source": "the catalogue's prices are in it"}
    return {"value": value, "source": _STAND_IN_SOURCE, "grade": "X"}


def _begun(s: Sheet, given: Content, user: User) -> list[Row]:
    """The first rows of a sheet that is the user's own; all of the example's where nothing is asked for."""
    if not any(user in c.users for c in s.columns):
        mark = {"source": _STAND_IN_SOURCE, "year": "", "grade": "X", "assumed_fields": ""}
        return [{**row, **mark} for row in given.rows[s.name]]
    row: Row = dict(_BEGUN[s.name])
    stand_ins = {c.name: given.rows[s.name][0].get(c.name) for c in _not_asked(s, user) if c.name not in row}
    stand_ins = {k: v for k, v in stand_ins.items() if v is not None and s.column(k).when is None}
    if s.name == "Sites" and user == "siting":
        del row["carbon_series"]  # this user is asked for one figure instead
    if stand_ins:
        row |= {**stand_ins, "source": _STAND_IN_SOURCE, "assumed_fields": ", ".join(stand_ins)}
    return [row]


def example_content(name: str) -> Content:
    """A filled-in workbook, described by inputs/examples/NAME.json as changes to the catalogue."""
    return content_of(inputs() / "examples" / f"{name}.json")


def content_of(file: Path) -> Content:
    """A filled-in workbook, described by a JSON file as changes to the catalogue."""
    example = json.loads(file.read_text(encoding="utf-8"))
    content = Content(example["title"], example["summary"])
    for s in SHEETS:
        if s.layout == "rows":
            rows = example["rows"].get(s.name) if s.name in example["rows"] else _catalogue(s)
            chosen = example.get("choose", {}).get(s.name)
            key = s.columns[0].name
            if chosen is not None:
                rows = [row for wanted in chosen for row in rows if row[key] == wanted]
            changes = example.get("change", {}).get(s.name, {})
            rows = [{**row, **changes.get(row.get(key), {})} for row in rows]
            rows += example.get("add", {}).get(s.name, [])
            content.rows[s.name] = [] if s.name in example.get("empty", []) else rows
    for name_of_sheet, fields in example["records"].items():
        content.records[name_of_sheet] = {k: v if isinstance(v, dict) else {"value": v} for k, v in fields.items()}
    content.arithmetic = example.get("arithmetic", [])
    place, *others = example["place"] if isinstance(example["place"], list) else [example["place"]]
    _add_series(content, place, "")
    for other in others:
        _add_series(content, other, "", suffix=f"_{other.replace('-', '_')}")
    for name_of_series, calls in example.get("calls", {}).items():
        _add_calls(content, name_of_series, calls)
    return content


def _catalogue(s: Sheet) -> list[Row]:
    if s.name in TO_FILL_IN + _OWN:
        return []
    path = inputs() / "data" / f"{_snake(s.name)}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: _typed(s.name, k, v) for k, v in row.items()} for row in csv.DictReader(file)]


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


def _typed(sheet_name: str, column: str, text: str) -> Any:
    """Figures as numbers, the rest as text; a blank stays blank."""
    if text == "" or not sheet(sheet_name).column(column).numeric:
        return text
    value = float(text)
    return int(value) if value.is_integer() else value


def _add_series(content: Content, place: str, remark: str, suffix: str = "") -> None:
    """Hourly series of a place; those of further places carry its name."""
    with (inputs() / "data" / "hourly" / f"{place}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for name, (unit, source, year, grade) in _SERIES.items():
        if name in rows[0]:
            content.series[name + suffix] = [float(row[name]) for row in rows]
            content.series_notes[name + suffix] = (unit, f"{remark}{source}, {place}", year, grade)


def _add_calls(content: Content, name: str, calls: Row) -> None:
    """A series that is 1 for some hours from each of the `starts` (hours of the year), else 0."""
    series = [0.0] * len(next(iter(content.series.values())))
    for start in calls["starts"]:
        series[start : start + calls["hours"]] = [1.0] * calls["hours"]
    content.series[name] = series
    content.series_notes[name] = ("1", calls["source"], calls["year"], calls["grade"])
