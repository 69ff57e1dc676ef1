"""The files of ``content/record``: reading, checking, and the arrays that they stand for.

Every figure in them is of after 1945 and judges. No run reads them: like the catalog,
the module tells its watchers of each file that is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from conjuncture.core.errors import Faults, lookup
from conjuncture.core.files import content_root, read_records
from conjuncture.core.sources import sources
from conjuncture.core.state import variables
from conjuncture.data.catalog import note_reading
from conjuncture.data.record_model import PAIR, RecordFile
from conjuncture.data.states import state_codes

UNIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"DEU": ("DEU_W", "DEU_E"), "KOR": ("KOR_N", "KOR_S")}
)
"""Territories of the record that are several territories of a run taken together."""

Mask = npt.NDArray[np.bool_]


def _known_codes() -> set[str]:
    return {*state_codes(), *UNIONS, *(code for parts in UNIONS.values() for code in parts)}


@cache
def record_files() -> Mapping[str, RecordFile]:
    """Return every file of the record by id, in the order of the ids.

    Raises
    ------
    InputError
        As :func:`load_record_files`.
    """
    return MappingProxyType(load_record_files(content_root() / "record"))


def load_record_files(folder: Path) -> dict[str, RecordFile]:
    """Read and check the files of a folder; a folder that does not exist is empty.

    Raises
    ------
    InputError
        With all faults of all files: wrong keys, a year before 1946, a name other
        than variable and source, unknown cards and territories (with the nearest
        names), a unit other than that of the run's variable, pairs out of order.
    """
    faults = Faults()
    read = read_records(sorted(folder.glob("*.yaml")), RecordFile, _check, faults)
    faults.raise_if_any()
    return {item.id: item for item in read}


def record_file(identifier: str) -> RecordFile:
    """Return one file of the record, in order to judge.

    Raises
    ------
    InputError
        If there is none of that id; the nearest ids are given.
    """
    item = lookup("record", identifier, record_files())
    note_reading(item.id, "judge")
    return item


def of_variable(variable: str) -> list[RecordFile]:
    """Return the files of a variable, in order to judge; empty where there are none."""
    return [record_file(name) for name, f in record_files().items() if f.variable == variable]


def _check(item: RecordFile, stem: str, faults: Faults) -> None:
    for what, wanted in (("name", stem), ("variable and source", f"{item.variable}_{item.source}")):
        if item.id != wanted:
            faults.add(
                f"id differs from the file's {what}", f"set id: {wanted}", field="id", value=item.id
            )
    for card in (item.source, *item.also):
        if card not in sources():
            faults.unknown("source", card, sources(), field="source")
    known = variables().get(item.variable)
    if known is not None and not known.in_money and known.unit != item.unit:
        faults.add(
            f"unit differs from that of the variable, {known.unit!r}",
            "convert the values",
            field="unit",
            value=item.unit,
        )
    codes = _known_codes()
    for code in sorted(item.territories() - codes):
        faults.unknown("territory", code, codes, field="territory")
    if item.paired:
        for key in (*item.years, *item.spells, *item.past_events, *item.at_start):
            pair = key.split(PAIR)
            if len(pair) != 2 or pair != sorted(set(pair)):
                faults.add(
                    "is no pair of two codes in the order of the alphabet",
                    "write for example FRA-GBR",
                    field="pair",
                    value=key,
                )


def pair_mask(item: RecordFile, territories: Sequence[str], years: Sequence[int]) -> Mask:
    """Return where a pair's event or state is recorded.

    Parameters
    ----------
    item : RecordFile
        Of the form ``pair_years`` or ``pair_spells``.
    territories : sequence of str
    years : sequence of int

    Returns
    -------
    array of bool (years, territories, territories)
        Symmetric.
    """
    place = {code: k for k, code in enumerate(territories)}
    when = {year: k for k, year in enumerate(years)}
    found = np.zeros((len(years), len(territories), len(territories)), dtype=bool)
    given = {
        key: [year for a, b in spells for year in range(a, b + 1)]
        for key, spells in item.spells.items()
    }
    given |= {key: list(of) for key, of in item.years.items()}
    for key, of_pair in given.items():
        one, other = key.split(PAIR)
        if one not in place or other not in place:
            continue
        for year in (year for year in of_pair if year in when):
            found[when[year], place[one], place[other]] = True
            found[when[year], place[other], place[one]] = True
    return found


def unit_mask(item: RecordFile, territories: Sequence[str], years: Sequence[int]) -> Mask:
    """Return where a territory's state is recorded, (years, territories).

    A date counts from its year onward, as what an event brings about.
    """
    found = np.zeros((len(years), len(territories)), dtype=bool)
    for k, code in enumerate(territories):
        for year_at, year in enumerate(years):
            found[year_at, k] = any(a <= year <= b for a, b in item.spells.get(code, ())) or (
                item.dates.get(code, year + 1) <= year
            )
    return found


def exposure(item: RecordFile, territories: Sequence[str], years: Sequence[int]) -> Mask:
    """Return in which years an event could happen to a territory, (years, territories)."""
    found = np.zeros((len(years), len(territories)), dtype=bool)
    everywhere = not item.exposed
    for k, code in enumerate(territories):
        spells = item.exposed.get(code, ())
        for year_at, year in enumerate(years):
            found[year_at, k] = everywhere or any(a <= year <= b for a, b in spells)
    return found
