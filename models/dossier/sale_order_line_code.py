from odoo import api, models
from odoo.fields import Domain

from ..request.states import ACTIVE

#: Of a quotation that nobody has accepted yet.
QUOTATION = ("draft", "sent")


class SaleOrderLine(models.Model):
    """Codes that nobody chose by hand follow what was corrected after they were worked out."""

    _inherit = "sale.order.line"

    def _optoamc_follow(self):
        """Work out the codes of these lines anew where they are still what was worked out.

        What an insurer was asked, or a patient has accepted, stays as it was: there *Recalc.* takes the code of
        today's figures.
        """
        lines = self.sudo().filtered(lambda line: line._optoamc_may_follow())
        lines._optoamc_work_out_again("lpp_id")

    def _optoamc_may_follow(self):
        return self._optoamc_is_only_proposed() and self.lpp_id == self.lpp_id_worked_out

    def _optoamc_is_only_proposed(self):
        """Whether the patient has not accepted the line, and no insurer was asked."""
        self.ensure_one()
        is_open = self.order_id.state in QUOTATION and not self.order_id.signed_on
        return is_open and not self.optoamc_line_ids.request_id.filtered(lambda request: request.state in ACTIVE)


#: In the context of a prescription's own writing: its eyes are followed once, after the last of them. No client can
#: send it.
_FOLLOWED_LATER = object()


class OptoamcPrescriptionEye(models.Model):
    """A correction typed anew."""

    _inherit = "optoamc.prescription.eye"

    @api.model_create_multi
    def create(self, vals_list):
        eyes = super().create(vals_list)
        eyes.prescription_id._optoamc_follow()
        return eyes

    def write(self, vals):
        before = self.prescription_id
        result = super().write(vals)
        (before | self.prescription_id)._optoamc_follow()
        return result

    def unlink(self):
        prescriptions = self.prescription_id
        result = super().unlink()
        prescriptions.exists()._optoamc_follow()
        return result


class OptoamcPrescription(models.Model):
    _inherit = "optoamc.prescription"

    def write(self, vals):
        if "eye_ids" not in vals:
            return super().write(vals)
        later = self.with_context(optoamc_followed=_FOLLOWED_LATER)
        result = super(OptoamcPrescription, later).write(vals)
        self._optoamc_follow()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        later = self.with_context(optoamc_followed=_FOLLOWED_LATER)
        # No dossier holds a prescription that is being made.
        return super(OptoamcPrescription, later).create(vals_list).with_env(self.env)

    def _optoamc_follow(self):
        """Have the codes of the open dossiers that hold these prescriptions follow them."""
        if self and self.env.context.get("optoamc_followed") is not _FOLLOWED_LATER:
            self._optoamc_dossiers().order_line._optoamc_follow()


class ResPartner(models.Model):
    """A birth date typed anew: frames of children have codes of their own."""

    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "birthdate" in vals:
            domain = Domain("patient_id", "in", self.ids) & Domain("state", "in", QUOTATION)
            # The birth date is each shop's own.
            domain &= Domain("company_id", "=", self.env.company.id)
            self.env["sale.order"].sudo().search(domain).order_line._optoamc_follow()
        return result
