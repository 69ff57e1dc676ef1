"""The command that solves many variants of one plan."""

from __future__ import annotations

from pathlib import Path

import typer

from conjuncture.cli.output import Json, console, print_json, print_rows
from conjuncture.cli.plan import Setting, Source, Variant, Years, open_source


def sweep(
    source: Source,
    variants: Path = typer.Argument(help="The variants: a .yaml or a .csv file."),
    out: Path = typer.Option(..., help="NetCDF file (.nc) for the results; an interrupted sweep "
                             "resumes from the folder <out>.parts."),
    workers: int = typer.Option(1, min=1, help="Processes; the results do not depend on it."),
    keep: list[str] = typer.Option(
        [], metavar="OUTCOME", help="What to keep of each plan; once for each outcome. Default: "
        "consumption_level, output, price_product."
    ),
    explain: bool = typer.Option(
        True, help="Look for the cheapest relaxation of variants without a plan."
    ),
    years: Years = None,
    setting: Setting = [],  # noqa: B006
    variant: Variant = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Solve many variants of one plan and write their outcomes to a file."""
    from conjuncture.plan.many.sweep import DEFAULT
    from conjuncture.plan.many.sweep import sweep as solve_variants
    from conjuncture.plan.many.variants import read_variants

    chosen = read_variants(variants)
    _, problem = open_source(source, years, setting, variant)
    try:
        with console(error=True).status(f"solving {len(chosen)} variants") as status:
            data = solve_variants(
                problem,
                chosen,
                outcomes=keep or DEFAULT,
                explain=explain,
                out=out,
                workers=workers,
                progress=lambda done, all_, name, _: status.update(f"{done} of {all_}: {name}"),
            )
    except KeyboardInterrupt:
        console(error=True).print(
            f"interrupted; the variants solved so far are kept in {out}.parts, "
            "and the same command resumes",
            markup=False,
        )
        raise typer.Exit(130) from None
    optimal = data["status"] == "optimal"
    rows: list[dict[str, object]] = [
        {
            "variant": str(name),
            "status": str(data["status"][k].item()),
            "aim": float(data["aim"][k]) if optimal[k] else None,
            "certificate": float(data["certificate"][k]) if optimal[k] else None,
            "reason": str(data["reason"][k].item()),
        }
        for k, name in enumerate(data["variant"].to_numpy())
    ]
    if as_json:
        print_json({"aim_unit": data["aim"].attrs["unit"], "variants": rows, "written": str(out)})
        return
    shown, more = rows[:20], len(rows) - 20
    print_rows(shown, title=f"Variants of {problem.name}; aim in {data['aim'].attrs['unit']}")
    if more > 0:
        console().print(f"and {more} more in the file")
    console().print(f"optimal: {int(optimal.sum())} of {len(rows)}; written: {out}")
