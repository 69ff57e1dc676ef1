"""The methods for large plans against the simplex, and what long solves need."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from plan_economies import random_economy, small_table, sparse_economy
from scipy.sparse import coo_array, csr_array

from conjuncture.core.errors import InputError
from conjuncture.plan import solve as solve_module
from conjuncture.plan.changes import Change, changed
from conjuncture.plan.problem import Problem
from conjuncture.plan.programme.model import build
from conjuncture.plan.programme.outcome import certify, refutes
from conjuncture.plan.settings import Settings
from conjuncture.plan.solve import optimise, solve
from conjuncture.plan.solvers.firstorder import backend as backend_module
from conjuncture.plan.solvers.firstorder.backend import Backend, backend
from conjuncture.plan.solvers.firstorder.pdhg import first_order
from conjuncture.plan.solvers.matrixfree import interior as thin
from conjuncture.plan.solvers.matrixfree.leontief import Leontief
from conjuncture.plan.solvers.matrixfree.local import Local
from conjuncture.plan.solvers.matrixfree.system import ThinSystem
from conjuncture.plan.solvers.solving import Progress, Solving, fingerprint

BOTH = [("matrix_free", 1e-6), ("first_order", 1e-4)]


def sparse(seed: int = 1, sectors: int = 60, years: int = 4, inputs: float = 8) -> Problem:
    return Problem.from_arrays(**sparse_economy(seed, sectors, years, inputs))


def war(**rules: Any) -> Problem:
    """Damage, several kinds of trade, and sectors without capital."""
    problem = Problem.from_table(small_table(), 4, **rules)
    return problem.replace(
        capital=0.9 * problem.capital, damaged=0.08 * problem.capital, consumption_level=0.9
    )


# Sparse problems ------------------------------------------------------------------------


def test_sparse_and_dense_coefficients_are_the_same_problem() -> None:
    thin_problem = sparse()
    dense = thin_problem.replace(coefficients=thin_problem.coefficients.toarray())
    one, other = build(thin_problem), build(dense)
    assert abs(one.matrix - other.matrix).max() == 0.0
    assert one.matrix.has_sorted_indices or one.matrix.nnz == other.matrix.nnz
    a, b = solve(thin_problem, method="simplex"), solve(dense, method="simplex")
    assert a.aim == pytest.approx(b.aim, rel=1e-9)
    np.testing.assert_allclose(a.balances()["residual"], 0.0, atol=1e-6)
    exact = dense.replace(coefficients=csr_array(dense.coefficients))
    np.testing.assert_array_equal(exact.coefficients.toarray(), dense.coefficients)


def test_sparse_coefficients_are_frozen_and_checked() -> None:
    parts = sparse_economy(2, 12, 2, 4)
    problem = Problem.from_arrays(**parts)
    with pytest.raises(ValueError, match="read-only"):
        problem.coefficients.data[0] = 1.0
    parts["coefficients"].data[0] *= 0.5  # the problem has a copy
    assert problem.coefficients.data[0] != parts["coefficients"].data[0]
    a = coo_array(parts["coefficients"])
    a.data[3] = -1.0
    with pytest.raises(InputError) as caught:
        Problem.from_arrays(**{**parts, "coefficients": a})
    (fault,) = caught.value.faults
    assert fault.field == f"coefficients[p{a.row[3]}, p{a.col[3]}]"
    assert "negative" in fault.problem
    declared = {"negative_intermediate": (f"p{a.col[3]}",)}
    Problem.from_arrays(**{**parts, "coefficients": a, "exceptions": declared})
    a.data[3] = np.nan
    with pytest.raises(InputError, match="not a finite number"):
        Problem.from_arrays(**{**parts, "coefficients": a, "exceptions": declared})
    with pytest.raises(InputError, match="shape"):
        Problem.from_arrays(**{**parts, "coefficients": csr_array((3, 4))})


def test_plans_with_sparse_coefficients_are_read_as_dense_ones() -> None:
    from conjuncture.plan.why.explain import explain
    from conjuncture.plan.why.values import labour_values

    one = sparse(3, 20, 3, 5)
    other = one.replace(coefficients=one.coefficients.toarray())
    a, b = solve(one), solve(other)
    product, year = one.sectors[4], one.years[1]
    assert explain(a, product, year).text == explain(b, product, year).text
    np.testing.assert_allclose(
        labour_values(one, year)["value"], labour_values(other, year)["value"], rtol=1e-8
    )
    with pytest.raises(InputError, match="wear"):
        labour_values(one, year, wear=True)


def test_a_change_of_sparse_coefficients_is_that_of_dense_ones() -> None:
    one = sparse(3, 20, 2, 5)
    other = one.replace(coefficients=one.coefficients.toarray())
    for how in ({"set": 0.01}, {"add": 0.002}, {"times": 0.9}):
        change = Change(what="coefficients", of=["p3"], sector=["p1", "p7"], **how)
        a, b = (changed(p, [change]).coefficients for p in (one, other))
        np.testing.assert_allclose(a.toarray(), b, atol=1e-15)
        assert not np.array_equal(b, other.coefficients)


# Agreement ------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "tolerance"), BOTH)
@pytest.mark.parametrize(
    "problem",
    [
        Problem.from_table(small_table(), 5),
        Problem.from_table(small_table(), 3, disposal=True, gestation=1, terminal_growth=None),
        war(restoration_lag=3, gestation=3),
        war(restorable_share=0.5, consumption_band=None, contraction=0.3, opening_reserves=2.0),
        Problem.from_arrays(**random_economy(3, 12, 5)),
        sparse(),
    ],
    ids=["small", "disposal", "restored", "reserves", "dense", "sparse"],
)
def test_the_aim_is_that_of_the_simplex(problem: Problem, method: Any, tolerance: float) -> None:
    best = solve(problem, method="simplex").require_optimal()
    found = solve(problem, method=method, tolerance=tolerance).require_optimal()
    assert found.method.startswith("Conjuncture") or "after Conjuncture" in found.method
    assert found.certificate.worst <= 2 * tolerance
    assert found.aim == pytest.approx(best.aim, rel=30 * tolerance)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(
    seed=st.integers(0, 10_000),
    sectors=st.integers(2, 14),
    years=st.integers(1, 5),
    gestation=st.integers(1, 3),
    disposal=st.booleans(),
    band=st.sampled_from([None, 0.02, 0.1]),
    growth=st.sampled_from([None, 0.0, 0.03]),
)
def test_random_plans_agree_or_are_refused_by_both(
    seed: int, sectors: int, years: int, gestation: int, disposal: bool, band: Any, growth: Any
) -> None:
    parts = sparse_economy(seed, sectors, years, min(4, sectors))
    parts["works"] = np.broadcast_to(parts["works"], (gestation - 1, sectors))
    rules = Settings.of(
        gestation=gestation, disposal=disposal, consumption_band=band, terminal_growth=growth
    )
    problem = Problem.from_arrays(**parts, settings=rules)
    model = build(problem)
    best = optimise(model, "simplex")
    found = thin.matrix_free(model, Solving(model))
    assert found.status in (best.status, "failed")  # what it gives up, HiGHS solves
    if found.status == "optimal":
        aim = float(model.cost @ best.values)
        assert float(model.cost @ found.values) == pytest.approx(aim, rel=1e-5)
        # weak duality: no price of ours promises less than the best plan gives
        reduced = model.cost - model.matrix.T @ found.row_duals
        bound = sum(
            float(np.where(np.isfinite(limit), price * limit, 0.0).sum())
            for price, limit in (
                (p, np.where(p > 0, high, low))
                for p, low, high in (
                    (found.row_duals, model.row_lower, model.row_upper),
                    (reduced, model.lower, model.upper),
                )
            )
        )
        assert bound >= aim - 1e-5 * abs(aim)


@pytest.mark.parametrize(("method", "tolerance"), BOTH)
def test_a_plan_that_does_not_exist_is_refuted(method: Any, tolerance: float) -> None:
    problem = Problem.from_table(small_table(), 4, consumption_floor=(0, 1.5, 0, 0))
    found = solve(problem, method=method, tolerance=tolerance)
    assert found.status == "infeasible"
    expected = solve(problem, method="simplex").relaxations
    assert [str(item) for item in found.relaxations] == [str(item) for item in expected]
    model = build(problem)
    assert not refutes(model, np.zeros(model.rows.size))
    eased = build(problem.relaxed(found.relaxations))
    best = optimise(eased, "simplex")
    assert not refutes(eased, best.row_duals)


def test_prices_of_a_rough_plan_carry_a_note() -> None:
    problem = Problem.from_table(small_table(), 3)
    rough = solve(problem, method="first_order", tolerance=1e-3)
    assert "1e-03" in rough.method
    assert "1e-03" in rough.price_note
    assert rough.summary()["price_note"] == rough.price_note
    for fine in (solve(problem, method="matrix_free"), solve(problem)):
        assert fine.price_note == ""
    assert solve(problem, method="matrix_free").tolerance == 1e-6


# The Newton system ----------------------------------------------------------------------


def test_the_newton_system_is_solved() -> None:
    model = build(war(restoration_lag=2))
    programme = thin._programme(model)
    system = ThinSystem(model, programme.columns, programme.rows, Leontief(model))
    draw = np.random.default_rng(5)
    theta, slack = draw.uniform(0.1, 2.0, system.shape[1]), draw.uniform(0.1, 2.0, system.shape[0])
    xi, r = draw.normal(size=system.shape[1]), draw.normal(size=system.shape[0])
    system.factor(theta, slack)
    y, p = np.zeros(xi.size), np.zeros(r.size)
    for _ in range(4):  # each solve leaves a thousandth
        left = xi - theta * y + system.worths(p)
        right = r - system.amounts(y) - slack * p
        dy, dp = system.solve(left, right)
        y, p = y + dy, p + dp
    a = csr_array(model.matrix)[programme.rows][:, programme.columns]
    np.testing.assert_allclose(theta * y - a.T @ p, xi, atol=1e-8)
    np.testing.assert_allclose(a @ y + slack * p, r, atol=1e-8)


def test_blocks_of_sectors_are_factored_at_once() -> None:
    draw = np.random.default_rng(2)
    # two outputs and two rows for each of three sectors; the third lacks the last row
    sector = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1])
    slot = np.array([1, 1, 1, 2, 2, 2, 7, 7, 7, 9, 9])
    year = np.array([0, 0, 0, 1, 1, 1, -1, -1, -1, -1, -1])
    row, column = np.array([6, 7, 8, 9, 10, 9, 6]), np.array([0, 1, 2, 3, 4, 0, 3])
    inner = coo_array((draw.normal(size=7), (row, column)), shape=(11, 11))
    diagonal = np.concatenate([draw.uniform(0.5, 2.0, 6), -draw.uniform(0.5, 2.0, 5)])
    local = Local(sector, slot, year, inner, 3, 2)
    local.factor(diagonal)
    whole = np.diag(diagonal) + inner.toarray() + inner.toarray().T
    right = draw.normal(size=11)
    np.testing.assert_allclose(whole @ local.solve(right), right, atol=1e-12)
    inverse = np.linalg.inv(whole)
    for s in range(3):
        np.testing.assert_allclose(local.blocks[s], inverse[np.ix_([s, s + 3], [s, s + 3])])


# Long solves ----------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "tolerance"), BOTH)
def test_a_stopped_solve_goes_on_to_the_same_plan(
    method: Any, tolerance: float, tmp_path: Path
) -> None:
    problem, file = sparse(4), tmp_path / "state.npz"
    seen: list[Progress] = []
    options: dict[str, Any] = {"method": method, "tolerance": tolerance, "progress": seen.append}
    whole = solve(problem, **options)
    assert [p.iteration for p in seen] == sorted({p.iteration for p in seen})
    assert seen[-1].gap <= tolerance
    count = len(seen)
    stopped = solve(problem, checkpoint=file, should_stop=lambda: len(seen) >= count + 3, **options)
    assert stopped.status == "stopped"
    assert "checkpoint" in stopped.remedy
    assert stopped.iterations < whole.iterations
    resumed = solve(problem, checkpoint=file, **options)
    assert resumed.iterations == whole.iterations
    np.testing.assert_array_equal(resumed.outcome.values, whole.outcome.values)
    np.testing.assert_array_equal(resumed.outcome.row_duals, whole.outcome.row_duals)
    assert [path.name for path in tmp_path.iterdir()] == ["state.npz"]  # nothing beside it


def test_a_foreign_checkpoint_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state.npz"
    problem = sparse(4, 20, 2, 4)
    solve(problem, method="matrix_free", checkpoint=file)
    other = problem.replace(labour_available=1.001 * problem.labour_available)
    assert fingerprint(build(problem)) != fingerprint(build(other))
    with pytest.raises(InputError, match="another problem"):
        solve(other, method="matrix_free", checkpoint=file)
    with pytest.raises(InputError, match="method matrix_free"):
        solve(problem, method="first_order", checkpoint=file)
    file.write_text("not a state")
    with pytest.raises(InputError, match="is not a checkpoint"):
        solve(problem, method="matrix_free", checkpoint=file)


def test_the_structured_method_reports_and_stops() -> None:
    problem, seen = Problem.from_table(small_table(), 4), []
    solve(problem, method="structured", progress=seen.append)
    assert seen[-1].gap < 1e-9
    stopped = solve(problem, method="structured", should_stop=lambda: True)
    assert stopped.status == "stopped"


def test_unusable_options_are_named_together() -> None:
    problem = Problem.from_table(small_table(), 2)
    with pytest.raises(InputError) as caught:
        solve(problem, method="simplx", tolerance=2.0, backend="gpu")  # type: ignore[arg-type]
    assert [fault.field for fault in caught.value.faults] == ["method", "tolerance", "backend"]
    assert "simplex" in caught.value.faults[0].nearest
    with pytest.raises(InputError, match="backend"):
        solve(problem, method="first_order", backend="gpuu")


# Choice and backend ---------------------------------------------------------------------


def test_the_method_is_chosen_by_size_and_share(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = sparse()
    assert "dual simplex" in solve(problem).method
    monkeypatch.setattr(solve_module, "STRUCTURED_NONZEROS", 100)
    assert "structured" in solve(problem).method
    monkeypatch.setattr(solve_module, "THIN_SIZE", 50)
    assert "matrix-free" in solve(problem).method
    monkeypatch.setattr(thin, "_ITERATIONS", 2)
    assert "dual simplex, after" in solve(problem).method
    monkeypatch.setattr(solve_module, "LIBRARY_NONZEROS", 200)
    last = solve(problem).require_optimal()
    assert last.method.startswith("Conjuncture")
    assert "(PDHG)" in last.method
    assert "no convergence" in last.method


def test_the_iteration_runs_on_any_array_module() -> None:
    """A module that only passes on to NumPy, with other matrices: nothing leaks past it."""
    used: set[str] = set()

    class Stand:
        def __getattr__(self, name: str) -> Any:
            used.add(name)
            return getattr(np, name)

    class Rows:
        def __init__(self, parts: Any, shape: tuple[int, int]) -> None:
            self.inner = csr_array(parts, shape=shape)

        def __matmul__(self, other: Any) -> Any:
            return self.inner @ other

    model = build(Problem.from_table(small_table(), 3))
    solving = Solving(model, tolerance=1e-4)
    one = first_order(model, solving)
    other = first_order(model, solving, Backend("stand-in", Stand(), Rows))
    np.testing.assert_array_equal(one.values, other.values)
    assert "on the stand-in" in other.method
    assert {"clip", "where", "linalg"} <= used


def test_a_missing_gpu_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(backend_module.importlib, "import_module", missing)
    with pytest.raises(InputError, match=r"conjuncture\[gpu\]"):
        backend("gpu")
    monkeypatch.setattr(backend_module.importlib, "import_module", importlib.import_module)
    assert backend("cpu").xp is np


def test_a_certificate_is_computed_afresh() -> None:
    model = build(sparse(6, 40, 3, 6))
    outcome = thin.matrix_free(model, Solving(model))
    shifted = outcome.values.copy()
    shifted[model.columns["output"][0, 0]] += 0.01
    assert certify(model, outcome).worst <= 1e-6
    outcome.values[:] = shifted
    assert certify(model, outcome).primal_residual > 1e-3
