from datetime import timedelta

from odoo import api, fields, models

#: Consecutive network failures that open the circuit, and for how long (seconds): the first
#: time, and at most.
FAILURES_TO_OPEN, FIRST_PAUSE, LONGEST_PAUSE = 5, 30, 5 * 60

#: What the circuit's state is made of: looked at often, and nothing else is read then.
CIRCUIT_FIELDS = ("failure_count", "circuit_open_until")

#: Errors that speak of the platform's health, not of one request.
NETWORK_ERRORS = {
    "connection",
    "connection_lost",
    "fault",
    "html",
    "http",
    "not_xml",
    "timeout_after_send",
    "timeout_before_send",
    "tls",
}


class OptoamcPlatform(models.Model):
    """The circuit: a platform that is down is left alone for a while, then probed."""

    _inherit = "optoamc.platform"

    failure_count = fields.Integer("Consecutive failures", readonly=True, copy=False)
    circuit_open_until = fields.Datetime("No call before", readonly=True, copy=False)

    @api.model
    def _reachable(self):
        """The platforms that may be called now."""
        platforms = self.with_context(active_test=False).search_fetch([], CIRCUIT_FIELDS)
        return platforms.filtered(lambda platform: platform._circuit_room(1))

    def _circuit_room(self, most):
        """How many calls may be in flight: none while open, one to probe, then ``most``."""
        self.ensure_one()
        if self.circuit_open_until and self.circuit_open_until > fields.Datetime.now():
            return 0
        return 1 if self.failure_count >= FAILURES_TO_OPEN else most

    def _count_calls(self, errors):
        """Open the circuit after too many failures in a row, close it on a success.

        :param errors: of each call that ended, in this order, the error met or ``None``
        """
        self.ensure_one()
        self.fetch(CIRCUIT_FIELDS)
        now = fields.Datetime.now()
        count, until = self.failure_count, self.circuit_open_until
        until = until if until and until > now else False
        for error in errors:
            if error is not None and error.retry_after:
                # Its own word, as far as other shops may be kept waiting for it.
                told = now + timedelta(seconds=min(error.retry_after, LONGEST_PAUSE))
                until = max(until or told, told)
            elif error is None or error.code not in NETWORK_ERRORS:
                # What the platform asked for holds, whatever was in flight meanwhile.
                count, until = 0, count < FAILURES_TO_OPEN and until
            elif not until:
                count += 1
                if count >= FAILURES_TO_OPEN:
                    pause = min(FIRST_PAUSE * 2 ** (count - FAILURES_TO_OPEN), LONGEST_PAUSE)
                    until = now + timedelta(seconds=pause)
            # Else it was in flight when the circuit opened: no news.
        if (count, until) != (self.failure_count, self.circuit_open_until):
            self.sudo().write({"failure_count": count, "circuit_open_until": until})

    def action_probe(self):
        """Try a platform that is left alone at once."""
        self.check_access("read")
        self.sudo().circuit_open_until = False
        self.env["optoamc.request"]._trigger_dispatch()
