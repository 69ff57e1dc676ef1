"""The kinds of shadow prices: where each stands in a programme, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Kind:
    """How a kind of shadow price is read.

    Attributes
    ----------
    block : str
        Block of the programme.
    part : str
        ``row``: the dual of a row; ``upper`` or ``lower``: of a column's limit;
        ``start``: of the fixed first year of a column.
    sign : int
        1 where the dual is the price, -1 where the price is its opposite.
    sense : str
        One more unit of what.
    limits : bool
        Whether it is a condition that can be a bottleneck.
    compared : str
        For a row that compares two variables, the block of columns whose amount
        stands for it.
    scarce : str
        What a positive price means, in words; ``{label}`` and ``{year}`` are filled in.
    corner : str
        For a rule against implausible corners, what it says where it binds.
    """

    block: str
    part: Literal["row", "upper", "lower", "start"]
    sign: int
    sense: str
    limits: bool = True
    compared: str = ""
    scarce: str = ""
    corner: str = ""


@dataclass(frozen=True)
class Slack:
    """How a row yields where a plan is infeasible, and how it reads as a demand.

    Attributes
    ----------
    weight : float
        Cost per unit of money, relative to base-year consumption (``elastic.WEIGHTS``).
    down : bool
        Whether what yields is taken off the row (it limits from above); else it is added.
    words : str
        What yields, with ``{label}, {year}, {amount}, {unit}, {share}`` filled in.
    remedy : str
    demand : str
        The row as one of several contradicting demands, with ``{label}, {year}``.
    """

    weight: float
    down: bool
    words: str
    remedy: str
    demand: str


PLAN_KINDS: Mapping[str, Kind] = {
    "product": Kind(
        "product", "row", -1, "product at hand", limits=False,
        scarce="nothing brings more of {label} in {year}",
    ),
    "capacity": Kind(
        "capacity", "row", 1, "yearly output capacity", compared="output",
        scarce="the capacity of {label} in {year} is fully used",
    ),
    "labour": Kind(
        "labour", "row", 1, "labour available",
        scarce="labour ({label}) in {year} is fully used",
    ),
    "trade account": Kind(
        "trade", "row", 1, "foreign currency received",
        scarce="foreign currency in {year} is scarce",
    ),
    "consumption floor": Kind(
        "floor", "row", -1, "consumption that the floor lets off",
        scarce="consumption in {year} stands at its floor",
    ),
    "consumption rise": Kind(
        "rise", "row", 1, "rise of consumption allowed", compared="level",
        scarce="consumption of {year} may not rise faster (consumption_band)",
        corner="consumption rises as fast as allowed (consumption_band)",
    ),
    "consumption fall": Kind(
        "fall", "row", -1, "fall of consumption allowed", compared="level",
        scarce="consumption of {year} may not fall faster (consumption_band)",
        corner="consumption falls as fast as allowed (consumption_band)",
    ),
    "terminal capital": Kind(
        "terminal", "row", -1, "capital that need not be left", compared="capital",
        scarce="output of {label} at the end of the plan must be sustained by the "
        "capital left for {year}",
    ),
    "contraction": Kind(
        "contraction", "row", -1, "fall of output allowed", compared="output",
        scarce="output of {label} in {year} may not fall faster (contraction)",
        corner="output of {label} falls as fast as allowed (contraction)",
    ),
    "expansion": Kind(
        "expansion", "row", 1, "growth of output allowed", compared="output",
        scarce="output of {label} in {year} may not grow faster (expansion)",
        corner="output of {label} grows as fast as allowed (expansion)",
    ),
    "restorable share": Kind(
        "restorable", "row", 1, "restoration allowed", compared="restoration"
    ),
    "export maximum": Kind(
        "exports", "upper", 1, "exports allowed",
        scarce="exports of {label} in {year} stand at their upper limit",
        corner="exports of {label} at their upper limit (export_band)",
    ),
    "export minimum": Kind(
        "exports", "lower", -1, "exports that need not be made",
        scarce="exports of {label} in {year} stand at their lower limit",
        corner="exports of {label} at their lower limit (export_band)",
    ),
    "import maximum": Kind(
        "imports", "upper", 1, "imports allowed",
        scarce="imports of {label} in {year} stand at their upper limit",
        corner="imports of {label} at their upper limit (import_band)",
    ),
    "import minimum": Kind(
        "imports", "lower", -1, "imports that need not be made",
        scarce="imports of {label} in {year} stand at their lower limit",
        corner="imports of {label} at their lower limit (import_band)",
    ),
    "reserves": Kind("reserves", "lower", -1, "reserves that need not be held"),
    "investment": Kind(
        "outlay", "row", -1, "investment goods at hand", limits=False,
        scarce="investment goods in {year} are scarce",
    ),
    "capital": Kind(
        "accumulation", "row", 1, "capital in use at the year's start", limits=False,
        scarce="capital of {label} in use at the start of {year} is scarce",
    ),
    "opening capital": Kind("capital", "start", 1, "capital in use at the start", limits=False),
    "damaged capital": Kind(
        "decay", "row", 1, "damaged capital to restore", limits=False,
        scarce="damaged capital of {label} at the start of {year} can be restored only once",
    ),
    "opening damage": Kind("damaged", "start", 1, "damaged capital to restore", limits=False),
    "aim": Kind(
        "aim", "row", -1, "an earlier aim given up",
        scarce="the aim that comes first ({label}) is held at its optimum",
    ),
}  # fmt: skip
"""Every kind of shadow price that any plan may have, in the order of the frame."""

LIMITS: Mapping[str, str] = {
    "output minimum": "{label} is not made in {year}: it costs more than it is worth",
    "output maximum": "{label} has no production",
    "level minimum": "consumption at the common level in {year} cannot be less than nothing",
    "technique minimum": "technique {label} is not used in {year}: it costs more than it is worth",
    "output in the aim": "output of {label} in {year} takes what the aim itself would save",
    "technique in the aim": "technique {label} in {year} takes what the aim itself would save",
    "building minimum": "nothing is built for {label} in {year}: it costs more than it is worth",
    "capital maximum": "capital of {label} at the start of {year} is given",
}
"""What the limit of an activity means that has no kind of price of its own."""
