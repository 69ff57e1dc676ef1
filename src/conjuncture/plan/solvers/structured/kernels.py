"""Dense kernels on parts of arrays, in place, that let other threads of Python run meanwhile.

The routines are those of BLAS and LAPACK that SciPy carries, called by their addresses in
``scipy.linalg.cython_blas`` and ``cython_lapack``: the usual wrappers hold the interpreter's
lock for the whole call and copy every part of an array that is not contiguous.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from types import ModuleType
from typing import Any

import numpy as np
from scipy.linalg import LinAlgError, cython_blas, cython_lapack

from conjuncture.accounts.table import Array

MOST_THREADS = 4
"""Threads that a method takes unasked, at most."""
_HALVED = 64
"""Above this size a triangle is inverted by halves, which is faster than the library."""


def _routine(module: ModuleType, name: str) -> Callable[..., None]:
    """Return a routine of the library; calls release the interpreter's lock."""
    capsule = getattr(module, "__pyx_capi__")[name]  # noqa: B009
    named, get = ctypes.pythonapi.PyCapsule_GetName, ctypes.pythonapi.PyCapsule_GetPointer
    named.restype, named.argtypes = ctypes.c_char_p, [ctypes.py_object]
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    address = get(capsule, named(capsule))
    return ctypes.CFUNCTYPE(None)(address)


_dsyrk = _routine(cython_blas, "dsyrk")
_dtrmm = _routine(cython_blas, "dtrmm")
_dtrsm = _routine(cython_blas, "dtrsm")
_dtrsv = _routine(cython_blas, "dtrsv")
_dpotrf = _routine(cython_lapack, "dpotrf")
_dtrtri = _routine(cython_lapack, "dtrtri")
_dlauum = _routine(cython_lapack, "dlauum")

_L, _R, _N, _T = (ctypes.c_char_p(letter) for letter in (b"L", b"R", b"N", b"T"))
_ZERO, _ONE, _MINUS = (ctypes.byref(ctypes.c_double(x)) for x in (0.0, 1.0, -1.0))
_STEP = ctypes.byref(ctypes.c_int(1))


def _int(value: int) -> Any:
    return ctypes.byref(ctypes.c_int(value))


def _of(a: Array) -> tuple[Any, Any]:
    """Return the address of a matrix stored by columns, and the distance of its columns."""
    if a.dtype != np.float64 or a.ndim != 2 or (a.shape[0] > 1 and a.strides[0] != 8):
        raise ValueError("a matrix of double precision stored by columns is needed")
    apart = a.strides[1] // 8 if a.shape[1] > 1 else a.shape[0]
    return ctypes.c_void_p(a.ctypes.data), _int(max(1, apart, a.shape[0]))


def square_of(a: Array, out: Array) -> None:
    """Fill the lower triangle of ``out`` with ``a' a``."""
    n, k = out.shape[0], a.shape[0]
    if n:
        _dsyrk(_L, _T, _int(n), _int(k), _ONE, *_of(a), _ZERO, *_of(out))


def take_square(a: Array, out: Array) -> None:
    """Take ``a a'`` off the lower triangle of ``out``."""
    if out.shape[0] and a.shape[1]:
        n, k = a.shape
        _dsyrk(_L, _N, _int(n), _int(k), _MINUS, *_of(a), _ONE, *_of(out))


def cholesky(a: Array) -> None:
    """Replace the lower triangle of ``a`` by its Cholesky factor.

    Raises
    ------
    LinAlgError
        If the matrix is not positive definite to working accuracy.
    """
    info = ctypes.c_int(0)
    if a.shape[0]:
        _dpotrf(_L, _int(a.shape[0]), *_of(a), ctypes.byref(info))
    if info.value:
        raise LinAlgError("the Newton system is not positive definite to working accuracy")


def divide(factor: Array, b: Array, transposed: bool = False) -> None:
    """Replace ``b`` by ``L^-1 b``, or by ``L^-T b``."""
    if b.size:
        m, n = b.shape
        kind = _T if transposed else _N
        _dtrsm(_L, _L, kind, _N, _int(m), _int(n), _ONE, *_of(factor), *_of(b))


def divide_right(factor: Array, b: Array) -> None:
    """Replace ``b`` by ``b L^-T``."""
    if b.size:
        m, n = b.shape
        _dtrsm(_R, _L, _T, _N, _int(m), _int(n), _ONE, *_of(factor), *_of(b))


def divided(factor: Array, x: Array, transposed: bool = False) -> Array:
    """Return ``L^-1 x``, or ``L^-T x``, of a vector."""
    result = np.array(x, dtype=np.float64)
    if x.size:
        kind = _T if transposed else _N
        address = ctypes.c_void_p(result.ctypes.data)
        _dtrsv(_L, kind, _N, _int(x.size), *_of(factor), address, _STEP)
    return result


def inverse(factor: Array, out: Array) -> None:
    """Fill the lower triangle of ``out`` with ``(L L')^-1``."""
    if factor.shape[0]:
        out[:] = factor
        _invert(out)
        _dlauum(_L, _int(out.shape[0]), *_of(out), _int(0))


def _invert(a: Array) -> None:
    """Invert a lower triangle in place."""
    n = a.shape[0]
    if n <= _HALVED:
        _dtrtri(_L, _N, _int(n), *_of(a), _int(0))
        return
    half = n // 2
    first, corner, second = a[:half, :half], a[half:, :half], a[half:, half:]
    _invert(first)
    _invert(second)
    m, k = _int(n - half), _int(half)
    _dtrmm(_R, _L, _N, _N, m, k, _ONE, *_of(first), *_of(corner))
    _dtrmm(_L, _L, _N, _N, m, k, _MINUS, *_of(second), *_of(corner))


class Scratch(threading.local):
    """Arrays for passing results, kept from call to call, for each thread its own."""

    def __init__(self) -> None:
        self.kept: dict[str, Array] = {}

    def __call__(self, name: str, rows: int, columns: int) -> Array:
        """Return an array by columns, of any contents."""
        found = self.kept.get(name)
        if found is None or found.size < rows * columns:
            found = self.kept[name] = np.zeros(rows * columns)
        return found[: rows * columns].reshape((rows, columns), order="F")


scratch = Scratch()


def threads_for(asked: int | None, size: int, shared: int) -> int:
    """Return how many threads to use: those asked for, else one a processor for large plans.

    Parameters
    ----------
    asked : int or None
    size : int
        Sectors of the plan.
    shared : int
        From so many sectors on several threads pay, :data:`MOST_THREADS` at most.
    """
    if asked:
        return asked
    return min(MOST_THREADS, _processors()) if size >= shared else 1


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Threads:
    """Do independent work on some threads; on one, in order.

    The results have the same bits whatever the number, since what is done for a
    year does not depend on it.

    Parameters
    ----------
    count : int
    """

    def __init__(self, count: int) -> None:
        self.pool = ThreadPoolExecutor(count) if count > 1 else None

    def map(self, work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """Return the results in order; the first error is raised after all have ended."""
        if self.pool is None:
            return [work(item) for item in items]
        futures = [self.pool.submit(copy_context().run, work, item) for item in items]
        wait(futures)
        return [future.result() for future in futures]

    def __enter__(self) -> Threads:
        return self

    def __exit__(self, *error: object) -> None:
        if self.pool is not None:
            self.pool.shutdown()
