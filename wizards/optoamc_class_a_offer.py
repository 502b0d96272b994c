from odoo import Command, api, fields, models
from odoo.exceptions import UserError

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
