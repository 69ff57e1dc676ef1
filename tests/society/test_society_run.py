"""Society in a run: what adds up in every year, and what the levers take away."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from conjuncture.run.scenario import Shock, load_theory
from conjuncture.run.simulate import Spec, Trajectory, simulate

CODES = ("GBR", "POL", "SUN", "USA")
SUN = CODES.index("SUN")


@cache
def run(lever: str | None = None) -> Trajectory:
    shocks: tuple[Shock, ...] = ()
    if lever is not None:
        one = Shock(lever=lever, territory=("SUN",), year=1946, until=1948, reason="a supposition")
        shocks = (one,)
    spec = Spec(
        start=1945,
        until=1948,
        territories=CODES,
        theory=load_theory("agnostic"),
        seed=7,
        shocks=shocks,
    )
    return simulate(spec, range(3))


def test_people_incomes_and_parts_add_up_in_every_year() -> None:
    found = run()
    people = found.stocks["population"]
    np.testing.assert_allclose(found.stocks["cohorts"].sum(-1), people, rtol=1e-9)
    assert found.flows["society_residual"].max() < 1e-9
    np.testing.assert_allclose(
        found.flows["strata_income"].sum(-1), found.flows["national_income"], rtol=1e-9
    )
    opening = people[:, :-1]
    grown = opening + found.flows["births"] - found.flows["deaths"]
    np.testing.assert_allclose(people[:, 1:], grown, rtol=1e-9)
    parts = found.flows["part_people"].sum(-1)
    np.testing.assert_allclose(parts, opening[..., [1, 2]].sum(-1), rtol=1e-9)  # POL and SUN
    for name, whole in (("part_capital", "capital"), ("part_damage", "damaged_capital")):
        total = found.stocks[whole][:, :-1, [1, 2]].sum((-1, -2))
        np.testing.assert_allclose(found.flows[name].sum(-1), total, rtol=1e-9)


@pytest.mark.parametrize("lever", ["lever_no_bureaucracy", "lever_mass_administration"])
def test_a_lever_takes_the_bureaucracys_direction_away_and_nothing_elsewhere(lever: str) -> None:
    base, other = run(), run(lever)
    assert (base.flows["bureaucracy_overhang"][:, 0, SUN] != 0).all()
    assert (other.flows["bureaucracy_overhang"][:, :, SUN] == 0).all()
    taken, kept = (item.flows["privileges"][:, 0, SUN] for item in (other, base))
    assert (taken < 0.2 * kept).all()
    first = other.flows["strata_consumption"][:, 0], base.flows["strata_consumption"][:, 0]
    np.testing.assert_allclose(first[0][:, [0, 1, 3]], first[1][:, [0, 1, 3]])
    if lever == "lever_no_bureaucracy":
        assert (other.flows["waste"][:, :, SUN] == 0).all()
    else:
        effect = other.parameters["bureaucratic_waste.masses"]
        covered = other.flows["planning_coverage"][:, 0, SUN]
        np.testing.assert_allclose(other.flows["waste"][:, 0, SUN], effect * covered)
