"""Random lives of dossiers in three shops of one database, each replayed by its seed.

A history is a seed: step number ``n`` draws from ``seed/n`` alone, so that steps can be left out of a history and the
others still do the like. That is how :func:`minimise` finds what a failure needs.
"""

import contextlib
import traceback
from collections import Counter
from datetime import timedelta
from random import Random

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import UserError

from .closing_checks import ClosingChecks
from .history_agreements import AgreementSteps
from .history_checks import HistoryChecks
from .history_files import FileSteps
from .history_invoices import InvoiceSteps
from .history_money import MoneySteps
from .history_periods import PeriodSteps
from .history_received import ReceivedSteps

FIRST_DAY = "2026-03-02 10:00:00"

#: Dossiers of each shop: of two, the same payers owe shares of two patients.
DOSSIERS = (2, 1, 1)

#: How many of the steps are of a rare kind, where one is possible.
RARE = 0.3

#: How a shop keeps its books: every journal sealed; or analytic plans that must be filled and VAT on payments.
STYLES = PLAIN, HASHED, ANALYTIC = "plain", "hashed", "analytic"

#: Every kind of step, and of what happens in one; each is counted.
KINDS = (
    "transfer", "cancel agreement", "agree again",
    "invoice", "down payment", "credit", "credit note: cancel", "credit note: post again", "correct", "reset",
    "credit note in a locked period", "undo and post again", "foreign currency",
    "insurer pays", "insurer pays all", "patient pays", "patient pays on account", "collect", "refund patient",
    "return to patient", "undo return",
    "undo of a return refused", "write off", "undo write off",
    "touch payment", "payment of an advice kept closed", "payment: cancel", "payment: post", "payment: less",
    "payment: cancel and post", "payment cancelled beside a credit", "pay by statement", "statement of payment",
    "undo of an advice on a statement refused",
    "undo statement", "match credit", "credit matched", "refund credit", "move credit to patient",
    "touch entry to patient", "entry to the patient reversed", "entry to the patient set to draft",
    "advice", "advice by NOEMIE", "advice by XLSX", "advice by CSV", "paid again", "taken back",
    "taken back after a double payment", "taken back after a credit note", "paid late",
    "paid late, after a return", "paid late, after a write-off", "paid for nothing", "undo advice",
    "undo of an advice refused, its money was given away", "book again",
    "file for nobody", "file of another shop", "file of all shops",
    "booked before its advice", "booked before its advice, paid once more", "taken back before its advice",
    "wait", "lock", "fiscalyear lock date", "tax lock date", "sale lock date", "merge",
    "merge of a sealed payer refused", "again", "sealed shop verified",
)  # fmt: skip


class Shop(ClosingChecks):
    """One company: its books as the history's user sees them when he works there, and its dossiers."""

    def __init__(self, test, company, style, random):
        self.test = test
        # Nobody reads who changed which field when.
        context = {"allowed_company_ids": company.ids, "tracking_disable": True}
        self.env = test.env(context=test.env.context | context)
        self.company = company.with_env(self.env)
        self.style, self.is_hashed = style, style == HASHED
        self.one_account = random.random() < 0.25
        self.dossiers = self.env["sale.order"]
        journals = self.env["account.journal"].search([("company_id", "=", company.id)])
        if self.is_hashed:
            sealed = journals.filtered(lambda journal: journal.type in ("sale", "general", "bank"))
            sealed.restrict_mode_hash_table = True
        self.bank = journals.filtered(lambda journal: journal.type == "bank")[0]
        if random.random() < 0.5:
            test._practise_amo(self.company)
        self.vat = self.env["account.tax"].create(
            {"name": "History", "amount": 20.0, "type_tax_use": "sale", "price_include_override": "tax_included"}
        )
        if style == ANALYTIC:
            self._count_by_place(random)

    def _count_by_place(self, random):
        """Have the shop's costs and income told apart by place, and its VAT be due on payment."""
        plan = self.test.places.with_env(self.env)
        self.env["account.analytic.applicability"].create(
            [
                {"business_domain": domain, "analytic_plan_id": plan.id, "applicability": "mandatory"}
                | {"company_id": self.company.id}
                for domain in ("invoice", "general")
            ]
        )
        place = self.env["account.analytic.account"].create(
            {"name": "Here", "plan_id": plan.id, "company_id": self.company.id}
        )
        self.env["account.analytic.distribution.model"].create(
            {"analytic_distribution": {str(place.id): 100}, "company_id": self.company.id}
        )
        due = self.vat.invoice_repartition_line_ids.account_id or self.env["account.account"].search(
            [("company_ids", "=", self.company.id), ("account_type", "=", "liability_current")], limit=1
        )
        self.company.tax_exigibility = True
        waiting = due[:1].copy({"reconcile": True})
        self.vat.write({"tax_exigibility": "on_payment", "cash_basis_transition_account_id": waiting})
        repartition = self.vat.invoice_repartition_line_ids | self.vat.refund_repartition_line_ids
        repartition.filtered(lambda line: line.repartition_type == "tax").account_id = due[:1]
        self.company.optoamc_vat_day = random.choice(["transfer", "payment"])

    @property
    def shares(self):
        return self.dossiers.invoice_ids.optoamc_share_ids.sorted("id")

    def is_locked(self, move):
        """Whether the entry's period is closed in any way."""
        company = self.company
        dates = (company.fiscalyear_lock_date, company.tax_lock_date, company.sale_lock_date)
        return any(date and move.date <= date for date in dates)


