from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.consent.optoamc_consent import METHODS, PURPOSES, RECIPIENTS
from ..models.consent.optoamc_consent_signatory import CAPACITIES, MAJORITY, MINOR_GROUNDS


class OptoamcConsentForm(models.TransientModel):
    """The authorisation form on screen: read with the patient, printed or signed, then recorded."""

    _name = "optoamc.consent.form"
    _description = "Authorisation form"
    _inherit = ["optoamc.own.screen"]
    _check_company_auto = True

    patient_id = fields.Many2one(
        "res.partner",
        required=True,
        ondelete="cascade",
        check_company=True,
        domain="[('is_company', '=', False)]",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    insurer_id = fields.Many2one(
        "res.partner",
        compute="_compute_insurer_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        domain="[('is_amc', '=', True)]",
        help="The form names this insurer and its platform, and lists the data that they receive.",
    )
    recipient = fields.Selection(RECIPIENTS, "Recipients", required=True, default="amc")
    for_quote = fields.Boolean("Quote", default=True, help="To ask the insurer what it would pay.")
    for_coverage = fields.Boolean("Coverage", default=True, help="To ask the insurer to pay the shop directly.")
    for_invoicing = fields.Boolean(
        "Invoicing", help="To send the insurer the invoice of what it has agreed to pay, so that it pays the shop."
    )
    valid_until = fields.Date(help="Empty: until it is withdrawn.")
    dossier_date = fields.Date("Date of the dossier", readonly=True)
    has_class_a = fields.Boolean("Equipment of class A", readonly=True)
    missing = fields.Json("To complete", compute="_compute_missing")
    document = fields.Html("Form", compute="_compute_document")
    method = fields.Selection(METHODS, "Given by", required=True, default="screen")
    is_minor = fields.Boolean(compute="_compute_is_minor")
    capacity = fields.Selection(
        CAPACITIES, "Signs as", compute="_compute_capacity", store=True, readonly=False, required=True, precompute=True
    )
    minor_ground = fields.Selection(
        MINOR_GROUNDS,
        "Why the minor signs",
        compute="_compute_minor_ground",
        store=True,
        readonly=False,
        help="Only for a minor who signs in person, without the parents.",
    )
    signatory = fields.Char("Signed by", compute="_compute_signatory", store=True, readonly=False)
    signature = fields.Binary(attachment=False)
    scan = fields.Binary("Signed form", attachment=False)
    scan_days = fields.Integer(compute="_compute_scan_days")

    @api.depends("patient_id")
    def _compute_insurer_id(self):
        for form in self:
            form.insurer_id = (
                form.insurer_id or form.patient_id.with_company(form.company_id).main_contract_id.insurer_id
            )

    @api.depends("patient_id", "insurer_id", "company_id", "recipient")
    def _compute_missing(self):
        consents = self.env["optoamc.consent"]
        for form in self:
            form.missing = form.patient_id and (
                consents._missing_to_sign(form.patient_id, form.insurer_id, form.company_id, form.recipient) or False
            )

    @api.depends("patient_id.birthdate", "company_id")
    def _compute_is_minor(self):
        for form in self:
            age = form.patient_id and form.patient_id._optoamc_age_on(form.company_id._optoamc_today())
            form.is_minor = bool(form.patient_id) and age is not None and age < MAJORITY

    @api.depends("is_minor")
    def _compute_capacity(self):
        for form in self:
            form.capacity = "parent" if form.is_minor else "patient"

    @api.depends("is_minor", "capacity")
    def _compute_minor_ground(self):
        for form in self:
            form.minor_ground = form.is_minor and form.capacity == "patient" and form.minor_ground

    @api.depends("patient_id", "capacity")
    def _compute_signatory(self):
        """The patient, or for a child the insured person, most often a parent."""
        for form in self:
            signatories = {"patient": form.patient_id.name, "parent": form.patient_id.insured_id.name}
            form.signatory = signatories.get(form.capacity, False)

    @api.depends("company_id")
    def _compute_scan_days(self):
        for form in self:
            form.scan_days = form.company_id.sudo().optoamc_scan_days

    @api.depends(
        "patient_id",
        "company_id",
        "insurer_id",
        "recipient",
        "missing",
        "dossier_date",
        "has_class_a",
        "for_quote",
        "for_coverage",
        "for_invoicing",
    )
    def _compute_document(self):
        consents = self.env["optoamc.consent"]
        for form in self:
            form.document = (
                form.patient_id
                and not form.missing
                and consents._render_form(
                    form.patient_id,
                    form._purposes(),
                    form.insurer_id,
                    form.company_id,
                    form.recipient,
                    consents._case(
                        form.patient_id, form.insurer_id, form.company_id, form.dossier_date, form.has_class_a
                    ),
                )
            )

    def _purposes(self):
        return [purpose for purpose, _label in PURPOSES if self[f"for_{purpose}"]]

    def action_print(self):
        """The form to sign on paper."""
        self.check_access("read")
        return self.env.ref("l10n_fr_optoamc.action_report_consent_form").report_action(self)

    def action_record(self):
        """Keep the signed form: a consent for each purpose that is ticked.

        :raises UserError: no purpose is ticked, or the scan is due at once and is not there
        :raises ValidationError: the signature is missing, the scan is no document, or who signs may not
        """
        self.ensure_one()
        purposes = self._purposes()
        if not purposes:
            raise UserError(self.env._("Tick what the patient agrees to."))
        is_paper = self.method == "paper"
        if is_paper and not self.scan and not self.scan_days:
            raise UserError(self.env._("This shop wants the signed paper scanned at once: add its scan."))
        common = {
            "patient_id": self.patient_id.id,
            "company_id": self.company_id.id,
            "insurer_id": self.insurer_id.id,
            "recipient": self.recipient,
            "method": self.method,
            "capacity": self.capacity,
            "minor_ground": self.minor_ground,
            "signatory": self.signatory,
            "signature": not is_paper and self.signature,
            "scan": is_paper and self.scan,
            "valid_until": self.valid_until,
            "dossier_date": self.dossier_date,
            "has_class_a": self.has_class_a,
        }
        self.env["optoamc.consent"].create([{**common, "purpose": purpose} for purpose in purposes])
        wizard = self.env["optoamc.request.wizard"].browse(self.env.context.get("optoamc_wizard_id"))
        return wizard._reopen() if wizard else {"type": "ir.actions.act_window_close"}
