"""A minimal request from the counter to the answer: what its profile holds back stands in the shop alone."""

import base64

import lxml.html
from odoo.tests import Form, tagged

from .dump import PREFIX, search_database
from .test_leak import Everything
from .test_transmission import TransmissionCase, told

#: Marks of what a minimal request never tells, and where alone each stands: the shop's own records.
PLACES = {
    "verre": "product_template.name sale_order_line.name optoamc_request_line.name",
    "designation": "sale_order_line.name",
    "monture": "product_template.name sale_order_line.name optoamc_request_line.name",
    "marque": "product_template.frame_brand",
    "reference": (
        "product_product.default_code product_template.default_code sale_order_line.name "
        "optoamc_request_line.catalogue_code"
    ),
    "prescripteur": "res_partner.name res_partner.lastname res_partner.complete_name",
    "note": "optoamc_prescription.note",
    "remarque": "sale_order.note",
}


def mark(name):
    return f"{PREFIX}{name}"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestWithheld(TransmissionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prescriber.write({"lastname": mark("prescripteur"), "name": f"Dr {mark('prescripteur')}"})
        own = {"name": mark("verre"), "default_code": mark("reference")}
        cls.articles["lens_p"].write(own)
        cls.articles["frame_b"].write(own | {"name": mark("monture"), "frame_brand": mark("marque")})

    def _marked(self):
        order = self._dossier("lens_p frame_b service prism early")
        order.prescription_id.note = mark("note")
        order.note = mark("remarque")
        order.order_line[0].name = mark("designation")
        return order

    def _screen(self, order):
        screen = Form(
            self.env["optoamc.request.wizard"].with_user(self.optician).with_context(default_order_id=order.id)
        ).save()
        if not screen.is_consent_given:
            screen.action_record_consent()
        return screen

    def _day(self):
        """Every way of a request: checked, quoted, granted, consulted, cancelled, refused, broken off, by mail."""
        order = self._marked()
        screen = self._screen(order)
        screen.action_check_rights()
        self._dispatch()
        for ask in ("action_request_quote", "action_request_coverage"):
            getattr(screen, ask)()
            self._dispatch()
            self.assertEqual(screen.state, "granted", screen.request_id.error_code)
        screen.action_consult()
        self._dispatch()
        screen.action_cancel()
        self._dispatch()
        self.assertEqual(screen.state, "cancelled")
        refused, waiting, mailed = self._marked(), self._marked(), self._marked()
        refused.patient_id.optoamc_contract_ids.member_number = "9999999999"
        screens = [self._screen(refused)]
        screens[0].action_request_coverage()
        self._dispatch()
        screens.append(self._screen(waiting))
        screens[1].action_request_coverage()
        self.insurer.optoamc_platform_id = False
        screens.append(self._screen(mailed))
        screens[2].action_request_coverage()
        self.assertEqual([one.state for one in screens], ["refused", "queued", "pending"])
        return (order | refused | waiting | mailed).optoamc_request_ids

    def test_what_is_held_back_stands_in_the_shops_own_records_alone(self):
        with Everything() as log:
            requests = self._day()
        found = search_database(self.env)
        self.assertEqual({name.removeprefix(PREFIX) for name in found}, set(PLACES))
        for name, allowed in PLACES.items():
            with self.subTest(name):
                self.assertLessEqual(found[mark(name)], set(allowed.split()))
        self.assertFalse([line[:500] for line in log.lines if PREFIX in line.lower()])
        self.assertTrue(any("optoamc" in line for line in log.lines))
        kinds = requests.sudo().exchange_ids
        self.assertGreaterEqual(set(kinds.mapped("kind")), {"OPAMCREQ", "OPAMCRSP", "OPAMCGET", "OPAMCDEL"})
        for exchange in kinds:
            text = base64.b64decode(exchange.xml or b"").decode()
            self.assertNotIn(PREFIX, text.lower())
            self.assertEqual(told(text), [], exchange.kind)

    def test_no_paper_of_a_request_says_more_than_its_profile(self):
        """Drawn up, sent, granted, refused, by mail: each bears the insurer's address."""
        requests = self._day()
        self.assertEqual(
            {request.state for request in requests}, {"granted", "cancelled", "refused", "queued", "pending"}
        )
        for request in requests:
            with self.subTest(request.state):
                html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                    "l10n_fr_optoamc.report_request", request.ids
                )
                text = html.decode()
                self.assertNotIn(PREFIX, text.lower())
                # Attributes hold numbers of records, any of which may be one of the secrets.
                words = lxml.html.fromstring(text).text_content()
                self.assertEqual(told(words), [])
                self.assertIn("VM1", words)
