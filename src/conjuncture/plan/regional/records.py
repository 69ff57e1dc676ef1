"""The records of a file of a plan over several territories, and their JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field
from pydantic.fields import FieldInfo

from conjuncture.core.files import Record
from conjuncture.plan.aims import Aim
from conjuncture.plan.changes import Change
from conjuncture.plan.conditions.all import Conditions
from conjuncture.plan.keys import Amounts, Labels, key
from conjuncture.plan.problem_file import SCHEMA_ID, allow_one
from conjuncture.plan.regional.shares import Share
from conjuncture.plan.settings import Settings

MARKS = ("territories", "shares", "sourcing")
"""Keys by which a file is known to be a plan over several territories."""


class TerritoryEntry(Record):
    """One territory: a table, and what differs from the settings of all."""

    table: str = Field(
        description="Name of a shipped table, or path of a table relative to this file.",
        json_schema_extra={"unit": ""},
    )
    variant: str | None = key(None, "", "Variant of a table kept in several; null: the first")
    settings: Settings = Field(
        default_factory=Settings,
        description="Settings that carry its base year forward, such as labour_growth; those that "
        "rule over the plan stand in the file's own settings.",
        json_schema_extra={"unit": "", "default": {}},
    )
    changes: tuple[Change, ...] = key(
        (), "", "Changes of single figures of the territory, with its own labels."
    )


class RouteEntry(Record):
    """Routes between two territories for one or several products."""

    origin: str = Field(description="Territory from which is sent.", json_schema_extra={"unit": ""})
    destination: str = Field(description="Territory that receives.", json_schema_extra={"unit": ""})
    products: Labels | None = key(
        None, "", "Products carried, one or a list; null: all that both have."
    )
    both: bool = key(False, "", "Whether there is a like route back for each.")
    base: float = key(0.0, "table's money/year", "Shipments of the base year, of each.", ge=0)
    band: float | None = key(
        None, "1/year", "Share of the base within which shipments stay; null: low and high.", ge=0
    )
    low: Amounts = key((0.0,), "table's money/year", "Least shipments of each product.")
    high: Amounts | None = key(
        None, "table's money/year", "Largest shipments of each product; null: no limit."
    )
    uses: dict[str, float] = key(
        {},
        "money/money",
        "Products used for carriage per unit sent: of a named territory (north:transport), or "
        "without one of the territory that sends.",
    )
    loss: float = key(0.0, "1", "Share lost on the way.", ge=0, lt=1)
    lines: dict[str, float] = key(
        {}, "unit of the line", "Capacity taken of each line (conditions: lines) per unit sent."
    )


class RegionalFile(Record):
    """A plan over several territories, from one of three kinds of sources.

    Either ``territories`` with a table each; or one ``table``, which is multi-regional, or
    national with ``shares`` of the territories.
    """

    title: str = key("", "", "What the plan is, in a few words.")
    description: str = key("", "", "What it is for and what it assumes.")
    territories: dict[str, TerritoryEntry] = key(
        {}, "", "Territories by name, each with a table of its own."
    )
    table: str | None = key(None, "", "One table for all: multi-regional, or national with shares.")
    variant: str | None = key(None, "", "Variant of that table; null: the first.")
    separator: str | None = key(
        None, "", "Between region and name in the labels of a multi-regional table; null: found."
    )
    shares: dict[str, Share] = key(
        {}, "", "Shares of the territories in a national table, by name; a stated guess."
    )
    sourcing: Literal["pooled", "shares", "fixed"] = key(
        "pooled",
        "",
        "Where territories of one table get products from: routes that the plan chooses "
        "(pooled), fixed shares by product (shares), or fixed coefficients (fixed).",
    )
    band: float | None = key(
        0.1,
        "1/year",
        "For pooled: deliveries stay within this share of the base year's, widening each year; "
        "null: no limit.",
        ge=0,
    )
    new_routes: bool = key(
        False, "", "For pooled: whether products may go where none went in the base year."
    )
    carriage: dict[str, dict[str, float]] = key(
        {}, "money/money", "For pooled: products used per unit carried, by product carried."
    )
    years: int = key(5, "years", "Length of the plan, from the year after the tables'.", ge=1)
    settings: Settings = Field(
        default_factory=Settings,
        description="Settings of the plan and of all territories.",
        json_schema_extra={"unit": "", "default": {}},
    )
    consumption: Literal["own", "common"] = key(
        "own", "", "Whether each territory is a group of households with a level of its own."
    )
    routes: tuple[RouteEntry, ...] = key(
        (), "", "Routes between territories, beside those of a multi-regional table."
    )
    changes: tuple[Change, ...] = key(
        (), "", "Changes of the plan as a whole, with labels TERRITORY:NAME, made in order."
    )
    conditions: Conditions = Field(
        default_factory=Conditions,
        description="Conditions of the plan as a whole, with labels TERRITORY:NAME.",
        json_schema_extra={"unit": "", "default": {}},
    )
    aims: tuple[Aim, ...] = key(
        (), "", "What the plan aims at; none: discounted consumption at the common level."
    )


def reference() -> list[Mapping[str, str]]:
    """Return every key of these files with unit, default and description, in order."""
    records: dict[str, type[Record]] = {
        "": RegionalFile, "territories": TerritoryEntry, "routes": RouteEntry, "shares": Share
    }  # fmt: skip
    return [
        {
            "part": part,
            "key": name,
            "default": "" if info.is_required() else _default(info),
            "unit": str((info.json_schema_extra or {}).get("unit", "")),  # type: ignore[union-attr]
            "description": str(info.description),
        }
        for part, record in records.items()
        for name, info in record.model_fields.items()
    ]


def _default(info: FieldInfo) -> str:
    return "{}" if info.default_factory else repr(info.default)


# The schema ----------------------------------------------------------------------


def schema() -> dict[str, Any]:
    """Return the JSON Schema of these files; every key has title, description and unit."""
    found = RegionalFile.model_json_schema()
    for name in ("settings", "conditions"):  # pydantic names references no further
        found["properties"][name]["title"] = name.title()
    entry = found["$defs"]["TerritoryEntry"]["properties"]
    entry["settings"]["title"] = "Settings"
    for record in found["$defs"].values():
        for entry in record["properties"].values():
            allow_one(entry)
    return {"$schema": SCHEMA_ID, **found}


def schema_text() -> str:
    """Return the JSON Schema as text."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
