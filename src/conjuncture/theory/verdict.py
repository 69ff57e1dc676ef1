"""Verdicts on a claim: by the mechanisms, with the guard against circles, and by the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from conjuncture.core.order import upstream
from conjuncture.core.registry import Mechanism
from conjuncture.run.scenario import Theory, mechanisms
from conjuncture.theory.claims import Claim
from conjuncture.theory.evidence import Evidence

IMPLIED_SHARE = 0.9
"""Share of members in which a claim must come true to be called implied."""

NULL_MARGIN = 0.05
"""Lead over the null theory, in shares of the same members, that a theory must have."""


@dataclass(frozen=True)
class Mechanical:
    """How often the mechanisms bring a claim about.

    Attributes
    ----------
    kind : str
        ``implied``, ``not implied`` or ``assumed``.
    share, null_share, unassumed_share : float
        Shares of members under the theory, under the null theory, and under the
        theory with its assumptions at the engine's medians, on the same draws.
    control_share : float, optional
        Share in the counterfactual run.
    switched : dict of str to float
        Share with each mechanism upstream switched off, one at a time.
    suspects : dict of str to str
        Mechanisms upstream that can be switched off, cite the claim's paragraphs
        or carry the theory's assumptions, and why each is looked at.
    by_horizon : dict of int to dict of str to float
        Shares by horizon, for theory, null and counterfactual.
    reason : str
        What decided.
    """

    kind: str
    share: float
    null_share: float
    unassumed_share: float
    control_share: float | None
    switched: dict[str, float]
    suspects: dict[str, str]
    by_horizon: dict[int, dict[str, float]]
    reason: str


@dataclass(frozen=True)
class Verdict:
    """The three columns of a claim."""

    claim: Claim
    theory: str
    mechanical: Mechanical
    record: str
    record_reason: str
    evidence: tuple[Evidence, ...]
    record_by_horizon: dict[int, dict[str, bool | None]]

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as plain data, for ``--json`` and reports."""
        return {
            "id": self.claim.id,
            "title": self.claim.title,
            "theory": self.theory,
            "source_says": self.claim.paraphrase,
            "paragraphs": list(self.claim.paragraphs),
            "horizon": self.claim.horizon.model_dump(),
            "refuted_by": self.claim.refuted_by,
            "mechanisms": asdict(self.mechanical),
            "record": {
                "kind": self.record,
                "reason": self.record_reason,
                "evidence": [asdict(item) for item in self.evidence],
                "by_horizon": self.record_by_horizon,
            },
        }


def suspects(claim: Claim, theory: Theory) -> dict[str, str]:
    """Return the mechanisms that could make a verdict circular, and why.

    The guard follows the flow of data: every mechanism upstream of the claim's
    main measure that can be switched off is, whatever it cites; those that
    cannot are suspect if they cite the claim or carry an assumption.
    """
    chosen = [mechanisms()[name] for name in theory.mechanisms]
    tilted = {a.parameter.split(".")[0]: a for a in theory.assumptions}
    found: dict[str, str] = {}
    for item in upstream([claim.main.variable], chosen):
        cited = sorted(set(item.paragraphs) & set(claim.paragraphs))
        if item.name in tilted:
            where = ", ".join(tilted[item.name].paragraphs) or "no paragraph cited"
            found[item.name] = f"carries the theory's assumption [{where}]"
        elif cited:
            found[item.name] = f"cites paragraph {', '.join(cited)} of the claim"
        elif item.off is not None:
            found[item.name] = "acts on the measure"
    return found


def switchable(names: Iterable[str]) -> list[Mechanism]:
    """Return the mechanisms among the names that have a switch."""
    return [mechanisms()[name] for name in names if mechanisms()[name].off is not None]


def mechanical(
    claim: Claim,
    theory: Theory,
    share: Callable[[str, int], float],
    arms: Iterable[str],
) -> Mechanical:
    """Judge by the mechanisms.

    Parameters
    ----------
    claim : Claim
    theory : Theory
    share : callable
        Share of members in which the claim holds, by arm and horizon.
    arms : iterable of str
        Arms at hand: ``theory``, ``null``, ``unassumed``, ``control``,
        ``off:<mechanism>``.
    """
    at = claim.horizon.years
    present = list(arms)
    found = suspects(claim, theory)
    switched = {n: share(f"off:{n}", at) for n in found if f"off:{n}" in present}
    main, null, unassumed = (share(arm, at) for arm in ("theory", "null", "unassumed"))
    kind, reason = _decide(theory, main, max(null, unassumed), switched, found)
    shown = [arm for arm in ("theory", "null", "unassumed", "control") if arm in present]
    horizons = range(claim.horizon.low, claim.horizon.high + 1)
    return Mechanical(
        kind=kind,
        share=main,
        null_share=null,
        unassumed_share=unassumed,
        control_share=share("control", at) if "control" in present else None,
        switched=switched,
        suspects=found,
        by_horizon={h: {arm: share(arm, h) for arm in shown} for h in horizons},
        reason=reason,
    )


def _decide(
    theory: Theory,
    main: float,
    without: float,
    switched: dict[str, float],
    found: dict[str, str],
) -> tuple[str, str]:
    if main < IMPLIED_SHARE:
        return "not implied", (
            f"true in {_percent(main)} of members; {_percent(IMPLIED_SHARE)} would be needed"
        )
    carried = [name for name, value in switched.items() if value < IMPLIED_SHARE]
    fixed = [name for name in found if name not in switched]
    if carried or fixed:
        names = ", ".join([*carried, *fixed])
        return "assumed", (
            f"true in {_percent(main)} of members, but not without {names}: what the claim "
            "asserts is put in there"
        )
    if not theory.assumptions:
        return "not implied", (
            f"true in {_percent(main)} of members of the null theory, which asserts nothing"
        )
    if main - without < NULL_MARGIN:
        return "not implied", (
            f"true in {_percent(main)} of members, but in {_percent(without)} without the "
            "theory's assumptions too: the data and the common mechanisms bring it about, the "
            "theory adds nothing that can be told apart"
        )
    return "implied", (
        f"true in {_percent(main)} of members against {_percent(without)} without the theory's "
        "assumptions, and with every mechanism upstream switched off in turn"
    )


def _percent(value: float) -> str:
    return f"{100 * value:.0f}\u00a0%"


def by_record(claim: Claim, evidence: Iterable[Evidence]) -> tuple[str, str]:
    """Judge by the record: the main measure decides, all sources are named."""
    main = [e for e in evidence if e.role == "main"]
    beside = [e for e in evidence if e.role == "beside" and e.holds is not None]
    known = [e for e in main if e.holds is not None]
    if not known:
        tried = ", ".join(e.series for e in main) or f"no series of {claim.main.variable}"
        return "no data", f"no source has the figures that the check needs (looked in: {tried})"
    answers = {bool(e.holds) for e in known}
    against = [e for e in beside if bool(e.holds) not in answers]
    tail = "; otherwise by " + ", ".join(e.series for e in against) if against else ""
    if len(answers) > 1:
        yes = ", ".join(e.series for e in known if e.holds)
        no = ", ".join(e.series for e in known if not e.holds)
        return "sources disagree", f"borne out by {yes}; refuted by {no}{tail}"
    names = ", ".join(e.series for e in known)
    kind = "borne out" if answers == {True} else "refuted"
    return kind, f"by {names}{tail}"


def share_of(outcomes: npt.NDArray[np.float64]) -> float:
    """Return the share of members in which a claim holds, among those that tell."""
    told = outcomes[np.isfinite(outcomes)]
    return float(told.mean()) if told.size else float("nan")
