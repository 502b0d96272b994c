from odoo import fields, models
from odoo.tools import format_date

from ...lib.lpp.coding import parse_range, positive_cylinder
from .states import ACTIVE

#: A check that stops keeps the request from leaving; one that asks is confirmed by a person.
STOP, ASK = "stop", "ask"

#: Sources of the last equipment that nobody doubts.
CERTAIN = ("invoice", "card", "insurer")

#: Ages under which a patient is hardly ever the insured person.
INSURED_FROM = 16


class OptoamcRequest(models.Model):
    """What insurers refuse most and the dossier shows already: looked at before the request leaves.

    Each check belongs to a cause of the catalogue (``optoamc.reason``, kind *cause*), by its code.
    """

    _inherit = "optoamc.request"

    def _obstacles(self):
        return [*super()._obstacles(), *(item for item in self._checks() if item["severity"] == STOP)]

    def _checks(self):
        """What an insurer would refuse, as far as the dossier shows it.

        :return: a list of dicts as those of :meth:`check`, with ``severity`` (:data:`STOP` or :data:`ASK`) and
            ``cause``
        """
        self.ensure_one()
        if not self.contract_id or not self.order_id.optical_date:
            return []
        return [
            *self._check_cover(),
            *self._check_beneficiary(),
            *self._check_renewal(),
            *self._check_pieces(),
            *self._check_codes(),
            *self._check_earlier_answers(),
        ]

    def _finding(self, cause, severity, record, field, reason):
        return {**self._obstacle(record, field, f"{reason} ({cause})"), "severity": severity, "cause": cause}

    # -- rights -------------------------------------------------------------------------------

    def _check_cover(self):
        contract, day = self.contract_id, self.order_id.optical_date
        if contract.date_from and day < contract.date_from:
            words = self.env._("the contract begins on %s only", format_date(self.env, contract.date_from))
            yield self._finding("R01", STOP, contract, "date_from", words)
        if contract.date_to and contract.date_to < day:
            words = self.env._("the contract ended on %s", format_date(self.env, contract.date_to))
            yield self._finding("R01", STOP, contract, "date_to", words)
        if contract.portability_until and contract.portability_until < day:
            words = self.env._("the portability ended on %s", format_date(self.env, contract.portability_until))
            yield self._finding("R10", STOP, contract, "portability_until", words)
        if contract.rights_state == "closed" and contract.rights_date == day:
            words = self.env._("the insurer has answered that the rights are closed on this day")
            yield self._finding("R01", ASK, contract, "date_to", words)
        if contract.insurer_id.delisted_on:
            words = self.env._("the platform's list has this insurer no more: its number may have changed")
            yield self._finding("R09", ASK, contract, "insurer_id", words)
        if contract.insurer_id.is_amo:
            words = self.env._("this is a fund of the Assurance maladie, not a complementary insurer")
            yield self._finding("R08", ASK, contract, "insurer_id", words)

    def _check_beneficiary(self):
        contract, day = self.contract_id, self.order_id.optical_date
        patient = self.patient_id.sudo().with_company(self.company_id)
        age = patient._optoamc_age_on(day) if patient else None
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
            words = self.env._("%s comes first and has not answered yet", before.insurer_id.name)
            yield self._finding("R02", ASK, contract, "rank", words)

    def _is_taken_for_twin(self, patient):
        """Whether what leaves does not tell the patient from somebody of the same contract, born on the same day."""
        contract = self.contract_id
        if not (contract.member_number and patient.birthdate):
            return False
        others = (
            self.env["optoamc.contract"]
            .sudo()
            .search(
                [
                    ("insurer_id", "=", contract.insurer_id.id),
                    ("member_number", "=", contract.member_number),
                    ("company_id", "=", self.company_id.id),
                    ("partner_id", "!=", patient.id),
                ]
            )
        )
        is_sent = "beneficiary_birth_rank" in self._sent_options()
        return any(
            person.birthdate == patient.birthdate and not (is_sent and person.birth_rank != patient.birth_rank)
            for person in others.partner_id.with_company(self.company_id)
        )

    # -- renewal, prescription, codes ---------------------------------------------------------

    def _check_renewal(self):
        order = self.order_id
        if problem := self.equipment_kind != "contact_lenses" and order.renewal_problem:
            is_certain = order._optoamc_renewal_source() in CERTAIN and self.contract_id._is_responsible()
            words = self.env._(
                "%(problem)s; usually from %(day)s on",
                problem=problem,
                day=format_date(self.env, order.renewable_from),
            )
            yield self._finding("R03", STOP if is_certain else ASK, order, "renewal_case", words)

    def _check_pieces(self):
        order = self.order_id
        prescription = self.prescription_id
        if not prescription and not order.is_replacement:
            words = self.env._("no prescription in the dossier: the insurer may ask for it")
            yield self._finding("R05", ASK, order, "prescription_id", words)
        if prescription._lacks_agreement():
            words = self.env._("an adaptation at the first delivery needs the prescriber's written agreement")
            yield self._finding("R05", STOP, prescription, "prescriber_agreed_on", words)
        delivery = fields.Date.to_date(order.commitment_date) if order.commitment_date else False
        until = prescription.valid_until
        if delivery and until and delivery > until and not order.is_replacement:
            words = self.env._("it will have expired on the day of delivery (%s)", format_date(self.env, delivery))
            yield self._finding("R07", ASK, order, "prescription_id", words)

    def _check_codes(self):
        lines = self.line_ids.order_line_id
        if self.contract_id.c2s_type and "B" in lines.lpp_id.sudo().mapped("product_class"):
            words = self.env._("with the C2S only class A is covered in full: the patient pays the rest of class B")
            yield self._finding("R11", ASK, self.order_id, "order_line", words)
        for line in self.line_ids.filtered(lambda line: line.optical_category == "lens"):
            if not line._code_fits():
                words = self.env._(
                    "%(name)s: the code %(code)s is for another correction",
                    name=line.name,
                    code=line.order_line_id.lpp_id.code,
                )
                yield self._finding("R06", ASK, self.order_id, "order_line", words)

    # -- what the insurer has answered already -------------------------------------------------

    def _check_earlier_answers(self):
        answered = self._earlier_answer()
        if not answered:
            return
        if answered.valid_until and answered.valid_until < self.order_id.optical_date:
            words = self.env._(
                "%(answer)s was valid until %(day)s: its amounts bind nobody any more",
                answer=answered.display_name,
                day=format_date(self.env, answered.valid_until),
            )
            yield self._finding("R12", ASK, self.order_id, "order_line", words)
        for words in self._differences(answered):
            yield self._finding("R13", ASK, self.order_id, "order_line", words)

    def _earlier_answer(self):
        """The insurer's last answer about this equipment, the one that this request would replace."""
        others = self.order_id.optoamc_request_ids.filtered(
            lambda other: (
                other != self._origin
                and other.equipment_number == self.equipment_number
                and other.contract_id == self.contract_id
                and other.answered_at
                and (other.state in ACTIVE or other.state == "expired")
            )
        )
        return others.sorted("answered_at")[-1:]

    def _differences(self, answered):
        """What the dossier says otherwise than an answer: words for each line."""
        before = {line._piece(): line for line in answered.line_ids}
        currency = self.currency_id
        for line in self.line_ids:
            old = before.pop((line.order_line_id._origin.id, line.eye_side), None)
            if not old:
                yield self.env._("%s was not in what was asked", line.name)
            elif (old.name, old.lpp_code) != (line.name, line.order_line_id.lpp_id.code or old.lpp_code):
                yield self.env._("%(new)s instead of %(old)s", new=line.name, old=old.name)
            elif currency.compare_amounts(old.price, line.price):
                yield self.env._(
                    "%(name)s: %(new)s instead of %(old)s",
                    name=line.name,
                    new=currency.format(line.price),
                    old=currency.format(old.price),
                )
        for old in before.values():
            yield self.env._("%s was asked and is no more in the dossier", old.name)


class OptoamcRequestLine(models.Model):
    _inherit = "optoamc.request.line"

    def _code_fits(self):
        """Whether the LPP code is for what the lens corrects, as far as both are known."""
        lpp = self.order_line_id.lpp_id.sudo()
        lpp = lpp.generic_id or lpp
        correction = self._correction()
        # The bands of before 2020 were read in more than one way.
        if not lpp.product_class or not correction or correction.sphere is None:
            return True
        sphere, cylinder, _axis = positive_cylinder(correction.sphere, correction.cylinder or 0)
        values = {"sphere_range": sphere, "cylinder_range": cylinder, "sum_range": sphere + cylinder}
        return all(not lpp[name] or value in parse_range(lpp[name]) for name, value in values.items())