class History(AgreementSteps, InvoiceSteps, MoneySteps, FileSteps, ReceivedSteps, PeriodSteps, HistoryChecks):
    """The dossiers of three shops, and all that may happen to them.

    A step draws among the actions that make sense then: those that do nothing would make long histories of nothing.
    What is seldom possible at all is drawn apart, the kinds that the history has had least of first.

    :param test: a :class:`.share_common.ShareCase` whose ``shops`` are three companies
    :param seed: what the history is
    :param omitted: numbers of the steps to leave out
    :param script: kinds of steps, to take these in this order, of the first dossier; what is not possible is left out
    """

    def __init__(self, test, seed, omitted=(), script=()):
        self.test, self.seed, self.omitted = test, seed, set(omitted)
        self.script = script
        #: What was done, for people; how often each kind of step was taken, and changed something.
        self.story, self.taken, self.effective = [], Counter(), Counter()
        # Credit notes that take back a part of the price, not the article.
        self.rebates = set()
        self.files = 0

    def play(self, steps):
        """Take steps, all equations checked after each; leave the database as it was."""
        with self._world():
            self._open_shops()
            for number in range(steps):
                if number not in self.omitted:
                    self._begin(f"{self.seed}/{number}")
                    self._step(number)
            self.check_seals()

    @contextlib.contextmanager
    def _world(self):
        env = self.test.env
        savepoint = env.cr.savepoint()
        try:
            with freeze_time(FIRST_DAY, tick=False) as self.clock:
                yield
        finally:
            savepoint.close(rollback=True)
            env.invalidate_all(flush=False)

    def _open_shops(self):
        self._begin(f"{self.seed}/shops")
        self.insurer, self.second_insurer = self.test.insurer, self.test.second_insurer
        styles = self.random.sample(STYLES, len(STYLES))
        self.shops = [
            Shop(self.test, company, style, self.random)
            for company, style in zip(self.test.shops, styles, strict=True)
        ]
        for shop, count in zip(self.shops, DOSSIERS, strict=True):
            for _number in range(count):
                self._enter(shop, self._new_dossier(shop))
                self.agree(self.insurer)
                if self._chance(0.3):
                    self.agree(self.second_insurer)
                if self._chance(0.8):
                    self.invoice(self.order)

    def _new_dossier(self, shop):
        draw = self.random
        fund = self.test.fund
        patient = shop.env["res.partner"].create({"name": f"Patient {draw.random()}", "amo_id": fund.id})
        if shop.one_account:
            shop.company.optoamc_receivable_account_id = patient.property_account_receivable_id
        products = (self.test.lens | self.test.frame).with_env(shop.env)
        discount = draw.choice([0.0, 0.0, 10.0, 33.33, 95.0])
        lines = [
            Command.create(
                {
                    "product_id": products[number % 2].id,
                    "product_uom_qty": draw.randint(1, 3),
                    "tax_ids": [Command.set(shop.vat.ids)],
                    "discount": 0.0 if number else discount,
                }
            )
            for number in range(draw.randint(1, 3))
        ]
        order = shop.env["sale.order"].create(
            {"partner_id": patient.id, "optical_date": "2013-11-26", "order_line": lines}
        )
        order.amo_rate = 60.0
        order.action_confirm()
        shop.dossiers |= order
        return order

    # -- one step -----------------------------------------------------------------------------

    def _begin(self, seed):
        self.random = Random(seed)
        self.kinds, self.happened, self.elsewhere = [], False, False

    def _enter(self, shop, order):
        self.shop, self.order, self.env, self.company = shop, order, shop.env, shop.company

    @property
    def shares(self):
        """The parts of the step's dossier."""
        return self.order.invoice_ids.optoamc_share_ids.sorted("id")

    @property
    def invoices(self):
        return self.order.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        ).sorted("id")

    def _step(self, number):
        shop = self.shops[0] if self.script else self.random.choice([*self.shops, *[self.shops[0]] * 4])
        self._enter(shop, shop.dossiers[0] if self.script else self.random.choice(shop.dossiers))
        possible = self._drawn(self.script[number].replace(" ", "_") if self.script else None)
        if not possible:
            return
        action, records = self.random.choice(possible)
        record = self.random.choice(records)
        self._tell(f"{number} {self._today()} {shop.company.name}: {action.__name__}({record.display_name})")
        self._kind(action.__name__.replace("_", " "))
        before = self._fingerprints()
        action(record)
        after = self._fingerprints()
        touched = {company for company in after if after[company] != before.get(company)}
        for kind in self.kinds:
            self.taken[kind] += 1
            self.effective[kind] += bool(touched or self.happened)
        if not self.elsewhere:
            self.test.assertLessEqual(touched, {shop.company.id}, "another shop's books have changed")
        for other in self.shops:
            if other.company.id in touched | {shop.company.id}:
                self.check(other)

    def _drawn(self, name):
        """The actions that the step draws one of, with what they are done to.

        :param name: the only action that is wanted
        """
        possible = [step for step in self._possible() if step[2]]
        rare = [step for step in possible if isinstance(step[0], str)]
        if rare and not name and self._chance(RARE):
            fewest = min(self.taken[kind] for kind, _action, _records in rare)
            return [(action, records) for kind, action, records in rare if self.taken[kind] == fewest]
        return [
            (action, records)
            for weight, action, records in possible
            if not isinstance(weight, str) and name in (None, action.__name__)
            for _turn in range(weight)
        ]

    def _possible(self):
        """The actions with what they are done to, and their weights; or the rare kind that they are, or lead to."""
        return [
            *self._agreement_steps(),
            *self._invoice_steps(),
            *self._money_steps(),
            *self._file_steps(),
            *self._received_steps(),
            *self._period_steps(),
        ]

    def _fingerprints(self):
        """By company, its journal items in short."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT company_id, md5(string_agg(concat_ws(' ', id, parent_state, partner_id, account_id, date, balance,
                                                        amount_residual), ',' ORDER BY id))
              FROM account_move_line
             WHERE company_id IN %s
             GROUP BY company_id
            """,
            [tuple(self.test.shops.ids)],
        )
        return dict(self.env.cr.fetchall())

    # -- for the steps ------------------------------------------------------------------------

    def _tell(self, words):
        self.story.append(words)

    def _kind(self, kind):
        """Count the step as one of this kind, too."""
        assert kind in KINDS, kind
        self.kinds.append(kind)

    @contextlib.contextmanager
    def _refused(self):
        """What is done here must be refused, and is as if it had not been tried."""
        with self.test.assertRaises(UserError), self.env.cr.savepoint():
            yield
        self.happened = True

    def _chance(self, probability):
        return self.random.random() < probability

    def _today(self):
        return self.company._optoamc_today()

    def _day(self, *days):
        """Today, or some days ago."""
        return self._today() - timedelta(days=self.random.choice(days))


