"""One transfer for a shop and its branch, which share a bank: found for the advice of each, whoever typed it."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .shared import shared
from .test_remittance_received import ReceivedCase
from .test_share_money_back import PAYER
from .users import new_user


class BranchCase(ReceivedCase):
    @classmethod
    @shared
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create(
            {"name": "Succursale", "parent_id": cls.company.id, "country_id": cls.company.country_id.id}
        )
        cls.env.user.company_ids |= cls.branch
        cls.env["account.chart.template"].try_loading("fr", cls.branch, install_demo=False)
        cls.branch.finess = "750000034"
        order = cls._order_in(cls.branch, [(cls.lens, 1)])
        cls._grant(order, 120.0, number="PEC-B")
        cls.theirs = cls._invoice(order.with_company(cls.branch)).optoamc_share_ids
        cls.clerk = new_user(cls.branch, "optoamc_branch", "base.group_user,account.group_account_invoice")

    def _told_there(self, amount, day="2026-03-12"):
        """A sheet about the branch's share, read by somebody who works in the branch alone."""
        self.at(day)
        row = f"PEC-B;;;{amount:.2f};;{day}".replace(".", ",")
        with patch.object(self, "accountant", self.clerk):
            return self._sheet(row, date=day, company_id=self.branch.id)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRemittanceBranch(BranchCase):
    def test_one_transfer_for_both(self):
        """Typed at the parent: each takes its part, the branch by an entry of its own."""
        bank = self._booked_straight((self.insurer, 420.0))
        self.assertEqual(bank.company_id, self.company)
        theirs = self._told_there(120.0)
        own = self._told((self.share, 300.0))
        for advice in (theirs, own):
            self.assertFound(advice, bank.move_id)
            self.assertIn("420,00", advice.received_notice)
        with Form(theirs) as screen:
            self.assertIn(bank.move_id.name, screen.received_notice)
        self._use(theirs)
        entry = theirs.sudo().line_ids.move_line_id.move_id
        self.assertEqual((entry.company_id, entry.journal_id), (self.branch, self.company.optoamc_journal_id))
        self.assertEntries(
            entry.line_ids, [("2026-03-10", "4115", PAYER, 120.0), ("2026-03-10", "4115", PAYER, -120.0)]
        )
        self.assertEqual((self.theirs.state, self._item(bank).amount_residual), ("paid", -300.0))
        own.invalidate_recordset(["received_notice"])
        self.assertIn("300,00", own.received_notice)
        self._use(own)
        self.assertEqual((self.share.state, self._open_of(self.insurer)), ("paid", []))
        self.assertEntries(
            bank.move_id.line_ids, [("2026-03-10", "512", False, 420.0), ("2026-03-10", "4115", PAYER, -420.0)]
        )
        self.assertBooks(self.order | self.theirs.order_id)
        # The line stays while the branch's advice is booked.
        own.action_undo()
        with self.refused():
            bank.action_undo_reconciliation()
        theirs.action_undo()
        self.assertEqual((entry.state, self._open_of(self.insurer)), ("cancel", [-420.0, 120.0, 300.0]))
        self.assertBooks(self.order | self.theirs.order_id)
        bank.action_undo_reconciliation()

    def test_typed_as_two_lines(self):
        """Each advice is one of them, to the cent."""
        bank = self._booked_straight((self.insurer, 300.0), (self.insurer, 120.0))
        theirs = self._told_there(120.0)
        self.assertFound(theirs, bank.move_id)
        self._use(theirs)
        self.assertEqual(sorted(self._item(bank).mapped("amount_residual")), [-300.0, 0.0])
        self._use(self._told((self.share, 300.0)))
        self.assertEqual((self.share.state, self.theirs.state, self._open_of(self.insurer)), ("paid", "paid", []))

    def test_typed_at_the_branch(self):
        """In the parent's journal, by somebody of the branch: it is there for the parent's advice as well."""
        with patch.object(self, "env", self.env(context={"allowed_company_ids": self.branch.ids})):
            bank = self._booked_straight((self.insurer, 420.0))
        self.assertEqual((bank.company_id, bank.journal_id.company_id), (self.branch, self.company))
        own = self._told((self.share, 300.0))
        self.assertFound(own, bank.move_id)
        self._use(own)
        entry = own.line_ids.move_line_id.move_id
        self.assertEqual(entry.company_id, self.company)
        self.assertEntries(
            entry.line_ids, [("2026-03-10", "4115", PAYER, 300.0), ("2026-03-10", "4115", PAYER, -300.0)]
        )
        self._use(self._told_there(120.0))
        self.assertEqual((self.share.state, self.theirs.state, self._open_of(self.insurer)), ("paid", "paid", []))

    def test_it_is_other_money(self):
        """What was found at the parent stays open there."""
        bank = self._booked_straight((self.insurer, 420.0))
        theirs = self._told_there(120.0)
        theirs.action_pay_anew()
        theirs.action_validate()
        self.assertEqual((theirs.payment_ids.amount, self.theirs.state), (120.0, "paid"))
        self.assertEqual(self._item(bank).amount_residual, -420.0)

    def test_a_branchs_own_bank(self):
        """What it receives there is nobody else's; and an unrelated company's money is never found."""
        own_bank = self.bank.copy({"company_id": self.branch.id, "code": "BKB", "name": "Banque de la succursale"})
        stranger = self.setup_other_company(name="Une autre")["company"]
        payment = self.env["account.payment"].with_company(self.branch)
        vals = {"partner_id": self.insurer.id, "amount": 420.0, "date": "2026-03-10"}
        at_branch = payment.create(vals | {"journal_id": own_bank.id})
        at_branch.action_post()
        elsewhere = self.env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", stranger.id)])[:1]
        self.env.user.company_ids |= stranger
        payment.with_company(stranger).create(vals | {"journal_id": elsewhere.id}).action_post()
        own = self._told((self.share, 300.0))
        self.assertEqual((own.line_ids.match, own.received_notice), ("matched", False))
        theirs = self._told_there(120.0)
        self.assertFound(theirs, at_branch.move_id)
        with self.assertRaisesRegex(UserError, "Lines to decide"):
            theirs.action_validate()
