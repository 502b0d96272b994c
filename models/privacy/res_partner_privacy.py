from __future__ import annotations

import base64

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.models import LOG_ACCESS_COLUMNS

from ..mixin.erased_history import erase_history

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
    "optoamc.privacy.log": "patient_id",
}

#: Odoo's own fields without which the module's would not be understood.
IDENTITY_FIELDS = {
    "res.partner": ("name", "street", "street2", "zip", "city", "phone", "email", "lang"),
    "sale.order": ("name", "date_order", "state", "amount_total"),
    "sale.order.line": ("name", "product_uom_qty", "price_total"),
}

#: What else of the person is worth a trail when it is corrected.
CORRECTED_COVER = ("birth_rank", "insured_id", "beneficiary_quality", "amo_id", "exoneration")

#: What erasure empties on the person, and with what.
ERASED_FIELDS = {
    "nir": False,
    "birthdate": False,
    "birth_rank": 1,
    "insured_id": False,
    "beneficiary_quality": False,
    "amo_id": False,
    "insurance_nature": False,
    "exoneration": False,
}

#: Names and addresses, emptied where no invoice has to bear them.
PSEUDONYMISED_FIELDS = (
    "lastname",
    "firstname",
    "street",
    "street2",
    "zip",
    "city",
    "phone",
    "email",
    "vat",
    "comment",
)

#: A request in these states is open at the insurer: erasing it would leave an agreement that nobody can use or cancel.
OPEN_STATES = ("sent", "unknown", "pending", "cancelling")


class ResPartner(models.Model):
    """What the module knows about a person: handed out, and forgotten."""

    _name = "res.partner"
    _inherit = ["res.partner", "optoamc.access.logged"]
    _logged_fields = ("nir",)
    _traced_fields = ("lastname", "firstname", "birthdate", "nir", *CORRECTED_COVER)

    def _logged_patient(self):
        # An insurer, a prescriber or a colleague is corrected like any contact.
        person = self.sudo()
        return person if person.nir or person.birthdate or person.optoamc_contract_ids else self.browse()

    # -- handed out ---------------------------------------------------------------------------

    def _personal_data(self):
        """All that the module holds about the person.

        A field that is added to a model of the module is in it from the start.

        :returns: a list of ``{"model", "label", "records": [{"id", "values": {name: {"label", "value"}}}]}``;
            values are JSON's: dates as text, linked records by name, files as ``{"name", "base64"}``
        :raises AccessError: asked for by anything else than the privacy officer's screen, which logs it
        """
        self.ensure_one()
        if not self.env.su:  # a report's address can be typed by anybody
            raise AccessError(self.env._("Only the privacy officer's screen hands out a person's data."))
        sections = []
        for model, path in PATIENT_PATHS.items():
            records = self.env[model].sudo().with_context(active_test=False, bin_size=False)
            told = Domain(path, "=", self.id)
            if model == "optoamc.contract":
                # An insured person's own cover is also under the names of those who depend on it; their
                # health is theirs.
                told |= Domain("insured_id", "=", self.id)
            records = records.search(told)
            if not records:
                continue
            names = self._personal_fields(model)
            sections.append(
                {
                    "model": model,
                    "label": records._description,
                    "records": [
                        {"id": record.id, "values": {name: _told(record, name) for name in names}}
                        for record in records
                    ],
                }
            )
        return sections

    def _personal_fields(self, model):
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

    def _data_recipients(self):
        """The insurers that were told something about the person (GDPR, articles 15 and 19)."""
        self.check_access("read")
        sent = Domain("patient_id", "in", self.ids) & Domain("sent_at", "!=", False)
        return self.env["optoamc.request"].sudo().search(sent).insurer_id

    # -- forgotten ----------------------------------------------------------------------------

    def _erase_personal_data(self):
        """Forget the person's health data; keep what the law wants kept (GDPR, article 17.3).

        Invoices, shares and journal items stay as they are, with their amounts, and the name on
        them where they bear it (Commercial Code, L123-22: ten years). Signed consents stay as proof
        of what was sent, withdrawn, until their own retention time ends.

        Messages about those who depend on the person name the person: they go too.

        :raises UserError: a request is open at the insurer
        """
        self.ensure_one()
        person = self.sudo().with_context(active_test=False, tracking_disable=True)
        requests = person.env["optoamc.request"].search([("patient_id", "=", person.id)])
        cover = person.env["optoamc.contract"].search([("insured_id", "=", person.id)])
        others = person.env["optoamc.request"].search([("contract_id", "in", cover.ids)]) - requests
        if open_ := (requests | others).filtered(lambda request: request.state in OPEN_STATES)[:1]:
            raise UserError(
                self.env._(
                    "%s is open at the insurer: wait for its answer or cancel it, then erase.", open_.display_name
                )
            )
        orders = person.env["sale.order"].search([("patient_id", "=", person.id)])
        consents = person.env["optoamc.consent"].search([("patient_id", "=", person.id)])
        consents.action_withdraw()
        unsent = requests.filtered(lambda request: request.state == "draft")
        unsent |= (requests | others).filtered(lambda request: request.state in ("queued", "error"))
        unsent._move("cancelled", next_poll_at=False)
        messages = Domain("patient_id", "=", person.id) | Domain("request_id", "in", others.ids)
        # Checks of rights belong to no request.
        messages |= Domain("request_id", "=", False) & Domain("patient_id", "in", cover.partner_id.ids)
        # Amounts were agreed and booked: what they were worked out from goes, they stay.
        with orders._keeping_amounts():
            prescriptions = person.env["optoamc.prescription"].search([("patient_id", "=", person.id)])
            prescriptions._erase()
            orders._erase_health_data()
            requests._erase()
            person.env["optoamc.exchange"].search(messages)._erase()
            person.env["optoamc.rights.check"].search([("contract_id.partner_id", "=", person.id)]).unlink()
            person.env["optoamc.contract"].search([("partner_id", "=", person.id)])._erase()
            person.dependant_ids.insured_id = False
            person.write(ERASED_FIELDS | person._pseudonym())
            erase_history(person)
            person.env.flush_all()
        person._erase_screens()

    def _unbilled_agreements(self):
        """What insurers have granted for the person and still owe nothing of."""
        granted = (
            Domain("patient_id", "in", self.ids) & Domain("state", "=", "granted") & Domain("kind", "=", "coverage")
        )
        requests = self.env["optoamc.request"].sudo().search(granted & Domain("share_ids", "=", False))
        return requests.filtered(lambda request: request._books_open(request.mode))

    def _pseudonym(self):
        """Another name, unless an invoice or a sale under way bears this one."""
        named = Domain("partner_id", "=", self.id) | Domain("partner_shipping_id", "=", self.id)
        if self.env["account.move"].search_count(named & Domain("state", "=", "posted"), limit=1):
            return {}
        if self.env["sale.order"].search_count(named & Domain("state", "=", "sale"), limit=1):
            return {}
        emptied = dict.fromkeys(PSEUDONYMISED_FIELDS, False)
        return emptied | {"name": self.env._("Erased person %s", self.id), "active": bool(self.user_ids)}

    def _erase_screens(self):
        """Screens that are open on the person's data are rows, too, until Odoo's own clean-up."""
        for model, path in (
            ("optoamc.request.wizard", "order_id.patient_id"),
            ("optoamc.consent.form", "patient_id"),
        ):
            self.env[model].search([(path, "=", self.id)]).unlink()
        self.env["optoamc.privacy.request"].search([("patient_id", "=", self.id)]).file = False


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
