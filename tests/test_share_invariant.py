"""Whatever is done in whatever order, the books say what was agreed, to the cent.

``OPTOAMC_SEQUENCES=500`` runs the full check (half an hour); by default a few fixed sequences.
"""

import logging
import os
from collections import Counter
from datetime import timedelta

from freezegun import freeze_time
from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .share_common import ShareCase

try:
    from hypothesis import HealthCheck, Phase, note, settings
    from hypothesis import strategies as st
    from hypothesis.stateful import (
        RuleBasedStateMachine,
        initialize,
        invariant,
        rule,
        run_state_machine_as_test,
    )
except ImportError:  # a shop need not have it
    settings = None

_logger = logging.getLogger(__name__)

SEQUENCES = int(os.environ.get("OPTOAMC_SEQUENCES", "0"))


def cents(amount):
    return round(amount * 100)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareInvariant(ShareCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.setup_other_company(name="Seconde boutique")["company"]
        cls.env.user.company_ids |= cls.other_company
        (cls.insurer | cls.second_insurer).with_company(cls.other_company).payment_delay_days = 10

    def test_share_invariant(self):
        if not settings:
            self.skipTest("hypothesis is not installed")
        case = self

        class Machine(Books):
            test = case
            done = Counter()

        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=SEQUENCES or 5,
                stateful_step_count=16 if SEQUENCES else 12,
                deadline=None,
                database=None,
                derandomize=not SEQUENCES,
                # The notes tell the steps; to shrink them takes longer than to read them.
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
        _logger.info("Steps that were taken: %s", dict(Machine.done.most_common()))


if settings:
    amounts = st.one_of(st.sampled_from([100.0, 100.0, 33.33]), st.integers(0, 12000).map(lambda value: value / 100))
    quantities = st.lists(st.integers(1, 3), min_size=1, max_size=3)

    class Books(RuleBasedStateMachine):
        """The dossier of a patient with two insurers, and all that may happen to it.

        A step draws among the actions that make sense then: rules that mostly do nothing
        would make long sequences of nothing.
        """

        test = None
        order = None

        def __init__(self):
            super().__init__()
            self.savepoint = self.test.env.cr.savepoint()
            # Credit notes that take back a part of the price, not the article.
            self.rebates = set()
            self.clock = freeze_time("2026-03-02 10:00:00", tick=False)
            self.time = self.clock.start()

        def teardown(self):
            try:
                if self.order and self.is_hashed:
                    statuses = {row["status"] for row in self.company._check_hash_integrity()["results"]}
                    assert "corrupted" not in statuses, statuses
            finally:
                self.close()

        def close(self):
            self.clock.stop()
            self.savepoint.close(rollback=True)
            self.test.env.invalidate_all(flush=False)

        # -- the shop -------------------------------------------------------------------------

        @initialize(
            second=st.booleans(),
            hashed=st.booleans(),
            amo=st.booleans(),
            one_account=st.booleans(),
            quantities=quantities,
            discount=st.sampled_from([0.0, 0.0, 10.0, 33.33, 95.0]),
            data=st.data(),
        )
        def open_shop(self, second, hashed, amo, one_account, quantities, discount, data):
            test = self.test
            company = test.other_company if second else test.company
            test.env.user.company_id = company
            self.env = test.env(context={**test.env.context, "allowed_company_ids": company.ids})
            self.company = company.with_env(self.env)
            self.is_hashed, self.one_account = hashed, one_account
            self.insurer = test.insurer.with_env(self.env)
            self.patient = test.patient.with_env(self.env)
            if one_account:
                self.company.optoamc_receivable_account_id = self.patient.property_account_receivable_id
            if amo:
                test._practise_amo(self.company)
            journals = self.env["account.journal"].search([("company_id", "=", company.id)])
            if hashed:
                journals.filtered(
                    lambda journal: journal.type in ("sale", "general", "bank")
                ).restrict_mode_hash_table = True
            self.bank = journals.filtered(lambda journal: journal.type == "bank")[0]
            vat = self.env["account.tax"].create(
                {"name": "Machine", "amount": 20.0, "type_tax_use": "sale", "price_include_override": "tax_included"}
            )
            products = (test.lens | test.frame).with_env(self.env)
            self.order = self.env["sale.order"].create(
                {
                    "partner_id": self.patient.id,
                    "optical_date": "2013-11-26",
                    "order_line": [
                        Command.create(
                            {
                                "product_id": products[number % 2].id,
                                "product_uom_qty": quantity,
                                "tax_ids": [Command.set(vat.ids)],
                                "discount": 0.0 if number else discount,
                            }
                        )
                        for number, quantity in enumerate(quantities)
                    ],
                }
            )
            self.order.amo_rate = 60.0
            self.order.action_confirm()
            self.agree(data.draw, self.insurer)

        @property
        def invoices(self):
            return self.order.invoice_ids.filtered(
                lambda move: move.state == "posted" and move.move_type == "out_invoice"
            ).sorted("id")

        @property
        def shares(self):
            return self.order.invoice_ids.optoamc_share_ids.sorted("id")

        def requests(self, transferred):
            return self.order.sudo().optoamc_request_ids.filtered(
                lambda request: request.state == "granted" and request.transferred == transferred
            )

        def to_invoice(self):
            return self.order._get_invoiceable_lines(final=True).filtered(
                lambda line: not line.display_type and not line.is_downpayment and line.qty_to_invoice > 0
            )

        # -- one step -------------------------------------------------------------------------

        @rule(data=st.data())
        def step(self, data):
            open_shares = self.shares.filtered("amount_residual")
            possible = [
                (2, self.transfer, self.requests(False).filtered(lambda request: not request.is_stale)),
                (1, self.cancel_agreement, self.requests(True)),
                (1, self.agree_again, self.insurer | self.test.second_insurer),
                (4, self.invoice, self.to_invoice()),
                (1, self.down_payment, not self.invoices and self.order),
                (2, self.credit, self.invoices),
                (1, self.correct, self.invoices.filtered(lambda move: not move.reversal_move_ids)),
                (1, self.reset, self.invoices.filtered(lambda move: move._optoamc_live_shares())),
                (1, self.undo_and_post_again, self.shares.filtered("amount").move_id),
                (3, self.insurer_pays, open_shares),
                (1, self.insurer_pays_all, open_shares),
                (3, self.advice, self.shares),
                (1, self.undo_advice, self.advices()),
                (2, self.patient_pays, self.invoices.filtered("amount_residual")),
                (2, self.give_back_to_patient, open_shares),
                (1, self.write_off, open_shares),
                (2, self.paid_again, self.shares.filtered("amount_paid")),
                (2, self.taken_back, self.shares.filtered(self.money_of)),
                (2, self.undo_return, self.shares.filtered("amount_returned")),
                (2, self.undo_write_off, self.shares.filtered("amount_written_off")),
                (2, self.paid_late, self.shares.filtered(lambda share: share.amount_returned or not share.amount)),
                (1, self.touch_payment, self.payments()),
                (1, self.others_file, self.shares),
                (1, self.merge, self.insurer),
                (1, self.wait, self.company),
                (1, self.lock, self.company),
                (1, self.again, self.order),
            ]
            actions = [(action, records) for weight, action, records in possible if records for _turn in range(weight)]
            number = data.draw(st.integers(0, len(actions) - 1))
            action, records = actions[number]
            record = records[data.draw(st.integers(0, len(records) - 1))]
            note(f"{action.__name__}({record.display_name})")
            self.done[action.__name__] += 1
            action(data.draw, record)

        def agree(self, draw, insurer):
            contracts = self.env["optoamc.contract"]
            contract = contracts.search(
                [("partner_id", "=", self.patient.id), ("insurer_id", "=", insurer.id)]
            ) or contracts.create(
                {
                    "partner_id": self.patient.id,
                    "insurer_id": insurer.id,
                    "member_number": "1",
                    "rank": 2 if insurer == self.test.second_insurer else 1,
                }
            )
            request = (
                self.env["optoamc.request"].sudo().create({"order_id": self.order.id, "contract_id": contract.id})
            )
            for line in request.line_ids:
                line.granted_amount = draw(amounts)
            mode = draw(st.sampled_from(["production"] * 7 + ["test"]))
            # One request of an insurer lives at a time: the end of the last one is written first.
            self.env.flush_all()
            request.write({"state": "granted", "pec_number": f"PEC{request.id}", "mode": mode})
            if draw(st.booleans()):
                request.action_transfer()

        def agree_again(self, draw, insurer):
            if insurer not in (self.requests(True) | self.requests(False)).insurer_id:
                self.agree(draw, insurer)

        def transfer(self, draw, request):
            request.action_transfer()

        def cancel_agreement(self, draw, request):
            request._set_state("cancelling")
            self.order.invoice_ids._optoamc_sync_shares()
            request._set_state("cancelled")

        # -- invoices -------------------------------------------------------------------------

        def invoice(self, draw, _line):
            invoice = self.order._create_invoices(final=True)
            part = draw(st.sampled_from([0, 0, 1, 2]))
            lines = invoice.invoice_line_ids.filtered("product_id")
            if part and invoice.move_type == "out_invoice" and not invoice.line_ids.filtered("is_downpayment"):
                for line in lines.filtered(lambda line: line.quantity > part):
                    line.quantity = part
                if draw(st.booleans()):
                    lines[1:].unlink()
            if draw(st.sampled_from([False, False, True])):
                for line in lines.exists().filtered(lambda line: line.quantity > 0 and not line.is_downpayment):
                    line.price_unit = round(line.price_unit * 0.96, 2)
            if invoice.amount_total < 0:
                invoice.unlink()
                return
            invoice.invoice_date = fields.Date.today() - timedelta(days=draw(st.sampled_from([0, 0, 20, 50])))
            invoice.action_post()

        def down_payment(self, draw, _order):
            percent = draw(st.sampled_from([20, 60, 100]))
            self.test._down_payment(self.order, advance_payment_method="percentage", amount=percent)

        def credit(self, draw, invoice):
            refund = invoice._reverse_moves([self.today()])
            lines = refund.invoice_line_ids.filtered("product_id")
            if len(lines) > 1 and draw(st.booleans()):
                (refund.invoice_line_ids - lines[draw(st.integers(0, len(lines) - 1))]).unlink()
                lines = refund.invoice_line_ids
            if part := draw(st.sampled_from([None, None, 0.1, 0.5])):
                self.rebates.add(refund)
                for line in lines:
                    line.price_unit *= part
            credited = invoice.reversal_move_ids.filtered(lambda move: move.state == "posted")
            too_much = sum(credited.mapped("amount_total")) + refund.amount_total > invoice.amount_total
            if too_much or refund.amount_total < 0:
                refund.unlink()
            else:
                refund.action_post()
                then = draw(st.sampled_from([None, None, None, "cancel", "post again"]))
                if then and not refund.inalterable_hash:
                    refund.button_draft()
                    self.books_are_right()
                    refund.button_cancel() if then == "cancel" else refund.action_post()

        def correct(self, draw, invoice):
            invoice._reverse_moves([self.today()], cancel=True)
            assert invoice.amount_residual == 0.0

        def reset(self, draw, invoice):
            with self.test.assertRaises(UserError):
                invoice.button_draft()
            assert invoice.state == "posted"

        def undo_and_post_again(self, draw, invoice):
            invoice.action_optoamc_reverse_shares()
            if not invoice.inalterable_hash and not invoice.reversal_move_ids:
                locked = self.company.fiscalyear_lock_date
                if not locked or invoice.date > locked:
                    invoice.line_ids.remove_move_reconcile()
                    invoice.button_draft()
                    invoice.action_post()
            invoice._optoamc_sync_shares()

        @staticmethod
        def today():
            return {"invoice_date": fields.Date.today(), "date": fields.Date.today()}

        # -- money ----------------------------------------------------------------------------

        def pay(self, lines, amount):
            wizard = (
                self.env["account.payment.register"]
                .with_context(active_model="account.move.line", active_ids=lines.ids)
                .create({"journal_id": self.bank.id, "amount": amount, "group_payment": True})
            )
            return wizard._create_payments()

        def insurer_pays(self, draw, share):
            lines = share._payer_lines().filtered(lambda line: line.amount_residual > 0)
            part = draw(st.sampled_from([0.3, 0.9, 1.0, 1.0, 1.1]))
            self.pay(lines, max(round(share.amount_residual * part, 2), 0.01))

        def insurer_pays_all(self, draw, share):
            shares = self.shares.filtered(lambda other: other.partner_id == share.partner_id)
            lines = shares._payer_lines().filtered(lambda line: line.amount_residual > 0)
            self.pay(lines, sum(lines.mapped("amount_residual")))

        def advice(self, draw, share):
            """A payment advice on up to three parts: paid, rejected, taken back."""
            shares = self.shares
            others = [shares[draw(st.integers(0, len(shares) - 1))] for _turn in range(draw(st.integers(0, 2)))]
            self.book(draw, [self.told(draw, told) for told in (share, *others)])

        def paid_again(self, draw, share):
            """What was paid is paid once more."""
            self.book(draw, [self.says(share, share.amount_paid)])

        def paid_late(self, draw, share):
            """After the patient, or nobody, owes it."""
            amount = share.amount_returned or share.amount_moved
            self.book(draw, [self.says(share, round(amount * draw(st.sampled_from([1.0, 1.0, 0.4])), 2))])

        @staticmethod
        def money_of(share):
            """What the payer may take back: what is on the share, or its open credit of the agreement."""
            return share.amount_paid + float(share.sudo()._open_credit())

        def taken_back(self, draw, share):
            amount = round(self.money_of(share) * draw(st.sampled_from([1.0, 1.0, 0.5])), 2)
            self.book(draw, [self.says(share, -amount)])

        def book(self, draw, lines):
            # What a file says is written by the module alone.
            remittance = (
                self.env["optoamc.remittance"]
                .sudo()
                .create(
                    {
                        "name": "advice",
                        "file_key": f"advice {self.env['optoamc.remittance'].search_count([])} {draw(st.uuids())}",
                        "company_id": self.company.id,
                        "journal_id": self.bank.id,
                        "date": fields.Date.today() - timedelta(days=draw(st.sampled_from([0, 0, 20]))),
                        "line_ids": list(map(Command.create, lines)),
                    }
                )
            )
            remittance = remittance.with_env(self.env)
            remittance._match(remittance.line_ids)
            for line in remittance.line_ids.filtered(lambda line: not line.decision):
                line.decision = "share" if line.share_id else "credit" if line.amount else "skip"
            note(str(remittance.line_ids.mapped(lambda line: (line.share_id, line.amount, line.doubt))))
            remittance.action_validate()

        def told(self, draw, share):
            part = draw(st.sampled_from([1.0, 1.0, 0.5, 1.2, 0.0, -1.0, -0.4, -1.1]))
            return self.says(share, round((share.amount_residual if part > 0 else share.amount_paid) * part, 2))

        @staticmethod
        def says(share, amount):
            return {
                "outcome": "paid" if amount else "rejected",
                "amount": amount,
                "kind": share.kind,
                "pec_number": share.pec_number,
                "invoice_number": share.move_id.name,
                "partner_id": share.partner_id.id,
                "reject_code": not amount and "A1",
            }

        def advices(self):
            domain = [("company_id", "=", self.company.id), ("state", "=", "posted")]
            return self.env["optoamc.remittance"].search(domain)

        def undo_advice(self, draw, remittance):
            remittance.action_undo()
            assert not remittance.payment_ids.move_id.line_ids.filtered(
                lambda line: line.parent_state == "posted" and line.amount_residual
            )

        def patient_pays(self, draw, invoice):
            lines = invoice._optoamc_receivable_lines().filtered(lambda line: not line.reconciled)
            part = draw(st.sampled_from([0.1, 0.5, 1.0, 1.0]))
            self.pay(lines, max(round(invoice.amount_residual * part, 2), 0.01))

        def give_back_to_patient(self, draw, share):
            rest, carried = share.amount_residual, share.amount
            share.action_return_to_patient()
            assert cents(share.amount) == cents(carried) - cents(rest)
            assert share.amount_residual == 0.0

        def write_off(self, draw, share):
            account = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
            # As the screen does, behind its check.
            share = share.sudo()
            share._write_off({share: share.amount_residual}, account, fields.Date.today())

        def undo_return(self, draw, share):
            amounts = share.sudo()._undoable_returns()
            if not any(amounts.values()):
                with self.test.assertRaises(UserError):
                    share.action_undo_return()
                return
            returned, carried = share.amount_returned, share.amount
            share.action_undo_return()
            assert cents(share.amount_returned) == cents(returned) - cents(amounts[share])
            assert cents(share.amount) == cents(carried) + cents(amounts[share])

        def undo_write_off(self, draw, share):
            share.action_undo_write_off()
            assert not share.amount_written_off

        def payments(self):
            domain = [("company_id", "=", self.company.id), ("state", "in", ("in_process", "paid"))]
            return self.env["account.payment"].search(domain)

        def touch_payment(self, draw, payment):
            """In Odoo's form."""
            if payment.optoamc_remittance_id:
                for touch in (payment.action_draft, payment.action_cancel, payment.move_id.button_draft):
                    with self.test.assertRaises(UserError), self.env.cr.savepoint():
                        touch()
                return
            locked = self.company.fiscalyear_lock_date
            if payment.move_id.inalterable_hash or (locked and payment.date <= locked):
                return
            then = draw(st.sampled_from(["cancel", "post", "less"]))
            payment.action_draft()
            self.books_are_right()
            if then == "cancel":
                payment.action_cancel()
                return
            if then == "less":
                payment.amount = max(round(payment.amount * 0.8, 2), 0.01)
            payment.action_post()

        def others_file(self, draw, share):
            """A return that pays another number: nothing of it is sure."""
            line = self.says(share, share.amount) | {"payee": "690000012"}
            remittance = self.env["optoamc.remittance"].sudo()
            remittance = remittance.create(
                {
                    "name": "theirs",
                    "file_key": f"theirs {draw(st.uuids())}",
                    "company_id": self.company.id,
                    "journal_id": self.bank.id,
                    "line_ids": [Command.create(line)],
                }
            )
            remittance._match(remittance.line_ids)
            assert remittance.line_ids.match != "matched" and not remittance.line_ids.decision
            remittance.unlink()

        def merge(self, draw, insurer):
            """With a twin that has no entries: what is sealed keeps its name."""
            twin = insurer.copy({"name": "Doublon"})
            sealed = self.env["account.move.line"].search_count(
                [("partner_id", "=", insurer.id), ("move_id.inalterable_hash", "!=", False)], limit=1
            )
            wizard = self.env["base.partner.merge.automatic.wizard"]
            if sealed:
                with self.test.assertRaises(UserError), self.env.cr.savepoint():
                    wizard._merge((insurer | twin).ids, twin)
                wizard._merge((insurer | twin).ids, insurer)
            else:
                wizard._merge((insurer | twin).ids, twin)
                self.insurer = twin
            self.env.invalidate_all()

        # -- periods and repetitions ----------------------------------------------------------

        def lock(self, draw, company):
            date = fields.Date.today() - timedelta(days=draw(st.sampled_from([1, 10, 35])))
            drafts = self.env["account.move"].search(
                [("company_id", "=", company.id), ("state", "=", "draft"), ("date", "<=", date)]
            )
            if not drafts and (not company.fiscalyear_lock_date or company.fiscalyear_lock_date < date):
                company.fiscalyear_lock_date = date

        def wait(self, draw, _company):
            self.time.tick(timedelta(days=draw(st.integers(1, 25))))

        def again(self, draw, _order):
            if any(self.shares.mapped("amount_returned")):
                # The room that a return made on the invoice is offered to the others at the next update.
                self.order.invoice_ids._optoamc_sync_shares()
            lines = self.shares.line_ids
            self.order.invoice_ids._optoamc_sync_shares()
            assert self.shares.line_ids == lines

        # -- what always holds ----------------------------------------------------------------

        @invariant()
        def books_are_right(self):
            if self.order:
                self.test.assertBooks(self.order)
                self.check_placed()
                self.check_sub_ledger()

        def check_sub_ledger(self):
            """The payers' account is the open shares, and the payers' money that is on none."""
            if self.one_account:
                return
            items = self.env["account.move.line"].search(
                [
                    ("company_id", "=", self.company.id),
                    ("account_id", "=", self.company.optoamc_receivable_account_id.id),
                    ("parent_state", "=", "posted"),
                ]
            )
            money = sum(items.filtered(lambda item: not item.optoamc_share_id).mapped("amount_residual"))
            open_ = sum(self.shares.mapped("amount_residual"))
            self.test.assertEqual(cents(sum(items.mapped("balance"))), cents(open_ + money))

        def check_placed(self):
            """What is owed is on the invoices, unless the patient has paid it already."""
            lines = self.order.order_line.filtered(lambda line: not line.is_downpayment and not line.display_type)
            requests = self.order.optoamc_request_ids.filtered(
                lambda request: request.transferred and request.state == "granted" and request.mode != "test"
            ).sorted(lambda request: (request.contract_id.rank, request.id))
            # The AMO comes first, whether it pays the shop or the patient.
            owed = dict.fromkeys(["amo", *requests.ids], 0)
            for line in lines:
                quantity = left = 0
                for item in line.invoice_lines.filtered(lambda item: item.parent_state == "posted"):
                    sign = -1 if item.move_id.move_type == "out_refund" else 1
                    left += sign * cents(item.price_total)
                    if item.move_id not in self.rebates:
                        quantity += sign * item.quantity
                quantity, left = min(max(quantity, 0), line.product_uom_qty), max(left, 0)
                part = min(left, half_up(cents(line.amo_amount) * quantity, line.product_uom_qty))
                owed["amo"] += part
                left -= part
                for request in requests:
                    granted = request.line_ids.filtered(lambda granted, line=line: granted.order_line_id == line)
                    part = min(
                        left,
                        half_up(sum(map(cents, granted.mapped("granted_amount"))) * quantity, line.product_uom_qty),
                    )
                    owed[request.id] += part
                    left -= part
            billed = self.order.order_line.invoice_lines.filtered(lambda item: item.parent_state == "posted")
            left = max(sum(cents(-item.move_id.direction_sign * item.price_total) for item in billed), 0)
            for payer, amount in owed.items():
                amount = min(amount, left)
                left -= amount
                if payer == "amo" and not self.company.amo_third_party:
                    amount = 0
                shares = self.shares.filtered(lambda share, payer=payer: (share.request_id.id or "amo") == payer)
                carried = sum(cents(share.amount) for share in shares)
                returned = sum(cents(share.amount_returned) for share in shares)
                self.test.assertLessEqual(carried, amount)
                # What a payer gave back makes room that is not offered to the others by itself.
                if carried + returned < amount and not any(self.shares.mapped("amount_returned")):
                    self.test.assertFalse(self.invoices.filtered("amount_residual"))


def half_up(amount, divisor):
    """Whole cents of a share of an amount in cents."""
    return int((2 * amount + divisor) // (2 * divisor))
