from contextlib import ExitStack, contextmanager

from odoo import models

#: Stored on a dossier for its patient, or worked out from the patient: they stay as they were.
KEPT_ON_ORDER = (
    *("patient_id", "prescription_id", "proposed_prescription_id", "other_prescription_id"),
    *("insurance_nature", "amo_rate", "is_child", "optoamc_offer"),
)
KEPT_ON_LINE = ("optical_category", "eye_side", "vision", "lpp_id", "amo_base", "amo_amount")


class SaleOrder(models.Model):
    """What becomes of dossiers when their patient is forgotten."""

    _inherit = "sale.order"

    @contextmanager
    def _optoamc_keeping_amounts(self):
        """Change what amounts were worked out from without working them out again."""
        self.env.flush_all()
        with ExitStack() as kept:
            for records, names in ((self, KEPT_ON_ORDER), (self.order_line, KEPT_ON_LINE)):
                kept.enter_context(self.env.protecting([records._fields[name] for name in names], records))
            yield

    def _optoamc_erase_health_data(self):
        """Within :meth:`_optoamc_keeping_amounts`: what was sold, and for how much, stays without typed words."""
        typed = dict.fromkeys(("note", "client_order_ref", "no_class_a_reason"), False)
        renewal = {"renewal_case": False, "is_replacement": False}
        self.write({"insurance_nature": False, "is_child": False, **renewal, **typed})
        self.order_line.write({"eye_side": False, "vision": False, "lpp_id": False, "optical_trace": False})
        self._optoamc_erase_typed_lines()

    def _optoamc_erase_typed_lines(self):
        """Give each line the description that Odoo proposes for its article, and drop notes and sections."""
        locked = self.filtered("locked")
        locked.locked = False
        self.order_line.filtered("display_type").unlink()
        self.order_line.product_custom_attribute_value_ids.unlink()
        for line in self.order_line:
            line.name = line._optoamc_standard_name()
        locked.locked = True

    def _optoamc_erase_agreement(self):
        """Forget who signed, and with what."""
        self.write(
            {"signature": False, "signed_by": False, "signed_on": False, "chosen_by": False, "accepted_seal": False}
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _optoamc_standard_name(self):
        """The line's description as nobody typed it."""
        if self.is_downpayment:
            return self._get_downpayment_description()
        if self.product_id:
            return self._get_sale_order_line_multiline_description_sale()
        return self.env._("Article")
