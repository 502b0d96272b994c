"""Random lives of one order, each step decided by the code and checked by other arithmetic, in whole cents.

The books are dictionaries here. What must hold after each step is written a second time, from the
design's equations, and reads nothing of what the code works out.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from lib.payments.allocation import Decision, Event, Invoice, Order, Payer, Share, decide
from lib.payments.entitlement import Billed, Grant, OrderLine
from lib.payments.order import REST, patient_due

STEPS = 12
AMO, FIRST, SECOND = PAYERS = ("amo", "first insurer", "second insurer")


def decimal(cents: int) -> Decimal:
    return Decimal(cents) / 100


def cents(amount: Decimal) -> int:
    whole = amount * 100
    assert whole == int(whole), f"{amount} is no whole number of cents"
    return int(whole)


def half_up(amount: int, divisor: int) -> int:
    return (2 * amount + divisor) // (2 * divisor)


class History:
    """An order, its agreements, its invoices, its shares, and what happens to them."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.steps: list[str] = []
        self.day = 0
        self.lines = [self._line() for _number in range(random.randint(1, 3))]
        # No payer grants anything on a discount on the whole order, or on a down payment.
        discount = random.choice([0, 0, 0, 3000, 20000])
        self.discount = -min(discount, sum(line["price"] for line in self.lines))
        self.is_practised = random.random() < 0.6
        self.fund: str | None = random.choice(["fund", "fund", None])
        self.agreements = {FIRST: random.choice(["granted", "granted", None]), SECOND: None}
        self.documents: dict[int, dict[str, Any]] = {}
        self.drafts: dict[int, dict[str, Any]] = {}
        self.shares: dict[tuple[int, str], dict[str, Any]] = {}
        self.late: set[tuple[int, str]] = set()
        self.customer = random.choice(["patient"] * 9 + [FIRST])
        self.last = Decision()
        # Whether nothing has happened since that the next decision answers: a draft, a payment, a return.
        self.is_decided = True

    def _line(self) -> dict[str, Any]:
        random = self.random
        quantity, price = random.randint(1, 3), random.choice([25000, 21400, 4999, 100])
        amo = random.choice([0, 137, 170, min(price, 6000)])
        granted = {payer: random.choice([0, 3333, 10000, 12000, random.randint(0, 30000)]) for payer in PAYERS[1:]}
        return {"quantity": quantity, "price": price * quantity, "granted": {AMO: min(amo, price), **granted}}

    # -- life ---------------------------------------------------------------------------------

    def live(self) -> None:
        """Take some steps at random; the equations are asserted after each."""
        for _step in range(STEPS):
            actions = [
                *[self.invoice] * 4, *[self.credit] * 2, *[self.payer_pays] * 2, *[self.patient_pays] * 2,
                self.down_payment, self.uncredit, self.return_to_patient, self.reset, self.post_again, self.agree,
                self.end, self.practise, self.learn_fund, self.take_payment_off,
            ]  # fmt: skip
            action = self.random.choice(actions)
            self.is_decided, before = False, self.is_decided
            if action() is False:
                self.is_decided = before
            else:
                self.steps.append(action.__name__)
                self.check()

    def agree(self) -> bool | None:
        payer = self.random.choice(PAYERS[1:])
        if self.agreements[payer]:
            return False
        self.agreements[payer] = "granted"
        return self.sync()

    def end(self) -> bool | None:
        """An agreement is being cancelled, then is."""
        payer = self.random.choice(PAYERS[1:])
        if not self.agreements[payer]:
            return False
        self.agreements[payer] = "cancelling" if self.agreements[payer] == "granted" else None
        return self.sync()

    def practise(self) -> bool | None:
        self.is_practised = not self.is_practised
        return self.sync()

    def learn_fund(self) -> bool | None:
        if self.fund:
            return False
        self.fund = "fund"
        return self.sync()

    def _billed(self, line: int | str) -> tuple[int, int]:
        parts = [document["lines"].get(line, (0, 0)) for document in (*self.documents.values(), *self.drafts.values())]
        return sum(part[0] for part in parts), sum(part[1] for part in parts)

    def invoice(self) -> bool | None:
        random = self.random
        lines: dict[int | str, tuple[int, int]] = {}
        part = random.choice([None, None, 1])
        for number, line in enumerate(self.lines):
            left = line["quantity"] - self._billed(number)[0]
            quantity = min(left, part) if part else left
            if quantity > 0 and not (part and random.random() < 0.3):
                price = line["price"] * quantity // line["quantity"]
                lines[number] = (quantity, price * random.choice([100, 100, 100, 96, 30]) // 100)
        if not lines:
            return False
        if not part:
            for extra, amount in (("discount", self.discount), ("down payment", 0)):
                if left := amount - self._billed(extra)[1]:
                    lines[extra] = (0, left)
        if sum(amount for _quantity, amount in lines.values()) < 0:
            return False
        self._post({"kind": "invoice", "lines": lines, "paid": 0})
        return None

    def down_payment(self) -> bool | None:
        if self.documents or self.drafts:
            return False
        total = sum(line["price"] for line in self.lines) + self.discount
        amount = total * self.random.choice([20, 60, 100]) // 100
        self._post({"kind": "invoice", "lines": {"down payment": (0, amount)}, "paid": 0})
        return None

    def credit(self) -> bool | None:
        """A credit note: of articles, of a part of the price, or typed anew without the order's lines."""
        random = self.random
        if not (invoices := self.invoices()):
            return False
        key = random.choice(invoices)
        invoice = self.documents[key]
        lines = {number: part for number, part in invoice["lines"].items() if random.random() < 0.8}
        kind, extra = random.choice(["articles", "articles", "rebate", "anew"]), 0
        if kind == "articles":
            lines = {number: (-quantity, -amount) for number, (quantity, amount) in lines.items()}
        elif kind == "rebate":
            lines = {number: (0, -amount // 2) for number, (_quantity, amount) in lines.items()}
        else:
            lines, extra = {}, -self.total(key) * random.choice([1, 2]) // 2
        amount = -extra - sum(part[1] for part in lines.values())
        if amount <= 0 or amount > self.total(key) - self.credited(key):
            return False
        refund = {"kind": "refund", "lines": lines, "extra": extra, "of": key, "matched": 0}
        for payer in PAYERS[1:]:
            if (key, payer) in self.late:
                self.late.add((self.day + 1, payer))
        self._post(refund)
        return None

    def uncredit(self) -> bool | None:
        refunds = [key for key, document in self.documents.items() if document["kind"] == "refund"]
        if not refunds:
            return False
        key = self.random.choice(refunds)
        invoice = self.documents.pop(key)["of"]
        self.apply(Event(touched=frozenset({key}), credited=frozenset({invoice})))
        return None

    def _post(self, document: dict[str, Any], number: int | None = None) -> None:
        self.day += 1
        key = number or self.day
        if document["kind"] == "refund":
            before = Event(frozenset({key}), credited=frozenset({document["of"]}), is_before_credit=True)
            self.documents[key] = document
            self.apply(before)
            # One that nobody matches with its invoice leaves it open.
            credit = -document["extra"] - sum(part[1] for part in document["lines"].values())
            document["matched"] = min(credit, self.residual(document["of"])) if self.random.random() < 0.8 else 0
        elif self.random.random() < 0.15:
            self.late.add((key, self.random.choice(PAYERS[1:])))
        self.documents[key] = document
        self.apply(Event(frozenset({key}), posting=frozenset({key})))

    def reset(self) -> bool | None:
        """The shares of an invoice are reversed, the invoice is a draft again."""
        if not (invoices := [key for key in self.invoices() if not self.credited(key)]):
            return False
        key = self.random.choice(invoices)
        for place, share in self.shares.items():
            if place[0] == key and share["amount"]:
                share |= {"amount": 0, "paid": 0, "last": "reversal"}
        self.drafts[key] = self.documents.pop(key) | {"paid": 0}
        return None

    def post_again(self) -> bool | None:
        if not self.drafts:
            return False
        key = self.random.choice(sorted(self.drafts))
        self._post(self.drafts.pop(key), key)
        return None

    def patient_pays(self) -> bool | None:
        if not (invoices := [key for key in self.invoices() if self.residual(key) > 0]):
            return False
        key = self.random.choice(invoices)
        self.documents[key]["paid"] += max(self.residual(key) // self.random.choice([1, 1, 2, 10]), 1)
        return None

    def take_payment_off(self) -> bool | None:
        if not (paid := [key for key in self.invoices() if self.documents[key]["paid"]]):
            return False
        self.documents[self.random.choice(paid)]["paid"] = 0
        return self.sync()

    def _open_shares(self) -> list[tuple[int, str]]:
        return sorted(place for place, share in self.shares.items() if share["amount"] > share["paid"])

    def payer_pays(self) -> bool | None:
        if not (places := self._open_shares()):
            return False
        share = self.shares[self.random.choice(places)]
        share["paid"] += max((share["amount"] - share["paid"]) // self.random.choice([1, 1, 2]), 1)
        return None

    def return_to_patient(self) -> bool | None:
        if not (places := self._open_shares()):
            return False
        share = self.shares[self.random.choice(places)]
        returned = share["amount"] - share["paid"]
        share |= {"amount": share["paid"], "returned": share["returned"] + returned, "last": "return"}
        return None

    def sync(self) -> None:
        self.apply(Event(touched=frozenset(self.documents)))

    # -- the books ----------------------------------------------------------------------------

    def invoices(self) -> list[int]:
        return sorted(key for key, document in self.documents.items() if document["kind"] == "invoice")

    def total(self, key: int) -> int:
        return sum(amount for _quantity, amount in self.documents[key]["lines"].values())

    def refunds(self, key: int) -> list[dict[str, Any]]:
        return [document for document in self.documents.values() if document.get("of") == key]

    def credited(self, key: int) -> int:
        return -sum(
            refund["extra"] + sum(part[1] for part in refund["lines"].values()) for refund in self.refunds(key)
        )

    def carried(self, key: int) -> int:
        return sum(share["amount"] for (invoice, _payer), share in self.shares.items() if invoice == key)

    def residual(self, key: int) -> int:
        matched = sum(refund["matched"] for refund in self.refunds(key))
        left = self.total(key) - matched - self.carried(key) - self.documents[key]["paid"]
        assert left >= 0, "more is matched with an invoice than it bills"
        return left

    def headroom(self, key: int) -> int:
        return max(self.total(key) - self.credited(key), 0) - self.carried(key)

    def is_open(self, payer: str) -> bool:
        return self.is_practised if payer == AMO else self.agreements[payer] == "granted"

    def partner(self, payer: str) -> str | None:
        if payer != AMO:
            return payer
        has_share = any(place[1] == AMO for place in self.shares)
        return self.fund if self.is_practised or has_share else None

    def order(self) -> Order:
        payers = [payer for payer in PAYERS if payer == AMO or self.agreements[payer]]
        names: list[int | str] = [*range(len(self.lines)), "discount", "down payment"]
        lines = []
        for name in names:
            line = self.lines[name] if isinstance(name, int) else {"granted": {}, "quantity": 1}
            grants = [
                Grant(payer, decimal(line["granted"][payer]), Decimal(line["quantity"]))
                for payer in payers
                if line["granted"].get(payer)
            ]
            billed = [
                Billed(key, Decimal(document["lines"][name][0]), decimal(document["lines"][name][1]))
                for key, document in self.documents.items()
                if name in document["lines"]
            ]
            tags = None if name == "down payment" else frozenset()
            lines.append(OrderLine(tuple(grants), tuple(billed), tags, is_reduction=name == "discount"))
        shares = [
            Share(
                invoice,
                payer,
                decimal(share["amount"]),
                decimal(share["returned"]),
                PAYERS.index(payer),
                not share["amount"] and share["returned"] > 0 and share["last"] == "return",
            )
            for (invoice, payer), share in self.shares.items()
        ]
        return Order(
            "order",
            tuple(Payer(payer, self.partner(payer), self.is_open(payer)) for payer in payers),
            tuple(lines),
            frozenset(self.documents),
            tuple(shares),
            frozenset(self.late),
        )

    def decide(self, event: Event) -> Decision:
        invoices = [
            Invoice(key, key, self.customer, decimal(self.residual(key)), decimal(self.headroom(key)))
            for key in self.invoices()
        ]
        # A share of a draft is reversed, and stays as evidence.
        drafts = [Invoice(key, key, self.customer, Decimal(), Decimal()) for key in self.drafts]
        return decide([self.order()], [*invoices, *drafts], event)

    def apply(self, event: Event) -> None:
        self.last = decision = self.decide(event)
        self.is_decided = not event.is_before_credit
        for place, reduced in decision.reductions.items():
            share = self.shares[place]
            assert 0 < cents(reduced) <= share["amount"], "more is taken back than there is"
            share["amount"] -= cents(reduced)
            share["paid"] = min(share["paid"], share["amount"])
            share["last"] = "reversal"
        for (invoice, payer), increased in decision.increases.items():
            assert 0 < cents(increased) <= self.residual(invoice), "more is moved than is open"
            assert not event.is_before_credit, "an increase while a credit note is posted"
            share = self.shares.setdefault((invoice, payer), {"amount": 0, "returned": 0, "paid": 0, "last": ""})
            assert share["amount"] or share["last"] != "return", "asked again of who has refused to pay"
            share["amount"] += cents(increased)
            share["last"] = "transfer"

    # -- what always holds --------------------------------------------------------------------

    def owed(self) -> dict[str, int]:
        """What each payer owes, by the design: each after the payers before it, by line, then by order."""
        sums, billed_total = dict.fromkeys(PAYERS, 0), 0
        net = self.net()
        for number, line in enumerate(self.lines):
            documents = self.documents.items()
            parts = [(key, document["lines"][number]) for key, document in documents if number in document["lines"]]
            left = net[number]
            for payer in PAYERS:
                if payer == AMO or self.agreements[payer]:
                    covered = sum(quantity for key, (quantity, _amount) in parts if (key, payer) not in self.late)
                    covered = min(max(covered, 0), line["quantity"])
                    paid = min(half_up(line["granted"][payer] * covered, line["quantity"]), left)
                    sums[payer] += paid
                    left -= paid
        for document in self.documents.values():
            billed_total += sum(amount for _quantity, amount in document["lines"].values())
        left = max(billed_total, 0)
        for payer in PAYERS:
            sums[payer] = min(sums[payer], left)
            left -= sums[payer]
        return sums

    def net(self) -> list[int]:
        """What is billed of each article, the discount taken off in proportion."""

        def billed(name: int | str) -> int:
            return sum(document["lines"].get(name, (0, 0))[1] for document in self.documents.values())

        prices = [max(billed(number), 0) for number in range(len(self.lines))]
        whole = sum(prices)
        taken = min(max(-billed("discount"), 0), whole)
        reached = [half_up(taken * sum(prices[:count]), whole or 1) for count in range(len(prices) + 1)]
        return [price - reached[place + 1] + reached[place] for place, price in enumerate(prices)]

    def check(self) -> None:
        self._check_invoices()
        self._check_payers()
        self._check_due()
        self._check_again()

    def _check_invoices(self) -> None:
        for invoice, _payer in (place for place, share in self.shares.items() if share["amount"]):
            assert invoice in self.invoices(), "a share without a posted invoice"
        for key in self.invoices():
            parts = {payer: self.shares.get((key, payer), {"amount": 0})["amount"] for payer in PAYERS}
            assert min(parts.values()) >= 0
            patient = self.total(key) - sum(parts.values())
            assert patient >= 0, "the payers pay more than the invoice"
            assert patient + parts[AMO] + parts[FIRST] + parts[SECOND] == self.total(key)
            assert sum(parts.values()) <= self.total(key) - self.credited(key), "what was credited is owed"
            assert not parts.get(self.customer), "a payer owes what it is billed"

    def _check_payers(self) -> None:
        owed = self.owed()
        is_returned = any(share["returned"] for share in self.shares.values())
        for payer in PAYERS:
            own = [share for (_invoice, key), share in self.shares.items() if key == payer]
            carried, returned = sum(share["amount"] for share in own), sum(share["returned"] for share in own)
            granted = sum(line["granted"][payer] for line in self.lines)
            assert max(carried, owed[payer]) <= granted, "a share above what was granted"
            assert carried <= owed[payer] or not self.is_decided, "a share above what is owed"
            assert not carried or carried + returned <= granted, "asked again of who has refused to pay"
            if payer != AMO and not self.agreements[payer]:
                assert not carried, "a share without an agreement"
            if payer == AMO and not self.fund:
                assert not carried, "a share of nobody"
            self._check_missing(payer, owed[payer] - carried - returned, is_returned)

    def _check_missing(self, payer: str, missing: int, is_returned: bool) -> None:
        """What is owed is on the invoices, unless the patient has paid it: then somebody is told."""
        if not self.is_decided or is_returned or not self.is_open(payer) or self.customer == payer:
            return
        if missing <= 0 or not self.invoices():
            return
        room = sum(max(self.headroom(key), 0) for key in self.invoices())
        told = {**self.last.unallocated, **self.last.unknown_payers}
        told_amount = sum((cents(amount) for (_invoice, key), amount in told.items() if key == payer), 0)
        assert told_amount == min(missing, room), "somebody is left unasked, and nobody is told"
        if self.partner(payer):
            assert not any(min(self.residual(key), self.headroom(key)) > 0 for key in self.invoices())

    def _check_due(self) -> None:
        """The patient owes what no payer does, of what is billed and of what is not yet."""
        order = self.order()
        total = sum(amount for document in self.documents.values() for _q, amount in document["lines"].values())
        carried = sum(share["amount"] for share in self.shares.values())
        assert cents(patient_due(order, {})) == max(total - carried, 0)
        if not self.documents and not self.drafts:
            rest = {
                number: Billed(REST, Decimal(line["quantity"]), decimal(line["price"]))
                for number, line in enumerate(self.lines)
            }
            payers = 0
            for line in self.lines:
                left = line["price"]
                for payer in PAYERS:
                    if payer != AMO and not self.agreements[payer]:
                        continue
                    paid = min(line["granted"][payer], left)
                    left -= paid
                    if self.is_open(payer) and self.partner(payer) and payer != self.customer:
                        payers += paid
            expected = sum(line["price"] for line in self.lines) - payers
            assert cents(patient_due(order, rest, (self.customer,))) == expected

    def _check_again(self) -> None:
        """Nothing is booked twice."""
        if not self.is_decided:
            return
        again = self.decide(Event(touched=frozenset(self.documents)))
        assert not again.increases, "a share twice"
        assert not again.reductions, "what was booked is taken back"
