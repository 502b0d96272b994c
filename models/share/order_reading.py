"""Read an order, its invoices and its shares as the plain values that :mod:`...lib.payments` decides on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from ...lib.payments.allocation import Order, Payer, Share
from ...lib.payments.entitlement import Billed, Grant, OrderLine
from ...lib.payments.money import ZERO, euros, exact, in_proportion
from ...lib.payments.order import REST, left_to_bill


def billing_documents(orders, upcoming=None):
    """The posted invoices and credit notes that bill these orders, in their company's currency.

    :param upcoming: credit notes about to be posted: they count as posted
    """
    return orders.order_line.invoice_lines.move_id.filtered(
        lambda move: (
            move.move_type in ("out_invoice", "out_refund")
            and (move.state == "posted" or (upcoming and move in upcoming))
            and move.currency_id == move.company_id.currency_id
        )
    )


#: What is read of an order. A recordset that was filtered reads for itself alone: of many it is read ahead.
_READ = (
    "optoamc_request_ids.line_ids.granted_amount",
    "optoamc_request_ids.contract_id.rank",
    "optoamc_share_ids.line_ids.optoamc_share_entry",
    "order_line.invoice_lines.sale_line_ids",
    "order_line.invoice_lines.move_id.reversal_move_ids",
    "order_line.invoice_lines.move_id.invoice_line_ids.sale_line_ids.order_id",
    "order_line.tax_ids",
)


def read_orders(orders, documents, shares=None, without=None):
    """Read some orders, with as many queries as one of them takes.

    :param documents: what bills them, see :func:`billing_documents`
    :param shares: the orders', as they are browsed by the caller; what the orders hold by default
    :param without: agreements that are left out, as if they were cancelled
    :return: list of :class:`OrderReading`, in the order of the orders
    """
    if len(orders) > 1:
        for path in _READ:
            orders.mapped(path)
    by_order = None if shares is None else shares.grouped("order_id")
    return [
        OrderReading(
            order,
            documents,
            order.optoamc_share_ids if by_order is None else by_order.get(order, shares[:0]),
            without,
        )
        for order in orders
    ]


def payer_key(share):
    """What names the payer of a share among all orders: its agreement, or the AMO of its order."""
    return share.order_id._origin.id, share.request_id._origin.id


def totals_by_order(move):
    """What each of its orders costs on an invoice or a credit note: together they make up its total.

    What no order line bills, a rounding of the total or a line typed on the document, goes by what they bill.

    :return: by order, €
    """
    billed = defaultdict(Decimal)
    for line in move.invoice_line_ids:
        for order_line in line.sale_line_ids:
            billed[order_line.order_id._origin] += exact(line.price_total) * _weight(line, order_line)
    billed = {order: euros(amount) for order, amount in billed.items()}
    apart = in_proportion(euros(move.amount_total) - sum(billed.values(), ZERO), list(billed.values()))
    return {order: amount + part for (order, amount), part in zip(billed.items(), apart, strict=True)}


class OrderReading:
    """One order in plain values; documents and partners are their ids.

    :param documents: what bills it, see :func:`billing_documents`; of other orders too
    :param shares: of the order
    :param without: agreements that are left out, as if they were cancelled
    :param also: agreements that have ended, and count as they did before
    """

    def __init__(self, order, documents, shares, without=None, also=None):
        self.record = order
        self.documents = order.order_line.invoice_lines.move_id & documents
        self.shares = shares
        self.unit = exact(order.company_id.currency_id.rounding)
        requests = order.optoamc_request_ids._binding()
        if without:
            requests -= without
        if also:
            requests |= also
        self.requests = requests.sorted(lambda request: (max(request.contract_id.rank, 1), request.id))
        self.order_lines = order.order_line.filtered(lambda line: not line.display_type)
        # A dossier on screen, with a price that is not saved yet, has the payers of the saved one.
        self.amo_key = order._origin.id, False
        self.payers = (self._amo(), *map(self._insurer, self.requests))

    def order(self, *, with_rest=False):
        """The order.

        :param with_rest: whether what no invoice bills yet is to be counted, as if it were invoiced today
        """
        return Order(
            key=self.record._origin.id,
            payers=self.payers,
            lines=tuple(map(self._line, self.order_lines)),
            documents=frozenset(self.documents.ids),
            shares=tuple(map(self._share, self.shares)),
            late=frozenset(self._late(with_rest)),
        )

    def order_on(self, day):
        """The order with its shares as they were on a day."""
        shares = tuple(replace(self._share(share), amount=share._carried_on(day)) for share in self.shares)
        return replace(self.order(), shares=shares)

    def _line(self, line):
        is_reduction = line.price_total < 0 and not line.is_downpayment
        return OrderLine(self._grants(line), self._billed(line), line._optoamc_tags(), is_reduction)

    def rest(self):
        """What no invoice bills yet, by place of its line.

        What came back and was credited is not sold any more. Of a cancelled dossier nothing is: what was paid down is
        the patient's again.
        """
        is_sold = self.record.state != "cancel"
        places = enumerate(self.order_lines)
        rest = {place: self._rest_of(line) for place, line in places if is_sold or line.is_downpayment}
        return {place: billed for place, billed in rest.items() if billed.quantity or billed.amount}

    def _rest_of(self, line):
        billed = self._billed(line)
        if line.is_downpayment:
            # The last invoice takes it off.
            paid_down = sum((part.amount for part in billed), ZERO)
            return Billed(REST, ZERO, -max(paid_down, ZERO))
        ordered = exact(line.product_uom_qty)
        left = left_to_bill(ordered, *self._invoiced_and_credited(billed), self._drafted(line))
        if not left:
            return Billed(REST, ZERO, ZERO)
        return Billed(REST, left, euros(exact(line.price_total) * left / ordered, self.unit))

    def returned(self):
        """What came back and was credited, and is not billed anew: quantity by order line."""
        returned = {}
        for line in self.order_lines.filtered(lambda line: not line.is_downpayment):
            invoiced, credited = self._invoiced_and_credited(self._billed(line))
            ordered = exact(line.product_uom_qty)
            left = left_to_bill(ordered, invoiced, credited, self._drafted(line))
            if (quantity := min(credited, ordered - invoiced + credited - left)) > 0:
                returned[line] = quantity
        return returned

    def _invoiced_and_credited(self, billed):
        """The quantities that invoices bill, and that credit notes take back, of what is billed of a line."""
        refunds = self.documents.filtered(lambda move: move.move_type == "out_refund").ids
        credited = -sum((part.quantity for part in billed if part.document in refunds), ZERO)
        return sum((part.quantity for part in billed), ZERO) + credited, credited

    @staticmethod
    def _drafted(order_line):
        """The quantity that draft invoices bill."""
        drafts = order_line.invoice_lines.filtered(
            lambda line: line.parent_state == "draft" and line.move_type == "out_invoice"
        )
        return sum((exact(_quantity(line, order_line)) * _weight(line, order_line) for line in drafts), ZERO)

    def down_payments(self):
        """The down payments that no invoice has taken off: € by order line."""
        lines = self.order_lines.filtered("is_downpayment")
        return {line: -self._rest_of(line).amount for line in lines if self._rest_of(line).amount}

    def invoiced(self):
        """What its documents cost, credit notes taken off, €."""
        return sum((_sign(move) * totals_by_order(move)[self.record._origin] for move in self.documents), ZERO)

    def partner(self, payer_key):
        """Who pays: the partner that a payer's key stands for."""
        payer = next(payer for payer in self.payers if payer.key == payer_key)
        return self.record.env["res.partner"].browse(payer.partner)

    # -- payers -------------------------------------------------------------------------------

    def _amo(self):
        """The AMO: it pays first, the shop or the patient."""
        shares = self.shares.filtered(lambda share: share.kind == "amo")
        is_practised = self.record.company_id.amo_third_party
        if not shares and not is_practised:
            return Payer(self.amo_key, None, is_open=False)
        fund = shares._fund_that_stays() or self.record._optoamc_amo_fund() or shares[:1].partner_id
        return Payer(self.amo_key, fund.id or None, is_open=is_practised)

    def has_amo_pay_shop(self):
        """Whether the AMO owes the shop its part, or has paid it there."""
        amo = self.payers[0]
        carried = self.shares.filtered(lambda share: share.kind == "amo" and share.amount)
        return amo.partner is not None and (amo.is_open or bool(carried))

    def _insurer(self, request):
        return Payer(
            (self.record._origin.id, request._origin.id),
            request.insurer_id.commercial_partner_id.id,
            is_open=request.state == "granted",
            is_stale=request.is_stale,
        )

    def _share(self, share):
        return Share(
            invoice=share.move_id.id,
            payer=payer_key(share),
            amount=euros(share.amount, self.unit),
            returned=euros(share.amount_returned, self.unit),
            rank=share.rank,
            is_returned=share._is_returned_for_good(),
        )

    def _grants(self, line):
        """What each payer grants on a line, the AMO first."""
        grants = [Grant(self.amo_key, euros(line.amo_amount), exact(line.product_uom_qty))]
        for request in self.requests:
            # A pair on one line was asked about eye by eye; it is billed by the line.
            if pieces := request.line_ids.filtered(lambda granted: granted.order_line_id._origin == line._origin):
                quantity = exact(sum(pieces.mapped("quantity")) or line.product_uom_qty)
                amount = euros(sum(pieces.mapped("granted_amount")))
                grants.append(Grant((self.record._origin.id, request._origin.id), amount, quantity))
        return tuple(grants)

    def _late(self, with_rest):
        """Documents and payers whose agreement does not cover them, by their date."""
        for request in self.requests:
            key = self.record._origin.id, request._origin.id
            for move in self.documents:
                # A credit note follows its invoice; made from the order, it takes back what was billed in time.
                invoice = move.reversed_entry_id or (move if move.move_type == "out_invoice" else move.browse())
                if invoice and not request._is_in_time(invoice):
                    yield move.id, key
            today = self.record.company_id._optoamc_today()
            if with_rest and request.valid_until and request.valid_until < today:
                yield REST, key

    # -- what is billed -----------------------------------------------------------------------

    def _billed(self, order_line):
        """Quantity and amount of an order line by document.

        A credit note at another price than its invoice's takes a part of the price back, not the
        article: it leaves the quantity as it is, and the amount bounds the payers.
        """
        billed = defaultdict(lambda: [Decimal(), Decimal()])
        for line in order_line.invoice_lines:
            move = line.move_id
            if move not in self.documents:
                continue
            sign = _sign(move)
            weight = _weight(line, order_line)
            if sign > 0 or self._credits_articles(line, order_line):
                billed[move][0] += sign * exact(_quantity(line, order_line)) * weight
            billed[move][1] += sign * exact(line.price_total) * weight
        return tuple(Billed(move.id, quantity, amount) for move, (quantity, amount) in billed.items())

    @staticmethod
    def _credits_articles(line, order_line):
        """Whether a line of a credit note is at the price that its invoice billed, else at the order's."""
        origin = line.move_id.reversed_entry_id
        billed = order_line.invoice_lines.filtered(lambda item: item.move_id == origin)
        price = sum(billed.mapped("price_total")) if billed else order_line.price_total
        pieces = sum(_quantity(item, order_line) for item in billed) if billed else order_line.product_uom_qty
        quantity = _quantity(line, order_line)
        unit = price / pieces if pieces else 0.0
        return abs(abs(line.price_total) - abs(unit * quantity)) <= 0.01 * max(abs(quantity), 1)


def _sign(move):
    return -1 if move.move_type == "out_refund" else 1


def _weight(line, order_line):
    """An invoice line that stands for several order lines counts by their prices."""
    if len(line.sale_line_ids) == 1:
        return Decimal(1)
    together = sum(line.sale_line_ids.mapped("price_total"))
    return exact(order_line.price_total) / exact(together or 1.0)


def _quantity(line, order_line):
    """An invoice line's quantity in the unit of the order line."""
    return line.product_uom_id._compute_quantity(
        line.quantity, order_line.product_uom_id, round=False, raise_if_failure=False
    )
