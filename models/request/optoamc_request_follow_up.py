from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from .states import ACTIVE, HELD_THERE, UNFINISHED

_lt = LazyTranslate(__name__)

#: What an insurer agreed to, line by line: another value in the dossier, and it agreed to something else.
AGREED_FIELDS = ("quantity", "price", "lpp_code", "amo_amount", "other_amc_amount")

#: What decides of them.
AGREED_TO = (
    "line_ids",
    *(f"line_ids.{name}" for name in AGREED_FIELDS),
    "order_id.order_line.equipment_number",
    "order_id.order_line.optical_category",
    "order_id.order_line.product_uom_qty",
    "order_id.order_line.net_price",
    "order_id.order_line.lpp_id",
    "order_id.order_line.amo_amount",
    "order_id.optoamc_request_ids.transferred",
    "order_id.optoamc_request_ids.line_ids.granted_amount",
)

#: The dashboard's figures are those of the last month.
DASHBOARD_DAYS = 30


class OptoamcRequest(models.Model):
    """How the shop follows its requests: what is out of date, how long insurers take, what they accept."""

    _inherit = "optoamc.request"

    is_stale = fields.Boolean(
        "Out of date",
        compute="_compute_is_stale",
        store=True,
        help="The dossier has changed since the insurer was asked: cancel the request and ask again.",
    )
    is_latest = fields.Boolean(
        "Latest",
        compute="_compute_is_latest",
        search="_search_is_latest",
        help="Nothing was asked again of this insurer about this equipment.",
    )
    answer_hours = fields.Float(
        "Answer time (h)",
        compute="_compute_answer_hours",
        store=True,
        aggregator="avg",
        help="From sending to the insurer's decision.",
    )
    acceptance_rate = fields.Float(
        "Acceptance (%)",
        compute="_compute_acceptance_rate",
        store=True,
        aggregator="avg",
        help="100 for what the insurer granted, 0 for what it refused. Of decided requests only.",
    )

    # The counts above the list are of what is left to do: a few of many, found without a look at the others.
    _stale_idx = models.Index("(id) WHERE is_stale IS TRUE")
    _to_transfer_idx = models.Index(
        "(order_id) WHERE kind = 'coverage' AND state = 'granted' AND transferred IS NOT TRUE"
    )
    _answered_idx = models.Index("(answered_at)")

    @api.depends("state", *AGREED_TO)
    def _compute_is_stale(self):
        for request in self:
            # Once erased, what was asked compares with nothing.
            is_known = request.state in ACTIVE and any(request.line_ids.mapped("name"))
            request.is_stale = is_known and request._asked() != request._dossier()

    @api.depends("order_id.optoamc_request_ids", "equipment_number", "contract_id")
    def _compute_is_latest(self):
        latest = self.search(Domain("id", "in", self.ids) & Domain("is_latest", "=", True))
        for request in self:
            request.is_latest = request in latest

    def _search_is_latest(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.custom(to_sql=_nothing_later)

    def _asked(self):
        """What the insurer was asked: by order line and eye, the values that it agrees to."""
        return {line._piece(): [_rounded(line[name]) for name in AGREED_FIELDS] for line in self.line_ids}

    def _dossier(self):
        """What it would be asked now."""
        return {
            (values["order_line_id"], values["eye_side"]): [_rounded(values[name]) for name in AGREED_FIELDS]
            for values in self._line_values()
        }

    @api.depends("sent_at", "answered_at", "answer_channel")
    def _compute_answer_hours(self):
        for request in self:
            # What a person typed says when it was typed.
            asked, answered = not request.answer_channel and request.sent_at, request.answered_at
            request.answer_hours = (answered - asked).total_seconds() / 3600 if asked and answered else 0.0

    @api.depends("state", "answered_at")
    def _compute_acceptance_rate(self):
        for request in self:
            is_granted = request.answered_at and request.state != "refused"
            request.acceptance_rate = 100.0 if is_granted else 0.0

    @api.model
    def _state_choice(self):
        """The states and their labels in the user's language, for the screens that show them elsewhere."""
        return self._fields["state"]._description_selection(self.env)

    @api.model
    def get_dashboard(self, domains):
        """What the dashboard shows: how many requests each filter finds, and how insurers decide.

        :param domains: name of a filter -> its domain, as the search view has it
        """
        since = fields.Datetime.now() - timedelta(days=DASHBOARD_DAYS)
        rows = self._read_group(
            [("kind", "=", "coverage"), ("answered_at", ">=", since), ("is_trial", "=", False)],
            ["state", "answer_channel"],
            ["__count", "acceptance_rate:sum", "answer_hours:sum", "agreed_total:sum"],
        )
        decided = sum(count for _state, _by, count, *_sums in rows)
        by_itself = sum(count for _state, answer_channel, count, *_sums in rows if not answer_channel)
        accepted = sum(rate for *_before, rate, _hours, _agreed in rows)
        hours = sum(hours for *_before, hours, _agreed in rows)
        return {
            **{name: self.search_count(domain) for name, domain in domains.items()},
            "decided": decided,
            "acceptance_rate": accepted / decided if decided else 0.0,
            "answer_hours": hours / by_itself if by_itself else 0.0,
            "agreed_total": sum(agreed for *_others, agreed in rows),
            "currency_id": self.env.company.currency_id.id,
        }

    def _payers_rows(self):
        """What the papers print of the request: see :meth:`~.sale_order.SaleOrder._optoamc_payers_rows`."""
        options = self._paper_options()
        return [
            {
                "name": line._paper_name(options),
                "group_code": line.order_line_id.lpp_id.group_code,
                "quantity": line.quantity,
                "price": line.price,
                "amo": line.amo_amount,
                "is_amo_unknown": line.is_amo_unknown,
                "is_fictitious": line.order_line_id.is_tariff_fictitious,
                "amc": float(line._money().insurers),
                "is_amc_answered": line.is_answered or line.has_other_amc,
                "patient": line.patient_amount,
                "is_left_known": not line.is_left_unknown,
            }
            for line in self.line_ids
        ]

    def _abandon(self):
        """Cancel what may be cancelled now, its dossier having been; a person looks after the rest.

        What an insurer is bound by, or may be, is an optician's to end: a salesperson, or a customer who declines on
        the portal (as Odoo's superuser), only withdraws what nobody has to be told of.
        """
        live = self.filtered(lambda request: request.state in UNFINISHED)
        # An invoice has used it: that is undone first.
        to_cancel = live.filtered(lambda request: request._allows("cancel") and not request.share_ids)
        if not self.env.user.has_group("l10n_fr_optoamc.group_optician"):
            to_cancel -= to_cancel.filtered(lambda request: request.kind == "coverage" and request.state in HELD_THERE)
        to_cancel._cancel()
        for request in (live - to_cancel).filtered(lambda request: request.state != "cancelling"):
            request._ask_person(
                _lt("Its dossier is cancelled: cancel this request too as soon as possible."), beside=True
            )

    def action_optoamc_open_pec(self):
        """The "Prise en charge" screen, on this request."""
        self.ensure_one()
        return self.order_id._optoamc_open_pec(equipment_number=self.equipment_number, contract_id=self.contract_id.id)

    def action_view_order(self):
        """The dossier."""
        self.ensure_one()
        return self.order_id._get_records_action()


def _nothing_later(requests, alias, query):
    """That nothing was asked again: looked up of each request that is in question, not of all that there ever were."""
    same = [
        SQL("%s = %s", SQL.identifier("later", name), requests._field_to_sql(alias, name, query))
        for name in ("order_id", "equipment_number", "contract_id")
    ]
    later = SQL("later.id > %s", requests._field_to_sql(alias, "id", query))
    return SQL("NOT EXISTS (SELECT FROM optoamc_request later WHERE %s)", SQL(" AND ").join([*same, later]))


def _rounded(value):
    return round(value, 2) if isinstance(value, float) else value or False
