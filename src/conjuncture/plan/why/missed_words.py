"""The sentences in which a plan says why a target is missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from conjuncture.plan.why.words import building_words, named, number, scarce

if TYPE_CHECKING:
    from conjuncture.plan.why.missed import Missed, Way
    from conjuncture.plan.why.roots import Root

_MET, _SMALL = 1e-6, 0.01
_SHOWN, _RIVALS = 5, 5
_SENSES = {"at_least": "at least", "at_most": "at most", "exactly": "exactly"}
_ACTIVITIES = {
    "level": "the consumption level",
    "partner exports": "exports to",
    "partner imports": "imports from",
}


def missed_text(m: Missed) -> str:
    """Write why a target is missed in sentences, one to a line."""
    return "\n".join([_head(m), *_reasons(m)])


def _head(m: Missed) -> str:
    of = ", ".join(named(label, m.titles) for label in m.of.split(", ")) if m.of else ""
    what = m.what.replace("_", " ") + (f" of {of}" if of else "")
    text = (
        f"{m.name}, {m.year}: {what}, {_SENSES[m.sense]} {number(m.asked)} {m.unit} asked, "
        f"{number(m.reached)} reached: "
    )
    if not m.missed:
        return text + "the target is met."
    verb = "short by" if m.missed < 0 else "exceeded by"
    return text + f"{verb} {number(abs(m.missed))} {m.unit} ({100 * m.share:.3g} %)."


def _reasons(m: Missed) -> Iterator[str]:
    if not m.missed:
        return
    if not m.level:
        yield (
            f"No level of the aim asks for targets of priority {m.priority}, so nothing pulls "
            "towards it: name it among the aims."
        )
        return
    if abs(m.reached_then - m.reached) > _MET * max(m.asked, m.reached):
        yield (
            f"When it was the aim ({m.level}), {number(m.reached_then)} {m.unit} were reached: "
            "where several plans miss equally much in all, or the level has slack, later levels "
            "choose."
        )
    if not m.ways:
        yield "In that aim it was met; what later levels gave up has no price in it."
    else:
        yield from _needs(m)
        if len(m.ways) > 1:
            yield f"It is made up of {len(m.ways)} activities, of which the largest:"
            yield from (f"  - {_way(m, way)}." for way in m.ways if way.roots)
    for rival in m.rivals[:_RIVALS]:
        change = "more" if m.missed < 0 else "less"
        order = "comes first" if rival.priority < m.priority else "stands beside it"
        yield (
            f"The target {rival.name} of {rival.year} (priority {rival.priority}) {order} and "
            f"needs the same: giving up one unit of it ({rival.unit}) would allow "
            f"{number(rival.gain)} {m.unit} {change} of this one."
        )
    for name in m.held:
        yield f"The aim that comes first ({name}) is held at its optimum and needs the same."


def _needs(m: Missed) -> Iterator[str]:
    """Say what one more unit needs, and what it brings beside, by value in the target's aim."""
    what = _named(m, m.ways[0]) if len(m.ways) == 1 else "it, in the plan's proportions,"
    needs = [root for root in m.roots if root.share > 0]
    brings = [root for root in m.roots if root.share < 0]
    gross = sum(root.share for root in needs)
    change, verb = ("more", "needs") if m.missed < 0 else ("less", "costs")
    yield f"A unit {change} of {what} in {m.year} {verb} (by value in the aim: {m.level}):"
    yield from _list(m, needs, gross)
    if gross > 1.0 + _SMALL:
        yield "  Against this it brings:"
        yield from _list(m, brings, gross)
        yield f"  What remains, {100 / gross:.3g} %, is what a unit of the target is worth."


def _named(m: Missed, way: Way) -> str:
    words = _ACTIVITIES.get(way.activity, f"{way.activity} of")
    return f"{words} {named(way.label, m.titles)}" if way.label else words


def _way(m: Missed, way: Way) -> str:
    """Name an activity of several, with what it needs most."""
    needs = [root for root in way.roots if root.share > 0]
    most, gross = needs[0], sum(root.share for root in needs)
    part = f"{100 * most.share / gross:.0f} % of its needs"
    return f"{_named(m, way)}, {number(way.amount)} {m.unit}; {part}: {_cause(m, most)}"


def _list(m: Missed, roots: Sequence[Root], gross: float) -> Iterator[str]:
    main = [root for root in roots if abs(root.share) >= _SMALL * gross]
    if len(roots) > _SHOWN:
        yield f"  by kind: {_kinds(roots, gross)}"
    for k, root in enumerate(main[:_SHOWN], 1):
        yield f"  {k}. {100 * abs(root.share) / gross:.1f} %: {_reason(m, root)}."
    rest = abs(sum(root.share for root in roots) - sum(root.share for root in main[:_SHOWN]))
    if rest >= _SMALL / 2 * gross:
        yield f"  and {100 * rest / gross:.1f} % in other things."


def _kinds(roots: Sequence[Root], gross: float) -> str:
    """Sum the shares by kind, the largest first."""
    sums: dict[str, float] = {}
    for root in roots:
        without_use = root.term.kind == "product" and root.term.price < 0
        kind = "products without use" if without_use else root.term.kind
        sums[kind] = sums.get(kind, 0.0) + abs(root.share) / gross
    ranked = sorted(sums.items(), key=lambda item: -item[1])
    return ", ".join(f"{kind} {100 * x:.1f} %" for kind, x in ranked if x >= _SMALL / 2)


def _reason(m: Missed, root: Root) -> str:
    term = root.term
    label = named(term.label, m.titles)
    amount = f"{number(abs(term.use))} {term.use_unit}".rstrip()
    if root.share < 0 and term.kind == "product" and term.price > 0:
        text = f"{amount} of {label} in {term.year}"
    elif root.share < 0 and term.kind in ("target", "target maximum"):
        text = f"{amount} that count in the target {label} of {term.year}"
    else:
        adds = "adds" if term.use < 0 else "takes"
        verb = "eases this by" if root.share < 0 else adds
        text = f"{_cause(m, root)}; it {verb} {amount}"
    if term.price > 0 and root.share > 0:
        text += (
            f", and one more at hand would be worth {number(term.price / m.worth)} {m.unit} "
            "of the target"
        )
    if root.chain and root.share > 0:
        text += f". Chain: {', '.join(_steps(m, root))}"
    if term.kind == "capacity" and root.share > 0:
        text += f". {building_words(term.year, m.gestation, m.first_year)}"
    return text


def _cause(m: Missed, root: Root) -> str:
    """Say what is scarce, or has no use."""
    term, label = root.term, named(root.term.label, m.titles)
    if term.kind == "product" and term.price < 0:
        text = f"no use is left for more {label} in {term.year}"
        return f"{text} (the setting disposal would let it lie)"
    return scarce(term.kind).format(label=label, year=term.year)


def _steps(m: Missed, root: Root) -> Iterator[str]:
    for link in root.chain:
        needs = f"{number(link.amount)} of {named(link.needs, m.titles)}"
        if link.product:
            yield f"{named(link.product, m.titles)} needs {needs} per unit"
        else:
            yield f"a unit of it needs {needs}"
