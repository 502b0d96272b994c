from odoo import fields, models

from .sale_order_offer import OFFERS


class SaleOrder(models.Model):
    """The patient's choice among the offers: signed on the portal or sold at the shop, kept, the others cancelled."""

    _inherit = "sale.order"

    chosen_offer = fields.Selection(
        OFFERS, readonly=True, copy=False, groups="l10n_fr_optoamc.group_optician", help="What the patient accepted."
    )
    chosen_by = fields.Char(
        readonly=True,
        copy=False,
        groups="l10n_fr_optoamc.group_optician",
        help="Who signed, or who confirmed the order at the shop.",
    )
    chosen_on = fields.Datetime(readonly=True, copy=False, groups="l10n_fr_optoamc.group_optician")
    declined_for_id = fields.Many2one(
        "sale.order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="l10n_fr_optoamc.group_optician",
        help="The offer that the patient chose when this one was open too: the quote still shows both.",
    )

    def _action_confirm(self):
        result = super()._action_confirm()
        for order in self.filtered("has_legal_quote"):
            order._optoamc_record_choice()
        return result

    def _optoamc_record_choice(self):
        """Keep who chose which offer and when, and cancel the others: one prescription is sold once."""
        order = self.sudo()
        order.write(
            {
                "chosen_offer": order.optoamc_offer,
                "chosen_by": order.signed_by or self.env.user.name,
                "chosen_on": order.signed_on or fields.Datetime.now(),
            }
        )
        others = (order._optoamc_variants() - order).filtered(lambda other: other.state in ("draft", "sent"))
        others._action_cancel()
        others.declined_for_id = order
        for other in others:
            other.message_post(body=self.env._("Cancelled: the patient chose %s.", order.name))

    # -- on the portal ------------------------------------------------------------------------

    def _optoamc_is_quote_ready(self):
        """Whether the legal quote may be shown to the patient; a sold or lost one is, as it was, of the true eyes."""
        self.ensure_one()
        order = self.sudo()
        is_open = order.state in ("draft", "sent")
        return order.has_legal_quote and not (order.quote_problems if is_open else order._optoamc_sold_untold_eyes())

    def _get_name_portal_content_view(self):
        if self._optoamc_is_quote_ready():
            return "l10n_fr_optoamc.legal_quote_portal_content"
        return super()._get_name_portal_content_view()

    def _optoamc_open_offers(self):
        """The quotations that the patient may choose on the portal, the one of the page included."""
        self.ensure_one()
        return (
            self.sudo()
            ._optoamc_variants()
            .filtered(
                lambda order: (
                    order == self or (order.state in ("draft", "sent") and order.partner_id == self.partner_id)
                )
            )
        )

    def _optoamc_is_to_choose(self):
        """Whether the page is to be signed only once the patient has chosen an offer: none is for him beforehand."""
        order = self.sudo()
        if not order.env.context.get("optoamc_to_choose") or order.state not in ("draft", "sent"):
            return False
        return order.has_legal_quote and not order._optoamc_is_accepted() and len(order._optoamc_open_offers()) > 1

    def _optoamc_portal_choices(self):
        """The offers among which the patient chooses on the portal, the one of the page included.

        :return: a dict an offer, that of class A first: the order, its kind, whether the patient has chosen it, and
            what is left to the patient, ``None`` for not known, and whether that rests on an insurer's answer that is
            still to come
        """
        variants = self._optoamc_open_offers()
        ranks = [key for key, _label in OFFERS]
        return [
            {
                "order": order,
                "offer": order.optoamc_offer,
                "is_here": order == self,
                "is_chosen": order == self and not self._optoamc_is_to_choose(),
                "left": order._optoamc_left(),
                "is_expected": order._optoamc_awaits_insurer(),
            }
            for order in variants.sorted(lambda order: (ranks.index(order.optoamc_offer or "other"), order.id))
        ]
