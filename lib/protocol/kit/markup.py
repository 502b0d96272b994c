"""A report as HTML: of Markdown, no more than the reports have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

_TABLE = 'table class="table table-sm table-striped text-break"'  # paths are long, and dialogs narrow


def to_html(page: str) -> str:
    r"""A report as HTML.

    >>> to_html("# Titre\n\nUn `mot`.\n\n- a < b\n")
    '<h2>Titre</h2><p>Un <code>mot</code>.</p><ul><li>a &lt; b</li></ul>'
    """
    return "".join(_blocks(page))


def _blocks(page: str) -> Iterator[str]:
    lines = page.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("```"):
            end = next((end for end in range(at + 1, len(lines)) if lines[end] == "```"), len(lines))
            yield f"<pre>{escape(chr(10).join(lines[at + 1 : end]))}</pre>"
            at = end + 1
            continue
        if found := re.match(r"(#+) (.*)", line):
            level = min(len(found[1]) + 1, 6)
            yield f"<h{level}>{_inline(found[2])}</h{level}>"
            at += 1
            continue
        block = list(_run(lines, at, line[:1])) if line[:1] in ("|", "-") else [line]
        if line[:1] == "|":
            yield _table(block)
        elif line[:1] == "-":
            yield "<ul>" + "".join(f"<li>{_inline(text[2:])}</li>" for text in block) + "</ul>"
        elif line:
            yield f"<p>{_inline(line)}</p>"
        at += len(block)


def _run(lines: list[str], at: int, mark: str) -> Iterator[str]:
    while at < len(lines) and lines[at].startswith(mark):
        yield lines[at]
        at += 1


def _table(rows: list[str]) -> str:
    head, _rule, *body = ([cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows)
    made = "".join(f"<th>{_inline(cell)}</th>" for cell in head)
    made = f"<thead><tr>{made}</tr></thead><tbody>"
    for row in body:
        made += "<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>"
    return f"<{_TABLE}>{made}</tbody></table>"


def _inline(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text.replace("\\|", "|"), quote=False))
