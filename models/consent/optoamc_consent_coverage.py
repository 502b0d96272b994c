from odoo import api, models
from odoo.exceptions import RedirectWarning
from odoo.fields import Domain

from ...lib.transmission.profiles import Case


class OptoamcConsent(models.Model):
    """What is about to leave, compared with what the patient consented to."""

    _inherit = "optoamc.consent"

    @api.model
    def _case(self, patient, insurer, company, date=None, has_class_a=False):
        """The case that the form is about; without a dossier, of one of today that is of class B.

        :return: a :class:`...lib.transmission.profiles.Case`
        """
        contracts = patient.sudo().with_company(company).optoamc_contract_ids
        own = contracts.filtered(lambda contract: contract.insurer_id == insurer)
        return Case(
            date or company._optoamc_today(), all(contract._is_responsible() for contract in own), bool(has_class_a)
        )

    @api.model
    def _covered(self, patient, company, insurer, platform=None, options=()):
        """The purposes for which the patient's consents in force today name all that is to leave.

        See :meth:`_purposes`.
        """
        return self._in_force(patient, company)._purposes(patient, insurer, platform, options)

    @api.model
    def _in_force(self, patients, company):
        """The consents of some patients that serve today, read in one query.

        A consent counts in the wording that the shop has approved: another version is signed anew.

        :return: ``optoamc.consent``, in superuser mode
        """
        named = (
            Domain("patient_id", "in", patients.ids)
            & Domain("company_id", "=", company.id)
            & Domain("recipient", "=", "amc")
            & Domain("text_id", "=", self.env["optoamc.consent.text"]._approved(company).id)
        )
        return self.sudo().search_fetch(
            named & self._current_domain(company), ["patient_id", "insurer_id", "platform_id", "purpose", "options"]
        )

    def _purposes(self, patient, insurer, platform=None, options=()):
        """The purposes for which these consents name all that is to leave about a patient.

        :param insurer: who receives the data: the form has to have named it
        :param platform: through which they go, empty by mail, portal or phone
        :param options: names of the optional data among them
        :return: set of keys of :data:`~.optoamc_consent.PURPOSES`
        """
        return {
            consent.purpose
            for consent in self
            if consent.patient_id == patient._origin
            and consent.insurer_id == insurer._origin
            and (not platform or consent.platform_id == platform)
            and set(options) <= set(consent.options or ())
        }

    @api.model
    def _ask_signature(self, patient, purposes, insurer, company, case=None):
        """Stop, and lead to the form.

        :param purposes: keys of :data:`~.optoamc_consent.PURPOSES` to tick
        :param case: of the dossier, when there is one
        :raises RedirectWarning: always
        """
        raise RedirectWarning(
            self.env._(
                "%(patient)s has not given consent to this transmission to %(insurer)s, or not to all the data that "
                "it holds, or the consent is no longer valid: print or show the authorisation form, have it signed, "
                "then send.",
                patient=patient.display_name,
                insurer=insurer.display_name,
            ),
            self._open_form(patient, purposes, insurer, company, case),
            self.env._("Authorisation form"),
        )
