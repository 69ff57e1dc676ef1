"""Yearly draws by counter: each depends on its keys alone, not on what was drawn before.

A draw is a hash of seed, name, member, codes and year, so that batches, the order
of territories in a file, and longer windows change no bit, and a large table of
pairs costs nothing until its year is computed.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Array = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def mix(words: Words) -> Words:
    """Return the finalised words: the output function of SplitMix64.

    Source of the formula: origin card ``steele_2014``.
    """
    z = words + _GAMMA
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return np.asarray(z ^ (z >> np.uint64(31)), dtype=np.uint64)


def _word(text: str) -> Words:
    data = text.encode()
    return np.array(zlib.crc32(data) | (zlib.crc32(data[::-1] + b"/") << 32), dtype=np.uint64)


def _members(seed: int, name: str, members: range, year: int) -> Words:
    base = mix(np.array(seed, dtype=np.uint64) ^ _word(f"{name}/{year}"))
    return mix(base ^ mix(np.arange(members.start, members.stop, dtype=np.uint64)))


def _codes(codes: Sequence[str]) -> Words:
    return np.array([_word(code) for code in codes], dtype=np.uint64)


def _uniform(words: Words) -> Array:
    """Map words into the open interval (0, 1), 53 bits each, the reference member to 1/2."""
    drawn = ((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return np.concatenate([np.full((1, *drawn.shape[1:]), 0.5), drawn])


def uniforms(seed: int, name: str, members: range, year: int, codes: Sequence[str]) -> Array:
    """Return draws in (0, 1), shape (1 + members, codes); the reference member gets 1/2."""
    with np.errstate(over="ignore"):
        first = _members(seed, name, members, year)
        return _uniform(mix(first[:, None] ^ _codes(codes)))


def pair_uniforms(seed: int, name: str, members: range, year: int, codes: Sequence[str]) -> Array:
    """Return draws in (0, 1) for ordered pairs, shape (1 + members, codes, codes)."""
    with np.errstate(over="ignore"):
        words = _codes(codes)
        first = mix(_members(seed, name, members, year)[:, None] ^ words)
        return _uniform(mix(first[:, :, None] ^ (words + _GAMMA)))


def normals(seed: int, name: str, members: range, year: int, codes: Sequence[str]) -> Array:
    """Return standard normal draws, shape (1 + members, codes); the reference gets 0."""
    return np.asarray(ndtri(uniforms(seed, name, members, year, codes)))
