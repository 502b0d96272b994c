"""The writers and samples of the rooms' own tests, for those of all rooms together."""

from __future__ import annotations

import sys
from pathlib import Path

_LIB = Path(__file__).parent.parent
sys.path += [str(_LIB / room / "tests") for room in ("noemie", "protocol")]
