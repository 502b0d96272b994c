from odoo import api, fields, models
from odoo.fields import Command

#: Context keys: the screen to go back to, the share whose payer is asked again.
COMES_AFTER = ("optoamc_wizard_id", "optoamc_ask_again_share_id")


class OptoamcRequestCancellation(models.TransientModel):
    """Cancel agreements that an invoice carries, or dossiers with what insurers and invoices hold of them.

    What moves to whom and what stays is said, and asked again.
    """

    _name = "optoamc.request.cancellation"
    _description = "Cancellation of invoiced agreements"
    _inherit = ["optoamc.own.screen"]

    order_ids = fields.Many2many("sale.order", string="Dossiers", readonly=True, help="Cancelled with them.")
    kept_order_id = fields.Many2one(
        "sale.order", "Kept", readonly=True, ondelete="cascade", help="The variant that is kept, of those compared."
    )
    kept_invoices = fields.Char(
        compute="_compute_kept_invoices", help="Invoices that stay: only a credit note takes them back."
    )
    request_ids = fields.Many2many("optoamc.request", string="Agreements", readonly=True)
    effects = fields.Html(
        "What moves",
        compute="_compute_effects",
        sanitize=False,
        help="By invoice, what each payer and the patient owe before and after.",
    )
    is_asked_there = fields.Boolean(
        compute="_compute_is_asked_there", help="The insurer is asked first: the amounts move when it acknowledges."
    )

    @api.model
    def _open(self, requests, orders=None, kept=None):
        """Ask about these requests; the context says which screen comes after.

        :param orders: the dossiers that are cancelled with them
        :param kept: the variant that is kept instead
        :return: the action that opens it
        """
        screen = self.create(
            {
                "request_ids": [Command.set(requests.ids)],
                "order_ids": [Command.set(orders.ids if orders else [])],
                "kept_order_id": kept and kept.id,
            }
        )
        name = self.env._("Cancel the dossier") if orders else self.env._("Cancel an invoiced agreement")
        return screen._get_records_action(
            name=self.env._("Keep %s", kept.name) if kept else name,
            target="new",
            context={key: value for key, value in requests.env.context.items() if key in COMES_AFTER},
        )

    @api.depends("request_ids")
    def _compute_effects(self):
        for screen in self:
            requests = screen.request_ids
            screen.effects = self.env["ir.qweb"]._render(
                "l10n_fr_optoamc.cancellation_effects",
                {"effects": requests._cancellation_effects(), "currency": requests.currency_id[:1]},
            )

    @api.depends("order_ids")
    def _compute_kept_invoices(self):
        for screen in self:
            screen.kept_invoices = screen.order_ids._optoamc_kept_invoices_words()

    @api.depends("request_ids")
    def _compute_is_asked_there(self):
        for screen in self:
            screen.is_asked_there = any(request._is_cancelled_there() for request in screen.request_ids)

    def action_confirm(self):
        """Cancel them, the dossiers with them where it is about some, and go back to where it was asked from.

        :raises UserError: the state of one does not allow it any more
        """
        self.ensure_one()
        self.request_ids._cancel()
        if self.kept_order_id:
            return self.kept_order_id.action_optoamc_keep_variant()
        self.order_ids.action_cancel()
        context = self.env.context
        # A caller's context may name any share: only one of these agreements is asked about again.
        share = self.env["optoamc.share"].browse(context.get("optoamc_ask_again_share_id")).exists()
        if share.request_id & self.request_ids:
            return share._ask_again()
        wizard = self.env["optoamc.request.wizard"].browse(context.get("optoamc_wizard_id"))
        return wizard._reopen() if wizard else {"type": "ir.actions.client", "tag": "soft_reload"}
