"""Two shops of one database, each with its people and a record of everything."""

from contextlib import contextmanager
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError

from .common import KNOWN, OptoamcCommon
from .users import new_user

#: Role -> its groups. Who administers all of Odoo has no role here.
ROLES = {
    "none": "base.group_user",
    "salesperson": "sales_team.group_sale_salesman",
    "sales": "sales_team.group_sale_salesman_all_leads",
    "sales_manager": "sales_team.group_sale_manager,base.group_allow_export",
    "billing": "base.group_user,account.group_account_invoice",
    "auditor": "base.group_user,account.group_account_readonly",
    "contacts": "base.group_user,base.group_partner_manager,base.group_allow_export",
    "inventory": "base.group_user,stock.group_stock_manager",
    "admin": "base.group_system,base.group_allow_export",
    "optician": "l10n_fr_optoamc.group_optician,base.group_allow_export",
    "manager": "l10n_fr_optoamc.group_manager,base.group_allow_export",
    "officer": "l10n_fr_optoamc.group_privacy_officer,base.group_allow_export",
    "portal": "base.group_portal",
}

#: How an attempt is refused; ``MissingError`` says less still.
REFUSED = (AccessError, MissingError, UserError)

#: What nobody without the right may find out, and what the other shop may not.
SHOP_NIR = "253070730047075"


