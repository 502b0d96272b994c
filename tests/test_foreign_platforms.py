import base64
import datetime as dt
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..lib import protocol
from ..lib.protocol.dialect import Dialect
from ..lib.protocol.messages import AnswerLine, CoverageAnswer, Header, Mode, Status
from ..lib.protocol.transport import Reply
from ..lib.protocol.transport.soap import SoapTransport
from .common import PENDING
from .test_dispatch import DispatchCommon


def shipped():
    """The shipped table as text, and its schema files."""
    table = Path(protocol.__file__).parent / "dialects" / "open.csv"
    return table.read_text(encoding="utf-8"), Dialect.shipped("open").files


@tagged("post_install_l10n", "post_install", "-at_install")
class TestUploadedDialect(DispatchCommon):
    """A platform whose table and schema are an integrator's own."""

    def _upload(self, change=lambda table: table, **files):
        """:param change: what the integrator makes of the shipped table
        :param files: of the schema files, those of other bytes (``open_xsd``)
        """
        table, shipped_files = shipped()
        attachments = self.env["ir.attachment"].create(
            [{"name": name, "raw": files.get(name.replace(".", "_"), raw)} for name, raw in shipped_files.items()]
        )
        self.platform.write(
            {
                "dialect": "maison",
                "table_file": base64.b64encode(change(table).encode()),
                "schema_ids": [Command.set(attachments.ids)],
            }
        )

    def _without(self, *kinds):
        """The shipped table without some messages."""

        def change(table):
            for row in table.splitlines():
                head, separator, rest = row.partition(";")
                kept = [name for name in head.split() if name not in kinds]
                if row.startswith("#") or kept or not head:
                    yield row if row.startswith("#") else " ".join(kept) + separator + rest

        return lambda table: "\n".join(change(table))

    def test_table_under_which_no_agreement_can_be_read(self):
        def total_only(table):
            return "\n".join(row for row in table.splitlines() if ";lines[].granted;" not in row)

        with self.assertRaisesRegex(ValidationError, r"lines\[\]\.granted"):
            self._upload(total_only)

    def test_table_corrected_while_a_request_waits(self):
        self.order = self._new_dossier(PENDING)
        self._upload()
        request = self._send()
        self._dispatch()
        self.assertEqual(request.state, "pending")
        # The platform's new version has another name for a field.
        self._upload(
            lambda table: table.replace("Entete/Logiciel;header.software;O", "Entete/Logiciel2;header.software;O"),
            open_xsd=shipped()[1]["open.xsd"].replace(b'name="Logiciel"', b'name="Logiciel2"'),
        )
        answers = self.platform._codec()
        created_at = dt.datetime.fromisoformat("2026-01-01T00:00:00")

        def call(transport, kind, xml, exchange_id=""):
            answer = CoverageAnswer(
                header=Header(exchange_id="a", reply_to=exchange_id, created_at=created_at, mode=Mode.TEST),
                status=Status.GRANTED,
                kind="coverage",
                file_number="77",
                lines=tuple(AnswerLine(line_number=n, granted=Decimal("10.00")) for n in (1, 2, 3)),
            )
            return Reply(answers.build(answer), 200, 0.1)

        with patch.object(SoapTransport, "call", call):
            self._dispatch_again(request)
        self.assertEqual((request.state, request.error_code, request.granted_total), ("granted", False, 30))

    def test_platform_without_some_messages(self):
        self._upload(self._without("OPAMCGET", "OPAMCDEL", "OPAMCQIA"))
        request = self._send()
        self._dispatch()
        self.assertEqual(request.state, "granted")
        request.action_cancel()
        self.assertEqual(request.state, "cancelled")
        with self.assertRaises(UserError):
            self.env["optoamc.rights.check"]._ask(request.contract_id, self.company, None)
        self.order = self._new_dossier(PENDING)
        request = self._send()
        self._dispatch()
        self.assertEqual(request.state, "pending")
        self._dispatch_again(request)
        self.assertEqual((request.state, request.sudo().next_poll_at), ("pending", False))

    def test_identifier_of_its_own_format(self):
        self._upload(
            lambda table: table.replace(
                "format;identifiant;;;;match('[0-9A-Za-z._-]{1,36}'", "format;identifiant;;;;match('[0-9a-f-]{36}'"
            )
        )
        self.assertEqual(self._new_request().check(), [])

    def test_schema_stricter_than_the_table(self):
        self._upload(open_xsd=shipped()[1]["open.xsd"].replace(b"{1,36}", b"{1,3}"))
        with self.assertRaises(UserError) as caught:
            self._send()
        self.assertIn("Tell the person", str(caught.exception))

    def test_two_files_of_one_name(self):
        self._upload()
        again = self.env["ir.attachment"].create({"name": "open.xsd", "raw": shipped()[1]["open.xsd"] + b" "})
        with self.assertRaises(ValidationError):
            self.platform.schema_ids += again

    def test_tables_that_say_too_little(self):
        def without(*texts):
            return lambda table: "\n".join(row for row in table.splitlines() if not any(text in row for text in texts))

        for change in (
            without(";status;"),
            without(";accepted;"),
            without("equipment.frame.line_number", "{lenses[],frame,contact_lenses[],supplements[]}.line_number"),
            lambda table: table.replace(";optician_phone;", ";optician_fone;"),
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._upload(change)

    def test_connection_with_an_operation_that_does_not_exist(self):
        platform = self.platform.with_company(self.company)
        self.assertTrue(platform.action_test_connection(), platform.diagnosis)
        platform.operation_names = "OPAMCREQ = Demnder"
        self.assertFalse(platform.action_test_connection())
        self.assertIn("Demnder", platform.diagnosis)
