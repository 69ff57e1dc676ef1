"""Commands that describe: mechanisms, variables, claims, series, scenarios."""

from __future__ import annotations

import typer

from conjuncture.cli.output import Json, console, print_json, print_rows

mechanisms_app = typer.Typer(help="Mechanisms: what acts on what, with parameters and sources.")
claims_app = typer.Typer(help="Claims: what a source asserts and how it is checked.")
series_app = typer.Typer(help="Recorded series: the figures that start, fit or judge.")


@mechanisms_app.callback(invoke_without_command=True)
def list_mechanisms(context: typer.Context, as_json: Json = False) -> None:
    """List the mechanisms in the order of a year (also: mechanisms show)."""
    if context.invoked_subcommand is not None:
        return
    from conjuncture.core.registry import PHASES
    from conjuncture.run.scenario import mechanisms

    items = sorted(mechanisms().values(), key=lambda m: PHASES.index(m.phase))
    rows = [
        {
            "name": m.name,
            "label": m.label,
            "phase": m.phase,
            "switch": m.off is not None,
            "parameters": len(m.parameters),
            "sources": ", ".join(m.sources),
        }
        for m in items
    ]
    print_json(rows) if as_json else print_rows(rows, title="Mechanisms")


@mechanisms_app.command("show")
def show_mechanism(name: str, as_json: Json = False) -> None:
    """Show a mechanism: what it does, reads, writes, its parameters and sources."""
    from conjuncture.core.errors import lookup
    from conjuncture.run.scenario import mechanisms

    item = lookup("mechanism", name, mechanisms())
    parameters = [
        {
            "parameter": item.qualified(p.name),
            "meaning": p.description,
            "unit": p.unit,
            "default": p.prior.centre,
            "prior": str(p.prior),
            "source": p.source,
            "reason": p.reason,
            "contested": p.contested,
        }
        for p in item.parameters
    ]
    if as_json:
        print_json(
            {
                "name": item.name,
                "label": item.label,
                "phase": item.phase,
                "module": item.room,
                "description": item.description,
                "reads": item.reads,
                "lagged": item.lagged,
                "writes": item.writes,
                "sources": item.sources,
                "paragraphs": item.paragraphs,
                "switch": item.off is not None,
                "parameters": parameters,
            }
        )
        return
    out = console()
    out.print(f"[bold]{item.label}[/bold] ({item.name}, {item.phase}, {item.room})\n")
    out.print(item.description, markup=False)
    for key in ("reads", "lagged", "writes", "sources", "paragraphs"):
        if getattr(item, key):
            out.print(f"\n[bold]{key}[/bold]: {', '.join(getattr(item, key))}")
    if parameters:
        print_rows(parameters, title="Parameters")


@claims_app.callback(invoke_without_command=True)
def list_claims(context: typer.Context, as_json: Json = False) -> None:
    """List the claims of all theories (also: claims show)."""
    if context.invoked_subcommand is not None:
        return
    from conjuncture.run.scenario import theory_names
    from conjuncture.theory.claims import load_claims

    rows = [
        {
            "claim": c.id,
            "theory": theory,
            "title": c.title,
            "paragraphs": ", ".join(c.paragraphs),
            "horizon": f"{c.horizon.years} years",
            "measure": c.main.variable,
        }
        for theory in theory_names()
        for c in load_claims(theory).values()
    ]
    print_json(rows) if as_json else print_rows(rows, title="Claims")


@claims_app.command("show")
def show_claim(claim: str, as_json: Json = False) -> None:
    """Show a claim and what the record says to it, source by source."""
    from dataclasses import asdict

    from rich.markup import escape

    from conjuncture.core.errors import Fault, InputError
    from conjuncture.run.scenario import load_scenario, scenario_names
    from conjuncture.theory.claims import find_claim
    from conjuncture.theory.evidence import gather
    from conjuncture.theory.verdict import by_record

    theory, found = find_claim(claim)
    runs = [load_scenario(name) for name in scenario_names()]
    starts = [run.start for run in runs if run.theory == theory]
    if not starts:
        raise InputError(
            Fault(
                f"no scenario runs the theory {theory!r}, so the claim has no start",
                "add a scenario of this theory",
                field=claim,
            )
        )
    start = min(starts)
    evidence = gather(found, start, found.horizon.years)
    kind, reason = by_record(found, evidence)
    if as_json:
        print_json(
            {
                "theory": theory,
                **found.model_dump(mode="json"),
                "record": {
                    "kind": kind,
                    "reason": reason,
                    "evidence": [asdict(e) for e in evidence],
                },
            }
        )
        return
    out = console()
    where = escape(f"[{', '.join(found.paragraphs)}]")
    out.print(f"[bold]{found.id}: {escape(found.title)}[/bold] ({theory}, {where})")
    out.print(found.paraphrase, markup=False)
    out.print(f"horizon: {found.horizon.years} years; {found.horizon.note}", markup=False)
    out.print(f"refuted by: {found.refuted_by}", markup=False)
    rows = [
        {
            "series": e.series,
            "measures": e.concept,
            "role": e.role,
            "holds": e.holds,
            "why": e.text,
            "card": e.source,
        }
        for e in evidence
    ]
    print_rows(rows, title=f"The record: {kind}: {reason}")


@series_app.callback(invoke_without_command=True)
def list_series(context: typer.Context, as_json: Json = False) -> None:
    """List the recorded series (also: series show)."""
    if context.invoked_subcommand is not None:
        return
    from conjuncture.data.catalog import all_series

    rows = [
        {
            "series": s.id,
            "variable": s.variable,
            "sector": s.sector,
            "territory": s.territory,
            "concept": s.concept,
            "unit": s.unit,
            "years": f"{min(s.values)}-{max(s.values)} ({len(s.values)})",
            "source": s.source,
        }
        for s in all_series().values()
    ]
    print_json(rows) if as_json else print_rows(rows, title="Recorded series")


@series_app.command("show")
def show_series(name: str, as_json: Json = False) -> None:
    """Show a recorded series with the use of each figure."""
    from conjuncture.data.catalog import series

    item = series(name)
    rows = [
        {"year": year, "value": value, "use": item.use(year)}
        for year, value in sorted(item.values.items())
    ]
    if as_json:
        print_json({**item.model_dump(mode="json"), "uses": rows})
        return
    print_rows(rows, title=f"{item.title} ({item.unit}; card {item.source})")


def scenarios(as_json: Json = False) -> None:
    """List the shipped scenarios."""
    from conjuncture.run.scenario import load_scenario, scenario_names

    rows = [
        {
            "scenario": s.id,
            "title": s.title,
            "start": s.start,
            "until": s.until,
            "territories": ", ".join(s.territories),
            "theory": s.theory,
            "members": s.members,
            "beside": ", ".join(c.id for c in s.comparisons),
        }
        for s in map(load_scenario, scenario_names())
    ]
    print_json(rows) if as_json else print_rows(rows, title="Scenarios")


def variables(as_json: Json = False) -> None:
    """List the state variables with unit, kind and dimensions."""
    from conjuncture.core.state import variables as known

    rows = [
        {
            "variable": name,
            "title": v.title,
            "unit": v.unit,
            "kind": v.kind,
            "dims": ", ".join(v.dims),
            "recorded": v.record,
        }
        for name, v in known().items()
    ]
    print_json(rows) if as_json else print_rows(rows, title="State variables")
