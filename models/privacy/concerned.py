"""The records that are about a person, found once before anything of them is erased."""

from __future__ import annotations

from dataclasses import dataclass

from odoo.fields import Domain
from odoo.models import BaseModel


@dataclass(frozen=True)
class Concerned:
    """Record sets, as superuser, of the person's contact, and of the dossiers and accounts of one company.

    Each shop answers for its own data: those of another are neither counted, kept nor erased with them.
    """

    person: BaseModel
    contacts: BaseModel  # the person, and the addresses below that are nobody's of their own
    dossiers: BaseModel  # sale.order, of which the person is the patient
    orders: BaseModel  # those, and what bears the person's name but is for somebody else
    moves: BaseModel  # entries that bear the name, and the invoices of the dossiers
    payments: BaseModel
    transactions: BaseModel
    prescriptions: BaseModel
    contracts: BaseModel
    cover: BaseModel  # contracts of others who depend on the person
    requests: BaseModel
    others_requests: BaseModel  # of the others' contracts: their messages name the person
    shares: BaseModel
    advice_lines: BaseModel  # lines of payment advices that are, or may be, about the person

    @classmethod
    def by(cls, person):
        """Find all of them that the company has.

        :param person: one contact, as superuser, with archived records, in the company concerned
        """
        contacts = person | _addresses(person)
        dossiers = _search(person, "sale.order", Domain("patient_id", "=", person.id))
        moves = _named(contacts, "account.move", "partner_id", "partner_shipping_id", "line_ids.partner_id")
        moves |= dossiers.invoice_ids
        contracts = _search(person, "optoamc.contract", Domain("partner_id", "=", person.id))
        cover = _search(person, "optoamc.contract", Domain("insured_id", "=", person.id)) - contracts
        requests = _search(person, "optoamc.request", Domain("patient_id", "=", person.id))
        shared = Domain("order_id", "in", dossiers.ids) | Domain("move_id", "in", moves.ids)
        shares = _search(person, "optoamc.share", shared)
        return cls(
            person=person,
            contacts=contacts,
            dossiers=dossiers,
            orders=dossiers
            | _named(contacts, "sale.order", "partner_id", "partner_invoice_id", "partner_shipping_id"),
            moves=moves,
            payments=_named(contacts, "account.payment", "partner_id"),
            transactions=_named(contacts, "payment.transaction", "partner_id"),
            prescriptions=_search(person, "optoamc.prescription", Domain("patient_id", "=", person.id)),
            contracts=contracts,
            cover=cover,
            requests=requests,
            others_requests=_search(person, "optoamc.request", Domain("contract_id", "in", cover.ids)) - requests,
            shares=shares,
            advice_lines=_advice_lines(shares, requests, contracts),
        )

    def with_history(self):
        """What has a chatter, files or open screens about the person: record sets, each of one model.

        The contact, which another shop may have as well, is not among them (:meth:`of_contact`).
        """
        return (
            self.dossiers,
            self.dossiers.order_line,
            self.moves,
            self.moves.line_ids,
            self.payments,
            self.transactions,
            self.prescriptions,
            self.contracts,
            self.requests,
            self.requests.line_ids,
            self.shares,
            self.advice_lines,
        )

    def of_contact(self):
        return self.contacts, self.contacts.user_ids


def _search(person, model, domain):
    return person.env[model].search(domain & Domain("company_id", "=", person.env.company.id))


def _named(contacts, model, *paths):
    return _search(contacts, model, Domain.OR([Domain(path, "in", contacts.ids) for path in paths]))


def _addresses(person):
    below = person.search([("id", "child_of", person.ids), ("id", "!=", person.id)])
    return below.filtered(
        lambda contact: not (contact._optoamc_logged_patient() or contact._optoamc_is_known_otherwise())
    )


def _advice_lines(shares, requests, contracts):
    """By the share, or by what a payer's file says: a line that nobody has matched yet."""
    numbers = {
        "pec_number": requests.mapped("pec_number"),
        "invoice_number": shares.move_id.mapped("name"),
        "member_number": contracts.mapped("member_number"),
    }
    domains = [Domain(name, "in", list(filter(None, values))) for name, values in numbers.items()]
    return _search(shares, "optoamc.remittance.line", Domain("share_id", "in", shares.ids) | Domain.OR(domains))
