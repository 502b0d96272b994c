from odoo import api, fields, models

from ..mixin.labelled import labelled


class SaleOrder(models.Model):
    """What keeps the legal quote from being printed, and what is told besides, in words."""

    _inherit = "sale.order"

    quote_problems = fields.Text(
        "Legal quote", compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician"
    )
    quote_warnings = fields.Text(
        "Legal quote, to check", compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician"
    )
    faulty_offer_id = fields.Many2one(
        "sale.order",
        compute="_compute_quote_problems",
        groups="l10n_fr_optoamc.group_optician",
        help="The other part of the quote, where something of it keeps the quote from being printed.",
    )

    @api.depends(
        *("state", "optical_date", "prescription_id", "no_class_a_reason", "variant_ids.state", "variant_of_id"),
        *("validity_date", "date_order", "accepted_seal", "partner_id"),
        *("variant_ids.optoamc_offer", "variant_of_id.optoamc_offer", "optoamc_offer"),
        *("order_line.lpp_id.group_code_checked_on", "order_line.lpp_warning", "order_line.granted_amount"),
        *("order_line.net_price", "order_line.amo_amount", "order_line.eye_side", "order_line.equipment_number"),
        *("order_line.product_uom_qty", "order_line.vision", "order_line.is_own_expense", "renewal_case"),
        "order_line.lpp_id",
    )
    @api.depends_context("lang")
    def _compute_quote_problems(self):
        for order in self:
            due = order._optoamc_quote_numbers() if order.has_legal_quote else []
            numbers = due if order.state in ("draft", "sent") else []
            # What is not due takes a look at the patient's other dossiers: it is worked out once.
            undue_of = {number: order._optoamc_undue_problems(number) for number in numbers}
            undue = [problem for found in undue_of.values() for problem in found]
            problems = [problem for number in numbers for problem in order._optoamc_paper_problems(number)] + undue
            warnings = [warning for number in numbers for warning in order._optoamc_quote_warnings(number)]
            changes = order._optoamc_change_warnings()
            order.is_quote_changed, warnings = bool(changes), changes + warnings
            if order.state == "sale" and any(map(order._optoamc_was_class_a_missing, due)):
                problems.append((order, order._optoamc_class_a_omission()))
            order.quote_problems = "\n".join(dict.fromkeys(order._optoamc_named(problems))) or False
            order.faulty_offer_id = next(
                (offer for offer, _words in problems if not order._optoamc_is_own(offer)), False
            )
            order.quote_warnings = "\n".join(dict.fromkeys(warnings)) or False
            order.has_parts_not_due = bool(undue)
            order.parts_not_due = [
                {"number": number, "name": order._optoamc_equipment_name(number)}
                for number, found in undue_of.items()
                if found
            ]
            order.has_sale_doubts = any(order._optoamc_is_own(offer) for offer, _words in undue) or any(
                map(order._optoamc_article_doubts, numbers)
            )
            order.has_other_codes = any(order._optoamc_quoted_lines(number)._optoamc_to_recode() for number in numbers)
            order.has_codes_to_check = any(order._optoamc_derived_codes(number) for number in numbers)
            order.needs_class_a_offer = any(order._optoamc_lacks_class_a(number) for number in numbers)

    # -- what keeps it from being printed -----------------------------------------------------

    def _optoamc_quote_problems(self, number):
        """Why no legal quote of an equipment may be printed: a list of the quotation that it is about, and words."""
        return self._optoamc_paper_problems(number) + self._optoamc_undue_problems(number)

    def _optoamc_paper_problems(self, number):
        """Of these, all but what the payers may not owe (:meth:`_optoamc_undue_problems`)."""
        self.ensure_one()
        problems = self._optoamc_validity_problems()
        if self._optoamc_lacks_class_a(number) and not self._optoamc_no_class_a():
            problems.append(self._optoamc_class_a_problem())
        if derived := self._optoamc_derived_codes(number):
            problems.append(derived._derived_codes_words())
        found = [(self, words) for words in problems]
        for offer in filter(None, self._optoamc_quoted_offers(number)):
            problems = [words for line in offer._optoamc_lines_of(number) for words in line._optoamc_unquotable()]
            problems += offer._optoamc_untold_eyes(number)
            found += [(offer, words) for words in problems]
        return found

    def _optoamc_is_own(self, offer):
        """Whether an offer of the quote is this quotation itself, also as an open form has it."""
        return offer._origin == self._origin

    def _optoamc_named(self, problems):
        """The problems of the quote in words: what is of the other offer names it."""
        own = {words for offer, words in problems if self._optoamc_is_own(offer)}
        return [words if words in own else labelled(self.env, offer.name, words) for offer, words in problems]

    def action_optoamc_open_faulty_offer(self):
        """The other part of the quote, which keeps it from being printed."""
        self.ensure_one()
        return self.faulty_offer_id.with_env(self.env)._get_records_action()

    def _optoamc_untold_eyes(self, number):
        """The lines of an equipment that no paper can tell eye by eye, in words."""
        return [
            labelled(self.env, line.product_id.name or line.name, reason)
            for line, reason in self.sudo()._optoamc_equipment_lines(number)._optoamc_side_problems()
        ]

    def _optoamc_sold_untold_eyes(self):
        """The same of what was sold: no paper names the wrong eye then either; all else stays as it was."""
        self.ensure_one()
        numbers = self._optoamc_quote_numbers() if self.state == "sale" else []
        return [problem for number in numbers for problem in self._optoamc_untold_eyes(number)]

    # -- what is told besides -----------------------------------------------------------------

    def _optoamc_quote_warnings(self, number):
        """What the optician should know before handing an equipment's quote over, in words."""
        class_a, other = self._optoamc_quoted_offers(number)
        warnings = []
        for offer in filter(None, (class_a, other)):
            values = offer._optoamc_offer_values(number)
            if values["totals"]["amo"] is None:
                lines = offer.sudo()._optoamc_equipment_lines(number).filtered("is_amo_unknown")
                warnings += [
                    self.env._(
                        "%(order)s: what the Sécu pays is not known. %(article)s: %(reason)s",
                        order=offer.name,
                        article=line.product_id.name,
                        reason=line.with_env(self.env)._optoamc_why_amo_unknown(),
                    )
                    for line in lines
                ]
            for line in offer._optoamc_lines_of(number):
                warnings += line._optoamc_catalogue_gaps()
        if class_a and (left := class_a._optoamc_offer_values(number)["totals"]["left"]):
            warnings.append(
                self.env._(
                    "%(order)s: the 100 %% Santé offer would leave %(amount)s to the patient.",
                    order=class_a.name,
                    amount=self.currency_id.format(float(left)),
                )
            )
        return warnings + class_a._optoamc_pairing_hint(number) + other._optoamc_limit_warnings(number)
