"""The structured interior point against the simplex of HiGHS on the same plans."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_economies import random_economy, small_table
from scipy.linalg import LinAlgError

from conjuncture.accounts.library import load_table, table_names
from conjuncture.plan import solve as solve_module
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.model import Model, build
from conjuncture.plan.programme.outcome import certify
from conjuncture.plan.settings import Settings
from conjuncture.plan.solve import optimise, solve
from conjuncture.plan.solvers.structured import interior as interior_module
from conjuncture.plan.solvers.structured import iterate as iterate_module
from conjuncture.plan.solvers.structured import kernels
from conjuncture.plan.solvers.structured.interior import NAME, interior, unsuitable
from conjuncture.plan.solvers.structured.iterate import Iterate
from conjuncture.plan.solvers.structured.kernels import Threads
from conjuncture.plan.solvers.structured.staircase import Staircase

few = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def _war(**rules: object) -> Problem:
    """Damaged capital, blocked capacity, reserves: every block of the programme."""
    problem = Problem.from_table(
        small_table(),
        5,
        **{
            "opening_reserves": 4.0,
            "restorable_share": 0.4,
            "labour_kinds": ("persons", "engineers"),
            "expansion": 0.12,
            **rules,
        },
    )
    available = np.ones((5, 3))
    available[1:3, 1] = 0.9
    return problem.replace(
        capital=problem.capital * [0.97, 0.9, 1.0],
        damaged=problem.capital * [0.03, 0.1, 0.0],
        availability=available,
    )


def _agree(model: Model, expected: float = 1e-8) -> None:
    ours, peer = interior(model), optimise(model, "simplex")
    assert peer.status == "optimal"
    assert ours.status == "optimal", ours.method
    assert model.cost @ ours.values == pytest.approx(model.cost @ peer.values, rel=expected)
    assert certify(model, ours).worst < 1e-7


@pytest.mark.parametrize("years", [1, 5])
@pytest.mark.parametrize("name", table_names())
def test_shipped_tables_agree_with_the_simplex(name: str, years: int) -> None:
    _agree(build(Problem.from_table(load_table(name), years)))


@pytest.mark.parametrize("name", table_names())
def test_the_base_year_agrees(name: str) -> None:
    model = build(Problem.base_year(load_table(name)))
    _agree(model, 1e-7)
    assert interior(model).values[model.columns["level"]] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("lag", [1, 2])
@pytest.mark.parametrize("gestation", [1, 2, 3])
def test_damage_and_gestation_agree(gestation: int, lag: int) -> None:
    problem = _war(gestation=gestation, restoration_lag=lag, damage_decay=0.05)
    solution = solve(problem, method="structured").require_optimal()
    assert solution.method == NAME
    assert solution.aim == pytest.approx(solve(problem, method="simplex").aim, rel=1e-8)
    assert solution.restoration.sum() > 0
    assert solution.certificate.worst < 1e-7


@few
@given(
    st.tuples(st.integers(0, 10**6), st.integers(2, 8), st.integers(1, 6)),
    st.integers(1, 3),
    st.sampled_from([0.0, 0.1]),
    st.sampled_from([None, 0.1]),
    st.sampled_from([None, 0.1]),
    st.sampled_from([None, 0.0, 0.02]),
    st.booleans(),
    st.floats(0.0, 0.1),
    st.integers(1, 2),
)
def test_random_economies_agree(
    economy, gestation, trade, band, contraction, growth, disposal, damage, lag
) -> None:
    rules = Settings.of(
        gestation=gestation,
        contraction=contraction,
        terminal_growth=growth,
        disposal=disposal,
        restoration_lag=lag,
        consumption_band=band,
        import_band=trade,
        export_band=trade,
    )
    parts = random_economy(*economy)
    parts |= {
        "settings": rules,
        "damaged": damage * parts["capital"],
        "labour_kinds": ("hands", "heads")[: 1 + economy[0] % 2],
    }
    kinds = len(parts["labour_kinds"])
    for name in ("labour_units", "labour_coefficients", "labour_available"):
        parts[name] = parts[name][:kinds]
    _agree(build(Problem.from_arrays(**parts)), 1e-7)


def test_years_that_nothing_links_are_solved() -> None:
    """Without bands and rules of pace, the first years share no condition but outlays."""
    rules = Settings.of(gestation=3, contraction=None, consumption_band=None)
    parts = random_economy(5, 6, 6) | {"settings": rules}
    _agree(build(Problem.from_arrays(**parts)))


def test_prices_need_no_crossover() -> None:
    """On the United States of 2014 they are those of the simplex vertex."""
    problem = Problem.from_table(load_table("usa_2014"), 5)
    ours, peer = solve(problem, method="structured"), solve(problem, method="simplex")
    rows = ours.model.rows["product"]
    mine, theirs = ours.outcome.row_duals[rows], peer.outcome.row_duals[rows]
    error = np.abs(mine - theirs) / np.abs(theirs)
    assert np.median(error) < 1e-7
    assert error.max() < 1e-5
    np.testing.assert_allclose(ours.outcome.column_duals, peer.outcome.column_duals, atol=1e-6)
    found, other = ours.bottlenecks(), peer.bottlenecks()
    found, other = (frame[frame["worth"] > 1e-5 * peer.aim] for frame in (found, other))
    assert len(found) > 100
    names = ["kind", "label", "year"]
    assert sorted(found[names].values.tolist()) == sorted(other[names].values.tolist())
    np.testing.assert_allclose(found["worth"], other["worth"], rtol=1e-5)


def test_prices_of_settled_stocks_are_those_of_the_simplex() -> None:
    """Stocks that works in progress fix are taken out beforehand, and priced afterwards."""
    model = build(Problem.from_table(load_table("deu_2014"), 4, gestation=3))
    ours, peer = interior(model), optimise(model, "simplex")
    rows = model.rows["accumulation"][:2]
    assert np.abs(peer.row_duals[rows]).max() > 1e-3
    np.testing.assert_allclose(ours.row_duals[rows], peer.row_duals[rows], atol=1e-7)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(("years", "gestation"), [(1, 1), (2, 1), (5, 2), (7, 2), (6, 3)])
@pytest.mark.parametrize("damage", [False, True])
def test_newton_system_is_solved(damage: bool, years: int, gestation: int, threads: int) -> None:
    """The elimination from both ends solves the whole sparse system."""
    if damage:
        problem = _war(disposal=True)
    else:
        rules = Settings.of(gestation=gestation)
        problem = Problem.from_arrays(**random_economy(3, 7, years) | {"settings": rules})
    model = build(problem)
    programme = interior_module._programme(model)
    several = Threads(threads)
    system = Staircase(model, programme.columns, programme.rows, several)
    draw = np.random.default_rng(3)
    curvature = draw.lognormal(0.0, 2.0, programme.columns.size)
    slack = draw.lognormal(0.0, 2.0, programme.rows.size)
    xi, r = draw.normal(size=curvature.size), draw.normal(size=slack.size)
    system.factor(curvature, slack)
    y, prices = system.solve(xi, r)
    several.__exit__()
    a = model.matrix.toarray()[np.ix_(programme.rows, programme.columns)]
    np.testing.assert_allclose(system.amounts(y), a @ y, atol=1e-9)
    np.testing.assert_allclose(system.worths(prices), a.T @ prices, atol=1e-9)
    np.testing.assert_allclose(curvature * y - a.T @ prices, xi, atol=1e-9)
    np.testing.assert_allclose(a @ y + slack * prices, r, atol=1e-9)


def test_links_left_out_come_back_by_refinement(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is left out of the factors, the plan is the same."""
    problem = Problem.from_table(load_table("deu_2014"), 4)
    exact = solve(problem, method="simplex").aim
    for negligible in (0.0, 1e-3):
        monkeypatch.setattr(iterate_module, "_NEGLIGIBLE", negligible)
        solution = solve(problem, method="structured").require_optimal()
        assert solution.method == NAME
        assert solution.aim == pytest.approx(exact, rel=1e-8)
        assert solution.certificate.worst < 1e-7


