"""What a sheet and a column are: the vocabulary of the workbook's manifest.

The manifest is written once and used by everyone: the reader (planner/workbook.py, planner/validate), the template
writer, the Guide sheet and the reference in the documentation. Figures here are in the user's units; `Column.factor`
converts to the units of models.case and is applied in one place (planner/validate/cells.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["text", "number", "integer", "yes_no", "choice", "reference", "series", "months", "date", "date_time"]
"""text: a name or words. reference: a key of another table. series: a column of sheet Hourly by its header, or
`file.csv:column` beside the workbook. months: `all`, `6-8`, `11-2` or `3,4,5`. date: a day. date_time: a day, or a day
and time of day. choice: one of `choices`. yes_no: yes or no."""
Layout = Literal["rows", "record", "hourly", "guide"]
"""rows: one row per item, columns are the schema's columns. record: one row per field (field, value, unit, meaning,
source, year, grade). hourly: `hour` and any further columns. guide: words only, no table."""
User = Literal["design", "siting", "procurement"]

USERS: tuple[User, ...] = ("design", "siting", "procurement")
GRADES: dict[str, str] = {
    "A": "official or measured",
    "B": "secondary page quoting a primary source",
    "C": "single estimate",
    "D": "derived from cited figures",
    "X": "assumption, no source",
}

# Rows of a sheet, counted from 1. Readers find a table by its name, else by its header's words, never by these numbers.
TITLE_ROW = 1  # the sheet's name in words; beside it Sheet.purpose, and below that Sheet.note
MEANING_ROW = 3  # Column.meaning above each column; on sheet Hourly `source | year | grade` of each series
UNITS_ROW = 4  # Column.unit above each column
HEADER_ROW = 5  # the table's header: field names
RECORD_HEADER = ("field", "value", "unit", "meaning", "source", "year", "grade")
VERSION_NAME = "planner_template_version"
"""Defined name that holds the manifest's version as a number; a workbook without it is read as the current version."""
VERSION = 3
"""Version of the manifest. A workbook of an earlier one lacks the columns and sheets that came `since`; they are read
as blank, so that it keeps its meaning."""
USER_NAME = "planner_template_user"
"""Defined name that holds whose required cells are coloured; a workbook without it is read as the design team's."""


@dataclass(frozen=True)
class Column:
    """One figure per row (or, in a record, one row)."""

    name: str
    meaning: str
    unit: str = ""
    kind: Kind = "number"
    required: bool = False
    """a blank cell is a finding (only where `when` holds)"""
    default: Any = None
    """the value of a blank cell, in the user's unit; yes_no: "yes" or "no" """
    default_from: str = ""
    """the blank cell takes the value of this column of the same row, or of `Project.<field>`"""
    no_limit: bool = False
    """a blank cell means no limit"""
    not_stated: bool = False
    """a blank cell means: not stated, and nothing is derived from it"""
    above: float | None = None
    """values must be greater than this"""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Any, ...] = ()
    """allowed values of a choice; with `references`: allowed besides the keys of the other table"""
    references: tuple[str, ...] = ()
    """`Sheet.column` whose values may stand here; with several, any of them"""
    when: tuple[str, tuple[str, ...]] | None = None
    """(column of the same row, values): the column applies only then; elsewhere it must be blank or zero"""
    example: Any = ""
    case_path: str = ""
    """where the figure goes in the Case; {key} is the row's key"""
    factor: float = 1.0
    """Case value = factor * user's value"""
    source: str = ""
    """source of the default"""
    grade: str = ""
    """grade of the default"""
    users: tuple[User, ...] = ()
    """who is asked for it (coloured in their template: what cannot stay blank more strongly than what can)"""
    unless: str = ""
    """a blank cell is a finding unless this column of the same row is filled"""

    since: int = 1
    """version of the manifest that brought the column; blank in workbooks of earlier ones"""

    @property
    def blank(self) -> str:
        """What a blank cell means, in words."""
        if self.required:
            return "must be filled in"
        if self.unless:
            return f"must be filled in, unless {self.unless} is"
        if self.default is not None:
            return f"blank: {self.default}"
        if self.default_from:
            return f"blank: as {self.default_from}"
        if self.no_limit:
            return "blank: no limit"
        return "blank: not stated" if self.not_stated else "may stay blank"

    @property
    def cannot_stay_blank(self) -> bool:
        """Whether a blank cell is a finding, at least where `when` holds and `unless` does not."""
        return self.required or bool(self.unless)

    @property
    def numeric(self) -> bool:
        """Whether the cell holds a number."""
        return self.kind in ("number", "integer")


