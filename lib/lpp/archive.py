"""The CNAM's download of the LPP (``LPP<nnn>.zip``), in plain Python: no ``odoo`` import.

Two dBase files of the archive are read, in cp850:

* ``lpp_fiche_tot<nnn>``: a row a code (``CODE_TIPS, NOM_COURT, DATE_FIN, AGE_MAX, ARBO1`` … ``ARBO10``);
* ``lpp_histo_tot<nnn>``: a row a tariff (``CODE_TIPS, DEBUTVALID, FINHISTO, NAT_PREST, TARIF, PUREGLEMEN``).

The meaning of the columns is taken from four independent importers of that download; that
``PUREGLEMEN`` is the maximum selling price (PLV) is their deduction, ``FINHISTO`` is read as the
last day of a tariff, ``DATE_FIN`` as the first day without the code (as in the SNDS table that the
module's own codes come from).

Optics is chapter 2.2 of the tree. dBase is read by ``dbf``, a library that only this import
needs: it is loaded here, and its absence is an error like another.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

#: The official archive unpacks to some 60 MB.
MAX_BYTES, MAX_UNPACKED = 64 * 2**20, 400 * 2**20

_MEMBERS = {"fiche": re.compile(r"lpp_fiche_tot\d*\.dbf", re.I), "histo": re.compile(r"lpp_histo_tot\d*\.dbf", re.I)}
_COLUMNS = {
    "fiche": ("CODE_TIPS", "NOM_COURT", "DATE_FIN", "AGE_MAX", *(f"ARBO{level}" for level in range(1, 11))),
    "histo": ("CODE_TIPS", "DEBUTVALID", "FINHISTO", "NAT_PREST", "TARIF", "PUREGLEMEN"),
}
_OPTICS = (2, 2)


class LppArchiveError(Exception):
    """The archive cannot be read.

    :param code: ``library`` (``dbf`` is not installed), ``too_large``, ``not_a_zip``, ``members``,
        ``columns`` or ``damaged``
    """

    def __init__(self, code: str, detail: object = "") -> None:
        self.code = code
        self.detail = str(detail)
        super().__init__(f"{code}: {detail}")


@dataclass(frozen=True, slots=True)
class Tariff:
    """From ``date_from``, until before ``date_to``; amounts in €, 0.0 where the table has none."""

    date_from: dt.date | None
    date_to: dt.date | None
    base_price: float
    max_price: float


@dataclass(slots=True)
class Code:
    """A code of the LPP with its tariffs, the first one first."""

    code: str
    label: str
    date_to: dt.date | None
    age_below: int
    tree: tuple[int, ...]
    group_code: str = ""
    tariffs: list[Tariff] = field(default_factory=list)

    @property
    def is_individual(self) -> bool:
        """Whether it is a manufacturer's (since 2021 they are numbered from 7210000 on)."""
        return self.code.startswith("7")

    @property
    def date_from(self) -> dt.date | None:
        return self.tariffs[0].date_from if self.tariffs else None


