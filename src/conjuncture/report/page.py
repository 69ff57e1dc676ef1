"""The self-contained HTML page of a run."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xarray as xr
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from conjuncture.core.files import write_text
from conjuncture.core.sources import trace
from conjuncture.core.state import variable
from conjuncture.report.compare_runs import difference_rows, differences, place_rows, places
from conjuncture.report.figures import png, run_figure
from conjuncture.report.summary import summary
from conjuncture.report.world import heads, world_figure, world_rows
from conjuncture.run.ensemble import Order, cards, manifest
from conjuncture.run.scenario import load_theory, mechanisms
from conjuncture.theory.verdict import Verdict


def environment() -> Environment:
    """Return the template environment: values are escaped, unknown names raise."""
    return Environment(
        loader=PackageLoader("conjuncture.report"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


WORLD = "world"
"""Name of the picture of a world among those of its territories."""


def pictures(order: Order, history: xr.Dataset) -> dict[str, bytes]:
    """Draw the pictures of a run as PNG, by territory, and of its world under :data:`WORLD`."""
    start, codes = order.scenario.start, order.scenario.reported
    drawn = {code: png(run_figure(history, code, start)) for code in codes}
    if len(order.scenario.territories) > 1:
        drawn = {WORLD: png(world_figure(history, codes, start))} | drawn
    return drawn


def run_page(
    order: Order, history: xr.Dataset, verdicts: list[Verdict], drawn: Mapping[str, bytes]
) -> str:
    """Return the HTML page of a run; it needs no server and no network.

    Parameters
    ----------
    order : Order
    history : xarray.Dataset
    verdicts : list of Verdict
    drawn : mapping of str to bytes
        The run's :func:`pictures`.
    """
    figures = [
        {
            "territory": code,
            "png": base64.b64encode(drawn[code]).decode(),
            "rows": _rows(history, code),
        }
        for code in order.scenario.reported
    ]
    theory = load_theory(order.scenario.theory)
    return (
        environment()
        .get_template("run.html.j2")
        .render(
            scenario=order.scenario,
            theory=theory,
            order=order,
            figures=figures,
            beside=_beside(order, history),
            world=_world(order, history, drawn),
            verdicts=[item.as_dict() for item in verdicts],
            mechanisms=[_mechanism(name) for name in theory.mechanisms],
            sources=trace(cards(order)),
            manifest=json.dumps(manifest(order), indent=2, sort_keys=True),
        )
    )


def _world(order: Order, history: xr.Dataset, drawn: Mapping[str, bytes]) -> dict[str, Any] | None:
    """Return figure and tables of the world, where a run has more than one territory."""
    if WORLD not in drawn:
        return None
    return {
        "png": base64.b64encode(drawn[WORLD]).decode(),
        "outcomes": world_rows(history),
        "heads": heads(history, order.scenario.reported),
    }


def _rows(history: xr.Dataset, territory: str) -> list[dict[str, Any]]:
    """Lay the summary out with one row for each variable and run."""
    grouped: dict[tuple[str, str], dict[str, Any]] = {}
    for item in summary(history, territory):
        key = (str(item["variable"]), str(item["scenario"]))
        row = grouped.setdefault(
            key,
            {
                "variable": key[0],
                "title": item["title"],
                "unit": item["unit"],
                "scenario": key[1],
                "years": {},
            },
        )
        row["years"][item["year"]] = (
            f"{number(item['median'])} ({number(item['low'])} to {number(item['high'])})"
        )
    return list(grouped.values())


def _beside(order: Order, history: xr.Dataset) -> dict[str, Any] | None:
    """Return the tables against the scenario that this one compares itself with."""
    base = order.scenario.base
    if base is None:
        return None
    pair = (order.scenario.id, base.id)
    return {
        "here": pair[0],
        "base": pair[1],
        "differences": difference_rows(
            differences(history, *pair, order.scenario.reported), number
        ),
        "places": place_rows(places(history, *pair)),
    }


def number(value: object) -> str:
    """Write a number with three significant figures, or none after the point from 100 on."""
    amount = float(str(value))
    return f"{amount:,.0f}" if abs(amount) >= 100 else f"{amount:.3g}"


def _mechanism(name: str) -> dict[str, Any]:
    item = mechanisms()[name]
    return {
        "name": name,
        "label": item.label,
        "phase": item.phase,
        "description": item.description,
        "sources": ", ".join(item.sources),
        "paragraphs": ", ".join(item.paragraphs),
        "writes": ", ".join(variable(w).title for w in item.writes if variable(w).kept),
        "parameters": [
            {
                "name": item.qualified(p.name),
                "description": p.description,
                "unit": p.unit,
                "prior": str(p.prior),
                "source": p.source,
                "reason": p.reason,
            }
            for p in item.parameters
        ],
    }


def write_page(
    order: Order,
    history: xr.Dataset,
    verdicts: list[Verdict],
    drawn: Mapping[str, bytes],
    path: Path,
) -> Path:
    """Write the page of a run through a temporary file."""
    return write_text(path, run_page(order, history, verdicts, drawn))
