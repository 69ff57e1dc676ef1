"""Why a target is missed, as records: what is scarce, which activities, which rivals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from conjuncture.plan.why.missed_words import missed_text
from conjuncture.plan.why.roots import Root


@dataclass(frozen=True)
class Way:
    """An activity that counts in a missed target, and what one more unit of it needs.

    Attributes
    ----------
    activity, label : str
    amount : float
        What it adds to the target in the plan.
    roots : tuple of Root
        What is scarce in it, shares adding to 1; empty beyond the largest three.
    """

    activity: str
    label: str
    amount: float
    roots: tuple[Root, ...]


@dataclass(frozen=True)
class Rival:
    """Another target that needs the same.

    Attributes
    ----------
    name : str
    year, priority : int
    gain : float
        Units of the missed target for one unit given up of what is reached of the rival.
    unit : str
        Unit of the rival.
    """

    name: str
    year: int
    priority: int
    gain: float
    unit: str


@dataclass(frozen=True)
class Missed:
    """Why a target is missed in a year.

    Attributes
    ----------
    name, what, of, sense, unit : str
    year, priority : int
    asked, reached : float
        In ``unit``.
    missed : float
        Reached less asked; 0 where the target is met.
    share : float
        The miss relative to the target.
    level : str
        Name of the level of the aim that asks for it, whose prices explain it; empty
        where none does.
    reached_then : float
        What was reached when that level was the aim.
    worth : float
        Worth of one unit of the target in the aim of that level.
    roots : tuple of Root
        What one more unit of it needs, its activities in the plan's proportions; the
        shares add to 1, the values to ``worth``.
    ways : tuple of Way
        The activities that count in it, the largest first.
    rivals : tuple of Rival
        Other targets that need the same, the dearest first.
    held : tuple of str
        Earlier levels of the aim, other than of targets, that are in its way.
    gestation, first_year : int
    titles : mapping of str to str
    """

    name: str
    what: str
    of: str
    sense: str
    unit: str
    year: int
    priority: int
    asked: float
    reached: float
    missed: float
    share: float
    level: str
    reached_then: float
    worth: float
    roots: tuple[Root, ...]
    ways: tuple[Way, ...]
    rivals: tuple[Rival, ...]
    held: tuple[str, ...]
    gestation: int
    first_year: int
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The reasons in sentences."""
        return missed_text(self)

    def __str__(self) -> str:
        return self.text

    def as_dict(self) -> dict[str, object]:
        """Return the reasons as plain data, for ``--json``."""
        left = ("roots", "ways", "rivals", "titles")
        plain = {key: value for key, value in vars(self).items() if key not in left}
        return {
            **plain,
            "roots": [_plain(root) for root in self.roots],
            "ways": [
                {
                    "activity": way.activity,
                    "label": way.label,
                    "amount": way.amount,
                    "roots": [_plain(root) for root in way.roots],
                }
                for way in self.ways
            ],
            "rivals": [asdict(rival) for rival in self.rivals],
            "text": self.text,
        }


def _plain(root: Root) -> dict[str, object]:
    chain = [[link.product, link.needs, link.amount] for link in root.chain]
    known = {"share": root.share, "sector": root.sector, "chain": chain}
    return {**root.term.as_dict(), **known}
