from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...lib.identifiers.age import MAJORITY
from ..request.states import ACTIVE
from ..selections import INSURANCE_NATURES


class SaleOrder(models.Model):
    """The *dossier*: the order, the prescription it answers and the contract it is covered by."""

    _name = "sale.order"
    _inherit = ["sale.order", "optoamc.shop.links", "optoamc.shop.screens", "optoamc.guarded"]

    # Everybody who sells makes, copies and edits orders: what only opticians may read is never worked out before the
    # creation, nor copied, since Odoo does both with the rights of whoever sells.
    patient_id = fields.Many2one(
        "res.partner",
        compute="_compute_patient_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        check_company=True,
        help="The person who will wear the equipment, when it is not the customer.",
    )
    optical_date = fields.Date(
        "Date of the dossier",
        default=lambda self: self.env.company._optoamc_today(),
        index="btree_not_null",
        copy=False,
        help="Tariffs, rates and LPP codes are those in force on this day.",
    )
    insurance_nature = fields.Selection(
        INSURANCE_NATURES,
        "Risk code",
        compute="_compute_insurance_nature",
        store=True,
        readonly=False,
        groups="l10n_fr_optoamc.group_optician",
        copy=False,
    )
    amo_rate = fields.Float(
        "AMO rate (%)",
        compute="_compute_amo_rate",
        store=True,
        readonly=False,
        help="Share of the LPP tariff that the AMO pays.",
        groups="l10n_fr_optoamc.group_optician",
        copy=False,
    )
    is_child = fields.Boolean(
        "Child",
        compute="_compute_is_child",
        store=True,
        readonly=False,
        help="Tariff of a patient under 18 on the day of the dossier.",
        groups="l10n_fr_optoamc.group_optician",
        copy=False,
    )
    optoamc_request_ids = fields.One2many(
        "optoamc.request",
        "order_id",
        "Third-party payment requests",
        groups="l10n_fr_optoamc.group_optician",
    )
    optoamc_request_count = fields.Integer(
        compute="_compute_optoamc_request_count", groups="l10n_fr_optoamc.group_optician"
    )
    variant_of_id = fields.Many2one(
        "sale.order",
        "Variant of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        help="The first quotation, to which this one is an alternative.",
    )
    variant_ids = fields.One2many("sale.order", "variant_of_id", "Variants")
    variant_count = fields.Integer(compute="_compute_variant_count", compute_sudo=True)
    optoamc_state = fields.Selection(
        selection=lambda self: self.env["optoamc.request"]._state_choice(),
        string="Request",
        compute="_compute_optoamc_state",
        groups="l10n_fr_optoamc.group_optician",
    )
    optoamc_stage = fields.Selection(
        [
            ("draft", "Quotation"),
            ("sent", "Quotation sent"),
            ("sale", "Sold dossier"),
            ("returned", "Returned dossier"),
            ("cancel", "Cancelled dossier"),
        ],
        "Status of the dossier",
        compute="_compute_optoamc_stage",
        help="Of the sale, in the words of the shop: a sale is a dossier, not an order.",
    )
    optical_content = fields.Char(
        "Content", compute="_compute_optical_content", compute_sudo=True, help="The articles of the equipments."
    )
    optical_summary = fields.Json(
        "Equipments", compute="_compute_optical_summary", groups="l10n_fr_optoamc.group_optician"
    )
    is_agreement_stale = fields.Boolean(compute="_compute_is_agreement_stale", groups="l10n_fr_optoamc.group_optician")
    stale_requests = fields.Char(
        "Asked before a change", compute="_compute_is_agreement_stale", groups="l10n_fr_optoamc.group_optician"
    )

    # After years nearly all orders are invoiced: what is left to do is found among the others.
    _optoamc_open_idx = models.Index("(id) WHERE invoice_status <> 'invoiced' OR invoice_status IS NULL")

    @api.depends("partner_id")
    def _compute_patient_id(self):
        for order in self:
            if not order._optoamc_keeps_patient():
                order.patient_id = order.partner_id

    @api.constrains("patient_id")
    def _check_patient_asked_for(self):
        for order in self.sudo():
            asked = order.optoamc_request_ids.filtered(
                lambda request, order=order: request.state in ACTIVE and request.patient_id != order.patient_id
            )[:1]
            if asked:
                raise ValidationError(
                    self.env._(
                        "%(request)s is for %(patient)s: cancel it before the dossier becomes another person's.",
                        request=asked.display_name,
                        patient=asked.patient_id.display_name,
                    )
                )

    def _optoamc_patient_sudo(self):
        """The patient as this order's shop knows him or her."""
        return self.patient_id.sudo().with_company(self.company_id)

    def _optoamc_patient_age(self):
        """In full years on the day of the dossier; ``None`` when it cannot be told."""
        if not self.patient_id or not self.optical_date:
            return None
        return self._optoamc_patient_sudo()._optoamc_age_on(self.optical_date)

    @api.depends("patient_id")
    def _compute_insurance_nature(self):
        for order in self:
            order.insurance_nature = order._optoamc_patient_sudo().insurance_nature or "10"

    # Not on the patient's fund: a fund that changes later must not change past dossiers.
    @api.depends("insurance_nature", "optical_date", "patient_id")
    def _compute_amo_rate(self):
        rates = self.env["optoamc.amo.rate"].sudo()
        for order in self:
            fund = order._optoamc_patient_sudo().amo_id
            order.amo_rate = rates._rate_on(order.optical_date, order.sudo().insurance_nature, fund)

    @api.depends("patient_id.birthdate", "optical_date")
    def _compute_is_child(self):
        for order in self:
            age = order._optoamc_patient_age()
            # Under 18 until the day of the 18th birthday.
            order.is_child = age is not None and age < MAJORITY

    @api.depends("variant_of_id", "variant_ids")
    def _compute_variant_count(self):
        for order in self:
            count = len(order._optoamc_variants())
            order.variant_count = count if count > 1 else 0  # as many as the list of them has

    def _optoamc_variants(self):
        """The quotations among which the patient chooses, this one included."""
        self.ensure_one()
        first = self.variant_of_id or self
        return first | first.variant_ids

    @api.depends("optoamc_request_ids")
    def _compute_optoamc_request_count(self):
        for order in self:
            order.optoamc_request_count = len(order.optoamc_request_ids)

    def _optoamc_equipment_lines(self, number):
        """The optical lines of one equipment, in the order they are shown."""
        return self._optoamc_optical_lines().filtered(lambda line: line.equipment_number == number)

    @api.depends(
        "order_line.equipment_number",
        "order_line.optical_category",
        "order_line.product_uom_qty",
        "order_line.net_price",
        "order_line.amo_amount",
        "order_line.amc_amount",
        "order_line.is_amo_unknown",
        "order_line.is_amc_answered",
        "optoamc_request_ids.equipment_number",
        "optoamc_request_ids.state",
        "optoamc_request_ids.is_stale",
        "optoamc_request_ids.answered_at",
        "order_line.is_own_expense",
        "patient_id",
    )
    def _compute_optical_summary(self):
        self.optoamc_request_ids.fetch(["state", "is_stale", "equipment_number"])
        for order in self:
            numbers = sorted(set(order._optoamc_optical_lines().mapped("equipment_number")))
            order.optical_summary = [order._optoamc_equipment_summary(number) for number in numbers]

    @api.depends("order_line.product_id", "order_line.optical_category")
    def _compute_optical_content(self):
        for order in self:
            order.optical_content = " · ".join(order._optoamc_optical_lines().product_id.mapped("name"))

    def _optoamc_equipment_summary(self, number):
        """One equipment as the screens sum it up: what it is, who pays, how far the insurer is."""
        lines = self._optoamc_equipment_lines(number)
        request = self.optoamc_request_ids.filtered(lambda asked: asked.equipment_number == number)[:1]
        return {
            "number": number,
            "label": self._optoamc_equipment_label(lines),
            "total": sum(lines.mapped("net_price")),
            "amo": sum(lines.mapped("amo_amount")),
            "is_amo_unknown": any(lines.mapped("is_amo_unknown")),
            "amc": sum(lines.mapped("amc_amount")),
            "is_amc_answered": any(lines.mapped("is_amc_answered")),
            "patient": sum(lines.mapped("patient_amount")),
            "is_left_known": not any(lines.mapped("is_amo_unknown")),
            "currency": self.currency_id.id,
            "request": request.id,
            "state": request.state,
            "is_stale": request.is_stale,
        }

    def _optoamc_equipment_label(self, lines):
        """``2 VER + 1 MON``: what is in an equipment, in the words of the trade."""
        labels = dict(lines._fields["optical_category"]._description_selection(self.env))
        return " + ".join(
            f"{sum(group.mapped('product_uom_qty')):g} {labels[category]}"
            for category, group in lines.grouped("optical_category").items()
        )

    @api.depends("optoamc_request_ids.state")
    def _compute_optoamc_state(self):
        self.optoamc_request_ids.fetch(["state"])  # of all orders together
        for order in self:
            order.optoamc_state = order.optoamc_request_ids[:1].state

    @api.depends("state", "is_returned")
    def _compute_optoamc_stage(self):
        known = dict(self._fields["optoamc_stage"].selection)
        for order in self:
            stage = "returned" if order.is_returned else order.state
            order.optoamc_stage = stage if stage in known else False

    @api.depends("optoamc_request_ids.is_stale")
    def _compute_is_agreement_stale(self):
        for order in self:
            stale = order.optoamc_request_ids.filtered("is_stale")
            order.is_agreement_stale = bool(stale)
            order.stale_requests = bool(stale) and stale._names_for(self.env)

    def _optoamc_next_contract(self, number):
        """The insurer to ask about an equipment: the first in rank that has not agreed to it yet, by any contract.

        What an earlier one has agreed to, or is deciding, comes before where the dossier has changed since.
        """
        self.ensure_one()
        if outdated := self._optoamc_outdated_requests(number).contract_id.sorted("rank"):
            return outdated[0]
        contracts = self.patient_id.with_company(self.company_id)._optoamc_current_contracts(self.optical_date)
        agreed = self.optoamc_request_ids.filtered(
            lambda asked: asked.equipment_number == number and asked.transferred and asked.kind == "coverage"
        )
        others = contracts.filtered(lambda contract: contract.insurer_id not in agreed.insurer_id)
        return others[:1] or (contracts & agreed.contract_id)[:1] or contracts[:1]

    def _optoamc_outdated_requests(self, number):
        """The requests about an equipment that do not fit the dossier any more: to be cancelled, and made anew."""
        return self.optoamc_request_ids.filtered(lambda asked: asked.is_stale and asked.equipment_number == number)

    def _optoamc_optical_lines(self):
        """The lines that insurers are asked about.

        :return: ``sale.order.line`` of an optical category that are sold and take nothing off the price
        """
        self.ensure_one()
        # What an insurer was asked cannot be deleted: a quantity of 0 says that it is not sold. What gives back a part
        # of the price is no article: it is spread over those that it concerns.
        return self.order_line.filtered(
            lambda line: (
                line.optical_category and not line.display_type and line.product_uom_qty > 0 and line.price_total >= 0
            )
        )

    def _optoamc_is_of_shop(self):
        """Whether a shop sells; of one that has not said so yet, a prescription or a request tells."""
        self.ensure_one()
        order = self.sudo()
        is_treated = order.prescription_id or order.optoamc_request_ids
        return bool(is_treated) or order.company_id._optoamc_is_shop()

    def _optoamc_is_dossier(self):
        """Whether a shop sells optical articles; any other order is printed, asked for and mailed as Odoo does."""
        return bool(self.sudo()._optoamc_optical_lines()) and self._optoamc_is_of_shop()

    def _optoamc_printed_equipments(self):
        """The equipments that the papers sum up, as ``optical_summary``, whoever prints them: none but a dossier's."""
        return self.sudo().optical_summary if self._optoamc_is_dossier() else []

    def _optoamc_is_protected(self):
        """Whether an optical article is sold; any other order is as without this module."""
        return any(self.sudo().order_line.mapped("optical_category"))

    def _optoamc_payers_rows(self, number):
        """What the papers print of an equipment: a dict a line, amounts in the order's currency."""
        return [
            {
                "name": line._optoamc_with_eye(line.product_id.name or line.name, line._optoamc_told_side()),
                "group_code": line.lpp_id.group_code,
                "quantity": line.product_uom_qty,
                "price": line.net_price,
                "amo": line.amo_amount,
                "is_amo_unknown": line.is_amo_unknown,
                "is_fictitious": line.is_tariff_fictitious,
                "amc": line.amc_amount,
                "is_amc_answered": line.is_amc_answered,
                "patient": line.patient_amount,
                "is_left_known": not line.is_amo_unknown,
            }
            for line in self._optoamc_equipment_lines(number)
        ]

    def action_optoamc_open_pec(self):
        """*P.E.C.*: the screen to ask an insurer about this dossier."""
        return self._optoamc_open_pec()

    def _optoamc_open_pec(self, **subject):
        """The screen, saved; its equipment and insurer are the next to ask unless said."""
        self.ensure_one()
        return self.env["optoamc.request.wizard"].create({"order_id": self.id, **subject})._reopen()

    def action_optoamc_view_requests(self):
        """The requests of this dossier."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Third-party payment"),
            "res_model": "optoamc.request",
            "view_mode": "list,form",
            "domain": [("order_id", "=", self.id)],
        }

    def write(self, vals):
        """What is not sold leaves no agreement behind: it would block the patient's rights.

        However the order is cancelled: by its button, on the portal, by another module or by a bare write.
        """
        ended = self.browse()
        if vals.get("state") == "cancel":
            ended = self.filtered(lambda order: order.state != "cancel")
        result = super().write(vals)
        ended.sudo().optoamc_request_ids._abandon()
        return result
