"""What lets a platform of this machine be called in the tests, and a shop go into production."""

from ..models.platform.optoamc_platform import INNER_HOSTS


def name_this_machine(env):
    """The system administrator allows platforms on this machine: the tests' servers are there."""
    env["ir.config_parameter"].set_param(INNER_HOSTS, "127.0.0.1, localhost")


class ProductionCase:
    """Beside :class:`~.common.OptoamcCommon`: completes the first steps, each for good."""

    def _go_into_production(self, url="https://platform.example/soap"):
        """Complete the checklist of the tests' shop, then switch its platform to production."""
        self._complete_checklist()
        self.platform.url_production = url
        # The address is new: nobody tests one that does not exist.
        own = self.platform.with_company(self.company)
        own.is_reachable = True
        own.mode = "production"

    def _complete_checklist(self):
        """The platform is in the mode "test" afterwards."""
        company, env = self.company, self.env
        account = env["account.account"].create(
            {"name": "Organismes", "code": "411900", "account_type": "asset_receivable", "company_ids": company.ids}
        )
        journal = env["account.journal"].create(
            {"name": "Tiers payant", "code": "OTP", "type": "general", "company_id": company.id}
        )
        company.write(
            {
                # As if it were loaded, which takes long.
                "chart_template": "fr",
                "optoamc_contact_id": self.optician.partner_id.id,
                "optoamc_journal_id": journal.id,
                "optoamc_receivable_account_id": account.id,
                "optoamc_consent_text_id": env["optoamc.consent.text"]._current().id,
            }
        )
        own = self.platform.with_company(company)
        if not env["optoamc.request"].search_count([("company_id", "=", company.id), ("answered_at", "!=", False)]):
            own.mode = "demo"
            self._new_request(self._new_dossier("1012345678"), kind="quote").action_send()
            self._dispatch()
        own.write(
            {"username": "boutique", "password": "secret", "url_test": own.url_test or "https://platform.example/"}
        )
        own.mode = "test"
        own.is_reachable = True
