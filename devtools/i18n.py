"""The module's terms: the template from Odoo's own export, and French merged with it."""

from pathlib import Path
from typing import Any

from devtools import databases, odoo, paths
from devtools.console import step

FOLDER = paths.ROOT / "i18n"
TEMPLATE = FOLDER / f"{paths.MODULE}.pot"
FRENCH = FOLDER / "fr.po"


def update() -> None:
    """Regenerate the template and merge French."""
    import polib

    FOLDER.mkdir(exist_ok=True)
    template = export()
    template.save(str(TEMPLATE))
    french = polib.pofile(str(FRENCH)) if FRENCH.exists() else polib.POFile()
    french.merge(template)
    for entry in french.obsolete_entries():
        french.remove(entry)
    # The template's order, not that in which terms came: a change shows where it belongs.
    order = {(entry.msgctxt, entry.msgid): place for place, entry in enumerate(template)}
    french.sort(key=lambda entry: order[entry.msgctxt, entry.msgid])
    french.metadata = {**template.metadata, "Language": "fr", "Plural-Forms": "nplurals=2; plural=(n > 1);"}
    french.save(str(FRENCH))
    print(f"{TEMPLATE.name}: {len(template)} terms; {FRENCH.name}: {len(french.untranslated_entries())} to translate")


def export() -> Any:
    """The template as Odoo makes it from the module's files of now, without what changes from day to day."""
    import polib

    file = paths.HOME / "export.pot"
    name = databases.installed()
    command = [str(paths.PYTHON), "-m", "odoo", "i18n", "export", f"--config={odoo.CONFIG}", f"--database={name}"]
    with step("export of the terms"):
        odoo.run([*command, f"--output={file}", paths.MODULE], log="i18n", failure="Odoo could not export the terms")
    template = polib.pofile(str(file))
    for dated in ("POT-Creation-Date", "PO-Revision-Date"):
        template.metadata.pop(dated, None)
    return template


def findings() -> list[str]:
    """What is stale or not translated."""
    import polib

    if not TEMPLATE.exists() or not FRENCH.exists():
        return ["no translations: ./dev i18n"]
    found = []
    if str(export()) != _text(TEMPLATE):
        found.append(f"{TEMPLATE.name} is not what the module's terms are now: ./dev i18n")
    french = polib.pofile(str(FRENCH))
    terms = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(TEMPLATE))}
    if {(entry.msgctxt, entry.msgid) for entry in french if not entry.obsolete} != terms:
        found.append(f"{FRENCH.name} has other terms than {TEMPLATE.name}: ./dev i18n")
    for fault, entries in (("not translated", french.untranslated_entries()), ("fuzzy", french.fuzzy_entries())):
        found += [f"{FRENCH.name}:{entry.linenum}: {fault}: {entry.msgid}" for entry in entries]
    return found


def _text(file: Path) -> str:
    import polib

    return str(polib.pofile(str(file)))
