"""What a fit is: mechanism, parameters with wide priors, files, window, method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conjuncture.fit.estimate import Estimate
from conjuncture.fit.files import FILES, Tables
from conjuncture.fit.posterior import Wanted

SYSTEM = ("system_states", "nmc_v7", "contiguity_direct_v32", "cshapes2_gw_units")
"""Files that the arrays of the state system need."""

PAIRS = (*SYSTEM, "mid5_directed_dyad_disputes", "cow_alliance_v41_dyad_year")
FOUGHT = (*SYSTEM, "war_inter_participants_v40")
RULERS = (*FOUGHT, "archigos_v41", "polity5_v2018")

POSITIVE = (0.0, float("inf"))
"""Limits of a standard deviation."""


@dataclass(frozen=True)
class Fit:
    """How the parameters of one mechanism are fitted.

    Attributes
    ----------
    mechanism : str
    form : str
        What is explained by what, in one line.
    wanted : tuple of Wanted
    needs : tuple of str
        Files, the one that the fit rests on first.
    window : str
        Years, both ends included.
    method : str
    function : callable
        Takes the tables and returns estimates of all that is wanted.
    note : str
    """

    mechanism: str
    form: str
    wanted: tuple[Wanted, ...]
    needs: tuple[str, ...]
    window: str
    method: str
    function: Callable[[Tables], tuple[Estimate, ...]]
    note: str = ""

    @property
    def shipped(self) -> bool:
        """Whether all its files lie in the package."""
        return all(FILES[stem].shipped for stem in self.needs)

    @property
    def cards(self) -> tuple[str, ...]:
        """Origin cards of its files, the main one first."""
        return tuple(dict.fromkeys(FILES[stem].card for stem in self.needs if stem != "codes"))


def logit(name: str, meaning: str, mean: float = 0.0, sd: float = 2.0) -> Wanted:
    """Return a parameter on the scale of a logit."""
    return Wanted(name, meaning, "logit", mean, sd)


def rate(name: str, meaning: str, mean: float = 0.0, sd: float = 2.0) -> Wanted:
    """Return a parameter on the scale of the logarithm of a yearly rate."""
    return Wanted(name, meaning, "ln rate per year", mean, sd)


def spread(meaning: str, mean: float = 0.5, sd: float = 1.0, name: str = "spread") -> Wanted:
    """Return a standard deviation."""
    return Wanted(name, meaning, "standard deviation", mean, sd, POSITIVE)
