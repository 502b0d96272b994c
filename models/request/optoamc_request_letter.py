from __future__ import annotations

from odoo import models


class OptoamcRequest(models.Model):
    """The letter by which an insurer without OptoAMC is asked.

    It says what the insurer needs to decide: contract, grouping codes, classes, prices and what others pay. A
    designation, a correction, an LPP code or the prescription only where the profile lets them leave, as in a message.
    """

    _inherit = "optoamc.request"

    def _is_letter(self):
        """Whether its paper is the one that a person mails: nobody has answered it yet."""
        return self.state in ("draft", "pending") and self._is_by_mail()

    def _check_letters(self):
        """A letter that is printed leaves.

        :raises RedirectWarning: the patient has not consented to that
        """
        letters = self.filtered(lambda request: request._is_letter())
        letters.order_id._optoamc_read_ahead()
        letters._check_consent()

    def _letter_rows(self):
        """What the letter says of each line; amounts are in €.

        :return: list of dicts; ``asked`` is what the insurer may pay at most
        """
        classes = dict(self.env["optoamc.lpp"]._fields["product_class"]._description_selection(self.env))
        options = self._paper_options()
        return [
            {
                "name": line._paper_name(options),
                "lpp_code": "lpp_code" in options and line.lpp_code,
                "correction": "correction" in options and line.formula,
                "group_code": line.order_line_id.lpp_id.group_code,
                "class": classes.get(line.order_line_id.lpp_id.product_class),
                "quantity": line.quantity,
                "price": line.price,
                "amo": line.amo_amount,
                "is_amo_unknown": line.is_amo_unknown,
                "others": line.other_amc_amount,
                "asked": float(line._ceiling()),
            }
            for line in self._as_asked_now().line_ids
        ]
