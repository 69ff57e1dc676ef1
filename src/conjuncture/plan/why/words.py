"""The sentences in which a plan explains its prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import shorten
from typing import TYPE_CHECKING

from conjuncture.plan.conditions.all import COLUMNS, KINDS
from conjuncture.plan.programme.kinds import LIMITS

if TYPE_CHECKING:
    from conjuncture.plan.why.decompose import Term
    from conjuncture.plan.why.explain import Explanation
    from conjuncture.plan.why.roots import Root

_SHOWN = 5
_TITLE = 48
_SMALL = 5e-4


def scarce(kind: str) -> str:
    """Return what a positive price of a kind means, with ``{label}`` and ``{year}`` to fill in."""
    words = KINDS[kind].scarce if kind in KINDS else LIMITS.get(kind, "")
    if words:
        return words
    block, _, side = kind.rpartition(" ")
    if block in COLUMNS and side in _SIDES:  # of an activity that a condition adds
        return f"{COLUMNS[block].title} ({{label}}) in {{year}} {_SIDES[side]}"
    return kind + " of {label} in {year}"


_SIDES = {
    "minimum": "cannot be less than what is given",
    "maximum": "cannot be more than what is given",
}


def aim_unit(unit: str, aim: str) -> str:
    """Return the unit of values at a plan's prices: money, or else that of its aim."""
    return unit if aim.startswith(unit) else aim


def number(value: float) -> str:
    """Write a number with four significant figures and thousands separators."""
    if value != 0 and abs(value) < 1e-3:
        return f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def named(label: str, titles: Mapping[str, str]) -> str:
    """Write a label with its title, where there is one that adds to it."""
    title = shorten(titles.get(label, ""), _TITLE, placeholder=" ...")
    return f"{label} ({title})" if title and title.lower() != label.lower() else label


def explanation_text(e: Explanation) -> str:
    """Write an explanation in sentences, one to a line."""
    return "\n".join([*_head(e), *_reasons(e), *_needs(e), *_consumption(e), *e.notes])


def _head(e: Explanation) -> Iterator[str]:
    what = named(e.product, e.titles) if e.product else "the consumption bundle"
    unit = f"1 {e.unit}" if not e.unit[:1].isdigit() else f"one unit ({e.unit})"
    worth = f"{number(e.price)} {e.aim_unit}"
    yield f"{what}, {e.year}: {unit} more at hand is worth {worth}."
    if abs(e.price) < _SMALL:
        yield "There is enough of it: more would add nothing."
    elif e.price < 0:
        yield "There is more of it than can be used: more would only have to be disposed of."


def _reasons(e: Explanation) -> Iterator[str]:
    main = [root for root in e.roots if abs(root.share) >= 0.01 or abs(e.price) < _SMALL]
    if not main or abs(e.price) < _SMALL:
        return
    yield f"Carried back through all inputs, this price is made of ({_kinds(e)}):"
    for k, root in enumerate(main[:_SHOWN], 1):
        yield f"  {k}. {_reason(e, root)}"
    rest = 1.0 - sum(root.share for root in main[:_SHOWN])
    if abs(rest) >= 0.005:
        yield f"  and {100 * rest:.1f} % in other scarcities."


def _kinds(e: Explanation) -> str:
    """Sum the shares by kind, the largest first."""
    shares: dict[str, float] = {}
    for root in e.roots:
        shares[root.term.kind] = shares.get(root.term.kind, 0.0) + root.share
    ranked = sorted(shares.items(), key=lambda item: -abs(item[1]))
    return ", ".join(f"{kind} {100 * share:.1f} %" for kind, share in ranked if abs(share) >= 0.005)


def _reason(e: Explanation, root: Root) -> str:
    term = root.term
    text = scarce(term.kind).format(label=named(term.label, e.titles), year=term.year)
    made = f"{100 * root.share:.1f} %: {text}"
    takes = "takes" if term.use > 0 else "sets free"
    made += (
        f"; one more unit {takes} {number(abs(term.use))} {term.use_unit} of it"
        f" at {number(term.price)} each"
    )
    if root.chain:
        steps = [
            f"{named(link.product, e.titles)} needs {number(link.amount)} of "
            f"{named(link.needs, e.titles)} per unit"
            for link in root.chain
        ]
        made += f". Chain: {', '.join(steps)}"
    if term.kind == "capacity":
        made += f". {_building(e, term)}"
    return made + "."


def _building(e: Explanation, term: Term) -> str:
    """Say when more capacity could have been begun."""
    return building_words(term.year, e.gestation, e.first_year)


def building_words(year: int, gestation: int, first_year: int) -> str:
    """Say when capacity of a year could have been begun."""
    begun = year - gestation
    if begun < first_year:
        return f"New capacity for {year} had to be begun by {begun}, before the plan"
    return (
        f"New capacity for {year} is begun by {begun} ({gestation} years of building), "
        "and the plan builds as much as pays there"
    )


def _needs(e: Explanation) -> Iterator[str]:
    top = list(e.outputs.items())[:_SHOWN]
    if top:
        made = "; ".join(f"{named(label, e.titles)} {number(x)}" for label, x in top)
        yield f"One more unit takes output ({e.unit}), directly and indirectly: {made}."
    for kind, amount in e.labour.items():
        yield f"It takes {number(amount)} {e.labour_units[kind]} of labour ({kind})."
    for kind, value in e.labour_values.items():
        yield f"Its labour value is {number(value)} {e.labour_units[kind]} per {e.unit} ({kind})."
    if e.imported:
        parts = ", ".join(f"{term.kind} {number(term.value)}" for term in e.imported)
        yield f"By way of imports its price is made of: {parts}."


def _consumption(e: Explanation) -> Iterator[str]:
    bundle = sum(term.value for term in e.level_terms if term.kind == "product")
    grouped = any(term.kind == "household tie" for term in e.level_terms)
    whole = "What groups leave of the bundle" if grouped else "The whole bundle"
    unit = aim_unit(e.unit, e.aim_unit)
    costs = f"{whole} costs {number(bundle)} {unit} at these prices"
    if grouped and not bundle:
        costs = "Groups consume the whole bundle"
    counts = "; the common level counts" if grouped else " and counts"
    yield (
        f"Consumption of all products moves together; its level in {e.year} is "
        f"{number(e.level)} of the base year. {costs}{counts} "
        f"{number(e.level_weight)} in the aim."
    )
    for term in e.level_terms:
        if term.kind != "product" and abs(term.value) > _SMALL * e.level_weight:
            words = scarce(term.kind).format(label=term.label, year=term.year)
            effect = "holds it back" if term.value > 0 else "pushes it up"
            yield f"The rule that {words} {effect}: {number(abs(term.value))} {unit}."
