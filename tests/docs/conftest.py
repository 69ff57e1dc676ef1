from __future__ import annotations

import sys
from pathlib import Path

# The scripts that write and run the documentation are no part of the package.
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
