from __future__ import annotations

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import plaintext2html
from odoo.tools.translate import LazyTranslate

from ..mixin.chatter import schedule
from ..mixin.reader_lang import in_lang_of
from ..mixin.transactions import commit_batches
from .states import ANSWER_LIMITED, IN_DOUBT

_lt = LazyTranslate(__name__)  # told in the language of who follows the request

#: How long a request may wait to be sent, or its sending be in doubt, before a person is told.
LATE_AFTER = timedelta(hours=1)

#: How long an answer by mail may take before a person is told, and before none is expected any more.
MAIL_LATE_AFTER, MAIL_LIMIT = timedelta(days=10), timedelta(days=90)

#: How long before its last day a person is told of an agreement that is not invoiced.
EXPIRING_WITHIN = timedelta(days=7)


class OptoamcRequest(models.Model):
    """How long things may take, and who is told when they take longer."""

    _inherit = "optoamc.request"

    is_late = fields.Boolean("Waits for too long", readonly=True, copy=False)

    @api.model
    def _cron_expire(self):
        """End what lasted too long; tell a person of what lasts long."""
        # By their names: what another module makes of them holds.
        for domain, verb in (
            (self._past_validity(), "_expire"),
            (self._past_answer_limit(), "_time_out"),
            (self._late(), "_tell_late"),
            (self._expiring(), "_tell_expiring"),
        ):
            if not self._act_on_all(domain, verb):
                return  # Odoo calls again at once

    def _act_on_all(self, domain, verb):
        """Act on the requests of a domain, one commit a batch; one with an error stops itself alone.

        :param verb: name of a method on requests of one shop, without arguments
        :return: whether there is time for more
        """

        def act(requests):
            # One that is being called at this moment is left for the next time.
            found = requests.try_lock_for_update(allow_referencing=True).filtered_domain(domain)
            for company, of_shop in found.grouped("company_id").items():
                getattr(of_shop.with_company(company), verb)()
            return len(found)

        return commit_batches(self.env, self.search(domain), act)

    def _start_waiting(self):
        """The insurer is asked from now on: what was waited for before counts no more."""
        self.sudo().write({"asked_at": fields.Datetime.now(), "attempts": 0, "is_late": False})

    # -- agreements past their date -----------------------------------------------------------

    def _valid(self, until):
        """Granted, not used by an invoice, and valid until a day.

        :param until: a domain on the agreement's last day, for what is today in a shop: overseas, the
            server is another day
        """
        companies = self.env["res.company"].with_context(active_test=False).search([])
        in_its_shop = Domain.OR(
            Domain("company_id", "in", shops.ids) & until(today)
            for today, shops in companies.grouped(lambda company: company._optoamc_today()).items()
        )
        return Domain("state", "=", "granted") & Domain("share_ids", "=", False) & in_its_shop

    def _past_validity(self):
        """Agreements past their date, and not used by an invoice, bind the insurer no more."""
        return self._valid(lambda today: Domain("valid_until", "<", today))

    def _is_in_time(self, move):
        """Whether an invoice is dated within the agreement."""
        dated = move.invoice_date or move.date
        return not (self.valid_until and dated and dated > self.valid_until)

    def _is_billed_in_time(self):
        """Whether an invoice took the agreement up that has no room for it: the patient had paid."""
        billed = self.line_ids.order_line_id.invoice_lines.move_id.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        return bool(self._binding()) and any(map(self._is_in_time, billed))

    def _expire(self):
        requests = self.sudo()
        requests.mapped("line_ids.order_line_id.invoice_lines.move_id")
        ended = self.filtered(lambda request: not request.sudo()._is_billed_in_time())
        ended._set_state("expired", transferred=False)  # no invoice took it up, and none can any more
        ended._ask_person(_lt("The agreement is past its date: ask again if needed."))

    def _expiring(self):
        """Agreements that soon bind the insurer no more, and of which nobody has been told."""
        soon = self._valid(
            lambda today: Domain("valid_until", ">=", today) & Domain("valid_until", "<=", today + EXPIRING_WITHIN)
        )
        return soon & Domain("is_unbilled", "=", True) & Domain("activity_ids", "=", False)

    def _tell_expiring(self):
        self._ask_person(_lt("The agreement is soon past its date: deliver and invoice, or ask again."))

    # -- no answer within the platform's limit ------------------------------------------------

    def _past_answer_limit(self):
        now = fields.Datetime.now()
        platforms = self.env["optoamc.platform"].with_context(active_test=False).search([])
        limits = {platform.id: timedelta(days=platform.answer_limit_days) for platform in platforms}
        return Domain.OR(
            Domain("platform_id", "=", platform_id)
            & Domain("state", "in", ANSWER_LIMITED)
            & Domain("asked_at", "<", now - limit)
            for platform_id, limit in (limits | {False: MAIL_LIMIT}).items()
        )

    def _time_out(self):
        """Stop calling for requests, and leave them to a person."""
        by_state = self.grouped("state")
        queued, cancelling = (by_state.pop(state, self.browse()) for state in ("queued", "cancelling"))
        asked = self.browse().concat(*by_state.values())
        queued._set_state("error", next_poll_at=False, error_code="connection")
        queued._ask_person(_lt("The request could not be sent within the limit: call the insurer or retry."))
        for request in cancelling:
            request._time_out_cancellation()
        cancelling._ask_person(_lt("The insurer has not acknowledged the cancellation: call it."))
        asked._set_state("expired", next_poll_at=False)
        asked._ask_person(_lt("The insurer has not answered within the limit: call it or ask again."))

    # -- late ---------------------------------------------------------------------------------

    def _late(self):
        now = fields.Datetime.now()
        in_doubt = Domain("state", "in", IN_DOUBT) & Domain("asked_at", "<", now - LATE_AFTER)
        by_mail = Domain("state", "=", "pending") & Domain("platform_id", "=", False)
        return (in_doubt | (by_mail & Domain("asked_at", "<", now - MAIL_LATE_AFTER))) & Domain("is_late", "=", False)

    def _tell_late(self):
        self.is_late = True
        called = self.filtered("platform_id")
        called._ask_person(
            _lt(
                "No usable answer has come for an hour. The request continues automatically; if the patient "
                "cannot wait, call the insurer and note its agreement."
            )
        )
        (self - called)._ask_person(
            _lt("Asked by mail or on the portal ten days ago: call the insurer, then type its answer.")
        )

    def _ask_person(self, note=None, beside=False):
        """One activity for the person who follows each request, in that person's language.

        :param note: a lazy translation; without it, the advice on the request's error
        :param beside: whether this is asked beside what the person is asked already; else that goes first
        """
        asked = []
        for request in self:
            known = request.activity_ids.mapped("summary")
            if known and not beside:
                continue
            user = request._person_asked()
            request = in_lang_of(request, user)
            text = note._translate(request.env.lang or "en_US") if note else request.advice or ""
            # What a list shows of it: what is to be done, and not again which request it is.
            summary = text.partition("\n")[0] or request.display_name
            if summary not in known:
                words = {"summary": summary, "note": plaintext2html(text)}
                asked.append({"res_id": request.id, "user_id": user.id, **words})
        schedule(self, "mail.mail_activity_data_todo", asked)

    def _person_asked(self):
        """Who follows the request, as long as that is an optician; else an optician of the shop, if there is one."""
        role = "l10n_fr_optoamc.group_optician"
        followers = (self.user_id | self.order_id.user_id).sudo()
        if opticians := followers.filtered(lambda user: user.active and user.has_group(role)):
            return opticians[0].sudo(False)
        # Browsed: a reference is looked up in the database each time.
        group = self.env["res.groups"].sudo().browse(self.env["ir.model.data"]._xmlid_to_res_id(role))
        colleagues = group.all_user_ids.filtered(lambda user: user.active and self.company_id in user.company_ids)
        return (colleagues[:1] or followers[:1] or self.env.ref("base.user_admin")).sudo(False)
