"""Sector labels that recorded series may carry."""

from __future__ import annotations

SECTORS: tuple[str, ...] = (
    "agriculture",
    "fuels_mining",
    "electricity",
    "metals",
    "chemicals",
    "machinery",
    "consumer_goods",
    "other_industry",
    "construction",
    "transport",
    "trade",
    "services",
)
"""The twelve sectors of ``ussr_1945``, in the order of its rows."""

AGGREGATES: tuple[str, ...] = (
    "industry",
    "producer_goods",
    "transportation",
    "communications",
    "rail",
    "other_branches",
    "military_personnel",
)
"""Labels of published rows that are wider or narrower than the twelve sectors."""
