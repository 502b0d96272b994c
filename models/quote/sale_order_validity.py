from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from .res_company import QUOTE_DAYS_MIN


class SaleOrder(models.Model):
    """The day of a legal quote, and the day up to which it is valid."""

    _inherit = "sale.order"

    @api.depends("order_line.optical_category")
    def _compute_validity_date(self):
        """A legal quote is valid for as long as the shop's setting says; a later day that was typed stays."""
        typed = {order: order.validity_date for order in self if order._origin}
        result = super()._compute_validity_date()
        today = fields.Date.context_today(self)
        for order in self:
            # An order that is being created has lines without a quantity yet.
            if any(order.order_line.mapped("optical_category")) and order._optoamc_is_of_shop():
                until = today + timedelta(days=order.company_id.sudo().optoamc_quote_days)
                order.validity_date = max(filter(None, (until, order.validity_date, typed.get(order))))
        return result

    def _optoamc_quote_day(self):
        """The day of the quote at the shop, whoever reads it: a customer on the portal has no time zone."""
        if quoted_on := self.sudo().quoted_on:
            return quoted_on
        return self._optoamc_order_day()

    def _optoamc_order_day(self):
        """The day of the order, or of the sale, at the shop."""
        there = self.with_context(tz=self.company_id.sudo()._optoamc_zone())
        return fields.Datetime.context_timestamp(there, self.date_order).date()

    def _optoamc_validity_problems(self):
        """Whether the day up to which the quote is valid was set before the shortest one."""
        shortest = self._optoamc_quote_day() + timedelta(days=QUOTE_DAYS_MIN)
        if not self.validity_date or self.validity_date >= shortest:
            return []
        return [
            self.env._(
                "%(order)s: valid until %(day)s only. A legal quote is valid for two months at least: until "
                "%(least)s.",
                order=self.name,
                day=format_date(self.env, self.validity_date),
                least=format_date(self.env, shortest),
            )
        ]
