"""Screens that are open on a person's data: rows, too, until Odoo's own clean-up."""

from __future__ import annotations

from ast import literal_eval

from odoo.fields import Domain

#: Files that somebody is about to import: nobody can tell whom they name.
IMPORTS = ("base_import.import", "optoamc.remittance.import")


def erase_screens(env, concerned, keep=()):
    """Delete the transient records, of any app, that point to one of these records.

    :param concerned: record sets, each of one model
    :param keep: names of transient models to leave alone
    """
    ids = {}
    for records in concerned:
        ids.setdefault(records._name, set()).update(records.ids)
    env = env(su=True, context=env.context | {"active_test": False})
    for name in IMPORTS:
        env[name].search([]).unlink()
    for name, model in env.items():
        if model._transient and model._auto and not model._abstract and name not in keep:
            (_pointing(model, ids) | _spoken_of(model, ids)).unlink()


def _pointing(model, ids):
    """The rows with a link to one of the records."""
    links = [
        Domain(name, "in", list(ids[field.comodel_name]))
        for name, field in model._fields.items()
        if field.store and field.type in ("many2one", "many2many") and ids.get(field.comodel_name)
    ]
    return model.search(Domain.OR(links)) if links else model.browse()


def _spoken_of(model, ids):
    """The rows that name the records by their model and ids, as the screen to write an e-mail does."""
    of_model = next((name for name in ("model", "res_model") if _is_stored(model, name)), None)
    of_record = next((name for name in ("res_ids", "res_id") if _is_stored(model, name)), None)
    if not of_model or not of_record:
        return model.browse()
    rows = model.search([(of_model, "in", list(ids))])
    return rows.filtered(lambda row: not ids[row[of_model]].isdisjoint(_listed(row[of_record])))


def _is_stored(model, name):
    return name in model._fields and model._fields[name].store


def _listed(value):
    """Ids that a screen keeps as a number, or as the text of a list."""
    if not value or isinstance(value, int):
        return [value]
    try:
        return literal_eval(value)
    except (ValueError, SyntaxError):
        return []
