"""Make and use tables of the United States, as the Bureau of Economic Analysis publishes them.

The tables before redefinitions, at producers' prices: workbooks with a sheet for each year
(``IOMake_Before_Redefinitions_...xlsx``, ``IOUse_Before_Redefinitions_PRO_...xlsx``), of the
sector, summary or detail level, or the same as CSV with codes in the first column and line.
K. J. Horowitz and M. A. Planting (2009), Concepts and Methods of the U.S. Input-Output
Accounts, BEA, for the codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from conjuncture.accounts.formats.bea_sheet import Matrix, read_matrix, sheet_names
from conjuncture.accounts.supply_use import SupplyUse
from conjuncture.accounts.table import ROLES, Array, FinalUse, Role
from conjuncture.core.errors import Faults, nearest

VALUATION = "import_valuation"
"""Final use of duties and domestic margins in the value of imports: positive imports."""

NONCOMPARABLE = ("Other", "S00300", "S00900")
"""Imports without a counterpart at home, and adjustments of the rest of the world."""

_SIGMAS = 6.0
"""Standard deviations of summed rounding up to which a balance is put down to it."""

_FRAMEWORK = re.compile(r"(MCIF|MADJ|T00TOP|T00SUB|T013|T014|T015|T016|VABAS|VAPRO)")

Kinds = dict[str, list[str]]


def read_bea(path: Path, year: int, *, roles: Mapping[str, Role] | None = None) -> SupplyUse:
    """Read make and use tables of one year.

    Parameters
    ----------
    path : Path
        Folder that holds one make and one use table of the year, before redefinitions;
        a workbook goes before a CSV of the same.
    year : int
        Year of the flows: the name of the sheet.
    roles : mapping of str to str, optional
        Roles of final uses in place of those that follow from the codes: F01
        consumption; F02 investment; F03 inventories; F04 exports; consumption of F06
        (national defence) military, of other governments public; their investment
        investment.

    Returns
    -------
    SupplyUse
        Imports are counted positive; positive entries of the column of imports are the
        final use ``import_valuation``. Value added is compensation, taxes and surplus
        where the table has them (V001 ...), else one row.

    Raises
    ------
    InputError
        If a table is missing, doubled or of another framework, or with every code that
        only one of the two has, every unknown role, every cell that is no number, and
        every published total that its figures do not add up to.
    """
    make_file, use_file = _files(Path(path), year)
    make, use = read_matrix(make_file, str(year)), read_matrix(use_file, str(year))
    faults = Faults(str(path))
    _check_framework(make, use, faults)
    faults.raise_if_any()
    kinds = _kinds(make, use, faults)
    chosen = _roles(kinds["final"], dict(roles or {}), faults)
    faults.raise_if_any()
    _check_totals(make, use, kinds, faults)
    faults.raise_if_any()
    return _accounts(make, use, kinds, chosen, year)


def rounding(accounts: SupplyUse) -> float:
    """Return the largest residual of a balance that rounding of its cells explains.

    Six standard deviations of the sum of as many cells as a line has, each rounded to
    the unit: 6 sqrt(n / 12).
    """
    longest = max(accounts.use.shape[1] + accounts.final.shape[1], accounts.use.shape[0])
    return _allowed(longest)


def _allowed(cells: int) -> float:
    return float(_SIGMAS * np.sqrt(cells / 12.0))


# Files -----------------------------------------------------------------------------


def _files(folder: Path, year: int) -> tuple[Path, Path]:
    faults = Faults(str(folder))
    if not folder.is_dir():
        faults.add("is no folder", "give the folder that holds a make and a use table")
        faults.raise_if_any()
    files = [p for p in sorted(folder.iterdir()) if p.suffix.lower() in (".xlsx", ".csv")]
    found: list[Path] = []
    for kind in ("make", "use"):
        named = [p for p in files if _is_kind(p, kind)]
        fitting, years = [], []
        for p in named:
            sheets = sheet_names(p)
            years += [name for name in sheets if name.isdigit()]
            if str(year) in sheets or (p.suffix.lower() == ".csv" and _fits(p, year)):
                fitting.append(p)
        books = [p for p in fitting if p.suffix.lower() == ".xlsx"]
        fitting = books if len(books) == 1 else fitting  # a CSV beside it is a copy
        if len(fitting) == 1:
            found += fitting
        elif fitting:
            faults.add(f"holds several {kind} tables of {year}", "keep those before "
                       "redefinitions, at producers' prices", field=kind,
                       value=", ".join(p.name for p in fitting))  # fmt: skip
        else:
            remedy = "put it there; its file name must have the word in it"
            span = f"; there are {years[0]} to {years[-1]}" if years else ""
            faults.add(f"holds no {kind} table of {year}{span}", remedy, field=kind,
                       value=", ".join(p.name for p in named or files) or "(empty)")  # fmt: skip
    faults.raise_if_any()
    return found[0], found[1]


def _is_kind(path: Path, kind: str) -> bool:
    """Tell by the words of a file's name; import matrices and user guides are neither."""
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", path.stem).lower())
    text = {word.removeprefix("io") for word in words}
    return kind in text and not text & {"import", "imports"}


