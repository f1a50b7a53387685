"""What a vendor's form asks, in words that need no other sheet: with the buyer's own currency, names and scope."""

from __future__ import annotations

from typing import NamedTuple

from planner.schema import Column
from planner.workbook import RawWorkbook

IN_QUOTED = "offer currency"
"""begins the unit of a column that is in the currency of the quotation"""
_LONGEST_LIST = 255
"""characters of the longest list of choices that Excel takes"""


class Asked(NamedTuple):
    """One row of the form."""

    unit: str
    hint: str
    """what is meant, and an example"""
    choices: tuple[str, ...]
    """for a list to pick from; empty: anything, or more than such a list can hold"""


class Buyer:
    """What the form says of the buyer's workbook."""

    def __init__(self, raw: RawWorkbook) -> None:
        self._raw = raw
        self.currency = next(iter(self._texts("Project", "currency")), "")
        rates = (self.currency, *self._texts("ExchangeRates", "currency"))
        self.currencies = tuple(dict.fromkeys(c for c in rates if c))
        self.scope = self._texts("Scope", "item")
        years = next(iter(self._values("Tender", "warranty_wanted_years")), None)
        self.warranty_years = float(years) if isinstance(years, (int, float)) else 0.0

    def _values(self, sheet: str, column: str) -> tuple[object, ...]:
        """What stands in a column, without rows that are left out."""
        rows = self._raw.tables[sheet].rows if sheet in self._raw.tables else []
        used = (r.cells for r in rows if "available" not in r.cells or r.cells["available"].value != "no")
        return tuple(cells[column].value for cells in used if column in cells and not cells[column].blank)

    def _texts(self, sheet: str, column: str) -> tuple[str, ...]:
        return tuple(str(value) for value in self._values(sheet, column))

    def heading(self) -> str:
        """Which prices are in whose currency."""
        return (
            "Prices are in the currency of your quotation, named in the row currency; only inland freight and "
            f"installation are in the buyer's currency{f', {self.currency}' if self.currency else ''}."
        )

    def asked(self, column: Column) -> Asked:
        """Unit, meaning and choices of a field, in the vendor's terms."""
        if column.name == "missing_scope":
            return Asked("", self._scope(), ())
        choices, meaning = self._choices(column), column.meaning
        if column.name == "currency":
            meaning = "currency of this quotation; ask the buyer before you use another than these"
        if column.name == "warranty_extension":
            meaning = "price of one more year of warranty"
        unit = self._unit(column.unit)
        if unit != column.unit:
            whose = "the currency of the quotation" if column.unit.startswith(IN_QUOTED) else "the buyer's currency"
            meaning += f", in {whose}"
        if column.name == "warranty_extension" and self.warranty_years:
            meaning += f"; the buyer wants {self.warranty_years:g} years in all"
        has_commas = any("," in choice for choice in choices)
        listed = (" | " if has_commas else ", ").join(choices)
        hint = f"{meaning}; one of: {listed}" if choices else f"{meaning}; for example {column.example}"
        return Asked(unit, hint, () if has_commas or len(listed) > _LONGEST_LIST else choices)

    def _choices(self, column: Column) -> tuple[str, ...]:
        """What may stand in a field, if only some words may."""
        if column.name == "currency":
            return self.currencies
        if column.references:
            sheet, _, name = column.references[0].partition(".")
            return self._texts(sheet, name)
        return ("yes", "no") if column.kind == "yes_no" else tuple(map(str, column.choices))

    def _unit(self, unit: str) -> str:
        if unit.startswith(IN_QUOTED):
            return unit.replace(IN_QUOTED, "quotation currency")
        return unit.replace("currency", self.currency or "buyer's currency") if unit.startswith("currency") else unit

    def _scope(self) -> str:
        if not self.scope:
            return "leave blank: the buyer gave no list of what a complete delivery contains"
        return f"items that the price leaves out, by commas; of: {', '.join(self.scope)}"
