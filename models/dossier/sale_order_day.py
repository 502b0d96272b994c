from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..request.states import DISPATCHED


class SaleOrder(models.Model):
    """What the app opens on: the work of the day, found among all that there ever was."""

    _inherit = "sale.order"

    is_of_the_day = fields.Boolean(
        "Today's list",
        compute="_compute_is_of_the_day",
        search="_search_is_of_the_day",
        groups="l10n_fr_optoamc.group_optician",
        help="Opened or answered today, or waiting for an insurer.",
    )

    @api.depends("state", "optical_date", "optoamc_request_ids.state", "optoamc_request_ids.answered_at")
    @api.depends_context("tz")
    def _compute_is_of_the_day(self):
        todays = self.search(Domain("id", "in", self.ids) & Domain("is_of_the_day", "=", True))
        for order in self:
            order.is_of_the_day = order._origin in todays

    def _search_is_of_the_day(self, operator, value):
        """A union of what an index finds: with "or" between them, each order would be looked at."""
        if operator != "in":
            return NotImplemented
        kept, requests = Domain("state", "!=", "cancel"), self.env["optoamc.request"]
        answered = requests._search(Domain("answered_at", ">=", "today") & Domain("order_id", "any", kept))
        found = [
            requests._search(Domain("state", "in", DISPATCHED)).subselect("order_id"),
            answered.subselect("order_id"),
            self._search(kept & Domain("optical_date", "=", "today")).subselect(),
        ]
        return Domain("id", "in", SQL("(%s)", SQL(" UNION ").join(found)))

    @api.model
    def get_empty_list_help(self, help_message):
        """Where there is no dossier to show, say why no insurer can be asked yet."""
        told = super().get_empty_list_help(help_message)
        if self.env.context.get("optoamc_dossiers") and (note := self.env.company._optoamc_first_steps_note()):
            note = Markup('<p class="text-warning">%s</p>') % note
            return f"{told or ''}{note}"
        return told
