"""Who is dunned for what: the patient for his part alone, each payer for its own."""

from datetime import date

from odoo import Command
from odoo.tests import tagged

from .share_common import DatedCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareDunning(DatedCase):
    """The worked example of 12 January 2026: 409.56 of the patient, 300.00 of the insurer, 4.44 of the fund."""

    def setUp(self):
        super().setUp()
        self._on("2026-04-20")
        self.expected = {self.patient: 409.56, self.insurer: 300.0, self.fund: 4.44}

    def _assert_asked(self, asked):
        """:param asked: function of a partner, what it is dunned for, €"""
        steps = {
            "billed": lambda: None,
            "the patient paid": lambda: self._pay(self.invoice),
            "the payers paid": lambda: (self._payer_payment(), self._payer_payment(shares=self.amo)),
        }
        owing = dict(self.expected)
        for name, step in steps.items():
            step()
            if name == "the patient paid":
                owing[self.patient] = 0.0
            elif name == "the payers paid":
                owing = dict.fromkeys(owing, 0.0)
            for partner, amount in owing.items():
                self.assertAlmostEqual(asked(partner), amount, 2, f"{name}: {partner.name}")

    def test_open_items(self):
        """As follow-ups read them: posted, receivable, not reconciled, due, none left out."""

        def asked(partner):
            lines = self.env["account.move.line"].search(
                [
                    ("partner_id", "=", partner.id),
                    ("account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("date_maturity", "<=", date(2026, 4, 20)),
                    ("no_followup", "=", False),
                ]
            )
            return sum(lines.mapped("amount_residual"))

        self._assert_asked(asked)

    def test_outstanding_statement(self):
        """The community's ``partner_statement``."""
        if "report.partner_statement.outstanding_statement" not in self.env:
            self.skipTest("partner_statement is not installed")
        report = self.env["report.partner_statement.outstanding_statement"]

        def asked(partner):
            self.env.flush_all()
            day = date(2026, 4, 20)
            lines = report._get_account_display_lines(self.company.id, partner.ids, day, day, "asset_receivable")
            return sum(line["open_amount"] for line in lines[partner.id])

        self._assert_asked(asked)

    def test_credit_control(self):
        """The community's ``account_credit_control``, on the patients' and the payers' accounts."""
        if "credit.control.run" not in self.env:
            self.skipTest("account_credit_control is not installed")
        accounts = (self.invoice.line_ids | self.share.line_ids).account_id
        level = {
            "name": "Première relance",
            "level": 1,
            "computation_mode": "net_days",
            "delay_days": 10,
            "channel": "letter",
            "custom_text": "Relance",
            "custom_mail_text": "Relance",
            "email_template_id": self.env.ref("account_credit_control.email_template_credit_control_base").id,
        }
        policy = (
            self.env["credit.control.policy"]
            .sudo()
            .create(
                {
                    "name": "Relances",
                    "account_ids": accounts.filtered(lambda account: account.account_type == "asset_receivable").ids,
                    "level_ids": [Command.create(level)],
                }
            )
        )
        self.company.sudo().credit_policy_id = policy
        run = (
            self.env["credit.control.run"]
            .sudo()
            .create({"date": date(2026, 4, 20), "policy_ids": policy.ids, "company_id": self.company.id})
        )
        lines = run._generate_credit_lines()
        dunned = {partner: sum(part.mapped("balance_due")) for partner, part in lines.grouped("partner_id").items()}
        for partner, amount in self.expected.items():
            self.assertAlmostEqual(dunned[partner], amount, 2, partner.name)
        # What came back to the patient today is not late.
        self.share.action_return_to_patient()
        self.assertEqual(str(self.invoice.invoice_date_due), "2026-04-20")
