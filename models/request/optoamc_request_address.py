from odoo import models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from .states import FROZEN

_lt = LazyTranslate(__name__)  # told in the language of who follows the request


class OptoamcRequest(models.Model):
    """A request goes to the address that it was frozen for, or waits for a person."""

    _inherit = "optoamc.request"

    def _platform_mode(self):
        """The mode that the request's platform has for its company now."""
        return self.platform_id.sudo().with_company(self.company_id).mode or "disabled"

    def _is_platform_changed(self):
        """Whether the platform has another address, or what is to be sent for the first time another mode."""
        moved = (self.platform_url or "") != self.platform_id._address(self.company_id, self.mode)
        if self.state == "queued":
            return moved or self._platform_mode() != self.mode
        # A demonstration never leaves this machine, whose simulated insurer has another port each day.
        return moved and self.mode != "demo"

    def _receive_new_address(self):
        """Nothing is sent to an address that nobody chose for the request: a person is asked."""
        if self.state == "queued":
            self._apply_or_wait("error", error_code="address_changed")
        else:
            self.sudo().write({"next_poll_at": False, "error_code": "address_changed"})
        self._ask_person(
            _lt(
                "The platform's address or mode has changed since the request was prepared: nothing was sent. Check "
                "the platform, then retry (or consult) to go on at the new address, or cancel and ask again."
            )
        )

    def _adopt_address(self):
        """A person has the request go on at the platform's present address.

        :raises UserError: it was prepared for another mode
        """
        if not self.platform_id:
            return
        mode = self._platform_mode()
        if self.state in FROZEN and mode not in ("disabled", self.mode):
            labels = dict(self._fields["mode"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(request)s was prepared in the mode “%(old)s”, and %(platform)s is now in the mode “%(new)s”: "
                    "cancel it and ask again.",
                    request=self.display_name,
                    old=labels[self.mode],
                    platform=self.platform_id.name,
                    new=labels[mode],
                )
            )
        self.sudo().platform_url = self.platform_id._address(self.company_id, self.mode)

    def _may_retry(self):
        """Whether a retry of a selection takes the request along."""
        return bool(self._consented()) and self._platform_mode() in ("disabled", self.mode)
