"""An agreement that an invoice carries is cancelled by who has read what moves, and what moved stays to be seen."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .share_common import ShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCancellationAsked(ShareCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._practise_amo()
        # 250 + 250 + 214; the second insurer pays what the first leaves, up to its own agreement.
        cls.order = cls._order()
        cls.first = cls._grant(cls.order, amounts=[100.0, 100.0, 100.0])
        cls.second = cls._grant(
            cls.order, amounts=[200.0, 200.0, 150.0], insurer=cls.second_insurer, rank=2, number="PEC2"
        )
        cls.invoice = cls._invoice(cls.order)

    def test_a_change_names_all_who_were_asked(self):
        """On the line while it is typed, and on the dossier afterwards: each is to be cancelled."""
        line = self.order.order_line[0].with_user(self.optician)
        told = [line._onchange_covered()["warning"]["message"], line._optoamc_why_kept()]
        line.price_unit += 10.0
        told.append(line.order_id.stale_requests)
        for words in told:
            for request in self.first | self.second:
                self.assertIn(request.pec_number, words)
                self.assertIn(request.insurer_id.name, words)

    def _owed(self):
        shares = self.invoice.optoamc_share_ids.filtered("amount")
        return {share.partner_id.name: round(share.amount, 2) for share in shares} | {
            "patient": round(self.invoice.amount_residual, 2)
        }

    def _open(self, requests=None):
        action = (requests or self.first).with_user(self.optician).action_cancel()
        return (
            self.env[action["res_model"]]
            .with_user(self.optician)
            .with_context(**action["context"])
            .browse(action["res_id"])
        )

    def test_said_before_and_true_after(self):
        before = self._owed()
        screen = self._open()
        self.assertEqual(screen._name, "optoamc.request.cancellation")
        self.assertEqual((self.first.state, self._owed()), ("granted", before), "asked, nothing done")
        (effect,) = self.first._cancellation_effects()
        self.assertEqual(effect["invoice"], self.invoice.name)
        said = {row["name"]: row for row in effect["rows"]}
        self.assertEqual({row["before"] for row in [said[self.insurer.name]]}, {300.0})
        self.assertEqual(said[self.insurer.name]["after"], 0.0)
        self.assertIn(self.invoice.name, screen.effects)
        self.assertIn(self.second_insurer.name, screen.effects)
        screen.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(self.first.state, "cancelled")
        after = self._owed()
        self.assertGreater(after[self.second_insurer.name], before.get(self.second_insurer.name, 0.0))
        self.assertEqual(said[self.second_insurer.name]["after"], after[self.second_insurer.name])
        self.assertEqual(said[self.patient.name]["after"], after["patient"])
        self.assertEqual(said[self.patient.name]["change"], round(after["patient"] - before["patient"], 2))
        self.assertBooks(self.order)

    def test_told_afterwards(self):
        self._open().action_confirm()
        self.env.invalidate_all()
        activity = self.invoice.activity_ids.filtered(lambda activity: self.insurer.name in activity.summary)
        self.assertIn(self.second_insurer.name, activity.note)
        self.assertNotIn(self.patient.name, activity.note, "an activity goes out by e-mail")
        self.assertIn(self.invoice.company_currency_id.format(-300.0), activity.note.unescape())
        for record, field in (
            (self.invoice, "optoamc_cancelled_notice"),
            (self.order, "optoamc_cancelled_notice"),
            (self.second, "cancelled_before"),
        ):
            self.assertIn(self.insurer.name, record[field] or "", record)
        self.assertFalse(self.first.cancelled_before)

    def test_banner_ends_when_another_agreement_takes_its_place(self):
        self._open().action_confirm()
        self._grant(self.order, amounts=[100.0, 100.0, 100.0], number="PEC3")
        self.env.invalidate_all()
        self.assertFalse(self.invoice.optoamc_cancelled_notice)
        self.assertFalse(self.order.optoamc_cancelled_notice)
        self.assertFalse(self.second.cancelled_before)

    def test_banner_ends_when_nobody_owes(self):
        self._open().action_confirm()
        self._refund(self.invoice)
        self.env.invalidate_all()
        self.assertFalse(self.invoice.optoamc_cancelled_notice)

    def test_learnt_from_the_insurer(self):
        """Nobody was asked: it is told all the same."""
        self.first._set_state("cancelled")
        self.assertTrue(self.invoice.activity_ids)
        self.assertTrue(self.invoice.optoamc_cancelled_notice)

    def test_no_other_way_is_silent(self):
        optician = self.first.with_user(self.optician)
        self.assertEqual(optician.action_cancel_selected()["res_model"], "optoamc.request.cancellation")
        both = optician | self.second.with_user(self.optician)
        self.assertEqual(len(self._open(both).request_ids), 2)
        wizard = self.env["optoamc.request.wizard"].with_user(self.optician).create({"order_id": self.order.id})
        wizard.contract_id = self.first.contract_id
        action = wizard.action_cancel()
        self.assertEqual(action["res_model"], "optoamc.request.cancellation")
        self.assertEqual(action["context"]["optoamc_wizard_id"], wizard.id)
        screen = self.env[action["res_model"]].browse(action["res_id"]).with_user(self.optician)
        back = screen.with_context(**action["context"]).action_confirm()
        self.assertEqual((back["res_model"], back["res_id"]), ("optoamc.request.wizard", wizard.id))

    def test_both_at_once(self):
        effects = (self.first | self.second)._cancellation_effects()
        said = {row["name"]: row["after"] for effect in effects for row in effect["rows"]}
        self._open(self.first | self.second).action_confirm()
        self.env.invalidate_all()
        self.assertEqual(said[self.patient.name], self.invoice.amount_residual)
        self.assertEqual(said[self.insurer.name], 0.0)
        self.assertEqual(said[self.second_insurer.name], 0.0)

    def test_paid_already(self):
        shares = self.invoice.optoamc_share_ids.filtered(lambda share: share.request_id == self.first)
        self._pay(shares._payer_lines())
        rows = {row["name"]: row for effect in self.first._cancellation_effects() for row in effect["rows"]}
        self.assertEqual(rows[self.insurer.name]["paid"], 300.0)

    def test_what_no_invoice_carries_is_cancelled_at_once(self):
        order = self._order(patient=self._patient("Autre PATIENT"))
        request = self._grant(order)
        self.assertIsNone(request.action_cancel())
        self.assertEqual(request.state, "cancelled")
        with self.assertRaises(UserError):
            request.action_cancel()

    def test_rejected_share_is_asked_again(self):
        share = self.invoice.optoamc_share_ids.filtered(lambda share: share.request_id == self.first)
        action = share.with_user(self.optician).action_ask_again()
        self.assertEqual(action["res_model"], "optoamc.request.cancellation")
        self.assertEqual(share.amount, 300.0)
        screen = self.env[action["res_model"]].browse(action["res_id"]).with_user(self.optician)
        self.assertEqual(
            screen.with_context(**action["context"]).action_confirm()["res_model"], "optoamc.request.wizard"
        )
        self.assertEqual(self.first.state, "cancelled")

    def test_another_agreements_share_is_not_asked_again(self):
        """A context may be anybody's: what it names is done only where it belongs to what is cancelled."""
        other = self.invoice.optoamc_share_ids.filtered(lambda share: share.request_id == self.second)
        other.activity_schedule("l10n_fr_optoamc.mail_activity_type_rejected_share")
        back = self._open().with_context(optoamc_ask_again_share_id=other.id).action_confirm()
        self.assertEqual((back["type"], self.first.state), ("ir.actions.client", "cancelled"))
        self.assertTrue(other.activity_ids)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestUnbilledAgreement(ShareCase):
    """What is called to be invoiced is."""

    def assertUnbilled(self, request, expected):
        self.env.flush_all()
        self.env.invalidate_all()
        found = self.env["optoamc.request"].with_user(self.optician).search([("is_unbilled", "=", True)])
        self.assertEqual(request in found, expected)
        self.assertEqual(request.with_user(self.optician).is_unbilled, expected)

    def test_credit_note(self):
        order = self._order()
        # A test's agreement never reaches the books: no share remembers that it was invoiced.
        request = self._grant(order, mode="test")
        self.assertUnbilled(request, True)
        invoice = self._invoice(order)
        self.assertUnbilled(request, False)
        self._refund(invoice)
        self.assertEqual(order.invoice_status, "to invoice", "as Odoo says of any order")
        self.assertUnbilled(request, False)

    def test_down_payment_bills_no_agreement(self):
        order = self._order()
        request = self._grant(order)
        down = self._down_payment(order, advance_payment_method="fixed", fixed_amount=50.0)
        self.assertUnbilled(request, True)
        self._refund(down)
        self.assertUnbilled(request, True)

    def test_cancelled_order(self):
        order = self._order()
        request = self._grant(order)
        order.with_user(self.optician).action_cancel()
        self.assertUnbilled(request, False)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFigures(ShareCase):
    """What insurers owe, apart from what they only agreed to or quoted."""

    def test_statistics(self):
        invoiced = self._order()
        self._grant(invoiced, amounts=[100.0, 100.0, 100.0])
        self._invoice(invoiced)
        agreed = self._request(self._order(patient=self._patient("Agreed")), amounts=50.0)
        agreed.answer_channel = "phone"
        self._request(self._order(patient=self._patient("Quoted")), amounts=70.0, kind="quote")
        self._request(self._order(patient=self._patient("Test")), amounts=80.0, mode="test")
        self._request(self._order(patient=self._patient("Cancelled")), amounts=90.0)._set_state("cancelled")
        self.env.flush_all()
        rows = self.env["optoamc.statistics"].search([("company_id", "=", self.company.id)])
        totals = [
            round(sum(rows.mapped(name)), 2)
            for name in ("quoted_total", "agreed_total", "typed_total", "receivable_total")
        ]
        self.assertEqual(totals, [210.0, 450.0, 150.0, 300.0])
