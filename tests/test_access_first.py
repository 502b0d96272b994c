"""Who may not reach a record is told that, and nothing else: no rule of the module speaks of it before."""

import inspect

from odoo import Command
from odoo.exceptions import AccessError, MissingError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .access_common import AccessCase
from .common import PDF
from .users import new_user

#: In the name of each record of the other shop.
SECRET = "ZSECRET"

#: All that one person can be in a shop.
ALL_ROLES = (
    "l10n_fr_optoamc.group_optician,l10n_fr_optoamc.group_manager,l10n_fr_optoamc.group_privacy_officer,"
    "account.group_account_manager,sales_team.group_sale_manager,base.group_partner_manager,"
    "product.group_product_manager"
)

#: Whose methods are the module's own.
MODULE = "odoo.addons.l10n_fr_optoamc."

#: Odoo's own rule, which names nothing.
SILENT = {("res.company", "parent_id")}

QUIET = ("odoo.models", "odoo.orm.models", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessFirst(AccessCase):
    roles = ("none", "portal")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            "stranger": new_user(cls.company, "first_stranger", ALL_ROLES),
            "none": cls.users["none"],
            "portal": cls.users["portal"],
        }
        cls.theirs = [*cls.foreign.values(), *cls._bound(cls.other_company)]
        cls.env.flush_all()
        for records in cls.theirs:
            field = records._fields.get(records._rec_name)
            if field and field.type == "char" and field.store and not field.translate and records._auto:
                cls._set(records, **{field.name: f"{SECRET} {records.id}"})
        cls.env.invalidate_all()

    @classmethod
    def _bound(cls, company):
        """Records of the shop that rules of the module hold fast, and what names them in their refusals."""
        env = cls.env(context={"allowed_company_ids": [company.id]})
        journal = cls.foreign["account.journal"].with_env(env)
        remittance, share = cls.foreign["optoamc.remittance"], cls.foreign["optoamc.share"]
        journal.inbound_payment_method_line_ids.payment_account_id = cls.foreign["account.account"].id
        payment = env["account.payment"].create({"journal_id": journal.id, "amount": 5.0, "payment_type": "inbound"})
        scan = env["ir.attachment"].create({"name": f"{SECRET}.pdf", "raw": PDF})
        cls.foreign["optoamc.prescription"].scan_ids = [Command.link(scan.id)]
        insurer = env["res.partner"].create(
            {"name": SECRET, "is_company": True, "is_amc": True, "amc_number": "55512345", "company_id": company.id}
        )
        article, trial = env["product.template"].create(
            [{"name": SECRET, "company_id": company.id}, {"name": SECRET, "company_id": company.id}]
        )
        patient = env["res.partner"].create({"name": SECRET, "company_id": company.id})
        env.flush_all()
        cls._set(remittance, state="posted")
        cls._set(payment, optoamc_remittance_id=remittance.id)
        cls._set(cls.foreign["account.move"], origin_payment_id=payment.id, state="posted")
        cls._set(
            cls.foreign["account.move.line"],
            parent_state="posted",
            optoamc_share_id=share.id,
            optoamc_share_entry="transfer",
        )
        cls._set(trial, optoamc_is_trial=True)
        cls._set(patient, optoamc_is_trial=True)
        bank = env["res.partner.bank"].create(
            {"partner_id": insurer.id, "acc_number": f"{SECRET} 7", "company_id": company.id}
        )
        return payment, scan, insurer, article, trial, trial.product_variant_id, patient, bank

    @classmethod
    def _set(cls, records, **values):
        """As it lies in the database, past what leads there."""
        pairs = SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items())
        cls.env.cr.execute(SQL("UPDATE %s SET %s WHERE id IN %s", SQL.identifier(records._table), pairs, records._ids))

    def _attempts(self):
        for user in self.users.values():
            env = self.as_user(user)
            for records in self.theirs:
                yield user, records.with_env(env)

    def _assert_refused(self, attempt):
        """Refused for want of rights, without a word of the record; what is refused has changed nothing."""
        try:
            attempt()
        except (AccessError, MissingError) as error:
            self.assertNotIn(SECRET, str(error))
        else:
            self.fail("not refused")

    def _assert_silent(self, attempt):
        """Refused so, or done without a word of the record."""
        self.env.invalidate_all()
        with self.env.cr.savepoint(flush=False) as savepoint:
            try:
                words = str(attempt())
            except (AccessError, MissingError) as error:
                words = str(error)
            savepoint.close(rollback=True)
        self.assertNotIn(SECRET, words)

    @mute_logger(*QUIET)
    def test_values(self):
        for user, records in self._attempts():
            if not records._auto or not _has_own(records, "write"):
                continue
            for name, field in records._fields.items():
                if name in MAGIC_COLUMNS or (records._name, name) in SILENT or not (field.store or field.inverse):
                    continue
                for value in _values(records, field):
                    with self.subTest(model=records._name, field=name, value=value, user=user.login):
                        records.invalidate_recordset(flush=False)
                        self._assert_refused(lambda records=records, vals={name: value}: records.write(vals))

    @mute_logger(*QUIET)
    def test_deletion(self):
        for user, records in self._attempts():
            if records._auto:
                self.env.invalidate_all()
                with self.subTest(model=records._name, user=user.login):
                    self._assert_refused(records.unlink)

    @mute_logger(*QUIET)
    def test_methods(self):
        tried = set()
        for user, records in self._attempts():
            for name in _own_methods(records):
                tried.add((records._name, name))
                with self.subTest(model=records._name, method=name, user=user.login):
                    self._assert_silent(getattr(records, name))
        self.assertLessEqual(
            {
                ("account.move.line", "action_automatic_entry"),
                ("sale.order", "action_optoamc_collect"),
                ("optoamc.share", "action_return_to_patient"),
            },
            tried,
        )

    @mute_logger(*QUIET)
    def test_an_insurers_number(self):
        """Whose number it is, is told to who may make contacts."""
        values = {"name": "x", "is_amc": True, "amc_number": "55512345", "company_id": self.other_company.id}
        for user in self.users.values():
            partners = self.as_user(user)["res.partner"]
            with self.subTest(user=user.login):
                self._assert_refused(lambda partners=partners: partners.create(values))


def _has_own(records, method):
    """Whether code of the module takes part in a method of the model."""
    return any(cls.__module__.startswith(MODULE) and method in vars(cls) for cls in type(records).mro())


def _values(records, field):
    """What to write into a field so that something changes."""
    if field.type == "boolean":
        return [not records.sudo()[field.name]]
    if field.type == "selection":
        keys = [key for key, _label in field._description_selection(records.env)]
        return keys if field.name == "state" else keys[:1]
    if field.type in ("one2many", "many2many"):
        return [[Command.clear()]]
    return [
        {"integer": 1, "float": 7.0, "monetary": 7.0, "date": "2020-01-01", "datetime": "2020-01-01 10:00:00"}.get(
            field.type, "x" if field.type in ("char", "text", "html") else False
        )
    ]


def _own_methods(records):
    """The module's methods that a call reaches with nothing but ids."""
    for cls in type(records).mro():
        if not cls.__module__.startswith(MODULE):
            continue
        for name, function in vars(cls).items():
            if name.startswith("_") or not inspect.isfunction(function) or name in ("write", "unlink", "create"):
                continue
            if hasattr(function, "_api_private") or getattr(function, "_api_model", False):
                continue
            needed = list(inspect.signature(function).parameters.values())[1:]
            if all(
                one.default is not one.empty or one.kind in (one.VAR_KEYWORD, one.VAR_POSITIONAL) for one in needed
            ):
                yield name
