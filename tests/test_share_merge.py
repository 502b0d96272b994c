from odoo.exceptions import UserError
from odoo.tests import tagged

from .share_common import BilledShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMergedPayers(BilledShareCase):
    """Payers that stand twice in the directory, and what they owe."""

    def setUp(self):
        super().setUp()
        self.merge = self.env["base.partner.merge.automatic.wizard"]

    def _seal(self):
        journals = self.env["account.journal"].search([("company_id", "=", self.company.id)])
        journals.filtered(lambda journal: journal.type in ("sale", "general", "bank")).restrict_mode_hash_table = True

    def test_sealed_entries_name_the_one_that_goes(self):
        self._seal()
        self._bill()
        self.assertTrue(self.share._payer_lines().move_id.inalterable_hash)
        both = (self.insurer | self.second_insurer).ids
        before = self.company._check_hash_integrity()["results"]
        with self.assertRaisesRegex(UserError, "Sealed.*ADPR des parts.*Keep it"):
            self.merge._merge(both, self.second_insurer)
        # Odoo chooses the one kept, the oldest: the rule is the same.
        self.assertEqual(self.share.partner_id, self.insurer)
        # The way out: the one that is named is kept.
        self.merge._merge(both, self.insurer)
        self.assertTrue(self.insurer.exists())
        self.assertFalse(self.second_insurer.exists())
        self.assertEqual(self.company._check_hash_integrity()["results"], before)
        self.assertBooks(self.order)

    def test_sealed_entries_name_both(self):
        self._seal()
        self._bill()
        other = self._order(patient=self._patient("Paul AUTRE"))
        self._grant(other, insurer=self.second_insurer, number="PEC2")
        self._invoice(other)
        both = (self.insurer | self.second_insurer).ids
        for kept in (self.insurer, self.second_insurer, None):
            with self.assertRaisesRegex(UserError, "Sealed.*Archive"), self.env.cr.savepoint():
                self.merge._merge(both, kept)
        self.assertBooks(self.order | other)

    def test_by_odoos_own_menu(self):
        self._seal()
        self._bill()
        wizard = self.merge.with_context(
            active_model="res.partner", active_ids=(self.insurer | self.second_insurer).ids
        ).create({"dst_partner_id": self.second_insurer.id})
        with self.assertRaisesRegex(UserError, "Sealed"):
            wizard.action_merge()

    def test_patients_too(self):
        self._seal()
        self._bill()
        twin = self._patient("Fabienne MONTFORT bis")
        with self.assertRaisesRegex(UserError, "Sealed.*MONTFORT"):
            self.merge._merge((self.patient | twin).ids, twin)

    def test_accountants_are_told(self):
        self._bill()
        self._payer_payment(280.0)
        self.merge._merge((self.insurer | self.second_insurer).ids, self.second_insurer)
        self.env.invalidate_all()
        self.assertEqual((self.share.partner_id, self.share.amount_residual), (self.second_insurer, 20.0))
        activity = self.second_insurer.activity_ids
        self.assertIn("20.00", activity.note.replace(",", "."))
        self.assertTrue(activity.user_id.has_group("account.group_account_invoice"))
        self.assertBooks(self.order)
