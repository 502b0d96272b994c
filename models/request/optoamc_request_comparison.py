from __future__ import annotations

from dataclasses import replace

from odoo import api, fields, models
from odoo.tools import format_date

from ...lib.protocol.errors import OptoamcError
from .optoamc_request_checks import ASK
from .optoamc_request_follow_up import AGREED_FIELDS, AGREED_TO
from .states import ACTIVE


class OptoamcRequest(models.Model):
    """A request against what the insurer was asked, and has answered, before."""

    _inherit = "optoamc.request"

    stale_changes = fields.Text(
        "What has changed",
        compute="_compute_stale_changes",
        help="Line by line, what the dossier says otherwise than what the insurer was asked.",
    )

    @api.depends("is_stale", *AGREED_TO)
    @api.depends_context("lang")
    def _compute_stale_changes(self):
        for request in self:
            request.stale_changes = request.is_stale and "\n".join(request._changes_since())

    def _changes_since(self):
        """What the dossier says otherwise than this request: words for each line."""
        values = {name: self[name].id for name in ("order_id", "contract_id")}
        now = self.new({**values, "equipment_number": self.equipment_number, "kind": self.kind})._as_asked_now()
        return [*now._differences(self), *now._amount_differences(self)]

    def _amount_differences(self, asked):
        """The quantities and sums of an article, besides its price, that are no longer those that were asked."""
        before = {line._piece(): line for line in asked.line_ids}
        for line in self.line_ids:
            old = before.get((line.order_line_id._origin.id, line.eye_side))
            for name in AGREED_FIELDS:
                field = line._fields[name]
                if not old or field.type == "char" or name == "price":
                    continue
                if self.currency_id.compare_amounts(old[name], line[name]):
                    shown = (lambda value: value) if field.type == "integer" else self.currency_id.format
                    yield self.env._(
                        "%(name)s: %(what)s %(new)s instead of %(old)s",
                        name=line.name,
                        what=field._description_string(self.env),
                        new=shown(line[name]),
                        old=shown(old[name]),
                    )

    # -- refused once already ------------------------------------------------------------------

    def _refused_alike(self):
        """The last request of this equipment to this insurer, where it was refused and said the same; maybe empty."""
        others = self.order_id.optoamc_request_ids.filtered(
            lambda other: (
                other != self._origin
                and other.equipment_number == self.equipment_number
                and other.insurer_id == self.insurer_id
                and other.state not in ("draft", "cancelled")
                and (not self.asked_at or (other.answered_at and other.answered_at < self.asked_at))
            )
        )
        last = others.sorted("id")[-1:]
        return last if last.state == "refused" and self._says_as(last) else last.browse()

    def _says_as(self, other):
        """Whether the insurer reads the same as in another request, but for its date of sending and its purpose."""
        told, own = other.sudo()._frozen_message(), self.sudo()._frozen_message()
        if not told:
            return own is None and other.contract_id == self.contract_id and other._asked() == self._asked()
        codec, kind = other.platform_id._codec(), told.kind
        try:
            now = replace(own or self._coverage_message(), header=told.header, kind=kind)
            return codec.minimise(now, self._sent_options()) == told
        except OptoamcError:
            return False

    def _refused_already(self, refused):
        """The finding about a request that says what an insurer has refused."""
        reason = self.env["optoamc.reason"]._of_request(refused)[:1]
        words = self.env._(
            "%(insurer)s refused the same request on %(day)s (%(reason)s), and nothing that it reads has changed "
            "since",
            insurer=self.insurer_id.name,
            day=format_date(self.env, refused.answered_at.date()),
            reason=reason.display_name or refused.insurer_message or refused.display_name,
        )
        found = self._finding(reason.cause_id.code or "", ASK, self.contract_id, "member_number", words)
        return found | (self._source_of(reason.path.replace("[]", "[0]")) if reason.path else {})

    # -- answered once already -----------------------------------------------------------------

    def _check_earlier_answers(self):
        if refused := self._refused_alike():
            yield self._refused_already(refused)
        answered = self._earlier_answer()
        if not answered:
            return
        if answered.valid_until and answered.valid_until < self.order_id.optical_date:
            words = self.env._(
                "%(answer)s was valid until %(day)s: its amounts are no longer binding",
                answer=answered.display_name,
                day=format_date(self.env, answered.valid_until),
            )
            yield self._finding("R12", ASK, self.order_id, "order_line", words)
        for words in self._differences(answered):
            yield self._finding("R13", ASK, self.order_id, "order_line", words)

    def _earlier_answer(self):
        """The insurer's last answer about this equipment, the one that this request would replace."""
        others = self.order_id.optoamc_request_ids.filtered(
            lambda other: (
                other != self._origin
                and other.equipment_number == self.equipment_number
                and other.contract_id == self.contract_id
                and other.answered_at
                and (not self.asked_at or other.answered_at < self.asked_at)
                and (other.state in ACTIVE or other.state == "expired")
            )
        )
        return others.sorted("answered_at")[-1:]

    def _differences(self, answered):
        """What the dossier says otherwise than an answer: words for each line."""
        before = {line._piece(): line for line in answered.line_ids}
        currency = self.currency_id
        for line in self.line_ids:
            old = before.pop((line.order_line_id._origin.id, line.eye_side), None)
            if not old:
                yield self.env._("%s was not in what was asked", line.name)
            elif (old.name, old.lpp_code) != (line.name, line.lpp_code or old.lpp_code):
                yield self.env._("%(new)s instead of %(old)s", new=line.name, old=old.name)
            elif currency.compare_amounts(old.price, line.price):
                yield self.env._(
                    "%(name)s: %(new)s instead of %(old)s",
                    name=line.name,
                    new=currency.format(line.price),
                    old=currency.format(old.price),
                )
        for old in before.values():
            yield self.env._("%s was asked and is no longer in the dossier", old.name)
