"""Variants of a problem: what each changes, and files that list them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt
from pydantic import Field

from conjuncture.core.errors import Fault, Faults, InputError
from conjuncture.core.files import Record, parse_yaml, read_text, validate
from conjuncture.plan.changes import Change, changed
from conjuncture.plan.keys import key
from conjuncture.plan.problem import Problem

Changes = Mapping[str, npt.ArrayLike] | Sequence[Change]
"""Arrays by name, as for ``Problem.replace``, or changes of single figures."""


@dataclass(frozen=True)
class Variant:
    """A variant of a problem.

    Attributes
    ----------
    name : str
    changes : mapping of str to array, or sequence of Change
        Arrays in place of the problem's, by name, or changes made in order.
    """

    name: str
    changes: Changes

    def of(self, problem: Problem) -> Problem:
        """Return the problem with the changes made.

        Raises
        ------
        InputError
            With every fault of the changes, under the variant's name.
        """
        try:
            if isinstance(self.changes, Mapping):
                return problem.replace(**dict(self.changes))
            return changed(problem, self.changes)
        except InputError as error:
            faults = Faults(f"variant {self.name}")
            for fault in error.faults:
                faults.add(
                    fault.problem,
                    fault.remedy,
                    field=fault.field,
                    value=fault.value,
                    nearest=fault.nearest,
                )
            raise InputError(faults) from None


class VariantRecord(Record):
    """One variant of a file: a name and changes."""

    name: str = Field(
        description="What the variant is called in the results; each name once.",
        min_length=1,
        json_schema_extra={"unit": ""},
    )
    changes: tuple[Change, ...] = key((), "", "Changes of single figures, made in order.")


class VariantsFile(Record):
    """Variants of one problem."""

    title: str = key("", "", "What the variants are for, in a few words.")
    variants: tuple[VariantRecord, ...] = Field(
        description="The variants, in the order of the results.",
        min_length=1,
        json_schema_extra={"unit": ""},
    )


COLUMNS = ("name", "what", "of", "sector", "years", "set", "add", "times", "unlimited", "reason")
"""Columns of a CSV file of variants: a change on each line; lines of one name belong together."""


def read_variants(path: Path) -> tuple[Variant, ...]:
    """Read variants from a YAML or CSV file.

    Parameters
    ----------
    path : Path
        ``.yaml``: ``variants``, a list of ``name`` and ``changes``, each as in a
        problem file. ``.csv``: the columns :data:`COLUMNS`, of which only ``name``
        and ``what`` must be there; several labels, years or figures of one cell
        are parted by ``;``.

    Raises
    ------
    InputError
        With every fault of the form; those of labels and years show when the
        variants meet a problem (:func:`check_variants`).
    """
    if path.suffix not in (".yaml", ".yml", ".csv"):
        raise InputError(
            Fault(
                f"variants are not read from {path.suffix or 'a name without ending'}",
                "give a file ending in .yaml or .csv",
                str(path),
            )
        )
    text = read_text(path)
    data = _lines(text, path) if path.suffix == ".csv" else parse_yaml(text, str(path))
    record = validate(data, VariantsFile, str(path))
    return tuple(Variant(item.name, item.changes) for item in record.variants)


def _lines(text: str, path: Path) -> dict[str, Any]:
    """Turn the lines of a CSV file into the data of a record."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    faults = Faults(str(path))
    try:
        rows, given = list(reader), list(reader.fieldnames or ())
    except csv.Error as error:
        raise InputError(Fault(f"is not CSV: {error}", "mend the file", str(path))) from None
    for column in given:
        if column not in COLUMNS:
            faults.unknown("column", column, COLUMNS, field=column)
    for column in ("name", "what"):
        if column not in given:
            faults.add("column is missing", "add it", field=column)
    found: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            faults.add("has another number of cells than the head", "mend the line",
                       field=f"line {number}")  # fmt: skip
            continue
        cells = {key: value.strip() for key, value in row.items() if value.strip()}
        name = cells.pop("name", "")
        if "name" in given and not name:
            faults.add("has no name", "name the variant", field=f"line {number}")
        changes = found.setdefault(name, [])
        if cells:  # a name alone is the problem as it stands
            changes.append(_cells(cells, number, faults))
    faults.raise_if_any()
    return {"variants": [{"name": name, "changes": each} for name, each in found.items()]}


def _cells(cells: dict[str, str], number: int, faults: Faults) -> dict[str, Any]:
    change: dict[str, Any] = {}
    for name, value in cells.items():
        parts = [part.strip() for part in value.split(";")]
        if name in ("what", "reason"):
            change[name] = value
        elif name in ("of", "sector"):
            change[name] = parts
        elif name == "unlimited":
            if value.lower() not in ("true", "false", "1", "0", "yes", "no"):
                faults.add("is neither true nor false", "write true or leave it empty",
                           field=f"line {number}.unlimited", value=value)  # fmt: skip
            change[name] = value.lower() in ("true", "1", "yes")
        else:
            try:
                change[name] = [int(part) if name == "years" else float(part) for part in parts]
            except ValueError:
                kind = "year" if name == "years" else "number"
                faults.add(f"is no {kind}", "write figures, several parted by ;",
                           field=f"line {number}.{name}", value=value)  # fmt: skip
    return change


def check_variants(
    problem: Problem, variants: Mapping[str, Changes] | Sequence[Variant]
) -> tuple[Variant, ...]:
    """Return variants as a tuple, each of which makes a usable problem.

    Raises
    ------
    InputError
        With every fault of all variants: names given twice, unknown arrays, labels
        and years, values out of range, other sectors or years than the problem's.
    """
    if isinstance(variants, Mapping):
        variants = [Variant(name, changes) for name, changes in variants.items()]
    faults, seen = Faults("variants"), set()
    if not variants:
        faults.add("there are no variants", "give at least one", field="variants")
    for k, variant in enumerate(variants):
        if variant.name in seen:
            faults.add(
                "name is given twice", "give each variant a name of its own",
                field=f"variants.{k}.name", value=variant.name,
            )  # fmt: skip
        seen.add(variant.name)
        try:
            other = variant.of(problem)
        except InputError as error:
            faults.extend(error.faults)
            continue
        for name in ("sectors", "years", "labour_kinds"):
            if getattr(other, name) != getattr(problem, name):
                faults.add(
                    f"variants cannot change the {name.replace('_', ' ')}",
                    "solve such a problem by itself",
                    field=f"variants.{k}.{name}",
                )
        if other.settings.gestation != problem.settings.gestation:
            faults.add(
                "variants cannot change the gestation lag", "solve such a problem by itself",
                field=f"variants.{k}.settings",
            )  # fmt: skip
    faults.raise_if_any()
    return tuple(variants)
