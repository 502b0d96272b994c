from odoo.addons.mail.tests.common import MailCase
from odoo.tests import Form, tagged

from .quote_common import QuoteCase, pdf_text
from .tour_common import TourCase


class QuoteTourCase(QuoteCase, TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._know_tariffs()
        cls.optician.lang = "fr_FR"
        cls.order = cls._dossier({"sphere": -3.0})
        cls.order.partner_id.write({"lang": "fr_FR", "email": "fabienne@montfort.example"})

    def _sign(self):
        """From the quote of two offers to the signature, as the patient."""
        offer = self._propose(self.order)
        self._checked(self.order)
        self.start_tour(self.order.get_portal_url(), "optoamc_quote_portal")
        self.env.invalidate_all()
        self.assertEqual((offer.state, self.order.state), ("sale", "cancel"))
        self.assertEqual((offer.chosen_offer, offer.chosen_by), ("class_a", "Fabienne MONTFORT"))
        self.assertEqual(offer.chosen_on, offer.signed_on)
        signed = offer.message_ids.attachment_ids.filtered(lambda file: file.mimetype == "application/pdf")
        self.assertTrue(signed, "the signed quote is kept")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuoteTours(QuoteTourCase, MailCase):
    def test_from_the_prescription_to_the_signature(self):
        self.start_tour(f"/odoo/dossiers/{self.order.id}", "optoamc_quote_desk", login=self.optician.login)
        self.env.invalidate_all()
        self.assertFalse(self.order.quote_problems)
        self.assertEqual(self.order.variant_ids.optoamc_offer, "class_a")
        self.order.variant_ids.unlink()
        self._sign()

    def test_portal_without_a_class_a_offer(self):
        """Nobody signs for glasses before there is a legal quote."""
        self.assertFalse(self.order._has_to_be_signed())
        page = self.url_open(self.order.get_portal_url())
        self.assertNotIn("o_optoamc_legal_quote", page.text)
        self.assertNotIn("modalaccept-open", page.text)

    def test_portal_gives_the_legal_quote(self):
        self._propose(self.order)
        self._checked(self.order)
        page = self.url_open(self.order.get_portal_url(report_type="html"))
        self.assertIn("o_optoamc_legal_quote", page.text)
        self.assertNotIn("2225329", page.text)

    def test_mail(self):
        self._propose(self.order)
        self._checked(self.order)
        template = self.order._find_mail_template()
        self.assertEqual(template, self.env.ref("l10n_fr_optoamc.mail_template_legal_quote"))
        action = self.order.with_user(self.optician).action_quotation_send()
        context = action["context"] | {"force_report_rendering": True}
        composer = Form(self.env["mail.compose.message"].with_user(self.optician).with_context(**context))
        with self.mock_mail_gateway():
            composer.save()._action_send_mail()
        self.assertEqual(self.order.state, "sent")
        (mail,) = self._new_mails
        self.assertEqual(mail.recipient_ids, self.order.partner_id)
        self.assertIn(self.order.name, mail.subject)
        self.assertIn(f"access_token={self.order.access_token}", mail.body_html)  # leads to the page to sign on
        (paper,) = mail.attachment_ids
        self.assertEqual((paper.name, paper.mimetype), (f"Devis {self.order.name}.pdf", "application/pdf"))
        text = pdf_text(paper.raw)
        self.assertIn("Devis normalisé", text)
        self.assertLess(text.index("Partie 1"), text.index("Partie 2"))


@tagged("post_install_l10n", "post_install", "-at_install")
class TestQuotePhone(QuoteTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_signature_on_a_phone(self):
        self._sign()
