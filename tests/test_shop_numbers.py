from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_desk_rules import DeskRulesCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShopNumbers(DeskRulesCase):
    """A number that cannot be the shop's: kept with a warning, not sent for good."""

    def test_told_where_papers_are_printed(self):
        self.assertFalse(self.orders.optoamc_shop_warning)
        self.company.company_registry = "82000000800013"
        self.assertIn("SIRET", self.orders.optoamc_shop_warning)
        self.company.finess = "759000004"
        self.assertIn("FINESS", self.orders.optoamc_shop_warning)

    def test_nothing_real_is_sent(self):
        """Under a number that is wrong for sure; the rule of a FINESS number's key is recalled, and only warns."""
        self.company.write({"finess": "759000004", "company_registry": "82000000800013"})
        self.assertFalse(self._reasons(), "the demonstration is nobody's")
        self.platform.with_company(self.company).write({"url_test": "https://platform.example/", "mode": "test"})
        self.assertIn("Check the SIRET number", " ".join(self._reasons()))
        with self.assertRaisesRegex(UserError, "Check the SIRET number"):
            self._new_request().action_send()
        self.company.company_registry = "82000000800012"
        self.assertFalse(self._reasons())

    def test_numbers_leave_compact(self):
        """However Odoo's own screens keep them."""
        self.company.partner_id.company_registry = "820 000 008 00012"
        self.assertEqual(self.company.company_registry, "820 000 008 00012")
        self.assertEqual(self._new_request()._message_part("optician").siret, "82000000800012")
        self.assertFalse(self._reasons())
