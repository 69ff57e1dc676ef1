"""All conditions that a plan may have, as one record, and what they add to a programme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from conjuncture.core.errors import Faults
from conjuncture.core.files import Record, validate
from conjuncture.plan.conditions import assets, by_products, claims, scrapping, stocks, techniques
from conjuncture.plan.conditions.assets import Asset
from conjuncture.plan.conditions.by_products import ByProducts
from conjuncture.plan.conditions.claims import Claim
from conjuncture.plan.conditions.part import Column, Part, key
from conjuncture.plan.conditions.scrapping import Scrapping
from conjuncture.plan.conditions.stocks import Stock
from conjuncture.plan.conditions.technique import Technique
from conjuncture.plan.kinds import PLAN_KINDS, Kind, Slack

if TYPE_CHECKING:
    from conjuncture.plan.builder import Builder
    from conjuncture.plan.problem import Problem

PARTS: tuple[Part, ...] = (
    claims.PART,
    techniques.PART,
    by_products.PART,
    assets.PART,
    scrapping.PART,
    stocks.PART,
)
"""Every condition, in the order in which its blocks are built: assets count the techniques
that take capacity, scrapping the assets, and stocks all uses that stand before them."""


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


def reference() -> list[Mapping[str, str]]:
    """Return every key of every condition with unit, default and description, in order."""
    rows: list[Mapping[str, str]] = []
    for part in PARTS:
        annotation = Conditions.model_fields[part.name].annotation
        for record in _records(annotation):
            for name, info in record.model_fields.items():
                extra = info.json_schema_extra
                assert isinstance(extra, dict)
                rows.append(
                    {
                        "condition": part.name,
                        "key": name,
                        "default": "" if info.is_required() else repr(info.default),
                        "unit": str(extra["unit"]),
                        "description": str(info.description),
                    }
                )
    return rows


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
