from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: What a patient reads besides the figures of the shop: changed only by a new version.
TEXTS = ("introduction", "purpose", "recipients", "retention", "rights", "complaint", "refusal", "statement")


class OptoamcConsentText(models.Model):
    """A version of the authorisation form's wording: once signed by somebody, it stays as it is.

    Who is responsible, the data and how long they are kept are not worded here: the form takes
    them from the company, the table of fields and the retention settings.
    """

    _name = "optoamc.consent.text"
    _description = "Wording of the authorisation form"
    _inherit = ["optoamc.shop.owned", "optoamc.shared.data"]
    _order = "date_from desc, id desc"

    name = fields.Char("Version", required=True)
    date_from = fields.Date("Used from", required=True, default=lambda self: self.env.company._optoamc_today())
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self._optoamc_own_company(),
        index="btree_not_null",
        help="The shop whose wording it is. Empty: proposed to all shops of the database.",
    )
    introduction = fields.Text(translate=True)
    purpose = fields.Text("What for", translate=True, required=True)
    recipients = fields.Text("Who receives the data", translate=True, required=True)
    retention = fields.Text("How long they are kept", translate=True, required=True)
    rights = fields.Text("Access and rectification", translate=True, required=True)
    complaint = fields.Text("Opposition, withdrawal and complaint", translate=True, required=True)
    refusal = fields.Text("Without consent", translate=True, required=True)
    statement = fields.Text("What is signed", translate=True, required=True)
    is_signed = fields.Boolean("Signed", compute="_compute_is_signed")

    def _compute_is_signed(self):
        signed = self._signed()
        for text in self:
            text.is_signed = text in signed

    def _signed(self):
        """Those that somebody has signed. No relation leads from a wording to the patients who signed it."""
        consents = self.env["optoamc.consent"].sudo()
        signed = {text.id for (text,) in consents._read_group([("text_id", "in", self._origin.ids)], ["text_id"])}
        return self.filtered(lambda text: text._origin.id in signed)

    @api.model
    def _current(self):
        """The wording in use today.

        :raises UserError: there is none
        """
        own = Domain("company_id", "in", (False, self.env.company.id))
        text = self.search(own & Domain("date_from", "<=", self.env.company._optoamc_today()), limit=1)
        if not text:
            raise UserError(
                self.env._(
                    "There is no wording for the authorisation form: a manager writes one "
                    "(Third-party payment › Configuration › Authorisation forms)."
                )
            )
        return text

    @api.model
    def _approved(self, company):
        """The wording that the shop has approved, or its parent company: the only one that its patients sign."""
        # parent_ids holds the company itself, from the root down.
        approved = (shop.optoamc_consent_text_id for shop in reversed(company.sudo().parent_ids))
        return next(filter(None, approved), self.browse()).with_env(self.env)

    def write(self, vals):
        self._check_unsigned(vals)
        return super().write(vals)

    def _update_field_translations(self, field_name, *args, **kwargs):
        self._check_unsigned([field_name])
        return super()._update_field_translations(field_name, *args, **kwargs)

    def _check_unsigned(self, names):
        """:raises UserError: one of these fields is part of what a patient has signed"""
        if not set(names).isdisjoint(TEXTS) and (signed := self._signed()[:1]):
            raise UserError(
                self.env._("Patients have signed version %s: duplicate it and change the copy.", signed.name)
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_unsigned(self):
        if signed := self._signed()[:1]:
            raise UserError(self.env._("Patients have signed version %s: archive it instead.", signed.name))

    def copy_data(self, default=None):
        return [
            {
                **vals,
                "name": self.env._("%s (copy)", text.name),
                "date_from": self.env.company._optoamc_today(),
                "company_id": text.company_id.id or self._optoamc_own_company().id,
            }
            for text, vals in zip(self, super().copy_data(default), strict=True)
        ]
