from odoo import models


class OptoamcShare(models.Model):
    """A fund is corrected on the patient's form: its part follows, unless the fund has dealt with it already."""

    _inherit = "optoamc.share"

    def _fund_that_stays(self):
        """The fund of these shares, the AMO's of one dossier, that no correction of the patient's form replaces.

        It has paid, or lost, its part; where that was credited since, its money is for the part made anew.
        """
        for share in self._of_another_fund():
            if share.amount_paid or share.amount_written_off or share._open_credit():
                return share.partner_id.commercial_partner_id
        return self.partner_id.browse()

    def _of_another_fund(self):
        """Those of these shares, the AMO's, that are another fund's than the patient's."""
        return self.filtered(
            lambda share: (
                (fund := share.order_id._optoamc_amo_fund()) and share.partner_id.commercial_partner_id != fund
            )
        )

    def _leave_wrong_fund(self):
        """Reverse unpaid parts that are a fund's which was corrected since: they are made anew on the right one.

        Runs as superuser, behind the checks of its callers.
        """
        amo = self.filtered(lambda share: share.kind == "amo" and share.amount and share.company_id.amo_third_party)
        wrong = amo._of_another_fund()
        wrong = wrong.filtered(lambda share: not share.order_id.optoamc_share_ids.filtered(_is_amo)._fund_that_stays())
        wrong._reverse(self.env._("The patient's fund was corrected."))


def _is_amo(share):
    return share.kind == "amo"
