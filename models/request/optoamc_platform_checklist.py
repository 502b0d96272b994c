from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

#: What a shop needs, in the order in which it is set up.
STEPS = ("country", "shop", "vat", "contact", "platform", "credentials", "books", "text", "insurers", "lpp", "trial")

#: Not needed before insurers are really asked: without tariffs, each equipment of class A waits for its own; the VAT
#: number is for the invoices.
LATER_STEPS = frozenset({"lpp", "vat"})


class OptoamcPlatform(models.Model):
    """The checklist that a company completes before it goes into production."""

    _inherit = "optoamc.platform"

    @api.model
    def _step_labels(self):
        return {
            "country": self.env._("France and euro"),
            "shop": self.env._("Your shop"),
            "vat": self.env._("VAT number"),
            "contact": self.env._("Responsible optician"),
            "platform": self.env._("Platform"),
            "credentials": self.env._("Login and certificate"),
            "books": self.env._("Journal and account"),
            "text": self.env._("Authorisation form"),
            "insurers": self.env._("Insurers"),
            "lpp": self.env._("LPP table"),
            "trial": self.env._("First test request"),
        }

    def _checklist(self, company):
        """Whether each step is done by a company for a platform, or for none yet: ``{step: bool}``."""
        platform, company = self.sudo().with_company(company), company.sudo()
        mode = platform.mode or "disabled"
        identity = company.finess, company.company_registry, company.street, company.zip, company.city
        return {
            "country": not company._optoamc_not_french(),
            "shop": all(identity) and company._optoamc_is_named() and not company._optoamc_wrong_numbers(),
            # Odoo's own "/" says that there is none.
            "vat": bool(company.vat),
            "contact": bool(company.optoamc_contact_id),
            "platform": mode != "disabled" and (platform.is_reachable or platform._has_answered_trial(company)),
            "credentials": mode == "demo"
            or bool(platform.certificate_ok or (platform.username and platform.has_password)),
            "books": bool(company.optoamc_journal_id and company.optoamc_receivable_account_id),
            "text": self._is_text_approved(company),
            "insurers": bool(
                self.env["res.partner"].search_count([("is_amc", "=", True), ("uses_optoamc", "=", True)], limit=1)
            ),
            "lpp": self.env["optoamc.lpp"].sudo()._has_class_a_tariffs(self.env.company._optoamc_today()),
            "trial": bool(
                self.env["optoamc.request"]
                .sudo()
                .search_count([("company_id", "=", company.id), ("answered_at", "!=", False)], limit=1)
            ),
        }

    def _missing_steps(self, company, later=LATER_STEPS):
        """The labels of the steps that are still to be done by a company for a platform, or for none yet.

        :param later: steps that may wait
        """
        done, labels = self._checklist(company), self._step_labels()
        return [labels[step] for step in STEPS if not done[step] and step not in later]

    def _has_answered_trial(self, company):
        """Whether a test request was answered where the last test of the connection failed nowhere, but proved too
        little: some platforms answer what is no message by an error of theirs."""
        diagnosis = self.diagnosis or ""
        if "✓" not in diagnosis or "✗" in diagnosis:
            return False
        answered = Domain("answered_at", "!=", False) & Domain("answer_channel", "=", False)
        answered &= Domain("company_id", "=", company.id) & Domain("platform_id", "=", self.id)
        answered &= Domain("mode", "=", "test") & Domain("platform_url", "=", self._address(company, "test"))
        return bool(self.env["optoamc.request"].sudo().search_count(answered, limit=1))

    def _is_text_approved(self, company):
        try:
            return company.optoamc_consent_text_id == self.env["optoamc.consent.text"].with_company(company)._current()
        except UserError:  # there is none
            return False

    @api.constrains("mode")
    def _check_production(self):
        """Nobody goes into production past the checklist, by whatever way the mode is written."""
        for platform in self.filtered(lambda platform: platform.mode == "production"):
            company = self.env.company
            if missing := platform._missing_steps(company):
                raise ValidationError(
                    self.env._(
                        "%(company)s cannot go into production with %(platform)s yet. Complete the first steps "
                        "(Third-party payment › Configuration): %(steps)s. The connection is tested in the mode "
                        "“Test”.",
                        company=company.name,
                        platform=platform.name,
                        steps=", ".join(missing),
                    )
                )
