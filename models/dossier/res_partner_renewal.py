from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..patient.res_partner import HEALTH_GROUPS


class ResPartner(models.Model):
    """When the patient's glasses may be renewed at the insurers' expense."""

    _inherit = "res.partner"

    last_equipment_on = fields.Date("Last equipment reimbursed", compute="_compute_renewal", groups=HEALTH_GROUPS)
    last_equipment_origin = fields.Char("Known from", compute="_compute_renewal", groups=HEALTH_GROUPS)
    renewable_from = fields.Date("Renewable from", compute="_compute_renewal", groups=HEALTH_GROUPS)
    renewal_note = fields.Char("Renewal", compute="_compute_renewal", groups=HEALTH_GROUPS)

    @api.depends("last_equipment_typed_on", "last_equipment_source", "birthdate")
    @api.depends_context("company", "lang")
    def _compute_renewal(self):
        for patient in self:
            today = self.env.company._optoamc_today()
            last, origin, _source = patient._optoamc_last_equipment()
            found, row = self.env["optoamc.renewal.period"]._renewal(patient.birthdate, last, today)
            patient.last_equipment_on, patient.last_equipment_origin = last, origin
            patient.renewable_from = found.day if found else False
            patient.renewal_note = patient._optoamc_renewal_words(found, row, last, origin)

    def _optoamc_last_equipment(self, other_than=None, before=None, sold=None):
        """The last glasses that were reimbursed, as far as the shop one works in knows.

        :param other_than: a dossier that does not count
        :param before: a day; what came later does not count, nor on that day what is not of an earlier dossier
        :param sold: :meth:`_optoamc_reimbursed`, where it is read already
        :return: the day or ``False``, whence it is known in words, and the key of its source (``invoice`` or one of
            ``LAST_EQUIPMENT_SOURCES``)
        """
        self.ensure_one()
        typed = self.sudo().last_equipment_typed_on
        if typed and before and typed >= before:
            typed = False
        source = self.sudo().last_equipment_source
        invoice = self._optoamc_last_invoice(other_than, before, sold)
        if invoice and (not typed or invoice.invoice_date >= typed):
            return invoice.invoice_date, self.env._("our invoice %s", invoice.name), "invoice"
        labels = dict(self._fields["last_equipment_source"]._description_selection(self.env))
        return typed or False, typed and labels.get(source, ""), (typed and source) or False

    def _optoamc_reimbursed(self):
        """The dossiers of glasses sold to these patients in the shop one works in, of which a payer pays something.

        :return: the dossiers by the patient's id, read as superuser; a patient without any has no key
        """
        if not self._origin:
            return {}
        orders = self.env["sale.order"].sudo()
        orders = orders.search(
            Domain("patient_id", "in", self._origin.ids)
            & Domain("company_id", "=", self.env.company.id)
            & Domain("state", "=", "sale")
            & Domain("order_line.optical_category", "in", ("lens", "frame"))
        )
        paid = orders.filtered(lambda order: order.amo_total or order.amc_total)
        return paid.grouped(lambda order: order.patient_id.id)

    def _optoamc_last_invoice(self, other_than=None, before=None, sold=None):
        """The shop's last posted invoice of glasses of which the Sécu or an insurer pays something; maybe empty."""
        dossiers = (self._optoamc_reimbursed() if sold is None else sold).get(self._origin.id)
        if not dossiers:
            return self.env["account.move"]
        paid = dossiers - other_than if other_than else dossiers
        # A deposit sells no glasses, and what is credited came back.
        sold = paid.order_line.filtered(
            lambda line: (
                line.optical_category in ("lens", "frame") and not line.is_downpayment and line.qty_invoiced_posted > 0
            )
        )
        # Of two dossiers of one day the second comes early, not the first.
        earlier = sold.filtered(lambda line: not other_than or line.order_id.id < other_than.id).invoice_lines.move_id
        bills = sold.invoice_lines.move_id.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and move.payment_state != "reversed"
                and move.invoice_date
                and (not before or move.invoice_date < before or (move.invoice_date == before and move in earlier))
            )
        )
        return bills.sorted("invoice_date")[-1:]

    def _optoamc_renewal_words(self, found, row, last, origin):
        """*Renouvelable à partir du …*, with the rule and the last equipment; ``False`` when it cannot be told."""
        if not found:
            return False
        words = self.env._(
            "Renewable from %(day)s: %(rule)s, %(months)s months after the equipment of %(last)s (%(origin)s).",
            day=format_date(self.env, found.day),
            rule=row.name,
            months=row.months,
            last=format_date(self.env, last),
            origin=origin,
        )
        if row.condition:
            words += " " + self.env._("Condition: %s.", row.condition)
        return words

    @api.constrains("last_equipment_typed_on", "last_equipment_source", "birthdate")
    def _check_last_equipment(self):
        """A day that decides of what is sent is a possible one, and somebody reported it."""
        today = self.env.company._optoamc_today()
        for patient in self.filtered("last_equipment_typed_on"):
            day, name = patient.last_equipment_typed_on, patient.display_name
            if day > today:
                raise ValidationError(self.env._("The last equipment of %s cannot be dated in the future.", name))
            if patient.birthdate and day < patient.birthdate:
                raise ValidationError(
                    self.env._("The last equipment of %s cannot be dated before the birth: correct one of both.", name)
                )
            if not patient.last_equipment_source:
                raise ValidationError(
                    self.env._(
                        "The last equipment of %s: choose who reported its date (“Reported by”): the card, the "
                        "insurer or the patient; what the patient alone says stops no request.",
                        name,
                    )
                )
