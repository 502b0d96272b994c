from odoo import api, fields, models

from ..models.mixin.labelled import labelled
from .optoamc_article_data import ARTICLE_FIELDS


class OptoamcRequestWizard(models.TransientModel):
    """What the "Prise en charge" screen says of an equipment before it is asked about."""

    _inherit = "optoamc.request.wizard"

    doubts = fields.Text(
        "To confirm", compute="_compute_doubts", help="What must be confirmed before the request is sent."
    )
    to_confirm = fields.Json("To confirm, with where it is mended", compute="_compute_doubts")
    prisms = fields.Char(compute="_compute_prisms")

    @api.depends("examined", "is_held", "line_ids.lpp_id.group_code_checked_on")
    @api.depends_context("lang")
    def _compute_doubts(self):
        for wizard in self:
            doubts = []
            if derived := wizard.line_ids.order_line_id.lpp_id._group_codes_to_check():
                label = self.env._("Grouping codes")
                doubts.append({"label": label, "reason": derived._derived_codes_words(), "model": False})
            # What insurers refuse and a person may know better, each with the place where it is mended.
            doubts += wizard.examined["doubts"] if wizard.line_ids and not wizard.is_held else []
            wizard.to_confirm = doubts or False
            words = [labelled(self.env, item["label"], item["reason"]) for item in doubts]
            wizard.doubts = "\n".join(words) or False

    def action_request_coverage(self):
        self._answer_doubts()
        return super().action_request_coverage()

    def action_request_quote(self):
        self._answer_doubts()
        return super().action_request_quote()

    def _answer_doubts(self):
        """The button has asked: the optician answers for the derived grouping codes, once."""
        self.order_id._optoamc_read_ahead()
        self._equipment_lines().lpp_id.action_check_group_codes()

    @api.depends("line_ids.eye_side", "line_ids.vision", "prescription_id")
    @api.depends_context("lang")
    def _compute_prisms(self):
        """*OD 2,00 Δ 90°*: of each eye that has one."""
        for wizard in self:
            eyes = wizard.prescription_id.eye_ids.browse()
            for line in wizard.line_ids.order_line_id.filtered("eye_side"):
                eyes |= line._optoamc_eyes()
            with_prism = eyes.filtered("prism").sorted(lambda eye: eye._grid_rank())
            wizard.prisms = (
                " · ".join(f"{eye._row_name()} {eye._prism_formula(eye._correction())}" for eye in with_prism) or False
            )

    def _reachable(self, item):
        """Opticians, who have no rights on products, type what an article lacks on a screen of its own."""
        if item["model"] == "product.product" and item["field"] in ARTICLE_FIELDS:
            return item | {
                "model": "optoamc.article.data",
                "id": False,
                "context": {"default_product_id": item["id"]},
            }
        return super()._reachable(item)
