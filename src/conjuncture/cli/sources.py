"""Commands on origin cards."""

from __future__ import annotations

import typer

from conjuncture.cli.output import Json, console, print_json, print_rows

app = typer.Typer(help="Origin cards: who published a figure, under which licence, where.")


@app.callback(invoke_without_command=True)
def list_sources(context: typer.Context, as_json: Json = False) -> None:
    """List all origin cards (also: sources show, sources of)."""
    if context.invoked_subcommand is not None:
        return
    from conjuncture.core.sources import sources

    rows = [
        {"card": c.id, "title": c.title, "producer": c.producer, "licence": c.licence}
        for c in sources().values()
    ]
    print_json(rows) if as_json else print_rows(rows, title="Origin cards")


@app.command("show")
def show(card: str, as_json: Json = False) -> None:
    """Show one origin card in full."""
    from conjuncture.core.sources import source

    _print([source(card).model_dump(mode="json")], as_json)


@app.command("of")
def of(
    name: str = typer.Argument(
        help="A table, series, variable, mechanism, parameter, figure, state, rule, claim, theory, "
        "scenario, or the path of a history (.nc)."
    ),
    as_json: Json = False,
) -> None:
    """Follow anything that is shown to its origin cards."""
    from conjuncture.report.origins import origins

    kind, cards = origins(name)
    if as_json:
        print_json(
            {"name": name, "kind": kind, "cards": [c.model_dump(mode="json") for c in cards]}
        )
        return
    console().print(f"{name} is a {kind} with {len(cards)} origin cards")
    if not cards:
        console().print("it is assumed: see its prior and reason (conjuncture mechanisms show)")
    _print([c.model_dump(mode="json") for c in cards], as_json=False)


def _print(cards: list[dict[str, object]], as_json: bool) -> None:
    if as_json:
        print_json(cards[0] if len(cards) == 1 else cards)
        return
    from rich.markup import escape

    out = console()
    for card in cards:
        out.print(f"\n[bold]{escape(str(card['id']))}[/bold]")
        for key, value in card.items():
            if key == "id" or value in (None, "", [], ()):
                continue
            if isinstance(value, list):
                out.print(f"  {key}:")
                for item in value:
                    out.print(f"    - {escape(str(item))}")
            else:
                out.print(f"  {key}: {escape(str(value))}")
