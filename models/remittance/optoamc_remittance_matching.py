from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from odoo import fields, models
from odoo.tools import SQL

from ...lib.payments.matching import MATCHED, Matcher, compact, digits
from ...lib.payments.money import euros
from ...lib.payments.payable import Agreed, Candidate, Elsewhere
from .doubt_words import WITHOUT_SHARE

#: Years after which a share that has nothing open is not looked for any more.
MATCHING_YEARS = 3
#: Days ahead that a transfer is announced; a later one is a person's to look at.
AHEAD_DAYS = 10
#: What is proposed of a doubtful line, that a person may choose otherwise.
PROPOSED = {"paid": "skip"} | dict.fromkeys(WITHOUT_SHARE, "credit")


class OptoamcRemittance(models.Model):
    """Which shares the lines of a payment advice are about, see :mod:`...lib.payments.matching`."""

    _inherit = "optoamc.remittance"

    def _match(self, lines):
        """Say of lines which share they are about, and decide those that are sure.

        A line that pays, or has paid, one agreement on several invoices becomes one a share.
        """
        for line, match in zip(lines.sudo(), self._matches(lines), strict=True):
            if match.parts:
                line._split(match.parts, self._match_vals(match))
            else:
                share = {"share_id": match.share or False, "request_id": match.agreement or False}
                line.write(self._match_vals(match) | share)
        self._look_for_received(self.line_ids)

    @staticmethod
    def _match_vals(match):
        return {
            "match": match.verdict,
            "doubt": match.reason or False,
            "decision": "share" if match.verdict == MATCHED else PROPOSED.get(match.reason, False),
            "received_move_id": False,
            "uses_received": False,
        }

    def _reopen_changed(self):
        """Have the lines whose match does not hold any more decided again.

        :returns: those lines
        """
        sure = self.line_ids.filtered(lambda line: line.match == MATCHED and line.decision == "share")
        # What paid them may have been undone.
        paid = self.line_ids.filtered(lambda line: line.doubt == "paid" and line.decision == "skip")
        changed = self.env["optoamc.remittance.line"]
        for line, match in zip(sure + paid, self._matches(sure + paid), strict=True):
            is_same = match.reason == "paid" if line in paid else match.verdict == MATCHED
            if not is_same or match.share != line.share_id.id:
                # A person looks at a share that was found anew; what is proposed of a doubt is proposed here, too.
                line.sudo().write(self._match_vals(match) | {"decision": PROPOSED.get(match.reason, False)})
                changed |= line
        # Booked, or taken away, since the file was read.
        received = self._look_for_received(self.line_ids)
        received.decision = False
        return changed | received

    def _matches(self, lines):
        """The matches of some lines; what any other line takes of a share is not there for them."""
        self.ensure_one()
        taking = self.line_ids.filtered(lambda line: line in lines or line.decision not in ("credit", "skip"))
        latest = fields.Date.add(self.env.company._optoamc_today(), days=AHEAD_DAYS)
        matcher = Matcher(
            self._candidates(), latest, self.company_id.finess or "", self._elsewhere(taking), self._agreed(taking)
        )
        matches = matcher.match_all((line._advice(), line.partner_id.id or None) for line in taking)
        found = dict(zip(taking, matches, strict=True))
        return [replace(found[line], reason=self._reason(line, found[line])) for line in lines]

    def _reason(self, line, match):
        """Why a line is doubtful, as far as its numbers cannot say: what became of its agreement and invoice since."""
        share = self.env["optoamc.share"].sudo().browse(match.share or [])
        request = self.env["optoamc.request"].sudo().browse(match.agreement or [])
        if match.reason == "back" and self._is_paid_anew(line, share or request):
            return "anew"
        if match.reason == "returned" and not any(share._undoable_returns().values()):
            # Credited since: neither the patient owes it, nor the payer.
            return "reversed"
        if match.reason == "conflict" and compact(line.pec_number or "") == compact(share.pec_number or ""):
            names = filter(None, share.order_id.invoice_ids.mapped("name"))
            return "invoice" if digits(line.invoice_number or "") in map(digits, names) else match.reason
        return match.reason

    def _is_paid_anew(self, line, payable):
        """Whether a line takes back what lies on another share now: the agreement was asked for again since.

        :param payable: the share, or the agreement, that it names
        """
        shares = self.env["optoamc.share"].sudo()._of_agreements({payable._agreement()}) if payable else ()
        if not shares:
            return False
        return euros(-line.amount) <= euros(sum(shares.mapped("amount_paid"))) + shares[0]._open_credit()

    def _candidates(self):
        """The company's shares, read in one query: what is open, and what lived not long ago."""
        for model, names in {
            "optoamc.share": [
                "company_id",
                "amount",
                "amount_residual",
                "amount_paid",
                "amount_returned",
                "amount_written_off",
                "invoice_date",
                "date_maturity",
                "order_id",
            ],
            "optoamc.request": ["contract_id"],
            "optoamc.contract": ["member_number"],
            "account.move": ["name"],
        }.items():
            self.env[model].flush_model(names)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT share.id, share.partner_id, share.kind, coalesce(share.pec_number, ''), coalesce(move.name, ''),
                       coalesce(contract.member_number, ''), round(share.amount * 100)::int,
                       round(share.amount_residual * 100)::int, round(share.amount_paid * 100)::int,
                       round(share.amount_returned * 100)::int, round(share.amount_written_off * 100)::int,
                       share.order_id
                  FROM optoamc_share share
                  JOIN account_move move ON move.id = share.move_id
                  LEFT JOIN optoamc_request request ON request.id = share.request_id
                  LEFT JOIN optoamc_contract contract ON contract.id = request.contract_id
                 WHERE share.company_id = %s
                   AND (share.amount_residual > 0 OR share.invoice_date >= %s)
                 ORDER BY share.date_maturity, share.id
                """,
                self.company_id.id,
                self._matching_since(),
            )
        )
        credits, unannounced = self._open_credits_of_shares(), self._unannounced()
        return [
            Candidate(*row, credit=credits.get(row[0], 0), unannounced=unannounced.get(row[0], {})) for row in rows
        ]

    def _matching_since(self):
        return fields.Date.subtract(self.env.company._optoamc_today(), years=MATCHING_YEARS)

    def _open_credits(self):
        """What payers have paid of agreements and no share owes: by agreement, cents."""
        credits = defaultdict(int)
        for line in self._open_money():
            for agreement, amount in line._optoamc_claims().items():
                credits[agreement] += round(amount * 100)
        return credits

    def _open_money(self):
        """The journal items of payers' open credits that agreements have."""
        domain = [
            ("company_id", "=", self.company_id.id),
            ("parent_state", "=", "posted"),
            ("amount_residual", "<", 0),
            ("optoamc_paid", "!=", False),
        ]
        return self.env["account.move.line"].sudo().search(domain)

    def _open_credits_of_shares(self):
        """The open credits, by each share of the agreement."""
        credits = self._open_credits()
        shares = self.env["optoamc.share"].sudo()._of_agreements(set(credits))
        return {share.id: credits[share._agreement()] for share in shares}

    def _agreed(self, lines):
        """The agreements that these lines name and that no invoice carries: not yet, or never, for they have ended."""
        numbers = {compact(line.pec_number or "") for line in lines} - {""}
        if not numbers:
            return []
        domain = [("company_id", "=", self.company_id.id), ("pec_number", "!=", False), ("share_ids", "=", False)]
        named = (
            self.env["optoamc.request"]
            .sudo()
            .search(domain, order="id")
            .filtered(lambda request: compact(request.pec_number) in numbers)
        )
        agreed = named._enforceable() | named._ended()
        ended = agreed._ended()
        credits = self._open_credits() if agreed else {}
        return [
            Agreed(
                request.id,
                request.insurer_id.commercial_partner_id.id,
                request.pec_number,
                credit=credits.get(request._agreement(), 0),
                dossier=request.order_id.id,
                is_billed=request.order_id.invoice_status == "invoiced",
                is_ended=request in ended,
            )
            for request in agreed
        ]

    def _elsewhere(self, lines):
        """What other shops of the database ask by the invoice numbers that these lines give."""
        numbers = {digits(line.invoice_number or "") for line in lines if not line.pec_number} - {""}
        if not numbers:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.name, share.partner_id, round(share.amount * 100)::int,
                       round(share.amount_residual * 100)::int
                  FROM optoamc_share share
                  JOIN account_move move ON move.id = share.move_id
                 WHERE share.company_id <> %s
                   AND share.amount > 0
                   AND (share.amount_residual > 0 OR share.invoice_date >= %s)
                   AND ltrim(regexp_replace(move.name, '[^0-9]', '', 'g'), '0') IN %s
                """,
                self.company_id.id,
                self._matching_since(),
                tuple(numbers),
            )
        )
        return [Elsewhere(name, payer, frozenset(amounts)) for name, payer, *amounts in rows]