class Failure:
    """How a history ended otherwise than well: where, and what the books are then."""

    def __init__(self, history, error):
        self.seed, self.story, self.error = history.seed, history.story, error
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "/tests/" in frame.filename and "/odoo/tests/" not in frame.filename]
        #: Two failures of one place are one.
        self.place = type(error).__name__, ours[-1].name, ours[-1].lineno
        self.ledger = history.ledger if hasattr(history, "ledger") else []

    def __str__(self):
        steps, entries = "\n  ".join(self.story), "\n  ".join(self.ledger)
        return f"seed {self.seed}, {self.place}: {self.error}\n  {steps}\n payers' items:\n  {entries}"


def play(test, seed, steps, omitted=(), script=()):
    """Play a history.

    :return: the history, and its :class:`Failure` or ``None``
    """
    history = History(test, seed, omitted, script)
    try:
        history.play(len(script) or steps)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
        return history, Failure(history, error)
    return history, None


def minimise(test, failure, steps):
    """Leave out, one by one, the steps that a failure does not need.

    :return: the failure with the fewest steps
    """
    numbers = [int(line.split()[0]) for line in failure.story if line[0].isdigit()]
    omitted = set(range(steps)) - set(numbers)
    for number in reversed(numbers[:-1]):
        _history, again = play(test, failure.seed, steps, omitted | {number})
        if again and again.place == failure.place:
            failure = again
            omitted |= {number}
    return failure
