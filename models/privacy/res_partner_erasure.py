from __future__ import annotations

from contextlib import ExitStack

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..mixin.erased_history import erase_company_history, erase_files, erase_history, erase_messages
from ..mixin.erased_screens import erase_screens
from ..request.states import AT_INSURER, FROZEN
from .concerned import Concerned

#: What erasure empties of the person's cover, and with what.
ERASED_FIELDS = {
    "nir": False,
    "birthdate": False,
    "card_birthdate": False,
    "birth_rank": 1,
    "insured_id": False,
    "beneficiary_quality": False,
    "amo_id": False,
    "insurance_nature": False,
    "exoneration": False,
    "last_equipment_typed_on": False,
    "last_equipment_source": False,
}

#: Types of fields in which a person is described, whichever app has them.
DESCRIBING = ("char", "text", "html", "binary", "json", "properties", "date", "many2many")

#: Described by these alone: where a record that is kept bears the name, they stay.
NAME = ("name", "lastname", "firstname")
ADDRESS = ("street", "street2", "zip", "city", "state_id", "country_id", "vat", "parent_id")

#: Not of the person: which language an invoice is printed in, and Odoo's own marks.
INDIFFERENT = ("lang", "tz", "signup_type", "color")


class ResPartner(models.Model):
    """A person forgotten by a shop: nothing is left but what the law wants kept (:meth:`_optoamc_kept_records`)."""

    _inherit = "res.partner"

    def _optoamc_erase_personal_data(self):
        """Forget the person in the company one works in; keep what the law wants kept, and say what (GDPR,
        article 17.3).

        Another shop of the database is another controller: its data stay, and as long as it has any, so does the
        contact's identity (:meth:`_optoamc_known_elsewhere`).

        Done again when the time of something kept is over: then that goes, too. Messages about those
        who depend on the person name the person: they go as well.

        :raises UserError: a request is open at the insurer
        """
        self.ensure_one()
        person = self.sudo().with_context(active_test=False, tracking_disable=True)
        concerned = Concerned.by(person)
        _end_requests(concerned)
        person.env["optoamc.consent"].search(person._optoamc_own_records_of("patient_id")).action_withdraw()
        kept = person._optoamc_kept_records(concerned)
        records_kept = _Kept(person.env, kept)
        _erase_health(concerned, records_kept)
        _erase_books(concerned, records_kept)
        shared = person._optoamc_known_elsewhere(concerned)
        if shared:
            concerned.contacts._optoamc_empty_company_values(person.env.company)
        elif not person._optoamc_is_known_otherwise():
            concerned.contacts.user_ids._optoamc_erase_login()
            concerned.contacts._optoamc_erase_correspondence()
            concerned.contacts._optoamc_erase_identity(person, records_kept)
        person.env.flush_all()
        _erase_traces(concerned, records_kept, shared)
        person.env["optoamc.kept.data"]._write_down(person, kept)
        # Files leave the disk when Odoo cleans up, not when they are deleted.
        person.env.ref("base.autovacuum_job")._trigger()

    def _optoamc_unbilled_agreements(self):
        """What insurers have granted for the person and still owe nothing of."""
        granted = Domain("state", "=", "granted") & Domain("kind", "=", "coverage")
        granted &= self._optoamc_own_records_of("patient_id")
        requests = self.env["optoamc.request"].sudo().search(granted & Domain("share_ids", "=", False))
        return requests.filtered(lambda request: request._books_open(request.mode))

    def _optoamc_erase_correspondence(self):
        """What the person wrote and was sent, wherever it is; to be called while the e-mail address is known."""
        env, addresses = self.env, [address for address in self.mapped("email_normalized") if address]
        written, sent = Domain("author_id", "in", self.ids), Domain("recipient_ids", "in", self.ids)
        for address in addresses:
            written |= Domain("email_from", "ilike", address)
            sent |= Domain("email_to", "ilike", address) | Domain("email_cc", "ilike", address)
        messages = env["mail.message"].search(written)
        messages |= env["mail.mail"].search(sent).mail_message_id
        # A copy that was signed comes with a message, and is kept with its order.
        erase_files(messages.attachment_ids.filtered(lambda file: file.res_model != "sale.order"))
        erase_messages(messages)
        env["mail.notification"].search([("res_partner_id", "in", self.ids)]).unlink()
        env["mail.followers"].search([("partner_id", "in", self.ids)]).unlink()
        env["discuss.channel.member"].search([("partner_id", "in", self.ids)]).unlink()
        env["mail.blacklist"].search([("email", "in", addresses)]).unlink()
        # What was said to open screens, of anybody, is kept for a day for those that lost the line.
        env["bus.bus"].search([]).unlink()

    def _optoamc_erase_identity(self, person, kept):
        """Empty all that describes these contacts, but the name and address that a record kept bears."""
        addressed = kept.bearers()
        # What another company keeps by law after an erasure of its own bears the name as well.
        for company in person._optoamc_kept_by() - self.env.company:
            theirs = person.with_company(company)
            addressed |= _Kept(theirs.env, theirs._optoamc_kept_records()).bearers().with_env(self.env)
        named = addressed | person if kept.prescription else addressed
        for account in self.bank_ids:
            account._optoamc_erase(kept.accounting)
        described = self._optoamc_describing_fields()
        for contact in self:
            spared = (NAME if contact in named else ()) + (ADDRESS if contact in addressed else ())
            values = dict.fromkeys((name for name in described if name not in spared), False)
            # What is kept for the law alone is out of the lists of everyday work.
            values["active"] = False
            if "name" in values:
                values["name"] = self.env._("Erased person %s", contact.id)
            # Odoo refuses to archive a contact with a login in use, and takes one that is archived for such.
            contact.with_context(active_test=True).write(values)
        self._optoamc_empty_company_values(self.env["res.company"].search([]))

    def _optoamc_describing_fields(self):
        """The fields that somebody typed about a contact, of whichever app."""
        return [
            name
            for name, field in self._fields.items()
            if field.store
            and not field.company_dependent
            and not (field.compute and field.readonly)
            and name not in INDIFFERENT
            # Emptied before, without working out again what they told.
            and name not in ERASED_FIELDS
            and (field.type in DESCRIBING or name in ADDRESS)
        ]

    def _optoamc_empty_company_values(self, companies):
        """The same for what each of these companies has its own value of."""
        for company in companies:
            contacts = self.with_company(company)
            for name, field in self._fields.items():
                if field.company_dependent and field.type in DESCRIBING:
                    contacts.filtered(name)[name] = False


