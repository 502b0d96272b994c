from __future__ import annotations

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ...lib.protocol.messages import MessageKind, Status
from ...lib.protocol.words import readable
from .states import IN_FORCE, TRANSITIONS

_lt = LazyTranslate(__name__)  # told in the language of who follows the request

#: What an answer may say against a decision that was taken before, and what the person who follows it is told.
LATER_WORDS = {
    "unconfirmed": _lt("The insurer no longer confirms its agreement: call it."),
    "unknown": _lt("The insurer no longer knows its agreement: call it."),
    "other_terms": _lt("The insurer announces another number or other amounts than those it agreed to: call it."),
    "unfit": _lt("The insurer has answered again, and the answer cannot be read or does not fit: call it."),
    "agreed": _lt("The insurer announces an agreement to a request that is closed here: call it."),
}

#: The same of an error that came in an answer's place; others are a platform's that is out of order.
_LATER_ERRORS = {"unknown_reference": "unknown", "inconsistent": "unfit", "schema": "unfit"}


class OptoamcRequest(models.Model):
    """An answer that comes after the decision, and says otherwise.

    By whatever road it comes, the decision stays as it is, since money is booked on it: a person is told, once, and
    sees what the insurer says now.
    """

    _inherit = "optoamc.request"

    later_answer = fields.Json(readonly=True, copy=False, help="What the insurer says against its decision.")
    later_notice = fields.Text("What the insurer says now", compute="_compute_later_notice")

    @api.depends("later_answer", "state", "pec_number", "line_ids.granted_amount")
    @api.depends_context("lang")
    def _compute_later_notice(self):
        for request in self:
            said = request.later_answer
            # Once the agreement has ended, nobody has to confirm it.
            is_open = bool(said) and (said["kind"] == "agreed" or request._is_agreement_standing())
            request.later_notice = is_open and "\n".join(request._later_sentences(said))

    def _later_sentences(self, said):
        yield LATER_WORDS[said["kind"]]._translate(self.env.lang or "en_US")
        if number := said.get("number"):
            yield self.env._("Number: %(now)s; here: %(before)s.", now=number, before=self.pec_number or "–")
        for line in self.line_ids:
            if amount := said.get("amounts", {}).get(str(line.line_number)):
                yield self.env._(
                    "%(line)s: %(now)s; here: %(before)s.",
                    line=line.name or line.line_number,
                    now=self.currency_id.format(float(amount)),
                    before=self.currency_id.format(line.granted_amount),
                )
        if words := said.get("message"):
            yield self.env._("Its message: %s", words)

    def _is_agreement_standing(self):
        """Whether an agreement holds, or is booked, that a later answer may be against."""
        if self.state == "expired":
            return bool(self.sudo().share_ids)
        return self.state == "granted" or bool(self.state in IN_FORCE and self.answered_at)

    def _is_ended_without_agreement(self):
        return self.state == "refused" or (not TRANSITIONS[self.state] and not self.answered_at)

    def _receive_later_answer(self, answer):
        """An answer to a request that is decided already, or ended."""
        if self.state == "granted" and self.next_poll_at:
            self.sudo().write({"next_poll_at": False, "error_code": False})
        if self._is_agreement_standing():
            self._keep_later_answer(self._said_against(answer))
        elif answer.status == Status.GRANTED and self._is_ended_without_agreement():
            # There is one over there that nobody here can use or cancel.
            self._keep_later_answer(self._said("agreed", answer, self._terms(answer)))

    def _receive_later_error(self, kind, error):
        """What came in the place of an answer about an agreement; of its cancellation, that is another's business."""
        if kind == MessageKind.CANCELLATION or self.state == "cancelling":
            return
        found = _LATER_ERRORS.get(error.code)
        if kind == MessageKind.REQUEST and error.code == "rejected":
            found = "unconfirmed"
        if found and self._is_agreement_standing():
            self._keep_later_answer({"kind": found, "code": error.code, "message": error.reference})

    def _said_against(self, answer):
        """What an answer says against the agreement; ``False`` when it confirms it."""
        if answer.status != Status.GRANTED:
            return self._said("unconfirmed", answer, {})
        terms = self._terms(answer)
        return self._said("other_terms", answer, terms) if terms else False

    def _terms(self, answer):
        """The number and the amounts of an answer, as far as they are others than those here."""
        terms = {}
        if answer.file_number and _folded(answer.file_number) != _folded(self.pec_number or ""):
            terms["number"] = answer.file_number
        here = {line.line_number: f"{line.granted_amount:.2f}" for line in self.sudo().line_ids}
        now = {line.line_number: f"{line.granted:.2f}" for line in answer.lines if line.granted is not None}
        amounts = {str(number): amount for number, amount in now.items() if here.get(number) != amount}
        return terms | ({"amounts": amounts} if amounts else {})

    def _said(self, kind, answer, terms):
        return {"kind": kind, "status": answer.status.value, "message": self._words_of(answer), **terms}

    def _keep_later_answer(self, said):
        """Keep what the insurer says now, and ask a person to call it; the same again adds nothing."""
        if said == (self.later_answer or False):
            return
        self.sudo().write({"later_answer": said, "consulted_at": False})
        if said:
            self._ask_person(LATER_WORDS[said["kind"]], beside=True)

    @api.model
    def _words_of(self, answer):
        """An answer's words for people, each once; never what only a program reads."""
        messages = [answer.message, *(reason.label for reason in answer.reasons)]
        return "\n".join(dict.fromkeys(map(readable, filter(None, messages))))


def _folded(number):
    return "".join(number.split()).casefold()
