"""The plan of the house: which room may import which, how long a file may be, which words are no longer used."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from devtools import addons, paths

MAX_LINES = 400

#: Words that were replaced, as the glossary (``doc/glossaire.rst``) has them now: ``{pattern: better}``.
REPLACED_WORDS: dict[str, str] = {
    r"\bhomeless\b": "unallocated",
    r"\bbearable\b": "headroom",
    r"\b_tell_unsafe\b": "_warn_invalid_agreement",
    r"\bSharePlan\b": "ShareAllocation",
    r"\bshare_booking\b": "share_allocation",
    r"\b_spread\b": "_allocate",
    r"\b_optoamc_spread\b": "_optoamc_allocate",
    r"\b_relieve\b": "_reduce",
    r"\b_is_given_up\b": "returned_for_good",
    r"request\._move\(": "_set_state",
    r"\b_settle\b": "_apply_or_wait",
    r"\b_may_settle\b": "_may_become",
    r"\baction_settle_unknown\b": "action_decide_unknown",
    r"\b_GivingBack\b": "_Undo",
    r"\b_give_back\b": "_undo",
    r"\b_give_up\b": "_time_out",
    r"\b(LIVE|BINDING|MOVING|OPEN)_STATES\b": "ACTIVE, ENFORCEABLE, DISPATCHED or AT_INSURER",
    r"\bagreed_by\b": "answer_channel",
    r"\baction_agree\b": "action_type_answer",
    r"optoamc[._]agreement\b": "optoamc.manual.answer",
    r"\boptoamc_request_(mass|limit)\b": "optoamc_request_selection, optoamc_request_deadlines",
    r"\b_left_by_amo\b|\b_grantable\b": "LineMoney.ceiling",
    r"\b_speaks\b": "_supports",
    r"\.heard\(": "with_response",
    r"\b_contradiction\b": "_mismatch",
    r"\bcontradictions\b": "inconsistencies",
    r"\bPATIENCE\b": "TIMEOUT_SECONDS",
    r"optoamc[._]cached[._]table": "optoamc.ormcache.mixin",
    r"optoamc[._]shipped[._]table": "optoamc.seed.data.mixin",
    r"\bdirectory_gone_on\b": "delisted_on",
    r"settled_date": "stable_date",
    r"given_widths": "fixed_widths",
    r"quiet_inputs": "mute_selection_events",
    r"optoamc_saved_screen": "autosave",
    r"\bso-manieth\b": "a plain word",
}


#: French punctuation in Odoo's part: there text is English, and translated (``models/mixin/labelled.py``).
FRENCH_PUNCTUATION = re.compile(r"\} [:;!?] ?[{\"]|%s [:;!?] |« ")


def findings() -> list[str]:
    """What does not keep to the plan: ``file:line: what is wrong``."""
    files = [Path(file) for file in addons.files()]
    python = [file for file in files if file.suffix == ".py"]
    found = []
    for file in python:
        found += [*_imports(file), *_punctuation(file)]
        if "tests" not in file.parts and (lines := len(_text(file).splitlines())) > MAX_LINES:
            found.append(f"{file}: {lines} lines, {MAX_LINES} at most: it has more than one reason to change")
    for file in files:
        if file.suffix in {".py", ".js", ".xml", ".csv"}:
            found += _words(file)
    return [*found, *_layout()]


def rooms() -> list[str]:
    """The rooms of ``models/``, in the order in which they may know each other."""
    tree = ast.parse(_text(Path("models/__init__.py")))
    return [alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]


def _imports(file: Path) -> Iterator[str]:
    """What a file imports from where it may not: a room below its own, Odoo or the models from ``lib/``."""
    order = rooms()
    for line, module in _imported(file):
        if file.parts[0] == "lib":
            if module.split(".")[0] in {"odoo", "models", "wizards"}:
                yield f"{file}:{line}: lib/ is plain Python and imports no {module}"
        elif file.parts[0] == "models" and len(file.parts) > 2 and module.startswith("models."):
            other, own = module.split(".")[1], file.parts[1]
            if other in order and order.index(other) > order.index(own):
                yield f"{file}:{line}: {own} may not import {other}, which comes after it (models/__init__.py)"
        elif file.parts[0] == "models" and module.split(".")[0] == "wizards":
            yield f"{file}:{line}: a model imports no wizard"


def _imported(file: Path) -> Iterator[tuple[int, str]]:
    """The modules that a file imports, relative ones from the module's root: ``(line, dotted name)``."""
    for node in ast.walk(ast.parse(_text(file))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = file.parts[: len(file.parts) - node.level] if node.level else ()
            base = ".".join((*above, *filter(None, [node.module])))
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{alias.name}".strip(".")) for alias in node.names)


def _words(file: Path) -> Iterator[str]:
    for number, line in enumerate(_text(file).splitlines(), start=1):
        for pattern, better in REPLACED_WORDS.items():
            if found := re.search(pattern, line):
                yield f"{file}:{number}: {found[0]!r} is now {better}"


def _punctuation(file: Path) -> Iterator[str]:
    if file.parts[0] in {"models", "wizards", "controllers"}:
        for number, line in enumerate(_text(file).splitlines(), start=1):
            if found := FRENCH_PUNCTUATION.search(line):
                yield f"{file}:{number}: {found[0]!r} is French in every language: labelled(), or a term of its own"


def _layout() -> Iterator[str]:
    """README's tree, which is that of the folders."""
    listed = re.findall(r"^ +(\w+)/ {2,}\S", _text(Path("README.rst")), re.MULTILINE)
    there = {file.parts[0] for file in map(Path, addons.files()) if len(file.parts) > 1} | {"devtools"}
    there |= set(rooms())
    there |= {file.parts[1] for file in map(Path, addons.files()) if file.parts[0] == "lib" and len(file.parts) > 2}
    if missing := sorted(there - set(listed)):
        yield f"README.rst: the layout leaves out {', '.join(missing)}"
    if gone := sorted(set(listed) - there):
        yield f"README.rst: the layout has what is not there: {', '.join(gone)}"


def _text(file: Path) -> str:
    return (paths.ROOT / file).read_text(encoding="utf-8")
