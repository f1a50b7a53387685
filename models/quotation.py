"""What a quotation says beyond what a plan computes with, and the buyer's rules for placing orders."""

from __future__ import annotations

from dataclasses import dataclass

from models.fields import quantity


@dataclass(frozen=True, eq=False)
class PriceBreak:
    """From min_count units on, every unit costs ex_works_k (all-units discount)."""

    min_count: int = quantity("units", "smallest count at this price")
    ex_works_k: float = quantity("thousand of the offer's currency", "price of one unit")


@dataclass(frozen=True, eq=False)
class Payment:
    """When the ex-works price is paid; the shares add up to 1. First costs count at delivery (time zero); what is paid
    earlier or later carries interest (see Quotation.financing_share)."""

    order_share: float = quantity("1", "paid with the order", default=0.0)
    ready_share: float = quantity("1", "paid when ready for shipment, after the factory acceptance test", default=0.0)
    delivery_share: float = quantity("1", "paid on delivery to site", default=1.0)
    acceptance_share: float = quantity("1", "paid after the site acceptance test", default=0.0)

    def dates(self, lead_months: float, shipping_months: float, testing_months: float) -> tuple[float, ...]:
        """Months after award of order, readiness, delivery and acceptance; delivery is at the lead time."""
        return (0.0, max(lead_months - shipping_months, 0.0), lead_months, lead_months + testing_months)

    @property
    def shares(self) -> tuple[float, ...]:
        """Shares in the order of `dates` [1]."""
        return (self.order_share, self.ready_share, self.delivery_share, self.acceptance_share)


@dataclass(frozen=True, eq=False)
class Quotation:
    """Commercial terms of one offer. The first four cost money (see Offer); the rest is compared and reported."""

    spares_k: float = quantity("thousand of the offer's currency", "first spare parts per unit", default=0.0)
    warranty_k: float = quantity("thousand of the offer's currency", "extension to the warranty wanted", default=0.0)
    scope_kcur: float = quantity("kcur", "adders for scope that the price leaves out, per unit", default=0.0)
    financing_share: float = quantity(
        "1", "interest on what is paid before delivery, less that on what is paid after, of ex-works", default=0.0
    )
    reference: str = quantity("", "the vendor's number of the quotation", default="")
    family: str = quantity("", "product family; empty: the vendor's name", default="")
    currency: str = quantity("", "currency of the quotation", default="")
    rate_date: str = quantity("ISO date", "date of the exchange rate; empty: not stated", default="")
    valid_until: str = quantity("ISO date", "last day on which the price holds; empty: not stated", default="")
    valid_on_award: bool | None = quantity(
        "yes/no", "whether it holds on the award date; None: not stated", default=None
    )
    origin: str = quantity("", "country of origin", default="")
    tariff_code: str = quantity("", "customs tariff code", default="")
    duty_date: str = quantity("ISO date", "date of the duty rate; empty: not stated", default="")
    missing_scope: tuple[str, ...] = quantity("", "scope items that the price leaves out", default=())
    adders_kcur: tuple[float, ...] = quantity("kcur/unit", "price of each missing scope item, in its order", default=())
    payment: Payment = quantity("", "payment milestones", default=Payment())
    shipping_months: float = quantity("months", "from readiness to delivery", default=0.0)
    testing_months: float = quantity("months", "from delivery to acceptance", default=0.0)
    warranty_years: float | None = quantity("years", "warranty included; None: not stated", default=None)
    warranty_wanted_years: float = quantity("years", "warranty that the buyer wants", default=0.0)
    damages_share_per_week: float | None = quantity(
        "1/week", "liquidated damages of the price; None: none", default=None
    )
    damages_cap: float | None = quantity("1", "most liquidated damages, of the price; None: not stated", default=None)
    units_per_month: float | None = quantity("units/month", "factory slots; None: all at once", default=None)
    weight_t: float | None = quantity("t/unit", "weight of a unit; None: not stated", default=None)
    relocation_share: float | None = quantity(
        "1", "value of a unit that is moved elsewhere, of its ex-works price; None: not stated", default=None
    )
    price_rise_share: float = quantity("1", "how far the ex-works price may rise until the order", default=0.0)
    redundancy_inside: str = quantity("", "redundancy inside the unit", default="")

    @property
    def fully_delivered_after(self) -> float:
        """Months between the first and the second of two units (0: all at once)."""
        return 1 / self.units_per_month if self.units_per_month else 0.0


@dataclass(frozen=True, eq=False)
class OrderRules:
    """Rules for orders of prefabricated units; capacity built on site is not counted. None and empty: no rule."""

    most_vendors: int | None = quantity("vendors", "most vendors that receive an order", default=None)
    least_vendors: int | None = quantity("vendors", "fewest vendors that receive an order", default=None)
    vendor_share: float | None = quantity("1", "largest share of one vendor in the order value, landed", default=None)
    one_family: bool = quantity("yes/no", "whether all units come from one product family", default=False)
    must_order: tuple[str, ...] = quantity(
        "", "offers of which at least one unit, or the least order, is bought", default=()
    )
    price_risks: int = quantity(
        "offers",
        "offers that may rise to the top of their price range at once; a study's objective then holds the dearest such "
        "rises, the accounts of a plan never do",
        default=0,
    )

    @property
    def any(self) -> bool:
        """Whether there is any rule."""
        limits = (self.most_vendors, self.least_vendors, self.vendor_share)
        return (
            self.one_family
            or bool(self.must_order)
            or self.price_risks > 0
            or any(limit is not None for limit in limits)
        )
