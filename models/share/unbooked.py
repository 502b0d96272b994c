from odoo import api, fields, models

READERS = "l10n_fr_optoamc.group_optician,account.group_account_invoice,account.group_account_readonly"


class SaleOrder(models.Model):
    """An agreement that was given to try: said on the dossier, where nothing of it counts."""

    _inherit = "sale.order"

    optoamc_unbooked_notice = fields.Text(
        "Only to try", compute="_compute_optoamc_unbooked_notice", compute_sudo=True, groups=READERS
    )

    @api.depends("optoamc_request_ids.transferred", "optoamc_request_ids.unbooked_notice")
    @api.depends_context("lang")
    def _compute_optoamc_unbooked_notice(self):
        for order in self:
            requests = order.optoamc_request_ids.filtered("transferred")
            order.optoamc_unbooked_notice = "\n".join(filter(None, requests.mapped("unbooked_notice"))) or False


class AccountMove(models.Model):
    """The same on its invoice, which carries no share of it."""

    _inherit = "account.move"

    optoamc_unbooked_notice = fields.Text(
        "Only to try", compute="_compute_optoamc_unbooked_notice", compute_sudo=True, groups=READERS
    )

    @api.depends("move_type", "line_ids.sale_line_ids.order_id.optoamc_unbooked_notice")
    @api.depends_context("lang")
    def _compute_optoamc_unbooked_notice(self):
        for move in self:
            is_invoice = move.move_type == "out_invoice"
            notices = move.line_ids.sale_line_ids.order_id.mapped("optoamc_unbooked_notice") if is_invoice else []
            move.optoamc_unbooked_notice = "\n".join(filter(None, notices)) or False
