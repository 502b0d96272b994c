from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..mixin.access_first import check_first
from ..mixin.labelled import labelled
from .res_company import QUOTE_DAYS_MIN

REPORT = "l10n_fr_optoamc.action_report_legal_quote"


class SaleOrder(models.Model):
    """The legal quote of a dossier: whether it is needed, what keeps it from being printed, what it says."""

    _inherit = "sale.order"

    has_legal_quote = fields.Boolean(
        compute="_compute_has_legal_quote",
        compute_sudo=True,
        help="What is sold needs the quote of article L165-9 of the code de la sécurité sociale.",
    )
    quote_problems = fields.Text(
        "Legal quote", compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician"
    )
    quote_warnings = fields.Text(
        "Legal quote, to check", compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician"
    )
    has_codes_to_check = fields.Boolean(compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician")
    has_other_codes = fields.Boolean(compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician")
    has_parts_not_due = fields.Boolean(compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician")
    has_sale_doubts = fields.Boolean(compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician")
    faulty_offer_id = fields.Many2one(
        "sale.order",
        compute="_compute_quote_problems",
        groups="l10n_fr_optoamc.group_optician",
        help="The other part of the quote, where something of it keeps the quote from being printed.",
    )
    is_class_a_missing = fields.Boolean(
        compute="_compute_is_class_a_missing",
        compute_sudo=True,
        help="What is sold needs a class A offer, and nothing says why there is none.",
    )
    is_sale_doubtful = fields.Boolean(
        compute="_compute_is_sale_doubtful",
        compute_sudo=True,
        help="What is sold has no lawful quote: a price above its limit, another correction's code, parts not due.",
    )
    needs_class_a_offer = fields.Boolean(compute="_compute_quote_problems", groups="l10n_fr_optoamc.group_optician")

    @api.depends(
        *("order_line.optical_category", "order_line.product_uom_qty", "prescription_id", "optoamc_is_trial"),
        "company_id.finess",
    )
    def _compute_has_legal_quote(self):
        for order in self:
            order.has_legal_quote = not order.optoamc_is_trial and bool(order._optoamc_quote_numbers())

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
            undue = [problem for number in numbers for problem in order._optoamc_undue_problems(number)]
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
            order.has_sale_doubts = any(order._optoamc_is_own(offer) for offer, _words in undue) or any(
                map(order._optoamc_article_doubts, numbers)
            )
            order.has_other_codes = any(order._optoamc_quoted_lines(number)._optoamc_to_recode() for number in numbers)
            order.has_codes_to_check = any(order._optoamc_derived_codes(number) for number in numbers)
            order.needs_class_a_offer = any(order._optoamc_lacks_class_a(number) for number in numbers)

    @api.depends("has_sale_doubts")
    @api.depends_context("uid")
    def _compute_is_sale_doubtful(self):
        # Who cannot mend it is not asked about it.
        asks = self.env.user.has_group("l10n_fr_optoamc.group_optician")
        for order in self:
            order.is_sale_doubtful = asks and order.has_sale_doubts

    @api.depends("order_line.optical_category", "order_line.product_uom_qty", "no_class_a_reason", "optoamc_offer")
    @api.depends_context("uid")
    def _compute_is_class_a_missing(self):
        # Who cannot propose an offer is not asked about it.
        asks = self.env.user.has_group("l10n_fr_optoamc.group_optician")
        for order in self:
            numbers = order._optoamc_quote_numbers() if asks and order.has_legal_quote else []
            order.is_class_a_missing = any(map(order._optoamc_was_class_a_missing, numbers))

    # -- what keeps it from being printed -----------------------------------------------------

    def _optoamc_quote_problems(self, number):
        """Why no legal quote of an equipment may be printed: a list of the quotation that it is about, and words."""
        return self._optoamc_paper_problems(number) + self._optoamc_undue_problems(number)

    def _optoamc_undue_problems(self, number):
        """Of these, what the quote would promise and the payers may not owe."""
        offers = filter(None, self._optoamc_quoted_offers(number))
        return [(offer, words) for offer in offers for words in offer._optoamc_undue_parts(number)]

    def _optoamc_paper_problems(self, number):
        """Of these, all others."""
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

    def _optoamc_undue_parts(self, number):
        """That an equipment's quote would promise what the payers may not owe, in words."""
        order = self.sudo()
        if not (reason := order._optoamc_not_due(number)):
            return [
                labelled(self.env, line.product_id.name, words)
                for line in order._optoamc_equipment_lines(number)
                if (words := line._optoamc_lump_sum_problem())
            ]
        return [
            self.env._(
                "The quote would promise shares of the Sécu and of the insurer that may not be due: %s. Choose the "
                "reason of the early renewal, or sell at the patient's expense.",
                reason,
            )
            if order.renewal_problem
            else self.env._(
                "The quote would promise shares of the Sécu and of the insurer that may not be due: %s. Sell at the "
                "patient's expense.",
                reason,
            )
        ]

    def _optoamc_article_doubts(self, number):
        """What makes the sale of an equipment's articles doubtful, not its paper alone, in words."""
        lines = self.sudo()._optoamc_equipment_lines(number)
        found = [words for line in lines for words in (line._optoamc_price_problem(), *line._optoamc_code_doubts())]
        return [*filter(None, found)]

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

    def _optoamc_class_a_problem(self):
        if self._optoamc_no_class_a_reason():
            return self.env._(
                "The shop prints no quote without a class A offer (Settings): propose the 100 % Santé offer."
            )
        return self.env._(
            "The 100 % Santé offer is missing: propose it, or say why no class A equipment meets the need."
        )

    def _optoamc_was_class_a_missing(self, number):
        """Whether an equipment was sold without a class A offer, and nothing says why: it stays to be seen."""
        return self._optoamc_lacks_class_a(number) and not self._optoamc_no_class_a_reason()

    def _optoamc_class_a_omission(self):
        return self.env._(
            "Sold without the 100 % Santé offer that the legal quote must show: say on the dossier why no class A "
            "equipment met the need."
        )

    def _optoamc_lacks_class_a(self, number):
        """Whether the equipment needs a class A offer and has none."""
        is_asked = self._optoamc_quote_kind(number) == "glasses" and self._optoamc_has_two_offers()
        return is_asked and not self._optoamc_offers(number)[0]

    def _optoamc_no_class_a_reason(self):
        """Why no class A equipment meets the need, as any of the quotations says it."""
        return next(filter(None, self.sudo()._optoamc_variants().mapped("no_class_a_reason")), "")

    def _optoamc_no_class_a(self):
        """Whether the quote may be printed without a class A offer."""
        return bool(self._optoamc_no_class_a_reason()) and self.company_id.sudo().optoamc_quote_without_class_a

    def _optoamc_quoted_lines(self, number):
        """The lines of both parts of an equipment's quote."""
        class_a, other = self._optoamc_quoted_offers(number)
        return class_a._optoamc_lines_of(number) | other._optoamc_lines_of(number)

    def _optoamc_lines_of(self, number):
        """As :meth:`_optoamc_equipment_lines`, of an order that may be none."""
        return self._optoamc_equipment_lines(number) if self else self.order_line

    def _optoamc_quoted_offers(self, number):
        """The two parts of an equipment's quote: contact lenses and dossiers of before the classes have one offer."""
        if self._optoamc_quote_kind(number) == "contact" or not self._optoamc_has_two_offers():
            return self.env["sale.order"].sudo(), self.sudo()
        return self._optoamc_offers(number)

    def _optoamc_derived_codes(self, number):
        """The derived grouping codes that the quote would print and no optician has answered for."""
        return self._optoamc_quoted_lines(number).lpp_id._group_codes_to_check()

    def _optoamc_check_quote(self):
        """:raises UserError: the legal quote of an equipment may not be printed, with the reasons"""
        check_first(self, "read")  # the reasons name the dossier and its articles
        for order in self.sudo():  # whoever sells prints and sends it
            numbers = order._optoamc_quote_numbers()
            if not numbers:
                raise UserError(
                    self.env._(
                        "%s: nothing of it needs the legal quote. Print Odoo's own quotation.", order.display_name
                    )
                )
            problems = order._optoamc_sold_untold_eyes()
            if order.state in ("draft", "sent"):
                found = [problem for number in numbers for problem in order._optoamc_quote_problems(number)]
                problems = order._optoamc_named(found)
            if problems:
                raise UserError("\n".join([order.display_name, *dict.fromkeys(problems)]))

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

    # -- what it says -------------------------------------------------------------------------

    @api.depends("order_line.optical_category")
    def _compute_validity_date(self):
        """A legal quote is valid for as long as the shop's setting says; a later day that was typed stays."""
        typed = {order: order.validity_date for order in self if order._origin}
        result = super()._compute_validity_date()
        today = fields.Date.context_today(self)
        for order in self:
            # An order that is being created has lines without a quantity yet.
            if any(order.order_line.mapped("optical_category")) and order._optoamc_is_of_shop():
                until = today + timedelta(days=order.company_id.sudo().optoamc_quote_days)
                order.validity_date = max(filter(None, (until, order.validity_date, typed.get(order))))
        return result

    def _optoamc_quote_day(self):
        """The day of the quote at the shop, whoever reads it: a customer on the portal has no time zone."""
        if quoted_on := self.sudo().quoted_on:
            return quoted_on
        return self._optoamc_order_day()

    def _optoamc_order_day(self):
        """The day of the order, or of the sale, at the shop."""
        there = self.with_context(tz=self.company_id.sudo()._optoamc_zone())
        return fields.Datetime.context_timestamp(there, self.date_order).date()

    def _optoamc_validity_problems(self):
        """Whether the day up to which the quote is valid was set before the shortest one."""
        shortest = self._optoamc_quote_day() + timedelta(days=QUOTE_DAYS_MIN)
        if not self.validity_date or self.validity_date >= shortest:
            return []
        return [
            self.env._(
                "%(order)s: valid until %(day)s only. A legal quote is valid for two months at least: until "
                "%(least)s.",
                order=self.name,
                day=format_date(self.env, self.validity_date),
                least=format_date(self.env, shortest),
            )
        ]

    def _optoamc_legal_quotes(self):
        """What the legal quotes of the order say, a dict for each equipment that needs one; read as superuser."""
        self.ensure_one()
        return [self.sudo()._optoamc_legal_quote(number) for number in self._optoamc_quote_numbers()]

    def _optoamc_legal_quote(self, number):
        class_a, other = self._optoamc_quoted_offers(number)
        company = self.company_id
        prescription = self._optoamc_prescription_of(self._optoamc_equipment_lines(number))
        patient = self._optoamc_patient_sudo()
        contract = patient._optoamc_current_contracts(self.optical_date)[:1]
        return {
            "number": number,
            # One document has one number, whichever of its offers is looked at.
            "name": (other or class_a or self).name,
            "kind": self._optoamc_quote_kind(number),
            "order": self,
            "date": self._optoamc_quote_day(),
            "company": company,
            "patient": patient,
            "insured": contract.insured_id or patient.insured_id or patient,
            "insurer": contract.insurer_id,
            "prescription": prescription,
            "prescriber": prescription.prescriber_id,
            "class_a": class_a and class_a._optoamc_offer_values(number),
            "other": other and other._optoamc_offer_values(number, with_pairing=False),
            "has_two_offers": self._optoamc_quote_kind(number) == "glasses" and self._optoamc_has_two_offers(),
            "is_fictitious": any(self._optoamc_quoted_lines(number).mapped("is_tariff_fictitious")),
            "shows": {name: company[f"optoamc_quote_shows_{name}"] for name in ("base", "identity", "origin")},
        }

    def action_optoamc_print_quote(self):
        """Print the legal quote.

        :raises UserError: it may not be printed as it is
        """
        self._optoamc_check_quote()
        return self.env.ref(REPORT).report_action(self)

    def action_optoamc_check_codes(self):
        """The optician has checked the derived grouping codes of this dossier's quote."""
        for order in self:
            for number in order._optoamc_quote_numbers():
                order._optoamc_derived_codes(number).with_env(self.env).action_check_group_codes()

    def action_optoamc_take_codes(self):
        """Take the proposed codes in the place of those that do not fit, in each open quotation of the need."""
        for order in self._optoamc_variants().filtered(lambda order: order.state in ("draft", "sent")):
            order._optoamc_optical_lines()._optoamc_to_recode()._optoamc_recompute_optics()

    def _find_mail_template(self):
        """The legal quote where there is one; an optician is told what keeps it from being sent."""
        template = super()._find_mail_template()
        if self.state not in ("draft", "sent") or not self.has_legal_quote or self.env.context.get("proforma"):
            return template
        if self.env.user.has_group("l10n_fr_optoamc.group_optician"):
            self._optoamc_check_quote()
        if not self._optoamc_is_quote_ready():
            return template
        return self.env.ref("l10n_fr_optoamc.mail_template_legal_quote", raise_if_not_found=False) or template

    def _optoamc_quote_file_name(self):
        """``Devis S00042``: without the patient's name, which is on the paper."""
        self.ensure_one()
        names = [quote["name"] for quote in self._optoamc_legal_quotes()] or [self.name]
        return self.env._("Quote %s", " ".join(dict.fromkeys(names)).replace("/", "-"))
