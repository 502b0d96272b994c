"""What screens and lists ask the database does not grow with the codes, the shops and the years behind them."""

import json
from unittest.mock import patch

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import KNOWN, OptoamcCommon

FEW, MANY = 2, 6

#: So many requests of years that are over.
CROWD = 20_000


@tagged("post_install_l10n", "post_install", "-at_install")
class TestScreenQueries(OptoamcCommon):
    def _count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        return self.env.cr.sql_log_count - before

    def test_dossiers_of_other_codes(self):
        """The tariffs of all the codes of a list are read together."""
        lpps = self.env["optoamc.lpp"].search([("category", "=", "lens"), ("price_ids", "!=", False)], limit=MANY)
        self.assertEqual(len(lpps), MANY)
        orders = self.env["sale.order"]
        for lpp in lpps:
            order = self._new_dossier(KNOWN)
            order.order_line[0].lpp_id = lpp
            orders |= order
        orders = orders.with_user(self.optician)

        def opened(count):
            return self._count(
                lambda: orders.browse().web_search_read(
                    [("id", "in", orders[:count].ids)], {"name": {}, "has_unknown_amo": {}}
                )
            )

        opened(1)  # fills the caches of the process
        self.assertEqual(opened(FEW), opened(MANY))

    def test_patients_form_looks_at_no_shop(self):
        """Which shops there are is a question about insurers, and for who may edit them."""
        companies = type(self.env["res.company"])
        with patch.object(
            companies, "_optoamc_shops", autospec=True, side_effect=companies._optoamc_shops
        ) as looked_at:
            for user, partner in ((self.optician, self.order.patient_id), (self.optician, self.insurer)):
                self.assertFalse(partner.with_user(user).can_edit_insurer)
            looked_at.assert_not_called()
            self.assertTrue(self.insurer.sudo().can_edit_insurer)
            looked_at.assert_called_once()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCountsOfYears(OptoamcCommon):
    """The counts above the list of requests, after years: of what is left to do, found without a look at the rest."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        request = cls.env["optoamc.request"].create(
            {"order_id": cls.order.id, "contract_id": cls.order.patient_id.optoamc_contract_ids.id}
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            """
            INSERT INTO optoamc_request (
                   name, kind, state, transferred, company_id, user_id, order_id, equipment_number, contract_id,
                   patient_id, insurer_id, create_date)
            SELECT 'F' || number, 'coverage', 'granted', true, company_id, user_id, order_id, number, contract_id,
                   patient_id, insurer_id, now()
              FROM optoamc_request, generate_series(2, %s) AS number
             WHERE id = %s
            """,
            [CROWD, request.id],
        )
        cls.env.cr.execute("ANALYZE optoamc_request")
        cls.env.invalidate_all()

    def _filter(self, name):
        """The domain of a filter of the list."""
        view = self.env["optoamc.request"].get_views([(False, "search")])["views"]["search"]["arch"]
        text = view.split(f'name="{name}"')[1].split('domain="')[1].split('"')[0]
        return Domain(safe_eval(text.replace("&amp;", "&").replace("&lt;", "<")))

    def _plan(self, name):
        """How the database would find what a filter shows."""
        requests = self.env["optoamc.request"].with_user(self.optician)
        query = requests._search(self._filter(name)).select("COUNT(*)")
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
        found = Domain("order_id", "=", self.order.id) & self._filter("to_transfer")
        self.assertFalse(requests.search(found))
        last = requests.search([("order_id", "=", self.order.id)], limit=1)
        # Past the dossier's other requests, which are more than any has: each would be compared with it again.
        self.env.cr.execute("UPDATE optoamc_request SET transferred = false WHERE id = %s", [last.id])
        self.assertEqual(requests.search(found), last)
        self.env.cr.execute("UPDATE sale_order SET state = 'cancel' WHERE id = %s", [self.order.id])
        self.assertFalse(requests.search(found))

    def test_latest(self):
        """Of each equipment and contract, what was asked last."""
        requests = self.env["optoamc.request"].with_user(self.optician)
        mine = Domain("order_id", "=", self.order.id)
        again = self._new_request()
        first = requests.search(mine & Domain("equipment_number", "=", 1), order="id", limit=1)
        self.assertEqual(requests.search_count(mine & Domain("is_latest", "=", True)), CROWD)
        self.assertEqual(requests.search(mine & Domain("is_latest", "=", False)), first)
        self.assertEqual((first.is_latest, again.is_latest), (False, True))
        self.assertEqual((first | again).filtered_domain([("is_latest", "=", True)]), again)
