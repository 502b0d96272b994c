from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.protocol.errors import OptoamcError
from ..models.platform.optoamc_platform import INNER_HOSTS
from .common import PENDING
from .sandbox_server import SandboxServer
from .test_dispatch import DispatchCommon
from .users import new_user

MANAGER = "base.group_user,l10n_fr_optoamc.group_manager"
SECRETS = ("tres secret", "jeton-123")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPlatform(DispatchCommon):
    """Two shops with one platform: who changes what, what it leaves behind, and where requests go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_user(cls.company, "platform_manager", MANAGER)
        cls.colleague = new_user(cls.company, "platform_colleague", MANAGER)
        cls.other_company = cls.env["res.company"].create({"name": "Une autre boutique"})
        cls.other_manager = new_user(cls.other_company, "platform_other", MANAGER)
        cls.mine = cls.platform.with_user(cls.manager).with_company(cls.company)
        cls.theirs = cls.platform.with_user(cls.other_manager).with_company(cls.other_company)
        cls.second = SandboxServer()
        cls.addClassCleanup(cls.second.stop)

    def _trail(self):
        return self.env["optoamc.platform.change"].search([("platform_id", "=", self.platform.id)])

    # -- whose -------------------------------------------------------------------------------

    def test_another_shop_does_not_change_the_address(self):
        for vals in (
            {"url_production": "https://elsewhere.example"},
            {"url_test": "https://elsewhere.example"},
            {"url_demo": self.second.url},
            {"directory_url": "https://elsewhere.example/list.csv"},
            {"read_timeout": 1},
            {"dialect": "other"},
            {"transport": "https"},
            {"active": False},
        ):
            with self.assertRaises(AccessError):
                self.theirs.write(vals)
        with self.assertRaises(AccessError):
            self.theirs.unlink()
        # Its own settings it does.
        self.theirs.write({"mode": "demo", "username": "autre"})
        self.assertFalse(self.mine.username)
        # Now both use it: neither changes it alone, a manager of both does.
        with self.assertRaises(AccessError):
            self.mine.read_timeout = 60
        self.manager.company_ids |= self.other_company
        self.mine.read_timeout = 60
        self.assertEqual(self.platform.read_timeout, 60)

    def test_what_tests_found_is_not_typed(self):
        for vals in (
            {"is_reachable": True},
            {"diagnosis": "✓"},
            {"failure_count": 0},
            {"circuit_open_until": False},
            {"switched_on": "{}"},
        ):
            with self.assertRaises(AccessError):
                self.mine.write(vals)
            with self.assertRaises(AccessError):
                self.mine.create({"name": "P", **vals})
        forged = self.env["optoamc.platform"].with_user(self.manager).with_context(default_is_reachable=True)
        self.assertFalse(forged.create({"name": "P"}).is_reachable)
        self.env["ir.default"].with_user(self.manager).set("optoamc.platform", "is_reachable", True, user_id=True)
        self.assertFalse(self.env["optoamc.platform"].with_user(self.manager).create({"name": "P"}).is_reachable)

    # -- trail -------------------------------------------------------------------------------

    def test_each_change_leaves_a_trail_and_is_told(self):
        before = self._trail()
        self.env["mail.message"].search([]).flush_recordset()
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        self.mine.write({"url_test": "https://platform.example/soap?token=jeton-123", "mode": "test"})
        access = self.env["optoamc.platform.access"].with_user(self.manager)
        access.create({"platform_id": self.mine.id, "username": "boutique", "password": "tres secret"}).action_apply()
        lines = self._trail() - before
        values = {line.field_name: (line.old_value, line.new_value) for line in lines}
        self.assertEqual(
            values,
            {
                "url_test": (False, "https://platform.example/soap?…"),
                "mode": ("demo", "test"),
                "username": (False, "•••"),
                "password": (False, "•••"),
            },
        )
        self.assertEqual(lines.user_id, self.manager)
        self.assertEqual(
            {line.field_name: line.company_id for line in lines if line.company_id},
            dict.fromkeys(("mode", "username", "password"), self.company),
        )
        told = self.env["mail.message"].search([("id", ">", last), ("model", "=", "optoamc.platform")])
        self.assertIn(self.colleague.partner_id, told.partner_ids)
        self.assertNotIn(self.manager.partner_id, told.partner_ids)
        # The address is every shop's, the mode and the login are one's own.
        others = told.filtered(lambda message: self.other_manager.partner_id in message.partner_ids)
        self.assertEqual(len(others), 1)
        self.assertNotIn("Mode", others.body)
        for text in (*told.mapped("body"), *lines.mapped("new_value")):
            for secret in SECRETS:
                self.assertNotIn(secret, text)
        # Read by company, changed by nobody.
        seen = self.theirs.change_ids
        self.assertIn("url_test", seen.mapped("field_name"))
        self.assertFalse(seen.company_id)
        for act in (lambda: lines[0].write({"new_value": "x"}), lines[0].unlink):
            with self.assertRaises(UserError):
                act()
        with self.assertRaises(AccessError):
            lines[0].with_user(self.manager).write({"new_value": "x"})

    def test_nothing_changed_tells_nobody(self):
        before = self._trail()
        self.mine.write({"mode": "demo", "name": "Autre nom"})
        self.assertEqual(self._trail(), before)

    def test_a_test_says_nothing_of_another_address(self):
        self.assertTrue(self.mine.action_test_connection())
        self.mine.url_test = f"{self.server.url}/soap"
        self.assertFalse(self.mine.is_reachable)
        self.mine.mode = "test"
        self.assertTrue(self.mine.action_test_connection())
        self.mine.mode = "demo"
        self.assertTrue(self.mine.is_reachable)
        self.mine.mode = "test"
        self.assertFalse(self.mine.is_reachable, "the last one may have been the demonstration's")

    # -- production --------------------------------------------------------------------------

    def test_production_only_with_the_checklist(self):
        self.platform.url_production = "https://platform.example/soap"
        ways = (
            lambda: self.mine.write({"mode": "production"}),
            lambda: self.platform.sudo().with_company(self.company).write({"mode": "production"}),
            lambda: self.platform.with_company(self.company).copy({"mode": "production"}),
            lambda: self.mine.create({"name": "P", "url_production": "https://p.example", "mode": "production"}),
            lambda: self.mine.with_context(default_mode="production").create(
                {"name": "P", "url_production": "https://p.example"}
            ),
            lambda: (
                self.env["optoamc.setup"]
                .with_user(self.manager)
                .create({"platform_id": self.platform.id, "platform_mode": "production"})
            ),
        )
        for way in ways:
            with self.assertRaises(ValidationError):
                way()
        loaded = self.mine.load(["name", "url_production", "mode"], [["Importée", "https://p.example", "production"]])
        self.assertFalse(loaded["ids"])
        self.assertIn("first steps", loaded["messages"][0]["message"].lower())
        # Each missing step is named; with all of them, it goes.
        self._complete_checklist()
        own = self.platform.with_company(self.company)
        own.is_reachable = False
        with self.assertRaisesRegex(ValidationError, r": Platform\. "):
            self.mine.mode = "production"
        own.is_reachable = True
        self.mine.mode = "production"
        self.assertEqual((self.mine.mode, self.mine.on_hold), ("production", False))
        self.assertEqual(self.platform.with_company(self.company).copy().mode, "disabled")
        # One shop's checklist is not the other's.
        with self.assertRaises(ValidationError):
            self.theirs.mode = "production"

    def test_a_test_that_proves_too_little_is_made_up_for_by_an_answered_request(self):
        own = self.platform.with_company(self.company).sudo()
        own.write({"mode": "test", "url_test": f"{self.server.url}/soap"})
        request = self._new_request()
        answered = {"platform_id": own.id, "mode": "test", "platform_url": own.url_test}
        for diagnosis, values, is_done in (
            ("✓ a\n– b", {}, False),
            ("✓ a\n– b", {**answered, "answered_at": fields.Datetime.now()}, True),
            ("✓ a\n✗ b", {}, False),
            ("The address has changed", {}, False),
            ("✓ a\n– b", {"platform_url": "https://elsewhere.example"}, False),
        ):
            with self.subTest(diagnosis=diagnosis, values=values):
                own.write({"is_reachable": False, "diagnosis": diagnosis})
                request.sudo().write(values)
                self.assertEqual(own._checklist(self.company)["platform"], is_done)

    def test_a_default_of_the_database_switches_nothing_on(self):
        self.platform.url_production = f"{self.server.url}/soap"
        self.env["ir.default"].set("optoamc.platform", "mode", "production", company_id=self.other_company.id)
        own = self.platform.with_company(self.other_company)
        self.assertEqual((own.mode, own.on_hold), ("production", True))
        with self.assertRaisesRegex(UserError, "has not been chosen"):
            self.platform._check_mode(self.other_company)
        with self.assertRaisesRegex(OptoamcError, "on_hold"):
            self.platform._open_transport(self.other_company, "production")
        self.theirs.action_confirm_database()
        self.assertTrue(self.theirs.on_hold, "a confirmation is no way past the checklist")

    # -- inner networks ----------------------------------------------------------------------

    def test_inner_addresses_are_the_administrators_word(self):
        self.env["ir.config_parameter"].set_param(INNER_HOSTS, "")
        for host in ("127.0.0.1", "localhost", "10.1.2.3", "[::1]", "169.254.169.254", "[::ffff:192.168.0.1]"):
            for name in ("url_test", "url_production"):
                with self.assertRaises(ValidationError):
                    self.mine[name] = f"https://{host}/soap"
        with self.assertRaises(AccessError):
            self.env["ir.config_parameter"].with_user(self.manager).set_param(INNER_HOSTS, "10.1.2.3")
        self.env["ir.config_parameter"].set_param(INNER_HOSTS, "10.1.2.3, intranet.example")
        self.mine.url_test = "https://10.1.2.3/soap"

    def test_a_name_that_leads_inside_is_refused_at_the_call(self):
        """Written before the administrator took the word back, or a name: judged when it is called."""
        self.mine.url_test = f"{self.server.url}/soap"
        self.mine.mode = "test"
        request = self._send()
        self.env["ir.config_parameter"].set_param(INNER_HOSTS, "")
        self._dispatch()
        self.assertEqual((request.state, request.error_code), ("error", "forbidden_address"))
        self.assertTrue(request.activity_ids)
        self.assertFalse(self.server.entries(request.exchange_id))
        self.assertFalse(self.mine.action_test_connection())
        self.assertIn("✗", self.mine.diagnosis)
        # Named again, a person sends the same bytes.
        self.env["ir.config_parameter"].set_param(INNER_HOSTS, "127.0.0.1")
        request.action_retry()
        self._dispatch()
        self.assertEqual((request.state, request.mode), ("granted", "test"))

    # -- frozen for an address ---------------------------------------------------------------

    def test_a_queued_request_waits_for_a_person_when_the_address_changes(self):
        request = self._send()
        self.mine.url_demo = f"{self.second.url}/soap"
        self._dispatch()
        self.assertEqual((request.state, request.error_code), ("error", "address_changed"))
        self.assertIn("relancez", request.advice)
        self.assertIn("relancez", request.activity_ids.note)
        for server in (self.server, self.second):
            self.assertFalse(server.entries(request.exchange_id))
        request.action_retry()
        self._dispatch()
        self.assertEqual(request.state, "granted")
        self.assertTrue(self.second.entries(request.exchange_id))
        self.assertFalse(self.server.entries(request.exchange_id))

    def test_put_back_it_goes_by_itself(self):
        request = self._send()
        self.mine.url_demo = f"{self.second.url}/soap"
        self.mine.url_demo = f"{self.server.url}/soap"
        self._dispatch()
        self.assertEqual(request.state, "granted")

    def test_a_queued_request_waits_for_a_person_when_the_mode_changes(self):
        self.mine.url_test = f"{self.server.url}/soap"
        request = self._send()
        self.mine.mode = "test"
        self._dispatch()
        self.assertEqual((request.state, request.error_code), ("error", "address_changed"))
        self.assertFalse(self.server.entries(request.exchange_id))
        with self.assertRaisesRegex(UserError, "cancel it and ask again"):
            request.action_retry()
        request.action_retry_selected()
        self.assertEqual(request.state, "error")
        request.action_cancel()
        self.assertEqual(request.state, "cancelled")

    def test_a_pending_request_is_asked_about_at_its_address_alone(self):
        self.mine.url_test = f"{self.server.url}/soap"
        self.mine.mode = "test"
        request = self._send(self._new_dossier(PENDING))
        self._dispatch()
        self.assertEqual(request.state, "pending")
        asked = len(self.server.entries())
        self.mine.url_test = f"{self.second.url}/soap"
        self._dispatch_again(request)
        self.assertEqual((request.state, request.error_code), ("pending", "address_changed"))
        self.assertFalse(request.next_poll_at)
        self.assertTrue(request.activity_ids)
        self.assertEqual(len(self.server.entries()), asked)
        self.assertFalse(self.second.entries(request.exchange_id))
        # A person goes on at the new one, which may not know it.
        request.action_consult()
        self.assertEqual(request.sudo().platform_url, f"{self.second.url}/soap")

    def test_each_shop_has_its_own_mode_and_address(self):
        """A request of one shop never goes with what the other has chosen."""
        request = self._send()
        self.platform.url_test = f"{self.second.url}/soap"
        self.theirs.mode = "test"
        self._dispatch()
        self.assertEqual((request.state, request.mode), ("granted", "demo"))
        self.assertFalse(self.second.entries(request.exchange_id))

    @mute_logger("odoo.addons.l10n_fr_optoamc.models.request.optoamc_request_answer")
    def test_the_other_shops_hold_is_not_mine(self):
        self.env["ir.default"].set("optoamc.platform", "mode", "production", company_id=self.other_company.id)
        request = self._send()
        self._dispatch()
        self.assertEqual(request.state, "granted")

    def test_managers_of_both_shops_are_told(self):
        both = new_user(self.company, "platform_both", MANAGER)
        both.company_ids = [Command.link(self.other_company.id)]
        self.theirs.mode = "demo"
        told = self.env["mail.message"].search([("model", "=", "optoamc.platform")], order="id desc", limit=1)
        self.assertEqual(told.partner_ids, both.partner_id)
