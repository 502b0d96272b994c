import hashlib

from odoo import models
from odoo.tools import consteq, format_date


class SaleOrder(models.Model):
    """What a patient may accept on the portal: a legal quote that is ready, the one that was read, and one offer."""

    _inherit = "sale.order"

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and self._optoamc_may_be_accepted() and not self._optoamc_is_to_choose()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and self._optoamc_may_be_accepted() and not self._optoamc_is_to_choose()

    def _optoamc_may_be_accepted(self):
        """Whether nothing of the legal quote keeps the patient from accepting the order: it is ready, no other is."""
        self.ensure_one()
        if not self.has_legal_quote:
            return True
        return self._optoamc_is_quote_ready() and not self._optoamc_accepted_offer()

    def _optoamc_signing_refusal(self, seal):
        """Why the patient's signature is not taken, in words; empty: it is.

        :param seal: :meth:`_optoamc_quote_seal` of the page on which the patient signed
        """
        self.ensure_one()
        order = self.sudo()
        if not order.has_legal_quote:
            return ""
        nothing_signed = self.env._("Nothing was signed.")
        if order.state == "sale" or order.signature:
            return self.env._("This offer has been accepted already: there is nothing more to sign.")
        if accepted := order._optoamc_accepted_offer():
            reason = self.env._("You have accepted another offer already, %s.", accepted.name)
        elif order.state == "cancel":
            reason = self.env._("This offer is no longer valid. Ask your optician for another one.")
        elif order.is_expired:
            day = format_date(self.env, order.validity_date)
            reason = self.env._("This offer expired on %s. Ask your optician for a new one.", day)
        elif not order._optoamc_is_quote_ready():
            reason = self.env._("Your optician is still working on this quote. Come back later.")
        elif not consteq(seal or "", order._optoamc_quote_seal()):
            reason = self.env._(
                "The quote has changed since you opened this page. Open it again and read it, then sign."
            )
        else:
            return ""
        return f"{nothing_signed} {reason}"

    # -- what the page shows ------------------------------------------------------------------

    def _optoamc_quote_seal(self):
        """A digest of what the page of the legal quote says: other words or amounts have another one."""
        self.ensure_one()
        order = self.sudo()
        said = [
            *(order.name, order.amount_total, order._optoamc_paper_seal()),
            *((line.name, line.product_uom_qty, line.price_total) for line in order._optoamc_other_lines()),
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()

    def _optoamc_other_lines(self):
        """What the patient buys besides what the legal quotes show: accessories; a discount is in their prices."""
        self.ensure_one()
        order = self.sudo()
        quoted = [order._optoamc_equipment_lines(number) for number in order._optoamc_quote_numbers()]
        sold = order.order_line.filtered(
            lambda line: not line.display_type and (line.price_total >= 0 or line.net_price)
        )
        return sold - order.order_line.browse().union(*quoted)
