from unittest.mock import Mock

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

from ..models.mixin.transactions import TRIES, commit_batches, commit_each, commit_retrying, save_batches

LOGGER = "odoo.addons.l10n_fr_optoamc.models.mixin.transactions"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTransactions(TransactionCase):
    """Work in transactions of its own, on cursors that commit and roll back as a cron's do."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())
        cr = self.enterContext(self.registry.cursor())
        self.own = self.env(cr=cr)
        self.partners = self.own["res.partner"]

    def _names(self, *names):
        return set(self.partners.search([("name", "in", names)]).mapped("name"))

    def test_work_is_done_whole_or_again(self):
        fail = Mock(side_effect=[SerializationFailure, SerializationFailure, None])

        def work():
            partner = self.partners.create({"name": "Retried once"})
            fail()
            return partner.id

        partner_id = commit_retrying(self.own, work)
        self.assertEqual(self.partners.search([("name", "=", "Retried once")]).ids, [partner_id])
        self.assertEqual(fail.call_count, 3)

    def test_it_is_not_tried_for_ever(self):
        fail = Mock(side_effect=SerializationFailure)
        with self.assertRaises(SerializationFailure):
            commit_retrying(self.own, fail)
        self.assertEqual(fail.call_count, TRIES)

    def test_an_error_of_its_own_is_not_tried_again(self):
        fail = Mock(side_effect=ValueError)
        with self.assertRaises(ValueError):
            commit_retrying(self.own, fail)
        self.assertEqual(fail.call_count, 1)

    @mute_logger(LOGGER)
    def test_an_error_rolls_back_one_alone(self):
        def act(name):
            self.partners.create({"name": name})
            if name == "Spoilt":
                raise ValueError(name)
            return 1

        names = ["Before", "Spoilt", "After"]
        self.assertTrue(commit_each(self.own, names, act))
        self.assertEqual(self._names(*names), {"Before", "After"})

    def test_it_ends_with_the_crons_time(self):
        env = Mock()
        env.__getitem__ = Mock(return_value=Mock(_commit_progress=Mock(side_effect=[30, 0])))
        done = []
        self.assertFalse(commit_each(env, ["a", "b", "c"], lambda item: done.append(item) or 1))
        self.assertEqual(done, ["a", "b"])
        self.assertEqual([call.kwargs["remaining"] for call in env["ir.cron"]._commit_progress.call_args_list], [2, 1])

    def _act(self, partners):
        """Rename them, and refuse those that are spoilt, after the fact."""
        self.calls.append(len(partners))
        partners.name = "Handled"
        if any(ref == "spoilt" for ref in partners.mapped("ref")):
            message = f"{len(partners)} with a spoilt one"
            raise UserError(message)
        return len(partners)

    def _partners(self, spoilt):
        self.calls = []
        return self.partners.create(
            [{"name": "New", "ref": "spoilt" if number in spoilt else "good"} for number in range(10)]
        )

    @mute_logger(LOGGER)
    def test_a_batch_is_one_transaction_and_an_error_goes_alone(self):
        partners = self._partners({6})
        self.own.cr.commit()
        self.assertTrue(commit_batches(self.own, partners, self._act, size=4))
        self.assertEqual(partners.filtered(lambda partner: partner.name == "New"), partners[6])
        self.assertEqual(self.calls, [4, 4, 2, 2, 1, 1, 2])

    @mute_logger(LOGGER, "odoo.sql_db")
    def test_what_the_database_refuses_goes_alone_too(self):
        partners = self._partners(())
        self.own.cr.commit()

        def act(batch):
            batch.name = "Handled"
            for partner in batch & partners[2]:
                partner.company_id = 0x7FFFFFFF  # refused when it is written, not when it is said
            return len(batch)

        self.assertTrue(commit_batches(self.own, partners, act))
        self.assertEqual(partners.filtered(lambda partner: partner.name == "New"), partners[2])

    def test_a_selection_goes_on_without_those_that_are_refused(self):
        partners = self._partners({0, 9})
        done, refusals = save_batches(partners, self._act, size=5)
        self.assertEqual(done, partners[1:9])
        self.assertEqual(refusals, {partners[0]: "1 with a spoilt one", partners[9]: "1 with a spoilt one"})
        self.assertEqual(partners.mapped("name"), ["New", *["Handled"] * 8, "New"])

    def test_a_concurrent_update_is_no_refusal(self):
        partners = self._partners(())
        with self.assertRaises(SerializationFailure):
            save_batches(partners, Mock(side_effect=SerializationFailure))
