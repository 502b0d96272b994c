from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.lpp.services import of_class
from ..lib.lpp.sides import SideError


class OptoamcClassAOffer(models.TransientModel):
    """*Proposer l'offre 100 % Santé*: the shop's articles of class A that answer the need of a dossier.

    Lenses by the band of each eye's correction, the frame by the patient's age. Where the catalogue has several, the
    optician chooses; where it has none, why no class A equipment meets the need is kept on the dossier.
    """

    _name = "optoamc.class.a.offer"
    _description = "100 % Santé offer"
    _inherit = ["optoamc.own.screen"]

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id", related_sudo=False, store=True)
    line_ids = fields.One2many(
        "optoamc.class.a.offer.line", "offer_id", "Articles", domain=[("is_pairing", "=", False)]
    )
    is_complete = fields.Boolean(compute="_compute_is_complete")
    reason = fields.Char(
        "Why no class A equipment",
        compute="_compute_reason",
        store=True,
        readonly=False,
        help="Where none meets the need: kept on the dossier, the quote says it in one line.",
    )

    left_out_ids = fields.Many2many(
        "sale.order.line", compute="_compute_left_out_ids", string="Sold beside the equipment"
    )
    has_left_out = fields.Boolean(compute="_compute_left_out_ids")
    keeps_left_out = fields.Boolean(
        "In the 100 % Santé offer too",
        help="What is no part of the equipment: accessories, and supplements that the LPP does not list.",
    )

    @api.depends("order_id", "line_ids.order_line_id")
    def _compute_left_out_ids(self):
        for offer in self:
            offer.left_out_ids = offer._left_out()
            offer.has_left_out = bool(offer.left_out_ids)

    def _left_out(self):
        """What the customer buys besides the equipment that the offer replaces: no part of it unless he asks for it.

        The equipment is its lenses and its frame, and what the LPP lists for them: an adaptation, a prism, a filter.
        An accessory, or a treatment without a code of the LPP, answers no prescription: it would only make the offer
        dearer. Other equipments of the order, contact lenses or plano glasses, are sold with either offer.
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

    @api.depends("line_ids.product_id")
    def _compute_is_complete(self):
        for offer in self:
            offer.is_complete = bool(offer.line_ids) and all(line.product_id for line in offer.line_ids)

    @api.depends("order_id")
    def _compute_reason(self):
        for offer in self:
            offer.reason = offer.order_id._optoamc_no_class_a_reason()

    @api.model
    def _open(self, order):
        """The screen for an order, its articles found.

        :raises UserError: nothing of the order needs an offer of class A
        """
        lines = order._optoamc_optical_lines().filtered(lambda line: line.optical_category in ("lens", "frame"))
        lines = lines.filtered(lambda line: order._optoamc_quote_kind(line.equipment_number) == "glasses")
        if not lines or not order._optoamc_has_two_offers():
            raise UserError(self.env._("%s: nothing of it needs a 100 %% Santé offer.", order.name))
        values = [piece for line in lines for piece in self._pieces(line)]
        offer = self.create({"order_id": order.id, "line_ids": [Command.create(piece) for piece in values]})
        return offer._get_records_action(
            name=self.env._("100 % Santé offer"), target="new", context={"dialog_size": "extra-large"}
        )

    @api.model
    def _pieces(self, line):
        """The pieces of class A that a line's place is taken by: each eye has a line. What is of class A is kept."""
        try:
            pieces = line._optoamc_sides()
        except SideError as error:
            if error.code != "unlike":
                problem = line._optoamc_side_problem()
                raise UserError(
                    self.env._("%(article)s: %(problem)s", article=line.product_id.name, problem=problem)
                ) from error
            pieces = [("right", 1), ("left", 1)]
        found = []
        for side, quantity in pieces:
            lpp, products = line._optoamc_class_a_articles(side)
            if line._optoamc_class() == "A" and not line._optoamc_code_doubts():
                products, chosen = products | line.product_id, line.product_id
            elif len(chosen := products) > 1:  # of several, the one that the catalogue says enough of to be quoted
                chosen = products.filtered(lambda product: not product.product_tmpl_id._optoamc_missing_for_quote())
            found.append(
                {
                    "order_line_id": line.id,
                    "eye_side": side,
                    "quantity": quantity,
                    "lpp_id": lpp.id,
                    "candidate_ids": [Command.set(products.ids)],
                    "product_id": chosen.id if len(chosen) == 1 else False,
                }
            )
        return found

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
        originals = self.order_id.order_line.filtered(lambda line: not line.is_downpayment)
        copies = dict(zip(originals, variant.order_line, strict=True))
        commands = []
        for original, places in self.line_ids.grouped("order_line_id").items():
            for place in places:
                commands.append(Command.create(place._line_values(original)))
            commands.append(Command.delete(copies[original].id))
        left_out = self.env["sale.order.line"] if self.keeps_left_out else self._left_out()
        commands += [Command.delete(copies[line].id) for line in left_out]
        commands += [
            command for line in originals - left_out for command in self._service_commands(line, copies[line])
        ]
        variant.write({"order_line": commands})

    def _service_commands(self, original, copy):
        """A service of class B becomes that of class A, as the catalogue has it; without one it is left out."""
        lpp = original.sudo().lpp_id
        code = (lpp.generic_id or lpp).code
        twin = of_class(code, "A")
        if original.optical_category != "supplement":
            return []
        # Beside other lines, a copy's eye would be worked out anew.
        eye = {"eye_side": original.eye_side}
        if twin == code:
            return [Command.update(copy.id, eye)]
        product = self.env["product.product"].search(
            self.order_id._optoamc_catalogue_domain("supplement") & Domain("lpp_id.code", "=", twin), limit=1
        )
        if not product:
            return [Command.delete(copy.id)]
        return [Command.update(copy.id, {"product_id": product.id, **eye})]

    def action_keep_reason(self):
        """No class A equipment meets the need: why is kept on the dossier.

        :raises UserError: no reason is given
        """
        self.ensure_one()
        if not (reason := (self.reason or "").strip()):
            raise UserError(self.env._("Say why no class A equipment meets the need."))
        self.order_id.no_class_a_reason = reason
        return {"type": "ir.actions.act_window_close"}


