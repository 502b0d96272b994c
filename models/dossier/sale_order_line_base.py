from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...lib.lpp.lump_sums import Sold, bases
from ...lib.payments.money import euros, exact
from ...lib.renewal.clock import add_months
from ..selections import OPTICIANS


class SaleOrderLine(models.Model):
    """The AMO's base of a line: a tariff a piece, a lump sum a year and an eye, or nothing that is due."""

    _inherit = "sale.order.line"

    is_own_expense = fields.Boolean(
        "At the patient's expense",
        compute="_compute_is_own_expense",
        store=True,
        readonly=False,
        copy=False,  # for opticians, in copy_data
        groups=OPTICIANS,
        help="Nothing is due by the Sécu or the insurers: a renewal before its day, a second pair.",
    )

    @api.depends("equipment_number", "optical_category")
    def _compute_is_own_expense(self):
        """What is added to an equipment at the patient's expense is so, too."""
        for line in self:
            order = line.order_id  # a line that a screen is making may have none yet
            pieces = order._optoamc_equipment_lines(line.equipment_number) if order else line
            is_own = line.is_own_expense or any((pieces - line).mapped("is_own_expense"))
            line.is_own_expense = bool(line.optical_category) and is_own

    @api.depends(
        *("lpp_id", "product_uom_qty", "net_price", "order_id.optical_date", "eye_side", "is_own_expense"),
        *("order_id.order_line.lpp_id", "order_id.order_line.eye_side", "order_id.order_line.net_price"),
    )
    def _compute_amo_base(self):
        for line in self:
            # The AMO pays on what is paid: nothing of an offered second pair.
            most = 0.0 if line.is_own_expense else max(line.net_price, 0.0)
            line._optoamc_work_out("amo_base", max(min(line._optoamc_tariff(), most), 0.0), most)

    def _optoamc_tariff(self):
        """The LPP's tariff of all that the line sells, on the day of the dossier: €; 0.0 where none is known."""
        lpp = self._optoamc_shop_lpp()
        if lpp.lump_sum:
            return self._optoamc_lump_sum()
        return (lpp._base_price_on(self.order_id.optical_date) or 0.0) * self.product_uom_qty

    def _optoamc_shop_lpp(self):
        return self.lpp_id.sudo().with_company(self.company_id)

    def _optoamc_lump_sum(self):
        """What the line has of its eyes' lump sums of the year, beside the dossier's other lines."""
        lines = (self.order_id.order_line | self).filtered(
            lambda line: line.lpp_id.sudo().lump_sum and line.product_uom_qty > 0 and not line.is_own_expense
        )
        shares = bases(
            Sold(
                code=line._optoamc_lump_code(),
                eyes=line._optoamc_sold_eyes(),
                tariff=exact(line._optoamc_shop_lpp()._base_price_on(line.order_id.optical_date) or 0.0),
                price=euros(line.net_price),
            )
            for line in lines
        )
        return float(dict(zip(lines, shares, strict=True)).get(self, 0))

    def _optoamc_lump_code(self):
        """The line of the LPP that the lump sum is due once for."""
        lpp = self.lpp_id.sudo()
        return (lpp.generic_id or lpp).id

    def _optoamc_sold_eyes(self):
        """The eyes that the line is for, each once."""
        return tuple(dict.fromkeys(side for side, _count in self._optoamc_pieces()))

    def _optoamc_plano_doubt(self):
        """The Sécu's part is counted of glasses that correct nothing: words, or ``None``."""
        self.ensure_one()
        order = self.sudo().order_id
        if not order or self.optical_category != "lens" or not self.sudo().amo_amount:
            return None
        if not order._optoamc_is_plano(order._optoamc_equipment_lines(self.equipment_number)):
            return None
        return self.env._(
            "both lenses are plano, they correct nothing. Unless the Sécu pays for them, sell them at the patient's "
            "expense."
        )

    def _optoamc_lump_sum_problem(self):
        """Whether the lump sum of the year that is counted is due: words to ask or say it is not, or ``None``."""
        self.ensure_one()
        order = self.order_id
        patient = order._optoamc_patient_sudo()._origin
        if not patient or not order.optical_date or not self.lpp_id.sudo().lump_sum:
            return None
        if self.is_own_expense or not self.amo_amount:
            return None
        return self._optoamc_lump_sum_counted(patient) or self._optoamc_lump_sum_doubt()

    def _optoamc_lump_sum_doubt(self):
        """The Sécu owes the lump sum for some indications alone, and nobody has said that there is one: words."""
        prescription = self.sudo()._optoamc_prescription()
        if prescription.equipment_kind == "contact_lenses" and prescription.has_lump_sum_indication:
            return None
        return self.env._(
            "the Sécu pays the yearly lump sum of contact lenses for the indications of the LPP alone. Does the "
            "prescription state one of them? Then tick it there (Indication of the LPP). Otherwise type 0.00 for the "
            "Sécu, or sell the line at the patient's expense."
        )

    def _optoamc_lump_sum_counted(self, patient):
        """The lump sum of the year was counted in an earlier dossier of the patient: words, or ``None``."""
        order = self.order_id
        lines = self.sudo().search(
            Domain("order_id.patient_id", "=", patient.id)
            & Domain("order_id", "!=", order._origin.id)
            & Domain("company_id", "=", order.company_id.id)
            & Domain("state", "=", "sale")
            & Domain("order_id.optical_date", ">", add_months(order.optical_date, -12))
            & Domain("order_id.optical_date", "<=", order.optical_date)
            & Domain("lpp_id.lump_sum", "!=", False)
            & Domain("amo_amount", ">", 0)
        )
        earlier = lines.filtered(
            lambda line: (
                line._optoamc_lump_code() == self._optoamc_lump_code()
                and set(line._optoamc_sold_eyes()) & set(self._optoamc_sold_eyes())
            )
        ).order_id.sorted("optical_date")[-1:]
        if not earlier:
            return None
        return self.env._(
            "the yearly lump sum of the eye was counted in %(order)s of %(day)s. Type 0.00 for the Sécu, or sell "
            "the line at the patient's expense.",
            order=earlier.name,
            day=format_date(self.env, earlier.optical_date),
        )
