from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import date_utils

from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.messages import MessageKind
from .optoamc_request_checks import STOP

#: How far back refusals are looked at: months.
MONTHS = 12


class OptoamcRequest(models.Model):
    """Past refusals before the checks: which of them would have stopped, or asked about, what was refused.

    The checks run again on what was asked, with what the shop knows today: the end of a contract that was typed after
    the refusal, say. Told in counts alone.
    """

    _inherit = "optoamc.request"

    @api.model
    def _replay_refusals(self, companies):
        """Run the checks again on each refusal of the last twelve months.

        :return: how many refusals, a ``Counter`` by (company, first day of the month, insurer, cause that the insurer
            gave, cause of the check that speaks, its severity): records, the causes maybe empty
        """
        since = date_utils.subtract(fields.Datetime.now(), months=MONTHS)
        refused = Domain("state", "=", "refused") & Domain("answered_at", ">=", since)
        refused &= Domain("company_id", "in", companies.ids) & Domain("is_trial", "!=", True)
        # What was forgotten for its patient has no lines to look at.
        refused &= Domain("line_ids.name", "!=", False)
        counts = Counter()
        for request in self.sudo().search(refused):
            request = request.with_company(request.company_id)
            cause = self.env["optoamc.reason"]._of_request(request).cause_id[:1]
            check, severity = request._replay_checks(cause)
            month = date_utils.start_of(request.answered_at.date(), "month")
            own = request.with_env(self.env)
            counts[own.company_id, month, own.insurer_id, cause, check, severity] += 1
        return counts

    def _replay_checks(self, cause):
        """The check that would have kept the refusal away, of its own cause before another.

        :return: its cause (``optoamc.reason``), maybe empty, and its severity or ``False``
        """
        found = sorted(self._checks(), key=lambda item: (item["cause"] != cause.code, item["severity"] != STOP))
        if not found:
            return cause.browse(), False
        return cause._of_code(found[0]["cause"]), found[0]["severity"]

    def _order_as_asked(self):
        """The dossier; of a request that has left, with the reason of early renewal that it gave."""
        order, asked = self.order_id, self._frozen_message()
        if not asked:
            return order
        reason = asked.early_renewal and asked.early_renewal.reason
        return order.new({"optical_date": asked.date, "renewal_case": reason and reason.value}, origin=order)

    def _frozen_message(self):
        """What left, read again; ``None`` of a draft, of what went by mail and of what can be read no more."""
        if self.state == "draft":
            return None
        kind = MessageKind.REQUEST
        acts = self.env["optoamc.exchange"]._acts(self, [kind])
        _exchange_id, xml = acts.get((self.id, str(kind)), ("", b""))
        try:
            return self.platform_id._codec().parse(xml, kind) if xml else None
        except OptoamcError:  # the platform's dialect has changed since
            return None


class OptoamcReason(models.Model):
    _inherit = "optoamc.reason"

    @api.model
    def _of_code(self, code):
        """The practical cause of a code."""
        return self.search([("kind", "=", "cause"), ("code", "=", code)], limit=1)
