from datetime import timedelta

from odoo import api, fields, models

from ..mixin.reader_lang import in_lang_of

#: Of the activity that asks for a scan.
TODO = "mail.mail_activity_data_todo"


class OptoamcConsent(models.Model):
    """The scan of a form signed on paper: due within the shop's days, and without it the consent serves no more."""

    _inherit = "optoamc.consent"

    unscanned_until = fields.Date(
        "Valid without scan until",
        readonly=True,
        copy=False,
        help="The last day on which the signed paper serves while its scan is not here. Empty: it is, or none is due.",
    )

    @api.model
    def _unscanned_until(self, vals, company):
        """The last day on which new values serve without a scan: with a term of 0 days, the day before they came."""
        if vals.get("method", "paper") != "paper" or vals.get("scan"):
            return False
        days = company.sudo().optoamc_scan_days
        return company._optoamc_today() + timedelta(days=days or -1)

    def _ask_for_scans(self):
        """An activity a sheet of paper, for the person who collected it."""
        for consents in self.filtered("unscanned_until").grouped("sheet").values():
            consent = consents[:1]
            user = consent.collected_by_id
            asked = in_lang_of(consent, user)
            asked.activity_schedule(
                TODO,
                date_deadline=max(consent.unscanned_until, consent.given_on),
                # Activities are also read where patients are not, and by e-mail: initials tell two apart.
                summary=asked.env._("Scan the signed authorisation (%s)", consent.patient_id._optoamc_initials()),
                note=asked.env._("Without its scan, nothing is sent with this authorisation after this day."),
                user_id=user.id,
            )

    def _receive_scan(self):
        """One sheet of paper may bear several consents: its scan is that of them all, and they serve again."""
        for sheet, consents in self.sudo().grouped("sheet").items():
            others = consents.search([("sheet", "=", sheet), ("scan", "=", False)]) if sheet else consents.browse()
            scan = consents[:1].with_context(bin_size=False).scan
            for other in others:
                other.scan = scan
            consents.unscanned_until = False
            (consents | others).activity_unlink([TODO])
