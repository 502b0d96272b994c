from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..mixin.uploads import check_document
from ..platform.consent_notice import options_sent, transmitted_fields

PURPOSES = [("quote", "Quote"), ("coverage", "Coverage"), ("invoicing", "Invoicing")]
RECIPIENTS = [
    ("amc", "Complementary insurers and their platforms"),
    ("amo", "Compulsory health insurance"),
]
METHODS = [("paper", "Signed paper"), ("screen", "Signature on screen")]

#: All that may still be said of a consent once it is given, and once only.
AFTERWARDS = {"withdrawn_on", "scan"}


class OptoamcConsent(models.Model):
    """A patient's express consent to send data for a purpose, with the form as it was signed.

    One record a purpose and category of recipients: consent is specific (GDPR, articles 4 and 7).
    It is never changed, only withdrawn; another form is signed instead.
    """

    _name = "optoamc.consent"
    _description = "Patient's consent"
    _order = "given_on desc, id desc"
    _check_company_auto = True

    patient_id = fields.Many2one("res.partner", required=True, ondelete="restrict", index=True, check_company=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    purpose = fields.Selection(PURPOSES, required=True)
    recipient = fields.Selection(RECIPIENTS, "Recipients", required=True, default="amc")
    insurer_id = fields.Many2one(
        "res.partner",
        "Insurer on the form",
        ondelete="restrict",
        index="btree_not_null",
        help="Whose list of optional data the patient read.",
    )
    method = fields.Selection(METHODS, "Given by", required=True, default="paper")
    signatory = fields.Char(
        "Signed by",
        compute="_compute_signatory",
        store=True,
        readonly=False,
        precompute=True,
        help="The patient, or who answers for a child or a protected adult.",
    )
    signature = fields.Binary(attachment=True, copy=False)
    scan = fields.Binary("Signed form", attachment=True, copy=False)
    text_id = fields.Many2one(
        "optoamc.consent.text", "Version of the form", required=True, readonly=True, ondelete="restrict", index=True
    )
    document = fields.Html("Form as signed", readonly=True, copy=False)
    options = fields.Json(
        "Optional data named", readonly=True, copy=False, help="Those that left when the patient read the form."
    )
    given_on = fields.Date(required=True, default=lambda self: self.env.company._optoamc_today())
    valid_until = fields.Date(help="Empty: until it is withdrawn.")
    withdrawn_on = fields.Date(copy=False)
    withdrawn_by_id = fields.Many2one("res.users", "Withdrawal recorded by", readonly=True, copy=False)
    collected_by_id = fields.Many2one("res.users", "Collected by", required=True, default=lambda self: self.env.user)
    is_current = fields.Boolean("In force", compute="_compute_is_current", search="_search_is_current")

    @api.depends("patient_id", "purpose", "given_on")
    def _compute_display_name(self):
        purposes = dict(self._fields["purpose"]._description_selection(self.env))
        for consent in self:
            consent.display_name = f"{purposes.get(consent.purpose)} – {consent.given_on}"

    @api.depends("patient_id")
    def _compute_signatory(self):
        for consent in self:
            consent.signatory = consent.patient_id.name

    @api.depends("given_on", "valid_until", "withdrawn_on")
    def _compute_is_current(self):
        for company, consents in self.grouped("company_id").items():
            current = consents.filtered_domain(self._current_domain(company))
            for consent in consents:
                consent.is_current = consent in current

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._current_domain(self.env.company)

    @api.model
    def _current_domain(self, company):
        today = company._optoamc_today()
        return (
            Domain("given_on", "<=", today)
            & (Domain("valid_until", "=", False) | Domain("valid_until", ">=", today))
            & Domain("withdrawn_on", "=", False)
        )

    @api.model
    def _covers(self, patient, purpose, company, recipient="amc", options=()):
        """Whether the patient's consent to this purpose is in force; see :meth:`_covered`."""
        return purpose in self._covered(patient, company, recipient, options)

    @api.model
    def _covered(self, patient, company, recipient="amc", options=()):
        """The purposes of the patient's consents that are in force today in this company.

        :param options: optional data that are about to leave: the form has to have named them
        """
        given = (
            Domain("patient_id", "=", patient.id)
            & Domain("company_id", "=", company.id)
            & Domain("recipient", "=", recipient)
        )
        current = self.sudo().search_fetch(given & self._current_domain(company), ["purpose", "options"])
        return {consent.purpose for consent in current if set(options) <= set(consent.options or ())}

    # -- what was signed ----------------------------------------------------------------------

    @api.constrains("method", "signature")
    def _check_signature(self):
        for consent in self:
            if consent.method == "screen" and not consent.signature:
                raise ValidationError(self.env._("Have the form signed on the screen first."))

    @api.constrains("scan", "signature")
    def _check_files(self):
        for consent in self:
            for name in ("scan", "signature"):
                check_document(self.env, consent[name], self._fields[name]._description_string(self.env))

    @api.constrains("given_on")
    def _check_given_on(self):
        if any(consent.given_on > consent.company_id._optoamc_today() for consent in self):
            raise ValidationError(self.env._("A consent is not given in the future."))

    @api.model_create_multi
    def create(self, vals_list):
        """Keep with each consent the form as it reads today: whoever creates it has no say in that."""
        text = self.env["optoamc.consent.text"]._current()
        purposes = defaultdict(list)
        for vals in vals_list:
            purposes[self._form_of(vals)].append(vals.get("purpose"))
        signed = {
            (patient, insurer, company, recipient): {
                "text_id": text.id,
                "document": self._render_form(patient, ticked, insurer, company, recipient),
                "options": sorted(options_sent(self.env, insurer, company)),
            }
            for (patient, insurer, company, recipient), ticked in purposes.items()
        }
        return super().create([{**vals, **signed[self._form_of(vals)]} for vals in vals_list])

    def _form_of(self, vals):
        """The patient, insurer, company and recipients of the form that new values come from."""
        partners = self.env["res.partner"]
        return (
            partners.browse(vals.get("patient_id")),
            partners.browse(vals.get("insurer_id") or None),
            self.env["res.company"].browse(vals.get("company_id", self.env.company.id)),
            vals.get("recipient", "amc"),
        )

    @api.model
    def _render_form(self, patient, purposes, insurer, company, recipient="amc"):
        """The authorisation form in the shop's language, without its signature: HTML.

        :param purposes: the keys of :data:`PURPOSES` that are ticked
        :param insurer: whose fields are listed; empty, those of the shop's default
        """
        for record in (patient, insurer, company):
            record.check_access("read")
        lang = company.partner_id.lang or self.env.lang
        env = self.sudo().with_context(lang=lang).with_company(company).env
        consents = env["optoamc.consent"]
        return env["ir.qweb"]._render(
            "l10n_fr_optoamc.consent_form",
            {
                "text": env["optoamc.consent.text"]._current(),
                "patient": patient.with_env(env),
                "company": company.with_env(env),
                "insurer": insurer.with_env(env),
                "recipient": dict(consents._fields["recipient"]._description_selection(env))[recipient],
                "purposes": [
                    (label, key in purposes) for key, label in consents._fields["purpose"]._description_selection(env)
                ],
                "transmitted": recipient == "amc" and transmitted_fields(env, insurer, company),
                "retentions": env["optoamc.retention"].search(Domain.TRUE),
            },
            lang=lang,
        )

    @api.model
    def _open_form(self, patient, purposes, insurer, company=None, **context):
        """The authorisation form on screen, to print or to sign: an action.

        :param purposes: keys of :data:`PURPOSES` to tick
        :param context: what the form needs to come back to where it was opened
        """
        values = {
            "patient_id": patient.id,
            "company_id": (company or self.env.company).id,
            "insurer_id": insurer.id,
            **{f"for_{purpose}": purpose in purposes for purpose, _label in PURPOSES},
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Authorisation – %s", patient.display_name),
            "res_model": "optoamc.consent.form",
            "views": [(False, "form")],
            "target": "new",
            "context": context | {f"default_{name}": value for name, value in values.items()},
        }

    # -- what happens afterwards --------------------------------------------------------------

    def write(self, vals):
        """Only a withdrawal, or the scan of a form signed on paper, once.

        :raises UserError: something else of what was signed, or said since, would change
        """
        said = self.with_context(bin_size=True)
        fixed = vals.keys() - AFTERWARDS or {name for name in vals if any(said.mapped(name))}
        if fixed:
            raise UserError(
                self.env._("A consent is not changed (%s): withdraw it and have another form signed.", min(fixed))
            )
        if vals.get("withdrawn_on"):
            vals = {**vals, "withdrawn_by_id": self.env.uid}
        result = super().write(vals)
        if vals.get("withdrawn_on"):
            self._stop_requests()
            withdrawn = [(consent, consent.patient_id) for consent in self]
            self.env["optoamc.privacy.log"]._record("withdrawal", withdrawn)
        return result

    def action_withdraw(self):
        """The patient takes the consent back: what waits is not sent, and nothing new is."""
        for company, consents in self.filtered(lambda consent: not consent.withdrawn_on).grouped("company_id").items():
            consents.withdrawn_on = company._optoamc_today()

    def _stop_requests(self):
        """Take back what has not left yet. What an insurer has stays under way there: asking how it
        stands, or cancelling it, tells nothing more about the patient."""
        requests = self.env["optoamc.request"].sudo()
        for consent in self:
            requests |= requests.search(
                [
                    ("patient_id", "=", consent.patient_id.id),
                    ("company_id", "=", consent.company_id.id),
                    ("kind", "=", consent.purpose),
                    ("state", "=", "queued"),
                ]
            )
        requests._stop_without_consent()
        checks = self.env["optoamc.rights.check"].sudo()
        checks.search([("contract_id.partner_id", "in", self.patient_id.ids), ("state", "=", "queued")]).unlink()

    def action_print(self):
        """The form as it was signed."""
        return self.env.ref("l10n_fr_optoamc.action_report_consent").report_action(self)

    def action_new(self):
        """Have the form signed again."""
        self.ensure_one()
        return self._open_form(self.patient_id, [self.purpose], self.insurer_id, self.company_id)
