"""The command that fits parameters on windows before the start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conjuncture.cli.output import Json, console, print_json, print_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conjuncture.data.fitted import FittedMechanism
    from conjuncture.fit.compare import Change


HIDDEN = ("unit", "source")
"""Columns that a table has no room for; ``--json`` has them."""


def fit(
    scenario: Annotated[str, typer.Argument(help="Scenario whose theory is fitted, 1945.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Folder of your download: every fit is run again from it."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="A mechanism; may be given several times.")
    ] = None,
    write: Annotated[
        Path | None, typer.Option("--write", help="Folder to write the fitted parameters to.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fit parameters on windows before 1945, and show what the data did to every prior.

    Without --data, what rests on shipped series is fitted again and the rest is shown as shipped;
    docs/fitting.md names the files that --data reads. Shift: move of the median in standard
    deviations of the prior; narrowing: standard deviation after the data over that before.
    """
    from conjuncture.core.errors import Fault, InputError
    from conjuncture.core.files import check_writable, content_root
    from conjuncture.data.fitted import load_fitted
    from conjuncture.fit.compare import changes
    from conjuncture.fit.refit import refit
    from conjuncture.fit.write import write_fitted

    chosen = tuple(only or ())
    if write is not None:
        check_writable(write, folder=True)
    shipped = load_fitted(content_root() / "fitted")
    again = refit(data, chosen)
    if write is not None and not again:
        raise InputError(
            Fault(
                "there is nothing to write: these fits rest on data that may not be shipped",
                "name the folder of your download: --data FOLDER (docs/fitting.md lists the files)",
                field="--write",
            )
        )
    rows = changes(scenario, {**shipped, **again}, chosen)
    written = write_fitted(write, again) if write is not None else []
    if as_json:
        print_json(_plain(rows, again, written))
        return
    shown = [{k: v for k, v in change.row().items() if k not in HIDDEN} for change in rows]
    print_rows(shown, title=f"Parameters of {scenario}: what the data did to each prior")
    _tell(rows, again, written)


def _plain(
    rows: list[Change], refitted: Mapping[str, FittedMechanism], written: list[Path]
) -> dict[str, object]:
    def one(change: Change) -> dict[str, object]:
        after = change.after
        return change.row() | {
            "prior": change.before.model_dump(exclude_none=True),
            "after the data": after and after.prior.model_dump(exclude_none=True),
            "estimate": after and after.estimate,
            "error": after and after.error,
            "method": after and after.method,
            "also": after and after.also,
            "correlations": after and after.correlations,
            "note": after and after.note,
        }

    return {
        "parameters": [one(change) for change in rows],
        "fitted now": list(refitted),
        "written": [str(path) for path in written],
    }


def _tell(rows: list[Change], refitted: Mapping[str, FittedMechanism], written: list[Path]) -> None:
    fitted = [change for change in rows if change.after is not None]
    out = console()
    out.print(
        f"{len(fitted)} parameters have met data, {len(rows) - len(fitted)} keep their prior. "
        f"Fitted now: {', '.join(refitted) or 'none'}.",
        markup=False,
    )
    for path in written:
        out.print(f"wrote {path}", markup=False)
