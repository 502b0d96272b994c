"""Keep patients' data and secrets out of the server's log: at every level, tracebacks included.

Odoo logs a query that fails with its values, be it for a mere concurrent update; at DEBUG it
logs every query and every RPC call with theirs; PostgreSQL quotes the row that breaks a
constraint. So every log record of the process is masked as it is made, before any handler:

* anywhere: what looks like a social security number, a message of the norm, a file in
  base64, credentials in an address, and the rows that PostgreSQL quotes;
* the values of queries on tables, and of calls to models, that hold patients' data;
* what a refusal of Odoo's or of this module's tells its user, when it came by this module: names, most often. The
  server's log says what kind it is and where it was raised.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from pathlib import Path

from .identifiers import mask_nirs

HIDDEN = "[hidden]"

#: The files of the module.
_MODULE = str(Path(__file__).parent.parent)

#: Masked wherever they stand.
_ANYWHERE = (
    re.compile(r"<(?:\w+:)?(?:OPAMC[A-Z]{3}|FCTREC)\b.*", re.DOTALL),
    re.compile(r"(?<![\w+/=])[A-Za-z0-9+/]{120,}={0,2}"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(r"(?<=DETAIL:)[^\n]*"),
    re.compile(r"(?<=could not convert string to float: )'[^']*'"),
)

#: Tables and models (``_`` or ``.``) in which a patient's data may stand.
_PATIENTS = re.compile(
    r"optoamc|res[_.]partner|sale[_.]order|account[_.](?:move|payment)|mail[_.]|bus[_.]bus|ir[_.]attachment|certificate"
)

#: Literals of a query: texts and numbers, not the digits of a name.
_LITERALS = re.compile(r"E?'(?:[^'\\]|''|\\.)*'|(?<![\w$.\"])-?\d+(?:\.\d+)?(?![\w\"])")


def mask(text: str) -> str:
    """The text without what must not be read by who administers the server.

    >>> mask("NIR 2 53 07 30 730 047 04, DETAIL:  Failing row contains (7, MONTFORT).")
    'NIR [NIR], DETAIL:[hidden]'
    >>> mask("https://login:secret@platform.example/")
    'https://[hidden]@platform.example/'
    """
    for pattern in _ANYWHERE:
        text = pattern.sub(HIDDEN, text)
    return mask_nirs(text)


def mask_query(query: str) -> str:
    """A query without its values, if it concerns patients' tables.

    >>> mask_query("UPDATE res_partner SET street2='x', nir=NULL WHERE id IN (7)")
    'UPDATE res_partner SET street2=[hidden], nir=NULL WHERE id IN ([hidden])'
    >>> mask_query("SELECT 1 FROM ir_cron WHERE id = 3")
    'SELECT 1 FROM ir_cron WHERE id = 3'
    """
    return _LITERALS.sub(HIDDEN, query) if _PATIENTS.search(query) else query


def _protect(record: logging.LogRecord) -> None:
    if record.name == "odoo.sql_db":
        record.args = tuple(mask_query(_text(arg)) if _is_text(arg) else arg for arg in _arguments(record))
    elif record.name == "odoo.service.model" and _PATIENTS.search(str(_arguments(record)[:1])):
        # call <records>.<method>(<parameters>)
        arguments = _arguments(record)
        record.args = (*arguments[:2], *(HIDDEN for _parameters in arguments[2:]))
    if isinstance(record.msg, Exception) and (refusal := next(_refusals(record.msg), None)):
        record.msg, record.args = _place(refusal), ()
    try:
        text = record.getMessage()
    except Exception:  # noqa: BLE001 - the caller's mistake; logging itself would print the arguments
        text = str(record.msg)
        record.msg, record.args = text, ()
    if (masked := mask(text)) != text:
        record.msg, record.args = masked, ()
    if record.exc_info and (trace := _traceback(record)) != (masked := mask(_without_refusals(record, trace))):
        record.exc_text, record.exc_info = masked, None
    if record.stack_info:
        record.stack_info = mask(record.stack_info)


def _refusals(error: BaseException | None) -> Iterator[BaseException]:
    """Those of an exception and its causes that tell a user something and came by this module."""
    seen: set[int] = set()
    while error and id(error) not in seen:
        seen.add(id(error))
        is_told = any(kind.__name__ == "UserError" for kind in type(error).__mro__)
        frames = traceback.walk_tb(error.__traceback__)
        if is_told and any(frame.f_code.co_filename.startswith(_MODULE) for frame, _line in frames):
            yield error
        error = error.__cause__ or error.__context__


def _place(error: BaseException) -> str:
    """The kind of a refusal and where it was raised, without its words."""
    *_callers, (frame, line) = traceback.walk_tb(error.__traceback__)
    return f"{type(error).__name__} {HIDDEN} at {frame.f_code.co_filename}:{line}"


def _without_refusals(record, trace):
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    for refusal in _refusals(error):
        trace = trace.replace(str(refusal), HIDDEN) if str(refusal) else trace
    return trace


def _arguments(record):
    return record.args if isinstance(record.args, tuple) else (record.args,)


def _is_text(value):
    return isinstance(value, (str, bytes, Exception))


def _text(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _traceback(record):
    return _formatter.formatException(record.exc_info) if isinstance(record.exc_info, tuple) else ""


_formatter = logging.Formatter()


def install():
    """Mask every log record of this process from now on, once however often it is called."""
    make_record = logging.getLogRecordFactory()
    if getattr(make_record, "masks_patients", False):
        return

    def make_masked_record(*args, **kwargs):
        record = make_record(*args, **kwargs)
        _protect(record)
        return record

    make_masked_record.masks_patients = True
    logging.setLogRecordFactory(make_masked_record)
