"""A shop with French books, for the tests of the third-party shares."""

from contextlib import ExitStack

from freezegun import freeze_time
from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..lib.payments.money import euros, in_parts
from .shared import shared
from .users import new_user


class ShareCase(AccountTestInvoicingCommon):
    """The worked example of the trade, up to its invoice; agreements are given, not asked for."""

    # Behind all others, in a row: they share their set-up.
    test_sequence = 1

    @classmethod
    @shared
    @AccountTestInvoicingCommon.setup_country("fr")
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company._optoamc_load_books()
        cls.bank = cls.company_data["default_journal_bank"]
        cls.vat = cls.env["account.tax"].create(
            {"name": "20 % TTC", "amount": 20.0, "type_tax_use": "sale", "price_include_override": "tax_included"}
        )
        cls.fund, cls.insurer, cls.second_insurer = cls.env["res.partner"].create(
            [
                {"name": "CPAM des parts", "is_company": True, "is_amo": True},
                {"name": "ADPR des parts", "is_company": True, "is_amc": True, "payment_delay_days": 30},
                {"name": "Seconde des parts", "is_company": True, "is_amc": True},
            ]
        )
        cls.lens = cls._optical_product("Verre des parts", 250.0, "lens", "2203240")
        cls.frame = cls._optical_product("Monture des parts", 214.0, "frame", "2223342")
        cls.patient = cls._patient()
        # From here on: what came before is common to all companies.
        cls.company.finess = "759000003"
        cls.optician = new_user(
            cls.company, "optoamc_share_optician", "base.group_user,l10n_fr_optoamc.group_optician"
        )
        cls.accountant = new_user(
            cls.company, "optoamc_share_accountant", "base.group_user,account.group_account_invoice"
        )

    @classmethod
    def get_default_groups(cls):
        # Who sets the tests up; what each role may do is tested with the two users above.
        roles = ("l10n_fr_optoamc.group_manager", "l10n_fr_optoamc.group_optician")
        return super().get_default_groups().union(*map(cls.env.ref, roles))

    @classmethod
    def _optical_product(cls, name, price, category, code):
        return cls.env["product.product"].create(
            {
                "name": name,
                "list_price": price,
                "taxes_id": [Command.set(cls.vat.ids)],
                "invoice_policy": "order",
                "optical_category": category,
                "lpp_id": cls.env.ref(f"l10n_fr_optoamc.lpp_{code}").id,
            }
        )

    @classmethod
    def _patient(cls, name="Fabienne MONTFORT"):
        return cls.env["res.partner"].create({"name": name, "amo_id": cls.fund.id})

    @classmethod
    def _practise_amo(cls, company=None):
        (company or cls.company).write({"amo_partner_id": cls.fund.id, "amo_third_party": True})

    @classmethod
    def _order(cls, lines=None, patient=None, **values):
        """A confirmed dossier: two lenses at 250.00 and a frame at 214.00, by default."""
        lines = lines or [(cls.lens, 1), (cls.lens, 1), (cls.frame, 1)]
        order = cls.env["sale.order"].create(
            {
                "partner_id": (patient or cls.patient).id,
                "optical_date": "2013-11-26",
                "amo_rate": 60.0,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in lines
                ],
                **values,
            }
        )
        order.amo_rate = 60.0
        order.action_confirm()
        return order

    @classmethod
    def _order_in(cls, company, lines):
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "company_id": company.id,
                    "partner_id": cls.patient.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": quantity})
                        for product, quantity in lines
                    ],
                }
            )
        )
        order.action_confirm()
        return order

    @classmethod
    def _contract(cls, patient, insurer, rank="1", company=None):
        company = company or cls.env.company
        contracts = cls.env["optoamc.contract"].with_company(company)
        known = {"partner_id": patient.id, "insurer_id": insurer.id, "company_id": company.id}
        return contracts.search([(name, "=", value) for name, value in known.items()], limit=1) or contracts.create(
            known | {"member_number": "1", "rank": rank}
        )

    @classmethod
    def _request(cls, order, amounts=100.0, insurer=None, rank="1", number="PEC1", mode="production", **values):
        """An agreement that the insurer gave, not transferred yet. ``amounts``: one, or one a line of the order."""
        contract = cls._contract(order.patient_id, insurer or cls.insurer, rank, order.company_id)
        # As superuser: nobody writes what an insurer answers.
        request = (
            cls.env["optoamc.request"].sudo().create({"order_id": order.id, "contract_id": contract.id, **values})
        )
        lines = request.line_ids.order_line_id
        for line, amount in zip(lines, amounts if isinstance(amounts, list) else [amounts] * len(lines), strict=True):
            pieces = request.line_ids.filtered(lambda piece, line=line: piece.order_line_id == line)
            for piece, part in zip(pieces, in_parts(euros(amount), len(pieces)), strict=True):
                piece.granted_amount = float(part)
        # One request of an insurer lives at a time: the end of the last one is written first.
        cls.env.flush_all()
        request.write({"state": "granted", "pec_number": number, "mode": mode})
        return request

    @classmethod
    def _grant(cls, order, *args, **kwargs):
        request = cls._request(order, *args, **kwargs)
        request.action_transfer()
        return request

    @classmethod
    def _invoice(cls, orders, post=True, quantities=None):
        """Invoice orders; ``quantities`` bills, by order line, another quantity than all that is left."""
        invoices = orders._create_invoices(final=True)
        if quantities is not None:
            for line in invoices.invoice_line_ids:
                quantity = quantities.get(line.sale_line_ids, 0)
                if quantity:
                    line.quantity = quantity
                else:
                    line.unlink()
        if post:
            invoices.action_post()
        return invoices

    def _down_payment(self, order, **values):
        """A posted down payment by Odoo's wizard."""
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create(values)
        )
        invoice = wizard._create_invoices(order)
        invoice.action_post()
        return invoice

    def _take_off(self, payment):
        """Take a payment off its invoice; returns its open line."""
        line = payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        line.remove_move_reconcile()
        return line

    def _pay(self, lines, amount=None, **values):
        """Odoo's payment register."""
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model=lines._name, active_ids=lines.ids)
            .create({"journal_id": self.bank.id, **({"amount": amount} if amount is not None else {}), **values})
        )
        return wizard._create_payments()

    def _refund(self, invoice, lines=None, prices=None, cancel=False, post=True):
        """A credit note by Odoo's wizard.

        :param lines: order lines to keep on it, with the quantity; all by default
        :param prices: another unit price, by order line
        :param cancel: reverse and make a new invoice, as the wizard's second button does
        """
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": self.env.company._optoamc_today()})
        )
        action = wizard.modify_moves() if cancel else wizard.refund_moves()
        if cancel:
            return invoice.reversal_move_ids, self.env["account.move"].browse(action["res_id"])
        refund = self.env["account.move"].browse(action["res_id"])
        if lines is not None:
            for line in refund.invoice_line_ids.filtered("sale_line_ids"):
                if line.sale_line_ids in lines:
                    line.quantity = lines[line.sale_line_ids]
                else:
                    line.unlink()
        for line in refund.invoice_line_ids:
            if prices and line.sale_line_ids in prices:
                line.price_unit = prices[line.sale_line_ids]
        if post:
            refund.action_post()
        return refund

    # -- what must always hold ----------------------------------------------------------------

    def assertShares(self, invoice, expected):
        """``expected``: by payer, the amount of the shares that live."""
        shares = invoice.optoamc_share_ids.filtered("amount")
        found = {share.partner_id: 0.0 for share in shares}
        for share in shares:
            found[share.partner_id] += share.amount
        self.assertEqual(
            {payer.name: round(amount, 2) for payer, amount in found.items()},
            {payer.name: amount for payer, amount in expected.items()},
        )

    def assertEntries(self, lines, expected):
        """Entries written out.

        :param lines: journal items
        :param expected: (day, account's first figures, partner, debit less credit) of each, in any order
        """
        code = lambda line: line.account_id.with_company(line.company_id).code  # noqa: E731
        found = [(str(line.date), code(line), line.partner_id.name, round(line.balance, 2)) for line in lines]
        codes = sorted({account for _day, account, _partner, _amount in expected}, key=len, reverse=True)
        short = [
            (day, next((known for known in codes if code.startswith(known)), code), partner, amount)
            for day, code, partner, amount in found
        ]
        self.assertEqual(sorted(short), sorted(expected))

    def assertNothingSideBySide(self, shares):
        """Of no agreement a payer owes something while its money for it is open."""
        items = self.env["account.move.line"].sudo()
        domain = [
            ("company_id", "in", shares.company_id.ids),
            ("partner_id", "in", shares.partner_id.ids),
            ("parent_state", "=", "posted"),
            ("amount_residual", "!=", 0),
        ]
        agreements = {}
        for line in items.search([*domain, "|", ("optoamc_share_id", "!=", False), ("optoamc_paid", "!=", False)]):
            if line.optoamc_share_id and not line._optoamc_payer_side():
                continue
            for agreement, amount in line._optoamc_claims().items():
                if round(amount * 100) > 0:
                    key = line.partner_id, line.account_id, agreement
                    agreements.setdefault(key, []).append(line)
        for lines in agreements.values():
            signs = {line.amount_residual > 0 for line in lines}
            self.assertEqual(len(signs), 1, [(line.name, line.amount_residual) for line in lines])

    def assertBooks(self, orders):
        """The equations of the design, to the cent, read from the journal items themselves."""
        orders.invalidate_recordset()
        items = self.env["account.move.line"]
        shares = self.env["optoamc.share"].search([("order_id", "in", orders.ids)])
        cents = lambda amount: round(amount * 100)  # noqa: E731
        by_share = items.search([("optoamc_share_id", "in", shares.ids)]).grouped("optoamc_share_id")
        for share in shares:
            entries = by_share.get(share, items)
            payer = entries.filtered(lambda line, share=share: line.partner_id == share.partner_id)
            patient = entries - payer
            self.assertEqual(set(entries.mapped("parent_state")), {"posted"})
            self.assertEqual(patient.partner_id, share.move_id.commercial_partner_id)
            self.assertEqual(
                cents(sum(payer.mapped("balance"))), cents(share.amount) - cents(share.amount_written_off)
            )
            self.assertEqual(cents(sum(patient.mapped("balance"))), -cents(share.amount))
            self.assertEqual(cents(sum(payer.mapped("amount_residual"))), cents(share.amount_residual))
            self.assertEqual(
                cents(share.amount),
                cents(share.amount_paid) + cents(share.amount_written_off) + cents(share.amount_residual),
            )
            self.assertGreaterEqual(min(share.amount, share.amount_paid, share.amount_residual), 0)
            if share.amount:
                self.assertEqual(share.move_id.state, "posted")
            # No draft, no cancelled payment pays it.
            paying = payer.matched_credit_ids.credit_move_id | payer.matched_debit_ids.debit_move_id
            self.assertLessEqual(set(paying.mapped("parent_state")), {"posted"})
            # Nothing of the patient's side hangs loose while the invoice is open.
            if share.move_id.amount_residual:
                self.assertEqual(cents(sum(patient.mapped("amount_residual"))), 0)
            moves = entries.move_id
            self.assertEqual(moves.journal_id, share.company_id.optoamc_journal_id)
            self.assertFalse(moves.line_ids.tax_ids | moves.line_ids.tax_line_id)
            for move in moves:
                self.assertEqual(cents(sum(move.line_ids.mapped("balance"))), 0)
        self.assertNothingSideBySide(shares)
        for request in orders.optoamc_request_ids:
            carried = sum(request.share_ids.mapped("amount")) + sum(request.share_ids.mapped("amount_returned"))
            self.assertLessEqual(cents(carried), cents(request.granted_total))
            if request.mode == "test" or not request.transferred:
                self.assertFalse(request.share_ids.filtered("amount"))
        for invoice in orders.invoice_ids.filtered(lambda move: move.move_type == "out_invoice"):
            live = sum(invoice.optoamc_share_ids.mapped("amount"))
            self.assertLessEqual(cents(live), cents(invoice.amount_total))
            refunds = invoice.reversal_move_ids.filtered(lambda move: move.state == "posted")
            left = max(cents(invoice.amount_total) - sum(map(cents, refunds.mapped("amount_total"))), 0)
            self.assertEqual(cents(invoice.optoamc_patient_amount) + cents(invoice.optoamc_amount), left)
        # The patients owe their invoices less the payers' parts, whatever was reconciled with what.
        for patient in orders.partner_invoice_id:
            domain = [
                ("partner_id", "=", patient.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
            lines = items.search(domain)
            billed = sum(lines.move_id.filtered(lambda move: move.is_invoice()).mapped("amount_total_signed"))
            paid = sum(
                lines.filtered(lambda line: not line.move_id.is_invoice() and not line.optoamc_share_id).mapped(
                    "balance"
                )
            )
            theirs = self.env["optoamc.share"].search([("move_id.commercial_partner_id", "=", patient.id)])
            self.assertEqual(
                cents(sum(lines.mapped("balance"))), cents(billed + paid) - cents(sum(theirs.mapped("amount")))
            )


class BilledShareCase(ShareCase):
    """The worked example invoiced, and what a person may do of it then."""

    @classmethod
    def _billed(cls):
        """The worked example, invoiced, with the AMO's part.

        :return: ``{attribute: records}``: the order, its request, invoice, and the shares of the insurer and the AMO
        """
        cls._practise_amo()
        order = cls._order()
        request = cls._grant(order)
        invoice = cls._invoice(order)
        share = invoice.optoamc_share_ids.filtered("request_id")
        amo = invoice.optoamc_share_ids - share
        return {"order": order, "request": request, "invoice": invoice, "share": share, "amo": amo}

    def _bill(self):
        """Have the worked example in this test."""
        vars(self).update(self._billed())

    @classmethod
    def _bill_for_all(cls):
        """Have the worked example in each test of a class."""
        for name, records in cls._billed().items():
            setattr(cls, name, records)

    def _payer_payment(self, amount=None, shares=None):
        lines = (shares or self.share)._payer_lines().filtered(lambda line: not line.reconciled)
        return self._pay(lines, amount)

    def _open_credit(self, partner):
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", partner.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("amount_residual", "<", 0),
            ]
        )
        return -sum(lines.mapped("amount_residual"))

    def _unreconcile(self, lines):
        """The "Unreconcile" of Odoo's lists."""
        lines.with_context(active_ids=lines.ids).action_unreconcile_match_entries()


class ClockCase(BilledShareCase):
    """The days go on as told, from 12 January 2026."""

    first_day = "2026-01-12"

    def setUp(self):
        super().setUp()
        self._clock = ExitStack()
        self.addCleanup(self._clock.close)
        self._on(self.first_day)

    def _on(self, day):
        """Go on to a day: what follows is done on it."""
        self._clock.close()
        self._clock.enter_context(freeze_time(day))

    def _entries(self, entry, share=None):
        return (share or self.share).line_ids.filtered(lambda line: line.optoamc_share_entry == entry).move_id


class DatedCase(ClockCase):
    """The worked example billed on 12 January 2026."""

    @classmethod
    @shared
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(cls.first_day):
            cls._bill_for_all()
