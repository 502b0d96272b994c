import json

from odoo.tests import tagged

from ..models.request.states import TO_FOLLOW, TO_SEND
from .common import OptoamcCommon

CROWD = 100_000


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDispatchScale(OptoamcCommon):
    """A hundred thousand requests: the list and the dispatcher do not notice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        request = cls.env["optoamc.request"].create(
            {"order_id": cls.order.id, "contract_id": cls.order.patient_id.optoamc_contract_ids.id}
        )
        cls.env.flush_all()
        cls._crowd(request, 100)

    @classmethod
    def _crowd(cls, request, count):
        """Requests like this one: granted but for one in ten, which waits to be sent or to be asked about."""
        cls.env.cr.execute(
            """
            INSERT INTO optoamc_request (
                   name, kind, state, company_id, user_id, order_id, equipment_number, contract_id,
                   patient_id, insurer_id, platform_id, mode, next_poll_at, attempts, create_date)
            SELECT 'F' || number, 'quote',
                   CASE mod(number, 20) WHEN 0 THEN 'pending' WHEN 10 THEN 'queued' ELSE 'granted' END,
                   company_id, user_id, order_id, 1, contract_id, patient_id, insurer_id, %s, 'demo',
                   CASE WHEN mod(number, 10) = 0
                        THEN now() AT TIME ZONE 'UTC' + (number - 1000) * INTERVAL '1 minute' END, 1, now()
              FROM optoamc_request, generate_series(1, %s) AS number
             WHERE id = %s
            """,
            [cls.platform.id, count, request.id],
        )
        cls.env.cr.execute("ANALYZE optoamc_request")
        cls.env.invalidate_all()

    def _open_list(self):
        """What the web client reads to show the list's first page; returns the number of queries."""
        requests = self.env["optoamc.request"].with_user(self.optician)
        view = requests.get_view(view_type="list")
        fields = set(view["models"]["optoamc.request"]) & set(requests._fields)
        specification = {
            name: {"fields": {"display_name": {}}} if requests._fields[name].type == "many2one" else {}
            for name in fields
        }
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = requests.web_search_read([], specification, limit=80)
        self.assertEqual(len(found["records"]), 80)
        return self.env.cr.sql_log_count - before

    def test_list_of_100_000(self):
        few = self._open_list()
        few = self._open_list()  # caches are warm
        self._crowd(self.env["optoamc.request"].search([], order="id", limit=1), CROWD)
        self.assertLessEqual(self._open_list(), few)

    def test_selection_uses_its_index(self):
        self._crowd(self.env["optoamc.request"].search([], order="id", limit=1), CROWD)
        for states, index in ((TO_SEND, "to_send_idx"), (TO_FOLLOW, "to_follow_idx")):
            query = self.env["optoamc.request"]._due_query(self.platform, states, 16)
            self.env.cr.execute("EXPLAIN (FORMAT JSON) " + query.code, query.params)
            plan = json.dumps(self.env.cr.fetchone())
            self.assertIn(f"optoamc_request_{index}", plan)
            self.assertNotIn("Seq Scan", plan)
