from odoo import api, fields, models
from odoo.fields import Command

#: Context keys: the screen to go back to, the share whose payer is asked again.
COMES_AFTER = ("optoamc_wizard_id", "optoamc_ask_again_share_id")


class OptoamcRequestCancellation(models.TransientModel):
    """Cancel agreements that an invoice carries, or a dossier with what insurers hold of it.

    What moves to whom is said, and asked again.
    """

    _name = "optoamc.request.cancellation"
    _description = "Cancellation of invoiced agreements"
    _inherit = ["optoamc.own.screen"]

    order_id = fields.Many2one("sale.order", "Dossier", readonly=True, ondelete="cascade", help="Cancelled with them.")
    kept_invoices = fields.Char(
        compute="_compute_kept_invoices", help="Invoices that stay: only a credit note takes them back."
    )
    request_ids = fields.Many2many("optoamc.request", string="Agreements", required=True, readonly=True)
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
    def _open(self, requests, order=None):
        """Ask about these requests; the context says which screen comes after.

        :param order: the dossier that is cancelled with them
        :return: the action that opens it
        """
        screen = self.create({"request_ids": [Command.set(requests.ids)], "order_id": order and order.id})
        return screen._get_records_action(
            name=self.env._("Cancel the dossier") if order else self.env._("Cancel an invoiced agreement"),
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

    @api.depends("order_id")
    def _compute_kept_invoices(self):
        for screen in self:
            screen.kept_invoices = screen.order_id._optoamc_kept_invoices() if screen.order_id else False

    @api.depends("request_ids")
    def _compute_is_asked_there(self):
        for screen in self:
            screen.is_asked_there = any(request._is_cancelled_there() for request in screen.request_ids)

    def action_confirm(self):
        """Cancel them, the dossier with them where it is about one, and go back to where it was asked from.

        :raises UserError: the state of one does not allow it any more
        """
        self.ensure_one()
        self.request_ids._cancel()
        self.order_id.action_cancel()
        context = self.env.context
        # A caller's context may name any share: only one of these agreements is asked about again.
        share = self.env["optoamc.share"].browse(context.get("optoamc_ask_again_share_id")).exists()
        if share.request_id & self.request_ids:
            return share._ask_again()
        wizard = self.env["optoamc.request.wizard"].browse(context.get("optoamc_wizard_id"))
        return wizard._reopen() if wizard else {"type": "ir.actions.client", "tag": "soft_reload"}
