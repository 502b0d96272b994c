"""A payer's credit that a person put on another dossier's share, when both dossiers' money moves again."""

from odoo.tests import tagged

from .test_share_money_back import PAYER, MoneyCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareLent(MoneyCase):
    """Of two dossiers 300.00 each are owed; 450.00 were paid for the first, of which 150.00 went to the second."""

    def setUp(self):
        super().setUp()
        self.other_order = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(self.other_order, number="PEC2")
        self.other = self._invoice(self.other_order).optoamc_share_ids.filtered("request_id")
        self.money = self._advice("2026-03-10", ("PEC1", 450.00)).line_ids.move_line_id
        self._lend()

    def _lend(self):
        item = self.env["optoamc.closing.item"].search(
            [("partner_id", "=", self.insurer.id), ("nature", "=", "credit"), ("company_id", "=", self.company.id)]
        )
        item.action_match()
        self.assertEqual((self.share.state, self.other.amount_residual), ("paid", 150.0))

    def _on_shares(self, item):
        """What money pays, by share."""
        pays = item.matched_debit_ids.filtered("debit_move_id.optoamc_share_id")
        by_share = pays.grouped("debit_move_id").items()
        return {debit.optoamc_share_id: sum(partials.mapped("amount")) for debit, partials in by_share}

    def assertAllPaid(self):
        self.assertEqual((self.share.state, self.other.state), ("paid", "paid"))
        self.assertEqual(self._open_of(self.insurer), [])
        self.assertBooks(self.order | self.other_order)

    def test_lent_is_not_remembered_as_the_others(self):
        agreement = self.share._agreement()
        self.assertEqual(self.money.optoamc_paid, {agreement: 450.0})

    def test_taken_back_then_paid(self):
        """What the payer takes back is what was lent: the second dossier owes it again."""
        taken = self._advice("2026-03-20", ("PEC1", -150.00))
        self.assertEqual((self.share.state, self.other.amount_residual), ("paid", 300.0))
        undone = self.env["optoamc.undone.match"].search([("credit_line_id", "=", self.money.id)])
        self.assertEqual(
            [(match.debit_line_id.optoamc_share_id, match.amount, str(match.date_to)) for match in undone],
            [(self.other, 150.0, "2026-03-20")],
        )
        self.assertBooks(self.order | self.other_order)
        paid = self._advice("2026-03-21", ("PEC2", 300.00))
        for advice, day, amount in ((taken, "2026-03-20", -150.0), (paid, "2026-03-21", 300.0)):
            self.assertEntries(
                advice.payment_ids.move_id.line_ids, [(day, "512", PAYER, amount), (day, "4115", PAYER, -amount)]
            )
        self.assertEqual(self._on_shares(self.money), {self.share: 300.0})
        self.assertEqual(self._on_shares(paid.line_ids.move_line_id), {self.other: 300.0})
        self.assertAllPaid()

    def test_paid_then_taken_back(self):
        """The second dossier's own money waits as its credit until the first one's is taken back."""
        paid = self._advice("2026-03-20", ("PEC2", 300.00))
        self.assertEqual((self.other.state, self._open_of(self.insurer)), ("paid", [-150.0]))
        self._advice("2026-03-21", ("PEC1", -150.00))
        self.assertEqual(self._on_shares(paid.line_ids.move_line_id), {self.other: 300.0})
        self.assertAllPaid()

    def test_a_part_is_taken_back(self):
        """Of what was lent as much comes back as is missed; the rest stays where a person put it."""
        self._advice("2026-03-20", ("PEC1", -60.00))
        self.assertEqual((self.share.state, self.other.amount_residual), ("paid", 210.0))
        self.assertEqual(self._on_shares(self.money), {self.share: 300.0, self.other: 90.0})
        self.assertEqual(self._open_of(self.insurer), [210.0])
        self.assertBooks(self.order | self.other_order)

    def test_more_is_taken_back_than_was_lent(self):
        self._advice("2026-03-20", ("PEC1", -200.00))
        self.assertEqual((self.share.amount_residual, self.other.amount_residual), (50.0, 300.0))
        self.assertEqual(self._open_of(self.insurer), [50.0, 300.0])
        self.assertBooks(self.order | self.other_order)

    def test_take_back_undone(self):
        """The credit is the first dossier's again; a person may lend it once more."""
        self._advice("2026-03-20", ("PEC1", -150.00)).action_undo()
        self.assertEqual(self._open_of(self.insurer), [-150.0, 300.0])
        self._lend()
        self.assertBooks(self.order | self.other_order)

    def test_the_lender_owes_more_later(self):
        """The first dossier's part comes back from the patient while the second one's own money waits."""
        self._advice("2026-03-20", ("PEC2", 300.00))
        piece = self.order.order_line[0]
        self.at("2026-03-22")
        self._refund(self.invoice, lines={piece: 1})
        self.assertEqual(self._open_of(self.insurer), [-150.0, -100.0])
        self.at("2026-03-23")
        self._invoice(self.order)
        self.assertEqual(self._open_of(self.insurer), [-150.0])
        taken = self._advice("2026-03-24", ("PEC1", -150.00), confirm=False)
        taken.line_ids.write({"share_id": self.share.id, "decision": "share"})
        taken.action_validate()
        self.assertEqual(self._open_of(self.insurer), [])
        self.assertBooks(self.order | self.other_order)