class OptoamcClassAOfferLine(models.TransientModel):
    _name = "optoamc.class.a.offer.line"
    _description = "Article of a 100 % Santé offer"
    _inherit = ["optoamc.own.screen"]

    offer_id = fields.Many2one("optoamc.class.a.offer", required=True, ondelete="cascade")
    order_line_id = fields.Many2one("sale.order.line", required=True, readonly=True, ondelete="cascade")
    replaced_id = fields.Many2one(related="order_line_id.product_id", related_sudo=False, string="Instead of")
    eye_side = fields.Selection([("right", "OD"), ("left", "OG"), ("both", "OD+OG")], "Eye", readonly=True)
    quantity = fields.Float(readonly=True)
    lpp_id = fields.Many2one("optoamc.lpp", "LPP code", readonly=True)
    group_code = fields.Char(related="lpp_id.group_code", related_sudo=False)
    candidate_ids = fields.Many2many("product.product", readonly=True)
    candidate_count = fields.Integer("In the catalogue", compute="_compute_candidate_count")
    product_id = fields.Many2one("product.product", "Article of class A", domain="[('id', 'in', candidate_ids)]")

    @api.depends("candidate_ids")
    def _compute_candidate_count(self):
        for line in self:
            line.candidate_count = len(line.candidate_ids)

    def _line_values(self, original):
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "sequence": original.sequence,
            "equipment_number": original.equipment_number,
            "eye_side": self.eye_side,
            "vision": original.vision,
            "is_own_expense": original.is_own_expense,
        }
