"""Bid tabulation: offers across, criteria down. Blue cells are inputs; prices, values and ranks follow live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.bids import Landed, capacity_mw, ex_works_k, landed, present_value_factor
from models.case import Offer
from models.tender import OfferResult, Tender
from reports.award.words import break_even_text, lead_text
from reports.sheets.layout import Book, Column, Formula, Page, Value, address, lines_of

SHEET = "Bid tabulation"
Cell = Value | Formula


@dataclass(frozen=True)
class Tabulation:
    """Where other sheets find the figures of each offer."""

    column: dict[str, int]
    row: dict[str, int]

    def at(self, offer: str, key: str) -> str:
        """Reference to one figure from another sheet."""
        return f"'{SHEET}'!{address(self.row[key], self.column[offer], True)}"


class _Writer:
    """The sheet while it is written: one row per criterion."""

    def __init__(self, page: Page, tender: Tender) -> None:
        self.page, self.tender = page, tender
        self.row: dict[str, int] = {}
        self.column = {r.offer.name: 2 + i for i, r in enumerate(tender.offers)}

    def here(self, result: OfferResult, key: str) -> str:
        """Cell of a criterion already written, in the offer's column."""
        return address(self.row[key], self.column[result.offer.name])

    def line(
        self,
        key: str,
        label: str,
        unit: str,
        value: Callable[[OfferResult], Cell],
        style: str = "one",
        variant: str = "",
    ) -> None:
        """One criterion over all offers; inputs in blue."""
        page = self.page
        page.cell(page.row, 0, label, "wrap", "bold" if variant == "total" else "")
        page.cell(page.row, 1, unit, "muted")
        lines = lines_of(label, page.columns[0].width)
        for result in self.tender.offers:
            found = value(result)
            column = self.column[result.offer.name]
            kind = style if not isinstance(found, str) else "wrap"
            page.cell(page.row, column, found, kind, variant)
            if isinstance(found, str):
                lines = max(lines, lines_of(found, page.columns[column].width))
        if lines > 1:
            page.sheet.set_row(page.row, 13.0 * lines + 2)
        self.row[key] = page.row
        page.row += 1

    def given(self, key: str, label: str, unit: str, value: Callable[[Offer], Cell], style: str = "price") -> None:
        """A criterion that is an input."""
        self.line(key, label, unit, lambda r: value(r.offer), style, "input")


def compared_units(result: OfferResult) -> int:
    """Units at which an offer is compared: as recommended, else as in the best plan that uses it, else its least
    order."""
    plan = result.with_it.orders.get(result.offer.name, 0) if result.with_it else 0
    return result.units or plan or max(1, result.offer.min_count)


def write(book: Book, tender: Tender) -> Tabulation:
    """The sheet; returns where its figures are."""
    columns = (Column("", "wrap", 48), Column("", "muted", 24), *(Column("", "one", 19) for _ in tender.offers))
    currency = tender.case.currency
    note = f"Blue: as quoted, change them freely. Black: live formulas, in thousand {currency} per unit unless stated."
    page = Page(book, SHEET, "Bid tabulation", note, columns)
    head = [Column("Criterion", "wrap"), Column("Unit", "muted"), *(Column(r.offer.name) for r in tender.offers)]
    page.repeat(page.header(head), 2)
    writer = _Writer(page, tender)
    _identity(writer)
    _price(writer)
    _landing(writer, currency)
    _value(writer, currency)
    _project(writer, currency)
    return Tabulation(writer.column, writer.row)


