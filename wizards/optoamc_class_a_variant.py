from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.lpp.services import of_class

#: What a line costs, as it was typed: an article that stays keeps it.
PRICE = ("price_unit", "technical_price_unit", "discount")


class OptoamcClassAOffer(models.TransientModel):
    """The variant of class A: what of the quotation follows into it, and what does not.

    The equipment does, its articles replaced, and the other equipments of the order (contact lenses, plano glasses),
    which are sold with either offer. What is sold beside it follows where the customer asks for it. What takes
    something off the quotation's price never does: it was granted on other articles, a fixed amount on dearer ones.
    The prices of class A are the shop's own, at most the PLV; a discount on them is given on that offer.
    """

    _inherit = "optoamc.class.a.offer"

    left_out_ids = fields.Many2many(
        "sale.order.line", compute="_compute_left_out_ids", string="Sold beside the equipment"
    )
    has_left_out = fields.Boolean(compute="_compute_left_out_ids")
    keeps_left_out = fields.Boolean(
        "In the 100 % Santé offer too",
        help="What is no part of the equipment: accessories, and supplements that the LPP does not list.",
    )
    left_out_reductions = fields.Char("Reductions", compute="_compute_left_out_reductions")

    @api.depends("order_id", "line_ids.order_line_id")
    def _compute_left_out_ids(self):
        for offer in self:
            offer.left_out_ids = offer._left_out()
            offer.has_left_out = bool(offer.left_out_ids)

    @api.depends("order_id", "line_ids.order_line_id", "line_ids.product_id")
    @api.depends_context("lang")
    def _compute_left_out_reductions(self):
        for offer in self:
            offer.left_out_reductions = ", ".join(dict.fromkeys(offer._left_out_reductions())) or False

    def _left_out(self):
        """What the customer buys besides the equipment that the offer replaces: no part of it unless he asks for it.

        The equipment is its lenses and its frame, and what the LPP lists for them: an adaptation, a prism, a filter.
        An accessory, or a treatment without a code of the LPP, answers no prescription: it would only make the offer
        dearer.
        """
        self.ensure_one()
        replaced = self.line_ids.order_line_id.mapped("equipment_number")
        return self.order_id.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line.is_downpayment
                and line.price_total >= 0
                and (
                    not line.optical_category
                    or (
                        line.optical_category == "supplement"
                        and line.equipment_number in replaced
                        and not line.sudo().lpp_id
                    )
                )
            )
        )

    def _reductions(self):
        """What takes something off the price of the whole quotation: a discount, a reward, a trade-in."""
        return self.order_id.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment and line.price_total < 0
        )

    def _left_out_reductions(self):
        """What was taken off the price and does not follow, in words: of the order, and of the articles replaced."""
        self.ensure_one()
        for line in self._reductions():
            yield f"{line.name} ({line.currency_id.format(line.price_total)})"
        replaced = self.line_ids.filtered(lambda place: not place._is_kept()).order_line_id
        for line in replaced.filtered(lambda line: line.discount > 0):
            yield f"{line.product_id.name} (-{line.product_id.product_tmpl_id._optoamc_figure(line.discount)} %)"

    def action_make_offer(self):
        """Add the variant of class A to the quotation, whose legal quote then shows both.

        :raises UserError: an article is not chosen
        """
        self.ensure_one()
        if not self.is_complete:
            raise UserError(self.env._("Choose an article of class A for each line, or say why none meets the need."))
        variant = self.env["sale.order"].browse(self.order_id.action_optoamc_add_variant()["res_id"])
        self._replace_lines(variant)
        return {"type": "ir.actions.act_window_close"}

    def _replace_lines(self, variant):
        """Put the articles of class A in the places of the original's, lines in the original's order."""
        copies = self.order_id._optoamc_copies(variant)
        commands = []
        for original, places in self.line_ids.grouped("order_line_id").items():
            commands += [Command.create(place._line_values(original)) for place in places]
            commands.append(Command.delete(copies.pop(original).id))
        left_out = self._reductions() if self.keeps_left_out else self._left_out() | self._reductions()
        commands += [Command.delete(copies.pop(line).id) for line in left_out if line in copies]
        commands += [command for line, copy in copies.items() for command in self._service_commands(line, copy)]
        variant.write({"order_line": commands})

    def _service_commands(self, original, copy):
        """A service of class B becomes that of class A, as the catalogue has it; without one it is left out."""
        lpp = original.sudo().lpp_id
        code = (lpp.generic_id or lpp).code
        twin = of_class(code, "A")
        if original.optical_category != "supplement":
            return []
        if twin == code:
            # Beside other lines, a copy's eye would be worked out anew.
            return [Command.update(copy.id, {"eye_side": original.eye_side})]
        product = self.env["product.product"].search(
            self.order_id._optoamc_catalogue_domain("supplement") & Domain("lpp_id.code", "=", twin), limit=1
        )
        # Another article at its own price, whatever was typed for the other one.
        own = self._article_values(original, product, original.product_uom_qty, original.eye_side)
        return [*([Command.create(own)] if product else []), Command.delete(copy.id)]

    @api.model
    def _article_values(self, original, product, quantity, side):
        """The line of an article in the place of an original, at the shop's price."""
        return {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "sequence": original.sequence,
            "equipment_number": original.equipment_number,
            "eye_side": side,
            "vision": original.vision,
            "is_own_expense": original.is_own_expense,
        }


class OptoamcClassAOfferLine(models.TransientModel):
    _inherit = "optoamc.class.a.offer.line"

    def _is_kept(self):
        """Whether what the quotation sells is of class A already, and stays."""
        self.ensure_one()
        return self.product_id == self.order_line_id.product_id

    def _line_values(self, original):
        self.ensure_one()
        values = self.offer_id._article_values(original, self.product_id, self.quantity, self.eye_side)
        return values | ({name: original[name] for name in PRICE} if self._is_kept() else {})
