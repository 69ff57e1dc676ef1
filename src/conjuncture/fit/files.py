"""The files that fits read: their names, columns and cards, and a reader with all faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from conjuncture.core.errors import Fault, Faults, InputError, nearest
from conjuncture.core.files import content_root

END = 1945
"""The last year that may enter a fit."""

Frame = Any
"""A table or a column of pandas: its stubs cannot know which columns hold numbers."""

Tables = Mapping[str, Frame]


_DATES = tuple(
    f"{end}{part}{spell}"
    for spell in (1, 2)
    for end in ("Start", "End")
    for part in ("Month", "Day", "Year")
)


@dataclass(frozen=True)
class Wants:
    """A file of the user's folder, or one that is shipped.

    Attributes
    ----------
    stem : str
        Its name without ``.csv`` or ``.parquet``.
    title : str
    card : str
        Origin card.
    columns : tuple of str
        Columns read as numbers; other names that the publisher uses follow after
        ``|``. Columns of text stand in ``texts``.
    texts : tuple of str
    year : str
        The column that dates a row: rows after :data:`END` are dropped as the
        file is read. A date is cut to its year.
    shipped : bool
        Whether it lies in ``content/fitting``.
    """

    stem: str
    title: str
    card: str
    columns: tuple[str, ...]
    texts: tuple[str, ...] = ()
    year: str = ""
    shipped: bool = False


FILES: Mapping[str, Wants] = {
    item.stem: item
    for item in (
        Wants(
            "system_states",
            "Members of the state system",
            "cow_states_2016",
            ("ccode", "styear", "endyear"),
            year="styear",
        ),
        Wants(
            "nmc_v7",
            "National material capabilities",
            "cow_nmc_7",
            ("ccode", "year", "milper", "tpop", "cinc"),
            year="year",
        ),
        Wants(
            "contiguity_direct_v32",
            "Direct contiguity, spells",
            "cow_contiguity_32",
            ("ccode1|statelno", "ccode2|statehno", "conttype"),
            ("stdate|begin", "enddate|end"),
            year="stdate",
        ),
        Wants(
            "cshapes2_gw_units",
            "Capitals of states, spells",
            "cshapes_2",
            ("gwcode", "caplong", "caplat"),
            ("start", "status"),
            year="start",
        ),
        Wants(
            "mid5_directed_dyad_disputes",
            "Militarised disputes by directed pair and year",
            "cow_mid_5",
            ("dispnum|disno", "ccode1", "ccode2", "year", "disponset", "orig1", "orig2"),
            year="year",
        ),
        Wants(
            "war_inter_participants_v40",
            "Participants of inter-state wars",
            "cow_war_4",
            ("WarNum", "ccode", "Side", *_DATES, "Outcome", "BatDeath"),
            year="StartYear1",
        ),
        Wants(
            "war_inter_dyad_year_v4",
            "Inter-state wars by pair and year",
            "cow_war_4",
            ("warnum", "ccode1", "ccode2", "year", "cowinteronset"),
            year="year",
        ),
        Wants(
            "war_intra_v51",
            "Intra-state wars",
            "cow_intrawar_5",
            ("WarNum", "WarType", "StartYr1", "WDuratDays", "Outcome"),
            year="StartYr1",
        ),
        Wants(
            "cow_alliance_v41_dyad_year",
            "Alliances by pair and year",
            "cow_alliance_41",
            ("ccode1", "ccode2", "year"),
            year="year",
        ),
        Wants(
            "milex_share_gdp",
            "Military spending over product",
            "owid_milex",
            ("Year",),
            ("Entity",),
            year="Year",
        ),
        Wants(
            "entities_status_spells",
            "Statuses of dependencies, spells",
            "cow_entities",
            ("id", "start_year", "end_year", "referenced_id"),
            ("status",),
            year="start_year",
        ),
        Wants(
            "icow_colonial_history_v11",
            "Colonial history and independence",
            "icow_colonial",
            ("State", "ColRuler", "IndFrom", "IndDate", "IndViol", "IndType"),
        ),
        Wants(
            "archigos_v41",
            "Leaders and how they left",
            "archigos_41",
            ("gwcode",),
            ("obsid", "startdate", "enddate", "exit", "exitcode"),
            year="startdate",
        ),
        Wants("polity5_v2018", "Polity", "polity_5", ("ccode", "year", "polity"), year="year"),
        Wants(
            "parlgov_elections",
            "Elections by party",
            "parlgov",
            ("vote_share", "election_id", "previous_parliament_election_id",
             "previous_cabinet_id", "party_id"),
            ("country_name_short", "election_type", "election_date"),
            year="election_date",
        ),
        Wants(
            "parlgov_parties",
            "Families of parties",
            "parlgov",
            ("party_id",),
            ("family_name_short",),
        ),
        Wants(
            "parlgov_cabinets",
            "Cabinets by party",
            "parlgov",
            ("cabinet_id", "party_id", "cabinet_party"),
            ("start_date",),
            year="start_date",
        ),
        Wants(
            "trade_dyad_year_v4",
            "Trade by pair and year",
            "cow_trade_4_dyadic",
            ("ccode1", "ccode2", "year", "flow1", "flow2"),
            year="year",
        ),
        Wants(
            "trade_state_year_v4",
            "Trade by state and year",
            "cow_trade_4",
            ("ccode", "year", "imports", "exports"),
            year="year",
        ),
        Wants(
            "product_per_head",
            "Product per head and population, 1870-1945",
            "maddison_2023",
            ("year", "product_per_head", "population"),
            ("iso",),
            year="year",
            shipped=True,
        ),
        Wants(
            "codes",
            "Names of a country in the files",
            "conjuncture",
            ("ccode",),
            ("iso", "title"),
            shipped=True,
        ),
        Wants(
            "war_losses_harrison",
            "Losses of people and of assets in the Second World War",
            "harrison_1998",
            ("people_low", "people_high", "wealth", "industry_assets"),
            ("country",),
            shipped=True,
        ),
    )
}  # fmt: skip
"""Every file by its stem."""


def read_tables(stems: Iterable[str], folder: Path | None) -> dict[str, Frame]:
    """Read files, the shipped ones from the package, the others from a folder.

    Parameters
    ----------
    stems : iterable of str
    folder : Path, optional
        The user's download: ``STEM.csv`` or ``STEM.parquet`` in it or in a folder
        below it. Without it only shipped files can be read.

    Returns
    -------
    dict
        Stem -> table, with the columns of :data:`FILES` only, numbers as floats
        and no row dated after 1945.

    Raises
    ------
    InputError
        With all faults of all files: missing, unreadable, columns that are missing
        (with the nearest that are there), cells that are no numbers.
    """
    faults = Faults()
    if folder is not None and not folder.is_dir():
        raise InputError(Fault("is no folder", "give the folder of the files", str(folder)))
    found: dict[str, Frame] = {}
    for stem in stems:
        wants = FILES[stem]
        try:
            path = _place(wants, folder)
            found[stem] = _columns(wants, _table(path), path)
        except InputError as error:
            faults.extend(error.faults)
    faults.raise_if_any()
    return found


def _place(wants: Wants, folder: Path | None) -> Path:
    if wants.shipped:
        return content_root() / "fitting" / f"{wants.stem}.csv"
    if folder is None:
        raise InputError(
            Fault("is not shipped", "name the folder of your download", f"{wants.stem}.csv")
        )
    places = [p for end in ("csv", "parquet") for p in sorted(folder.rglob(f"{wants.stem}.{end}"))]
    if places:
        return places[0]
    there = {p.name for p in folder.rglob("*") if p.suffix in (".csv", ".parquet")}
    raise InputError(
        Fault(
            f"is missing: {wants.title} (card {wants.card})",
            f"put {wants.stem}.csv or {wants.stem}.parquet there; its columns and where to get it: "
            "docs/fitting.md",
            str(folder),
            f"{wants.stem}.csv",
            nearest=nearest(f"{wants.stem}.csv", there),
        )
    )


def _table(path: Path) -> Frame:
    if path.suffix == ".parquet":
        return _parquet(path)
    try:
        return pd.read_csv(path, low_memory=False, encoding_errors="replace")
    except (OSError, ValueError) as error:
        raise InputError(
            Fault(f"cannot be read: {error}", "give a comma-separated file", str(path))
        ) from None


def _parquet(path: Path) -> Frame:
    try:
        return pd.read_parquet(path)
    except ImportError:
        raise InputError(
            Fault(
                "is a parquet file, and the package pyarrow is not installed",
                "install it (pip install pyarrow), or put the table there as .csv",
                str(path),
            )
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(
            Fault(f"cannot be read: {error}", "give a parquet file", str(path))
        ) from None


def _columns(wants: Wants, table: Frame, path: Path) -> Frame:
    faults = Faults(str(path))
    chosen: dict[str, Frame] = {}
    for spelled in (*wants.columns, *wants.texts):
        names = spelled.split("|")
        present = [name for name in names if name in table.columns]
        if not present:
            faults.add(
                f"column {names[0]!r} is missing",
                f"give the column under the name {' or '.join(names)}",
                field=names[0],
                nearest=nearest(names[0], map(str, table.columns)),
            )
            continue
        column = table[present[0]]
        chosen[names[0]] = (
            column.astype(str) if spelled in wants.texts else _numbers(column, present[0], faults)
        )
    extra = [c for c in table.columns if wants.stem == "milex_share_gdp" and c not in chosen]
    if wants.stem == "milex_share_gdp" and len(extra) == 1:
        chosen["share"] = _numbers(table[extra[0]], str(extra[0]), faults)
    elif wants.stem == "milex_share_gdp":
        faults.add("needs one column beside Entity and Year", "give the share in per cent")
    faults.raise_if_any()
    return _cut(pd.DataFrame(chosen), wants.year)


def _numbers(column: Frame, name: str, faults: Faults) -> Frame:
    numbers: Frame = pd.to_numeric(column, errors="coerce")
    wrong = numbers.isna() & column.notna() & (column.astype(str).str.strip() != "")
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        faults.add(
            f"{int(wrong.sum())} cells are no numbers, the first in row {row + 2}",
            "give numbers, or leave the cells empty",
            field=name,
            value=column.iloc[row],
        )
    return numbers.astype(float)


def _cut(table: Frame, year: str) -> Frame:
    if not year:
        return table.reset_index(drop=True)
    return table[years_of(table[year]) <= END].reset_index(drop=True)


def years_of(column: Frame) -> Frame:
    """Return the year of each number, date or YYYYMM; NaN where there is none."""
    text = column.astype(str).str.extract(r"^(\d{4})", expand=False)
    years: Frame = pd.to_numeric(text, errors="coerce")
    return years
