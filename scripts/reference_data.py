"""Reference pages on tables, countries, series and origin cards."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from conjuncture.accounts.library import load_table, load_variants, table_names, variant_titles
from conjuncture.accounts.table import Table
from conjuncture.core.sources import Source, sources
from conjuncture.data.catalog import Series, all_series
from conjuncture.data.country import Country, countries, load_country
from conjuncture.data.fitted import fitted
from conjuncture.data.record_files import record_files
from conjuncture.run.scenario import load_theory, mechanisms, theory_names
from reference_markup import code, facts, link, number, table, text
from reference_pages import THEORIES, cards, names
from reference_states import users as state_users

Pages = Iterator[tuple[str, str]]

TABLES, COUNTRIES = "tables/index.md", "countries/index.md"
SERIES, SOURCES = "series/index.md", "sources/index.md"


# Tables ---------------------------------------------------------------------------


def table_pages() -> Pages:
    """Write the list of shipped tables and a page for each."""
    rows = [
        [
            link(TABLES, f"tables/{name}.md"),
            text(load_table(name).title),
            str(load_table(name).size),
            load_table(name).unit,
            "reconstruction" if load_table(name).reconstruction else "observed",
        ]
        for name in table_names()
    ]
    intro = "# Tables\n\nForm, checks and a table of your own: [Tables](../../tables.md).\n\n"
    yield TABLES, intro + table(["table", "what", "sectors", "money", "kind"], rows)
    for name in table_names():
        yield f"tables/{name}.md", _table(name)


def table_cards(item: Table) -> list[str]:
    """Return the cards that a table names."""
    capital = item.capital
    return [item.origin, *((capital.origin, capital.depreciation_origin) if capital else ())]


def _table(name: str) -> str:
    here, item = f"tables/{name}.md", load_table(name)
    variants = variant_titles(name)
    labour = item.labour
    kinds = zip(labour.kinds, labour.units, strict=True) if labour else ()
    parts = [
        f"# {code(name)}: {text(item.title)}",
        *(['!!! warning "A reconstruction, not an observed table"'] if item.reconstruction else []),
        facts(
            {
                "Territory, year": f"{item.territory}, {item.year}",
                "Money": f"{text(item.unit)}, {text(item.prices)}",
                "Final uses": ", ".join(f"{code(u.name)} ({u.role})" for u in item.final_uses),
                "Labour": ", ".join(f"{code(kind)} ({unit})" for kind, unit in kinds),
                "Capital": item.capital.timing.replace("_", " ") if item.capital else "none",
                "Origin": cards(here, dict.fromkeys(table_cards(item))),
            }
        ),
    ]
    if variants:
        parts += ["## Variants", "The first is the one that is loaded where none is named."]
        parts.append(table(["variant", "what"], [[code(k), text(v)] for k, v in variants.items()]))
    parts += ["## Sectors", _sectors(item)]
    parts.append(
        f"```console\n$ conjuncture tables show {name}\n$ conjuncture sources of {name}\n```"
    )
    return "\n\n".join(parts)


def _sectors(item: Table) -> str:
    labour, capital = item.labour, item.capital
    headings = ["sector", "title", "output", "value added", "imports", "final uses"]
    headings += [labour.kinds[0].replace("_", " ")] if labour else []
    headings += ["capital"] if capital else []
    rows = []
    for i, sector in enumerate(item.sectors):
        amounts = [item.output[i], item.value_added[i], item.imports[i], item.final[i].sum()]
        amounts += [labour.used[0, i]] if labour else []
        amounts += [capital.stock[i]] if capital else []
        rows.append([code(sector), text(item.titles[i]), *(number(float(x)) for x in amounts)])
    return table(headings, rows)


# Countries ------------------------------------------------------------------------


def country_pages() -> Pages:
    """Write the list of country files and a page for each."""
    found = [load_country(name) for name in countries()]
    rows = [
        [link(COUNTRIES, f"countries/{c.id}.md"), text(c.title), str(len(c.figures))] for c in found
    ]
    intro = "# Countries\n\n[How to add one](../../how-to/country.md).\n\n"
    yield COUNTRIES, intro + table(["country", "title", "figures"], rows)
    for item in found:
        yield f"countries/{item.id}.md", _country(item)


def _country(item: Country) -> str:
    here = f"countries/{item.id}.md"
    rows = [
        [
            f'<span id="{name}"></span>{code(name)}',
            number(f.value),
            text(f.unit),
            f.date,
            f.use,
            code(f.prior or ""),
            cards(here, dict.fromkeys((f.source, *f.also))),
            " ".join(text(part) for part in (f.reason, f.how, f.note) if part),
        ]
        for name, f in item.figures.items()
    ]
    headings = ["figure", "value", "unit", "date", "use", "prior", "source", "why and how"]
    return "\n\n".join(
        [
            f"# {code(item.id)}: {text(item.title)}",
            f"Table: {link(here, f'tables/{item.table}.md')}. Each figure can be set in a run, "
            f"for instance `--set {item.id}.{next(iter(item.figures))}=NUMBER`.",
            table(headings, rows),
        ]
    )


# Series ---------------------------------------------------------------------------


def series_pages() -> Pages:
    """Write the list of recorded series, and a page for each variable."""
    items = sorted(all_series().values(), key=lambda s: (s.variable, s.id))
    rows = [
        [
            link(SERIES, f"series/{s.variable}.md", code(s.id), s.id),
            text(s.concept),
            s.sector or "",
            text(s.unit),
            f"{min(s.values)}-{max(s.values)}",
            cards(SERIES, [s.source]),
        ]
        for s in items
    ]
    intro = (
        "# Recorded series\n\nSources that disagree stand beside each other; none is spliced to "
        "another, and no gap is filled. What each figure may be used for: "
        "[Data](../../data.md).\n\n"
    )
    yield SERIES, intro + table(["series", "measures", "sector", "unit", "years", "card"], rows)
    for name, group in groupby(items, key=lambda s: s.variable):
        here = f"series/{name}.md"
        parts = [f"# Series of {code(name)}", *(_series(s, here) for s in group)]
        yield here, "\n\n".join(parts)


def _series(item: Series, here: str) -> str:
    uses = [[str(y), f"{v:g}", item.use(y)] for y, v in sorted(item.values.items())]
    figures = table(["year", "value", "use"], uses).replace("\n", "\n    ")
    why = [f"{year}: {text(reason)}" for year, reason in item.structural.items()]
    return "\n\n".join(
        [
            f"## {code(item.id)} {{#{item.id}}}",
            facts(
                {
                    "What": f"{text(item.title)} ({text(item.concept)})",
                    "Territory": " ".join(
                        [item.territory, *([item.sector] if item.sector else [])]
                    ),
                    "Unit, timing": f"{text(item.unit)}, {item.timing.replace('_', ' ')}",
                    "Card": cards(here, [item.source]),
                    "Borders": text(item.borders),
                    "Derivation": text(item.derivation),
                    "Note": text(item.note),
                    "Slow structure": "; ".join(why),
                }
            ),
            f'??? note "{len(uses)} figures, {uses[0][0]}-{uses[-1][0]}"\n\n    {figures}',
        ]
    )


# Origin cards -----------------------------------------------------------------------


def source_pages() -> Pages:
    """Write the list of origin cards and a page for each, with what rests on it."""
    rows = [
        [link(SOURCES, f"sources/{s.id}.md"), text(s.title), text(s.producer), text(s.licence)]
        for s in sources().values()
    ]
    intro = (
        "# Origin cards\n\nWho published a figure, under which licence, and where it was seen. "
        "`conjuncture sources of NAME` follows anything that is shown to these cards.\n\n"
    )
    yield SOURCES, intro + table(["card", "title", "producer", "licence"], rows)
    users = _users()
    for item in sources().values():
        yield f"sources/{item.id}.md", _source(item, users.get(item.id, []))


def _source(item: Source, users: list[str]) -> str:
    here = f"sources/{item.id}.md"
    parts = [
        f"# {code(item.id)}",
        f"**{text(item.title)}**",
        facts(
            {
                "Producer": text(item.producer),
                "Citation": text(item.citation),
                "Licence": text(item.licence),
                "Redistribution": item.redistribution,
                "Where": text(item.where),
                "Seen": str(item.seen or ""),
                "SHA-256": code(item.checksum or ""),
                "Derived from": cards(here, item.derived_from),
                "Note": text(item.note),
            }
        ),
    ]
    if item.steps:
        parts += ["## Steps", "\n".join(f"1. {text(step)}" for step in item.steps)]
    parts += ["## What rests on it", "\n".join(f"- {user}" for user in users) or "Nothing yet."]
    return "\n\n".join(parts)


def _users() -> dict[str, list[str]]:
    """Return what rests on each card, as links from a card's page."""
    here, found = "sources/x.md", dict[str, list[str]]()

    def add(card: str, user: str) -> None:
        if user not in found.setdefault(card, []):
            found[card].append(user)

    for m in mechanisms().values():
        for card in (*m.sources, *(p.source for p in m.parameters)):
            add(card, f"mechanism {link(here, f'mechanisms/{m.name}.md')}")
    for name in theory_names():
        add(load_theory(name).source, f"theory {link(here, THEORIES, code(name), name)}")
    for name in table_names():
        for item in load_variants(name).values():
            for card in table_cards(item):
                add(card, f"table {link(here, f'tables/{name}.md')}")
    for s in all_series().values():
        where = link(here, f"series/{s.variable}.md", code(s.id), s.id)
        add(s.source, f"series {where} of {names(here, [s.variable])}")
    for name, parameter in fitted().items():
        for card in (parameter.source, *parameter.also):
            add(card, f"fit of {code(name.split('.')[0])}")
    for card, user in (*_record_users(), *_country_users(here), *state_users()):
        add(card, user)
    for child in sources().values():
        for card in child.derived_from:
            add(card, f"card {link(here, f'sources/{child.id}.md')}, derived from it")
    return found


def _record_users() -> Pages:
    for item in record_files().values():
        for card in (item.source, *item.also):
            yield card, f"record {code(item.id)}"


def _country_users(here: str) -> Pages:
    for country in map(load_country, countries()):
        for key, f in country.figures.items():
            where = link(here, f"countries/{country.id}.md", code(f"{country.id}.{key}"), key)
            for card in (f.source, *f.also):
                yield card, f"figure {where}"
