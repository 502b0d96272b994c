from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.mixin.access_first import check_first

#: Journal items of payers' parts.
_OF_SHARES = [("optoamc_share_id", "!=", False)]


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Odoo's own merge, for insurers that stand twice in the directory.

    A manager of third-party payment merges insurers, and them alone.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    group_by_amc_number = fields.Boolean("AMC number")

    @api.model
    def action_optoamc_merge_insurers(self):
        """Show the insurers that have the same number, group by group; also archived ones."""
        wizard = self.with_context(active_test=False).create({"group_by_amc_number": True})
        action = wizard.action_start_manual_process()
        if wizard.line_ids:
            return action | {"name": self.env._("Merge duplicates")}
        message = self.env._("No two insurers have the same AMC number.")
        return {"type": "ir.actions.client", "tag": "display_notification", "params": {"message": message}}

    def _generate_query(self, fields, maximum_group=100):
        """Contacts without an AMC number are no duplicates of each other."""
        query = super()._generate_query(fields, maximum_group)
        if "amc_number" not in fields:
            return query
        insurers = "FROM (SELECT * FROM res_partner WHERE is_amc AND amc_number IS NOT NULL) AS insurer"
        return query.replace("FROM res_partner", insurers)

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Merge contacts.

        :raises AccessError: insurers, and not a manager; patients, and not an optician, or another shop's;
            others, and without Odoo's right to merge contacts
        :raises UserError: the test request's patient or prescriber is nobody's twin; one that goes is named by
            sealed entries
        """
        partners = self.env["res.partner"].browse(partner_ids).exists()
        check_first(partners, "read")  # a refusal may name some of them
        if partners.sudo().filtered("optoamc_is_trial"):
            raise UserError(
                self.env._("The test request's patient and prescriber are fictitious: they cannot be merged.")
            )
        partners._optoamc_check_merge()
        insurers = partners.filtered("is_amc")
        if insurers:
            partners._optoamc_require_manager()
        if insurers == partners:
            # Insurers are told apart by their numbers: their e-mail addresses may differ.
            extra_checks = False
        elif not (self.env.su or self.env.user.has_group("base.group_partner_manager")):
            raise AccessError(self.env._("You may merge insurers with each other, and no other contacts."))
        kept = dst_partner if dst_partner and dst_partner in partners else self._get_ordered_partner(partners.ids)[-1:]
        self._optoamc_check_hashed(partners, kept)
        renamed = self._optoamc_items(partners - kept, _OF_SHARES)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        self._optoamc_tell_accountants(kept, renamed)
        return result

    @api.model
    def _optoamc_items(self, partners, domain):
        return self.env["account.move.line"].sudo().search([("partner_id", "in", partners.ids), *domain])

    @api.model
    def _optoamc_check_hashed(self, partners, kept):
        """Sealed entries name their partner, and the seal with it: Odoo's own rule, which its wizard goes past.

        It holds for payers and patients; whether others are merged is Odoo's to say.

        :raises UserError: naming the way out
        """
        payers = partners.sudo().filtered(lambda partner: partner.is_amc or partner.is_amo)
        if not (payers or partners._optoamc_holders() or self._optoamc_items(partners, _OF_SHARES)):
            return
        sealed = self._optoamc_items(partners, [("move_id.inalterable_hash", "!=", False)]).partner_id
        if not sealed - kept:
            return
        names = ", ".join((sealed - kept).mapped("display_name"))
        if len(sealed) == 1:
            raise UserError(
                self.env._(
                    "Sealed accounting entries name %s: it cannot be merged away. Keep it, and merge the others "
                    "into it.",
                    names,
                )
            )
        raise UserError(
            self.env._(
                "Sealed accounting entries name %s: merged, they would not be what was sealed. Archive the contact "
                "that is used no more, and leave its entries to it.",
                names,
            )
        )

    @api.model
    def _optoamc_tell_accountants(self, kept, renamed):
        """Payers' parts that were another's are the kept one's now: have an accountant of each shop look at them.

        :param renamed: journal items of the contacts that went
        """
        for company, items in renamed.exists().grouped("company_id").items():
            # Foreign keys went by SQL, past what is worked out from them.
            self.env.invalidate_all()
            shares = items.optoamc_share_id.filtered(lambda share: share.partner_id == kept)
            if not shares:
                continue
            shares._match_open_money()
            open_ = sum(shares.mapped("amount_residual"))
            user = shares[0]._follow_up_user()
            kept.sudo().with_context(lang=user.lang).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Merged payer: look at its account"),
                note=self.env._(
                    "%(company)s: the third-party parts of the contacts merged (%(count)s) are its own now, "
                    "%(amount)s still open.",
                    company=company.name,
                    count=len(shares),
                    amount=company.currency_id.format(open_),
                ),
                user_id=user.id,
            )

    def _log_merge_operation(self, src_partners, dst_partner):
        """A row for each patient that goes, in the log of each shop that held health data of one."""
        result = super()._log_merge_operation(src_partners, dst_partner)
        for company in self.env["res.company"].sudo().browse(dst_partner._optoamc_holders().get(dst_partner.id, ())):
            logs = self.env["optoamc.privacy.log"]
            detail = self.env._("%(merged)s contacts into no. %(kept)s", merged=len(src_partners), kept=dst_partner.id)
            logs._record("merge", [(source, dst_partner) for source in src_partners], detail, company)
        return result

    def _update_foreign_keys(self, src_partners, dst_partner):
        """The one kept may have a scheme of each code, and one rule of each optional field: its own stand."""
        self._optoamc_drop_twins(
            "optoamc.scheme", src_partners, dst_partner, lambda scheme: scheme.active and scheme.code
        )
        self._optoamc_drop_twins(
            "optoamc.field.rule", src_partners, dst_partner, lambda rule: (rule.field_id, rule.company_id)
        )
        contracts = self.env["optoamc.contract"].sudo().with_context(active_test=False)
        contracts.search([("partner_id", "in", src_partners.ids)])._join(dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        # Rules of optional fields went to the one kept by SQL, past the model that keeps them in memory.
        self.env.registry.clear_cache()
        return result

    def _optoamc_drop_twins(self, model, src_partners, dst_partner, key):
        records = self.env[model].sudo().with_context(active_test=False)
        kept = {}
        for insurer in dst_partner | src_partners:
            for record in records.search([("insurer_id", "=", insurer.id)]):
                twin = kept.setdefault(key(record), record) if key(record) else record
                if twin != record:
                    self._update_foreign_keys_generic(model, record, twin)
                    record.unlink()

    def _update_values(self, src_partners, dst_partner):
        """Keep what the person who merges may not read, one AMC number for one insurer, and its one list."""
        dst_partner.check_access("write")  # as Odoo does by writing on it
        sources, kept = src_partners.sudo(), dst_partner.sudo()
        numbered = sources.filtered("amc_number")
        number = kept.amc_number or numbered[-1:].amc_number
        gone_on = kept.delisted_on if kept.is_in_directory else numbered[-1:].delisted_on
        # The contacts merged are deleted only later: until then they would hold the number.
        numbered.amc_number = False
        result = super(BasePartnerMergeAutomaticWizard, self.sudo())._update_values(sources, kept)
        for name, value in (("amc_number", number), ("delisted_on", gone_on)):
            if kept[name] != value:
                kept[name] = value
        return result
