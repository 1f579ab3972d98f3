"""Puts the small collaboration of the tests of annual tables within reach."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "impact"))