def _identity(w: _Writer) -> None:
    w.page.heading("What is offered")
    w.line("vendor", "Vendor", "", lambda r: r.offer.vendor)
    w.line("reference", "Quotation", "", lambda r: r.offer.quotation.reference or "not stated")
    w.line("kind", "Kind", "", lambda r: r.offer.kind)
    w.line("cooling", "Cooling inside", "", lambda r: r.offer.cooling or "none")
    w.line("redundancy", "Redundancy inside", "", lambda r: r.offer.quotation.redundancy_inside or "not stated")
    w.given("capacity", "Capacity of a unit (racks held, fed or cooled)", "kW", lambda m: 1000 * capacity_mw(m), "int")
    w.given(
        "rack_limit", "Largest rack", "kW", lambda m: None if m.rack_limit_mw is None else 1000 * m.rack_limit_mw, "int"
    )
    w.given("footprint", "Footprint", "m²/unit", lambda m: m.footprint_m2, "int")
    w.given("weight", "Weight", "t/unit", lambda m: m.quotation.weight_t, "int")
    w.page.heading("Order and price")
    w.line("units", "Units compared", "units", compared_units, "plain_int", "input")
    w.given("min", "Least order", "units", lambda m: max(1, m.min_count), "plain_int")
    w.given("max", "Largest order", "units", lambda m: m.max_count, "plain_int")
    w.line("currency", "Currency of the quotation", "", lambda r: r.offer.quotation.currency or w.tender.case.currency)
    w.given("rate", "Exchange rate", "reporting per unit", lambda m: m.exchange_rate)
    w.line("rate_date", "Date of the exchange rate", "", lambda r: r.offer.quotation.rate_date or "not stated")
    w.given("price0", "Ex-works price", "thousand, as quoted", lambda m: m.ex_works_k)
    most = max((len(r.offer.price_breaks) for r in w.tender.offers), default=0)
    for k in range(most):
        w.given(f"from{k}", f"Price break {k + 1}: from", "units", _break(k, "min_count"), "plain_int")
        w.given(
            f"price{k + 1}",
            f"Price break {k + 1}: ex-works",
            "thousand, as quoted",
            _break(k, "ex_works_k"),
        )


def _break(k: int, name: str) -> Callable[[Offer], float | None]:
    """Count or price of the k-th price break."""
    return lambda m: float(getattr(m.price_breaks[k], name)) if k < len(m.price_breaks) else None


def _paid(k: int) -> Callable[[Offer], float]:
    """Share paid at the k-th milestone."""
    return lambda m: m.quotation.payment.shares[k]


def _price(w: _Writer) -> None:
    def applied(r: OfferResult) -> Formula:
        text = w.here(r, "price0")
        for k in range(len(r.offer.price_breaks)):
            text = f"IF({w.here(r, 'units')}>={w.here(r, f'from{k}')},{w.here(r, f'price{k + 1}')},{text})"
        return Formula("=" + text, ex_works_k(r.offer, compared_units(r)))

    w.line("applied", "Ex-works price at the units compared", "thousand, as quoted", applied, "price")
    w.given("spares", "Spare parts", "thousand, as quoted", lambda m: m.quotation.spares_k)
    w.given("freight", "Freight", "thousand, as quoted", lambda m: m.freight_k)
    w.given("insurance", "Insurance", "thousand, as quoted", lambda m: m.insurance_k)
    w.given(
        "warranty", "Warranty extension to the years wanted", "thousand, as quoted", lambda m: m.quotation.warranty_k
    )
    w.line("origin", "Origin", "", lambda r: r.offer.quotation.origin or "not stated")
    w.line("code", "Tariff code, date of the rate", "", lambda r: _customs(r.offer))
    w.line("basis", "Duty is charged on", "CIF or FOB", lambda r: r.offer.duty_basis, "text", "input")
    w.given("duty_rate", "Import duty", "share", lambda m: m.duty_rate, "percent")
    w.given("tax_rate", "Import tax that cannot be recovered", "share", lambda m: m.import_tax_rate, "percent")


def _customs(offer: Offer) -> str:
    stated = [part for part in (offer.quotation.tariff_code, offer.quotation.duty_date) if part]
    return ", ".join(stated) or "not stated"


