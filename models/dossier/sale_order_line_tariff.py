from odoo import api, fields, models


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
    is_tariff_fictitious = fields.Boolean(
        "Fictitious tariff", compute="_compute_is_tariff_fictitious", groups="l10n_fr_optoamc.group_optician"
    )
    lpp_warning = fields.Char("LPP warning", compute="_compute_lpp_warning", groups="l10n_fr_optoamc.group_optician")

    @api.depends(
        *("lpp_id", "lpp_id.price_ids.base_price", "order_id.optical_date", "amo_amount", "net_price"),
        *("optical_category", "order_id.amo_rate"),
    )
    def _compute_is_amo_unknown(self):
        for line in self:
            lpp, order = line.lpp_id.sudo().with_company(line.company_id), line.order_id
            is_known = lpp._base_price_on(order.optical_date) and order.amo_rate
            # Nothing is paid of what costs nothing, whatever the tariff.
            line.is_amo_unknown = line.optical_category and not line.amo_amount and line.net_price > 0 and not is_known

    @api.depends("lpp_id", "lpp_id.price_ids.is_fictitious", "order_id.optical_date")
    def _compute_is_tariff_fictitious(self):
        for line in self:
            lpp, day = line.lpp_id.sudo(), line.order_id.optical_date
            line.is_tariff_fictitious = lpp and day and lpp._price_on(day).is_fictitious

    @api.depends("is_amo_unknown", "lpp_id", "product_uom_qty", "net_price", "order_id.patient_id.birthdate")
    @api.depends_context("lang")
    def _compute_lpp_warning(self):
        for line in self:
            reasons = [reason for _field, reason in line._optoamc_obstacles()]
            reasons += filter(None, [line._optoamc_age_doubt()])
            line.lpp_warning = f"{line.product_id.name}: {' '.join(reasons)}" if reasons else False

    def _optoamc_obstacles(self):
        """Why the line cannot be asked about.

        :return: the field to correct and the reason in words, for each
        :rtype: list[tuple[str, str]]
        """
        self.ensure_one()
        lpp, obstacles = self.lpp_id.sudo().with_company(self.company_id), []
        # The AMO pays something on each article of the two classes: nothing would be a lie. Of the others, it may not.
        if lpp.product_class in ("A", "B") and self.is_amo_unknown:
            obstacles.append(
                (
                    "amo_amount",
                    self.env._(
                        "the tariff of %s is not known. Import the LPP table (Configuration), or type what the Sécu "
                        "pays.",
                        lpp.code,
                    ),
                )
            )
        if self.is_tariff_fictitious and self.env["optoamc.platform"]._in_production(self.company_id):
            obstacles.append(
                (
                    "amo_amount",
                    self.env._("the tariff of %s is fictitious. Import the CNAM's own LPP table.", lpp.code),
                )
            )
        most = (lpp._max_price_on(self.order_id.optical_date) or 0.0) * self.product_uom_qty
        if most and self.currency_id.compare_amounts(self.net_price, most) > 0:
            obstacles.append(
                (
                    "price_unit",
                    self.env._(
                        "%(price)s is above the maximum selling price (PLV) of %(code)s, %(most)s. Lower the price or "
                        "choose another code.",
                        price=self.currency_id.format(self.net_price),
                        code=lpp.code,
                        most=self.currency_id.format(most),
                    ),
                )
            )
        return obstacles

    def _optoamc_age_doubt(self):
        """The code is for another age than the patient's: words, or ``None``; to ask, since the table may err."""
        self.ensure_one()
        order, lpp = self.order_id, self.lpp_id.sudo()
        bounds = lpp.generic_id or lpp
        age = (
            order._optoamc_patient_sudo()._optoamc_age_on(order.optical_date)
            if order.patient_id and order.optical_date
            else None
        )
        if age is None or not lpp:
            return None
        if bounds.age_from and age < bounds.age_from:
            audience = self.env._("from %s years on", bounds.age_from)
        elif bounds.age_below and age >= bounds.age_below:
            audience = self.env._("below %s years", bounds.age_below)
        else:
            return None
        return self.env._(
            "the code %(code)s is for patients %(audience)s, and %(patient)s is %(age)s.",
            code=lpp.code,
            audience=audience,
            patient=order.patient_id.name,
            age=age,
        )

    @api.onchange("product_id", "lpp_id", "price_unit", "discount", "product_uom_qty")
    def _onchange_lpp_warning(self):
        """Told at once, without a click to pay for it."""
        if self.env.user.has_group("l10n_fr_optoamc.group_optician") and self.lpp_warning:
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

    has_unknown_amo = fields.Boolean(compute="_compute_has_unknown_amo", groups="l10n_fr_optoamc.group_optician")
    has_fictitious_tariffs = fields.Boolean(
        compute="_compute_has_fictitious_tariffs", groups="l10n_fr_optoamc.group_optician"
    )

    @api.depends("order_line.is_amo_unknown")
    def _compute_has_unknown_amo(self):
        for order in self:
            order.has_unknown_amo = any(order._optoamc_optical_lines().mapped("is_amo_unknown"))

    @api.depends("order_line.is_tariff_fictitious")
    def _compute_has_fictitious_tariffs(self):
        for order in self:
            order.has_fictitious_tariffs = any(order.order_line.mapped("is_tariff_fictitious"))

    @api.depends("order_line.lpp_warning")
    def _compute_lpp_warnings(self):
        for order in self:
            warnings = dict.fromkeys(filter(None, order.order_line.mapped("lpp_warning")))
            order.lpp_warnings = "\n".join(warnings) or False
