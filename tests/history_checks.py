"""What holds after every step of a history."""

from .share_common import ShareCase


def cents(amount):
    return round(amount * 100)


def half_up(amount, divisor):
    """Whole cents of a share of an amount in cents."""
    return int((2 * amount + divisor) // (2 * divisor))


class HistoryChecks:
    """The equations of a :class:`.history.History`, shop by shop."""

    def check(self, shop):
        self.ledger = []
        try:
            ShareCase.assertBooks(self.test, shop.dossiers)
            for order in shop.dossiers:
                self._check_placed(shop, order)
            self._check_sub_ledger(shop)
            self._check_entries(shop)
            self._check_vat(shop)
            self._check_debits(shop)
            self._check_displaced(shop)
            self._check_returned(shop)
            shop.check_closing()
        except AssertionError:
            self.ledger = self._payers_items(shop)
            raise

    def check_seals(self):
        """Nothing that is sealed was touched."""
        for shop in self.shops:
            if shop.is_hashed:
                results = shop.company._check_hash_integrity()["results"]
                self.test.assertNotIn("corrupted", {row["status"] for row in results})
                self.taken["sealed shop verified"] += 1
                self.effective["sealed shop verified"] += any(row["status"] == "verified" for row in results)

    def _payers_items(self, shop):
        """The payers' journal items, for whoever reads of a failure."""
        items = shop.env["account.move.line"].search(
            [
                ("company_id", "=", shop.company.id),
                ("account_type", "=", "asset_receivable"),
                *("|", ("partner_id.is_amc", "=", True), ("partner_id.is_amo", "=", True)),
            ],
            order="date, id",
        )
        return [
            f"{line.date} {line.move_id.name} {line.parent_state} {line.account_id.code} {line.partner_id.name} "
            f"{line.balance:.2f} open {line.amount_residual:.2f} {line.optoamc_share_entry or ''} "
            f"{line.optoamc_share_id.pec_number or ''} {line.optoamc_paid or ''}"
            for line in items
        ]

    def _open_items(self, shop, *domain):
        return shop.env["account.move.line"].search(
            [
                ("company_id", "=", shop.company.id),
                ("partner_id", "in", shop.shares.partner_id.ids),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                *domain,
            ]
        )

    def _check_sub_ledger(self, shop):
        """The payers' account is the open shares, and the payers' money that is on none."""
        if shop.one_account:
            return
        items = shop.env["account.move.line"].search(
            [
                ("company_id", "=", shop.company.id),
                ("account_id", "=", shop.company.optoamc_receivable_account_id.id),
                ("parent_state", "=", "posted"),
            ]
        )
        money = sum(items.filtered(lambda item: not item.optoamc_share_id).mapped("amount_residual"))
        open_ = sum(shop.shares.mapped("amount_residual"))
        self.test.assertEqual(cents(sum(items.mapped("balance"))), cents(open_ + money))

    def _check_entries(self, shop):
        """Every entry balances, whatever its state."""
        self.env.cr.execute(
            """
            SELECT move.name, sum(line.balance)
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
             WHERE line.company_id = %s
             GROUP BY move.id
            HAVING round(sum(line.balance), 2) <> 0
            """,
            [shop.company.id],
        )
        self.test.assertEqual(self.env.cr.fetchall(), [])

    def _check_vat(self, shop):
        """VAT on payments is due on what was collected, whoever paid it, and on nothing else.

        Of a dossier: Odoo books none where a credit note cancels its invoice, neither of the one nor of the other.
        """
        if shop.vat.tax_exigibility != "on_payment":
            return
        for order in shop.dossiers:
            moves = order.invoice_ids.filtered(lambda move: move.state == "posted" and move.amount_total)
            entries = shop.env["account.move"].search(
                [("tax_cash_basis_origin_move_id", "in", moves.ids), ("state", "=", "posted")]
            )
            booked = -sum(entries.line_ids.filtered("tax_repartition_line_id").mapped("balance"))
            # Odoo rounds reconciliation by reconciliation, half a cent each.
            delta = 0.01 + 0.005 * len(entries)
            self.test.assertAlmostEqual(booked, sum(map(self._vat_due, moves)), delta=delta, msg=order.name)

    def _vat_due(self, move):
        """The VAT of what was collected of an invoice, less what a credit note gave back, €."""
        waiting = move.optoamc_share_ids.filtered(lambda share: share.vat_day == "payment")
        unpaid = move.amount_residual + sum(waiting.mapped("amount_residual"))
        unpaid += sum(waiting.mapped("amount_written_off"))
        return -move.direction_sign * move.amount_tax * (1 - unpaid / move.amount_total)

    def _check_debits(self, shop):
        """Nobody owes the shop what it gave away: beside shares, only what a payer took back may be open.

        A line of the statement that no advice tells of, or whose advice is undone, is that, too.
        """
        debits = self._open_items(shop, ("optoamc_share_id", "=", False), ("amount_residual", ">", 0))
        strange = debits.filtered(lambda line: not line.optoamc_paid and not line.move_id.statement_line_id)
        self.test.assertFalse(strange.mapped("move_id.name"), "money given back, or to the patient, is open again")

    def _check_displaced(self, shop):
        """No credit is open of an agreement whose share another agreement's money pays, itself missing elsewhere."""
        shares = {share._agreement(): share for share in shop.shares if share.amount_residual}
        credits = self._open_items(shop, ("optoamc_paid", "!=", False), ("amount_residual", "<", 0))
        for agreement in {agreement for line in credits for agreement in line._optoamc_claims()}:
            theirs = shop.shares.filtered(lambda share, agreement=agreement: share._agreement() == agreement)
            lent = set()
            for line, partials in theirs._payer_lines().matched_credit_ids.grouped("credit_move_id").items():
                paid = line.optoamc_paid or {}
                if cents(sum(partials.mapped("amount"))) > cents(paid.get(agreement, 0.0)):
                    lent |= paid.keys() - {agreement}
            self.test.assertFalse(lent & shares.keys(), "a share lacks the money that another one need not have")

    def _check_returned(self, shop):
        """No patient owes in a payer's place what this one has paid."""
        returned = shop.shares.sudo().filtered(lambda share: share.amount_returned and share._open_credit())
        self.test.assertFalse(any(returned._undoable_returns().values()), "paid, and asked of the patient")

    def _check_placed(self, shop, order):
        """What is owed is on the invoices, unless the patient has paid it already."""
        shares = order.invoice_ids.optoamc_share_ids
        is_returned = any(shares.mapped("amount_returned"))
        for payer, amount in self._owed(shop, order).items():
            own = shares.filtered(lambda share, payer=payer: (share.request_id.id or "amo") == payer)
            carried, returned = sum(map(cents, own.mapped("amount"))), sum(map(cents, own.mapped("amount_returned")))
            self.test.assertLessEqual(carried, amount)
            # What a payer gave back makes room that is not offered to the others by itself.
            if carried + returned < amount and not is_returned:
                posted = order.invoice_ids.filtered(
                    lambda move: move.state == "posted" and move.move_type == "out_invoice"
                )
                self.test.assertFalse(posted.filtered("amount_residual"), "a part without its place")

    def _owed(self, shop, order):
        """What each payer owes, in cents, by request; the AMO comes first, whether it pays the shop or the patient."""
        requests = order.optoamc_request_ids.filtered(
            lambda request: request.transferred and request.state == "granted" and request.mode != "test"
        ).sorted(lambda request: (request.contract_id.rank, request.id))
        owed = dict.fromkeys(["amo", *requests.ids], 0)
        for line in order.order_line.filtered(lambda line: not line.is_downpayment and not line.display_type):
            quantity, left = self._billed(line)
            granted = {"amo": cents(line.amo_amount)}
            for request in requests:
                own = request.line_ids.filtered(lambda granted, line=line: granted.order_line_id == line)
                granted[request.id] = sum(map(cents, own.mapped("granted_amount")))
            for payer, amount in granted.items():
                part = min(left, half_up(amount * quantity, line.product_uom_qty))
                owed[payer] += part
                left -= part
        billed = order.order_line.invoice_lines.filtered(lambda item: item.parent_state == "posted")
        left = max(sum(cents(-item.move_id.direction_sign * item.price_total) for item in billed), 0)
        for payer in owed:
            owed[payer] = min(owed[payer], left)
            left -= owed[payer]
        if not shop.company.amo_third_party:
            owed["amo"] = 0
        return owed

    def _billed(self, line):
        """Quantity and cents of an order line on posted invoices, less their credit notes."""
        quantity = left = 0
        for item in line.invoice_lines.filtered(lambda item: item.parent_state == "posted"):
            sign = -1 if item.move_id.move_type == "out_refund" else 1
            left += sign * cents(item.price_total)
            if item.move_id.id not in self.rebates:
                quantity += sign * item.quantity
        return min(max(quantity, 0), line.product_uom_qty), max(left, 0)