@dataclass(frozen=True)
class Sheet:
    """One subject: a sheet with one Excel table."""

    name: str
    table: str
    """name of the Excel table (ListObject); empty for the guide"""
    purpose: str
    columns: tuple[Column, ...] = ()
    layout: Layout = "rows"
    key: tuple[str, ...] = ()
    """columns that together name a row; unique among the rows"""
    required: bool = True
    """whether a workbook without this sheet is incomplete"""
    max_rows: int | None = None
    note: str = ""
    since: int = 1
    """version of the manifest that brought the sheet; absent from workbooks of earlier ones"""

    def column(self, name: str) -> Column:
        """The column (or, in a record, the field) of that name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def header(self) -> tuple[str, ...]:
        """The words of the table's header row."""
        return RECORD_HEADER if self.layout == "record" else tuple(c.name for c in self.columns)


def provenance() -> tuple[Column, ...]:
    """The last columns of every row table: they tell where the row's figures come from."""
    return (
        Column("source", "where the row's figures come from", kind="text", example="vendor quotation 17, page 2"),
        Column("year", "year of the source", kind="text", example="2026"),
        Column(
            "grade",
            "A to D, X for an assumption; blank: your own figure",
            kind="choice",
            choices=tuple(GRADES),
            example="B",
        ),
        Column(
            "assumed_fields",
            "columns of this row that are assumptions although the row has a source, separated by commas",
            kind="text",
            example="idle_kw, price",
        ),
    )


PROVENANCE_NAMES = ("source", "year", "grade", "assumed_fields")


def available() -> Column:
    """The switch that takes a row out of the study."""
    return Column("available", "no: leave this row out", kind="yes_no", default="yes", example="yes")


def of_site() -> Column:
    """The one site for which a row holds, among several candidates."""
    return Column(
        "site",
        "row of sheet Sites for which alone this holds; blank: for each",
        kind="reference",
        references=("Sites.name",),
        not_stated=True,
        example="Seoul",
        since=3,
    )


REDUNDANCY = ("N", "N+1", "N+2", "2N", "3N/2")


def redundancy(path: str, what: str) -> Column:
    """Redundancy of a pool of like units."""
    return Column(
        "redundancy",
        f"redundancy of the pool of {what} units",
        kind="choice",
        choices=REDUNDANCY,
        default="N",
        example="N+1",
        case_path=path,
    )


def leads(path: str, users: tuple[User, ...] = (), required: bool = False) -> tuple[Column, ...]:
    """Lead times of something that is ordered."""
    p50 = Column(
        "lead_p50_months",
        "months from award until it is on site and ready, even chance",
        "months",
        minimum=0,
        required=required,
        default=None if required else 0,
        example=9,
        case_path=f"{path}.lead_months_p50",
        users=users,
    )
    p90 = Column(
        "lead_p90_months",
        "the same, nine chances in ten",
        "months",
        minimum=0,
        default_from="lead_p50_months",
        example=12,
        case_path=f"{path}.lead_months_p90",
        users=users,
    )
    return p50, p90


def asset_class(default: str, path: str, name: str = "asset_class") -> Column:
    """The row of AssetClasses that holds life, upkeep and tax treatment."""
    return Column(
        name,
        "life, upkeep and tax treatment",
        kind="reference",
        references=("AssetClasses.name",),
        default=default,
        example=default,
        case_path=path,
    )


def series(
    name: str,
    meaning: str,
    unit: str,
    path: str,
    factor: float = 1.0,
    users: tuple[User, ...] = (),
    example: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
) -> Column:
    """A cell that names an hourly series."""
    return Column(
        name,
        f"{meaning}: column of sheet Hourly, or file.csv:column beside the workbook",
        unit,
        kind="series",
        example=example or name.removesuffix("_series"),
        case_path=path,
        factor=factor,
        users=users,
        minimum=minimum,
        maximum=maximum,
    )
