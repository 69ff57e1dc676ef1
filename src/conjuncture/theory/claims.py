"""Claims as files: what a source asserts, with its horizon, check and refutation."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from conjuncture.core.errors import Faults, InputError, lookup
from conjuncture.core.files import Record, content_root, read_records
from conjuncture.core.state import variables
from conjuncture.run.scenario import theory_names


class Horizon(Record):
    """Years after the start within which a claim must come true.

    Attributes
    ----------
    years : int
        The horizon taken for the verdict.
    low, high : int
        The range over which its sensitivity is shown.
    note : str
        Why these numbers.
    """

    years: int = Field(ge=1)
    low: int = Field(ge=1)
    high: int = Field(ge=1)
    note: str

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.years <= self.high:
            raise ValueError("low <= years <= high is needed")
        return self


class Reaches(Record):
    """The measure passes a level in some year up to the horizon."""

    kind: Literal["reaches"]
    level: float


class GrowsFaster(Record):
    """Yearly growth from the start to the horizon exceeds that of a past window.

    ``resolution`` (1/year) is the difference below which recorded indices, which
    are rounded, cannot tell the two growth rates apart.
    """

    kind: Literal["grows_faster"]
    past: tuple[int, int]
    resolution: float = Field(0.0005, ge=0.0)


class Measure(Record):
    """A variable on which a claim is checked.

    Attributes
    ----------
    variable : str
        A state variable that the record holds too.
    role : str
        ``main``: decides the verdict; ``beside``: shown with it.
    """

    variable: str
    role: Literal["main", "beside"]


class Claim(Record):
    """A claim of a theory's source.

    Attributes
    ----------
    id, title : str
    paragraphs : tuple of str
        Where the source says it.
    paraphrase : str
        In our words.
    territory : str
    horizon : Horizon
    check : Reaches or GrowsFaster
    measures : tuple of Measure
    counterfactual : str, optional
        The comparison of the scenario that is shown beside it.
    refuted_by : str
        What would refute it.
    """

    id: str
    title: str
    paragraphs: tuple[str, ...]
    paraphrase: str
    territory: str
    horizon: Horizon
    check: Reaches | GrowsFaster = Field(discriminator="kind")
    measures: tuple[Measure, ...] = Field(min_length=1)
    counterfactual: str | None = None
    refuted_by: str

    @model_validator(mode="after")
    def _one_main(self) -> Self:
        if sum(m.role == "main" for m in self.measures) != 1:
            raise ValueError("exactly one measure must have the role main")
        return self

    @property
    def main(self) -> Measure:
        """The measure that decides."""
        return next(m for m in self.measures if m.role == "main")


def load_claims(theory: str) -> dict[str, Claim]:
    """Read the claims of a theory by id.

    Raises
    ------
    InputError
        If the theory does not exist or claims are faulty, all faults at once.
    """
    faults = Faults()
    if theory not in theory_names():
        faults.unknown("theory", theory, theory_names(), field="theory")
        raise InputError(faults)
    folder = content_root() / "theories" / theory / "claims"
    found = read_records(sorted(folder.glob("*.yaml")), Claim, _check, faults)
    faults.raise_if_any()
    return {claim.id: claim for claim in found}


def _check(claim: Claim, stem: str, faults: Faults) -> None:
    if not stem.startswith(f"{claim.id}-"):
        faults.add(
            "file name does not begin with the id",
            f"name it {claim.id}-...",
            field="id",
            value=claim.id,
        )
    for k, measure in enumerate(claim.measures):
        known = variables()
        if measure.variable not in known:
            faults.unknown("variable", measure.variable, known, field=f"measures.{k}.variable")
        elif not known[measure.variable].record:
            faults.add(
                "is a variable that the record does not hold",
                "choose one marked record: true",
                field=f"measures.{k}.variable",
                value=measure.variable,
            )
        elif isinstance(claim.check, Reaches) and claim.main.variable in known:
            unit = known[claim.main.variable].unit
            if known[measure.variable].unit != unit:
                faults.add(
                    f"is not in {unit}, the unit of the level that it is held against",
                    "leave it out, or make a claim of its own",
                    field=f"measures.{k}.variable",
                    value=measure.variable,
                )


def find_claim(identifier: str) -> tuple[str, Claim]:
    """Return the theory and the claim of an id, searching all theories.

    Raises
    ------
    InputError
        If no theory has it; the nearest ids are named.
    """
    known: dict[str, tuple[str, Claim]] = {}
    for theory in theory_names():
        for name, claim in load_claims(theory).items():
            known.setdefault(name, (theory, claim))
    return lookup("claim", identifier, known)