def _landing(w: _Writer, currency: str) -> None:
    unit = f"thousand {currency}"

    def part(r: OfferResult) -> Landed:
        return landed(r.offer, compared_units(r))

    def times(key: str, value: Callable[[Landed], float]) -> Callable[[OfferResult], Formula]:
        return lambda r: Formula(f"={w.here(r, key)}*{w.here(r, 'rate')}", value(part(r)))

    w.page.heading("Landed cost of one unit")
    w.line("L_works", "Ex-works", unit, times("applied", lambda p: p.ex_works))
    w.line("L_spares", "Spare parts", unit, times("spares", lambda p: p.spares))
    w.line("L_freight", "Freight", unit, times("freight", lambda p: p.freight))
    w.line("L_insurance", "Insurance", unit, times("insurance", lambda p: p.insurance))
    w.line("L_duty", "Import duty", unit, lambda r: _duty(w, r, part(r).duty))
    cif = ("L_works", "L_spares", "L_freight", "L_insurance")
    w.line(
        "L_tax",
        "Import tax on landed value and duty",
        unit,
        lambda r: Formula(
            f"={w.here(r, 'tax_rate')}*({'+'.join(w.here(r, k) for k in (*cif, 'L_duty'))})", part(r).import_tax
        ),
    )
    w.given("L_inland", "Inland freight", unit, lambda m: m.inland_kcur, "one")
    w.given("L_installation", "Installation", unit, lambda m: m.installation_kcur, "one")
    w.line("L_warranty", "Warranty extension", unit, times("warranty", lambda p: p.warranty))
    _scope(w, unit)
    _financing(w, unit)
    parts = (*cif, "L_duty", "L_tax", "L_inland", "L_installation", "L_warranty", "L_scope", "L_financing")
    w.line(
        "landed",
        "Landed and installed",
        unit,
        lambda r: Formula("=" + "+".join(w.here(r, k) for k in parts), part(r).total),
        "one",
        "total",
    )


def _duty(w: _Writer, r: OfferResult, value: float) -> Formula:
    goods = f"{w.here(r, 'L_works')}+{w.here(r, 'L_spares')}"
    cif = f"{goods}+{w.here(r, 'L_freight')}+{w.here(r, 'L_insurance')}"
    return Formula(f'={w.here(r, "duty_rate")}*IF({w.here(r, "basis")}="CIF",{cif},{goods})', value)


def _scope(w: _Writer, unit: str) -> None:
    items = list(dict.fromkeys(i for r in w.tender.offers for i in r.offer.quotation.missing_scope))
    for number, item in enumerate(items):
        w.given(f"scope{number}", f"Adder, scope left out: {item}", unit, _adder(item), "one_or_dash")
    keys = [f"scope{number}" for number in range(len(items))]

    def total(r: OfferResult) -> Cell:
        if not keys:
            return 0.0
        return Formula(f"=SUM({w.here(r, keys[0])}:{w.here(r, keys[-1])})", r.offer.quotation.scope_kcur)

    w.line("L_scope", "Adders for scope left out", unit, total)


def _adder(item: str) -> Callable[[Offer], float]:
    """What an item costs the offers that leave it out [kcur/unit]."""
    return lambda m: dict(zip(m.quotation.missing_scope, m.quotation.adders_kcur, strict=True)).get(item, 0.0)


def _financing(w: _Writer, unit: str) -> None:
    terms = ("order", "ready for shipment", "delivery", "acceptance")
    for k, name in enumerate(terms):
        w.given(f"share{k}", f"Paid on {name}", "share of ex-works", _paid(k), "percent")
    w.given("lead", "Lead time, even chance (P50)", "months", lambda m: m.lead_months_p50, "one")
    w.given("shipping", "of which from readiness to delivery", "months", lambda m: m.quotation.shipping_months, "one")
    w.given("testing", "From delivery to acceptance", "months", lambda m: m.quotation.testing_months, "one")
    w.given("discount", "Discount rate", "per year", lambda _: w.tender.case.money.discount_rate, "percent")

    def interest(r: OfferResult) -> Formula:
        d, lead = f"(1+{w.here(r, 'discount')})", w.here(r, "lead")
        before = (lead, f"MIN({w.here(r, 'shipping')},{lead})", "0", f"-{w.here(r, 'testing')}")
        sums = "+".join(f"{w.here(r, f'share{k}')}*{d}^(({b})/12)" for k, b in enumerate(before))
        value = landed(r.offer, compared_units(r)).financing
        if not any(r.offer.quotation.payment.shares[k] for k in (0, 1, 3)):
            return Formula(f"=0*{lead}", value)
        return Formula(f"=({sums}-1)*{w.here(r, 'L_works')}", value)

    w.line("L_financing", "Interest on payments before delivery", unit, interest)


