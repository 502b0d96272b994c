from odoo import fields, models
from odoo.tools import format_date

from ..patient.optoamc_prescription_first import ADAPTED_FROM

#: A check that stops keeps the request from leaving; one that asks is confirmed by a person.
STOP, ASK = "stop", "ask"

#: Sources of the last equipment that nobody doubts.
CERTAIN = ("invoice", "card", "insurer")

#: Ages under which a patient is hardly ever the insured person.
INSURED_FROM = 16


class OptoamcRequest(models.Model):
    """What insurers refuse most and the dossier shows already: looked at before the request leaves.

    Each check belongs to a cause of the catalogue (``optoamc.reason``, kind *cause*), by its code. It reads the
    request's own lines: of a request that has left, what was asked, whatever the dossier says since.
    """

    _inherit = "optoamc.request"

    def _checks(self):
        """What an insurer would refuse, as far as the dossier shows it.

        :return: a list of dicts as those of :meth:`check`, with ``severity`` (:data:`STOP` or :data:`ASK`) and
            ``cause``
        """
        wrong = [item | {"severity": STOP} for item in self._sending_obstacles() if item["cause"]]
        return [*wrong, *self._findings()]

    def _findings(self):
        """See :meth:`_checks`; not what keeps a request from leaving for anybody."""
        self.ensure_one()
        if not self.contract_id or not self.order_id.optical_date:
            return []
        return [
            *self._check_cover(),
            *self._check_beneficiary(),
            *self._check_renewal(),
            *self._check_pieces(),
            *self._check_prices(),
            *self._check_codes(),
            *self._check_earlier_answers(),
        ]

    def _finding(self, cause, severity, record, field, reason, label=None):
        return {**self._obstacle(record, field, reason, label=label, cause=cause), "severity": severity}

    # -- rights -------------------------------------------------------------------------------

    def _check_cover(self):
        contract, day = self.contract_id, self.order_id.optical_date
        if contract.date_from and day < contract.date_from:
            words = self.env._(
                "the contract with %(insurer)s begins on %(day)s only",
                insurer=contract.insurer_id.name,
                day=format_date(self.env, contract.date_from),
            )
            yield self._finding("R01", STOP, contract, "date_from", words)
        if contract.date_to and contract.date_to < day:
            words = self.env._(
                "the contract with %(insurer)s ended on %(day)s",
                insurer=contract.insurer_id.name,
                day=format_date(self.env, contract.date_to),
            )
            yield self._finding("R01", STOP, contract, "date_to", words)
        if contract.portability_until and contract.portability_until < day:
            words = self.env._("the portability ended on %s", format_date(self.env, contract.portability_until))
            yield self._finding("R10", STOP, contract, "portability_until", words)
        if contract.rights_state == "closed":
            words = self.env._(
                "asked about %s, the insurer has answered that the rights are closed",
                format_date(self.env, contract.rights_date),
            )
            yield self._finding("R01", ASK, contract, "date_to", words)
        if self.insurer_id.delisted_on:
            words = self.env._("the platform's list has this insurer no more: its number may have changed")
            yield self._finding("R09", ASK, contract, "insurer_id", words)
        if self.insurer_id.is_amo:
            words = self.env._("this is a fund of the Assurance maladie, not a complementary insurer")
            yield self._finding("R08", ASK, contract, "insurer_id", words)

    def _check_beneficiary(self):
        contract, age = self.contract_id, self.order_id._optoamc_patient_age()
        patient = self.patient_id.sudo().with_company(self.company_id)
        if contract.rights_state == "unknown":
            words = self.env._("the insurer has answered that it does not know this member: compare with the card")
            yield self._finding("R02", ASK, contract, "member_number", words)
        if age is not None and age < INSURED_FROM and contract.relation == "insured":
            words = self.env._("the patient is %s years old and typed as the insured person: choose the parent", age)
            yield self._finding("R02", ASK, contract, "insured_id", words)
        if self._is_taken_for_twin(patient):
            words = self.env._(
                "somebody else of the contract has the same birth date: the birth rank tells them apart, and it has "
                "to be typed and sent"
            )
            yield self._finding("R02", ASK, self.patient_id, "birth_rank", words)
        before = self.order_id._optoamc_next_contract(self.equipment_number)
        if before and before.rank < contract.rank:
            if self.order_id._optoamc_outdated_requests(self.equipment_number).contract_id & before:
                words = self.env._(
                    "the dossier has changed since %s was asked, which comes first: cancel that request and ask again",
                    before.insurer_id.name,
                )
            else:
                words = self.env._("%s comes first and has not answered yet", before.insurer_id.name)
            yield self._finding("R02", ASK, contract, "rank", words)
        elif contract.rank > 1 and not self._is_first_known():
            words = self.env._(
                "of rank %s, and the patient has no contract of rank 1 on the day of the dossier: type the first "
                "insurer's, or correct the rank",
                contract.rank,
            )
            yield self._finding("R02", ASK, contract, "rank", words)

    def _is_first_known(self):
        """Whether the patient has an insurer that comes before this one on the day of the dossier."""
        order = self.order_id
        contracts = order.patient_id.with_company(order.company_id)._optoamc_current_contracts(order.optical_date)
        return any(contract.rank < self.contract_id.rank for contract in contracts)

    def _is_taken_for_twin(self, patient):
        """Whether what leaves does not tell the patient from somebody of the same contract, born on the same day."""
        contract = self.contract_id
        if not (contract.member_number and patient.birthdate):
            return False
        twins = self.env["optoamc.contract"].sudo().with_company(self.company_id)
        others = twins.search_fetch(
            [
                ("insurer_id", "=", contract.insurer_id.id),
                ("member_number", "=", contract.member_number),
                ("company_id", "=", self.company_id.id),
                ("partner_id", "!=", patient.id),
                ("partner_id.birthdate", "=", patient.birthdate),
            ],
            ["partner_id"],
        )
        is_sent = others and "beneficiary_birth_rank" in self._sent_options()
        return any(not (is_sent and person.birth_rank != patient.birth_rank) for person in others.partner_id)

    # -- renewal, prescription, codes ---------------------------------------------------------

    def _check_renewal(self):
        order = self._order_as_asked()
        if words := order._optoamc_not_due(self.equipment_number):
            is_certain = order.renewal_problem and order._optoamc_renewal_source() in CERTAIN
            is_stopped = is_certain and self.contract_id._is_responsible()
            # Where no reason is asked for, what mends it is to sell the lines at the patient's expense.
            place = "renewal_case" if order.renewal_problem else "order_line"
            yield self._finding("R03", STOP if is_stopped else ASK, self.order_id, place, words)
        if any(self.line_ids.order_line_id.mapped("is_own_expense")):
            words = self.env._("sold at the patient's expense: nothing is asked for it")
            yield self._finding("R03", ASK, self.order_id, "order_line", words)

    def _check_pieces(self):
        order = self.order_id
        prescription = self.prescription_id
        if not prescription and not order.is_replacement:
            words = self.env._("no prescription in the dossier: the insurer may ask for it")
            yield self._finding("R05", ASK, order, "prescription_id", words)
        if lacking := prescription._agreement_lacks():
            field, words = lacking
            yield self._finding("R05", STOP, prescription, field, words)
        age = order._optoamc_patient_age()
        if age is not None and age < ADAPTED_FROM and prescription._is_adapted():
            words = self.env._(
                "the patient is %(age)s years old: under %(from)s an optician adapts no correction, with an agreement "
                "or without; a new prescription is needed",
                **{"age": age, "from": ADAPTED_FROM},
            )
            field = "is_adapted_first" if prescription.is_adapted_first else "renewal"
            yield self._finding("R07", STOP, prescription, field, words)
        delivery = fields.Date.to_date(order.commitment_date) if order.commitment_date else False
        until = prescription.valid_until
        if delivery and until and delivery > until and not order.is_replacement:
            words = self.env._("it will have expired on the day of delivery (%s)", format_date(self.env, delivery))
            yield self._finding("R07", ASK, order, "prescription_id", words)

    def _check_prices(self):
        for line in self.line_ids:
            lpp = line._lpp().with_company(self.company_id)
            if reason := lpp._price_problem(line.price, line.quantity, self.order_id.optical_date):
                yield self._finding("R04", STOP, self.order_id, "order_line", reason, label=line.name)

    def _check_codes(self):
        order, age = self.order_id, self.order_id._optoamc_patient_age()
        if self.contract_id._is_c2s() and any(line._lpp().product_class == "B" for line in self.line_ids):
            words = self.env._("with the C2S only class A is covered in full: the patient pays the rest of class B")
            yield self._finding("R11", ASK, order, "order_line", words)
        for line in self.line_ids:
            lpp = line._lpp()
            if reason := lpp._age_problem(age, order.patient_id.name):
                yield self._finding("R06", ASK, order, "order_line", reason, label=line.name)
            if line.optical_category == "lens" and not lpp._fits_correction(line._correction()):
                words = self.env._("the code %s is for another correction", lpp.code)
                yield self._finding("R06", ASK, order, "order_line", words, label=line.name)


class OptoamcRequestLine(models.Model):
    _inherit = "optoamc.request.line"

    def _lpp(self):
        """The code that the line is asked under: one that has left keeps it."""
        own = self.order_line_id.lpp_id.sudo()
        if self.lpp_code in (False, own.code):
            return own
        return own.search([("code", "=", self.lpp_code)], limit=1)
