from odoo import api, fields, models

from ..mixin.labelled import labelled


class SaleOrderLine(models.Model):
    """What the LPP says of a line's code: a tariff or none known, a maximum price, the ages it is for."""

    _inherit = "sale.order.line"

    is_amo_unknown = fields.Boolean(
        "Sécu not known",
        compute="_compute_is_amo_unknown",
        groups="l10n_fr_optoamc.group_optician",
        help="Nobody has typed what the Sécu pays, and nothing says it: the line has no code, the table has no tariff "
        "of it on the day of the dossier, or there is no rate of that day.",
    )
    is_amo_none = fields.Boolean(
        "Nothing from the Sécu",
        compute="_compute_is_amo_none",
        store=True,
        readonly=False,
        copy=False,
        groups="l10n_fr_optoamc.group_optician",
        help="An optician says that the Sécu pays nothing of the article, which no tariff says.",
    )
    is_tariff_fictitious = fields.Boolean(
        "Fictitious tariff", compute="_compute_is_tariff_fictitious", groups="l10n_fr_optoamc.group_optician"
    )
    lpp_warning = fields.Char("LPP warning", compute="_compute_lpp_warning", groups="l10n_fr_optoamc.group_optician")

    @api.depends("product_id")
    def _compute_is_amo_none(self):
        """Said of one article, it is not of the next."""
        self.is_amo_none = False

    @api.depends(
        *("lpp_id", "lpp_id.price_ids.base_price", "order_id.optical_date", "amo_base", "amo_amount", "net_price"),
        *("optical_category", "order_id.amo_rate", "is_amo_none", "lpp_id.product_class", "is_own_expense"),
    )
    def _compute_is_amo_unknown(self):
        for line in self:
            # Nothing is paid of what costs nothing, whatever the tariff.
            is_asked = line.optical_category and not line.amo_amount and line.net_price > 0
            line.is_amo_unknown = is_asked and not line._optoamc_is_amo_known()

    def _optoamc_is_amo_known(self):
        """Whether something says that the Sécu pays nothing of the line where it pays nothing."""
        if self.is_own_expense or (self.is_amo_none and self._optoamc_may_be_none()):
            return True
        order = self.order_id
        is_known = order.amo_rate and self._optoamc_shop_lpp()._base_price_on(order.optical_date)
        return bool(is_known) and not self._optoamc_is_tariff_later()

    def _optoamc_is_tariff_later(self):
        """Whether the tariff came after the line was worked out: the 0 € of then is not what the Sécu pays."""
        return not self._optoamc_last("amo_base_worked_out") and self._optoamc_tariff() > 0

    def _optoamc_may_be_none(self):
        """Whether the Sécu may pay nothing of the line: it pays something on each article of the two classes."""
        return self.lpp_id.sudo().product_class not in ("A", "B")

    @api.depends("lpp_id", "lpp_id.price_ids.is_fictitious", "order_id.optical_date")
    def _compute_is_tariff_fictitious(self):
        for line in self:
            lpp, day = line.lpp_id.sudo(), line.order_id.optical_date
            line.is_tariff_fictitious = lpp and day and lpp._price_on(day).is_fictitious

    @api.depends(
        *("is_amo_unknown", "lpp_id", "product_uom_qty", "net_price", "order_id.patient_id.birthdate"),
        *("eye_side", "is_own_expense", "amo_amount"),
        *("order_id.prescription_id.has_lump_sum_indication", "order_id.prescription_id.equipment_kind"),
        *("order_id.other_prescription_id.has_lump_sum_indication", "order_id.other_prescription_id.equipment_kind"),
    )
    @api.depends_context("lang")
    def _compute_lpp_warning(self):
        for line in self:
            reasons = [*line._optoamc_tariff_problems()]
            doubts = (
                *(line._optoamc_price_problem(), line._optoamc_age_doubt()),
                *(line._optoamc_lump_sum_problem(), line._optoamc_plano_doubt(), line._optoamc_eye_doubt()),
            )
            reasons += filter(None, doubts)
            line.lpp_warning = bool(reasons) and labelled(self.env, line.product_id.name, " ".join(reasons))

    def _optoamc_tariff_problems(self):
        """Why nobody can tell what the Sécu pays of the line: words, none where it is known."""
        self.ensure_one()
        if not self._optoamc_may_be_none() and self.is_amo_unknown:
            yield self._optoamc_why_amo_unknown()
        if fictitious := self._optoamc_fictitious_problem():
            yield fictitious

    def _optoamc_why_amo_unknown(self):
        """Why nobody knows what the Sécu pays of the line, and what to do: words."""
        self.ensure_one()
        lpp, day = self.lpp_id.sudo().with_company(self.company_id), self.order_id.optical_date
        if not lpp:
            return self.env._("it has no LPP code. Choose it, type what the Sécu pays, or say that it pays nothing.")
        if lpp._base_price_on(day):
            if not self.order_id.amo_rate:
                return self.env._("no AMO rate is known for this dossier. Type it on the request screen.")
            return self.env._(
                "the tariff of %s came after the line. Take it by “Recalc.” on the request screen, or type what the "
                "Sécu pays.",
                lpp.code,
            )
        if lpp._has_class_a_tariffs(day, with_fictitious=True):
            return self.env._(
                "the LPP table has no tariff of %s on the day of the dossier. Choose another code, or type what the "
                "Sécu pays.",
                lpp.code,
            )
        return self.env._(
            "the tariff of %s is not known. Import the LPP table (Configuration), or type what the Sécu pays.",
            lpp.code,
        )

    def _optoamc_fictitious_problem(self):
        """The tariff was made up and the shop is at work: words, or ``None``."""
        self.ensure_one()
        if not self.is_tariff_fictitious or not self.env["optoamc.platform"]._in_production(self.company_id):
            return None
        return self.env._("the tariff of %s is fictitious. Import the CNAM's own LPP table.", self.lpp_id.sudo().code)

    def _optoamc_price_problem(self):
        """The line costs more than its code's maximum selling price: words, or ``None``."""
        self.ensure_one()
        lpp = self.lpp_id.sudo().with_company(self.company_id)
        return lpp._price_problem(self.net_price, self.product_uom_qty, self.order_id.optical_date)

    def _optoamc_age_doubt(self):
        """The code is for another age than the patient's: words, or ``None``."""
        self.ensure_one()
        order = self.order_id
        return self.lpp_id.sudo()._age_problem(order._optoamc_patient_age(), order.patient_id.name)

    @api.onchange("product_id", "lpp_id", "price_unit", "discount", "product_uom_qty")
    def _onchange_lpp_warning(self):
        """Told at once, without a click to pay for it."""
        is_optician = self.env.user.has_group("l10n_fr_optoamc.group_optician")
        if is_optician and self.lpp_warning and self.order_id._optoamc_is_of_shop():
            return {
                "warning": {
                    "title": self.env._("LPP code to check"),
                    "message": self.lpp_warning,
                    "type": "notification",
                }
            }
        return None


