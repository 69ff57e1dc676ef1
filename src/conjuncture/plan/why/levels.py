"""The levels of a plan's aim: the plan as it stood when each was the aim."""

from __future__ import annotations

from conjuncture.plan.conditions.targets import Target
from conjuncture.plan.solution import Solution


def at_level(solution: Solution, number: int) -> Solution:
    """Return the plan as it stood when a level of the aim was the aim, with its prices.

    Parameters
    ----------
    solution : Solution
    number : int
        Position of the level, 0 for the first.
    """
    if number >= len(solution.earlier):
        return solution
    level = solution.earlier[number]
    return Solution.of(level.model, level.outcome, earlier=solution.earlier[:number])


def level_of(solution: Solution, target: Target) -> int | None:
    """Return the level of the aim that asks for a target; None where none does."""
    for k, aim in enumerate(solution.problem.aims):
        if aim.targets == target.priority:
            return k
    return None
