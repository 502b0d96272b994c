"""What the module knows about a person, on paper: as people write it, in the language it is read in."""

from __future__ import annotations

from odoo import models
from odoo.tools import format_amount, format_date, format_datetime, formatLang

from .res_partner_privacy import PATIENT_PATHS

#: What is not said row by row: the shop and the person, at the paper's head, and the currency, with each amount.
SAID_ELSEWHERE = ("company_id", "currency_id")

#: Characters from which a text is printed once, across the page, and referred to afterwards.
LONG = 200


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _optoamc_personal_paper(self):
        """All that :meth:`_optoamc_personal_data` hands out, to be read by a person.

        :returns: a list of ``{"label", "records": [[(label, text, across the page)]]}``; what is empty is left out,
            and a long text that two records have is written once
        :raises AccessError: as :meth:`_optoamc_personal_data`
        """
        paper = []
        for records, kind, names in self._optoamc_personal_records():
            first = {}
            pages = [_rows(record, self._optoamc_said_of(record, names), first) for record in records]
            paper.append({"label": kind, "records": pages})
        return paper

    def _optoamc_said_of(self, record, names):
        """The fields of a record without those that the paper says elsewhere."""
        if record == self:
            return [name for name in names if name != "name"]
        path = PATIENT_PATHS[record._name]
        # A contract may be that of somebody who depends on the person.
        mine = path in names and record[path] == self
        return [name for name in names if name not in SAID_ELSEWHERE and not (mine and name == path)]


def _rows(record, names, first):
    """The rows of a record.

    :param first: the record by which each long text was printed first, to be completed
    """
    rows = []
    for name in names:
        field = record._fields[name]
        if not (text := _text(record, field)):
            continue
        is_long = len(text) > LONG
        if is_long and (before := first.setdefault((name, text), record)) != record:
            text, is_long = record.env._("The same as of “%s” above.", before.display_name), False
        rows.append((field._description_string(record.env), text, is_long))
    return rows


def _text(record, field):
    """A field's value as it is written by hand; empty for nothing, and for a measure that nobody typed."""
    env, value = record.env, record[field.name]
    match field.type:
        case "boolean":
            return env._("Yes") if value else env._("No")
        case "date":
            return format_date(env, value)
        case "datetime":
            return value and format_datetime(env, value, tz=env.company._optoamc_zone(), dt_format="short")
        case "monetary":
            return format_amount(env, value, record[field.get_currency_field(record)] or env.company.currency_id)
        case "float":
            return value and formatLang(env, value, digits=(field.get_digits(env) or (0, 2))[1])
        case "selection":
            return dict(field._description_selection(env)).get(value)
        case "binary" | "json" | "properties":
            return value and env._("in the file for machines")
    if field.relational:
        files = field.comodel_name == "ir.attachment"
        return ", ".join(filter(None, value.mapped("name" if files else "display_name")))
    if value and field.name in _model_names(record):
        return env["ir.model"]._get(value).name
    return value and (value if field.type == "html" else str(value))


def _model_names(record):
    """The fields that hold the technical name of a model."""
    return {field.model_field for field in record._fields.values() if field.type == "many2one_reference"}
