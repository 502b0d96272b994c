from odoo import api, fields, models

from .optoamc_article_data import ARTICLE_FIELDS


class OptoamcRequestWizard(models.TransientModel):
    """What the "Prise en charge" screen says of an equipment before it is asked about."""

    _inherit = "optoamc.request.wizard"

    doubts = fields.Text(
        "To confirm", compute="_compute_doubts", help="What is asked once more before the request leaves."
    )
    prisms = fields.Char(compute="_compute_prisms")

    @api.depends("line_ids.lpp_id.group_code_checked_on", "patient_id.birthdate", "order_id.optical_date")
    @api.depends_context("lang")
    def _compute_doubts(self):
        for wizard in self:
            lines = wizard.line_ids.order_line_id
            doubts = {line._optoamc_age_doubt(): line.product_id.name for line in lines}
            words = [f"{name}: {doubt}" for doubt, name in doubts.items() if doubt]
            if derived := lines.lpp_id._group_codes_to_check():
                words.append(derived._derived_codes_words())
            wizard.doubts = "\n".join(words) or False

    def action_request_coverage(self):
        self._answer_doubts()
        return super().action_request_coverage()

    def action_request_quote(self):
        self._answer_doubts()
        return super().action_request_quote()

    def _answer_doubts(self):
        """The button has asked: the optician answers for the derived grouping codes, once."""
        self.line_ids.lpp_id.action_check_group_codes()

    @api.depends("line_ids.eye_side", "line_ids.vision", "prescription_id")
    @api.depends_context("lang")
    def _compute_prisms(self):
        """*OD 2,00 Δ 90°*: of each eye that has one."""
        for wizard in self:
            lines = wizard.line_ids.order_line_id.filtered("eye_side")
            eyes = {line._optoamc_eye(side) for line in lines for side, _count in line._optoamc_pieces()}
            with_prism = sorted(filter(lambda eye: eye.prism, eyes), key=lambda eye: eye._grid_rank())
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

    def _missing_to_sign(self):
        """Nor is a signature asked for what may not be sent as it is."""
        draft = self.env["optoamc.request"].new(self._request_values("coverage"))
        return [*super()._missing_to_sign(), *(draft._obstacles() if self.contract_id else ())]
