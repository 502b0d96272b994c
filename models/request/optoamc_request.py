from __future__ import annotations

import uuid

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ...lib.protocol.messages import MessageKind
from ..mixin.reader_lang import in_lang_of
from ..platform.consent_notice import options_in, options_sent

_lt = LazyTranslate(__name__)  # told in the language of who follows the request

#: The life of a request: where each state may go. Nothing else writes ``state``.
#:
#: state        means                                              left by
#: draft        being filled in                                    a person
#: queued       frozen and committed, waits for the dispatcher     the dispatcher
#: sent         the bytes left, no answer yet                      the dispatcher
#: unknown      time-out or broken line after the bytes left       a consultation only
#: pending      the insurer has it, a person decides there         a consultation; by mail, a person
#: granted      an amount a line                                   cancellation, validity date
#: refused      with the insurer's words                           - (a new request)
#: error        technical reject, no decision was reached          a retry, same id, same bytes
#: cancelling   the cancellation is asked                          the dispatcher
TRANSITIONS = {
    "draft": {"queued", "pending", "granted", "refused", "cancelled"},
    "queued": {"sent", "error", "cancelled", "granted", "refused"},
    "sent": {"granted", "refused", "pending", "cancelled", "unknown", "queued", "error"},
    "unknown": {"granted", "refused", "pending", "cancelled", "queued", "error", "expired"},
    "pending": {"granted", "refused", "cancelled", "expired", "error"},
    "granted": {"cancelling", "cancelled", "expired"},
    "refused": set(),
    "error": {"queued", "cancelled", "granted", "refused"},
    "cancelling": {"cancelled", "granted"},
    "cancelled": set(),
    "expired": set(),
}

#: What a person may do, and in which states; buttons and mass actions ask :meth:`_allows` alone.
ACTION_STATES = {
    "send": {"draft"},
    "retry": {"queued", "error"},
    "consult": {"unknown", "pending", "cancelling"},
    "cancel": {"draft", "queued", "error", "granted"},
    "agree": {"draft", "queued", "unknown", "pending", "error"},
    "transfer": {"granted"},
    "convert": {"granted"},
}

#: The same for what is asked by mail or on the insurer's portal: no machine there can be asked.
BY_MAIL_ACTION_STATES = ACTION_STATES | {
    "retry": set(),
    "consult": set(),
    "cancel": ACTION_STATES["cancel"] | {"pending"},
}

#: What is asked: a quote binds nobody.
KINDS = [("quote", "Quote"), ("coverage", "Coverage")]

#: States in which an insurer holds, or may hold, an agreement for the equipment.
LIVE_STATES = ("queued", "sent", "unknown", "pending", "granted", "cancelling")

#: States in which an insurer is bound. An agreement that is being cancelled, or whose date passed after
#: the invoice, keeps the shares it has, but gets none any more.
BINDING_STATES = ("granted", "cancelling", "expired")

#: What a request asks, and of whom: typed in a draft, fixed afterwards.
ASKED_FIELDS = {"kind", "order_id", "equipment_number", "contract_id"}

#: States that the dispatcher works on.
MOVING_STATES = ("queued", "sent", "unknown", "pending", "cancelling")


