from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lib.payments.line import LineMoney
from ...lib.payments.money import ZERO, euros
from .states import ACTION_STATES, ACTIVE, ENFORCEABLE, IN_FORCE, KINDS

#: What a request asks, and of whom: typed in a draft, fixed afterwards.
ASKED_FIELDS = {"kind", "order_id", "equipment_number", "contract_id"}


class OptoamcRequest(models.Model):
    """One question to one insurer about one equipment, and what came of it.

    A request is filled in as a draft, frozen when it is sent, and from then on
    changed only by the insurer's answers (:meth:`_set_state`).
    """

    _name = "optoamc.request"
    _description = "Third-party payment request"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "bus.listener.mixin",
        "optoamc.shop.links",
        "optoamc.guarded",
    ]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Our reference", readonly=True, copy=False, index="trigram")
    kind = fields.Selection(KINDS, required=True, default="coverage")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("queued", "Waiting to be sent"),
            ("sent", "Sent"),
            ("unknown", "Answer unknown"),
            ("pending", "Pending at the insurer"),
            ("granted", "Granted"),
            ("refused", "Refused"),
            ("error", "Technical reject"),
            ("cancelling", "Cancellation asked"),
            ("cancelled", "Cancelled"),
            ("expired", "Expired"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
    )
    allowed_actions = fields.Json(compute="_compute_allowed_actions")
    company_id = fields.Many2one("res.company", related="order_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_trial = fields.Boolean(
        "Test request", related="order_id.optoamc_is_trial", store=True, precompute=True, help="About nobody."
    )
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user, copy=False)
    order_id = fields.Many2one(
        "sale.order", "Dossier", required=True, ondelete="restrict", index=True, check_company=True
    )
    equipment_number = fields.Integer("Equipment no.", required=True, default=1)
    contract_id = fields.Many2one(
        "optoamc.contract",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('partner_id', '=', patient_id)]",
    )
    # Of whom and whom it was asked: an agreement binds that insurer, whatever is edited afterwards.
    patient_id = fields.Many2one("res.partner", compute="_compute_parties", store=True, precompute=True, index=True)
    insurer_id = fields.Many2one("res.partner", compute="_compute_parties", store=True, precompute=True, index=True)
    prescription_id = fields.Many2one("optoamc.prescription", compute="_compute_prescription_id", compute_sudo=True)
    line_ids = fields.One2many("optoamc.request.line", "request_id", "Lines", copy=False)
    share_ids = fields.One2many("optoamc.share", "request_id", "Shares", readonly=True, copy=False)
    exchange_ids = fields.One2many("optoamc.exchange", "request_id", "Exchanges", readonly=True, copy=False)

    # Frozen when the request is queued.
    exchange_id = fields.Char(
        "Exchange identifier",
        readonly=True,
        copy=False,
        help="Made once and reused: an insurer never sees two requests for one decision.",
    )
    platform_id = fields.Many2one("optoamc.platform", readonly=True, copy=False)
    mode = fields.Selection(
        [("demo", "Demonstration"), ("test", "Test"), ("production", "Production")],
        readonly=True,
        copy=False,
    )
    platform_url = fields.Char("Address", readonly=True, copy=False, help="Empty: the insurer built in.")
    asked_at = fields.Datetime("Asked on", readonly=True, copy=False)
    sent_at = fields.Datetime("Sent on", readonly=True, copy=False)

    # The insurer's answer.
    pec_number = fields.Char("Insurer's ref.", readonly=True, copy=False, index="trigram")
    answered_at = fields.Datetime("Answered on", readonly=True, copy=False)
    valid_until = fields.Date("Valid until", readonly=True, copy=False)
    insurer_message = fields.Text("Insurer's message", readonly=True, copy=False)
    reason_codes = fields.Json(readonly=True, copy=False)
    error_code = fields.Char(readonly=True, copy=False)
    advice = fields.Text("What to do", compute="_compute_advice")
    granted_total = fields.Monetary("Granted amount", compute="_compute_granted_total", store=True)
    is_answered = fields.Boolean("Answered", compute="_compute_is_answered", help="The insurer has said what it pays.")
    agreed_total = fields.Monetary(
        "Agreed",
        compute="_compute_agreed_total",
        store=True,
        help="What an agreement in force grants: no quote, nothing cancelled, ended or asked as a test or to try.",
    )
    transferred = fields.Boolean("Transferred to the dossier", readonly=True, copy=False)
    unbooked_notice = fields.Text(
        "Only to try",
        compute="_compute_unbooked_notice",
        help="An answer of the demonstration or of a test binds no insurer: nothing of it counts.",
    )

    _exchange_id_uniq = models.UniqueIndex(
        "(exchange_id) WHERE exchange_id IS NOT NULL",
        "Two requests cannot share an exchange identifier.",
    )
    _live_coverage_uniq = models.UniqueIndex(
        f"(order_id, equipment_number, contract_id) WHERE kind = 'coverage' AND state IN {ACTIVE}",
        "Coverage of this equipment is already asked of this insurer. An agreement asked twice "
        "blocks the patient's rights: follow or cancel the first request.",
    )

    @api.depends("name", "pec_number", "kind", "state")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            number = request.pec_number
            if number and request.kind == "quote":
                number = self.env._("Quote no. %s", number)
            elif number and request.state in ("pending", "refused"):  # only an agreement is a PEC
                number = self.env._("Request no. %s", number)
            elif number:
                number = self.env._("PEC no. %s", number)
            request.display_name = number or request.name or self.env._("New request")

    def _names_for(self, env):
        """The requests as a message names them: by number and insurer for their readers, not for anybody else."""
        own = self.with_env(env)
        if not own.has_access("read"):
            return env._("what an insurer was asked")
        return ", ".join(f"{request.display_name} ({request.insurer_id.name})" for request in own)

    @api.depends("order_id.patient_id", "contract_id.insurer_id")
    def _compute_parties(self):
        for request in self:
            if request.state == "draft":
                request.patient_id = request.order_id.patient_id
                request.insurer_id = request.contract_id.insurer_id
            else:
                request.patient_id = request._origin.patient_id
                request.insurer_id = request._origin.insurer_id

    @api.depends(
        *(f"order_id.{name}" for name in ("prescription_id", "other_prescription_id", "order_line.optical_category")),
        "equipment_number",
    )
    def _compute_prescription_id(self):
        for request in self:
            lines = request.order_id._optoamc_equipment_lines(request.equipment_number)
            request.prescription_id = request.order_id._optoamc_prescription_of(lines)

    @api.depends("state", "platform_id", "sent_at", "answer_channel", "insurer_id.optoamc_platform_id")
    def _compute_allowed_actions(self):
        for request in self:
            request.allowed_actions = [action for action in ACTION_STATES if request._allows(action)]

    @api.depends("line_ids.granted_amount")
    def _compute_granted_total(self):
        for request in self:
            request.granted_total = sum(request.line_ids.mapped("granted_amount"))

    @api.depends("granted_total", "state", "answered_at")
    def _compute_is_answered(self):
        for request in self:
            # What was granted stays said when the agreement has ended.
            request.is_answered = request.granted_total or request._is_decided()

    @api.depends("granted_total", "kind", "state", "mode")
    def _compute_agreed_total(self):
        for request in self:
            is_agreed = request.kind == "coverage" and request.state in IN_FORCE and request._is_bookable()
            request.agreed_total = request.granted_total if is_agreed else 0.0

    @api.depends("granted_total", "state", "mode", "kind", "pec_number")
    @api.depends_context("lang")
    def _compute_unbooked_notice(self):
        modes = dict(self._fields["mode"]._description_selection(self.env))
        for request in self:
            is_told = request.granted_total and request.state in IN_FORCE and not request._is_bookable()
            request.unbooked_notice = bool(is_told) and self.env._(
                "%(answer)s (%(amount)s) was given in the mode “%(mode)s”: it binds no insurer. Nothing of it is "
                "booked or taken off what the patient owes.",
                answer=request.display_name,
                amount=request.currency_id.format(request.granted_total),
                mode=modes[request.mode],
            )

    @api.model_create_multi
    def create(self, vals_list):
        self._read_ahead(vals_list)
        # The chatter begins with the first move: that there is a draft, and whose, the draft says. Who asks is told by
        # the screen, and becomes a follower with the first activity for him.
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        requests = super(OptoamcRequest, quiet).create(vals_list)
        requests = requests.with_env(self.env)
        for request in requests.sudo().filtered(lambda request: not request.name):
            request.name = request.env["ir.sequence"].next_by_code("optoamc.request")
        with requests._transferring_nothing(requests.order_id.order_line):
            requests._refresh_lines()
        return requests

    @api.model
    def _read_ahead(self, vals_list):
        """Read what new requests will look at, in one query a table; whether it may be read is asked where it is."""
        order_ids = [vals["order_id"] for vals in vals_list if isinstance(vals.get("order_id"), int)]
        self.env["sale.order"].browse(order_ids)._optoamc_read_ahead()

    def write(self, vals):
        if not ASKED_FIELDS.isdisjoint(vals) and (frozen := self.filtered(lambda request: request.state != "draft")):
            raise UserError(
                self.env._("%s has left: what it asks stays as it is. Make another request.", frozen[0].display_name)
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        if sent := self.filtered(lambda request: request.state != "draft"):
            raise UserError(
                self.env._(
                    "%s was sent to an insurer and stays as evidence: cancel it instead.",
                    sent[0].display_name,
                )
            )

    # -- filling in ---------------------------------------------------------------------------

    def _transferring_nothing(self, lines):
        """Keep who pays what of the dossiers: a transfer alone changes it, it need not be worked out anew.

        :param lines: the dossiers', ``sale.order.line``
        :return: a context manager
        """
        kept = {lines: ("amc_amount", "patient_amount"), self.order_id: ("amo_total", "amc_total", "patient_total")}
        return self.env.protecting([([rows._fields[name] for name in names], rows) for rows, names in kept.items()])

    def _refresh_lines(self):
        """Take the equipment's lines from the order again; a frozen request keeps its own."""
        missing = []
        for request in self.filtered(lambda request: request.state == "draft"):
            values = request._line_values()
            wanted = {(line_values["order_line_id"], line_values["eye_side"]) for line_values in values}
            # Lines are only read by people: granted amounts are not typed there.
            request = request.sudo()
            request.line_ids.filtered(lambda line, wanted=wanted: line._piece() not in wanted).unlink()
            known = {line._piece(): line for line in request.line_ids}
            for line_values in values:
                if line := known.get((line_values["order_line_id"], line_values["eye_side"])):
                    line.write(line_values)
                else:
                    missing.append({"request_id": request.id, **line_values})
        self.line_ids.sudo().create(missing)

    def _line_values(self):
        """What the insurer is asked about the equipment as it is now: a dict of values a line.

        A line of the order that holds the lenses of both eyes is asked about eye by eye.
        """
        before = self._paying_before()
        asked = before.line_ids.grouped(type(before.line_ids)._piece)
        lines = self.order_id._optoamc_equipment_lines(self.equipment_number)
        pieces = [piece for line in lines for piece in line._optoamc_line_values()]
        for number, piece in enumerate(pieces, start=1):
            others = asked.get((piece["order_line_id"], piece["eye_side"]))
            granted = euros(sum(others.mapped("granted_amount"))) if others else ZERO
            money = LineMoney(euros(piece["price"]), amo=euros(piece["amo_amount"]), granted=granted)
            # That an insurer granted nothing is told; that none was asked is not.
            piece |= {
                "line_number": number,
                "has_other_amc": bool(others),
                "other_amc_amount": float(money.insurers),
            }
        return pieces

    def _paying_before(self):
        """The transferred agreements of the insurers that pay before this one."""
        platform = self.insurer_id.optoamc_platform_id.with_company(self.company_id)
        is_real = (self.mode or platform.mode or "production") == "production"
        return self.order_id.optoamc_request_ids.filtered(
            lambda other: (
                other.transferred
                and other.kind == "coverage"
                and other.contract_id.rank < self.contract_id.rank
                # No insurer hears of what another one granted for a trial.
                and not (is_real and other.mode in ("demo", "test"))
            )
        )

    @api.depends("state", "error_code", "reason_codes", "platform_id")
    @api.depends_context("uid", "lang")
    def _compute_advice(self):
        for request in self:
            request.advice = self.env["optoamc.reason"]._advice(request)
            if request.state in ("unknown", "pending") and not request._is_consulted():
                request.advice = self.env._(
                    "The platform answers no question about this request: ask the insurer by phone."
                )

    @api.model
    def _books_open(self, mode):
        """Whether a grant in this mode may reach the books.

        Production does. A test never does. A demonstration does only in a database that
        holds the demonstration data, whose books are no one's.
        """
        if mode == "demo":
            module = self.env["ir.module.module"].sudo()._get("l10n_fr_optoamc")
            return module.demo
        return mode != "test"

    def _binding(self):
        """Those that an insurer is bound by, in the books: agreed to, transferred, and no test."""
        return self._enforceable().filtered("transferred")

    def _enforceable(self):
        """Those that an insurer has agreed to and no test, transferred or not."""
        return self.filtered(
            lambda request: request.kind == "coverage" and request.state in ENFORCEABLE and request._is_bookable()
        )

    def _ended(self):
        """Those that an insurer had agreed to and that hold no more, or whose dossier is not sold after all."""
        return self.filtered(
            lambda request: (
                request.kind == "coverage"
                and request.granted_total
                and (request.state in ("cancelled", "expired") or request.order_id.state == "cancel")
                and request._is_bookable()
            )
        )

    def _is_bookable(self):
        """Whether what it grants counts: in the dossier, on its papers and in the books."""
        return self._books_open(self.mode)
