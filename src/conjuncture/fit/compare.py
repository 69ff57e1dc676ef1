"""What the data did to every parameter of a theory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from conjuncture.core.priors import Prior
from conjuncture.core.registry import Parameter
from conjuncture.data.fitted import FittedMechanism, FittedParameter
from conjuncture.run.scenario import load_scenario, load_theory, mechanisms


@dataclass(frozen=True)
class Change:
    """One parameter before and after the data.

    Attributes
    ----------
    name : str
        ``mechanism.parameter``.
    unit : str
    before : Prior
        The mechanism's own prior where the theory has the mechanism, else the wide
        prior that the fit starts from.
    after : FittedParameter, optional
        None where nothing is fitted: the parameter keeps its prior.
    used : bool
        Whether the theory has the mechanism with that parameter.
    """

    name: str
    unit: str
    before: Prior
    after: FittedParameter | None
    used: bool

    @property
    def shift(self) -> float | None:
        """Move of the median, in standard deviations of the prior."""
        if self.after is None or not deviation(self.before):
            return None
        return (self.after.prior.centre - self.before.centre) / deviation(self.before)

    @property
    def narrowing(self) -> float | None:
        """Standard deviation after the data over that before."""
        if self.after is None or not deviation(self.before):
            return None
        return deviation(self.after.prior) / deviation(self.before)

    def row(self) -> dict[str, object]:
        """Return the change as a row of a table."""
        after = self.after
        return {
            "mechanism": self.name.split(".")[0],
            "parameter": self.name.split(".")[1],
            "unit": self.unit or None,
            "prior": _centre(self.before),
            "after the data": _centre(after.prior) if after else None,
            "shift": _rounded(self.shift),
            "narrowing": _rounded(self.narrowing),
            "window": after.window if after else None,
            "rows": after.observations if after else None,
            "events": after.events if after else None,
            "source": after.source if after else None,
            "in the theory": self.used,
        }


def deviation(prior: Prior) -> float:
    """Return half the distance between the quantiles at one standard deviation."""
    low, high = prior.quantile(np.array([0.158655254, 0.841344746]))
    return float(high - low) / 2


def _centre(prior: Prior) -> str:
    return f"{prior.centre:.3g} ± {deviation(prior):.2g}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def changes(
    scenario: str, fitted: Mapping[str, FittedMechanism], only: Iterable[str] = ()
) -> list[Change]:
    """Return every parameter of the scenario's theory and every one that is fitted.

    Parameters
    ----------
    scenario : str
    fitted : mapping
        By mechanism.
    only : iterable of str
        Mechanisms; all by default.

    Raises
    ------
    InputError
        If there is no such scenario, or no mechanism of a name.
    """
    theory = load_theory(load_scenario(scenario).theory)
    own = {name: mechanisms()[name] for name in theory.mechanisms}
    found: list[Change] = []
    for name in sorted({*own, *fitted}):
        if only and name not in set(only):
            continue
        declared = {p.name: p for p in own[name].parameters} if name in own else {}
        after = fitted[name].parameters if name in fitted else {}
        for parameter in (*declared, *(p for p in after if p not in declared)):
            found.append(
                _change(f"{name}.{parameter}", declared.get(parameter), after.get(parameter))
            )
    return found


def _change(name: str, declared: Parameter | None, after: FittedParameter | None) -> Change:
    if declared is not None:
        return Change(name, declared.unit, declared.prior, after, used=True)
    if after is None:  # a name comes from one of the two
        raise ValueError(name)
    return Change(name, after.unit, after.before or after.prior, after, used=False)