def test_same_bits_on_any_number_of_threads() -> None:
    model = build(Problem.from_table(load_table("usa_2014"), 5))
    one, three = interior(model, threads=1), interior(model, threads=3)
    assert one.values.tobytes() == three.values.tobytes()
    assert one.row_duals.tobytes() == three.row_duals.tobytes()


def test_kernels_want_matrices_by_columns() -> None:
    with pytest.raises(ValueError, match="by columns"):
        kernels.cholesky(np.eye(3)[::2])
    with pytest.raises(LinAlgError):
        kernels.cholesky(np.asfortranarray(-np.eye(3)))


@pytest.mark.parametrize("size", [1, 5, 64, 65, 150])
def test_inverse_of_a_factored_part(size: int) -> None:
    """In place, on a part of a larger matrix."""
    draw = np.random.default_rng(size).normal(size=(size, 2 * size))
    store = np.zeros((size + 3, size + 2), order="F")
    part = store[2 : 2 + size, 1 : 1 + size]
    part[:] = draw @ draw.T
    expected = np.linalg.inv(part)
    kernels.cholesky(part)
    out = np.zeros((size, size), order="F")
    kernels.inverse(part, out)
    np.testing.assert_allclose(np.tril(out), np.tril(expected), rtol=1e-9, atol=1e-12)


