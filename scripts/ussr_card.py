"""The origin card of the reconstruction: every step, with the numbers it led to."""

from __future__ import annotations

from typing import Any

from conjuncture.core.files import parse_yaml, read_text
from ussr_donors import FACTS, assumed
from ussr_table import KINDS_OF_SUPPLY, Result, investment_total, soldiers_share
from ussr_weights import Arms, ratio


def card(result: Result, arms: Arms, bounds: tuple[Arms, Arms]) -> dict[str, Any]:
    """Return the card as plain data.

    Parameters
    ----------
    result : Result
        The default variant.
    arms : Arms
        Share of arms; ``bounds`` with no and with full deliveries after August 1945.
    """
    numbers = {
        "residual": result.weights.residual,
        "official": ratio("material_product_index_narkhoz_1965"),
        "military": result.weights.military,
        "investment": investment_total(),
        "arms_share": arms.share_1945,
        "arms_share_1940": arms.share_1940,
        "arms_low": min(one.share_1945 for one in bounds),
        "arms_high": max(one.share_1945 for one in bounds),
        "after": assumed("months_after_war_rate"),
        "soldier_weight": assumed("soldier_weight"),
        "supplied": ", ".join(KINDS_OF_SUPPLY),
        "soldiers": soldiers_share(),
        "trade": assumed("trade_share"),
        "participation": assumed("participation"),
    }
    path = FACTS / "ussr_1945_card.yaml"
    data: dict[str, Any] = parse_yaml(read_text(path), str(path))
    return data | {"steps": [step.format(**numbers) for step in data["steps"]]}