def read_archive(data: bytes) -> dict[str, Code]:
    """The optics codes of the archive, by code.

    :raises LppArchiveError: see there
    """
    if len(data) > MAX_BYTES:
        raise LppArchiveError("too_large", MAX_BYTES // 2**20)
    try:
        import dbf
    except ImportError:
        raise LppArchiveError("library") from None
    with tempfile.TemporaryDirectory() as folder:
        files = _unpack(data, Path(folder))
        try:
            codes = {code.code: code for code in map(_code, _rows(dbf, files, "fiche")) if code.tree[:2] == _OPTICS}
            _add_tariffs(codes, _rows(dbf, files, "histo"))
        except LppArchiveError:
            raise
        except Exception as error:  # a broken file makes dbf raise whatever comes
            raise LppArchiveError("damaged", type(error).__name__) from error
    return codes


def _unpack(data: bytes, folder: Path) -> dict[str, Path]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = {
                key: entry
                for key, pattern in _MEMBERS.items()
                for entry in archive.infolist()
                if pattern.fullmatch(Path(entry.filename).name)
            }
            if missing := _MEMBERS.keys() - found.keys():
                raise LppArchiveError("members", ", ".join(f"lpp_{key}_tot*.dbf" for key in sorted(missing)))
            if sum(entry.file_size for entry in found.values()) > MAX_UNPACKED:
                raise LppArchiveError("too_large", MAX_UNPACKED // 2**20)
            files = {}
            for key, entry in found.items():
                # A name of our own: what the archive calls its files decides nothing here.
                files[key] = folder / f"{key}.dbf"
                with archive.open(entry) as source, files[key].open("wb") as target:
                    shutil.copyfileobj(source, target)
            return files
    except LppArchiveError:
        raise
    except Exception as error:  # zipfile and its decompressors have a dozen for a broken archive
        raise LppArchiveError("not_a_zip", type(error).__name__) from error


def _rows(dbf, files: dict[str, Path], key: str) -> Iterator[tuple]:
    """The rows of a file that are not deleted, one at a time, their columns in the order of :data:`_COLUMNS`."""
    table = dbf.Table(str(files[key]), codepage="cp850")
    with table.open(dbf.READ_ONLY):
        names = [name.upper() for name in table.field_names]
        if missing := [column for column in _COLUMNS[key] if column not in names]:
            raise LppArchiveError("columns", f"lpp_{key}_tot: {', '.join(missing)}")
        places = [names.index(column) for column in _COLUMNS[key]]
        for record in table:
            if not dbf.is_deleted(record):
                yield tuple(record[place] for place in places)


def _code(row: tuple) -> Code:
    code, label, date_to, age_max, *tree = row
    age_max = int(age_max or 0)
    return Code(
        code=_text(code),
        label=" ".join(_text(label).split()),
        date_to=_day(date_to),
        age_below=age_max + 1 if age_max else 0,
        tree=tuple(int(level or 0) for level in tree),
    )


def _add_tariffs(codes: dict[str, Code], rows: Iterator[tuple]) -> None:
    found: dict[str, dict[dt.date, tuple]] = {}
    for code, begin, end, group_code, base, ceiling in rows:
        code = _text(code)
        if code in codes:
            row = (_day(end), _text(group_code), round(float(base or 0), 2), round(float(ceiling or 0), 2))
            found.setdefault(code, {})[_day(begin) or dt.date.min] = row
    for code, periods in found.items():
        begins = sorted(periods)
        for begin, following in zip(begins, [*begins[1:], None], strict=True):
            end, group_code, base, ceiling = periods[begin]
            # 9999-12-31 is another way of writing that it has no end.
            end = end + dt.timedelta(days=1) if end and end < dt.date(9999, 1, 1) else None
            if following and (not end or following < end):
                end = following
            if end and end <= begin:
                continue  # replaced on its very first day
            date_from = None if begin == dt.date.min else begin
            codes[code].tariffs.append(Tariff(date_from, end, base, ceiling))
        codes[code].group_code = group_code


def _text(value: object) -> str:
    return str(value or "").strip()


def _day(value: object) -> dt.date | None:
    """A dBase date, or the same as eight digits in a text column."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = _text(value)
    return dt.datetime.strptime(text, "%Y%m%d").date() if text else None  # noqa: DTZ007 - a day


def generic_of(code: Code, generics: list[Code]) -> Code | None:
    """The generic code of an individual one: in the same place of the tree, its label begins with the generic's.

    :param generics: the generic codes of that place
    """
    matching = [generic for generic in generics if code.label.startswith(generic.label.rstrip(" ."))]
    matching.sort(key=lambda generic: len(generic.label))
    if len(matching) > 1 and matching[-1].label == matching[-2].label:
        return None
    return matching[-1] if matching else None
