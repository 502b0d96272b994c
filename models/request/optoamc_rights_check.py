from __future__ import annotations

import logging
import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...lib.protocol.errors import OptoamcError
from ...lib.protocol.messages import EligibilityRequest, MessageKind
from ...lib.protocol.transport.faults import answered_fault
from ..platform.consent_notice import options_in
from .optoamc_request_message import PART_SOURCES, fill, message_header

_logger = logging.getLogger(__name__)

#: Checks asked in one run of the cron: it comes again when there are more.
BATCH = 20

#: Seconds that one may take: somebody waits in front of the screen, and others after it.
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
    _inherit = ["optoamc.guarded"]
    _order = "id desc"
    _check_company_auto = True

    contract_id = fields.Many2one("optoamc.contract", required=True, readonly=True, ondelete="cascade", index=True)
    patient_id = fields.Many2one(related="contract_id.partner_id")
    insurer_id = fields.Many2one(related="contract_id.insurer_id")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, default=lambda self: self.env.company
    )
    platform_id = fields.Many2one("optoamc.platform", readonly=True, ondelete="restrict")
    mode = fields.Char(readonly=True)
    date = fields.Date("On", required=True, readonly=True, default=fields.Date.context_today)
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

    @api.model
    def _ask(self, contract, company, date):
        """Queue the question; the cron asks it.

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
                "date": date or fields.Date.context_today(self),
            }
        )
        message = check._message(str(uuid.uuid4()))
        if not check._is_consented(message):
            self.env["optoamc.consent"]._ask_signature(
                contract.partner_id, sorted(PURPOSES), contract.insurer_id, company
            )
        if missing := platform._codec().check(message, check._sent_options()):
            raise UserError(
                self.env._("Complete these data before sending:")
                + "".join(f"\n• {item.label} : {item.reason}" for item in missing)
            )
        check._trigger()
        return check

    @api.model
    def _state_choice(self):
        return self._fields["state"]._description_selection(self.env)

    @api.model
    def _trigger(self, at=None):
        self.env.ref("l10n_fr_optoamc.cron_check_rights").sudo()._trigger(at)

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

    # -- asked by the cron --------------------------------------------------------------------

    @api.model
    def _cron_ask(self):
        """Ask what is queued, one commit a question; an error ends that one alone."""
        cron = self.env["ir.cron"]
        for check_id in self.search(self._askable(), order="id", limit=BATCH).ids:
            check = self.browse(check_id).try_lock_for_update().filtered(lambda asked: asked.state == "queued")
            try:
                if check:
                    check.with_company(check.company_id)._call()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("optoamc: rights check %s failed", check_id)
                check.write({"state": "error", "error_code": "configuration"})
            if not cron._commit_progress(len(check)):
                break
        cron._commit_progress(remaining=self.search_count(self._askable()))
        left_alone = self.search([("state", "=", "queued")]).platform_id
        if pauses := left_alone.filtered("circuit_open_until").mapped("circuit_open_until"):
            self._trigger(min(pauses))

    @api.model
    def _askable(self):
        """Queued, at platforms that are neither being left alone nor on hold."""
        reachable = self.env["optoamc.platform"]._reachable()
        return Domain("state", "=", "queued") & Domain("platform_id", "in", reachable.ids) & reachable._not_on_hold()

    def _call(self):
        # Asking twice does no harm: the answer alone is committed.
        exchanges, exchange_id = self.env["optoamc.exchange"], str(uuid.uuid4())
        reply = error = answer = None
        try:
            codec = self.platform_id._codec()
            message, options = self._message(exchange_id), self._sent_options()
            if not self._is_consented(message):
                self.write({"state": "stopped", "error_code": "consent"})
                return
            xml, held = codec.build(message, options), options_in(codec, message, options)
            sent = exchanges._values("out", self, MessageKind.ELIGIBILITY_REQUEST, exchange_id, xml, held)
            exchanges._record([sent | {"request_id": False}])
            transport = self.platform_id._open_transport(self.company_id, self.mode, TIMEOUT_SECONDS)
            reply = transport.call(MessageKind.ELIGIBILITY_REQUEST, xml, exchange_id=exchange_id)
            answer = codec.parse(reply.xml, MessageKind.ELIGIBILITY_ANSWER)
            if fault := answered_fault(answer, self.platform_id.sudo().fault_codes or {}):
                raise fault
            if answer.header.reply_to not in (None, exchange_id):
                raise OptoamcError("inconsistent", "it answers another question")
        except OptoamcError as met:
            error = met
        exchanges._record_in(self, MessageKind.ELIGIBILITY_ANSWER, exchange_id, reply, error, request_id=False)
        if error:
            self.write({"state": "error", "error_code": error.code})
        else:
            self._receive(answer)

    def _receive(self, answer):
        self.write(
            {
                "state": answer.status.value,
                "answered_at": fields.Datetime.now(),
                "valid_from": answer.valid_from,
                "valid_until": answer.valid_until,
            }
        )
        told = {"annual_max": answer.annual_max, "annual_used": answer.annual_used}
        self.contract_id.write({name: float(value) for name, value in told.items() if value is not None})
