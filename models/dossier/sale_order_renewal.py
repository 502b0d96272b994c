from odoo import api, fields, models
from odoo.tools import format_date

from ..patient.optoamc_renewal_period import EARLY_CASES

#: What an optician says of the patient's need: it holds for each quotation that answers it.
_OF_THE_NEED = {"renewal_case", "is_replacement"}


class SaleOrder(models.Model):
    """The renewal clock on a dossier: whether it comes early, for which reason, and with what proof."""

    _inherit = "sale.order"

    renewal_case = fields.Selection(
        EARLY_CASES,
        "Early renewal",
        copy=False,
        groups="l10n_fr_optoamc.group_optician",
        help="The case alone leaves for the insurer, and only when the renewal is early: no correction, no disease.",
    )
    is_replacement = fields.Boolean(
        "Lost or broken",
        copy=False,
        groups="l10n_fr_optoamc.group_optician",
        help="Replaced at once without a valid prescription, with the same correction (decree 2016-1381).",
    )
    last_equipment_on = fields.Date(
        "Last equipment reimbursed", compute="_compute_renewal", groups="l10n_fr_optoamc.group_optician"
    )
    renewable_from = fields.Date("Renewable from", compute="_compute_renewal", groups="l10n_fr_optoamc.group_optician")
    is_renewal_early = fields.Boolean(compute="_compute_renewal", groups="l10n_fr_optoamc.group_optician")
    early_reason = fields.Selection(
        EARLY_CASES, "Reason that leaves", compute="_compute_renewal", groups="l10n_fr_optoamc.group_optician"
    )
    renewal_note = fields.Char("Renewal", compute="_compute_renewal", groups="l10n_fr_optoamc.group_optician")
    renewal_problem = fields.Char(compute="_compute_renewal", groups="l10n_fr_optoamc.group_optician")

    @api.depends(
        "patient_id.birthdate",
        "patient_id.last_equipment_typed_on",
        "patient_id.last_equipment_source",
        "optical_date",
        "order_line.optical_category",
        "renewal_case",
    )
    @api.depends_context("lang")
    def _compute_renewal(self):
        for company, orders in self.grouped("company_id").items():
            timed = orders.filtered(lambda order: order._optoamc_has_clock())
            sold = timed.patient_id.with_company(company)._optoamc_reimbursed() if timed else {}
            for order in orders:
                order.update(order._optoamc_renewal_values(sold))

    def _optoamc_has_clock(self):
        """Whether the clock goes for the dossier: it does for glasses, not for contact lenses."""
        return bool(self.patient_id and self.optical_date) and "glasses" in self._optoamc_equipment_kinds()

    def _optoamc_renewal_values(self, sold):
        """What the clock says of the dossier; nothing where it does not go.

        :param sold: :meth:`~.res_partner_renewal.ResPartner._optoamc_reimbursed`
        """
        names = ("last_equipment_on", "renewable_from", "is_renewal_early", "early_reason")
        values = dict.fromkeys((*names, "renewal_note", "renewal_problem"), False)
        patient = self._optoamc_patient_sudo().with_context(lang=self.env.lang)
        if not self._optoamc_has_clock():
            return values
        last, origin, _source = patient._optoamc_last_equipment(self._origin, self.optical_date, sold)
        periods = self.env["optoamc.renewal.period"].sudo()
        usual, row = periods._renewal(patient.birthdate, last, self.optical_date)
        if not usual:
            return values | {"last_equipment_on": last}
        values |= {
            "last_equipment_on": last,
            "renewable_from": usual.day,
            "is_renewal_early": usual.is_early(self.optical_date),
            "renewal_note": patient._optoamc_renewal_words(usual, row, last, origin),
        }
        if values["is_renewal_early"]:
            values["early_reason"] = self.renewal_case
            problem, proof = self._optoamc_early_reason(periods, patient, last)
            values["renewal_problem"] = problem
            notes = [values["renewal_note"], self._optoamc_early_words(last), proof]
            values["renewal_note"] = " ".join(filter(None, notes))
        return values

    def _optoamc_early_words(self, last):
        """What of an early renewal leaves for the insurer, once its reason is chosen."""
        if not self.renewal_case:
            return None
        reasons = dict(self._fields["renewal_case"]._description_selection(self.env))
        return self.env._(
            "Early renewal; what leaves: the last equipment (%(last)s) and the reason (%(reason)s).",
            last=format_date(self.env, last),
            reason=reasons[self.renewal_case],
        )

    def _optoamc_early_reason(self, periods, patient, last):
        """What is wrong with the reason of an early renewal, and what proof of it to keep: words, or ``False``."""
        if not self.renewal_case:
            return self.env._("the renewal is early and has no reason"), False
        early, row = periods._renewal(patient.birthdate, last, self.optical_date, self.renewal_case)
        if not early:
            return self.env._("no rule is known for this reason"), False
        if early.is_early(self.optical_date):
            day = format_date(self.env, early.day)
            return self.env._("for this reason the renewal is possible from %s on", day), False
        return False, row.proof and self.env._("Keep in the shop: %s.", row.proof)

    def _optoamc_renewal_source(self):
        """Whence the last equipment is known: ``invoice``, a key of ``SOURCES``, or ``False``."""
        return self._optoamc_patient_sudo()._optoamc_last_equipment(self._origin, self.optical_date)[2]

    # -- what the payers owe nothing of -------------------------------------------------------

    def write(self, vals):
        """Why a renewal comes early is of the need, whichever of its quotations is open."""
        result = super().write(vals)
        for name in _OF_THE_NEED & vals.keys():
            for order in self:
                others = (order._optoamc_variants() - order).filtered(
                    lambda other, order=order, name=name: (
                        other.state in ("draft", "sent") and other[name] != order[name]
                    )
                )
                if others:
                    others.write({name: order[name]})
        return result

    def _optoamc_not_due(self, number):
        """Why nothing may be due by the payers of an equipment, in words; empty: nothing says so.

        The one rule for what is asked of insurers and what a quote promises. What is sold at the patient's expense
        promises nothing.
        """
        self.ensure_one()
        lines = self._optoamc_equipment_lines(number)
        is_glasses = bool(set(lines.mapped("optical_category")) & {"lens", "frame"})
        if not is_glasses or all(lines.mapped("is_own_expense")):
            return ""
        if self._optoamc_is_plano(lines):
            return self.env._("both lenses are plano, they correct nothing")
        if self.renewal_problem:
            return self.env._(
                "%(problem)s; usually from %(day)s on",
                problem=self.renewal_problem,
                day=format_date(self.env, self.renewable_from),
            )
        if first := self._optoamc_same_correction(number):
            return self.env._("a second pair of the same correction as equipment %s", first)
        return ""

    def _optoamc_is_plano(self, lines):
        """Whether the prescription corrects nothing for any lens of these lines: a corrective lens is not among them.

        Without a prescription nothing says so.
        """
        pieces = lines._optoamc_lens_pieces()
        # Most lenses correct something: the first one tells.
        corrections = (line._optoamc_correction(side) for line, side in pieces)
        return bool(pieces) and all(
            correction and not any((correction.sphere, correction.cylinder, correction.addition, correction.prism))
            for correction in corrections
        )

    def _optoamc_same_correction(self, number):
        """The earlier equipment whose lenses have the same correction; ``None``: there is none."""
        corrections = self._optoamc_corrections(number)
        if not corrections:
            return None
        earlier = sorted(
            {
                line.equipment_number
                for line in self._optoamc_optical_lines()
                if line.optical_category == "lens" and line.equipment_number < number and not line.is_own_expense
            }
        )
        return next((first for first in earlier if self._optoamc_corrections(first) == corrections), None)

    def _optoamc_corrections(self, number):
        """What an equipment's lenses correct, by eye; empty where one of it is not known."""
        found = {
            side: line._optoamc_prescription() and line._optoamc_correction(side)
            for line, side in self._optoamc_equipment_lines(number)._optoamc_lens_pieces()
        }
        return found if all(found.values()) else {}
