"""Everything that the database and the file store hold, searched for marks."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import defaultdict
from pathlib import Path

from odoo.tools import SQL

#: What a mark begins with, in the cases that forms and messages give to names.
PREFIX = "zqxmarq"
_CASES = (PREFIX, PREFIX.upper(), PREFIX.capitalize())
_MARK = re.compile(rf"{PREFIX}[a-z0-9]+")
_HEX = re.compile(r"\\x([0-9a-f]{12,})")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{12,}={0,2}")


def _base64_cores():
    for case in _CASES:
        for shift in range(3):
            encoded = base64.b64encode(bytes(shift) + case.encode()).decode().rstrip("=")
            # The first and last characters hold bits of the neighbours.
            yield encoded[shift + (shift > 0) : -1]


CORES = tuple(_base64_cores())


def marks(text, needles=(), depth=0):
    """The marks and other needles in a text: plainly, or within something in hexadecimal or base64, or both."""
    lower = text.lower()
    found = set(_MARK.findall(lower)) | {needle for needle in needles if needle.lower() in lower}
    if depth > 3:
        return found
    for run in _HEX.findall(text):
        found |= marks(bytes.fromhex(run[: len(run) // 2 * 2]).decode("latin-1"), needles, depth + 1)
    if any(core in text for core in CORES):
        for run in _BASE64.findall(text):
            if any(core in run for core in CORES):
                try:
                    data = base64.b64decode(run + "=" * (-len(run) % 4))
                except binascii.Error:
                    continue
                found |= marks(data.decode("latin-1"), needles, depth + 1)
    return found


def search_database(env, needles=()):
    """Search each column of each row of each table.

    :returns: ``{mark: {"table.column"}}``
    """
    env.flush_all()
    found = defaultdict(set)
    tables = env.execute_query(
        SQL("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
    )
    for (table,) in tables:
        for (row,) in env.execute_query(SQL("SELECT to_jsonb(t)::text FROM %s t", SQL.identifier(table))):
            if not marks(row, needles):
                continue
            for column, value in json.loads(row).items():
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                for mark in marks(text, needles):
                    found[mark].add(f"{table}.{column}")
    return dict(found)


def search_files(env, since, needles=()):
    """Search the files written since a moment, after Odoo's clean-up.

    :param since: seconds since 1970
    :returns: ``{mark: {attachment's "model.field"}}``, ``"nobody"`` for a file of no attachment
    """
    attachments = env["ir.attachment"].sudo()
    attachments._gc_file_store_unsafe()
    store, found = Path(attachments._filestore()), defaultdict(set)
    for path in store.rglob("*"):
        if not path.is_file() or path.stat().st_mtime < since or path.parent.name == "checklist":
            continue
        hits = marks(path.read_bytes().decode("latin-1"), needles)
        if not hits:
            continue
        name = str(path.relative_to(store))
        places = set(_places(env, name)) or {"nobody"}
        for mark in hits:
            found[mark] |= places
    return dict(found)


def _places(env, name):
    # In SQL: Odoo's search hides the files of fields.
    rows = env.execute_query(
        SQL("SELECT DISTINCT res_model, COALESCE(res_field, '') FROM ir_attachment WHERE store_fname = %s", name)
    )
    return [f"{model}.{field}" for model, field in rows]
