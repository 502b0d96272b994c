from odoo import Command, api, fields, models
from odoo.fields import Domain

from ..lib.lpp import services


class OptoamcClassAOffer(models.TransientModel):
    """The pairing of two lenses of unlike refractive indices, for class A alone: proposed, never imposed."""

    _inherit = "optoamc.class.a.offer"

    pairing_ids = fields.One2many("optoamc.class.a.offer.line", "offer_id", domain=[("is_pairing", "=", True)])
    has_pairing = fields.Boolean(compute="_compute_has_pairing")

    @api.depends("pairing_ids.indices")
    def _compute_has_pairing(self):
        for offer in self:
            offer.has_pairing = any(offer.pairing_ids.mapped("indices"))

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        self._propose_pairings()

    def _propose_pairings(self):
        """The level of each pairing that the lenses chosen so far may have."""
        for pairing in self.pairing_ids:
            pairing.product_id = pairing._pairing_article()

    @api.model
    def _open(self, order):
        action = super()._open(order)
        offer = self.browse(action["res_id"])
        offer.pairing_ids = [Command.create(values) for values in offer._pairings()]
        offer._propose_pairings()
        return action

    def _pairings(self):
        """A place for the pairing of each equipment with lenses, where it is not sold already."""
        domain = self.order_id._optoamc_catalogue_domain("supplement")
        codes = self.env["optoamc.lpp"].search(self.env["optoamc.lpp"]._pairing_domain())
        articles = self.env["product.product"].search(domain & Domain("lpp_id", "in", codes.ids))
        for number, places in self.line_ids.grouped(lambda line: line.order_line_id.equipment_number).items():
            lenses = places.order_line_id.filtered(lambda line: line.optical_category == "lens")
            lines = self.order_id._optoamc_equipment_lines(number)
            if lenses and services.PAIRING not in [line._optoamc_service() for line in lines]:
                yield {
                    "is_pairing": True,
                    "order_line_id": lenses[-1].id,
                    "quantity": 1,
                    "candidate_ids": [Command.set(articles.ids)],
                }

    def _replace_lines(self, variant):
        result = super()._replace_lines(variant)
        chosen = self.pairing_ids.filtered(lambda pairing: pairing.indices and pairing.product_id)
        variant.order_line = [Command.create(pairing._line_values(pairing.order_line_id)) for pairing in chosen]
        return result


class OptoamcClassAOfferLine(models.TransientModel):
    _inherit = "optoamc.class.a.offer.line"

    is_pairing = fields.Boolean(readonly=True)
    equipment_number = fields.Integer(related="order_line_id.equipment_number", related_sudo=False)
    indices = fields.Char(
        "Refractive indices", compute="_compute_indices", help="Of the two lenses chosen, where they are unlike."
    )

    @api.depends("is_pairing", "offer_id.line_ids.product_id")
    @api.depends_context("lang")
    def _compute_indices(self):
        for line in self:
            figure = line.product_id.product_tmpl_id._optoamc_figure
            indices = line._unlike_indices() if line.is_pairing else []
            line.indices = " / ".join(map(figure, indices)) or False

    def _unlike_indices(self):
        """The two refractive indices of the lenses chosen for the equipment; empty: they are alike, or not known."""
        number = self.order_line_id.equipment_number
        places = self.offer_id.line_ids.filtered(lambda place: place.order_line_id.equipment_number == number)
        return places.product_id.product_tmpl_id._optoamc_unlike_indices()

    def _pairing_article(self):
        """The article of the level that the manager's indices say; none: the optician chooses, or needs none."""
        indices = self._unlike_indices()
        codes = self.candidate_ids.lpp_id._pairing_level(max(indices)) if indices else self.env["optoamc.lpp"]
        articles = self.candidate_ids.filtered(lambda article: article.lpp_id in codes)
        return articles if len(articles) == 1 else articles.browse()
