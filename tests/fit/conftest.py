from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import simulated_economy as economy
import simulated_states as states

from conjuncture.fit.system import state_system

Frames = dict[str, pd.DataFrame]


@pytest.fixture(scope="session")
def world() -> Any:
    return states.world()


@pytest.fixture(scope="session")
def tables(world: Any) -> Frames:
    """Every file of a made world, states and economies."""
    product = economy.growth()
    found = dict(world.tables)
    found["product_per_head"], found["codes"] = product, economy.codes()
    found |= economy.elections(product)
    found |= states.rulers(lambda *_: (0.01, 0.03, 0.02), 0.3)
    found["trade_state_year_v4"] = economy.openness(product)
    colonial = economy.colonies(world.at_war, world.lost, 0.6)
    history = colonial["icow_colonial_history_v11"]
    members = pd.DataFrame({"ccode": history.State, "styear": 1945, "endyear": 2016})
    found["colonial_members"] = members  # apart: they make the arrays of the system large
    # Three dominions of the first state, freed in 1900 and bound by trade.
    tied = [{"State": code, "ColRuler": 2, "IndFrom": 2, "IndDate": 190001, "IndViol": math.nan,
             "IndType": 3} for code in states.CODES[1:4]]  # fmt: skip
    found |= colonial | {"icow_colonial_history_v11": pd.concat([history, pd.DataFrame(tied)])}
    found["trade_dyad_year_v4"] = _trade(found, product)
    found["war_intra_v51"] = _civil_wars()
    found["war_losses_harrison"] = pd.DataFrame(
        {"country": list("abcd"), "people_low": [0.02, 0.03, 0.1, 0.05],
         "people_high": [0.04, 0.03, 0.1, 0.05], "wealth": [0.06, np.nan, 0.3, 0.2],
         "industry_assets": [0.5, 0.09, np.nan, 0.5]}
    )  # fmt: skip
    return found


def _trade(found: Frames, product: pd.DataFrame) -> pd.DataFrame:
    system = state_system(found, 1938)
    order = [system.codes.tolist().index(code) for code in states.CODES]
    at = np.ix_(order, order)
    tied = np.zeros((states.SIZE, states.SIZE), dtype=bool)
    tied[:4, :4] = True
    return economy.gravity(system.km[at], system.land[0][at], tied, product)


def _civil_wars() -> pd.DataFrame:
    rng = np.random.default_rng(12)
    return pd.DataFrame(
        {
            "WarNum": range(300),
            "WarType": [4] * 200 + [5] * 100,
            "StartYr1": rng.integers(1820, 1900, 300),
            "WDuratDays": 365.25 * rng.exponential(2.0, 300) + 1,
            "Outcome": np.where(rng.random(300) < 0.3, 2, 1),
        }
    )