class SaleOrder(models.Model):
    _inherit = "sale.order"

    lpp_warnings = fields.Text(
        "LPP warnings", compute="_compute_lpp_warnings", groups="l10n_fr_optoamc.group_optician"
    )

    optoamc_amo_none_choice = fields.Char(
        compute="_compute_optoamc_amo_none_choice", groups="l10n_fr_optoamc.group_optician"
    )
    has_unknown_amo = fields.Boolean(compute="_compute_has_unknown_amo", groups="l10n_fr_optoamc.group_optician")
    has_fictitious_tariffs = fields.Boolean(
        compute="_compute_has_fictitious_tariffs", groups="l10n_fr_optoamc.group_optician"
    )

    @api.depends("order_line.is_amo_unknown")
    def _compute_has_unknown_amo(self):
        self.order_line.mapped("is_amo_unknown")  # of all orders together: their codes and tariffs, too
        for order in self:
            order.has_unknown_amo = any(order._optoamc_optical_lines().mapped("is_amo_unknown"))

    @api.depends("order_line.is_amo_unknown")
    @api.depends_context("lang")
    def _compute_optoamc_amo_none_choice(self):
        for order in self:
            names = dict.fromkeys(order._optoamc_amo_none_lines().mapped("product_id.name"))
            order.optoamc_amo_none_choice = bool(names) and self.env._(
                "What the Sécu pays of %s is not known: choose an LPP code, type the amount, or say:", ", ".join(names)
            )

    def _optoamc_amo_none_lines(self):
        """The lines of which nobody knows what the Sécu pays, and which may be none of its business."""
        return self._optoamc_optical_lines().filtered(lambda line: line.is_amo_unknown and line._optoamc_may_be_none())

    def action_optoamc_amo_none(self):
        """*The Sécu pays nothing*: of the articles of which nothing says what it pays, in each open quotation."""
        for order in self:
            articles = order._optoamc_amo_none_lines().product_id
            for variant in order._optoamc_variants() - order:
                if variant.state in ("draft", "sent"):
                    lines = variant._optoamc_amo_none_lines()
                    lines.filtered(lambda line, articles=articles: line.product_id in articles).is_amo_none = True
            order._optoamc_amo_none_lines().is_amo_none = True

    @api.depends("order_line.is_tariff_fictitious")
    def _compute_has_fictitious_tariffs(self):
        self.order_line.mapped("is_tariff_fictitious")  # of all orders together
        for order in self:
            order.has_fictitious_tariffs = any(order.order_line.mapped("is_tariff_fictitious"))

    @api.depends("order_line.lpp_warning")
    def _compute_lpp_warnings(self):
        for order in self:
            warnings = dict.fromkeys(filter(None, order.order_line.mapped("lpp_warning")))
            order.lpp_warnings = "\n".join(warnings) or False
