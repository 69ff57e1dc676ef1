"""Life tables of five-year ages: the common form behind start, births and deaths.

The force of mortality is that of Siler (1979) with one level,
``mu(x) = level (child exp(-decay x) + all_ages) + senescent exp(rise x)``: what
development lowers is multiplied by the level, ageing is not. A life expectancy
picks the level. The shape is ``assumed``: no life table is shipped. It is such
that a life expectancy of 35 years goes with about a third of children lost
before their fifth birthday, and one of 65 with about a twentieth.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

COUNT, WIDTH = 16, 5
"""Groups of age, the last open, and their width in years."""

WORKING = slice(3, 12)
"""Ages 15 to 59."""

ADULT = slice(3, COUNT)
"""Ages 15 and over."""

FERTILE = slice(3, 10)
"""Ages 15 to 49: of women who bear children, and of men who bear arms."""

CHILD, DECAY, ALL_AGES, SENESCENT, RISE = 0.11, 0.9, 0.0036, 3.2e-5, 0.098
"""Shape of mortality (``assumed``), per year; see the module."""

SCHEDULE = np.array([0.08, 0.25, 0.26, 0.19, 0.13, 0.07, 0.02])
"""Shares of lifetime births by age of the mother, 15-19 to 45-49 (``assumed``: births
start in the late teens, peak in the twenties and end before fifty in every population)."""

WOMEN = 0.5
"""Share of women in every age group; the sexes are not counted apart."""

_LOWEST, _HIGHEST = 25.0, 75.0
"""Life expectancies beyond which the shape is not used (years)."""


def mortality(level: Array) -> Array:
    """Return the mean force of mortality of each age group (1/year).

    Parameters
    ----------
    level : array (...)
        Level of the mortality that development lowers; 1 is the assumed shape.

    Returns
    -------
    array (..., age)
        Mean over the group's width; the open group is taken as ten years wide.
    """
    low = WIDTH * np.arange(COUNT, dtype=float)
    width = np.full(COUNT, float(WIDTH))
    width[-1] = 2.0 * WIDTH
    child = CHILD * (np.exp(-DECAY * low) - np.exp(-DECAY * (low + width))) / (DECAY * width)
    old = SENESCENT * (np.exp(RISE * (low + width)) - np.exp(RISE * low)) / (RISE * width)
    return np.asarray(np.asarray(level)[..., None] * (child + ALL_AGES) + old)


def expectancy(level: Array) -> Array:
    """Return life expectancy at birth (years) at a level of mortality."""
    rate = mortality(level)
    survivors = np.exp(-WIDTH * np.cumsum(rate[..., :-1], axis=-1))
    first = np.ones_like(survivors[..., :1])
    at = np.concatenate([first, survivors], axis=-1)
    lived = at * -np.expm1(-WIDTH * rate) / rate
    lived[..., -1] = at[..., -1] / rate[..., -1]
    return np.asarray(lived.sum(axis=-1))


_GRID = np.linspace(-6.0, 3.0, 400)
_YEARS = expectancy(np.exp(_GRID))


def survival(life_expectancy: Array) -> Array:
    """Return the share of each age group that lives through a year (..., age).

    Parameters
    ----------
    life_expectancy : array (...)
        Years at birth; taken within 25 and 75.
    """
    years = np.clip(life_expectancy, _LOWEST, _HIGHEST)
    level = np.exp(np.interp(-years, -_YEARS, _GRID))
    return np.exp(-mortality(level))


def grown(people: Array, alive: Array) -> Array:
    """Return the survivors of a year in their new groups, births apart.

    A fifth of each group passes to the next in a year: the yearly form of the
    Leslie matrix with groups of five years (Leslie 1945).
    """
    survivors = people * alive
    leaving = survivors / WIDTH
    leaving[..., -1] = 0.0
    moved = survivors - leaving
    moved[..., 1:] += leaving[..., :-1]
    return np.asarray(moved)


def births(people: Array, children: Array) -> Array:
    """Return the births of a year (same unit as people).

    Parameters
    ----------
    people : array (..., age)
    children : array (...)
        Births of a woman over her life at this year's rates.
    """
    mothers = (WOMEN * people[..., FERTILE] * SCHEDULE).sum(axis=-1)
    return np.asarray(children / WIDTH * mothers)


def stable(life_expectancy: Array, growth: Array) -> tuple[Array, Array]:
    """Return the stable population at given mortality and growth (Lotka 1939).

    Parameters
    ----------
    life_expectancy, growth : array (...)
        Years; 1/year.

    Returns
    -------
    shares : array (..., age)
        Shares of the ages, summing to one.
    children : array (...)
        Births of a woman over her life that keep the population on this path.
    """
    alive = survival(life_expectancy)
    factor = 1.0 + growth
    stay = alive * (1.0 - 1.0 / WIDTH)
    stay[..., -1] = alive[..., -1]
    people = np.ones_like(alive)
    for age in range(1, COUNT):
        entering = alive[..., age - 1] / WIDTH * people[..., age - 1]
        people[..., age] = entering / np.maximum(factor - stay[..., age], 1e-3)
    needed = (factor - stay[..., 0]) * people[..., 0] / np.sqrt(alive[..., 0])
    children = needed / births(people, np.ones_like(factor))
    return people / people.sum(axis=-1, keepdims=True), np.asarray(children)
