"""What the kit found, for a person: French, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from ..codec import Codec
from .check import Check, Finding
from .draft import Draft
from .papers import HOW_TO_NAME
from .play import Turn
from .samples import Sample

_LEVELS = {"error": "À corriger", "remark": "À savoir"}


def of_draft(name: str, draft: Draft) -> str:
    """The proposal: what is mapped with its score, what is not, on both sides."""
    return _page(_draft(name, draft))


def of_check(codec: Codec, check: Check, samples: Iterable[Sample]) -> str:
    """The check of a table, and a sample of each message."""
    return _page(_check(codec, check, samples))


def of_play(turns: Iterable[Turn]) -> str:
    """What the sandbox insurer answered in the platform's words."""
    return _page(_play(turns))


def unattributed(draft: Draft) -> list[str]:
    """What of the papers is no message, and how to say which it is; nothing when all is attributed."""
    left = draft.left
    lines = []
    if left.elements:
        lines.append(f"Éléments non attribués : {', '.join(left.elements)}.")
    if left.operations:
        lines.append(f"Opérations non attribuées : {', '.join(left.operations)}.")
    if left.messages:
        lines.append(f"Messages sans élément : {', '.join(left.messages)}.")
    return [*lines, HOW_TO_NAME] if left.elements or left.operations else lines


def summary(check: Check) -> str:
    """The check in one line."""
    written = sum(message.written for message in check.messages)
    read, tried = (sum(getattr(message, name) for message in check.messages) for name in ("read", "tried"))
    remarks = len(check.findings) - len(check.errors)
    return (
        f"{written} messages écrits, {read} réponses lues sur {tried} ; "
        f"{len(check.errors)} point(s) à corriger, {remarks} à savoir"
    )


def _draft(name: str, draft: Draft) -> Iterator[str]:
    yield f"# Table proposée pour « {name} »"
    share = f"{100 * draft.share:.0f}\N{NO-BREAK SPACE}%"
    yield f"{share} des places du XSD sont reliées à nos données. Chaque ligne se relit, papiers en main."
    if left := unattributed(draft):
        yield "## Ce qui n'est pas attribué"
        yield "\n".join(f"- {line}" for line in left)
    for message in draft.messages:
        yield f"## {message.kind} : `{message.element}`"
        if message.mapped:
            yield "### Relié"
            yield _table(
                ("Place", "Donnée", "Score", "À vérifier"),
                (
                    (f"`{row.path}`", f"`{row.attribute}`", _french(row.score), " ; ".join(row.remarks))
                    for row in message.mapped
                ),
            )
        if message.unmapped:
            yield "### À relier, ou à laisser"
            yield _table(
                ("Place", "Exigée", "Type", "Candidats"),
                (
                    (
                        f"`{row.path}`",
                        "oui" if row.is_required else "non",
                        row.about,
                        ", ".join(row.candidates) or "aucun",
                    )
                    for row in message.unmapped
                ),
            )
        if message.absent:
            yield "### Nos données sans place ici"
            yield ", ".join(f"`{path}`" for path in message.absent)


def _check(codec: Codec, check: Check, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# Vérification de « {codec.dialect.name} »"
    yield summary(check) + "."
    yield _table(
        ("Message", "Écrits", "Réponses lues", "Réponses essayées"),
        (
            (message.kind.value, str(message.written), str(message.read), str(message.tried))
            for message in check.messages
        ),
    )
    for level, title in _LEVELS.items():
        found = [finding for finding in check.findings if finding.level == level]
        if found:
            yield f"## {title}"
            yield "\n".join(map(_finding, found))
    yield "## Ce que la plateforme recevrait"
    yield "Personne n'est en cause dans ces exemples ; les mots en capitales tiennent lieu d'identifiants."
    for sample in samples:
        yield f"### {sample.kind}"
        if sample.problem:
            yield f"{'À corriger' if sample.message else 'Pas d’exemple'} : {sample.problem}"
        if sample.call:
            yield f"L'appel, tel qu'il part :\n\n```\n{sample.call}\n```"
        if sample.message:
            yield f"Le message, mis en forme pour la lecture :\n\n```xml\n{_indented(sample.message)}\n```"


def _indented(message: str) -> str:
    root = etree.fromstring(message.encode(), etree.XMLParser(encoding="utf-8", resolve_entities=False))
    etree.indent(root)
    return str(etree.tostring(root, encoding="unicode"))


def _finding(finding: Finding) -> str:
    where = f"{finding.kind} : " if finding.kind else ""
    shown = f" Exemple : {finding.example}." if finding.example else ""
    return f"- {where}{finding.what} ({finding.count} fois).{shown}"


def _play(turns: Iterable[Turn]) -> Iterator[str]:
    turns = list(turns)
    yield "# L'organisme de démonstration, dans les mots de la plateforme"
    played = sum(turn.is_played for turn in turns)
    yield f"{played} adhérents de démonstration joués sur {len(turns)}."
    yield _table(
        ("Adhérent", "Déroulement", "Accordé", "Message"),
        (
            (
                turn.member,
                " → ".join(turn.course) or "non joué",
                "" if turn.granted is None else f"{_french(turn.granted)}\N{NO-BREAK SPACE}€",
                turn.words,
            )
            for turn in turns
        ),
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _french(number: object) -> str:
    return f"{number:.2f}".replace(".", ",")
