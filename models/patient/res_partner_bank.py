from odoo import api, models
from odoo.exceptions import AccessError

from ..mixin.access_first import check_first


class ResPartnerBank(models.Model):
    """Where insurers and funds are paid: by who may change them, or keeps the books."""

    _inherit = "res.partner.bank"

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        accounts._optoamc_check_payers()
        return accounts

    def write(self, vals):
        check_first(self, "write")  # first: the refusal names the holder
        self._optoamc_check_payers()
        result = super().write(vals)
        if "partner_id" in vals:
            self._optoamc_check_payers()
        return result

    def _optoamc_check_payers(self):
        """:raises AccessError: the holder is an insurer or a fund that the user may not change"""
        if self.env.su or self.env.user.has_group("account.group_account_invoice"):
            return
        for holder in self.sudo().partner_id:
            payer = (holder | holder.commercial_partner_id).filtered(lambda kept: kept.is_amc or kept.is_amo)[:1]
            if payer and not payer.with_env(self.env).can_edit_insurer:
                raise AccessError(
                    self.env._(
                        "The bank accounts of insurers and funds are changed by a third-party payment manager or an "
                        "accountant: ask one of them (%s).",
                        payer.name,
                    )
                )