def test_same_bits_twice() -> None:
    problem = Problem.from_table(load_table("usa_2014"), 3)
    one, other = (solve(problem, method="structured") for _ in range(2))
    assert one.outcome.values.tobytes() == other.outcome.values.tobytes()
    assert one.outcome.row_duals.tobytes() == other.outcome.row_duals.tobytes()
    assert one.iterations == other.iterations


def test_an_infeasible_plan_is_told_by_the_library() -> None:
    problem = Problem.from_table(load_table("usa_1947"), 3, consumption_floor=(0, 1.5, 0))
    solution = solve(problem, method="structured")
    assert solution.status == "infeasible"
    assert solution.relaxations
    assert solution.method.startswith("HiGHS")
    assert "after " + NAME in solution.method


def test_an_unbounded_plan_is_told_by_the_library() -> None:
    parts = random_economy(4, 3, 3)
    rules = Settings.of(import_band=None, consumption_band=None)
    parts |= {"settings": rules, "trade_balance": 0.0, "imports_high": np.full((3, 3), np.inf)}
    problem = Problem.from_arrays(**parts)
    free = problem.replace(transfers=[np.finfo(float).max ** 0.5] * 3)
    expected = solve(free, method="simplex").status
    assert solve(free, method="structured").status == expected


def test_a_form_that_does_not_fit_goes_to_the_library() -> None:
    composition = np.array([[0.1, 0.0, 0.0], [0.7, 0.9, 0.6], [0.2, 0.1, 0.4]])
    problem = _war().replace(composition=composition)
    assert unsuitable(build(problem)) == "outlays are composed by sector"
    solution = solve(problem, method="structured").require_optimal()
    assert "outlays are composed by sector" in solution.method
    assert "two years" in unsuitable(build(_war(restoration_lag=3)))


def test_a_method_that_gives_up_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interior_module, "_ITERATIONS", 3)
    problem = Problem.from_table(small_table(), 4)
    solution = solve(problem, method="structured").require_optimal()
    assert solution.method.endswith("(no convergence)")
    assert solution.aim == pytest.approx(solve(problem).aim)


def test_large_plans_are_structured_by_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem.from_table(small_table(), 4)
    assert "dual simplex" in solve(problem).method
    monkeypatch.setattr(solve_module, "STRUCTURED_NONZEROS", 10)
    assert solve(problem).method == NAME
    vertex = solve(problem, method="simplex")
    assert "dual simplex" in solve(problem, start=vertex).method  # a basis is used


def test_every_step_stays_inside() -> None:
    model = build(Problem.from_table(small_table(), 3))
    programme = interior_module._programme(model)
    point = Iterate(programme, Staircase(model, programme.columns, programme.rows))
    for _ in range(6):
        point.advance()
        assert (point.w > programme.low).all()
        assert (point.w < programme.high).all()
        assert min(point.zl[point.has_low].min(), point.zu[point.has_high].min()) > 0
