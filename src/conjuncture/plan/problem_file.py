"""A problem as a YAML file: a table, years, settings, and changes of single figures."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import yaml
from pydantic import Field, ValidationError, field_validator

from conjuncture.accounts.checks import checked
from conjuncture.accounts.formats.header import FLOWS_NAME, HEADER_NAME
from conjuncture.accounts.library import open_table, table_names
from conjuncture.accounts.table import Table
from conjuncture.core.errors import Fault, InputError
from conjuncture.core.files import Record, parse_yaml, read_text, read_yaml, write_text
from conjuncture.plan.aims import Aim
from conjuncture.plan.changes import Change, changed
from conjuncture.plan.conditions.all import Conditions, resolved
from conjuncture.plan.keys import key
from conjuncture.plan.problem import Problem
from conjuncture.plan.settings import MAX_YEARS, Settings

_MARKS = ("table", "settings", "changes", "years", "conditions", "aims", "territories")
SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"


class Ruled(Protocol):
    """A record of a file with settings."""

    @property
    def settings(self) -> Settings:
        """The settings of the file."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """Return a copy with some keys changed."""


RuledT = TypeVar("RuledT", bound=Ruled)


class ProblemFile(Record):
    """A plan to be solved: a table, a number of years, settings and changes."""

    title: str = key("", "", "What the plan is, in a few words.")
    description: str = key("", "", "What it is for and what it assumes.")
    table: str = Field(
        description="Name of a shipped table, or path of a table relative to this file.",
        json_schema_extra={"unit": ""},
    )
    variant: str | None = key(None, "", "Variant of a table kept in several; null: the first.")
    years: int = key(
        5, "years", "Length of the plan, from the year after the table's.", ge=1, le=MAX_YEARS
    )
    settings: Settings = Field(
        default_factory=Settings,
        description="Rules and assumptions; whatever is not named keeps its default.",
        json_schema_extra={"unit": "", "default": {}},
    )
    changes: tuple[Change, ...] = key((), "", "Changes of single figures, made in order.")
    conditions: Conditions = Field(
        default_factory=Conditions,
        description="Conditions beside those of every plan; none unless named.",
        json_schema_extra={"unit": "", "default": {}},
    )
    aims: tuple[Aim, ...] = key(
        (),
        "",
        "What the plan aims at, the first level first; none: discounted balanced consumption.",
    )

    @field_validator("years", mode="before")
    @classmethod
    def _whole(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError("years must be a whole number")
        return value


def read_problem_file(path: Path) -> ProblemFile:
    """Read a problem file without building the problem.

    Raises
    ------
    InputError
        If the file is missing, is no YAML or has faulty keys; all faults at once.
    """
    return read_yaml(path, ProblemFile)


def write_problem_file(record: ProblemFile, path: Path) -> Path:
    """Write a problem file; reading it gives the same record."""
    data = record.model_dump(mode="json", exclude_defaults=True)
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    return write_text(path, text)


def problem_table(record: ProblemFile, path: Path) -> Table:
    """Open the table of a problem file; its path is relative to the file.

    Raises
    ------
    InputError
        If there is no such table, with the nearest names.
    """
    own = path.parent / record.table
    name = str(own) if record.table not in table_names() and own.exists() else record.table
    return open_table(name, record.variant)


def read_problem(path: Path) -> Problem:
    """Read a problem file and build its problem.

    Raises
    ------
    InputError
        With every fault of the file, its table and its changes together.
    """
    return open_problem(path)[1]


def open_problem(
    path: Path,
    *,
    years: int | None = None,
    variant: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> tuple[Table, Problem]:
    """Read a problem file, with some keys overruled, and return its table and problem.

    Parameters
    ----------
    path : Path
    years, variant : optional
        In place of the file's.
    settings : mapping, optional
        Settings that overrule the file's, by name.

    Raises
    ------
    InputError
        As :func:`read_problem`, and for faults of the settings given.
    """
    try:
        record = read_problem_file(path)
    except InputError as error:
        raise InputError([*error.faults, *_other_faults(path)]) from None
    record = overruled(record, settings, years=years, variant=variant)
    table = checked(problem_table(record, path))
    return table, build_problem(record, table, str(path))


def overruled(record: RuledT, settings: Mapping[str, Any] | None, **keys: Any) -> RuledT:
    """Return a record of a file with settings, and keys that are not None, in place of its own.

    Raises
    ------
    InputError
        With every fault of the settings.
    """
    update = {name: value for name, value in keys.items() if value is not None}
    if settings:
        update["settings"] = Settings.of(**{**record.settings.given, **settings})
    return record.model_copy(update=update) if update else record


def _other_faults(path: Path) -> list[Fault]:
    """Faults of table and changes in a file whose keys are already faulty."""
    try:
        data = parse_yaml(read_text(path), str(path))
    except InputError:  # told already
        return []
    if not isinstance(data, dict) or not isinstance(data.get("table"), str):
        return []
    years = data.get("years", 5)
    parts = {"table": data["table"], "years": years if _is_length(years) else 5}
    if isinstance(data.get("variant"), str):
        parts["variant"] = data["variant"]
    changes = data.get("changes")
    try:
        record = ProblemFile(**parts)
        problem = Problem.from_table(problem_table(record, path), record.years)
        readable = [_readable(raw) for raw in changes] if isinstance(changes, list) else []
        changed(problem, readable, str(path))
    except InputError as error:
        return list(error.faults)
    return []


def _is_length(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_YEARS


def _readable(raw: Any) -> Change | None:
    """Return a change, or None where its own keys are faulty (reported elsewhere)."""
    try:
        return Change.model_validate(raw)
    except ValidationError:
        return None


def build_problem(record: ProblemFile, table: Table, file: str = "problem") -> Problem:
    """Build the problem of a record on its table.

    Raises
    ------
    InputError
        With every fault of the changes, conditions and aims.
    """
    faults: list[Fault] = []
    problem = Problem.from_table(table, record.years, **record.settings.given)
    steps: list[Callable[[Problem], Problem]] = [
        lambda p: changed(p, record.changes, file),
        lambda p: p.replace(conditions=resolved(record.conditions, table)),
        lambda p: p.replace(aims=record.aims or None),
    ]
    for step in steps:
        try:
            problem = step(problem)
        except InputError as error:
            faults += [replace(fault, file=file) for fault in error.faults]
    if faults:
        raise InputError(faults)
    return problem


def schema() -> dict[str, Any]:
    """Return the JSON Schema of problem files; every key has title, description and unit."""
    found = ProblemFile.model_json_schema()
    for name in ("settings", "conditions"):  # pydantic names references no further
        found["properties"][name]["title"] = name.title()
    for record in found["$defs"].values():
        for entry in record["properties"].values():
            allow_one(entry)
    return {"$schema": SCHEMA_ID, **found}


def allow_one(key: dict[str, Any]) -> None:
    """Say that a list may be given as a single value, as the reader accepts it."""
    forms = key.get("anyOf", [key])
    lists = [form for form in forms if form.get("type") == "array"]
    if not lists:
        return
    one = lists[0]["items"]
    if forms[0] is key:
        key["anyOf"] = [one, {"type": key.pop("type"), "items": key.pop("items")}]
    else:
        key["anyOf"] = [one, *forms]


def schema_text() -> str:
    """Return the JSON Schema as text."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def looks_like_problem(path: Path) -> bool:
    """Whether a name is meant as a problem file rather than as the header of a table.

    A file that is missing, or holds no keys at all, and has no sheet of a table beside
    it is taken for a problem: its reader says what is wrong with it.
    """
    if path.suffix not in (".yaml", ".yml") or path.is_dir():
        return False
    try:
        data = parse_yaml(read_text(path), str(path))
    except InputError:
        data = None
    if isinstance(data, dict):
        return bool(set(data) & set(_MARKS))
    sheets = (path.with_suffix(".csv"), path.with_name(FLOWS_NAME))
    return path.name != HEADER_NAME and not any(sheet.exists() for sheet in sheets)
