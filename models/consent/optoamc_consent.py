import uuid
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.misc import clean_context

from ..mixin.access_first import check_first
from ..mixin.labelled import bullets
from ..mixin.uploads import check_document
from ..platform.consent_notice import options_sent, transmitted_fields

PURPOSES = [("quote", "Quote"), ("coverage", "Coverage"), ("invoicing", "Invoicing")]
RECIPIENTS = [
    ("amc", "Complementary insurers and their platforms"),
    ("amo", "Compulsory health insurance"),
]
METHODS = [("paper", "Signed paper"), ("screen", "Signature on screen")]

#: What a person says of a consent when it is recorded; all the rest is the system's own.
SAID = {
    "patient_id",
    "company_id",
    "purpose",
    "recipient",
    "insurer_id",
    "method",
    "capacity",
    "minor_ground",
    "signatory",
    "signature",
    "scan",
    "valid_until",
    "dossier_date",
    "has_class_a",
}

#: What may still be said of it afterwards, once: by a person, by the system.
SAID_LATER, RECORDED_LATER = {"scan"}, {"withdrawn_on", "unscanned_until"}


class OptoamcConsent(models.Model):
    """A patient's express consent to send data for a purpose, with the form as it was signed.

    One record a purpose and insurer: consent is specific (GDPR, articles 4 and 7). A second insurer has a
    form of its own, since its platform and its optional data are others, and the patient may withdraw from
    one alone. It is never changed, only withdrawn; another form is signed instead.
    """

    _name = "optoamc.consent"
    _description = "Patient's consent"
    _inherit = ["optoamc.shop.owned", "optoamc.access.logged", "mail.thread", "mail.activity.mixin"]
    _logged_fields = (
        "display_name",
        "purpose",
        "recipient",
        "insurer_id",
        "signatory",
        "signature",
        "scan",
        "document",
    )
    _traced_deletion = True
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
        help="The only one that the data may be sent to. By default the patient's first insurer today.",
    )
    platform_id = fields.Many2one(
        "optoamc.platform",
        "Platform on the form",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The only one that the data may go through.",
    )
    method = fields.Selection(METHODS, "Given by", required=True, default="paper")
    signature = fields.Binary(attachment=True, copy=False)
    scan = fields.Binary("Signed form", attachment=True, copy=False)
    sheet = fields.Char(
        readonly=True, copy=False, index="btree_not_null", help="The consents of one signed form have it in common."
    )
    text_id = fields.Many2one(
        "optoamc.consent.text",
        "Version of the form",
        required=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        index=True,
    )
    document = fields.Html("Form as signed", readonly=True, copy=False)
    options = fields.Json(
        "Optional data named", readonly=True, copy=False, help="Those that left when the patient read the form."
    )
    dossier_date = fields.Date(
        "Date of the dossier", copy=False, help="Which data leave depends on it. Empty: the day of the signature."
    )
    has_class_a = fields.Boolean("Equipment of class A", copy=False, help="Of which only group codes leave.")
    given_on = fields.Date(required=True, readonly=True, copy=False)
    valid_until = fields.Date(help="Empty: until it is withdrawn.")
    withdrawn_on = fields.Date(readonly=True, copy=False)
    withdrawn_by_id = fields.Many2one("res.users", "Withdrawal recorded by", readonly=True, copy=False)
    collected_by_id = fields.Many2one("res.users", "Collected by", required=True, readonly=True, copy=False)
    expires_on = fields.Date(
        "Valid until",
        compute="_compute_expires_on",
        store=True,
        help="The last day on which something may be sent with it, if there is one: by the patient's will, for want "
        "of the signed paper's scan, or because the patient becomes an adult.",
    )
    is_current = fields.Boolean("In force", compute="_compute_is_current", search="_search_is_current")

    @api.depends("patient_id", "purpose", "given_on")
    @api.depends_context("lang")
    def _compute_display_name(self):
        purposes = dict(self._fields["purpose"]._description_selection(self.env))
        for consent in self:
            parts = (purposes.get(consent.purpose), format_date(self.env, consent.given_on))
            consent.display_name = " – ".join(filter(None, parts))

    @api.depends("valid_until", "unscanned_until", "capacity", "minor_ground", "given_on", "patient_id.birthdate")
    def _compute_expires_on(self):
        for consent in self:
            consent.expires_on = min(filter(None, consent._ends()), default=False)

    def _ends(self):
        """The last days on which the consent serves, each for a reason of its own; empty ones count for nothing."""
        return [self.valid_until, self.unscanned_until, self._capacity_ends()]

    @api.depends("given_on", "expires_on", "withdrawn_on")
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
            & (Domain("expires_on", "=", False) | Domain("expires_on", ">=", today))
            & Domain("withdrawn_on", "=", False)
        )

    def _optoamc_logged_patient(self):
        return self.patient_id

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

    @api.model_create_multi
    def create(self, vals_list):
        """Keep with each consent the form as it reads today, who collected it and when.

        :raises UserError: the caller states something that the system alone records, or the form cannot be
            signed yet (:meth:`_missing_to_sign`)
        """
        self.check_access("create")
        vals_list = [self._signatory_values(vals) for vals in vals_list]
        self._optoamc_check_own_shop(vals_list)
        self._optoamc_check_links(vals_list)
        if not self.env.su and (forged := {name for vals in vals_list for name in vals} - SAID):
            raise UserError(self.env._("The system itself records this of a consent: %s.", min(forged)))
        forms = [self._form_of(vals) for vals in vals_list]
        purposes = defaultdict(list)
        for form, vals in zip(forms, vals_list, strict=True):
            purposes[form].append(vals.get("purpose"))
        recorded = {form: self._recorded_values(*form, ticked) for form, ticked in purposes.items()}
        values = [
            {
                **recorded[form],
                "unscanned_until": self._unscanned_until(vals, form[2]),
                **vals,
                "insurer_id": form[1].id,
            }
            for form, vals in zip(forms, vals_list, strict=True)
        ]
        # A caller's defaults would fill in what nobody said.
        own = {**clean_context(self.env.context), "mail_create_nolog": True, "mail_create_nosubscribe": True}
        consents = super(OptoamcConsent, self.with_env(self.env(context=own))).create(values)
        consents._ask_for_scans()
        return consents.with_env(self.env)

    def _form_of(self, vals):
        """The patient, insurer, company, recipients and case of the form that new values come from."""
        partners, recipient = self.env["res.partner"], vals.get("recipient") or "amc"
        patient = partners.browse(vals.get("patient_id"))
        insurer = partners.browse(vals.get("insurer_id") or None)
        if not insurer and recipient == "amc":
            insurer = patient.sudo().main_contract_id.insurer_id.with_env(self.env)
        company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
        date = fields.Date.to_date(vals.get("dossier_date"))
        return (
            patient,
            insurer,
            company,
            recipient,
            self._case(patient, insurer, company, date, vals.get("has_class_a")),
        )

    def _recorded_values(self, patient, insurer, company, recipient, case, purposes):
        """What the system records of a form that is signed now."""
        if missing := self._missing_to_sign(patient, insurer, company, recipient):
            raise UserError(
                self.env._("Nothing can be signed yet:")
                + bullets(self.env, ((item["label"], item["reason"]) for item in missing))
            )
        return {
            "text_id": self.env["optoamc.consent.text"]._approved(company).id,
            "document": self._render_form(patient, purposes, insurer, company, recipient, case),
            "options": sorted(options_sent(self.env, insurer, company, case)),
            "platform_id": insurer.sudo().optoamc_platform_id.id if recipient == "amc" else False,
            "sheet": str(uuid.uuid4()),
            "given_on": company._optoamc_today(),
            "collected_by_id": self.env.uid,
            "withdrawn_on": False,
            "withdrawn_by_id": False,
        }

    @api.model
    def _missing_to_sign(self, patient, insurer, company, recipient="amc"):
        """What keeps the form from being signed, each with the place where it is typed: list of dicts."""
        missing, known = [], patient.sudo()
        on_patient = {"model": "res.partner", "id": patient.id}
        if recipient == "amc" and insurer not in known.optoamc_contract_ids.insurer_id:
            missing.append(
                {
                    "label": self.env._("Contract"),
                    "reason": self.env._("the patient has none with an insurer that the form could name"),
                    "field": "optoamc_contract_ids",
                    **on_patient,
                }
            )
        if not known.birthdate:
            missing.append(
                {
                    "label": known._fields["birthdate"]._description_string(self.env),
                    "reason": self.env._("who signs depends on it"),
                    "field": "birthdate",
                    **on_patient,
                }
            )
        if not self.env["optoamc.consent.text"]._approved(company):
            missing.append(
                {
                    "label": self.env._("Wording of the authorisation form"),
                    "reason": self.env._("a manager reads and approves it (Third-party payment › First steps)"),
                    "model": False,
                    "id": False,
                    "field": "text_id",
                }
            )
        return missing

    @api.model
    def _render_form(self, patient, purposes, insurer, company, recipient="amc", case=None):
        """The authorisation form in the shop's language, without its signature: HTML.

        :param purposes: the keys of :data:`PURPOSES` that are ticked
        :param insurer: whose fields are listed; empty, those of the shop's default
        :param case: what of the dossier decides of its profile; see :meth:`_case`
        """
        case = case or self._case(patient, insurer, company)
        for record in (patient, insurer, company):
            record.check_access("read")
        lang = company.partner_id.lang or self.env.lang
        env = self.sudo().with_context(lang=lang).with_company(company).env
        consents = env["optoamc.consent"]
        return env["ir.qweb"]._render(
            "l10n_fr_optoamc.consent_form",
            {
                "text": env["optoamc.consent.text"]._approved(company),
                "patient": patient.with_env(env),
                "company": company.with_env(env),
                "insurer": insurer.with_env(env),
                "recipient": dict(consents._fields["recipient"]._description_selection(env))[recipient],
                "purposes": [
                    (label, key in purposes, key)
                    for key, label in consents._fields["purpose"]._description_selection(env)
                ],
                "transmitted": recipient == "amc" and transmitted_fields(env, insurer, company, case),
                "retentions": env["optoamc.retention"].search(Domain.TRUE),
            },
            lang=lang,
        )

    @api.model
    def _open_form(self, patient, purposes, insurer, company=None, case=None, **context):
        """The authorisation form on screen, to print or to sign: an action.

        :param purposes: keys of :data:`PURPOSES` to tick
        :param case: of the dossier, when there is one
        :param context: what the form needs to come back to where it was opened
        """
        values = {
            "patient_id": patient.id,
            "company_id": (company or self.env.company).id,
            "insurer_id": insurer.id,
            **({"dossier_date": case.date, "has_class_a": case.has_class_a} if case else {}),
            **{f"for_{purpose}": purpose in purposes for purpose, _label in PURPOSES},
        }
        return self.env["optoamc.consent.form"]._get_records_action(
            name=self.env._("Authorisation – %s", patient.display_name),
            target="new",
            context={
                "dialog_size": "extra-large",
                **context,
                **{f"default_{name}": value for name, value in values.items()},
            },
        )

    # -- what happens afterwards --------------------------------------------------------------

    def write(self, vals):
        """Only a withdrawal, by its action, or the scan of a form signed on paper, once.

        :raises UserError: something else of what was signed, or said since, would change
        """
        check_first(self, "write")
        said = self.with_context(bin_size=True)
        allowed = SAID_LATER | RECORDED_LATER if self.env.su else SAID_LATER
        once = vals.keys() & {"scan", "withdrawn_on"}
        if fixed := (vals.keys() - allowed) | {name for name in once if any(said.mapped(name))}:
            raise UserError(
                self.env._("A consent is not changed (%s): withdraw it and have another form signed.", min(fixed))
            )
        if vals.get("withdrawn_on"):
            vals = {**vals, "withdrawn_by_id": self.env.uid}
        result = super().write(vals)
        if vals.get("scan"):
            self._receive_scan()
        if vals.get("withdrawn_on"):
            self._stop_requests()
            withdrawn = [(consent, consent.patient_id) for consent in self]
            self.env["optoamc.privacy.log"]._record("withdrawal", withdrawn)
        return result

    def action_withdraw(self):
        """The patient takes the consent back: what waits is not sent, and nothing new is."""
        self.check_access("write")
        for company, consents in self.filtered(lambda consent: not consent.withdrawn_on).grouped("company_id").items():
            consents.sudo().withdrawn_on = company._optoamc_today()

    def _stop_requests(self):
        """Take back what has not left yet. What an insurer has stays under way there: asking how it
        stands, or cancelling it, tells nothing more about the patient."""
        requests, checks = self.env["optoamc.request"].sudo(), self.env["optoamc.rights.check"].sudo()
        for consent in self:
            waits = Domain("company_id", "=", consent.company_id.id) & Domain("state", "=", "queued")
            about = Domain("patient_id", "=", consent.patient_id.id) & Domain("kind", "=", consent.purpose)
            requests |= requests.search(waits & about)
            checks |= checks.search(waits & Domain("contract_id.partner_id", "=", consent.patient_id.id))
        requests._cancel_without_consent()
        checks.unlink()

    def action_print(self):
        """The form as it was signed."""
        return self.env.ref("l10n_fr_optoamc.action_report_consent").report_action(self)

    def action_new(self):
        """Have the form signed again."""
        self.ensure_one()
        case = self.dossier_date and self._case(
            self.patient_id, self.insurer_id, self.company_id, self.dossier_date, self.has_class_a
        )
        return self._open_form(self.patient_id, [self.purpose], self.insurer_id, self.company_id, case or None)
