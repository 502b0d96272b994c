import json

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..models.request.states import TO_FOLLOW, TO_SEND
from .common import OptoamcCommon

#: So many requests has a shop after years, and so many of its dossiers are looked through.
CROWD, DOSSIERS = 100_000, 20_000


@tagged("post_install_l10n", "post_install", "-at_install")
class TestScale(OptoamcCommon):
    """A hundred thousand requests: lists, the counts above them and the dispatcher do not notice.

    What is left to do is found without a look at the rest.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        request = cls.env["optoamc.request"].create(
            {"order_id": cls.order.id, "contract_id": cls.order.patient_id.optoamc_contract_ids.id}
        )
        cls.env.flush_all()
        cls._crowd_of_dossiers()
        cls._crowd(request, 1, 400)
        cls._open_list()
        cls.few = cls._open_list()  # caches are warm
        cls._crowd(request, 401, CROWD)

    @classmethod
    def _crowd(cls, request, first, last):
        """Requests like this one, of the crowd of dossiers: granted and transferred, but for a few that wait."""
        cls.env.cr.execute(
            """
            INSERT INTO optoamc_request (
                   name, kind, state, transferred, company_id, user_id, order_id, equipment_number, contract_id,
                   patient_id, insurer_id, platform_id, mode, next_poll_at, attempts, create_date)
            SELECT 'F' || number, 'coverage',
                   CASE mod(number, 400) WHEN 0 THEN 'pending' WHEN 200 THEN 'queued' ELSE 'granted' END,
                   mod(number, 200) <> 0, model.company_id, model.user_id, dossiers.ids[1 + mod(number, %s)],
                   number, contract_id,
                   model.patient_id, insurer_id, %s, 'demo',
                   CASE WHEN mod(number, 200) = 0
                        THEN now() AT TIME ZONE 'UTC' + (number - 1000) * INTERVAL '1 minute' END, 1, now()
              FROM optoamc_request AS model, generate_series(%s, %s) AS number,
                   (SELECT array_agg(id) AS ids FROM sale_order WHERE name LIKE 'CROWD%%') AS dossiers
             WHERE model.id = %s
            """,
            [DOSSIERS, cls.platform.id, first, last, request.id],
        )
        cls.env.cr.execute("ANALYZE optoamc_request")
        cls.env.invalidate_all()

    @classmethod
    def _crowd_of_dossiers(cls):
        """Dossiers of other days, without anything of their own."""
        cls.env.cr.execute(
            """
            INSERT INTO sale_order (
                   name, state, company_id, currency_id, partner_id, partner_invoice_id, partner_shipping_id,
                   patient_id, date_order, optical_date)
            SELECT 'CROWD' || number, 'sale', company_id, currency_id, partner_id, partner_invoice_id,
                   partner_shipping_id, patient_id, date_order, optical_date - 1 - mod(number, 700)
              FROM sale_order, generate_series(1, %s) AS number
             WHERE id = %s
            """,
            [DOSSIERS, cls.order.id],
        )
        cls.env.cr.execute("ANALYZE sale_order")

    @classmethod
    def _open_list(cls):
        """What the web client reads to show the list's first page; returns the number of queries."""
        requests = cls.env["optoamc.request"].with_user(cls.optician)
        view = requests.get_view(view_type="list")
        fields = set(view["models"]["optoamc.request"]) & set(requests._fields)
        specification = {
            name: {"fields": {"display_name": {}}} if requests._fields[name].type == "many2one" else {}
            for name in fields
        }
        cls.env.invalidate_all()
        before = cls.env.cr.sql_log_count
        found = requests.web_search_read([], specification, limit=80)
        assert len(found["records"]) == 80
        return cls.env.cr.sql_log_count - before

    def test_list_of_100_000(self):
        self._open_list()
        self.assertLessEqual(self._open_list(), self.few)

    def test_selection_uses_its_index(self):
        for states, index in ((TO_SEND, "to_send_idx"), (TO_FOLLOW, "to_follow_idx")):
            query = self.env["optoamc.request"]._due_query(self.platform, states, 16)
            self.env.cr.execute("EXPLAIN (FORMAT JSON) " + query.code, query.params)
            plan = json.dumps(self.env.cr.fetchone())
            self.assertIn(f"optoamc_request_{index}", plan)
            self.assertNotIn("Seq Scan", plan)

    def test_day(self):
        """What the app opens on."""
        plan = self._plan("day", "sale.order", view="l10n_fr_optoamc.sale_order_view_search_dossier")
        for index in (
            "optoamc_request__state_index",
            "optoamc_request_answered_idx",
            "sale_order__optical_date_index",
        ):
            self.assertIn(index, plan)
        self.assertNotIn("SubPlan", plan, "each dossier would be looked at")

    def _filter(self, name, model="optoamc.request", view=False):
        """The domain of a filter of a list."""
        view = self.env[model].with_user(self.optician).get_view(view and self.env.ref(view).id, "search")["arch"]
        text = view.split(f'name="{name}"')[1].split('domain="')[1].split('"')[0]
        return Domain(safe_eval(text.replace("&amp;", "&").replace("&lt;", "<")))

    def _plan(self, name, model="optoamc.request", **more):
        """How the database would find what a filter shows."""
        records = self.env[model].with_user(self.optician)
        query = records._search(self._filter(name, model, **more)).select("COUNT(*)")
        self.env.cr.execute("EXPLAIN (FORMAT JSON) " + query.code, query.params)
        return json.dumps(self.env.cr.fetchone())

    def _indexes(self, plan):
        return {name for name in ("stale_idx", "_state_index", "to_transfer_idx") if f"optoamc_request_{name}" in plan}

    def test_to_do(self):
        plan = self._plan("to_do")
        self.assertEqual(self._indexes(plan), {"stale_idx", "_state_index"})
        self.assertNotIn("HashAggregate", plan)

    def test_to_transfer(self):
        """Neither all requests nor all dossiers are looked through."""
        plan = self._plan("to_transfer")
        self.assertEqual(self._indexes(plan), {"to_transfer_idx"})
        requests = self.env["optoamc.request"].with_user(self.optician)
        last = requests.search([("transferred", "=", True)], limit=1)
        found = Domain("order_id", "=", last.order_id.id) & self._filter("to_transfer")
        self.assertFalse(requests.search(found))
        self.env.cr.execute("UPDATE optoamc_request SET transferred = false WHERE id = %s", [last.id])
        self.assertEqual(requests.search(found), last)
        self.env.cr.execute("UPDATE sale_order SET state = 'cancel' WHERE id = %s", [last.order_id.id])
        self.assertFalse(requests.search(found))

    def test_latest(self):
        """Of each equipment and contract, what was asked last."""
        requests = self.env["optoamc.request"].with_user(self.optician)
        mine = Domain("order_id", "=", self.order.id)
        first, again = requests.search(mine), self._new_request()
        self.assertEqual(requests.search_count([("is_latest", "=", True)]), CROWD + 1)
        self.assertEqual(requests.search(mine & Domain("is_latest", "=", False)), first)
        self.assertEqual((first.is_latest, again.is_latest), (False, True))
        self.assertEqual((first | again).filtered_domain([("is_latest", "=", True)]), again)
