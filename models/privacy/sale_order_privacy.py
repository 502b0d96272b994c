from contextlib import ExitStack, contextmanager

from odoo import models

from ..mixin.erased_history import erase_history

#: Stored on a dossier for its patient, or worked out from the patient: they stay as they were.
KEPT_ON_ORDER = ("patient_id", "prescription_id", "insurance_nature", "amo_rate", "is_child")
KEPT_ON_LINE = ("optical_category", "eye_side", "vision", "lpp_id", "amo_base", "amo_amount")


class SaleOrder(models.Model):
    """What becomes of dossiers when their patient is forgotten."""

    _inherit = "sale.order"

    @contextmanager
    def _keeping_amounts(self):
        """Change what amounts were worked out from without working them out again."""
        self.env.flush_all()
        with ExitStack() as kept:
            for records, names in ((self, KEPT_ON_ORDER), (self.order_line, KEPT_ON_LINE)):
                kept.enter_context(self.env.protecting([records._fields[name] for name in names], records))
            yield

    def _erase_health_data(self):
        """Within :meth:`_keeping_amounts`: what was sold and for how much stays."""
        self.write({"insurance_nature": False, "is_child": False})
        self.order_line.write({"eye_side": False, "vision": False, "lpp_id": False})
        erase_history(self)
