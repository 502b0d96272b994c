from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Pairs of variants of one quotation, of which the sums count the second: what is sold, else the first open one.
_COUNTED_BESIDE = """
    SELECT variant.id
      FROM sale_order variant
      JOIN sale_order counted
        ON counted.id = variant.variant_of_id
        OR counted.variant_of_id = variant.id
        OR counted.variant_of_id = variant.variant_of_id
     WHERE (array_position(%(order)s, counted.state), counted.id)
         < (array_position(%(order)s, variant.state), variant.id)
"""
_ORDER = ["sale", "sent", "draft", "cancel"]


class SaleOrder(models.Model):
    """Sums of a list of dossiers: a patient buys one of the quotations that he chooses among, and may return it."""

    _inherit = "sale.order"

    is_other_variant = fields.Boolean(
        "Not counted",
        compute="_compute_is_other_variant",
        search="_search_is_other_variant",
        help="Another quotation for the same prescription is counted in the sums: the one sold, else the first.",
    )

    @api.depends("state", "variant_of_id.variant_ids.state", "variant_ids.state")
    def _compute_is_other_variant(self):
        others = self.search(Domain("id", "in", self.ids) & Domain("is_other_variant", "=", True))
        for order in self:
            order.is_other_variant = order._origin in others

    def _search_is_other_variant(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", SQL("(%s)", self._optoamc_other_variants_sql()))

    def _optoamc_other_variants_sql(self):
        read = (self._fields[name] for name in ("state", "variant_of_id"))
        return SQL(_COUNTED_BESIDE, order=_ORDER, to_flush=read)

    def _read_group_select(self, aggregate_spec, query):
        """In the lists of dossiers a group's sums count what the sums below the list count."""
        selected = super()._read_group_select(aggregate_spec, query)
        if self.env.context.get("optoamc_dossiers") and aggregate_spec.endswith((":sum", ":sum_currency")):
            own = SQL.identifier(self._table, "id")
            others = SQL("%s UNION ALL %s", self._optoamc_other_variants_sql(), self._optoamc_returned_sql())
            return SQL("%s FILTER (WHERE %s NOT IN (%s))", selected, own, others)
        return selected
