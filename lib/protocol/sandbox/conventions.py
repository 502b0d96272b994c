"""The list of insurers (*conventions*) that the sandbox's platform publishes; all but ADPR are made up."""

from __future__ import annotations

from pathlib import Path

CONVENTIONS = Path(__file__).parent / "conventions.csv"
