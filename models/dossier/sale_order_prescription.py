from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date


class SaleOrder(models.Model):
    """The prescription that a dossier answers: the patient's own, of what is sold, and still valid."""

    _inherit = "sale.order"

    prescription_id = fields.Many2one(
        "optoamc.prescription",
        compute="_compute_prescription_id",
        store=True,
        readonly=False,
        domain="[('patient_id', '=', patient_id)]",
        check_company=True,
        copy=False,
        groups="l10n_fr_optoamc.group_optician",
    )
    prescription_warning = fields.Char(
        compute="_compute_prescription_warning", groups="l10n_fr_optoamc.group_optician"
    )

    @api.depends("patient_id", "optical_date", "order_line.optical_category")
    def _compute_prescription_id(self):
        """The patient's latest prescription of what is sold that is valid on the day of the dossier."""
        for order in self:
            own = order.prescription_id
            if own.patient_id != order.patient_id:
                own = own.browse()
            if own.equipment_kind not in order._optoamc_equipment_kinds():
                own = own.browse()  # glasses are not made from a prescription of contact lenses, nor these from it
            if not own or not order.optical_date or not own._is_valid_on(order.optical_date):
                own = order._optoamc_valid_prescription() or own
            order.prescription_id = own

    def _optoamc_equipment_kinds(self):
        """What is sold, as prescriptions name it; glasses until something is."""
        categories = set(self.order_line.mapped("optical_category")) - {False, "supplement"}
        is_contact = {category == "contact" for category in categories}
        return ["contact_lenses" if contact else "glasses" for contact in is_contact or {False}]

    def _optoamc_valid_prescription(self):
        return self._optoamc_latest_prescription(Domain("valid_until", ">=", self.optical_date))

    def _optoamc_latest_prescription(self, domain=Domain.TRUE):
        """The patient's latest prescription of what is sold, written by the day of the dossier; maybe none."""
        if not self.patient_id or not self.optical_date:
            return self.env["optoamc.prescription"]
        domain &= Domain("patient_id", "=", self.patient_id.id)
        domain &= Domain("equipment_kind", "in", self._optoamc_equipment_kinds())
        domain &= Domain("date", "<=", self.optical_date)
        domain &= Domain("company_id", "=", self.company_id.id)
        return self.env["optoamc.prescription"].sudo().search(domain, limit=1)

    @api.depends(
        "prescription_id.valid_until",
        "prescription_id.date",
        "optical_date",
        "is_replacement",
        "patient_id",
        "order_line.optical_category",
    )
    @api.depends_context("lang")
    def _compute_prescription_warning(self):
        for order in self:
            latest = order.prescription_id or order._optoamc_latest_prescription()
            problem = latest and order._optoamc_prescription_problem(order._optoamc_optical_lines(), latest)
            if problem and not order.prescription_id:
                problem = self.env._(
                    "The latest one, of %(date)s, %(problem)s.",
                    date=format_date(self.env, latest.date),
                    problem=problem,
                )
            order.prescription_warning = problem or False

    def _optoamc_prescription_problem(self, lines, prescription=None):
        """Why no insurer may be asked about these lines with a prescription.

        :param prescription: the dossier's when omitted
        :return: words, to follow "the prescription"; ``None`` when nothing is wrong
        """
        prescription = (prescription or self.prescription_id).with_env(self.env)
        if self.optical_date and prescription._is_valid_on(self.optical_date) is False:
            if prescription.date > self.optical_date:
                return self.env._("is of after the day of the dossier")
            # What was lost or broken is replaced without a valid prescription.
            if not self.is_replacement:
                return prescription._expired_on()
        is_for_contact = prescription.equipment_kind == "contact_lenses"
        worn = set(lines.mapped("optical_category")) - {False, "supplement"}
        if worn and ("contact" in worn) != is_for_contact:
            return self.env._("is of contact lenses") if is_for_contact else self.env._("is of glasses")
        return None

    @api.constrains("prescription_id", "patient_id")
    def _check_prescription_patient(self):
        for order in self.sudo():
            order.prescription_id._check_patient_of(order)


class OptoamcPrescription(models.Model):
    _inherit = "optoamc.prescription"

    @api.constrains("patient_id")
    def _check_patient_of_dossiers(self):
        """Neither does a prescription leave its person's dossiers."""
        for order in self.env["sale.order"].sudo().search([("prescription_id", "in", self.ids)]):
            order.prescription_id._check_patient_of(order)

    def _check_patient_of(self, order):
        """:raises ValidationError: the prescription is another person's than the order's patient"""
        if self and self.patient_id != order.patient_id:
            raise ValidationError(
                self.env._(
                    "%(order)s: the prescription of %(date)s is %(owner)s's, and the dossier is for %(patient)s. "
                    "Choose one of %(patient)s's own prescriptions.",
                    order=order.name,
                    date=format_date(self.env, self.date),
                    owner=self.patient_id.display_name,
                    patient=order.patient_id.display_name,
                )
            )
