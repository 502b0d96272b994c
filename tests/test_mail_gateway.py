"""Mails from strangers, to whatever address of the database, do nothing with the module's records."""

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .access_common import AccessCase

MAIL = """From: {sender}
To: {to}
Subject: PEC n° 373 accordée
Message-ID: <{number}@stranger.example>
In-Reply-To: {reply}
References: {reply}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

STOP. Accordée. {{{{ object.patient_id.nir }}}}
"""


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMailGateway(AccessCase):
    roles = ("optician", "sales_manager")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].search([], limit=1) or cls.env["mail.alias.domain"].create(
            {"name": "shop.example"}
        )
        (cls.company | cls.other_company).alias_domain_id = cls.domain
        for role, user in cls.users.items():
            user.email = f"{role}@shop.example"
        cls.numbers = iter(range(1000))

    def _threads(self):
        """The module's records that have a history, from the registry."""
        names = [name for name in self.own_models() if hasattr(self.env[name], "message_process")]
        self.assertGreater(len(names), 3)
        return [self.own[name].sudo() for name in names if name in self.own]

    @mute_logger("odoo.addons.mail.models.mail_thread", "odoo.addons.mail.models.mail_mail")
    def _receive(self, sender, reply="<none@nowhere.example>", to=None, model=None):
        to = to or self.domain.catchall_email
        mail = MAIL.format(sender=sender, to=to, reply=reply, number=next(self.numbers))
        try:
            return self.env["mail.thread"].message_process(model, mail)
        except ValueError as error:  # nobody is there to take it
            self.assertIn("No possible route", str(error))
        return False

    def _whole(self, record):
        """All that is stored of a record."""
        self.env.flush_all()
        query = SQL("SELECT * FROM %s WHERE id = %s", SQL.identifier(record._table), record.id)
        return self.env.execute_query(query)

    def test_replies_to_the_records(self):
        """Also by who has seen the number of a message: it is in each mail that the record sent."""
        for record in self._threads():
            message = record.message_post(body="Bonjour", message_type="comment")
            before, count = self._whole(record), len(record.message_ids)
            for sender in ("stranger@elsewhere.example", self.users["sales_manager"].email_formatted):
                for to in (self.domain.catchall_email, f"nobody@{self.domain.name}"):
                    with self.subTest(model=record._name, sender=sender, to=to):
                        self._receive(sender, message.message_id, to)
                        self.env.invalidate_all()
                        self.assertEqual(len(record.message_ids), count)
                        self.assertEqual(self._whole(record), before)

    def test_a_colleague_may_answer(self):
        """As on the screen: a note in the history, which decides nothing."""
        consent = self.own["optoamc.consent"].sudo()
        message = consent.message_post(body="Bonjour", message_type="comment")
        before, count = self._whole(consent), len(consent.message_ids)
        self._receive(self.users["optician"].email_formatted, message.message_id)
        self.env.invalidate_all()
        self.assertEqual(len(consent.message_ids), count + 1)
        self.assertEqual(self._whole(consent)[0][0], before[0][0])

    def test_nothing_is_made_by_mail(self):
        """A mail server or an alias that somebody sets on one of the models."""
        for record in self._threads():
            model = self.env[record._name].sudo().with_context(active_test=False)
            count = model.search_count([])
            alias = self.env["mail.alias"].create(
                {
                    "alias_name": f"open-{record._table}",
                    "alias_model_id": self.env["ir.model"]._get(record._name).id,
                    "alias_contact": "everyone",
                    "alias_domain_id": self.domain.id,
                }
            )
            with self.subTest(model=record._name):
                self.assertFalse(self._receive("stranger@elsewhere.example", to=alias.alias_full_name))
                self.assertFalse(self._receive("stranger@elsewhere.example", model=record._name))
                self.assertFalse(self._receive(self.users["optician"].email_formatted, to=alias.alias_full_name))
                self.assertEqual(model.search_count([]), count)
