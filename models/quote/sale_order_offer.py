import datetime as dt

from odoo import api, fields, models
from odoo.fields import Domain

from ...lib.payments.offer import Cover, total
from .sale_order_line_offer import cover_of

#: The first day of the 100 % Santé classes in optics, and of the quote in two parts.
CLASSES_SINCE = dt.date(2020, 1, 1)

OFFERS = [("class_a", "100 % Santé"), ("mixed", "Mixed"), ("other", "Other offer")]


class SaleOrder(models.Model):
    """The offers for one equipment: the variants of a quotation, one of them of class A."""

    _inherit = "sale.order"

    optoamc_offer = fields.Selection(
        OFFERS,
        "Offer",
        compute="_compute_optoamc_offer",
        store=True,
        compute_sudo=True,
        groups="l10n_fr_optoamc.group_optician",
        help="100 % Santé: the lenses and the frame are all of class A. Mixed: the lenses are, the frame is not, or "
        "the reverse.",
    )
    no_class_a_reason = fields.Char(
        "Why no class A equipment",
        copy=False,
        groups="l10n_fr_optoamc.group_optician",
        help="Where no equipment of class A meets the need: kept on the dossier, the quote says it in one line.",
    )

    @api.depends(
        "order_line.optical_category",
        "order_line.lpp_id.product_class",
        "order_line.product_id.product_class",
        "order_line.product_uom_qty",
    )
    def _compute_optoamc_offer(self):
        for order in self:
            lines = order._optoamc_optical_lines().filtered(lambda line: line.optical_category in ("lens", "frame"))
            classes = {line._optoamc_class() for line in lines}
            if not classes:
                order.optoamc_offer = False  # contact lenses have one offer alone
            elif "A" in classes:
                order.optoamc_offer = "class_a" if classes == {"A"} else "mixed"
            else:
                order.optoamc_offer = "other"

    # -- what is concerned --------------------------------------------------------------------

    def _optoamc_quote_kind(self, number):
        """Which legal quote an equipment needs.

        :return: ``glasses`` (two offers), ``contact`` (one), or ``None``: plano glasses, accessories, anything else
        """
        self.ensure_one()
        # Whoever sells prints it; the eyes' corrections, which say whether it is needed, are the opticians' alone.
        lines = self.sudo()._optoamc_equipment_lines(number)
        categories = set(lines.mapped("optical_category")) - {"supplement"}
        if "contact" in categories:
            return "contact"
        return "glasses" if categories and not self._optoamc_is_plano(lines) else None

    def _optoamc_quote_numbers(self):
        """The equipments of the order that need a legal quote: a second pair is a second quote."""
        if not self._optoamc_is_dossier():
            return []
        numbers = sorted(set(self._optoamc_optical_lines().mapped("equipment_number")))
        return [number for number in numbers if self._optoamc_quote_kind(number)]

    def _optoamc_has_two_offers(self):
        """Whether the classes exist on the day of the dossier."""
        return bool(self.optical_date) and self.optical_date >= CLASSES_SINCE

    # -- the offers of an equipment -----------------------------------------------------------

    def _optoamc_is_class_a(self, number):
        """Whether an equipment's lenses and frame are all of class A."""
        lines = self._optoamc_equipment_lines(number).filtered(lambda line: line.optical_category in ("lens", "frame"))
        return bool(lines) and {line._optoamc_class() for line in lines} == {"A"}

    def _optoamc_offers(self, number):
        """The quotations that the two parts of an equipment's quote show.

        A quotation that the patient did not choose is cancelled, and still is in the quote of the one chosen.

        :return: the offer of class A and the other one, each maybe empty
        """
        self.ensure_one()
        variants = self.sudo()._optoamc_variants()
        open_ones = variants.filtered(lambda order: order.state != "cancel")
        others = (variants if self.state in ("sale", "cancel") else open_ones) - self
        declined = others.filtered(lambda order: order.declined_for_id == self)
        choices = self.sudo() | (others & open_ones) | declined | others
        choices = choices.filtered(lambda order: order._optoamc_equipment_lines(number))
        class_a = choices.filtered(lambda order: order._optoamc_is_class_a(number))
        return class_a[:1], (choices - class_a)[:1]

    def _optoamc_cover(self):
        """The patient's complementary cover on the day of the dossier, a :class:`...lib.payments.offer.Cover`."""
        self.ensure_one()
        patient = self._optoamc_patient_sudo()
        return cover_of(patient._optoamc_current_contracts(self.optical_date)) if patient else Cover.NONE

    def _optoamc_offer_values(self, number, with_pairing=True):
        """An offer as a part of the quote prints it: rows in the order of the model, and totals."""
        self.ensure_one()
        cover, order = self._optoamc_cover(), self.sudo()
        rank = {"frame": 0, "lens": 1, "contact": 1, "adaptation": 3, "pairing": 4}
        rows = [line._optoamc_quote_row(cover) for line in order._optoamc_equipment_lines(number)]
        rows.sort(key=lambda row: rank.get(row["kind"], 2))
        kinds = ["adaptation", *(["pairing"] if with_pairing else [])]
        return {
            "order": order,
            "rows": [row for row in rows if row["kind"] not in kinds],
            # The model names them whether they are sold or not.
            "services": {kind: [row for row in rows if row["kind"] == kind] for kind in kinds},
            "totals": {name: total(row[name] for row in rows) for name in ("price", "base", "amo", "amc", "left")},
        }

    # -- the shop's articles of class A -------------------------------------------------------

    def _optoamc_catalogue_domain(self, category):
        """The articles of a category that the order's shop sells."""
        self.ensure_one()
        return (
            Domain("optical_category", "=", category)
            & Domain("sale_ok", "=", True)
            & Domain("company_id", "in", [False, self.company_id.id])
        )

    def action_optoamc_propose_class_a(self):
        """*Proposer l'offre 100 % Santé*."""
        self.ensure_one()
        return self.env["optoamc.class.a.offer"]._open(self)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _optoamc_class_a_articles(self, side=None):
        """The shop's articles of class A that may take the line's place.

        :param side: the eye; the line's by default
        :return: the LPP code of class A for the need, and the products sold under it; each maybe none
        """
        self.ensure_one()
        order, product = self.sudo().order_id, self.product_id
        correction = self.sudo()._optoamc_prescription() and self.sudo()._optoamc_correction(side)
        sphere, cylinder, _axis = correction.power if correction else (None, None, None)
        lpp = self.env["optoamc.lpp"]._propose(
            self.optical_category,
            order.optical_date,
            birthdate=order._optoamc_patient_sudo().birthdate,
            lens_type=product.lens_type,
            product_class="A",
            sphere=sphere,
            cylinder=cylinder,
        )
        if not lpp:
            return lpp, self.env["product.product"]
        # Articles without a code are coded by each dossier.
        coded = Domain("lpp_id", "=", False) | Domain("lpp_id", "=", lpp.id) | Domain("lpp_id.generic_id", "=", lpp.id)
        domain = order._optoamc_catalogue_domain(self.optical_category) & Domain("product_class", "=", "A") & coded
        if self.optical_category == "lens":
            domain &= Domain("lens_type", "=", product.lens_type)
        if self.optical_category == "frame":
            domain &= Domain("frame_is_child", "=", bool(lpp.age_below))
        return lpp, self.env["product.product"].search(domain)
