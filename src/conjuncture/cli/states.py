"""Commands on the states and territories of the system at the end of 1945."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from conjuncture.cli.output import Json, console, print_json, print_rows

if TYPE_CHECKING:
    from conjuncture.data.state_model import State

app = typer.Typer(help="States and territories at the end of 1945: holders, figures, rules.")


@app.callback(invoke_without_command=True)
def list_states(context: typer.Context, as_json: Json = False) -> None:
    """List the states and territories of the end of 1945 (also: states show, states rules).

    Population is in thousand, product in million international dollars of 2011. The last three
    columns are the shares of its figures that were observed, scaled from donors, or ruled.
    """
    if context.invoked_subcommand is not None:
        return
    from conjuncture.data.states import states

    rows = [_row(item) for item in states().values()]
    print_json(rows) if as_json else print_rows(rows, title="States and territories, end of 1945")


def _row(item: State) -> dict[str, object]:
    return {
        "id": item.id,
        "title": item.title,
        "kind": item.kind,
        "part of": item.parent,
        "holder": item.holder,
        "status": item.spell().status,
        "population": item.value("population"),
        "product": item.value("product"),
        **{basis: round(share, 2) for basis, share in item.shares().items()},
    }


@app.command("show")
def show(
    code: str = typer.Argument(help="Code of a state or territory, for instance POL."),
    as_json: Json = False,
) -> None:
    """Show one state or territory: every figure with its source and basis, and who held it."""
    from conjuncture.data.states import state

    item = state(code)
    if as_json:
        print_json(item.model_dump(mode="json", exclude_none=True))
        return
    out = console()
    within = f", part of {item.parent}" if item.parent else ""
    print_rows(_figures(item), title=f"{item.id}: {item.title} ({item.kind}{within})")
    if item.note:
        out.print(item.note, markup=False)
    print_rows(_spells(item), title="Held by")
    if item.parties:
        rows = [
            {
                "party": party.name,
                "family": party.family or None,
                "election": party.election or None,
                "vote %": party.vote,
                "seats %": party.seats,
                "members": party.members,
                "cabinet": party.cabinet,
                "source": party.source,
            }
            for party in item.parties
        ]
        print_rows(rows, title="Parties in the last election up to 1945")
    near = ", ".join(f"{n.unit} ({n.kind})" for n in item.neighbours)
    pacts = "; ".join(f"{p.kind} with {', '.join(p.partners)}" for p in item.alliances)
    out.print(f"Neighbours: {near or 'none'}", markup=False)
    out.print(f"Alliances: {pacts or 'none'}", markup=False)
    for name, reason in item.gaps.items():
        out.print(f"Gap: {name}: {reason}", markup=False)


def _figures(item: State) -> list[dict[str, object]]:
    return [
        {
            "figure": name.replace("_", " "),
            "value": figure.value,
            "unit": figure.unit,
            "date": figure.date,
            "basis": figure.basis,
            "rule": figure.rule or None,
            "source": figure.source,
            "use": figure.use,
        }
        for name, figure in item.figures.items()
    ]


def _spells(item: State) -> list[dict[str, object]]:
    return [
        {
            "from": spell.start,
            "to": spell.end or "still",
            "holder": spell.holder,
            "status": spell.status,
            "how": spell.how,
            "troops": ", ".join(spell.forces) or None,
            "note": spell.note or None,
            "source": spell.source,
        }
        for spell in item.spells
    ]


@app.command("rules")
def rules(
    name: str | None = typer.Argument(None, help="Name of one rule; without it, all."),
    as_json: Json = False,
) -> None:
    """List the rules by which gaps were filled, or show one."""
    from conjuncture.data.rules import rule
    from conjuncture.data.rules import rules as every

    if name is not None:
        item = rule(name)
        if as_json:
            print_json(item.model_dump(mode="json", exclude_none=True))
            return
        for key, value in item.model_dump(mode="json", exclude_none=True).items():
            console().print(f"{key}: {value}", markup=False)
        return
    rows = [
        {"rule": item.id, "title": item.title, "basis": item.basis, "spread": item.spread}
        for item in every().values()
    ]
    print_json(rows) if as_json else print_rows(rows, title="Rules")
