from __future__ import annotations

import base64

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.models import LOG_ACCESS_COLUMNS

#: Where this module keeps a person's data: model -> path from there to the person.
PATIENT_PATHS = {
    "res.partner": "id",
    "optoamc.contract": "partner_id",
    "optoamc.prescription": "patient_id",
    "optoamc.prescription.eye": "prescription_id.patient_id",
    "optoamc.consent": "patient_id",
    "sale.order": "patient_id",
    "sale.order.line": "order_id.patient_id",
    "optoamc.request": "patient_id",
    "optoamc.request.line": "request_id.patient_id",
    "optoamc.exchange": "patient_id",
    "optoamc.rights.check": "contract_id.partner_id",
    "optoamc.share": "order_id.patient_id",
    "optoamc.kept.data": "patient_id",
    "optoamc.privacy.log": "patient_id",
}

#: Who a contact is and where it is reached, the same for all the shops that have it in their files.
CONTACT_IDENTITY = ("name", "street", "street2", "zip", "city", "phone", "email")

#: Odoo's own fields without which the module's would not be understood.
IDENTITY_FIELDS = {
    "res.partner": (*CONTACT_IDENTITY, "lang"),
    "sale.order": ("name", "date_order", "state", "amount_total"),
    "sale.order.line": ("name", "product_uom_qty", "price_total"),
    "optoamc.exchange": ("create_date",),
    "optoamc.privacy.log": ("create_date",),
}

#: What else of the person is worth a trail when it is corrected.
CORRECTED_COVER = (
    *("card_birthdate", "birth_rank", "insured_id", "beneficiary_quality", "amo_id", "exoneration"),
    *("last_equipment_typed_on", "last_equipment_source"),
)


class ResPartner(models.Model):
    """What the module knows about a person, handed out."""

    _name = "res.partner"
    _inherit = ["res.partner", "optoamc.access.logged"]
    _logged_fields = _ungrouped_fields = ("nir", "birthdate", "exoneration")
    _logged_by_field = True
    _traced_fields = (
        *("lastname", "firstname", *CONTACT_IDENTITY, "state_id", "country_id", "parent_id", "active", "company_id"),
        *("birthdate", "nir", *CORRECTED_COVER),
    )
    _traced_deletion = True

    def _optoamc_logged_patient(self):
        # An insurer, a prescriber or a colleague is corrected like any contact.
        person = self.sudo()
        return person if person.nir or person.birthdate or person.optoamc_contract_ids else self.browse()

    def _optoamc_corrected(self, vals):
        """Of contacts that no shop holds health data of nothing is logged: one query tells it of all of them."""
        corrections = [*super()._optoamc_corrected(vals)]
        if any(self._fields[name].company_dependent for _contact, names in corrections for name in names):
            return corrections
        held = self.union(*(contact for contact, _names in corrections))._optoamc_holders() if corrections else {}
        return [(contact, names) for contact, names in corrections if contact.id in held]

    def _optoamc_log_correction(self, names, patient, company=None):
        """A health datum is the shop's that corrects it; what a contact has for all is told to each that holds any."""
        log = super()._optoamc_log_correction
        own = [name for name in names if self._fields[name].company_dependent]
        common = [name for name in names if name not in own]
        if {"lastname", "firstname"} & {*common}:
            common = [name for name in common if name != "name"]  # the two parts say it
        if own:
            log(own, patient, company)
        holders = self._optoamc_holders().get(self.id, set()) if common else set()
        if patient and common:
            holders = holders | {self.env.company.id}
        for holder in self.env["res.company"].browse(sorted(holders)):
            log(common, self, holder)
        return

    def _optoamc_personal_data(self):
        """All that the module holds about the person.

        A field that is added to a model of the module is in it from the start.

        :returns: a list of ``{"model", "label", "records": [{"id", "values": {name: {"label", "value"}}}]}``;
            values are JSON's: dates as text, linked records by name, files as ``{"name", "base64"}``
        :raises AccessError: asked for by anything else than the privacy officer's screen, which logs it
        """
        return [
            {
                "model": records._name,
                "label": kind,
                "records": [
                    {"id": record.id, "values": {name: _told(record, name) for name in names}} for record in records
                ],
            }
            for records, kind, names in self._optoamc_personal_records()
        ]

    def _optoamc_personal_records(self):
        """What the module holds about the person, model by model.

        :returns: a list of (records, what they are called in the reader's language, names of the fields told)
        :raises AccessError: as :meth:`_optoamc_personal_data`
        """
        self.ensure_one()
        if not self.env.su:  # a report's address can be typed by anybody
            raise AccessError(self.env._("Only the privacy officer's screen hands out a person's data."))
        found = []
        for model, path in PATIENT_PATHS.items():
            records = self.env[model].sudo().with_context(active_test=False, bin_size=False)
            domain = Domain(path, "=", self.id)
            if model == "optoamc.contract":
                # An insured person's own cover is also under the names of those who depend on it; their
                # health is theirs.
                domain |= Domain("insured_id", "=", self.id)
            if model != "res.partner":
                # Each shop answers for its own data.
                domain &= Domain("company_id", "=", self.env.company.id)
            if records := records.search(domain):
                # A model's description in Python is never translated.
                kind = self.env["ir.model"].sudo()._get(model).name
                found.append((records, kind, self._optoamc_personal_fields(model)))
        return found

    def _optoamc_personal_fields(self, model):
        own = [
            name
            for name, field in self.env[model]._fields.items()
            if "l10n_fr_optoamc" in field._modules
            and (field.store or field.company_dependent)
            and field.type not in ("one2many", "many2one_reference")
            and name not in LOG_ACCESS_COLUMNS
            and name != "id"
        ]
        return [*IDENTITY_FIELDS.get(model, ()), *own]

    def _optoamc_data_recipients(self):
        """The insurers that were told something about the person (GDPR, articles 15 and 19)."""
        self.check_access("read")
        sent = Domain("patient_id", "in", self.ids) & Domain("sent_at", "!=", False)
        sent &= Domain("company_id", "=", self.env.company.id)
        return self.env["optoamc.request"].sudo().search(sent).insurer_id


def _told(record, name):
    """A field as it is handed out: its label and a value that JSON takes."""
    field = record._fields[name]
    return {"label": field._description_string(record.env), "value": _json(record, field)}


def _json(record, field):
    value = record[field.name]
    if field.type == "binary":
        return value and {"name": field.name, "base64": value.decode()}
    if field.relational and field.comodel_name == "ir.attachment":
        return [{"name": file.name, "base64": base64.b64encode(file.raw or b"").decode()} for file in value]
    if field.relational:
        return ", ".join(filter(None, value.mapped("display_name"))) or None
    if field.type == "selection":
        return dict(field._description_selection(record.env)).get(value)
    if field.type == "date":
        return fields.Date.to_string(value) or None
    if field.type == "datetime":
        return fields.Datetime.to_string(value) or None
    if field.type == "html":
        return str(value) if value else None
    return None if value is False and field.type != "boolean" else value
