from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class OptoamcPlatformAccess(models.TransientModel):
    """A company's login, password and certificate at a platform, which a manager types but cannot read.

    Once applied, the secrets lie where the system group alone reads them, and this record is
    deleted in the same transaction. One that is filled in and left goes with Odoo's clean-up of
    screens; until then only who typed it can read it.
    """

    _name = "optoamc.platform.access"
    _description = "Login and certificate at a platform"
    _inherit = ["optoamc.own.screen"]

    platform_id = fields.Many2one("optoamc.platform", required=True, readonly=True, ondelete="cascade")
    username = fields.Char("Login", compute="_compute_username", store=True, readonly=False, copy=False)
    password = fields.Char(copy=False, help="Empty: the one stored is kept.")
    access_key = fields.Char(
        "Access key", copy=False, help="Where the platform wants one besides. Empty: the one stored is kept."
    )
    certificate = fields.Binary(
        attachment=False, copy=False, help="A .p12 or .pfx file. Empty: the one stored is kept."
    )
    certificate_password = fields.Char("Certificate's password", copy=False)

    @api.depends("platform_id")
    def _compute_username(self):
        for access in self:
            access.username = access.platform_id.username

    def action_apply(self):
        """Store what was typed.

        :raises UserError: the file is not a certificate, or the password does not open it
        """
        self.ensure_one()
        if not self.env.user.has_group("l10n_fr_optoamc.group_manager"):
            raise AccessError(self.env._("Only a third-party payment manager sets a platform up."))
        company = self.env.company  # before sudo: it is checked to be one of the user's
        values = {"username": self.username or False}
        if self.password:
            values["password"] = self.password
        if self.access_key:
            values["access_key"] = self.access_key
        if self.certificate:
            values["certificate_id"] = self._new_certificate(company).id
        self.platform_id.sudo().with_company(company).write(values)
        self.sudo().unlink()
        return {"type": "ir.actions.act_window_close"}

    def _new_certificate(self, company):
        certificate = (
            self.env["certificate.certificate"]
            .sudo()
            .create(
                {
                    "name": f"{self.platform_id.name} – {company.name}",
                    "content": self.certificate,
                    "pkcs12_password": self.certificate_password,
                    "company_id": company.id,
                }
            )
        )
        if certificate.loading_error or not certificate.private_key_id:
            raise UserError(
                self.env._(
                    "This file does not open: it must be a .p12 or .pfx with its private key, and its password."
                )
            )
        if not certificate.is_valid:
            raise UserError(self.env._("This certificate is out of date, or not valid yet."))
        return certificate