class AccessCase(OptoamcCommon):
    #: The roles that the tests need somebody of, in each shop.
    roles = tuple(ROLES)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create(
            {
                "name": "Optique d'à côté",
                "country_id": cls.env.ref("base.fr").id,
                "currency_id": cls.env.ref("base.EUR").id,
                "optoamc_consent_text_id": cls.env.ref("l10n_fr_optoamc.consent_text_1").id,
            }
        )
        cls.third = cls.env["res.company"].create({"name": "Optique d'ailleurs"})
        # As whoever is not in debug mode: a refusal that names a field's groups asks a query for each.
        cls.env.ref("base.group_user").implied_ids -= cls.env.ref("base.group_no_one")
        installed = cls.env["ir.module.module"].search([("state", "=", "installed")]).mapped("name")
        roles = {
            role: groups
            for role, groups in ROLES.items()
            if role in cls.roles and all(xml_id.partition(".")[0] in installed for xml_id in groups.split(","))
        }
        cls.users = {role: new_user(cls.company, f"access_{role}", groups) for role, groups in roles.items()}
        cls.neighbours = {
            role: new_user(cls.other_company, f"access_other_{role}", groups) for role, groups in roles.items()
        }
        cls.users["public"] = cls.neighbours["public"] = cls.env.ref("base.public_user")
        cls.own, cls.foreign = cls._samples(cls.company), cls._samples(cls.other_company)
        cls.env.flush_all()
        cls.env.invalidate_all()

    def as_user(self, user):
        """The environment of a request that this user makes: no cache of anybody else's."""
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env(user=user, su=False, context={"allowed_company_ids": user.company_ids.ids})

    @contextmanager
    def assertRefused(self, kinds=REFUSED):
        """Whatever is tried is refused, and leaves nothing behind."""
        try:
            with self.env.cr.savepoint():
                yield
        except kinds:
            return
        self.fail("not refused")

    @classmethod
    def _samples(cls, company):
        """A record of each model that belongs to a company."""
        env = cls.env(context={"allowed_company_ids": [company.id]})
        patient = env["res.partner"].create(
            {
                "name": "Anne LEROY",
                "lastname": "LEROY",
                "birthdate": date(1953, 7, 8),
                "nir": SHOP_NIR,
                "company_id": company.id,
            }
        )
        insurer = env["res.partner"].create(
            {"name": "AMC", "is_company": True, "is_amc": True, "company_id": company.id}
        )
        contract = env["optoamc.contract"].create(
            {"partner_id": patient.id, "insurer_id": insurer.id, "member_number": KNOWN, "company_id": company.id}
        )
        prescription = env["optoamc.prescription"].create(
            {
                "patient_id": patient.id,
                "company_id": company.id,
                "date": "2024-01-15",
                "eye_ids": [Command.create({"side": "right", "sphere": 1})],
            }
        )
        order = env["sale.order"].create(
            {
                "company_id": company.id,
                "partner_id": patient.id,
                "prescription_id": prescription.id,
                "order_line": [Command.create({"product_id": cls.lens.id})],
            }
        )
        request = env["optoamc.request"].create({"order_id": order.id, "contract_id": contract.id})
        consent = env["optoamc.consent"].create(
            {"patient_id": patient.id, "purpose": "quote", "company_id": company.id}
        )
        consent.action_withdraw()
        records = [
            *(patient, contract, prescription, prescription.eye_ids, order, order.order_line, consent),
            *(request, request.line_ids),
            env["optoamc.exchange"].create(
                {
                    "request_id": request.id,
                    "patient_id": patient.id,
                    "company_id": company.id,
                    "direction": "out",
                    "kind": "OPAMCREQ",
                    "xml": "PHhtbC8+",
                }
            ),
            env["optoamc.rights.check"].create({"contract_id": contract.id, "company_id": company.id}),
            *cls._settings(env, company, insurer),
            *cls._books(env, company, order),
            env["optoamc.privacy.log"].search([("company_id", "=", company.id)], limit=1),
            env["optoamc.statistics"].search([("company_id", "=", company.id)], limit=1),
            company.with_env(env),
        ]
        env.flush_all()
        return {record._name: record.with_env(cls.env) for record in records}

    @classmethod
    def _settings(cls, env, company, insurer):
        listed = env["optoamc.import"].create({"company_id": company.id})
        return (
            env["optoamc.scheme"].create({"name": "Local", "insurer_id": insurer.id}),
            env["optoamc.field.rule"].create(
                {
                    "field_id": env.ref("l10n_fr_optoamc.field_lens_surface").id,
                    "insurer_id": insurer.id,
                    "company_id": company.id,
                }
            ),
            env["optoamc.profile.rule"].create(
                {
                    "profile_id": env.ref("l10n_fr_optoamc.profile_detailed").id,
                    "insurer_id": insurer.id,
                    "company_id": company.id,
                }
            ),
            listed,
            env["optoamc.import.line"].create({"import_id": listed.id, "kind": "new"}),
            env["optoamc.platform.change"].create(
                {"platform_name": "Ancienne", "company_id": company.id, "user_id": env.uid, "field_name": "url_test"}
            ),
            env["optoamc.mailbox"].create({"platform_id": cls.platform.id, "company_id": company.id, "mode": "test"}),
            env["optoamc.remittance.mapping"].create(
                {"company_id": company.id, "partner_id": insurer.id, "header": "Montant", "field": "amount"}
            ),
            env["optoamc.kept.data"].create(
                {"company_id": company.id, "patient_id": insurer.id, "kind": "log", "until": "2100-01-01"}
            ),
            cls._sharing(company),
        )

    @classmethod
    def _sharing(cls, company):
        """Proposed to a third shop, by an officer: nobody else may."""
        officer = new_user(company, f"sharing_{company.id}", ROLES["officer"])
        sharings = cls.env["optoamc.patient.sharing"].with_user(officer).with_company(company)
        return sharings.create({"other_company_id": cls.third.id}).sudo()

    @classmethod
    def _books(cls, env, company, order):
        journals = env["account.journal"]
        general, bank = journals.create(
            [
                {"name": "Parts", "code": "MTX", "type": "general", "company_id": company.id},
                {"name": "Banque", "code": "MTB", "type": "bank", "company_id": company.id},
            ]
        )
        account = env["account.account"].create(
            {"name": "Pertes", "code": "654900", "account_type": "expense", "company_ids": [Command.set(company.ids)]}
        )
        sides = [Command.create({"account_id": account.id, "balance": balance}) for balance in (1.0, -1.0)]
        move = env["account.move"].create({"journal_id": general.id, "line_ids": sides})
        debit, credit = move.line_ids.sorted("balance", reverse=True)
        undone = env["optoamc.undone.match"].create(
            {
                "debit_line_id": debit.id,
                "credit_line_id": credit.id,
                "amount": 1.0,
                "date_from": "2024-01-01",
                "date_to": "2024-02-01",
            }
        )
        share = env["optoamc.share"].create(
            {"move_id": move.id, "order_id": order.id, "partner_id": cls.fund.id, "kind": "amo", "label": "Part"}
        )
        remittance = env["optoamc.remittance"].create(
            {"name": "Bordereau", "file_key": f"matrix {company.id}", "journal_id": bank.id, "company_id": company.id}
        )
        line = env["optoamc.remittance.line"].create({"remittance_id": remittance.id, "share_id": share.id})
        return bank, account, move, debit, share, remittance, line, undone

    @classmethod
    def transient_models(cls):
        """The module's screens, from the registry."""
        return sorted(
            name
            for name, model in cls.env.registry.items()
            if name.startswith("optoamc.") and model._transient and not model._abstract
        )

    @classmethod
    def own_models(cls):
        """The module's models that are not mixins, from the registry."""
        return sorted(
            name for name, model in cls.env.registry.items() if name.startswith("optoamc.") and not model._abstract
        )
