from __future__ import annotations

import base64
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date


class OptoamcPrivacyRequest(models.TransientModel):
    """A patient uses a right: handed out, corrected, opposed or erased, and logged each time.

    What is handed out stays with the officer who made it; each time it is opened leaves a row.
    """

    _name = "optoamc.privacy.request"
    _description = "Patient's right"
    _inherit = ["optoamc.own.screen", "optoamc.access.logged"]
    _logged_fields = ("file",)
    _check_company_auto = True

    patient_id = fields.Many2one(
        "res.partner",
        required=True,
        default=lambda self: (
            self.env.context.get("active_model") == "res.partner" and self.env.context.get("active_id")
        ),
        ondelete="cascade",
        domain="[('is_company', '=', False)]",
    )
    right = fields.Selection(
        [
            ("access", "Access"),
            ("portability", "Portability"),
            ("rectification", "Rectification"),
            ("opposition", "Opposition"),
            ("erasure", "Erasure"),
        ],
        required=True,
        default="access",
    )
    request_date = fields.Date("Asked on", required=True, default=lambda self: self.env.company._optoamc_today())
    is_identity_checked = fields.Boolean(
        "Identity checked", help="Data are handed only to the person, or to somebody acting on the person's behalf."
    )
    recipients = fields.Char(
        "Insurers to inform",
        compute="_compute_recipients",
        help="Data about the person were sent to them: tell them of a correction or an erasure (GDPR, article 19).",
    )
    kept = fields.Html("What stays", compute="_compute_kept")
    erased_on = fields.Datetime(related="patient_id.optoamc_erased_on", related_sudo=False)
    answered_on = fields.Datetime("Answered on", readonly=True)
    history = fields.Html(compute="_compute_history")
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    def _optoamc_logged_patient(self):
        return self.patient_id

    @api.depends("patient_id")
    def _compute_recipients(self):
        for request in self:
            request.recipients = ", ".join(request.patient_id._optoamc_data_recipients().mapped("name"))

    @api.depends("patient_id", "right")
    def _compute_kept(self):
        """What an erasure leaves, or has left: on what ground, and until when."""
        for request in self:
            patient = request.patient_id.sudo()
            rows = self.env["optoamc.kept.data"]
            if patient and request.right == "erasure":
                rows = rows.sudo()._of(patient)
            request.kept = self.env["ir.qweb"]._render("l10n_fr_optoamc.privacy_kept", {"rows": rows})

    @api.depends("patient_id")
    def _compute_history(self):
        """The trail of what was corrected, opposed and handed out before."""
        for request in self:
            # Rows about nobody are of searches and roles: before a patient is chosen there is no history.
            rows = self.env["optoamc.privacy.log"].search(
                [
                    ("patient_id", "in", request.patient_id.ids),
                    ("company_id", "=", self.env.company.id),
                    ("event", "not in", ("read", "export", "file", "print")),
                ]
            )
            request.history = self.env["ir.qweb"]._render("l10n_fr_optoamc.privacy_history", {"rows": rows})

    def action_answer(self):
        """Do what the right asks for.

        :raises AccessError: somebody else than the privacy officer
        :raises UserError: the person's identity was not checked, or a request is open at an insurer,
            or granted and not invoiced
        """
        self.ensure_one()
        if not self.env.user.has_group("l10n_fr_optoamc.group_privacy_officer"):
            raise AccessError(self.env._("Only the privacy officer answers patients' demands about their data."))
        self.patient_id.check_access("read")
        if not self.is_identity_checked:
            raise UserError(
                self.env._("First check the identity of the person asking: the answer contains health data.")
            )
        if self.answered_on:
            raise UserError(self.env._("This demand is answered already: close this window and open a new one."))
        action = getattr(self, f"_answer_{self.right}")()
        self.answered_on = fields.Datetime.now()
        detail = self.env._("asked on %s", format_date(self.env, self.request_date))
        self.env["optoamc.privacy.log"]._record(self.right, [(self.patient_id, self.patient_id)], detail)
        return action

    def _answer_access(self):
        """A readable copy: PDF."""
        content, _kind = (
            self.env["ir.actions.report"]
            .sudo()
            ._render_qweb_pdf("l10n_fr_optoamc.report_personal_data", self.patient_id.ids)
        )
        return self._hand_out(content, "pdf")

    def _answer_portability(self):
        """A copy for machines: JSON."""
        data = {"patient": self.patient_id.name, "data": self.patient_id.sudo()._optoamc_personal_data()}
        return self._hand_out(json.dumps(data, ensure_ascii=False, indent=1).encode(), "json")

    def _hand_out(self, content, extension):
        # No name in the file's name: it stays in browsers' lists of downloads.
        self.write({"file": base64.b64encode(content), "file_name": f"dossier_{self.patient_id.id}.{extension}"})
        return self._reopen()

    def _answer_rectification(self):
        """The person's form, to correct; what is changed there is logged field by field."""
        return self.patient_id._get_records_action()

    def _answer_opposition(self):
        """Nothing is sent any more."""
        own = [("patient_id", "=", self.patient_id.id), ("company_id", "=", self.env.company.id)]
        self.env["optoamc.consent"].sudo().search(own).action_withdraw()
        return self._reopen()

    def _answer_erasure(self):
        if granted := self.patient_id._optoamc_unbilled_agreements()[:1]:
            raise UserError(
                self.env._(
                    "%s is granted and not invoiced: without its data the shop could not have it paid. "
                    "Invoice it or cancel it, then erase.",
                    granted.display_name,
                )
            )
        self.patient_id._optoamc_erase_personal_data()
        return self._reopen()

    def _reopen(self):
        return self._get_records_action(name=self.env._("Patients' rights"), target="new")
