from datetime import timedelta

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged

from .share_common import ShareCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRemittanceFollowUp(ShareCase):
    """Ages, statements, reminders, days to pay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order(user_id=cls.optician.id)
        cls._grant(cls.order, number="PEC1")
        cls.share = cls._invoice(cls.order).optoamc_share_ids
        cls.today = cls.env.company._optoamc_today()

    def _ages(self, user=None):
        self.env.flush_all()
        return (
            self.env["optoamc.share.age"]
            .with_user(user or self.accountant)
            .search([("company_id", "=", self.company.id)])
        )

    def test_ages(self):
        # The insurer takes 30 days.
        for days, age in ((0, "0"), (-30, "1"), (-31, "2"), (-61, "3"), (-91, "4"), (-400, "4")):
            self.share.date_maturity = self.today + timedelta(days=days)
            ages = self._ages()
            self.assertEqual((ages.age, ages.amount_residual), (age, 300.0))
            ages.invalidate_recordset()

    def test_days_to_pay(self):
        lines = self.share._payer_lines()
        self._pay(lines, 100.0, payment_date=self.today + timedelta(days=20))
        self.assertEqual(self._ages().days_to_pay, 0)
        self._pay(lines, 200.0, payment_date=self.today + timedelta(days=41))
        groups = self.env["optoamc.share.age"]._read_group(
            [("company_id", "=", self.company.id)], ["partner_id"], ["days_to_pay:avg", "amount_residual:sum"]
        )
        self.assertEqual(groups, [(self.insurer, 41.0, 0.0)])

    def test_statement(self):
        report = self.env["ir.actions.report"]
        content, _kind = report._render_qweb_html("l10n_fr_optoamc.report_share_statement", self.insurer.ids)
        text = content.decode()
        self.assertIn(self.share.move_id.name, text)
        self.assertIn("PEC1", text)
        self.assertIn("300,00", text.replace(".", ","))
        for secret in ("MONTFORT", self.order.name):
            self.assertNotIn(secret, text)

    def test_statement_of_one_payer_is_sent(self):
        share = self.share.with_user(self.accountant)
        self.assertEqual(share.action_print_statement()["report_name"], "l10n_fr_optoamc.report_share_statement")
        action = share.action_send_statement()
        composer = share.with_context(**action["context"]).env["mail.compose.message"].create({})
        self.assertIn(self.insurer, composer.partner_ids)
        self.assertTrue(composer.attachment_ids or composer.template_id.report_template_ids)
        other = self._order(patient=self._patient("Autre"))
        self._grant(other, insurer=self.second_insurer, number="PEC2")
        with self.assertRaises(UserError):
            (share | self._invoice(other).optoamc_share_ids.with_user(self.accountant)).action_send_statement()

    def test_statement_of_the_shares_company(self):
        company = self.setup_other_company(name="Seconde boutique")["company"]
        self.env.user.company_ids |= company
        other = self._order_in(company, [(self.lens, 1)])
        self._grant(other, number="PEC-2")
        theirs = self._invoice(other.with_company(company)).optoamc_share_ids
        companies = (self.company | company).ids
        both = (self.share | theirs).with_context(allowed_company_ids=companies, discard_logo_check=True)
        context = both[1].action_print_statement()["context"]
        report = self.env["ir.actions.report"].with_context(**context)
        content, _kind = report._render_qweb_html("l10n_fr_optoamc.report_share_statement", self.insurer.ids)
        self.assertIn("PEC-2", content.decode())
        self.assertNotIn("PEC1", content.decode())
        self.insurer.lang = "en_US"
        composer = self.env["mail.compose.message"].with_context(**both[1].action_send_statement()["context"])
        self.assertIn(company.name, composer.create({}).subject)
        with self.assertRaisesRegex(UserError, "one company"):
            both.action_print_statement()

    def test_reminder_in_its_readers_language(self):
        self.optician.lang = self.env["res.lang"]._activate_lang("fr_FR").code
        self.assertIn("est en retard", self._remind(31).summary)

    def _remind(self, days):
        with self.enter_registry_test_mode(), freeze_time(self.today + timedelta(days=days)):
            self.env.ref("l10n_fr_optoamc.cron_remind").method_direct_trigger()
        return self.share.activity_ids

    def test_reminder_after_the_usual_delay(self):
        self.assertFalse(self._remind(30))
        reminder = self._remind(31)
        self.assertIn(self.insurer.name, reminder.summary)
        self.assertEqual(reminder.user_id, self.optician)
        self.assertEqual(self._remind(32), reminder)
        self._pay(self.share._payer_lines(), 300.0)
        self.assertFalse(self._remind(33))

    def test_one_reminder_a_payer(self):
        for number in range(3):
            order = self._order(user_id=self.optician.id)
            self._grant(order, number=f"PEC-{number}")
            self._invoice(order)
        self._remind(31)
        kind = self.env.ref("l10n_fr_optoamc.mail_activity_type_late_share")
        shares = self.env["optoamc.share"].search([("partner_id", "=", self.insurer.id)])
        domain = [("activity_type_id", "=", kind.id), ("res_model", "=", shares._name), ("res_id", "in", shares.ids)]
        mine = self.env["mail.activity"].sudo().search(domain)
        self.assertEqual(len(mine), 1)
        self.assertIn("4", mine.summary)

    def test_unknown_delay_is_not_late_at_once(self):
        self.share.date_maturity = self.share.invoice_date
        self.assertFalse(self._remind(30))
        self.assertTrue(self._remind(31))