def _fits(path: Path, year: int) -> bool:
    named = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", path.stem)
    return not named or str(year) in named


# Codes ------------------------------------------------------------------------------


def _is_total(code: str) -> bool:
    return bool(re.fullmatch(r"T\d+", code)) or code.lower().startswith("total")


def _is_final(code: str) -> bool:
    return bool(re.fullmatch(r"F\d\d\w*", code))


def _is_value_added(code: str) -> bool:
    return bool(re.fullmatch(r"V\d+", code))


def _check_framework(make: Matrix, use: Matrix, faults: Faults) -> None:
    for table in (make, use):
        codes = [c for c in (*table.rows, *table.columns) if _FRAMEWORK.fullmatch(c)]
        if codes:
            faults.add(
                "is a table of the supply-use framework at basic or purchasers' prices",
                "give the make and use tables before redefinitions, at producers' prices",
                field=table.file,
                value=", ".join(codes),
            )
        text = table.heading.lower()
        if "after redefinitions" in text:
            faults.add("is a table after redefinitions", "give the one before redefinitions",
                       field=table.file)  # fmt: skip
        if "dollars" in text and "million" not in text:
            faults.add("is not in millions of dollars", "give the table in millions of dollars",
                       field=table.file, value=table.heading[:80])  # fmt: skip
    if not any(map(_is_final, use.columns)):
        swapped = any(map(_is_final, make.columns))
        faults.add(
            "has no final uses (F010 ...)" + ("; the make table has: they are swapped" if swapped
                                               else ""),
            "name the two files by what they hold: make and use",
            field=use.file,
        )  # fmt: skip
    elif any(map(_is_final, make.columns)):
        faults.add("has final uses, as only a use table has", "give the make table",
                   field=make.file)  # fmt: skip


def _kinds(make: Matrix, use: Matrix, faults: Faults) -> Kinds:
    """Sort codes into industries, commodities, final uses and primary inputs."""

    def plain(codes: Sequence[str]) -> list[str]:
        rest = (_is_total, _is_final, _is_value_added)
        return [code for code in codes if not any(test(code) for test in rest)]

    industries, commodities = plain(use.columns), plain(use.rows)
    for kind, wanted, there, table in (
        ("industry", industries, plain(make.rows), make),
        ("commodity", commodities, plain(make.columns), make),
    ):
        for code in wanted:
            if code not in there:
                faults.add(f"{kind} of the use table is not in the make table",
                           "spell codes alike, and give both tables at one level of detail",
                           field=table.file, value=code, nearest=nearest(code, there))  # fmt: skip
        for code in there:
            if code not in wanted:
                faults.add(f"{kind} of the make table is not in the use table",
                           "spell codes alike, and give both tables at one level of detail",
                           field=use.file, value=code, nearest=nearest(code, wanted))  # fmt: skip
    added = [code for code in use.rows if _is_value_added(code)]
    if not added:
        added = [c for c in use.rows if c == "T006" or c.lower() == "total value added"][:1]
    if not added:
        faults.add("has no row of value added", "keep V001 ... or T006 of the published table",
                   field=use.file)  # fmt: skip
    final = [code for code in use.columns if _is_final(code)]
    imports = [code for code in final if code.startswith("F05")]
    if len(imports) != 1:
        faults.add("needs one column of imports (F050 or F05000)", "keep that of the published "
                   "table", field=use.file, value=", ".join(imports))  # fmt: skip
    return {
        "industry": industries,
        "commodity": commodities,
        "final": [code for code in final if code not in imports],
        "imports": imports,
        "primary": added,
    }


def _roles(codes: Sequence[str], given: dict[str, Role], faults: Faults) -> list[FinalUse]:
    uses = []
    for code in codes:
        role = given.pop(code, None) or _role(code)
        if role is None:
            faults.add("final use has no role", f"give one: {', '.join(ROLES)}", field="roles",
                       value=code)  # fmt: skip
        elif role not in ROLES:
            faults.unknown("role", role, ROLES, field=f"roles.{code}")
        else:
            uses.append(FinalUse(code, role))
    for code in given:
        faults.unknown("final use", code, list(codes), field="roles")
    return uses


