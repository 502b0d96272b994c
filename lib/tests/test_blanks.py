"""What zero, nothing and the unknown mean in each column of each importer and in each number of each message:
``blanks.csv`` says it, and is held to it.

Of what a row says; ``refused`` is the row's or the file's, ``doubtful`` a person's to decide. Nothing is
never a zero that nobody wrote, but where the table says so: no amount asked, no tariff.

Of a number of a message: what a database's zero, a value that is not known and a text that is no number become there;
``""`` is that nothing is told, ``missing`` that the message cannot do without.
"""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import hostile_files
import noemie_writer
import pytest

from lib.directory.columns import BY_KEY, COLUMNS
from lib.directory.numbers import restore_zeros
from lib.directory.reader import read_listing
from lib.lpp.archive import read_archive
from lib.lpp.correction import Correction
from lib.noemie.errors import NoemieError
from lib.noemie.reader import read
from lib.payments.advice import HEADERS, RowError, of_rows
from lib.protocol.columns import value_of
from lib.protocol.dialect import Dialect
from lib.protocol.dictionary import Usage
from lib.sheets.writer import write_csv

with (Path(__file__).parent / "blanks.csv").open(encoding="utf-8", newline="") as file:
    TABLE = list(csv.DictReader(file, delimiter=";"))


def _list(column, cell):
    row = {"amc_number": "98000001", "name": "A", column: cell}
    listing = read_listing(write_csv([BY_KEY[key].header for key in row], [list(row.values())]))
    restore_zeros(listing, ())
    (values,) = listing.insurers.values() or [{column: "refused"}]
    return values[column]


def _advice(column, cell):
    row = {"pec_number": "PEC1", "amount": "1,00", column: cell}
    try:
        (line,) = of_rows([(2, list(row.values()))], list(row))
    except RowError:
        return "refused"
    return "doubtful" if line.doubt else str(getattr(line, column))


def _lpp(column, cell):
    tables = {"fiche": hostile_files.FICHE, "histo": hostile_files.HISTO}
    sound = {"CODE_TIPS": "2203240", "NOM_COURT": "VERRE", "ARBO1": "2", "ARBO2": "2"}
    sound |= {"DEBUTVALID": "20200101", "FINHISTO": "20251231", "TARIF": "1.00", "PUREGLEMEN": "2.00", column: cell}
    members = {
        f"lpp_{name}_tot1.dbf": hostile_files.dbase(
            columns, 1, b" " + b"".join(sound.get(key, "").encode().rjust(width) for key, _kind, width in columns)
        )
        for name, columns in tables.items()
    }
    (code,) = read_archive(hostile_files.zipped(members)).values()
    if code.unreadable == column:
        return "refused"
    (tariff,) = code.tariffs
    read = {
        "DATE_FIN": code.date_to,
        "AGE_MAX": code.age_below,
        "DEBUTVALID": tariff.date_from,
        "FINHISTO": tariff.date_to,
        "TARIF": tariff.base_price,
        "PUREGLEMEN": tariff.max_price,
    }
    return str(read[column])


def _noemie(column, cell):
    part = noemie_writer.Part("199", 0, "P", 0)
    transfer = noemie_writer.Transfer(dt.date(2026, 11, 19), invoices=[noemie_writer.Invoice("202600001", [part])])
    text, start, width = {
        "asked": (part.text(), 5, 8), "state": (part.text(), 13, 1), "paid": (part.text(), 14, 8),
        "date": (transfer.text(), 5, 6),
    }[column]  # fmt: skip
    cell = cell * width if cell in ("0", "") or width == 1 else cell.rjust(width, "0")
    changed = text[:start] + cell.ljust(width) + text[start + width :]
    file = noemie_writer.File([transfer])
    payload = file.payload().replace(text, changed)
    file.payload = lambda: payload
    try:
        (found,) = read(file.data()).transfers
    except NoemieError:
        return "refused"
    value = getattr(found.invoices[0].parts[0], column)
    return value.value if column == "state" else str(value)


def _numbers():
    """The numeric fields of the shipped dialect: ``{messages and attribute: field}``."""
    fields = Dialect.shipped("open").dictionary.fields
    return {f"{' '.join(field.messages)} {field.attribute}": field for field in fields if field.codec.type in NUMBERS}


NUMBERS = (int, Decimal)
FIELDS = _numbers()


def _message(column, cell):
    """What is told of a column's zero (``0``), of nothing (an empty cell), and what is read of another text."""
    field, name = FIELDS[column], column.rpartition(".")[2].rpartition(" ")[2]
    if cell == "0":
        zero = Correction.typed(0.0, 0.0, 0, 0.0, 0.0, 0)
        is_typed = name in Correction.__slots__
        value = getattr(zero, name) if is_typed else value_of(0, name, field.codec.type)
    elif cell:
        try:
            value = field.codec.read(cell)
        except ValueError:
            return "refused"
    else:
        value = value_of(False, name, field.codec.type)
    if value is None:
        return "missing" if field.usage is Usage.MANDATORY else ""
    try:
        return field.codec.write(value)
    except ValueError:
        return "refused"


IMPORTERS = {"message": _message, "list": _list, "advice": _advice, "lpp": _lpp, "noemie": _noemie}


@pytest.mark.parametrize("row", TABLE, ids=[f"{row['importer']} {row['column']}" for row in TABLE])
def test_blanks(row):
    zeros = {"DATE_FIN": "00000000", "DEBUTVALID": "00000000", "FINHISTO": "00000000"}
    for said, cell in (("zero", zeros.get(row["column"], "0")), ("empty", ""), ("unknown", "?")):
        assert IMPORTERS[row["importer"]](row["column"], cell) == row[said], said


def test_every_column_is_in_the_table():
    listed = {(row["importer"], row["column"]) for row in TABLE}
    assert {("message", column) for column in FIELDS} <= listed
    assert {("list", column.key) for column in COLUMNS} | {("advice", field) for field in HEADERS} <= listed
