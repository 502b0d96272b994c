import functools

from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The till (``pos_sale``), where it is installed: it never asks a patient for what payers pay the shop.

    This module does not depend on it and may be loaded before or after it, so that no inheritance can be counted on:
    the till's two methods are wrapped once all models are there, as Odoo's automation rules do it.
    """

    _inherit = "sale.order"

    def _register_hook(self):
        super()._register_hook()
        registry = self.env.registry
        if "pos.order.line" in registry and "sale_order_origin_id" in registry["pos.order.line"]._fields:
            _wrap(registry["sale.order.line"], "read_converted", _read_converted)
            _wrap(registry["pos.order"], "_process_order", _process_order)

    def _unregister_hook(self):
        result = super()._unregister_hook()
        registry = self.env.registry
        for model, name in (("sale.order.line", "read_converted"), ("pos.order", "_process_order")):
            if model in registry and name in vars(registry[model]):
                delattr(registry[model], name)
        return result

    def _optoamc_check_till(self, asked, left):
        """Refuse to have the till ask for more than the patient owes.

        :param asked: what it asks of this order, €
        :param left: what is left to pay at the shop, €
        :raise UserError: it is more: with the amount to take as a down payment
        """
        order = self.sudo()
        if order.currency_id.compare_amounts(asked, left) <= 0:
            return
        if not left:
            raise UserError(
                self.env._(
                    "%(order)s: nothing is left to pay at the shop, third-party payers pay the rest. Invoice the "
                    "dossier from the sales order.",
                    order=order.name,
                )
            )
        raise UserError(
            self.env._(
                "%(order)s: third-party payers pay a part, and the till would ask the patient for %(asked)s. Take a "
                "down payment of a fixed amount instead: %(left)s, what is left to pay at the shop.",
                order=order.name,
                asked=order.currency_id.format(asked),
                left=order.currency_id.format(left),
            )
        )


def _wrap(model_class, name, wrapper):
    origin = getattr(model_class, name)
    if hasattr(origin, "_optoamc_origin"):
        return

    @functools.wraps(origin)
    def wrapped(self, *args, **kwargs):
        return wrapper(origin, self, *args, **kwargs)

    wrapped._optoamc_origin = origin
    setattr(model_class, name, wrapped)


def _read_converted(origin, lines):
    """What the till reads of an order to settle it: refused at once, before it is paid."""
    for order in lines.order_id.sudo()._optoamc_with_payers():
        order._optoamc_check_till(order.amount_unpaid, order.optoamc_to_collect)
    return origin(lines)


def _process_order(origin, till_orders, order, existing_order):
    """What the till sends: whatever it showed, it has not asked for more."""
    till_order = till_orders.browse(origin(till_orders, order, existing_order)).sudo()
    for sale_order, lines in till_order.lines.grouped("sale_order_origin_id").items():
        if sale_order._optoamc_with_payers():
            asked = sum(lines.mapped("price_subtotal_incl"))
            sale_order._optoamc_check_till(asked, sale_order._optoamc_left_to_collect(besides=till_order)[sale_order])
    return till_order.id
