"""What ``plan solve`` prints of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conjuncture.cli.output import console, print_rows

if TYPE_CHECKING:
    from conjuncture.plan.solution import Solution


def show(solution: Solution, note: str) -> None:
    """Print years, conditions, bottlenecks and corners of a plan, and how exact it is."""
    from rich.markup import escape

    from conjuncture.cli.conditions import show_conditions
    from conjuncture.cli.plan_territories import show_territories
    from conjuncture.cli.targets import show_targets

    problem = solution.problem
    out = console()
    kind = f" ({note})" if note else ""
    first, last = problem.years[0], problem.years[-1]
    out.print(f"[bold]{escape(problem.name)}{kind}[/bold], {first}-{last}: {solution.status}")
    print_rows(_by_year(solution), title=f"By year ({problem.unit})")
    for level in solution.earlier:
        out.print(
            f"aim that came first, {level.name}: {level.value:,.6g} {level.unit}", markup=False
        )
    unit = solution.model.goals[solution.model.level].amount_unit
    out.print(f"aim: {solution.aim:,.6g} {unit}", markup=False)
    show_territories(solution)
    show_targets(solution)
    show_conditions(solution)
    _show_bottlenecks(solution)
    corners = solution.corners()
    if corners:
        out.print(f"[bold]Rules against implausible corners that bind ({len(corners)})[/bold]")
        for text in corners[:8]:
            out.print(f"  - {escape(text)}")
        if len(corners) > 8:
            out.print(f"  and {len(corners) - 8} more (--json lists all)")
    c = solution.certificate
    out.print(
        f"{solution.method}, {solution.seconds:.3f} s; primal residual {c.primal_residual:.1e}, "
        f"dual residual {c.dual_residual:.1e}, gap {c.gap:.1e}; balances close to "
        f"{_closure(solution):.1e} of output"
    )
    if solution.price_note:
        out.print(f"note: {solution.price_note}", markup=False)
    out.print(
        f"shadow prices: positive = scarce; worth of one more unit in {solution.model.aim_unit}"
    )


_PARTNERS = ("exports by partner", "imports by partner")


def _by_year(solution: Solution) -> list[dict[str, Any]]:
    from conjuncture.plan.reading.households import consumed

    p, balances = solution.problem, solution.balances()
    balances["consumption"] = consumed(balances)
    totals = balances.groupby(level="year").sum().to_dict("index")
    usual = ("output", "consumption", "investment", "exports", "imports")
    shown = [name for name in (*usual, *_PARTNERS) if name in next(iter(totals.values()))]
    return [
        {
            "year": year,
            "consumption level": float(solution.consumption_level[k]),
            **{name: float(totals[year][name]) for name in shown},
            "reserves": float(solution.reserves[k]),
        }
        for k, year in enumerate(p.years)
    ]


def _show_bottlenecks(solution: Solution) -> None:
    frame = solution.bottlenecks(12)
    rows = [
        {
            "kind": row["kind"],
            "label": row["label"],
            "year": row["year"],
            "amount": row["amount"],
            "shadow price": row["value"],
            "worth in all": row["worth"],
        }
        for row in frame.to_dict("records")
    ]
    print_rows(rows, title="Bottlenecks, the most valuable first")
    for kind, unit, sense in frame[["kind", "unit", "sense"]].drop_duplicates().to_numpy():
        console().print(f"  {kind}: {unit}, for {sense}")


def _closure(solution: Solution) -> float:
    residual = solution.balances()["residual"].abs().max()
    return float(residual / solution.output.sum(axis=1).min())
