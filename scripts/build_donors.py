"""Write the donors of proportions for states without a table: ``content/donors``.

    python scripts/build_donors.py --data FOLDER

How sectors produce and what final uses are made of, in the sectors of ``ussr_1945``:
the United States in 1947 and China in 1987, and the military uses of ``ussr_1945``.
Proportions only; no level enters a run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from build_common import arguments
from conjuncture.accounts.library import load_table
from conjuncture.core.files import write_text
from conjuncture.data.sectors import SECTORS
from ussr_donors import Equipment, Technique, american, chinese, concordance

Array = npt.NDArray[np.float64]


def american_uses() -> dict[str, Array]:
    """Return what households, the public and investors bought in 1947, and the exports."""
    table, plan = load_table("usa_1947"), concordance("usa_1947")
    lay = np.array(
        [[float(code in group) for code in table.sectors] for group in plan["sectors"].values()]
    )
    roles = {"consumption": "consumption", "public": "public", "investment": "investment"}
    found = {name: lay @ table.final_by_role(role) for name, role in roles.items()}
    found["exports"] = lay @ table.final_by_role("exports")
    return found


def shares(values: Array) -> list[float]:
    """Return shares of the positive entries, six digits."""
    kept = np.maximum(values, 0.0)
    return [float(f"{v:.6g}") for v in kept / kept.sum()]


def rounded(values: Array) -> list[float]:
    """Return numbers with six digits."""
    return [float(f"{v:.6g}") for v in values]


def record(
    title: str, technique: Technique, uses: dict[str, Array], equipment: Equipment, ratios: Any
) -> dict[str, Any]:
    """Lay out one donor."""
    military = load_table("ussr_1945")
    columns = {item.name: military.final[:, k] for k, item in enumerate(military.final_uses)}
    return {
        "id": technique.name,
        "title": title,
        "source": technique.card,
        "also": ["usa_1947_capital", "usa_1947_table", "ussr_1945_reconstruction"],
        "sectors": list(SECTORS),
        "input_coefficients": {
            name: rounded(row)
            for name, row in zip(SECTORS, technique.coefficients, strict=True)
        },
        "value_added": shares(technique.value_added),
        "labour": rounded(equipment.labour / (equipment.labour @ technique.value_added)
                          * technique.value_added.sum()),
        "capital_output": rounded(equipment.capital),
        "depreciation": rounded(equipment.depreciation),
        **{f"{name}_composition": shares(values) for name, values in uses.items()},
        "supplies_composition": shares(columns["military_supplies"]),
        "arms_composition": shares(columns["arms"]),
        **ratios,
    }  # fmt: skip


def main() -> None:
    """Write both donors."""
    options = arguments(__doc__ or "")
    own, equipment = american()
    other, patterns = chinese(options.data)
    uses = american_uses()
    private = sum(float(uses[name].sum()) for name in ("consumption", "public", "investment"))
    american_ratios = {
        "public_share": float(f"{uses['public'].sum() / private:.6g}"),
        "investment_share": float(f"{uses['investment'].sum() / private:.6g}"),
    }
    plan = concordance("china_1987")
    chinese_ratios = {
        "public_share": american_ratios["public_share"],
        "investment_share": american_ratios["investment_share"],
    }
    chinese_uses = {
        "consumption": patterns.personal,
        "public": patterns.public,
        "investment": patterns.investment,
        "exports": uses["exports"],
    }
    assert plan["card"] == other.card
    for item in (
        record("United States 1947, twelve sectors", own, uses, equipment, american_ratios),
        record("China 1987, twelve sectors", other, chinese_uses, equipment, chinese_ratios),
    ):
        text = yaml.safe_dump(item, sort_keys=False, width=100)
        path = Path(options.content) / "donors" / f"{item['id']}.yaml"
        write_text(path, "# Written by scripts/build_donors.py.\n" + text)


if __name__ == "__main__":
    main()
