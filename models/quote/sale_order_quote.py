from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixin.access_first import check_first

REPORT = "l10n_fr_optoamc.action_report_legal_quote"


class SaleOrder(models.Model):
    """The legal quote of a dossier: whether it is needed, what it says, and its printing."""

    _inherit = "sale.order"

    has_legal_quote = fields.Boolean(
        compute="_compute_has_legal_quote",
        compute_sudo=True,
        help="What is sold needs the quote of article L165-9 of the code de la sécurité sociale.",
    )

    @api.depends(
        *("order_line.optical_category", "order_line.product_uom_qty", "prescription_id", "optoamc_is_trial"),
        "company_id.finess",
    )
    def _compute_has_legal_quote(self):
        for order in self:
            order.has_legal_quote = not order.optoamc_is_trial and bool(order._optoamc_quote_numbers())

    # -- what it says -------------------------------------------------------------------------

    def _optoamc_quoted_offers(self, number):
        """The two parts of an equipment's quote: contact lenses and dossiers of before the classes have one offer."""
        if self._optoamc_quote_kind(number) == "contact" or not self._optoamc_has_two_offers():
            return self.env["sale.order"].sudo(), self.sudo()
        return self._optoamc_offers(number)

    def _optoamc_quoted_lines(self, number):
        """The lines of both parts of an equipment's quote."""
        class_a, other = self._optoamc_quoted_offers(number)
        return class_a._optoamc_lines_of(number) | other._optoamc_lines_of(number)

    def _optoamc_lines_of(self, number):
        """As :meth:`_optoamc_equipment_lines`, of an order that may be none."""
        return self._optoamc_equipment_lines(number) if self else self.order_line

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

    # -- its printing -------------------------------------------------------------------------

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

    def action_optoamc_print_quote(self):
        """Print the legal quote.

        :raises UserError: it may not be printed as it is
        """
        self._optoamc_check_quote()
        return self.env.ref(REPORT).report_action(self)

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
