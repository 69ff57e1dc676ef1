"""The command that lays plans of past years beside what happened."""

from __future__ import annotations

from pathlib import Path

import typer

from conjuncture.cli.output import Json, console, print_json, print_rows


def backtest(
    name: str | None = typer.Argument(None, help="A backtest; without it, all are listed."),
    setting: list[str] = typer.Option(
        [], "--set", metavar="NAME=VALUE", help="Change a setting (see: plan settings)."
    ),
    beyond: int | None = typer.Option(
        None, min=0, help="Years planned after those judged; by default the backtest's own."
    ),
    margin: float = typer.Option(
        0.3, min=0.0, max=1.0, help="How far trade by product may depart from the recorded."
    ),
    out: Path | None = typer.Option(None, help="Write the comparison as NetCDF (.nc)."),
    as_json: Json = False,
) -> None:
    """Plan years that have passed and lay the plan beside what happened."""
    from conjuncture.cli.settings import parse_settings
    from conjuncture.core.errors import Fault, InputError
    from conjuncture.core.files import check_writable, write_atomically
    from conjuncture.plan.backtests.backtest import run_backtest

    if name is None:
        _list(as_json)
        return
    if out is not None and out.suffix != ".nc":
        raise InputError(
            Fault("comparisons are written as NetCDF", "give a name ending in .nc", str(out))
        )
    if out is not None:
        check_writable(out)
    found = run_backtest(name, beyond=beyond, margin=margin, **parse_settings(setting))
    if out is not None:
        data = found.to_dataset()
        write_atomically(out, lambda p: data.to_netcdf(p, engine="h5netcdf"))
    if as_json:
        print_json(found.summary())
        return
    _show(found.summary())
    if out is not None:
        console().print(f"written: {out}")


def _list(as_json: bool) -> None:
    from conjuncture.plan.backtests.files import backtest_header, backtest_names

    rows = []
    for name in backtest_names():
        header = backtest_header(name)
        rows.append({"name": name, "title": header.title, "record": header.origin})
    print_json(rows) if as_json else print_rows(rows, title="Backtests")


def _show(summary: dict[str, object]) -> None:
    from rich.markup import escape

    out = console()
    out.print(f"[bold]{escape(str(summary['title']))}[/bold], in {escape(str(summary['unit']))}")
    for key, title in (("by_year", "By year"), ("by_sector", "The last year judged")):
        rows = summary[key]
        assert isinstance(rows, list)
        print_rows(rows, title=title)
    findings = summary["findings"]
    assert isinstance(findings, list)
    out.print("[bold]Where the plan is implausible, and why[/bold]")
    for text in findings:
        out.print(f"  - {escape(text)}")
    out.print(f"settings: {escape(str(summary['settings_because']))}")
    out.print(f"record: {escape(str(summary['origin']))} (see: sources show)")
