from odoo.tests import tagged

from .quote_common import QuoteCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuoteQueries(QuoteCase):
    """A set of papers is read together: one more costs no query more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._know_tariffs()

    def _quoted(self):
        order = self._dossier({"sphere": -3.0})
        self._propose(order)
        self._checked(order)
        return order

    def _queries(self, report, orders):
        """The queries of a set's page, once templates and translations are read."""
        reports, counts = self.env["ir.actions.report"], []
        for _turn in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            html, _kind = reports._render_qweb_html(f"l10n_fr_optoamc.action_report_{report}", orders.ids)
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(html.count(b"Monture B adulte"), len(orders))
        return counts[-1]

    def test_a_set_of_quotes(self):
        orders = self.env["sale.order"].union(*(self._quoted() for _number in range(5)))
        self.assertEqual(len(orders.patient_id), 5)
        self.assertEqual(self._queries("legal_quote", orders), self._queries("legal_quote", orders[:2]))
        orders.action_confirm()
        self.assertEqual(self._queries("detailed_note", orders), self._queries("detailed_note", orders[:2]))
