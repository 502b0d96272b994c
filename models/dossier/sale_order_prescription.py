from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..selections import OPTICIANS

#: What prescriptions are of.
_KINDS = ("glasses", "contact_lenses")

#: A prescription that is proposed, and that an optician may choose instead.
_PROPOSED = {
    "store": True,
    "readonly": False,
    "domain": "[('patient_id', '=', patient_id)]",
    "check_company": True,
    "copy": False,
    "groups": OPTICIANS,
}


class SaleOrder(models.Model):
    """The prescriptions that a dossier answers: the patient's own, of what is sold, and still valid.

    What an optician chose stays, also when it has expired: that is said, and nothing is sent with it.
    """

    _inherit = "sale.order"

    prescription_id = fields.Many2one("optoamc.prescription", compute="_compute_prescription_id", **_PROPOSED)
    # What was proposed last: another one is a person's choice.
    proposed_prescription_id = fields.Many2one(
        "optoamc.prescription", compute="_compute_prescription_id", store=True, copy=False, groups=OPTICIANS
    )
    other_prescription_id = fields.Many2one(
        "optoamc.prescription",
        "Second prescription",
        compute="_compute_other_prescription_id",
        **_PROPOSED,
        help="Where glasses and contact lenses are sold: of the contact lenses when the first one is of glasses, or "
        "the reverse.",
    )
    has_two_prescriptions = fields.Boolean(compute="_compute_has_two_prescriptions", groups=OPTICIANS)
    prescription_warning = fields.Char(compute="_compute_prescription_warning", groups=OPTICIANS)
    other_prescription_warning = fields.Char(compute="_compute_prescription_warning", groups=OPTICIANS)

    @api.model_create_multi
    def create(self, vals_list):
        """A browser sends what was proposed along with what was chosen: the one proposed is no choice."""
        orders = super().create(vals_list)
        for order in orders.sudo().filtered("prescription_id"):
            if order.prescription_id == order._optoamc_valid_prescription([order.prescription_id.equipment_kind]):
                order.proposed_prescription_id = order.prescription_id
        return orders

    @api.depends("patient_id", "optical_date", "order_line.optical_category")
    def _compute_prescription_id(self):
        """Propose the patient's latest prescription of what is sold that is valid on the day of the dossier."""
        for order in self:
            own, proposed = order.prescription_id, order.proposed_prescription_id
            kept = own or proposed
            is_right = own != proposed or own.equipment_kind in order._optoamc_equipment_kinds()
            if not kept or kept.patient_id != order.patient_id or not is_right:
                own = proposed = order._optoamc_valid_prescription()
            order.prescription_id, order.proposed_prescription_id = own, proposed

    @api.depends("prescription_id", "patient_id", "optical_date", "order_line.optical_category")
    def _compute_other_prescription_id(self):
        for order in self:
            own, first = order.other_prescription_id, order.prescription_id
            if own.patient_id != order.patient_id or own.equipment_kind == first.equipment_kind:
                own = own.browse()
            kinds = order._optoamc_equipment_kinds()
            if not own and first and len(kinds) > 1:
                own = order._optoamc_valid_prescription([kind for kind in kinds if kind != first.equipment_kind])
            order.other_prescription_id = own

    @api.depends("order_line.optical_category")
    def _compute_has_two_prescriptions(self):
        for order in self:
            kinds = order._optoamc_equipment_kinds()
            order.has_two_prescriptions = len(kinds) > 1

    def _optoamc_equipment_kinds(self):
        """What is sold, as prescriptions name it; glasses until something is."""
        return kinds_of(self.order_line) or ["glasses"]

    def _optoamc_prescription_field(self, lines):
        """The field that holds the prescription of one equipment.

        :param lines: ``sale.order.line`` of that equipment
        """
        first, kinds = self.prescription_id, kinds_of(lines)
        is_others = first and kinds and first.equipment_kind not in kinds
        return "other_prescription_id" if is_others and self.has_two_prescriptions else "prescription_id"

    def _optoamc_prescription_of(self, lines):
        """The prescription that the lines of one equipment answer, maybe none."""
        return self[self._optoamc_prescription_field(lines)]

    def _optoamc_prescriptions(self):
        """Those that the dossier's equipments answer."""
        return self.prescription_id | self.filtered("has_two_prescriptions").other_prescription_id

    def _optoamc_valid_prescription(self, kinds=None):
        return self._optoamc_latest_prescription(Domain("valid_until", ">=", self.optical_date), kinds)

    def _optoamc_latest_prescription(self, domain=Domain.TRUE, kinds=None):
        """The patient's latest prescription of what is sold, written by the day of the dossier; maybe none.

        :param kinds: of what; all that is sold when omitted
        """
        if not self.patient_id or not self.optical_date:
            return self.env["optoamc.prescription"]
        domain &= Domain("patient_id", "=", self.patient_id.id)
        domain &= Domain("equipment_kind", "in", kinds or self._optoamc_equipment_kinds())
        domain &= Domain("date", "<=", self.optical_date)
        domain &= Domain("company_id", "=", self.company_id.id)
        return self.env["optoamc.prescription"].sudo().search(domain, limit=1)

    @api.depends(
        *(
            f"{name}.{part}"
            for name in ("prescription_id", "other_prescription_id")
            for part in ("valid_until", "date")
        ),
        "optical_date",
        "is_replacement",
        "patient_id",
        "order_line.optical_category",
        "order_line.equipment_number",
    )
    @api.depends_context("lang")
    def _compute_prescription_warning(self):
        for order in self:
            lines = order._optoamc_optical_lines()
            equipments = list(lines.grouped("equipment_number").values()) or [lines]
            told = {"prescription_id": {}, "other_prescription_id": {}}
            for equipment in equipments:
                if words := order._optoamc_prescription_told(equipment):
                    told[order._optoamc_prescription_field(equipment)][words] = True
            order.prescription_warning = " ".join(told["prescription_id"]) or False
            order.other_prescription_warning = " ".join(told["other_prescription_id"]) or False

    def _optoamc_prescription_warning(self, lines):
        """What is wrong with the prescription of one equipment, a whole sentence; ``False`` for nothing.

        Also of the patient's latest one, where the dossier has none.
        """
        own = self._optoamc_prescription_of(lines)
        if own:
            return self._optoamc_prescription_problem(lines) or False
        latest = self._optoamc_latest_prescription(kinds=kinds_of(lines))
        if not latest and kinds_of(lines) and self._optoamc_latest_prescription(kinds=_KINDS):
            return self._optoamc_prescription_missing(lines) or False  # the patient's are of something else
        problem = latest and self._optoamc_prescription_fault(lines, latest)
        return bool(problem) and self.env._(
            "The latest one, of %(date)s, %(problem)s.", date=format_date(self.env, latest.date), problem=problem
        )

    def _optoamc_prescription_problem(self, lines):
        """Why no insurer may be asked about the lines of one equipment with their prescription.

        :return: a whole sentence, with what to do; ``None`` when nothing is wrong
        """
        own = self._optoamc_prescription_of(lines).with_env(self.env)
        if not own or not (fault := self._optoamc_prescription_fault(lines, own)):
            return None
        words = self.env._(
            "The prescription of %(date)s %(problem)s.", date=format_date(self.env, own.date), problem=fault
        )
        if other := self._optoamc_valid_prescription(kinds_of(lines)) - own:
            words += " " + self.env._(
                "The patient has a valid one of %s: choose it.", format_date(self.env, other.date)
            )
        return words

    def _optoamc_prescription_fault(self, lines, prescription):
        """What is wrong with a prescription for these lines.

        :return: words, to follow "the prescription"; ``None`` when nothing is
        """
        prescription = prescription.with_env(self.env)
        if self.optical_date and prescription._is_valid_on(self.optical_date) is False:
            if prescription.date > self.optical_date:
                return self.env._("is of after the day of the dossier")
            # What was lost or broken is replaced without a valid prescription.
            if not self.is_replacement:
                return prescription._expired_on()
        if prescription.equipment_kind not in (kinds_of(lines) or [prescription.equipment_kind]):
            is_for_contact = prescription.equipment_kind == "contact_lenses"
            return self.env._("is of contact lenses") if is_for_contact else self.env._("is of glasses")
        return None

    @api.constrains("prescription_id", "other_prescription_id", "patient_id")
    def _check_prescription_patient(self):
        for order in self.sudo():
            for prescription in order.prescription_id | order.other_prescription_id:
                prescription._check_patient_of(order)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _optoamc_prescription(self):
        """The prescription of the line's equipment, maybe none."""
        self.ensure_one()
        order = self.order_id
        equipment = order.order_line.filtered(lambda line: line.equipment_number == self.equipment_number)
        return order._optoamc_prescription_of(equipment | self)


class OptoamcPrescription(models.Model):
    _inherit = "optoamc.prescription"

    @api.constrains("patient_id")
    def _check_patient_of_dossiers(self):
        """Neither does a prescription leave its person's dossiers."""
        for order in self._optoamc_dossiers():
            for prescription in self & (order.prescription_id | order.other_prescription_id):
                prescription._check_patient_of(order)

    def _optoamc_dossiers(self):
        """The dossiers that hold one of these prescriptions, read as superuser."""
        held = Domain("prescription_id", "in", self.ids) | Domain("other_prescription_id", "in", self.ids)
        return self.env["sale.order"].sudo().search(held)

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


def kinds_of(lines):
    """The kinds of prescription that these lines need."""
    categories = set(lines.mapped("optical_category")) - {False, "supplement"}
    return sorted({"contact_lenses" if category == "contact" else "glasses" for category in categories})