def _value(w: _Writer, currency: str) -> None:
    def rank(key: str) -> Callable[[OfferResult], Formula]:
        return lambda r: _rank(w, r, key)

    w.page.heading("Normalised price and rank among offers of the same kind")
    w.line(
        "per_kw",
        "Landed price per kW",
        f"{currency}/kW",
        lambda r: Formula(f"={w.here(r, 'landed')}*1000/{w.here(r, 'capacity')}", _per_kw(r)),
        "one",
        "bold",
    )
    w.line("rank", "Rank by landed price per kW", "of its kind", rank("per_kw"), "plain_int")
    w.line(
        "value",
        "Order value, landed",
        f"thousand {currency}",
        lambda r: Formula(
            f"={w.here(r, 'units')}*{w.here(r, 'landed')}",
            compared_units(r) * landed(r.offer, compared_units(r)).total,
        ),
    )
    w.given("factor", "Present value per first cost", "tax, upkeep, renewal", lambda m: _factor(w, m), "four")
    w.line(
        "present",
        "Order, present value",
        f"thousand {currency}",
        lambda r: Formula(
            f"={w.here(r, 'value')}*{w.here(r, 'factor')}",
            compared_units(r) * landed(r.offer, compared_units(r)).total * _factor(w, r.offer),
        ),
    )
    w.line(
        "relocation",
        "Value if moved elsewhere (not counted)",
        f"thousand {currency}/unit",
        lambda r: _relocation(w, r),
    )


def _relocation(w: _Writer, r: OfferResult) -> Cell:
    share = r.offer.quotation.relocation_share
    if share is None:
        return None
    return Formula(f"={share!r}*{w.here(r, 'L_works')}", share * landed(r.offer, compared_units(r)).ex_works)


def _factor(w: _Writer, offer: Offer) -> float:
    return present_value_factor(w.tender.case, offer)


def _per_kw(r: OfferResult) -> float:
    return landed(r.offer, compared_units(r)).total / capacity_mw(r.offer)


def _rank(w: _Writer, r: OfferResult, key: str) -> Formula:
    first, last = (address(w.row[key], c, True) for c in (2, 1 + len(w.tender.offers)))
    kind_first, kind_last = (address(w.row["kind"], c, True) for c in (2, 1 + len(w.tender.offers)))
    mine, kind = w.here(r, key), w.here(r, "kind")
    better = sum(1 for o in w.tender.offers if o.offer.kind == r.offer.kind and _per_kw(o) < _per_kw(r))
    text = f"=1+SUMPRODUCT(({kind_first}:{kind_last}={kind})*({first}:{last}<{mine}))"
    return Formula(text, 1 + better)


def _project(w: _Writer, currency: str) -> None:
    unit = f"thousand {currency}"
    w.page.heading("Worth to the whole project (found by solving again; energy, land and racks counted)")
    w.line("recommended", "Units in the recommended mix", "units", lambda r: r.units, "plain_int", "bold")
    w.line("extra_with", "Extra cost if it had to be used", unit, lambda r: _middle(r, "extra_with"))
    w.line("extra_without", "Extra cost if it were not available", unit, lambda r: _middle(r, "extra_without"))
    w.line("break_even", "Break-even ex-works price", "of the price quoted", lambda r: _break_even(r), "percent3")
    w.line("break_even_words", "in words", "", lambda r: break_even_text(r.break_even))
    w.line("break_even_lead", "Break-even lead time", "order to site", lambda r: lead_text(r.break_even_lead))
    w.line("p90", "Lead time, nine in ten (P90)", "months", lambda r: r.offer.lead_months_p90, "one")
    w.line("verdict", "Standing", "", lambda r: r.verdict)


def _middle(r: OfferResult, name: str) -> Cell:
    found = getattr(r, name)
    return "no plan" if found is None else (found.low + found.high) / 2


def _break_even(r: OfferResult) -> Cell:
    if r.break_even is None or r.break_even.scale is None:
        return None
    return (r.break_even.scale.low + r.break_even.scale.high) / 2
