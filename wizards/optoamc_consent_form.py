from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.consent.optoamc_consent import METHODS, PURPOSES, RECIPIENTS


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
        help="The form lists the data that this insurer receives.",
    )
    recipient = fields.Selection(RECIPIENTS, "Recipients", required=True, default="amc")
    for_quote = fields.Boolean("Quote", default=True)
    for_coverage = fields.Boolean("Coverage", default=True)
    for_invoicing = fields.Boolean("Invoicing")
    valid_until = fields.Date(help="Empty: until it is withdrawn.")
    document = fields.Html("Form", compute="_compute_document")
    method = fields.Selection(METHODS, "Given by", required=True, default="screen")
    signatory = fields.Char(
        "Signed by",
        compute="_compute_signatory",
        store=True,
        readonly=False,
        help="The patient, or who answers for a child or a protected adult.",
    )
    signature = fields.Binary(attachment=False)
    scan = fields.Binary("Signed form", attachment=False)

    @api.depends("patient_id")
    def _compute_insurer_id(self):
        for form in self:
            form.insurer_id = form.insurer_id or form.patient_id.main_contract_id.insurer_id

    @api.depends("patient_id")
    def _compute_signatory(self):
        for form in self:
            form.signatory = form.patient_id.name

    @api.depends("patient_id", "company_id", "insurer_id", "recipient", "for_quote", "for_coverage", "for_invoicing")
    def _compute_document(self):
        consents = self.env["optoamc.consent"]
        for form in self:
            form.document = form.patient_id and consents._render_form(
                form.patient_id, form._purposes(), form.insurer_id, form.company_id, form.recipient
            )

    def _purposes(self):
        return [purpose for purpose, _label in PURPOSES if self[f"for_{purpose}"]]

    def action_print(self):
        """The form to sign on paper."""
        self.check_access("read")
        return self.env.ref("l10n_fr_optoamc.action_report_consent_form").report_action(self)

    def action_record(self):
        """Keep the signed form: a consent for each purpose that is ticked.

        :raises UserError: no purpose is ticked
        :raises ValidationError: the signature is missing, or the scan is no document
        """
        self.ensure_one()
        purposes = self._purposes()
        if not purposes:
            raise UserError(self.env._("Tick what the patient agrees to."))
        common = {
            "patient_id": self.patient_id.id,
            "company_id": self.company_id.id,
            "insurer_id": self.insurer_id.id,
            "recipient": self.recipient,
            "method": self.method,
            "signatory": self.signatory,
            "signature": self.method == "screen" and self.signature,
            "scan": self.method == "paper" and self.scan,
            "valid_until": self.valid_until,
        }
        self.env["optoamc.consent"].create([{**common, "purpose": purpose} for purpose in purposes])
        wizard = self.env["optoamc.request.wizard"].browse(self.env.context.get("optoamc_wizard_id"))
        return wizard._reopen() if wizard else {"type": "ir.actions.act_window_close"}
