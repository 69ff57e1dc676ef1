"""Figures of state files while they are built: value, basis, rule, prior."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conjuncture.data.state_model import BOUNDED, FIGURES, FOLLOWING, SIGNED
from states_reader import Sources, facts

Units = Mapping[str, dict[str, Any]]

OBSERVED, SCALED, RULED = "observed", "donor-scaled", "ruled"
ORDER = (OBSERVED, SCALED, RULED)


def rounded(value: float) -> float:
    """Round to six significant digits."""
    return float(f"{value:.6g}")


@dataclass(frozen=True)
class Item:
    """A figure with where it comes from; ``rule`` is empty where it was observed."""

    value: float
    source: str
    date: str = "1945"
    rule: str = ""
    use: str = "start"
    also: tuple[str, ...] = ()
    how: str = ""
    note: str = ""
    prior: dict[str, Any] | None = None
    reason: str = ""

    def times(self, factor: float, **more: Any) -> Item:
        """Return the item with its value multiplied."""
        return replace(self, value=self.value * factor, **more)


def _prior(name: str, value: float, spread: float) -> dict[str, Any] | None:
    """Return the prior of a figure: of the form that its kind of number needs."""
    if name in SIGNED | BOUNDED:
        prior: dict[str, Any] = {"kind": "normal", "mean": value, "sd": spread}
        return prior | ({"minimum": 0.0, "maximum": 1.0} if name in BOUNDED else {})
    if value <= 0:
        return None
    prior = {"kind": "lognormal", "median": value, "sigma": spread}
    return prior | ({"maximum": 1.0} if FIGURES[name].startswith("share") else {})


@dataclass
class Rules:
    """The rules, with what is computed for them."""

    items: dict[str, dict[str, Any]] = field(default_factory=lambda: facts("rules"))

    def set(self, name: str, spread: float | None = None, how: str = "", **numbers: float) -> None:
        """Give a rule its computed numbers."""
        rule = self.items[name]
        if spread is not None:
            rule["spread"] = rounded(spread)
            rule["spread_from"] = how
        known = rule.setdefault("parameters", {})
        known.update({key: rounded(value) for key, value in numbers.items()})

    def number(self, name: str, key: str) -> float:
        """Return a number of a rule."""
        return float(self.items[name]["parameters"][key])

    def basis(self, name: str) -> str:
        """Return what a figure of a rule counts as."""
        return str(self.items[name]["basis"]) if name else OBSERVED

    def figure(self, name: str, item: Item) -> dict[str, Any]:
        """Return a figure as it stands in a file, with the prior of its rule."""
        value = rounded(item.value)
        spread = self.items[item.rule].get("spread") if item.rule else None
        prior, reason = item.prior, item.reason
        if prior is None and spread and name not in FOLLOWING:
            prior = _prior(name, value, spread)
        if item.rule and not reason:
            reason = f"rule {item.rule}"
        data = {
            "value": value,
            "unit": FIGURES[name],
            "date": item.date,
            "source": item.source,
            "also": sorted({*item.also} - {item.source}),
            "use": item.use,
            "basis": self.basis(item.rule),
            "rule": item.rule,
            "prior": prior,
            "reason": reason if item.rule else "",
            "how": item.how,
            "note": item.note,
        }
        return {key: entry for key, entry in data.items() if entry not in ("", None, [], ())}

    def files(self) -> dict[str, dict[str, Any]]:
        """Return the rule files by name."""
        return {name: {"id": name, **rule} for name, rule in sorted(self.items.items())}


def mean(values: Iterable[float]) -> float:
    """Return the mean."""
    found = list(values)
    return sum(found) / len(found)


def median(values: Iterable[float]) -> float:
    """Return the median."""
    found = sorted(values)
    half = len(found) // 2
    return found[half] if len(found) % 2 else (found[half - 1] + found[half]) / 2


def spread(values: Iterable[float], least: float = 0.15) -> float:
    """Return the standard deviation of logarithms, but not less than ``least``."""
    logs = [math.log(value) for value in values]
    centre = mean(logs)
    return max(least, math.sqrt(sum((x - centre) ** 2 for x in logs) / (len(logs) - 1)))


def centre(values: Iterable[float]) -> float:
    """Return the geometric mean."""
    return math.exp(mean(math.log(value) for value in values))


DONOR_SPREAD = "Standard deviation of the logarithms of the donors, at least 0.15."


@dataclass
class World:
    """All that the builders share: sources, units, rules, figures found so far."""

    read: Sources
    units: dict[str, dict[str, Any]]
    rules: Rules
    found: dict[str, dict[str, Item]] = field(default_factory=dict)
    gaps: dict[str, dict[str, str]] = field(default_factory=dict)

    def put(self, unit: str, name: str, item: Item | None, why: str = "") -> None:
        """Keep a figure of a unit, or name the gap."""
        if item is None:
            self.gaps.setdefault(unit, {})[name] = why
        else:
            self.found.setdefault(unit, {})[name] = item

    def get(self, unit: str, name: str) -> Item | None:
        """Return a figure found so far."""
        return self.found.get(unit, {}).get(name)

    def value(self, unit: str, name: str) -> float:
        """Return the value of a figure that must have been found."""
        return self.found[unit][name].value

    def wholes(self) -> list[str]:
        """Return the units that are no part of another."""
        return [code for code, unit in self.units.items() if "parent" not in unit]

    def parts(self, whole: str) -> list[str]:
        """Return the parts of a unit."""
        return [code for code, unit in self.units.items() if unit.get("parent") == whole]

    def group(self, name: str, figure: str) -> dict[str, Item]:
        """Return the observed figures of the independent states of a group, by unit."""
        return {
            code: item
            for code, unit in self.units.items()
            if unit["group"] == name
            and unit["kind"] == "state"
            and "parent" not in unit
            and (item := self.get(code, figure)) is not None
            and not item.rule
        }


def load_units() -> dict[str, dict[str, Any]]:
    """Return the units with their kind, codes of Maddison and V-Dem, and group filled in."""
    data = facts("units")
    found = {}
    for kind, section in (
        ("state", "states"),
        ("territory", "territories"),
        ("territory", "parts"),
    ):
        for code, unit in data[section].items():
            entry = dict(unit, kind=kind)
            if section == "parts":
                entry["group"] = data["states"][unit["parent"]]["group"]
                entry.setdefault("m", [])
            entry.setdefault("m", [code])
            entry.setdefault("v", entry["m"])
            entry.setdefault("cows", [unit["cow"]] if "cow" in unit else [])
            found[code] = entry
    return found
