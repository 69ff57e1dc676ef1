"""All conditions that a plan may have, as one record, and what they add to a programme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from conjuncture.accounts.table import Table
from conjuncture.core.errors import Faults
from conjuncture.core.files import Record, validate
from conjuncture.plan.conditions import (
    assets,
    by_products,
    ceilings,
    claims,
    credits,
    currencies,
    households,
    lines,
    mobility,
    moves,
    overtime,
    partners,
    routes,
    scrapping,
    stocks,
    targets,
    techniques,
    wants,
)
from conjuncture.plan.conditions.assets import Asset
from conjuncture.plan.conditions.by_products import ByProducts
from conjuncture.plan.conditions.ceilings import Ceiling
from conjuncture.plan.conditions.claims import Claim
from conjuncture.plan.conditions.credits import Credit
from conjuncture.plan.conditions.currencies import Conversion, Currency
from conjuncture.plan.conditions.households import Household
from conjuncture.plan.conditions.lines import Line
from conjuncture.plan.conditions.mobility import Mobility
from conjuncture.plan.conditions.moves import Move
from conjuncture.plan.conditions.overtime import WorkingTime
from conjuncture.plan.conditions.part import Column, Part
from conjuncture.plan.conditions.partners import Partner
from conjuncture.plan.conditions.routes import Route
from conjuncture.plan.conditions.scrapping import Scrapping
from conjuncture.plan.conditions.stocks import Stock
from conjuncture.plan.conditions.targets import Target
from conjuncture.plan.conditions.technique import Technique
from conjuncture.plan.conditions.wants import Want
from conjuncture.plan.keys import key
from conjuncture.plan.programme.kinds import PLAN_KINDS, Kind, Slack

if TYPE_CHECKING:
    from conjuncture.plan.problem import Problem
    from conjuncture.plan.programme.builder import Builder

PARTS: tuple[Part, ...] = (
    claims.PART,
    techniques.PART,
    by_products.PART,
    assets.PART,
    scrapping.PART,
    moves.PART,
    overtime.PART,
    mobility.PART,
    households.PART,
    wants.PART,
    currencies.PART,
    currencies.CONVERSIONS,
    credits.PART,
    partners.PART,
    routes.PART,
    lines.PART,
    stocks.PART,
    ceilings.PART,
    targets.PART,
)
"""Every condition, in the order in which its blocks are built: assets count the techniques
that take capacity, scrapping the assets, lines the
routes, and stocks all uses that stand before them."""


class Conditions(Record):
    """Conditions beside those of every plan; none is set unless named."""

    claims: tuple[Claim, ...] = key(
        (), "", "Claims of institutions (administration, army) on products and labour."
    )
    techniques: tuple[Technique, ...] = key(
        (), "", "Other ways to make a sector's product, among which the plan chooses."
    )
    by_products: tuple[ByProducts, ...] = key(
        (), "", "Products that come with the output of a sector beside its own."
    )
    assets: tuple[Asset, ...] = key(
        (), "", "Kinds of capital beside or in place of the plan's one."
    )
    scrapping: tuple[Scrapping, ...] = key(
        (), "", "Capital that may be scrapped and must be maintained."
    )
    stocks: tuple[Stock, ...] = key((), "", "Products that can be stored.")
    moves: tuple[Move, ...] = key(
        (), "", "Labour of one kind that becomes another: training, migration."
    )
    overtime: tuple[WorkingTime, ...] = key(
        (), "", "Working time by kind of labour: overtime, shorter hours."
    )
    mobility: tuple[Mobility, ...] = key(
        (), "", "Limits on how fast labour of a kind moves between sectors."
    )
    households: tuple[Household, ...] = key(
        (), "", "Groups of households with bundles and levels of their own."
    )
    wants: tuple[Want, ...] = key(
        (), "", "Additional consumption by product, whose worth falls until it is satiated."
    )
    currencies: tuple[Currency, ...] = key(
        (), "", "Currencies with accounts of their own, beside the plan's main trade account."
    )
    conversions: tuple[Conversion, ...] = key(
        (), "", "Leave to buy one currency with another; others are not convertible."
    )
    credits: tuple[Credit, ...] = key((), "", "Credits in any currency.")
    partners: tuple[Partner, ...] = key(
        (), "", "Partners in foreign trade, with limits, foreign prices and a currency each."
    )
    routes: tuple[Route, ...] = key((), "", "Shipments of a product from one territory to another.")
    lines: tuple[Line, ...] = key((), "", "Capacities that several routes share.")
    ceilings: tuple[Ceiling, ...] = key(
        (), "", "Satellites (energy, emissions) that the plan counts, with their ceilings."
    )
    targets: tuple[Target, ...] = key(
        (), "", "Targets (control figures) to be reached as nearly as can be, by priority."
    )

    @property
    def given(self) -> Iterator[tuple[Part, Any]]:
        """Every condition that is set, with its records."""
        for part in PARTS:
            records = getattr(self, part.name)
            if records:
                yield part, records


KINDS: Mapping[str, Kind] = {
    **PLAN_KINDS,
    **{name: kind for part in PARTS for name, kind in part.kinds.items()},
}
"""Every kind of shadow price, in the order of the frame."""

SLACKS: Mapping[str, Slack] = {
    block: slack for part in PARTS for block, slack in part.slacks.items()
}
"""How rows of conditions yield where a plan is infeasible, by block."""

COLUMNS: Mapping[str, Column] = {
    block: column for part in PARTS for block, column in part.columns.items()
}
"""Blocks of columns that conditions add."""


def of(given: Conditions | Mapping[str, Any] | None) -> Conditions:
    """Return conditions from a record or from plain data.

    Raises
    ------
    InputError
        With every unknown key and unusable value.
    """
    if isinstance(given, Conditions):
        return given
    return validate(dict(given), Conditions, "conditions") if given else Conditions()


def resolved(conditions: Conditions, table: Table) -> Conditions:
    """Return conditions with what they leave open filled in from a table.

    Raises
    ------
    InputError
        With every fault: names that the table does not have, with the nearest.
    """
    faults, found = Faults(table.name), {}
    for part, records in conditions.given:
        if part.resolve is not None:
            found[part.name] = part.resolve(table, records, faults)
    faults.raise_if_any()
    return conditions.model_copy(update=found) if found else conditions


def reference() -> list[Mapping[str, str]]:
    """Return every key of every condition with unit, default and description, in order."""
    rows: list[Mapping[str, str]] = []
    for part in PARTS:
        annotation = Conditions.model_fields[part.name].annotation
        for record in _records(annotation):
            rows += _keys(part.name, record)
    return rows


def _keys(part: str, record: type[Record], within: str = "") -> Iterator[Mapping[str, str]]:
    """Yield the keys of a record, and after a key those of the records that it holds."""
    for name, info in record.model_fields.items():
        extra = info.json_schema_extra
        assert isinstance(extra, dict)
        yield {
            "condition": part,
            "key": within + name,
            "default": "" if info.is_required() else repr(info.default),
            "unit": str(extra["unit"]),
            "description": str(info.description),
        }
        for inner in _records(info.annotation):
            yield from _keys(part, inner, f"{within}{name}.")


def _records(annotation: Any) -> list[type[Record]]:
    """Return the records that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return [annotation]
    return [r for part in getattr(annotation, "__args__", ()) for r in _records(part)]


def check(problem: Problem, faults: Faults) -> None:
    """Record every fault of a problem's conditions."""
    for part, records in problem.conditions.given:
        part.check(problem, records, faults)


def prepare(builder: Builder) -> None:
    """Let conditions change what the plan's own blocks are built from."""
    for part, records in builder.p.conditions.given:
        if part.prepare is not None:
            part.prepare(builder, records)


def build(builder: Builder) -> None:
    """Add the blocks of a problem's conditions."""
    for part, records in builder.p.conditions.given:
        part.build(builder, records)
