from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.payments.matching import compact
from ..lib.payments.payers import Payers
from ..models.remittance.optoamc_remittance import OF_SHOP
from ..models.request.states import ENFORCEABLE

#: Values created in one go.
BATCH = 1000


class OptoamcRemittanceImport(models.TransientModel):
    """One file, one payment advice a shop: each books what it is paid, in its own bank."""

    _inherit = "optoamc.remittance.import"

    def _create_advices(self, format_, key, date, lines):
        """The payment advices of a file, the first of which bears its key.

        :raises UserError: the file is empty, or another shop's
        """
        if not lines:
            raise UserError(self.env._("The file announces no payment."))
        advices = self.env["optoamc.remittance"]
        for company, own in self._by_shop(lines).items():
            own_key = f"{key}{OF_SHOP}{company.id}" if advices else key
            advices |= self._create_advice(company, format_, own_key, date, own)
        if len(advices) > 1:
            # Whichever shops are chosen on the screen: each is told.
            shops = advices.sudo().company_id
            words = self.env._("The file is for several shops: %s.", ", ".join(shops.mapped("name")))
            for advice in advices:
                advice.with_company(advice.sudo().company_id).message_post(body=words)
        return advices

    # -- whose lines they are -----------------------------------------------------------------

    def _by_shop(self, lines):
        """The lines by the shop that they are offered to, the current one first.

        A NOEMIE return says whom it pays. A line of a sheet is the shop's whose agreement it names; an invoice
        number alone names nothing outside the shop that reads it, shops number alike.
        """
        shops = self._payees(lines)
        agreements = self._shops_of_agreements(lines)
        found = {}
        for line in lines:
            shop = shops.get(compact(line.payee)) if line.payee else agreements.get(compact(line.pec_number))
            found.setdefault(shop or self.company_id, []).append(line)
        return dict(sorted(found.items(), key=lambda item: item[0] != self.company_id))

    def _payees(self, lines):
        """The user's shops by the FINESS numbers that the lines pay.

        :raises UserError: one is the number of a shop in which the user does not work
        """
        numbers = {compact(line.payee) for line in lines} - {""}
        known = self.env["res.company"]._optoamc_shops() if numbers else self.env["res.company"]
        by_number = known.filtered(lambda shop: compact(shop.finess) in numbers).grouped(
            lambda shop: compact(shop.finess)
        )
        mine = self.company_id | self.env.user.company_ids
        result = {}
        for number, shops in by_number.items():
            if not shops & mine:
                raise UserError(
                    self.env._(
                        "This file pays the FINESS number %s, of a shop in which you do not work: nothing was "
                        "imported. Have it imported by somebody who works in all the shops that it pays.",
                        number,
                    )
                )
            # Branches may share their number.
            result[number] = (shops & self.company_id) or (shops & mine)[0]
        return result

    def _shops_of_agreements(self, lines):
        """The user's shop by agreement number, of those that one alone has."""
        numbers = {compact(line.pec_number) for line in lines if not line.payee} - {""}
        shops = self.company_id | self.env.user.company_ids
        if not numbers or len(shops) < 2:
            return {}
        self.env["optoamc.share"].flush_model(["company_id", "pec_number"])
        self.env["optoamc.request"].flush_model(["company_id", "pec_number", "state", "kind"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT number, min(company_id)
                  FROM (SELECT DISTINCT company_id,
                               ltrim(upper(regexp_replace(pec_number, '[^[:alnum:]]', '', 'g')), '0') AS number
                          FROM (SELECT company_id, pec_number FROM optoamc_share
                                 UNION ALL
                                -- Paid before it is invoiced.
                                SELECT company_id, pec_number FROM optoamc_request
                                 WHERE kind = 'coverage' AND state IN %s) named
                         WHERE company_id IN %s) agreement
                 WHERE number IN %s
                 GROUP BY number
                HAVING count(*) = 1
                """,
                tuple(ENFORCEABLE),
                tuple(shops.ids),
                tuple(numbers),
            )
        )
        return {number: shops.browse(company) for number, company in rows}

    # -- one shop's payment advice ------------------------------------------------------------

    def _create_advice(self, company, format_, key, date, lines):
        # An advice is what a file says: nobody types one, and the right to read files is the right to make it.
        remittance = (
            self.env["optoamc.remittance"]
            .sudo()
            .with_company(company)
            .create(
                {
                    "name": self.file_name or format_,
                    "format": format_,
                    "file_key": key,
                    "company_id": company.id,
                    "partner_id": self.partner_id.id,
                    "journal_id": self._bank(company).id,
                    "date": date,
                }
            )
        )
        payers = self._payers(company, lines)
        values = [self._line_vals(remittance, line, payers) for line in lines]
        for start in range(0, len(values), BATCH):
            remittance.line_ids.create(values[start : start + BATCH])
        remittance = remittance.with_env(self.env(context=remittance.env.context))
        remittance._match(remittance.line_ids)
        return remittance

    def _bank(self, company):
        """The journal of a shop's payments: the one chosen, or another shop's first.

        :raises UserError: the other shop has none
        """
        if company == self.company_id:
            return self.journal_id
        journals = self.env["account.journal"].with_company(company)
        domain = [*journals._check_company_domain(company), ("type", "=", "bank")]
        if journal := journals.search(domain, limit=1):
            return journal
        raise UserError(
            self.env._("%s has no bank journal: create one, the file pays it too. Nothing was imported.", company.name)
        )

    def _payers(self, company, lines):
        """The insurers by their AMC number, the funds by their code."""
        if not any(line.payer_number for line in lines):
            return Payers(())
        partners = self.env["res.partner"].with_company(company)
        found = partners.search(
            [*partners._check_company_domain(company), "|", ("is_amc", "=", True), ("is_amo", "=", True)]
        )
        return Payers(
            (payer, number)
            for payer in found
            for number in (payer.amc_number, payer.is_amo and payer._optoamc_amo_code().replace(" ", ""))
            if number
        )

    def _line_vals(self, remittance, line, payers):
        payer = payers.find(line.payer_number) or self.partner_id
        return {
            "remittance_id": remittance.id,
            "outcome": line.outcome,
            "amount": float(line.amount),
            "asked": float(line.asked),
            "kind": line.kind or False,
            "invoice_number": line.invoice_number,
            "pec_number": line.pec_number,
            "member_number": line.member_number,
            "partner_id": payer.commercial_partner_id.id,
            "payee": line.payee,
            "transfer": line.transfer,
            "date": line.date,
            "reject_code": line.code,
            "reject_reason": line.reason,
            "file_doubt": line.doubt or False,
        }
