from odoo import models

from ...lib.lpp import services
from ..mixin.labelled import labelled
from .sale_order_offer import CLASSES_SINCE


class SaleOrderLine(models.Model):
    """What a line lacks for the legal quote."""

    _inherit = "sale.order.line"

    def _optoamc_unquotable(self):
        """What keeps the quote of this line from being printed, in words."""
        self.ensure_one()
        line, problems = self.sudo(), []
        is_dated = bool(line.optical_date) and line.optical_date >= CLASSES_SINCE
        is_coded = bool(line.lpp_id.group_code) or line.optical_category not in ("lens", "frame")
        # A line for two unlike eyes has no code: that is what is said of it, and to make a line for each.
        if is_dated and not is_coded and not line._optoamc_side_problem():
            problems.append(
                self.env._(
                    "%s: no grouping code. Choose the LPP code, or have its grouping code typed (Configuration).",
                    line.product_id.name or line.name,
                )
            )
        problems += [
            labelled(self.env, line.product_id.name, reason)
            for reason in (line._optoamc_fictitious_problem(), line._optoamc_price_problem())
            if reason
        ]
        problems += line._optoamc_code_doubts()
        if line._optoamc_kind() == services.PAIRING and not line.order_id._optoamc_is_class_a(line.equipment_number):
            problems.append(
                self.env._(
                    "%s: pairing belongs to the 100 %% Santé offer alone, the other part of the quote has no place "
                    "for it. Take it off this offer.",
                    line.product_id.name or line.name,
                )
            )
        return problems + list(filter(None, [line._optoamc_gap_problem()]))

    def _optoamc_code_doubts(self):
        """Whether the code behind the printed grouping code is for something else than what is sold: in words."""
        self.ensure_one()
        line = self.sudo()
        lpp, reason = line.lpp_id, None
        if line.optical_category == "lens":
            if not all(
                lpp._fits_correction(line._optoamc_correction(side)) for side, _count in line._optoamc_pieces()
            ):
                reason = self.env._("the code %s is for another correction.", lpp.code)
                if other := line._optoamc_other_code():
                    reason += " " + self.env._("Take the proposed code, %s, or another article.", other.code)
                else:
                    reason += " " + self.env._("Choose another code, or another article.")
        elif line._optoamc_kind() == services.ADAPTATION and line._optoamc_lens_class() not in (
            None,
            lpp.product_class,
        ):
            reason = self.env._("the code %s is for lenses of the other class. Choose the other one.", lpp.code)
        return [labelled(self.env, line.product_id.name, reason)] if reason else []

    def _optoamc_other_code(self):
        """The code that the LPP proposes in the place of the line's, maybe none."""
        self.ensure_one()
        line = self.sudo()
        return line.proposed_lpp_id - line.lpp_id

    def _optoamc_to_recode(self):
        """Of these lines, those that have a code for something else than what is sold, and another one proposed."""
        return self.filtered(lambda line: line._optoamc_other_code() and line._optoamc_code_doubts())

    def _optoamc_catalogue_gaps(self):
        """What the quote prints a dash for, of an article that is not of class A."""
        self.ensure_one()
        template = self.product_id.product_tmpl_id.sudo()
        if self._optoamc_class() == "A" or not (missing := template._optoamc_missing_for_quote()):
            return []
        return [
            self.env._(
                "%(article)s: its product does not say %(missing)s.",
                article=self.product_id.name,
                missing=", ".join(missing),
            )
        ]


class SaleOrder(models.Model):
    """The pairing that an offer of class A may carry."""

    _inherit = "sale.order"

    def _optoamc_pairing_hint(self, number):
        """Whether an equipment of class A has lenses of unlike refractive indices and no pairing, in words."""
        lines = self._optoamc_lines_of(number)
        lenses = lines.filtered(lambda line: line.optical_category == "lens").product_id.product_tmpl_id
        indices = lenses._optoamc_unlike_indices()
        if not indices or services.PAIRING in [line._optoamc_service() for line in lines]:
            return []
        return [
            self.env._(
                "%(order)s: the lenses have unlike refractive indices (%(indices)s). Their pairing may be added to "
                "the 100 %% Santé offer, at the level that the LPP has for them.",
                order=self.name,
                indices=" / ".join(map(lenses[:1]._optoamc_figure, indices)),
            )
        ]
