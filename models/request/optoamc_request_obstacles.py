from odoo import api, models
from odoo.exceptions import ValidationError


class OptoamcRequest(models.Model):
    """What keeps a request from leaving besides missing data, to whomever and however it is sent."""

    _inherit = "optoamc.request"

    @api.constrains("order_id", "contract_id")
    def _check_contract_patient(self):
        for request in self.sudo():
            request.contract_id._check_patient_of(request)

    def _sending_obstacles(self):
        """What is wrong rather than missing, and keeps a request from leaving for anybody, by mail too.

        The checks of a request find what is wrong for insurers.
        """
        self.ensure_one()
        order = self.order_id
        lines = order._optoamc_equipment_lines(self.equipment_number)
        obstacles = []
        if self.contract_id.partner_id != order.patient_id:
            # The patient of the dossier has changed since the draft was made.
            obstacles.append(self._obstacle(self, "contract_id", self.env._("is another person's")))
        if reason := order._optoamc_currency_problem():
            obstacles.append(self._obstacle(order, "currency_id", reason))
        if reason := order._optoamc_prescription_warning(lines):
            obstacles.append(self._obstacle(self, "prescription_id", reason, cause="R07"))
        obstacles += self._wrong_shop_numbers()
        obstacles += [
            self._obstacle(order, "order_line", why, label=line.name) for line, why in self._wrong_lines(lines)
        ]
        obstacles += [
            # What the Sécu pays is typed in the screen's grid too.
            self._obstacle(line, "amo_amount", reason, label=line.product_id.name or line.name)
            for line in lines
            for reason in line._optoamc_tariff_problems()
        ]
        return obstacles

    def _wrong_shop_numbers(self):
        """Nothing but the demonstration leaves under a number of nobody, or of another shop."""
        if self._mode_now() not in ("test", "production"):
            return []
        wrong = self.company_id._optoamc_wrong_numbers()
        return [self._obstacle(self.company_id, name, words) for name, words in wrong.items()]

    def _wrong_lines(self, lines):
        """The lines that cannot be told as they are sold, whoever the insurer is, each with why."""
        yield from lines._optoamc_side_problems()
        for line in self.order_id.order_line.filtered(lambda line: line.net_price < 0 and not line.is_downpayment):
            yield (
                line,
                self.env._("it is greater than the price of the articles: no part of it can be sent to the insurer"),
            )

    @staticmethod
    def _obstacle(record, field, reason, label=None, cause=""):
        """What is wrong with a field, as :meth:`check` lists it.

        :param cause: code of the practical cause (``optoamc.reason``) for which insurers would refuse it
        """
        return {
            "path": field,
            "label": label or record._fields[field]._description_string(record.env),
            "reason": f"{reason} ({cause})" if cause else reason,
            "model": record._name,
            "id": record._origin.id,
            "field": field,
            "cause": cause,
        }


class OptoamcContract(models.Model):
    """A contract stays with the person about whom an insurer was asked."""

    _inherit = "optoamc.contract"

    @api.constrains("partner_id")
    def _check_patient_of_requests(self):
        for request in self.env["optoamc.request"].sudo().search([("contract_id", "in", self.ids)]):
            request.contract_id._check_patient_of(request)

    def _check_patient_of(self, request):
        """:raises ValidationError: the contract is another person's than the request's patient"""
        if self and self.partner_id != request.patient_id:
            raise ValidationError(
                self.env._(
                    "%(request)s is for %(patient)s, and the contract with %(insurer)s is %(owner)s's: choose one of "
                    "%(patient)s's own contracts.",
                    request=request.display_name,
                    patient=request.patient_id.display_name,
                    insurer=self.insurer_id.name,
                    owner=self.partner_id.display_name,
                )
            )