class _Kept:
    """The records of each kind that are kept, maybe none."""

    def __init__(self, env, kept):
        nothing = {"accounting": "account.move", "contract": "sale.order", "prescription": "optoamc.prescription"}
        for kind, model in nothing.items():
            setattr(self, kind, kept[kind][0] if kind in kept else env[model])

    def bearers(self):
        """The contacts whose name and address an entry or an order bears."""
        moves, orders = self.accounting, self.contract
        bearers = moves.partner_id | moves.partner_shipping_id | moves.line_ids.partner_id
        bearers |= orders.partner_id | orders.partner_invoice_id | orders.partner_shipping_id
        return bearers | bearers.commercial_partner_id


def _end_requests(concerned):
    """Stop what has not left.

    :raises UserError: a request is open at the insurer
    """
    requests, others = concerned.requests, concerned.others_requests
    if open_ := (requests | others).filtered(lambda request: request.state in AT_INSURER)[:1]:
        raise UserError(
            open_.env._("%s is open at the insurer: wait for its answer or cancel it, then erase.", open_.display_name)
        )
    unsent = requests.filtered(lambda request: request.state == "draft")
    unsent |= (requests | others).filtered(lambda request: request.state in FROZEN)
    unsent._set_state("cancelled", next_poll_at=False)


def _erase_health(concerned, kept):
    """What the module itself holds; amounts that were agreed and booked stay."""
    person, env = concerned.person, concerned.person.env
    messages = Domain("patient_id", "=", person.id) | Domain("request_id", "in", concerned.others_requests.ids)
    # Checks of rights belong to no request.
    messages |= Domain("request_id", "=", False) & Domain("patient_id", "in", concerned.cover.partner_id.ids)
    own = Domain("company_id", "=", env.company.id)
    with ExitStack() as stable:
        stable.enter_context(concerned.dossiers._optoamc_keeping_amounts())
        # Worked out from the age, which goes.
        valid_until = concerned.prescriptions._fields["valid_until"]
        stable.enter_context(env.protecting([valid_until], kept.prescription))
        (concerned.prescriptions - kept.prescription)._erase()
        kept.prescription.note = False
        concerned.dossiers._optoamc_erase_health_data()
        concerned.requests._erase()
        env["optoamc.exchange"].search(own & messages)._erase()
        env["optoamc.rights.check"].search(own & Domain("contract_id.partner_id", "=", person.id)).unlink()
        concerned.contracts._erase()
        person.dependant_ids.insured_id = False
        person.write(ERASED_FIELDS)
        env.flush_all()


def _erase_books(concerned, kept):
    """The words typed and received about what was sold and paid; figures and numbers stay."""
    (concerned.orders - kept.contract)._optoamc_erase_agreement()
    concerned.moves._optoamc_erase_words(kept.accounting)
    # Without a share, an agreement's number is in no accounts.
    concerned.requests.filtered(lambda request: not request.share_ids).pec_number = False
    concerned.shares.reject_reason = False
    concerned.advice_lines._erase_person()
    concerned.payments._optoamc_erase_words()
    concerned.transactions._optoamc_erase_payer()
    tokens = concerned.contacts.env["payment.token"].search(
        [("partner_id", "in", concerned.contacts.ids), ("company_id", "=", concerned.person.env.company.id)]
    )
    tokens.write({"payment_details": False, "active": False})


def _erase_traces(concerned, kept, shared):
    """Screens, messages and files about the person.

    :param shared: the other companies that have the contact: what they wrote on it stays
    """
    env, person = concerned.person.env, concerned.person
    copies = kept.contract._optoamc_signed_copies() | kept.prescription.scan_ids
    own = concerned.with_history() if shared else (*concerned.of_contact(), *concerned.with_history())
    # The officer's own screen is open on the person, too.
    erase_screens(env, own, keep=("optoamc.privacy.request",))
    answers = env["optoamc.privacy.request"].search([("patient_id", "=", person.id)])
    answers.filtered(lambda answer: not (answer.create_uid.company_ids & shared)).file = False
    for records in own:
        erase_history(records, keep=copies)
    if shared:
        erase_company_history(concerned.contacts, env.company)
