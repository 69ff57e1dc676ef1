"""Reference pages on the states of 1945 and the rules that fill their gaps."""

from __future__ import annotations

from collections.abc import Iterator

from conjuncture.data.rules import Rule, rules
from conjuncture.data.state_model import BOUNDED, SIGNED, State, StateFigure
from conjuncture.data.states import states
from reference_markup import code, facts, link, number, table, text
from reference_pages import cards

Pages = Iterator[tuple[str, str]]

STATES, RULES = "states/index.md", "rules/index.md"


def state_pages() -> Pages:
    """Write the list of states and territories and a page for each."""
    rows = [
        [
            link(STATES, f"states/{item.id}.md"),
            text(item.title),
            item.kind,
            code(item.parent or ""),
            code(item.holder),
            item.spell().status,
        ]
        for item in states().values()
    ]
    intro = (
        "# States and territories\n\nThe system at the end of 1945. How the files are made, and "
        "what share of them was observed: [States and territories](../../states.md).\n\n"
    )
    headings = ["code", "name", "kind", "part of", "holder", "status"]
    yield STATES, intro + table(headings, rows)
    for item in states().values():
        yield f"states/{item.id}.md", _state(item)


def _state(item: State) -> str:
    here = f"states/{item.id}.md"
    parts = [f"# {code(item.id)}: {text(item.title)}"]
    place = item.place
    parts.append(
        facts(
            {
                "Kind": f"{item.kind}, group {code(item.group)}",
                "Part of": link(here, f"states/{item.parent}.md") if item.parent else "",
                "Sum of": ", ".join(item.members),
                "Chief town": ""
                if place is None
                else f"{text(place.name)} ({place.latitude:g}, {place.longitude:g})",
                "Note": text(item.note),
                "Gaps": "; ".join(f"{code(k)}: {text(why)}" for k, why in item.gaps.items()),
            }
        )
    )
    rows = [_figure(here, name, figure) for name, figure in item.figures.items()]
    headings = ["figure", "value", "unit", "date", "use", "basis", "prior", "source", "notes"]
    parts += ["## Figures", table(headings, rows), "## Held by", _spells(here, item)]
    if item.parties:
        parts += ["## Parties", _parties(here, item)]
    near = [
        [link(here, f"states/{n.unit}.md"), n.kind, cards(here, [n.source])]
        for n in item.neighbours
    ]
    if near:
        parts += ["## Neighbours", table(["unit", "by", "source"], near)]
    pacts = [
        [
            p.kind,
            ", ".join(link(here, f"states/{unit}.md") for unit in p.partners),
            p.since,
            cards(here, [p.source]),
        ]
        for p in item.alliances
    ]
    if pacts:
        parts += ["## Alliances", table(["kind", "with", "since", "source"], pacts)]
    return "\n\n".join(parts)


def _figure(here: str, name: str, figure: StateFigure) -> list[str]:
    rule = link(here, f"rules/{figure.rule}.md") if figure.rule else ""
    return [
        f'<span id="{name}"></span>{code(name)}',
        number(figure.value),
        text(figure.unit),
        figure.date,
        figure.use,
        " ".join(part for part in (figure.basis, rule) if part),
        code(figure.prior or ""),
        cards(here, dict.fromkeys((figure.source, *figure.also))),
        " ".join(text(part) for part in (figure.how, figure.note) if part),
    ]


def _spells(here: str, item: State) -> str:
    rows = [
        [
            spell.start,
            spell.end or "",
            code(spell.holder),
            spell.status,
            text(spell.how),
            ", ".join(spell.forces),
            text(". ".join((*spell.claims, *([spell.note] if spell.note else [])))),
            cards(here, dict.fromkeys((spell.source, *spell.also))),
        ]
        for spell in item.spells
    ]
    return table(["from", "to", "holder", "status", "how", "troops", "note", "source"], rows)


def _parties(here: str, item: State) -> str:
    rows = [
        [
            text(party.name),
            text(party.family),
            party.election,
            "" if party.vote is None else f"{party.vote:g}",
            "" if party.seats is None else f"{party.seats:g}",
            "" if party.members is None else f"{party.members:g} ({party.members_date})",
            "" if party.cabinet is None else ("yes" if party.cabinet else "no"),
            cards(here, [party.source]),
        ]
        for party in item.parties
    ]
    headings = ["party", "family", "election", "vote %", "seats %", "members, thousand", "cabinet"]
    return table([*headings, "source"], rows)


def rule_pages() -> Pages:
    """Write the list of rules and a page for each."""
    rows = [
        [link(RULES, f"rules/{item.id}.md"), text(item.title), item.basis]
        for item in rules().values()
    ]
    intro = "# Rules\n\nThe only ways in which a gap in a state file is filled.\n\n"
    yield RULES, intro + table(["rule", "gives", "counts as"], rows)
    uses: dict[str, list[str]] = {}
    for item in states().values():
        for name, figure in item.figures.items():
            if figure.rule:
                where = link(RULES, f"states/{item.id}.md", code(f"{item.id}.{name}"), name)
                uses.setdefault(figure.rule, []).append(where)
    for rule in rules().values():
        yield f"rules/{rule.id}.md", _rule(rule, uses.get(rule.id, []))


def _rule(item: Rule, uses: list[str]) -> str:
    here = f"rules/{item.id}.md"
    numbers = ", ".join(f"{key} = {value:g}" for key, value in item.parameters.items())
    return "\n\n".join(
        [
            f"# {code(item.id)}: {text(item.title)}",
            text(item.description),
            facts(
                {
                    "Counts as": item.basis,
                    "Formula": code(item.formula),
                    "Numbers": code(numbers),
                    "Donors": ", ".join(item.donors),
                    "Spread": "" if item.spread is None else f"{item.spread:g} {_points(item)}",
                    "From": text(item.spread_from),
                    "Later figures": text(item.structural),
                    "Sources": cards(here, item.sources),
                }
            ),
            "## Figures filled by it",
            ", ".join(uses) or "None.",
        ]
    )


def _points(rule: Rule) -> str:
    """Return what a rule's spread is counted in."""
    named = {
        name
        for item in states().values()
        for name, figure in item.figures.items()
        if figure.rule == rule.id
    }
    return "in the figure's unit" if named and named <= SIGNED | BOUNDED else "log points"


def users() -> Iterator[tuple[str, str]]:
    """Yield each card and a link to the state file or rule that rests on it."""
    here = "sources/x.md"
    for rule in rules().values():
        for card in rule.sources:
            yield card, f"rule {link(here, f'rules/{rule.id}.md')}"
    for item in states().values():
        for card in item.cards():
            yield card, f"state {link(here, f'states/{item.id}.md')}"
