"""State files: reading them, and checks one by one and together; all faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from conjuncture.core.errors import Faults, lookup
from conjuncture.core.files import content_root, read_records
from conjuncture.core.sources import sources
from conjuncture.data.country import check_figure
from conjuncture.data.rules import Rule, rules
from conjuncture.data.state_model import (
    ADDITIVE,
    END,
    FIGURES,
    FOLLOWING,
    SIGNED,
    State,
    StateFigure,
    day,
)

SUM_TOLERANCE = 1e-4
"""Relative difference between a whole and its parts: figures have six digits."""


@cache
def states() -> Mapping[str, State]:
    """Return every shipped state and territory, by code.

    Raises
    ------
    InputError
        As :func:`load_states`.
    """
    return MappingProxyType(load_states(content_root() / "states"))


def state(code: str) -> State:
    """Return one state or territory.

    Raises
    ------
    InputError
        If there is none of that code; the nearest codes are given.
    """
    return lookup("state", code, states())


def parts(code: str) -> tuple[State, ...]:
    """Return the units whose figures are contained in those of a unit."""
    return tuple(item for item in states().values() if item.parent == code)


def state_codes() -> tuple[str, ...]:
    """Return the codes of the shipped files, without reading them."""
    return tuple(sorted(path.stem for path in (content_root() / "states").glob("*.yaml")))


def load_states(folder: Path, known: Mapping[str, Rule] | None = None) -> dict[str, State]:
    """Read and check the state files of a folder.

    Parameters
    ----------
    folder : Path
        Holds one YAML file for each state or territory.
    known : mapping, optional
        The rules; the shipped ones by default.

    Raises
    ------
    InputError
        With all faults of all files: wrong keys, unknown figures, units, cards,
        rules, holders, parents or partners (with the nearest names), a negative
        figure, a figure after 1945 that is not structural, spells that overlap
        or leave the end of 1945 without a holder, parts that do not add up.
    """
    given = rules() if known is None else known
    faults = Faults()

    def check(item: State, stem: str, own: Faults) -> None:
        if item.id != stem:
            own.add("id differs from the file's name", f"set id: {stem}", field="id", value=item.id)
        check_state(item, given, own)

    read = read_records(sorted(folder.glob("*.yaml")), State, check, faults)
    found = {item.id: item for item in read}
    check_together(found, faults)
    faults.raise_if_any()
    return found


def check_state(item: State, known: Mapping[str, Rule], faults: Faults) -> None:
    """Add the faults of one file by itself."""
    for name, figure in item.figures.items():
        _check_figure(name, figure, known, faults)
    of_figures = {card for f in item.figures.values() for card in (f.source, *f.also)}
    for card in item.cards():
        if card not in sources() and card not in of_figures:
            faults.unknown("source", card, sources(), field="source")
    for name in item.gaps:
        if name not in FIGURES:
            faults.unknown("figure", name, FIGURES, field=f"gaps.{name}")
        elif name in item.figures:
            faults.add("is a gap and a figure", "remove one of them", field=f"gaps.{name}")
    _check_spells(item, faults)


def _check_figure(
    name: str, figure: StateFigure, known: Mapping[str, Rule], faults: Faults
) -> None:
    field = f"figures.{name}"
    check_figure(name, figure, faults)
    if name not in FIGURES:
        faults.unknown("figure", name, FIGURES, field=field)
    elif figure.unit != FIGURES[name]:
        faults.add(
            f"unit differs from that of the figure, {FIGURES[name]!r}",
            "convert the value",
            field=f"{field}.unit",
            value=figure.unit,
        )
    if figure.value < 0 and name not in SIGNED:
        faults.add("is negative", "give a value from 0 upward", field=field, value=figure.value)
    if not figure.rule:
        if figure.use == "structural":
            faults.add(
                "an observed figure must not be of after 1945",
                "give an earlier one, or fill it by a rule that says why",
                field=f"{field}.use",
            )
        return
    if figure.rule not in known:
        faults.unknown("rule", figure.rule, known, field=f"{field}.rule")
        return
    rule = known[figure.rule]
    if rule.basis != figure.basis:
        faults.add(
            f"the rule makes it {rule.basis}",
            f"set basis: {rule.basis}",
            field=f"{field}.basis",
            value=figure.basis,
        )
    if figure.use == "structural" and not rule.structural:
        faults.add(
            "the rule lets no figure of after 1945 enter",
            "give the rule a reason under 'structural', or an earlier figure",
            field=f"{field}.use",
        )
    if figure.prior is None and rule.spread is not None and name not in FOLLOWING:
        faults.add("a figure of this rule needs a prior", "add the prior", field=f"{field}.prior")


def _check_spells(item: State, faults: Faults) -> None:
    if not item.spells:
        faults.add("has no spell", "say who held it", field="spells")
        return
    for before, after in pairwise(item.spells):
        if before.end is None or day(before.end) > day(after.start):
            faults.add(
                "overlaps the spell after it, or stands after it",
                "give an end not after the next start, in the order of time",
                field=f"spells.{before.start}",
                value=before.end,
            )
    at_end = [spell for spell in item.spells if spell.covers(END)]
    if len(at_end) != 1:
        faults.add(
            f"has {len(at_end)} holders at the end of 1945",
            "give it exactly one",
            field="spells",
        )


def check_together(found: Mapping[str, State], faults: Faults) -> None:
    """Add the faults that only all files together show."""
    for item in found.values():
        own = Faults(f"{item.id}.yaml")
        _check_names(item, found, own)
        for neighbour in item.neighbours:
            other = found.get(neighbour.unit)
            if other is not None and (item.id, neighbour.kind) not in {
                (back.unit, back.kind) for back in other.neighbours
            }:
                own.add(
                    f"{other.id} does not name it as a neighbour by {neighbour.kind}",
                    "neighbours name each other",
                    field="neighbours",
                    value=neighbour.unit,
                )
        _check_sums(item, found, own)
        faults.extend(own)


def _check_names(item: State, found: Mapping[str, State], faults: Faults) -> None:
    named = [("parent", item.parent)] if item.parent else []
    for spell in item.spells:
        named += [("holder", spell.holder), *(("forces", unit) for unit in spell.forces)]
    named += [("neighbours", neighbour.unit) for neighbour in item.neighbours]
    named += [("alliances", unit) for pact in item.alliances for unit in pact.partners]
    for field, unit in named:
        if unit not in found:
            faults.unknown("unit", unit, found, field=field)


def _check_sums(item: State, found: Mapping[str, State], faults: Faults) -> None:
    within = [other for other in found.values() if other.parent == item.id]
    for name in ADDITIVE if within else ():
        values = [part.value(name) for part in within]
        whole = item.value(name)
        known = [value for value in values if value is not None]
        if whole is None or len(known) != len(values):
            continue
        if abs(sum(known) - whole) > SUM_TOLERANCE * whole:
            faults.add(
                f"its parts add up to {sum(known):g}",
                "mend the parts or the whole",
                field=f"figures.{name}",
                value=whole,
            )
