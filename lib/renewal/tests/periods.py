"""The periods as the module ships them, for plain tests and for those in Odoo."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from lib.renewal.clock import Period

SHIPPED = Path(__file__).resolve().parents[3] / "data" / "optoamc.renewal.period.csv"
ROWS = Path(__file__).with_name("clock.csv")


def shipped_periods() -> list[Period]:
    with SHIPPED.open(encoding="utf-8") as file:
        return [
            Period(
                number,
                row["case"],
                int(row["age_from"] or 0),
                int(row["age_below"]) if row["age_below"] else None,
                int(row["months"] or 0),
                dt.date.fromisoformat(row["date_from"]) if row["date_from"] else None,
            )
            for number, row in enumerate(csv.DictReader(file), start=1)
        ]


def rows() -> list[dict[str, str]]:
    """Ages, dates, evolutions and exceptions, each with the day that was worked out by hand."""
    with ROWS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=";"))
