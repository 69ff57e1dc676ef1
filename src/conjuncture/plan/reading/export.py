"""A plan written as NetCDF, as a folder of CSV files, or as an Excel workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from conjuncture.accounts.formats.workbook import need_openpyxl
from conjuncture.core.errors import Fault, InputError
from conjuncture.core.files import check_writable, write_atomically, write_text
from conjuncture.plan.reading.condition_tables import condition_tables
from conjuncture.plan.reading.households import distribution

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution


def sheets(solution: Solution) -> dict[str, pd.DataFrame]:
    """Return a plan as flat tables, each row with its unit.

    Returns
    -------
    dict of str to DataFrame
        ``about`` (status, method, certificate, settings), ``years`` (consumption
        level, reserves), ``balances``, ``investment``, ``shadow_prices``,
        ``bottlenecks``; ``conditions`` (amounts), ``households`` and the
        :func:`condition_tables` where there are any.
    """
    p = solution.problem
    years = pd.DataFrame(
        {
            "year": p.years,
            "consumption_level": solution.consumption_level,
            "reserves": solution.reserves,
            "reserves_unit": p.unit,
        }
    )
    found = {
        "about": _about(solution),
        "years": years,
        "balances": solution.balances().reset_index().assign(unit=f"{p.unit}/year"),
        "investment": solution.investment().reset_index().assign(unit=p.unit),
        "shadow_prices": solution.shadow_prices(),
        "bottlenecks": solution.bottlenecks(),
        **condition_tables(solution),
    }
    more = {"conditions": solution.activities(), "households": distribution(solution)}
    return found | {name: frame for name, frame in more.items() if len(frame)}


def _about(solution: Solution) -> pd.DataFrame:
    p, c = solution.problem, solution.certificate
    rows: dict[str, object] = {
        "name": p.name,
        "unit": p.unit,
        "status": solution.status,
        "aim": solution.aim,
        "aim_unit": solution.model.aim_unit,
        "method": solution.method,
        "primal_residual": c.primal_residual,
        "dual_residual": c.dual_residual,
        "gap": c.gap,
        **{f"setting {key}": str(value) for key, value in p.settings.model_dump().items()},
    }
    return pd.DataFrame({"key": list(rows), "value": [str(value) for value in rows.values()]})


def check_target(path: Path) -> None:
    """Refuse, before anything is solved, a name that a plan cannot be written to.

    Raises
    ------
    InputError
        If the ending is unknown, openpyxl is missing, or the place cannot be written to.
    """
    if path.suffix == ".xlsx":
        need_openpyxl()
    elif path.suffix not in ("", ".nc"):
        raise InputError(
            Fault(
                f"plans are not written as {path.suffix}",
                "give a name ending in .nc or .xlsx, or a folder for CSV files",
                str(path),
            )
        )
    check_writable(path, folder=not path.suffix)


def write_plan(solution: Solution, path: Path) -> Path:
    """Write an optimal plan: ``.nc`` NetCDF, ``.xlsx`` Excel, no ending a folder of CSV.

    Raises
    ------
    InfeasibleError
        If the plan is not optimal.
    InputError
        As :func:`check_target`.
    """
    solution.require_optimal()
    check_target(path)
    if path.suffix == ".nc":
        data = solution.to_dataset()
        return write_atomically(path, lambda p: data.to_netcdf(p, engine="h5netcdf"))
    frames = sheets(solution)
    if path.suffix == ".xlsx":
        return write_atomically(path, lambda p: _workbook(frames, p))
    for name, frame in frames.items():
        write_text(path / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
    return path


def _workbook(frames: dict[str, pd.DataFrame], path: Path) -> None:
    with path.open("wb") as file, pd.ExcelWriter(file, engine="openpyxl") as writer:
        for name, frame in frames.items():
            frame.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
