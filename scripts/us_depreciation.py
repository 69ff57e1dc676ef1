"""Rates of depreciation of the United States by industry of the WIOD, for a donor rule."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml

from build_common import card_file

PARENTS = ("bea_fixed_assets", "bea_fixed_assets_government")


def depreciation_rates(folder: Path, year: int) -> tuple[pd.Series[float], pd.Series[float]]:
    """Return depreciation of a year per unit of net stock, by industry, and the total's parts."""
    lines = yaml.safe_load(
        Path(__file__).with_name("wiod_depreciation_lines.yaml").read_text(encoding="utf-8")
    )
    private = ratios(
        card_file(folder / "fixed_assets_by_industry.parquet", PARENTS[0]),
        ("FAAt304ESI-A", "FAAt301ESI-A"),
        year,
    )
    public = ratios(
        card_file(folder / "fixed_assets_government.parquet", PARENTS[1]),
        ("FAAt703-A", "FAAt701-A"),
        year,
    )
    total = private.loc[[1]].sum() + public.loc[[1]].sum()
    rates = {code: rate(private.loc[rows].sum()) for code, rows in lines["private"].items()}
    rates |= {code: rate(public.loc[rows].sum()) for code, rows in lines["government"].items()}
    rates |= dict.fromkeys(lines["mean"], rate(total))
    return pd.Series(rates), total


def ratios(path: Path, sheets: tuple[str, str], year: int) -> pd.DataFrame:
    """Depreciation of the year and the mean of the stocks at its two ends, by line."""
    frame = pd.read_parquet(path)
    lost, stock = (frame[frame.sheet == sheet] for sheet in sheets)
    ends = stock[stock.year.isin([year - 1, year])].groupby("line").value.mean()
    return pd.DataFrame({"lost": lost[lost.year == year].set_index("line").value, "stock": ends})


def rate(line: pd.Series[float]) -> float:
    return float(line["lost"] / line["stock"])
