import contextlib
import json
from unittest.mock import patch

import psycopg2
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import connection_info_for
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path, mute_logger

from ..lib.protocol.errors import OptoamcError
from ..models.platform.optoamc_platform_switch import CLUSTER, IDENTITY
from .common import PENDING
from .test_dispatch import DispatchCommon
from .users import new_user

HELD = "odoo.addons.l10n_fr_optoamc.models.request.optoamc_outbox"


class CopyCommon(DispatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_user(cls.company, "copy_manager", "base.group_user,l10n_fr_optoamc.group_manager")
        cls.mine = cls.platform.with_user(cls.manager).with_company(cls.company)
        cls.mine.url_test = f"{cls.server.url}/soap"
        cls.mine.mode = "test"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPlatformCopy(CopyCommon):
    """A database that is not the one in which the platform was switched on."""

    def _become_a_copy(self, part, value="another"):
        """The switch-on was recorded in a database that differs from this one by a part of its identity."""
        own = self.platform.with_company(self.company)
        own.switched_on = json.dumps(json.loads(own.switched_on) | {part: value})

    def test_the_identity_is_whole(self):
        identity = self.platform._database_identity()
        self.assertEqual(identity["name"], self.env.cr.dbname)
        self.assertEqual(identity["uuid"], self.env["ir.config_parameter"].get_param("database.uuid"))
        self.assertTrue(identity["cluster"].isdecimal())
        self.assertTrue(identity["number"].isdecimal())
        self.assertFalse(self.mine.on_hold)

    def test_nothing_is_sent_from_a_copy(self):
        """By the cron, by buttons, for downloads; what waits goes on waiting, and the reason is told."""
        for part in ("name", "uuid", "cluster", "number"):
            with self.subTest(part=part):
                pending = self._send(self._new_dossier(PENDING))
                self._dispatch()
                entries = len(self.server.entries())
                request = self._send(self._new_dossier("1012345678"))
                self._become_a_copy(part)
                self._make_due(pending)
                with self.assertLogs(HELD, "WARNING") as logs:
                    self._dispatch()
                self.assertIn("on_hold", logs.output[0])
                self.assertEqual((request.state, request.error_code), ("queued", "on_hold"))
                self.assertEqual((pending.state, pending.error_code), ("pending", "on_hold"))
                self.assertIn("copie", request.advice)
                self.assertEqual(len(self.server.entries()), entries)
                self.assertTrue(self.mine.on_hold)
                self.assertIn("another", self.mine.hold_reason)
                label = {"cluster": "PostgreSQL server", "number": "number on the server", "uuid": "identifier"}
                self.assertIn(f"({label.get(part, part)}: another", self.mine.with_context(lang="en_US").hold_reason)
                for act in (
                    self.mine.action_test_connection,
                    self.mine.action_download_directory,
                    self._new_request(self._new_dossier("1012345678")).action_send,
                    lambda: self.platform._check_mode(self.company),
                ):
                    with self.assertRaisesRegex(UserError, "not the one"):
                        act()
                with self.assertRaisesRegex(OptoamcError, "on_hold"):
                    self.platform._open_transport(self.company, "test")
                # A retry does not wake it.
                request.action_retry()
                with mute_logger(HELD):
                    self._dispatch()
                self.assertEqual((request.state, len(self.server.entries())), ("queued", entries))
                # A manager confirms, and the queue goes on.
                with self.assertRaises(AccessError):
                    self.platform.with_user(self.optician).action_confirm_database()
                self.mine.action_confirm_database()
                self._dispatch()
                self.assertEqual(request.state, "granted")
                line = self.env["optoamc.platform.change"].search([], order="id desc", limit=1)
                self.assertEqual((line.field_name, line.user_id), ("switched_on", self.manager))
                self.assertIn("another", line.old_value)

    @mute_logger(HELD)
    def test_it_is_a_copy(self):
        request = self._send()
        self._become_a_copy("name")
        self.mine.action_disown_database()
        self.assertEqual(self.mine.mode, "disabled")
        self._dispatch()
        self.assertEqual((request.state, request.error_code), ("error", "blocked"))
        self.assertFalse(self.server.entries(request.exchange_id))

    @mute_logger(HELD)
    def test_a_shop_confirms_for_itself_alone(self):
        other = self.env["res.company"].create({"name": "Une autre boutique"})
        self.platform.with_company(other).mode = "test"
        own = self.platform.with_company(other)
        own.switched_on = json.dumps(json.loads(own.switched_on) | {"name": "another"})
        self._become_a_copy("name")
        self.mine.action_confirm_database()
        self.assertFalse(self.mine.on_hold)
        self.assertTrue(own.on_hold)

    @mute_logger(HELD)
    def test_rights_checks_wait_too(self):
        contract = self.order.patient_id.optoamc_contract_ids
        check = self.env["optoamc.rights.check"]._ask(contract, self.company, False)
        self._become_a_copy("cluster")
        with self.enter_registry_test_mode():
            self.env.ref("l10n_fr_optoamc.cron_dispatch").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(check.state, "queued")
        with self.assertRaises(UserError):
            self.env["optoamc.rights.check"]._ask(contract, self.company, False)

    def test_a_demonstration_goes_on_in_a_copy(self):
        self.mine.mode = "demo"
        request = self._send()
        with patch.object(
            type(self.platform), "_database_identity", lambda platforms: dict.fromkeys(("name", "uuid"), "another")
        ):
            self._dispatch()
        self.assertEqual(request.state, "granted")

    def test_neutralised(self):
        """As a copy is by Odoo: no mode, address or secret is left, and no switch-on."""
        self.env.flush_all()
        with open(file_path("l10n_fr_optoamc/data/neutralize.sql")) as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        own = self.platform.with_company(self.company)
        self.assertEqual((own.mode, own.switched_on, own.url_test, own.url_production, own.password), (False,) * 5)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRealCopy(TransactionCase):
    """Databases that PostgreSQL copied, as a restored dump is: Odoo's own identifier stays the same in them."""

    def _execute(self, name, *queries):
        """Run queries in a database, each outside of a transaction; returns the last one's first row."""
        _name, info = connection_info_for(name)
        with contextlib.closing(psycopg2.connect(**info)) as connection:
            connection.autocommit = True
            with connection.cursor() as cr:
                for query in queries:
                    cr.execute(query)
                return cr.fetchone() if cr.description else None

    def _new(self, name, template):
        self._execute("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self.addCleanup(self._execute, "postgres", f'DROP DATABASE IF EXISTS "{name}"')

    def test_a_copy_has_another_identity(self):
        original, copy = (f"{self.env.cr.dbname[:40]}-{suffix}" for suffix in ("original", "copy"))
        self._new(original, "template0")
        self._execute(
            original,
            "CREATE TABLE ir_config_parameter (key text, value text)",
            "INSERT INTO ir_config_parameter VALUES ('database.uuid', 'the same')",
        )
        self._new(copy, original)
        name, number, uuid = self._execute(original, IDENTITY.code)
        copied = self._execute(copy, IDENTITY.code)
        self.assertEqual((name, copied[0], copied[2]), (original, copy, uuid))
        self.assertNotEqual(copied[1], number)
        # Restored in the place of the original: under its own name, with its identifier.
        self._execute("postgres", f'DROP DATABASE "{original}"', f'ALTER DATABASE "{copy}" RENAME TO "{original}"')
        restored = self._execute(original, IDENTITY.code)
        self.assertEqual((restored[0], restored[2]), (name, uuid))
        self.assertNotEqual(restored[1], number)
        self.assertEqual(self._execute(original, CLUSTER.code), self._execute("postgres", CLUSTER.code))