def _role(code: str) -> Role | None:
    plain: dict[str, Role] = {
        "F01": "consumption", "F02": "investment", "F03": "inventories", "F04": "exports",
    }  # fmt: skip
    if code[:3] in plain:
        return plain[code[:3]]
    if code[:3] in ("F06", "F07", "F08", "F09", "F10") and code[3:4] in tuple("CEINS"):
        if code[3] != "C":
            return "investment"
        return "military" if code[:3] == "F06" else "public"
    return None


# Figures ----------------------------------------------------------------------------


def _check_totals(make: Matrix, use: Matrix, kinds: Kinds, faults: Faults) -> None:
    """Compare the published totals with the sums of the figures."""
    industry, commodity, primary = kinds["industry"], kinds["commodity"], kinds["primary"]
    finals = [*kinds["final"], *kinds["imports"]]
    inner, outer = use.block(commodity, industry), use.block(commodity, finals)
    output = make.block(industry, commodity)
    below = use.block(primary, industry)
    for table, codes, sums, along, over in (
        (make, ("T008",), output.sum(axis=1), industry, "row"),
        (make, ("T007", "Total Commodity Output"), output.sum(axis=0), commodity, "column"),
        (use, ("T001",), inner.sum(axis=1), commodity, "row"),
        (use, ("T004",), outer.sum(axis=1), commodity, "row"),
        (use, ("T007",), inner.sum(axis=1) + outer.sum(axis=1), commodity, "row"),
        (use, ("T005", "Total Intermediate"), inner.sum(axis=0), industry, "column"),
        (use, ("T006", "Total Value Added"), below.sum(axis=0), industry, "column"),
        (use, ("T008", "Total Industry Output"), inner.sum(axis=0) + below.sum(axis=0), industry,
         "column"),
    ):  # fmt: skip
        told = _totals(table, codes, along, over)
        if told is None:
            continue
        cells = len(commodity) + len(finals) + len(industry)
        for k in np.flatnonzero(~(np.abs(told - sums) <= _allowed(cells))):
            faults.add(
                f"figures of {over} {along[k]} add up to {sums[k]:.8g} where the published total "
                f"{codes[0]} is {told[k]:.8g}",
                "mend the figures: a cell is wrong, or codes stand at others' figures",
                field=table.file,
                value=f"{sums[k] - told[k]:.6g}",
            )


def _totals(table: Matrix, codes: Sequence[str], along: Sequence[str], over: str) -> Array | None:
    names = table.columns if over == "row" else table.rows
    for code in codes:
        if code in names:
            row = over == "row"
            block = table.block(along, [code]) if row else table.block([code], along)
            return np.asarray(block.ravel())
    return None


def _accounts(
    make: Matrix, use: Matrix, kinds: Kinds, finals: list[FinalUse], year: int
) -> SupplyUse:
    industry, commodity = kinds["industry"], kinds["commodity"]
    made = make.block(industry, commodity)
    imports = -use.block(commodity, kinds["imports"])[:, 0]
    final = use.block(commodity, [u.name for u in finals])
    if (imports < 0).any():
        finals = [*finals, FinalUse(VALUATION, "exports")]
        final = np.column_stack([final, np.clip(-imports, 0, None)])
    inner = use.block(commodity, industry)
    unmade = [c for c, total in zip(commodity, made.sum(axis=0), strict=True) if total <= 0]
    used = [c for c in unmade if inner[commodity.index(c)].any() or final[commodity.index(c)].any()]
    foreign = [c for c in commodity if c in NONCOMPARABLE or c in used]
    titles = {**make.titles, **use.titles}
    files = " and ".join(Path(t.file.split(" [")[0]).name for t in (make, use))
    return SupplyUse(
        name=f"usa_{year}",
        title=f"United States {year}, BEA, {len(industry)} industries",
        territory="USA",
        year=year,
        currency="USD",
        unit="million USD",
        prices="producers' prices, current",
        origin=f"user: Bureau of Economic Analysis, {files}, as published",
        industries=tuple(industry),
        titles=tuple(" ".join(titles.get(code, code).split()) for code in industry),
        commodities=tuple(commodity),
        make=made,
        use=inner,
        final_uses=tuple(finals),
        final=final,
        imports=np.clip(imports, 0, None),
        primary_inputs=tuple(_named(kinds["primary"], industry)),
        value_added_rows=tuple(_named(kinds["primary"], industry)),
        primary=use.block(kinds["primary"], industry),
        noncomparable=tuple(foreign),
    )


def _named(codes: Sequence[str], industries: Sequence[str]) -> list[str]:
    """Name the one row of value added alike, whatever the source calls it."""
    return ["value_added"] if len(codes) == 1 and codes[0] not in industries else list(codes)
