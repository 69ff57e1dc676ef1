"""From any name that is shown to its origin cards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from conjuncture.accounts.library import load_variants, table_names
from conjuncture.core.errors import Faults, InputError
from conjuncture.core.sources import ASSUMED, Source, source, sources, trace
from conjuncture.core.state import variables
from conjuncture.data.catalog import all_series, find
from conjuncture.data.country import countries, load_country
from conjuncture.data.fitted import fitted
from conjuncture.data.record_files import record_files
from conjuncture.data.rules import rule, rules
from conjuncture.data.states import state, states
from conjuncture.plan.backtests.files import backtest_header, backtest_names
from conjuncture.run.ensemble import cards, order_run
from conjuncture.run.history import read_history
from conjuncture.run.scenario import (
    load_scenario,
    load_theory,
    mechanisms,
    parameters,
    scenario_names,
    theory_names,
)
from conjuncture.theory.claims import find_claim, load_claims


def origins(name: str) -> tuple[str, list[Source]]:
    """Return what a name is, and the origin cards behind it with their ancestors.

    Parameters
    ----------
    name : str
        A card, table, series, variable, mechanism, parameter
        (``mechanism.parameter``), figure (``SUN.armed_forces``, ``POL.product``),
        state (``POL``), rule, theory, scenario, claim (``C13``), or the path of a
        history or table header.

    Raises
    ------
    InputError
        If nothing has this name; the nearest names are given.
    """
    for kind, known, finder in _kinds():
        if name in known:
            return kind, trace(sorted(finder(name)))
    path = Path(name)
    if path.suffix == ".nc":
        manifest = json.loads(read_history(path).attrs["manifest"])
        return "history", [source(card) for card in manifest["sources"]]
    everything = {n for _, known, _ in _kinds() for n in known}
    faults = Faults()
    faults.unknown("name", name, everything, field="sources of")
    raise InputError(faults)


def _kinds() -> list[tuple[str, set[str], Callable[[str], set[str]]]]:
    figures = {f"{c}.{n}" for c in countries() for n in load_country(c).figures}
    claims = {c for t in theory_names() for c in load_claims(t)}
    of_states = {f"{c}.{n}" for c, item in states().items() for n in item.figures} - figures
    return [
        ("card", set(sources()), lambda n: {n}),
        ("table", set(table_names()), _of_table),
        ("backtest", set(backtest_names()), _of_backtest),
        ("series", set(all_series()), lambda n: {all_series()[n].source}),
        ("record", set(record_files()), _of_record),
        ("mechanism", set(mechanisms()), _of_mechanism),
        ("parameter", {*parameters(), *fitted()}, _of_parameter),
        ("figure", figures, _of_figure),
        ("state", set(states()), lambda n: set(state(n).cards())),
        ("figure", of_states, _of_state_figure),
        ("rule", set(rules()), lambda n: set(rule(n).sources)),
        ("variable", set(variables()), _of_variable),
        ("theory", set(theory_names()), lambda n: {load_theory(n).source}),
        ("scenario", set(scenario_names()), lambda n: set(cards(order_run(load_scenario(n))))),
        ("claim", claims, _of_claim),
    ]


def _of_table(name: str) -> set[str]:
    found: set[str] = set()
    for table in load_variants(name).values():
        found.add(table.origin)
        if table.capital is not None:
            found |= {table.capital.origin, table.capital.depreciation_origin}
    return found


def _of_backtest(name: str) -> set[str]:
    header = backtest_header(name)
    judged = {all_series()[item.series].source for item in header.comparisons}
    return {header.origin} | judged | (_of_table(header.table) if header.table else set())


def _of_record(name: str) -> set[str]:
    item = record_files()[name]
    return {item.source, *item.also}


def _of_mechanism(name: str) -> set[str]:
    item = mechanisms()[name]
    return {*item.sources, *(p.source for p in item.parameters)} - {ASSUMED}


def _of_parameter(name: str) -> set[str]:
    cards = {parameters()[name].source} if name in parameters() else set()
    found = fitted().get(name)
    return (cards | ({found.source, *found.also} if found else set())) - {ASSUMED}


def _of_figure(name: str) -> set[str]:
    code, _, figure = name.partition(".")
    item = load_country(code).figures[figure]
    return {item.source, *item.also} - {ASSUMED}


def _of_state_figure(name: str) -> set[str]:
    code, _, figure = name.partition(".")
    item = state(code).figure(figure)
    through = set(rule(item.rule).sources) if item.rule else set()
    return {item.source, *item.also, *through} - {ASSUMED}


def _of_variable(name: str) -> set[str]:
    """Return the cards of the mechanisms that write a variable and of its record."""
    found = {card for m in mechanisms().values() if name in m.writes for card in m.sources}
    recorded = {item.variable for item in all_series().values()}
    if name in recorded:
        found |= {item.source for item in find(variable=name)}
    return found | {item.source for item in record_files().values() if item.variable == name}


def _of_claim(name: str) -> set[str]:
    theory, claim = find_claim(name)
    found = {load_theory(theory).source}
    for measure in claim.measures:
        found |= _of_variable(measure.variable)
    return found
