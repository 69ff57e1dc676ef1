"""Write the reference pages of the documentation from the code and the content.

    python scripts/build_reference.py

Nothing written here is kept in the repository: ``make docs`` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

import conjuncture
from conjuncture.cli.app import app
from conjuncture.core.files import write_text
from conjuncture.plan.settings import reference
from reference_data import country_pages, series_pages, source_pages, table_pages
from reference_markup import code, paragraphs, table, text
from reference_pages import (
    claim_pages,
    mechanism_pages,
    scenario_page,
    theory_page,
    variable_page,
)
from reference_states import rule_pages, state_pages

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
PACKAGE = Path(conjuncture.__file__).parent

Pages = Iterator[tuple[str, str]]

ROOMS = {
    "core": "Foundations: origin cards, variables, priors, the registry of mechanisms, errors",
    "data": "Recorded series, country files, the recorded history",
    "accounts": "Tables, their form and checks, Leontief, RAS and GRAS",
    "plan": "Plans as linear programmes",
    "economy": "Mechanisms of production, capital, markets and planning",
    "society": "Mechanisms of people, forces, culture, bureaucracy and strata",
    "world": "Mechanisms between states: power, war, alliances, territories",
    "politics": "Mechanisms of masses, parties, revolutions and the stability of regimes",
    "run": "Scenarios, the order of a year, simulation, histories",
    "fit": "Parameters fitted on windows before 1945",
    "theory": "Claims, checks, evidence, verdicts",
    "score": "Proper scores against the record, baselines, mechanisms switched off",
    "report": "Summaries, figures, the page of a run, origins",
}
"""Rooms with a public interface, in the order of the data."""

SECTIONS = (
    ("Command line", "cli.md", "every command with its arguments, options and exit codes"),
    ("Settings of a plan", "plan-settings.md", "every rule with unit, default and mark"),
    ("Mechanisms", "mechanisms/index.md", "what acts on what, with parameters and sources"),
    ("State variables", "variables.md", "names, units, dimensions, writers and readers"),
    ("Theories", "theories.md", "choices of mechanisms, priors and claims"),
    ("Claims", "claims/index.md", "what is asserted and what the record says"),
    ("Scenarios", "scenarios.md", "starts, windows, comparisons"),
    ("Tables", "tables/index.md", "the shipped accounts"),
    ("Countries", "countries/index.md", "the figures from which a run starts"),
    ("States and territories", "states/index.md", "the system at the end of 1945"),
    ("Rules", "rules/index.md", "how the gaps in the files of states are filled"),
    ("Recorded series", "series/index.md", "every figure of the record and its use"),
    ("Origin cards", "sources/index.md", "who published what, and what rests on it"),
    ("Python interface", "api/index.md", "modules, classes and functions by room"),
)


def pages() -> dict[str, str]:
    """Return every page of the reference by its path below the folder."""
    makers = (
        index_page,
        cli_page,
        settings_page,
        mechanism_pages,
        variable_page,
        theory_page,
        claim_pages,
        scenario_page,
        table_pages,
        country_pages,
        state_pages,
        rule_pages,
        series_pages,
        source_pages,
        api_pages,
    )
    return {path: content + "\n" for make in makers for path, content in make()}


def index_page() -> Pages:
    """Write the front page of the reference."""
    lines = [f"- [{title}]({path}): {what}" for title, path, what in SECTIONS]
    intro = f"# Reference\n\nWritten from the code of version {conjuncture.__version__}.\n\n"
    yield "index.md", intro + "\n".join(lines)


# Command line ---------------------------------------------------------------------


def commands() -> dict[str, Any]:
    """Return every command that can be called, by its full name."""
    return dict(_walk(typer.main.get_command(app), "conjuncture"))


def _walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    under = getattr(command, "commands", {})
    if not under or command.invoke_without_command:
        yield path, command
    for name, item in under.items():
        yield from _walk(item, f"{path} {name}")


def cli_page() -> Pages:
    """Write every command with its arguments and options."""
    parts = [
        "# Command line",
        "Exit codes: 0 done, whatever the verdicts; 1 refused, or faults found; 2 wrong usage; "
        "130 interrupted. Errors go to standard error, each with file, field, value and remedy. "
        "Every command knows `--help`.",
    ]
    for name, command in commands().items():
        parts += [f"## {name} {{#{name.replace(' ', '-')}}}", *_command(name, command)]
    yield "cli.md", "\n\n".join(parts)


def _command(name: str, command: Any) -> list[str]:
    arguments = [p for p in command.params if not p.opts[0].startswith("-")]
    options = [p for p in command.params if p.opts[0].startswith("-")]
    usage = " ".join([name, *(p.name.upper() for p in arguments), "[OPTIONS]" if options else ""])
    parts = [paragraphs(command.help or ""), f"```text\n{usage.strip()}\n```"]
    if arguments:
        rows = [[code(p.name.upper()), text(p.help or "")] for p in arguments]
        parts.append(table(["argument", "meaning"], rows))
    if options:
        rows = [[_option(p), text(p.help or ""), _default(p)] for p in options]
        parts.append(table(["option", "meaning", "default"], rows))
    return parts


def _option(p: Any) -> str:
    flag = ", ".join(p.opts)
    value = "" if getattr(p, "is_flag", False) else f" {p.metavar or p.name.upper()}"
    return code(flag + value) + (" (may be repeated)" if p.multiple else "")


def _default(p: Any) -> str:
    plain = p.default is not None and not callable(p.default) and p.default not in (False, [], ())
    return code(p.default) if plain else ""


def settings_page() -> Pages:
    """Write the settings of a plan."""
    rows = [
        [code(r["name"]), code(r["default"]), text(r["unit"]), r["mark"], text(r["description"])]
        for r in reference()
    ]
    intro = (
        "# Settings of a plan\n\nSet one with `--set NAME=VALUE` or as an argument of "
        "`Problem.from_table`. `assumed` marks a number that no figure grounds, `accounting` the "
        "neutral value of a convention, `choice` one of several rules. The programme that they "
        "change: [Plans](../plan.md).\n\n"
    )
    headings = ["setting", "default", "unit", "mark", "meaning"]
    yield "plan-settings.md", intro + table(headings, rows)


# Python interface -----------------------------------------------------------------


def modules(room: str) -> list[str]:
    """Return the public modules of a room."""
    files = sorted((PACKAGE / room).rglob("*.py"), key=lambda p: (len(p.parts), p))
    names = [p.relative_to(PACKAGE).with_suffix("").parts for p in files if p.stem[0] != "_"]
    return [".".join(("conjuncture", *parts)) for parts in names]


def api_pages() -> Pages:
    """Write a page for each room; the docstrings are filled in when the site is built."""
    lines = [f"- [`conjuncture.{room}`]({room}.md): {what}" for room, what in ROOMS.items()]
    intro = (
        "# Python interface\n\nThe rooms in the order of the data: each may use those above it.\n\n"
    )
    yield "api/index.md", intro + "\n".join(lines)
    for room, what in ROOMS.items():
        blocks = "\n\n".join(f"::: {module}" for module in modules(room))
        yield f"api/{room}.md", f"# `conjuncture.{room}`\n\n{what}.\n\n{blocks}"


def write(folder: Path) -> int:
    """Write all pages into a folder, remove pages left from before, and return their number."""
    found = pages()
    for old in folder.rglob("*.md"):
        if old.relative_to(folder).as_posix() not in found:
            old.unlink()
    for path, content in found.items():
        write_text(folder / path, content)
    return len(found)


if __name__ == "__main__":
    print(f"{write(FOLDER)} reference pages written")
