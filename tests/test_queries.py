"""How much the desk, the lists and the dispatcher ask the database: it does not grow with what else there is."""

from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from ..lib.protocol.codec import Codec
from ..lib.protocol.messages import MessageKind
from ..models.mixin.read_ahead import read_whole
from ..models.request.call import Outcome
from .common import KNOWN, OptoamcCommon

FEW, MANY = 10, 80

#: Of which a copy of a row has its own, or none.
_OWN = {"id", "order_id", "request_id", "order_line_id", "exchange_id", "name"}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQueries(OptoamcCommon):
    @classmethod
    def _ask(cls, order):
        """The screen of a dossier, as a click on its button opens it."""
        action = order.action_optoamc_open_pec()
        screen = cls.env["optoamc.request.wizard"].with_user(cls.optician).browse(action["res_id"])
        screen.web_read(
            {name: {} for name in screen._fields if screen._has_field_access(screen._fields[name], "read")}
        )
        return screen

    def _count(self, work, *, is_cold=True):
        """The queries of some work, what it leaves to be written included."""
        self.env.flush_all()
        if is_cold:
            self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    # -- asking -------------------------------------------------------------------------------

    def test_asking(self):
        """One query a table that is read and that is written; where the screen was just read, the latter alone."""
        first, cold = (self._ask(self._new_dossier(KNOWN).with_user(self.optician)) for _turn in range(2))
        self._count(first.action_request_coverage)  # fills the caches of the process
        self.assertLessEqual(self._count(cold.action_request_coverage), 32)
        read = self._ask(self._new_dossier(KNOWN).with_user(self.optician))
        self.assertLessEqual(self._count(read.action_request_coverage, is_cold=False), 11)
        self.assertEqual((read | cold).mapped("state"), ["queued", "queued"])

    def test_screen(self):
        first, order = (self._new_dossier(KNOWN).with_user(self.optician) for _turn in range(2))
        self._count(lambda: self._ask(first))
        self.assertLessEqual(self._count(lambda: self._ask(order)), 31)

    def test_message_is_built_and_checked_once(self):
        screen = self._ask(self._new_dossier(KNOWN).with_user(self.optician))
        requests = type(self.env["optoamc.request"])
        with (
            patch.object(
                requests, "_coverage_message", autospec=True, side_effect=requests._coverage_message
            ) as built,
            patch.object(requests, "_findings", autospec=True, side_effect=requests._findings) as checked,
            patch.object(Codec, "prepare", autospec=True, side_effect=Codec.prepare) as prepared,
            patch.object(requests, "_dossier", autospec=True, side_effect=requests._dossier) as compared,
        ):
            screen.action_request_coverage()
            self.env.flush_all()
        calls = [mock.call_count for mock in (built, checked, prepared, compared)]
        self.assertEqual(calls, [1, 1, 1, 0])

    def test_screen_looks_at_the_dossier_once(self):
        order = self._new_dossier(KNOWN).with_user(self.optician)
        requests = type(self.env["optoamc.request"])
        with patch.object(requests, "_findings", autospec=True, side_effect=requests._findings) as checked:
            self._ask(order)
        self.assertEqual(checked.call_count, 1)

    def test_asking_works_out_no_payments(self):
        """A question changes nothing of who pays what; what was changed just before it is worked out all the same."""
        order = self._new_dossier(KNOWN).with_user(self.optician)
        screen = self._ask(order)
        self.env.flush_all()
        lines = type(self.env["sale.order.line"])
        with patch.object(
            lines, "_compute_amc_amount", autospec=True, side_effect=lines._compute_amc_amount
        ) as worked_out:
            screen.action_request_coverage()
            self.env.flush_all()
        worked_out.assert_not_called()
        other = self._new_dossier(KNOWN)
        total = other.patient_total
        other.order_line[:1].price_unit += 10.0
        self._new_request(other).action_send()
        self.assertAlmostEqual(other.patient_total, total + 10.0)

    def test_what_was_read_is_not_looked_at_again(self):
        """Asking reads ahead where it begins and where it is checked: the second time, not even the rights."""
        order = self._new_dossier(KNOWN).with_user(self.optician)
        read_whole(order)
        with patch.object(type(order), "fetch", autospec=True) as fetched:
            read_whole(order)
        fetched.assert_called_once_with(order, [])

    def test_asking_empties_no_cache(self):
        """A click empties the caches of all processes only where a code is confirmed for the first time."""
        screen = self._ask(self._new_dossier(KNOWN).with_user(self.optician))
        with patch.object(type(self.env.registry), "clear_cache", autospec=True) as emptied:
            screen.action_request_coverage()
        emptied.assert_not_called()

    def _drafts(self, count, member=KNOWN):
        requests = self.env["optoamc.request"].with_user(self.optician)
        for _number in range(count):
            requests |= self._new_request(self._new_dossier(member))
        return requests

    def test_asking_many(self):
        """A request more costs what is looked for about its patient alone."""

        def asked(count):
            requests = self._drafts(count)
            queries = self._count(requests.action_send)
            self.assertEqual(set(requests.mapped("state")), {"queued"})
            return queries

        asked(1)  # fills the caches of the process
        few, many = asked(2), asked(6)
        self.assertLessEqual((many - few) / 4, 2)

    # -- lists --------------------------------------------------------------------------------

    def _multiply(self, request, count):
        """As many dossiers like that of a request, with such a request."""
        env = self.env
        env.flush_all()
        order, line = env["sale.order"], env["sale.order.line"]
        asked, piece = env["optoamc.request"], env["optoamc.request.line"]
        columns = {
            model._name: [
                name for name, field in model._fields.items() if field.store and field.column_type and name not in _OWN
            ]
            for model in (order, line, asked, piece)
        }

        def insert(model, source, **own):
            names = columns[model._name]
            query = SQL(
                "INSERT INTO %s (%s, %s) SELECT %s, %s FROM %s RETURNING id",
                SQL.identifier(model._table),
                SQL(", ").join(map(SQL.identifier, own)),
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(own.values()),
                SQL(", ").join(SQL.identifier("old", name) for name in names),
                source,
            )
            return [row[0] for row in env.execute_query(query)]

        orders = insert(
            order,
            SQL("sale_order AS old, generate_series(1, %s) AS number WHERE old.id = %s", count, request.order_id.id),
            name=SQL("'COPY' || number"),
        )
        insert(
            line,
            SQL(
                "sale_order_line AS old, sale_order AS own WHERE old.order_id = %s AND own.id = ANY(%s)",
                request.order_id.id,
                orders,
            ),
            order_id=SQL("own.id"),
            name=SQL("old.name"),
        )
        requests = insert(
            asked,
            SQL(
                "optoamc_request AS old, sale_order AS own WHERE old.id = %s AND own.id = ANY(%s)", request.id, orders
            ),
            order_id=SQL("own.id"),
            name=SQL("own.name"),
        )
        insert(
            piece,
            SQL(
                "optoamc_request_line AS old JOIN sale_order_line AS asked ON asked.id = old.order_line_id, "
                "optoamc_request AS own JOIN sale_order_line AS line ON line.order_id = own.order_id "
                "WHERE old.request_id = %s AND own.id = ANY(%s) AND line.sequence = asked.sequence",
                request.id,
                requests,
            ),
            request_id=SQL("own.id"),
            order_line_id=SQL("line.id"),
            name=SQL("old.name"),
        )
        env.invalidate_all()
        return asked.browse(requests)

    def _asked(self, count, member=KNOWN):
        """Requests that wait to be sent."""
        requests = self._drafts(count, member)
        requests.action_send()
        return requests.sudo()

    def _open_list(self, model, view, domain, limit):
        """What the web client reads for the first page of a list; returns the queries."""
        view_id = self.env.ref(f"l10n_fr_optoamc.{view}").id
        shown = model.get_view(view_id, "list")["models"][model._name]
        names = [name for name in shown if name in model._fields]
        links = {name for name in names if model._fields[name].type == "many2one"}
        specification = {name: {"fields": {"display_name": {}}} if name in links else {} for name in names}
        found = []
        queries = self._count(
            lambda: found.extend(model.web_search_read(domain, specification, limit=limit)["records"])
        )
        self.assertEqual(len(found), limit)
        return queries

    def _assert_flat(self, count):
        """As many queries for many as for few, once the caches of the process are filled."""
        count(MANY)
        self.assertEqual(count(FEW), count(MANY))

    def test_list_of_requests(self):
        requests = self._multiply(self._granted(), MANY)
        model, domain = requests.with_user(self.optician).browse(), [("id", "in", requests.ids)]
        self._assert_flat(lambda limit: self._open_list(model, "optoamc_request_view_list", domain, limit))

    def test_list_of_dossiers(self):
        orders = self._multiply(self._granted(), MANY).order_id
        model, domain = orders.with_user(self.optician).browse(), [("id", "in", orders.ids)]
        self._assert_flat(lambda limit: self._open_list(model, "sale_order_view_list_dossier", domain, limit))

    def test_staleness(self):
        """What was asked is compared with 80 dossiers in as many queries as with 10."""
        requests = self._multiply(self._granted(), MANY).sudo()

        def compared(count):
            def compare():
                self.env.add_to_compute(requests._fields["is_stale"], requests[:count])

            return self._count(compare)

        self._assert_flat(compared)
        self.assertFalse(any(requests.mapped("is_stale")))

    def _granted(self):
        request = self._asked(1)
        self._dispatch()
        self.assertEqual(request.state, "granted")
        return request

    # -- the dispatcher -----------------------------------------------------------------------

    def test_claim(self):
        """A claim asks the database as often for many as for few: their consents are read together, too."""

        def claimed(count):
            requests = self._asked(count)
            calls = []
            until = fields.Datetime.now()
            queries = self._count(lambda: calls.extend(requests._prepare_calls(until)))
            self.assertEqual(len(calls), count)
            return queries

        claimed(1)
        few = claimed(2)
        self.assertEqual(few, claimed(6))
        self.assertLessEqual(few, 14)

    def _claimed(self, request):
        """What leaves for a request, and the queries of claiming it."""
        calls = []
        queries = self._count(lambda: calls.extend(request._prepare_calls(fields.Datetime.now())))
        [call] = calls
        return call, queries

    def _received(self, request, call):
        """The queries of receiving what a call brings, as the dispatcher does."""
        reply = call.send()
        outcome = Outcome(call, reply, call.understand(reply), None, 0.1)
        later = request.with_context(tracking_disable=True, optoamc_notify_later=True)
        return self._count(lambda: later._receive_locked(outcome))

    def test_answer(self):
        """An answer is one commit: all that it takes."""
        counts = []
        for _turn in range(2):
            request = self._asked(1)
            call, _queries = self._claimed(request)
            counts.append(self._received(request, call))
            self.assertEqual(request.state, "granted")
        self.assertLessEqual(counts[-1], 14)

    def test_polling(self):
        """What is asked again and again costs the least: a question, and that nothing is new."""
        counts = []
        for _turn in range(2):
            request = self._asked(1, "1012345682")  # never decided
            self._received(request, self._claimed(request)[0])
            self.assertEqual(request.state, "pending")
            call, queries = self._claimed(request)
            counts = [queries, self._received(request, call)]
            self.assertEqual(call.kind, MessageKind.CONSULTATION)
            self.assertEqual(request.state, "pending")
        self.assertLessEqual(counts[0], 11)
        self.assertLessEqual(counts[1], 5)

    def test_transferring(self):
        counts = []
        for _turn in range(2):
            request = self._granted().with_user(self.optician)
            counts.append(self._count(request.action_transfer))
            self.assertTrue(request.transferred)
            self.assertEqual(request.order_id.amc_total, request.granted_total)
        self.assertLessEqual(counts[-1], 12)

    def test_consulting(self):
        request = self._granted().with_user(self.optician)
        self._count(request.action_consult)
        self.assertLessEqual(self._count(request.action_consult), 5)
