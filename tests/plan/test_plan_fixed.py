"""The largest level with fixed techniques against a linear programme of its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from conjuncture.core.errors import InfeasibleError, InputError
from conjuncture.plan.fixed import largest_level


def _economy(seed: int, n: int) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(seed)
    A = draw.random((n, n)) * (draw.random((n, n)) < 0.6)
    A *= draw.uniform(0.2, 0.7, n) / np.maximum(A.sum(axis=0), 1e-9)
    c = draw.random(n)
    x = np.linalg.solve(np.eye(n) - A, 1.3 * c)
    labour = draw.random((2, n))
    return {
        "coefficients": A,
        "bundle": c,
        "claims": 0.2 * draw.random(n) * c,
        "labour": labour,
        "available": labour @ x * draw.uniform(0.9, 1.3, 2),
        "capacity": x * draw.uniform(0.9, 1.6, n),
    }


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(1, 25), st.booleans())
def test_the_level_is_that_of_the_programme(seed: int, n: int, sparse: bool) -> None:
    parts = _economy(seed, n)
    A, labour, room = parts["coefficients"], parts["labour"], parts["capacity"]
    found = largest_level(**parts | {"coefficients": csr_array(A) if sparse else A})
    programme = linprog(
        np.append(np.zeros(n), -1.0),
        A_ub=np.hstack([labour, np.zeros((2, 1))]),
        b_ub=parts["available"],
        A_eq=np.hstack([np.eye(n) - A, -parts["bundle"][:, None]]),
        b_eq=parts["claims"],
        bounds=[*((0, most) for most in room), (0, None)],
    )
    assert found.level == pytest.approx(programme.x[-1], rel=1e-7)
    np.testing.assert_allclose(found.output, programme.x[:-1], rtol=1e-6, atol=1e-9)
    assert found.residual < 1e-9
    # what binds is used up, and one more unit of it is worth its price
    name = "available" if found.limit == "labour" else "capacity"
    more = {k: v.copy() for k, v in parts.items()}
    more[name][found.place] *= 1 + 1e-7
    gain = largest_level(**more).level - found.level
    other = gain / (1e-7 * parts[name][found.place])
    assert other <= found.price * (1 + 1e-3)


def test_claims_beyond_the_limits_are_named() -> None:
    parts = _economy(3, 6)
    with pytest.raises(InfeasibleError) as caught:
        largest_level(**parts | {"claims": 50.0 * parts["bundle"]})
    assert "labour[0]" in str(caught.value)
    assert "capacity[" in str(caught.value)


def test_every_fault_is_told_at_once() -> None:
    parts = _economy(3, 4)
    bad = {"bundle": [1.0], "available": [-1.0, 2.0], "capacity": np.full(4, np.nan)}
    with pytest.raises(InputError) as caught:
        largest_level(**parts | bad)
    for name in bad:
        assert name in str(caught.value)
    with pytest.raises(InputError, match="nothing limits"):
        largest_level(parts["coefficients"], parts["bundle"])
    with pytest.raises(InputError, match="not square"):
        largest_level(np.zeros((2, 3)), [1.0, 1.0], capacity=[1.0, 1.0])
    with pytest.raises(InputError, match="is zero"):
        largest_level(parts["coefficients"], np.zeros(4), capacity=np.ones(4))