class OptoamcRequest(models.Model):
    """One question to one insurer about one equipment, and what came of it.

    A request is filled in as a draft, frozen when it is sent, and from then on
    changed only by the insurer's answers (:meth:`_move`).
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
    prescription_id = fields.Many2one(related="order_id.prescription_id")
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
    pec_number = fields.Char("PEC no.", readonly=True, copy=False, index="trigram")
    answered_at = fields.Datetime("Answered on", readonly=True, copy=False)
    valid_until = fields.Date("Valid until", readonly=True, copy=False)
    insurer_message = fields.Text("Insurer's words", readonly=True, copy=False)
    reason_codes = fields.Json(readonly=True, copy=False)
    error_code = fields.Char(readonly=True, copy=False)
    advice = fields.Text("What to do", compute="_compute_advice")
    granted_total = fields.Monetary("Granted amount", compute="_compute_granted_total", store=True)
    transferred = fields.Boolean("Transferred to the dossier", readonly=True, copy=False)

    _exchange_id_uniq = models.UniqueIndex(
        "(exchange_id) WHERE exchange_id IS NOT NULL",
        "Two requests cannot share an exchange identifier.",
    )
    _live_coverage_uniq = models.UniqueIndex(
        f"(order_id, equipment_number, contract_id) WHERE kind = 'coverage' AND state IN {LIVE_STATES}",
        "Coverage of this equipment is already asked of this insurer. An agreement asked twice "
        "blocks the patient's rights: follow or cancel the first request.",
    )

    @api.depends("name", "pec_number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            number = request.pec_number and self.env._("PEC no. %s", request.pec_number)
            request.display_name = number or request.name or self.env._("New request")

    @api.depends("order_id.patient_id", "contract_id.insurer_id")
    def _compute_parties(self):
        for request in self:
            if request.state == "draft":
                request.patient_id = request.order_id.patient_id
                request.insurer_id = request.contract_id.insurer_id
            else:
                request.patient_id = request._origin.patient_id
                request.insurer_id = request._origin.insurer_id

    @api.depends("state", "platform_id", "sent_at", "insurer_id.optoamc_platform_id")
    def _compute_allowed_actions(self):
        for request in self:
            request.allowed_actions = [action for action in ACTION_STATES if request._allows(action)]

    @api.depends("line_ids.granted_amount")
    def _compute_granted_total(self):
        for request in self:
            request.granted_total = sum(request.line_ids.mapped("granted_amount"))

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        for request in requests.sudo().filtered(lambda request: not request.name):
            request.name = request.env["ir.sequence"].next_by_code("optoamc.request")
        requests._refresh_lines()
        return requests

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

    def _refresh_lines(self):
        """Take the equipment's lines from the order again; a frozen request keeps its own."""
        for request in self.filtered(lambda request: request.state == "draft"):
            values = request._line_values()
            wanted = {line_values["order_line_id"] for line_values in values}
            # Lines are only read by people: granted amounts are not typed there.
            request = request.sudo()
            request.line_ids.filtered(lambda line, wanted=wanted: line.order_line_id.id not in wanted).unlink()
            known = {line.order_line_id.id: line for line in request.line_ids}
            missing = []
            for line_values in values:
                if line := known.get(line_values["order_line_id"]):
                    line.write(line_values)
                else:
                    missing.append({"request_id": request.id, **line_values})
            request.line_ids.create(missing)

    def _line_values(self):
        """What the insurer is asked about the equipment as it is now: a dict of values a line."""
        platform = self.insurer_id.optoamc_platform_id.with_company(self.company_id)
        is_real = (self.mode or platform.mode or "production") == "production"
        before = self.order_id.optoamc_request_ids.filtered(
            lambda other: (
                other.transferred
                and other.kind == "coverage"
                and other.contract_id.rank < self.contract_id.rank
                # No insurer hears of what another one granted for a trial.
                and not (is_real and other.mode in ("demo", "test"))
            )
        )
        asked = before.line_ids.grouped("order_line_id")
        granted = {line: sum(lines.mapped("granted_amount")) for line, lines in asked.items()}
        lines = self.order_id._equipment_lines(self.equipment_number)
        return [
            {
                "line_number": number,
                "other_amc_amount": float(line._optoamc_money(granted.get(line, 0.0)).insurers),
                **line._optoamc_line_values(),
            }
            for number, line in enumerate(lines, start=1)
        ]

    # -- the one writer of the state ----------------------------------------------------------

    def _set_state(self, state, **values):
        """Go to ``state`` with the values that come with it, and say so once in the chatter.

        :raises UserError: the move is not in :data:`TRANSITIONS`
        """
        for request in self:
            if state not in TRANSITIONS[request.state]:
                raise UserError(
                    self.env._(
                        "%(request)s cannot go from “%(state)s” to “%(target)s”.",
                        request=request.display_name,
                        state=self._state_labels()[request.state],
                        target=self._state_labels()[state],
                    )
                )
        # Granted again, after a cancellation that failed: an invoice may have been posted meanwhile.
        booked = self.filtered("transferred") if state in ("granted", "cancelled", "expired") else self.browse()
        if state == "cancelled":
            values["transferred"] = False
        self.sudo().write({"state": state, "error_code": False, **values})
        booked.sudo().order_id.invoice_ids._optoamc_sync_shares()
        self._log_state()
        # The dispatcher tells of many moves at once: each notification opens a connection.
        if not self.env.context.get("optoamc_notify_later"):
            self._notify_screens()

    def _state_labels(self):
        return dict(self._state_choice())

    def _log_state(self):
        """One chatter line a move, in the responsible's language, without health data."""
        for reader, requests in self.grouped(lambda request: request.user_id or self.env.user).items():
            requests = in_lang_of(requests, reader)
            requests._message_log_batch({request.id: request._state_text() for request in requests})

    def _state_text(self):
        label = Markup("<b>%s</b>") % self._state_labels()[self.state]
        if self.state != "granted" or self.kind != "coverage":
            return label
        return Markup(" · ").join(filter(None, (label, self.pec_number, self.currency_id.format(self.granted_total))))

    def _notify_screens(self):
        """Tell the open screens that the request changed; they read it again by themselves."""
        self.fetch(["state"])
        for request in self:
            request._bus_send("optoamc.request/changed", {"id": request.id, "state": request.state})

    # -- what a person may do -----------------------------------------------------------------

    def _is_by_mail(self):
        """Whether it is asked by mail or on the insurer's portal, or was: not through a platform."""
        if self.state == "draft":
            return not self.insurer_id.optoamc_platform_id
        return bool(self.sent_at and not self.platform_id)

    def _allows(self, action):
        """Whether the state allows it (:data:`ACTION_STATES`)."""
        table = BY_MAIL_ACTION_STATES if self._is_by_mail() else ACTION_STATES
        return self.state in table[action]

    def _require(self, action):
        """Refuse an action outside the states that allow it.

        :raises UserError: naming the request and its present state
        """
        for request in self:
            if not request._allows(action):
                raise UserError(
                    self.env._(
                        "%(request)s is “%(state)s”: this is not possible now.",
                        request=request.display_name,
                        state=self._state_labels()[request.state],
                    )
                )

    def action_send(self):
        """Freeze the request and put it in the queue; the dispatcher sends it.

        Nothing is sent in this transaction: a retry of it can send nothing twice. Where the insurer does
        not practise OptoAMC, a person does: by mail, or on the insurer's portal.

        :returns: what is to be printed for that, if anything
        :raises RedirectWarning: no consent yet
        :raises UserError: the platform is disabled, or something is missing (all of it listed)
        """
        self._require("send")
        for request in self:
            request._refresh_lines()
            request._check_sendable()
            request._freeze()
        self._trigger_dispatch()
        return self._print_by_mail()

    def action_retry(self):
        """Send now what waits after a technical reject or an outage: same identifier, same bytes."""
        self._require("retry")
        self._check_consent()
        for request in self:
            request._adopt_address()
        self.filtered(lambda request: request.state == "error")._set_state("queued")
        self._start_waiting()
        self._call_now()

    def action_consult(self):
        """Ask the insurer for the state of the request at the dispatcher's next round."""
        self._require("consult")
        for request in self:
            request._adopt_address()
        self._call_now()

    def action_cancel(self):
        """Withdraw what was not sent yet, ask the insurer to cancel what it granted.

        What was agreed or asked by phone or mail is cancelled here at once, and a person tells the insurer.
        """
        self._require("cancel")
        granted = self.filtered(lambda request: request.state == "granted")
        # A quote binds nobody, and an agreement by phone or mail is cancelled by phone or mail.
        # So is one on a platform without cancellations.
        to_ask = granted.filtered(
            lambda request: (
                request.kind == "coverage"
                and not request.answer_channel
                and request.platform_id._supports(MessageKind.CANCELLATION)
            )
        )
        asked = granted | self.filtered(lambda request: request.state == "pending")
        to_tell = (asked - to_ask).filtered(lambda request: request.kind == "coverage")
        for request in to_ask:
            kind = MessageKind.CANCELLATION
            request._freeze_message(kind, request._enquiry_message(kind, str(uuid.uuid4())))
        to_ask._set_state("cancelling")
        (self - to_ask)._set_state("cancelled", next_poll_at=False)
        to_ask._call_now()
        for request in to_tell:
            request._ask_person(_lt("The request is cancelled here: tell the insurer, by phone or mail."))

    def action_transfer(self):
        """*Transférer vers le dossier*: the granted amounts become the order lines' Compl."""
        self._require("transfer")
        for request in self:
            superseded = request._superseded()
            if request.kind == "quote" and (agreed := superseded.filtered(lambda other: other.kind == "coverage")[:1]):
                raise UserError(
                    self.env._(
                        "%s is in the dossier: a quote does not take an agreement's place.", agreed.display_name
                    )
                )
            superseded.sudo().transferred = False
            request.sudo().transferred = True
        self.order_id.invoice_ids._optoamc_sync_shares()

    def _superseded(self):
        """Earlier answers of the same insurer for the same equipment."""
        return self.order_id.optoamc_request_ids.filtered(
            lambda other: (
                other != self
                and other.transferred
                and other.equipment_number == self.equipment_number
                and other.contract_id == self.contract_id
            )
        )

    def action_convert_to_coverage(self):
        """A quote becomes a request for coverage in one click; the quote stays as it is."""
        self.ensure_one()
        self._require("convert")
        if self.kind != "quote":
            raise UserError(self.env._("%s is not a quote.", self.display_name))
        coverage = self.copy({"kind": "coverage"})
        return coverage.action_send() or coverage._get_records_action()

    def _print_by_mail(self):
        """What a person has to send: the requests that no platform sends, or None."""
        by_mail = self.filtered(lambda request: request._is_by_mail())
        return by_mail.action_print() if by_mail else None

    def action_print(self):
        """The request or its answer as a PDF; what is to be mailed leaves with it.

        :raises RedirectWarning: no consent to that
        """
        self.filtered(lambda request: request.state == "pending" and request._is_by_mail())._check_consent()
        return self.env.ref("l10n_fr_optoamc.action_report_request").report_action(self)

    # -- checks -------------------------------------------------------------------------------

    def check(self):
        """What is missing before the request can be sent.

        :returns: a list of dicts ``{"path", "label", "reason", "model", "id", "field"}``:
            the field of the norm, why it is needed, and the record and field where it is typed
        """
        self.ensure_one()
        self._refresh_lines()
        return self._missing()

    def _check_sendable(self):
        if not self.line_ids:
            raise UserError(self.env._("%s: no optical line in this equipment.", self.display_name))
        if self.order_id.currency_id != self.currency_id:
            raise UserError(
                self.env._(
                    "%(order)s is in %(currency)s, and insurers pay in %(own)s: choose a pricelist in %(own)s.",
                    order=self.order_id.display_name,
                    currency=self.order_id.currency_id.name,
                    own=self.currency_id.name,
                )
            )
        self._check_consent()
        for platform in self.insurer_id.optoamc_platform_id:
            platform._check_mode(self.company_id)
        if missing := self._missing():
            raise UserError(
                self.env._("Complete these data before sending:")
                + "".join(f"\n• {item['label']} : {item['reason']}" for item in missing)
            )

    def _consented(self):
        """Those of which the patient's consents name all that leaves: purpose, insurer, platform, optional data."""
        frozen = self.env["optoamc.exchange"]._frozen_options(self)
        return self.filtered(lambda request: request._is_covered(frozen.get(request.id)))

    def _is_covered(self, frozen_options=None):
        """See :meth:`_consented`.

        :param frozen_options: of a message that is frozen, those in it; otherwise, those that would be
        """
        platform = self.insurer_id.sudo().optoamc_platform_id if self.state == "draft" else self.platform_id
        options = frozen_options
        if options is None:
            options = options_sent(self.env, self.insurer_id, self.company_id)
        return self.kind in self.env["optoamc.consent"]._covered(
            self.patient_id, self.company_id, self.insurer_id, platform, options
        )

    def _check_consent(self):
        """No transmission without the patient's express consent to all of it.

        :raises RedirectWarning: naming the patient, with the form to sign
        :raises UserError: no form that is signed now would name what is frozen
        """
        for request in self - self._consented():
            frozen = request.env["optoamc.exchange"]._frozen_options(request).get(request.id)
            named = options_sent(self.env, request.insurer_id, request.company_id)
            is_other_platform = request.platform_id and request.platform_id != request.insurer_id.optoamc_platform_id
            if is_other_platform or not set(frozen or ()) <= named:
                raise UserError(
                    self.env._(
                        "%s was made for another platform or holds more data than the authorisation form names now: "
                        "cancel it, then ask again.",
                        request.display_name,
                    )
                )
            self.env["optoamc.consent"]._ask_signature(
                request.patient_id, [request.kind], request.insurer_id, request.company_id
            )

    def _freeze(self):
        """Store the exact bytes to send, under an identifier made once; by mail, the lines are what is asked."""
        platform = self.insurer_id.optoamc_platform_id
        if not platform:
            self._set_state("pending", sent_at=fields.Datetime.now())
            self._start_waiting()
            return
        mode = platform.with_company(self.company_id).mode
        self._set_state(
            "queued",
            exchange_id=str(uuid.uuid4()),
            platform_id=platform.id,
            mode=mode,
            platform_url=platform._address(self.company_id, mode),
            next_poll_at=fields.Datetime.now(),
        )
        self._freeze_message(MessageKind.REQUEST, self._coverage_message())

    def _freeze_message(self, kind, message):
        """Keep the bytes of an act: sent again, if need be, they are the same."""
        options = self._sent_options()
        xml = self.platform_id._build(message, options)
        held = options_in(self.platform_id._codec(), message, options)
        self.env["optoamc.exchange"]._record_out([(self, kind, message.header.exchange_id, xml, held)])
        self._start_waiting()

    @api.depends("state", "error_code", "reason_codes", "platform_id")
    @api.depends_context("lang")
    def _compute_advice(self):
        for request in self:
            request.advice = self.env["optoamc.reason"]._advice(request)

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
        return self.filtered(
            lambda request: (
                request.kind == "coverage"
                and request.transferred
                and request.state in BINDING_STATES
                and request._books_open(request.mode)
            )
        )
