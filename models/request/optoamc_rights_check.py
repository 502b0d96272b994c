from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.messages import EligibilityRequest, MessageKind
from ..mixin.labelled import bullets
from ..platform.consent_notice import options_in
from .call import Call
from .optoamc_outbox import DEPOSIT_WAIT
from .optoamc_request_message import PART_SOURCES, fill, message_header

#: Seconds that an answer may take at most: somebody waits in front of the screen.
TIMEOUT_SECONDS = 20

#: Whether the patient is covered serves both: the form says so.
PURPOSES = {"quote", "coverage"}

PARTS = ("optician", "insurer", "insured", "beneficiary")


class OptoamcRightsCheck(models.Model):
    """One question to an insurer: is the patient covered on a day? (``OPAMCQIA``, ``OPAMCRIA``)

    It binds nobody and may be asked again at will: after an error a new one is asked.
    """

    _name = "optoamc.rights.check"
    _description = "Check of a patient's rights"
    _inherit = ["optoamc.outbox", "optoamc.guarded"]
    _order = "id desc"
    _check_company_auto = True

    _due = (("queued",),)
    _reply_fields = ("contract_id", "company_id", "platform_id", "state", "mode", "attempts", "error_code")

    contract_id = fields.Many2one("optoamc.contract", required=True, readonly=True, ondelete="cascade", index=True)
    patient_id = fields.Many2one(related="contract_id.partner_id")
    insurer_id = fields.Many2one(related="contract_id.insurer_id")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, default=lambda self: self.env.company
    )
    platform_id = fields.Many2one("optoamc.platform", readonly=True, ondelete="restrict")
    mode = fields.Char(readonly=True)
    date = fields.Date("On", required=True, readonly=True, default=lambda self: self.env.company._optoamc_today())
    state = fields.Selection(
        [
            ("queued", "Being checked"),
            ("open", "Rights open"),
            ("closed", "Rights closed"),
            ("unknown", "Unknown to the insurer"),
            ("error", "Not answered"),
            ("stopped", "Not asked: no consent"),
        ],
        "Rights",
        required=True,
        readonly=True,
        default="queued",
        index=True,
    )
    answered_at = fields.Datetime("Answered on", readonly=True)
    valid_from = fields.Date("Open from", readonly=True)
    valid_until = fields.Date("Open until", readonly=True)
    error_code = fields.Char(readonly=True)

    _to_ask_idx = models.Index("(platform_id, next_poll_at) WHERE state = 'queued'")

    @api.model
    def _ask(self, contract, company, date):
        """Queue the question; the dispatcher asks it.

        :raises UserError: no OptoAMC, or data are missing
        :raises RedirectWarning: no consent yet
        """
        platform = contract.insurer_id.optoamc_platform_id
        if not platform:
            raise UserError(self.env._("%s does not practise OptoAMC: call it.", contract.insurer_id.display_name))
        platform._check_mode(company)
        if not platform._supports(MessageKind.ELIGIBILITY_REQUEST):
            raise UserError(
                self.env._("%(platform)s answers no question about rights: call the insurer.", platform=platform.name)
            )
        check = self.sudo().create(
            {
                "contract_id": contract.id,
                "company_id": company.id,
                "platform_id": platform.id,
                "mode": platform.with_company(company).mode,
                "date": date or self.env.company._optoamc_today(),
            }
        )
        message = check._message(platform._like_identifier())
        if not check._is_consented(message):
            self.env["optoamc.consent"]._ask_signature(
                contract.partner_id, sorted(PURPOSES), contract.insurer_id, company
            )
        if missing := platform._codec().check(message, check._sent_options()):
            raise UserError(
                self.env._("Complete these data before sending:")
                + bullets(self.env, ((item.label, item.reason) for item in missing))
            )
        check._call_now()
        return check

    @api.model
    def _state_choice(self):
        return self._fields["state"]._description_selection(self.env)

    def _sent_options(self):
        return self.env["optoamc.field"]._sent_options(self.insurer_id, self.company_id)

    def _is_consented(self, message):
        """Whether the patient's consents name all that this message says, and to whom."""
        options = options_in(self.platform_id._codec(), message, self._sent_options())
        parties = self.patient_id, self.company_id, self.insurer_id, self.platform_id
        return bool(PURPOSES & self.env["optoamc.consent"]._covered(*parties, options))

    def _message(self, exchange_id):
        """The question as the norm's ``OPAMCQIA``."""
        return EligibilityRequest(
            header=message_header(self, exchange_id),
            date=self.date,
            **{name: fill(self, *PART_SOURCES[name]) for name in PARTS},
        )

    # -- asked by the dispatcher --------------------------------------------------------------

    def _wait_seconds(self):
        """How long the answer may take (s); 0 when nothing is asked."""
        return min(TIMEOUT_SECONDS, self.platform_id.read_timeout)

    def _open_transport(self):
        return self.platform_id._open_transport(self.company_id, self[:1].mode, TIMEOUT_SECONDS)

    def _claim_calls(self, transport, held_until):
        late = self.filtered("attempts") if transport.is_mailbox else self.browse()
        late._end("error", error_code="timeout_after_send")
        checks = self - late
        return checks._questions(transport, held_until) if checks else []

    def _questions(self, transport, held_until):
        # Found again after the process died: asking twice does no harm.
        self._hold_until(held_until)
        exchanges, codec = self.env["optoamc.exchange"], self.platform_id._codec()
        kind, calls, questions = MessageKind.ELIGIBILITY_REQUEST, [], []
        for check in self:
            exchange_id = check.platform_id._new_identifier()
            message, options = check._message(exchange_id), check._sent_options()
            if not check._is_consented(message):
                check._end("stopped", error_code="consent")
                continue
            try:
                xml = codec.build(message, options)
            except OptoamcError as error:
                check._receive_no_call(error)
                continue
            questions.append((check, kind, exchange_id, xml, options_in(codec, message, options)))
            fault_codes = check.platform_id.sudo().fault_codes or {}
            calls.append(
                Call(self._name, check.id, check.platform_id.id, kind, exchange_id, xml, codec, transport, fault_codes)
            )
        exchanges._record_out(questions)
        return calls

    def _receive_ticket(self):
        """Nobody waits that long in front of the screen: the answer is there when it is looked at again."""
        if self.state == "queued":
            self.sudo().next_poll_at = self._next_poll_at(first=DEPOSIT_WAIT)

    def _receive_blocked(self, error):
        self._end("error", error_code=error.code)

    def _find_mismatch(self, call, answer):
        if answer.header.reply_to not in (None, call.exchange_id):
            return OptoamcError("inconsistent", "it answers another question")
        return None

    def _receive_reply(self, _kind, answer, error):
        if self.state != "queued":
            return  # asked again after a crash, and answered once already
        if error:
            self._end("error", error_code=error.code)
            return
        self._end(
            answer.status.value,
            answered_at=fields.Datetime.now(),
            valid_from=answer.valid_from,
            valid_until=answer.valid_until,
        )
        amounts = {"annual_max": answer.annual_max, "annual_used": answer.annual_used}
        values = {name: float(value) for name, value in amounts.items() if value is not None}
        # A maximum of 0 is an answer, too.
        self.contract_id.write(values | ({"has_annual_max": True} if "annual_max" in values else {}))

    def _put_off(self):
        """Somebody waits: what cannot be handled is not answered, and may be asked again."""
        for check in self:
            check._end("error", error_code="configuration")

    def _end(self, state, **values):
        self.sudo().write({"error_code": False, **values, "state": state, "next_poll_at": False})
