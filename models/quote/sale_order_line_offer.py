from odoo import models

from ...lib.lpp import services
from ...lib.payments.money import euros
from ...lib.payments.offer import FOLLOWS_LENSES, Cover, OfferLine


class SaleOrderLine(models.Model):
    """What the legal quote says of a line: the article, its grouping code, and who would pay."""

    _inherit = "sale.order.line"

    def _optoamc_class(self):
        """``A``, ``B`` or ``False``: the class of what is sold."""
        self.ensure_one()
        lpp = self.sudo().lpp_id
        return lpp.product_class or self.product_id.product_class or False

    def _optoamc_lens_class(self):
        """The class of the lenses of the line's equipment; ``None``: they are of both, or of none."""
        lenses = self.order_id._optoamc_equipment_lines(self.equipment_number)
        classes = {line._optoamc_class() for line in lenses if line.optical_category == "lens"}
        return classes.pop() or None if len(classes) == 1 else None

    def _optoamc_kind(self):
        """``lens``, ``frame``, ``contact``, or the service that a supplement is; ``None``: another article."""
        return self._optoamc_service() if self.optical_category == "supplement" else self.optical_category or None

    def _optoamc_service(self):
        """``adaptation``, ``pairing``, ``shell`` … (:mod:`...lib.lpp.services`), or ``None`` for another article."""
        lpp = self.sudo().lpp_id
        return services.kind_of((lpp.generic_id or lpp).code)

    def _optoamc_offer_money(self, cover):
        """Who would pay what of the line.

        :param cover: the patient's, a :class:`...lib.payments.offer.Cover`
        :return: a :class:`...lib.payments.offer.OfferLine`
        """
        self.ensure_one()
        line = self.sudo()
        lpp = line.lpp_id.with_company(line.company_id)
        most = lpp._max_price_on(line.order_id.optical_date) if lpp else False
        answered = line.optoamc_line_ids.filtered(
            lambda asked: asked.request_id._is_decided() and asked.request_id._is_bookable()
        )
        is_amo_known = not line.is_amo_unknown
        return OfferLine(
            price=euros(line.net_price),
            product_class=line._optoamc_class() or None,
            cover=Cover.NONE if line.is_own_expense else cover,
            kind=line._optoamc_kind(),
            lens_class=line._optoamc_lens_class() if line._optoamc_kind() in FOLLOWS_LENSES else None,
            amo=euros(line.amo_amount) if is_amo_known else None,
            base=euros(line.amo_base) if is_amo_known else None,
            max_price=euros(most * line.product_uom_qty) if most else None,
            granted=euros(line.granted_amount) if answered else None,
        )

    def _optoamc_quote_row(self, cover):
        """The line as the legal quote prints it; amounts are decimals, ``None`` where they are not known."""
        self.ensure_one()
        line, money = self.sudo(), self._optoamc_offer_money(cover)
        amc, left = line._optoamc_parts(money)
        product, maker = line.product_id, line.product_id.optical_maker_id
        return {
            "kind": line._optoamc_kind(),
            "label": line._optoamc_quote_label(),
            "name": product.name or line.name,
            "maker": maker,
            "brand": product.frame_brand,
            "model": product.frame_model,
            "reference": product.default_code,
            "material": product.optical_material,
            "characteristics": product.optical_characteristics,
            "origin": product.optical_origin,
            "group_code": line.lpp_id.group_code,
            "trace": line._optoamc_trace(),
            "price": money.price,
            "base": money.base,
            "amo": money.amo,
            "amc": amc,
            "left": left,
        }

    def _optoamc_quote_label(self):
        """*Right lens*, *Frame*, *Adaptation*: what the quote calls the line."""
        sides = {
            "right": self.env._("Right lens"),
            "left": self.env._("Left lens"),
            "both": self.env._("Right and left lenses"),
        }
        side = self._optoamc_told_side()
        eyes = {"right": self.env._("right eye"), "left": self.env._("left eye"), "both": self.env._("both eyes")}
        if self.optical_category == "lens":
            label = sides.get(side, self.env._("Lens"))
        elif self.optical_category == "contact":
            label = " – ".join(filter(None, [self.env._("Contact lenses"), eyes.get(side)]))
        elif self.optical_category == "frame":
            label = self.env._("Frame")
        else:
            labels = {
                services.ADAPTATION: self.env._("Adaptation of the prescription"),
                services.PAIRING: self.env._("Pairing of the lenses"),
                services.SHELL: self.env._("Frame with a shell"),
                services.TINT: self.env._("Tinted lenses"),
                services.PRISM: self.env._("Prism"),
                services.FILTER: self.env._("Filter"),
                services.PTOSIS: self.env._("Ptosis crutch"),
                services.ISEIKONIC: self.env._("Iseikonic lenses"),
            }
            # Of what the model does not name, what is sold: a tint without a code, a treatment.
            label = labels.get(self._optoamc_service()) or self.product_id.name or self.env._("Supplement")
            label = " – ".join(filter(None, [label, side != "both" and eyes.get(side)]))
        return label if self.product_uom_qty == 1 else f"{label} (x {self.product_uom_qty:g})"


def cover_of(contracts):
    """What a patient's current contracts are to the rules of the quote."""
    if not contracts:
        return Cover.NONE
    if any(contract._is_c2s() for contract in contracts):
        return Cover.C2S
    if any(contract._is_responsible() for contract in contracts):
        return Cover.RESPONSIBLE
    return Cover.FREE
