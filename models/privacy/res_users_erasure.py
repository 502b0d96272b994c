from odoo import models
from odoo.tools import SQL
from odoo.tools.sql import table_columns

#: What hangs on a login, where the app that has it is installed.
OF_LOGIN = {
    "res.device.log": "user_id",
    "res.users.log": "create_uid",
    "res.users.settings": "user_id",
    "res.users.apikeys": "user_id",
    "auth_totp.device": "user_id",
    "auth.passkey.key": "create_uid",
}

#: Secrets, and names at other services: columns of Odoo's apps that no field shows in full.
SECRETS = ("password", "totp_secret", "oauth_uid", "oauth_access_token")


class ResUsers(models.Model):
    _inherit = "res.users"

    def _optoamc_erase_login(self):
        """Close and empty the portal logins of a person who is erased; a colleague's stay.

        A login is not deleted: orders and messages say who made them.
        """
        users = self.filtered(lambda user: not user._is_internal())
        if not users:
            return
        users.write({"active": False, "signature": False})
        self.env.flush_all()
        # In SQL: Odoo would write an e-mail to the person that the login has changed.
        login = SQL("login = 'erased-' || id")
        secrets = [name for name in SECRETS if name in table_columns(self.env.cr, self._table)]
        changes = SQL(", ").join([login, *(SQL("%s = NULL", SQL.identifier(name)) for name in secrets)])
        self.env.cr.execute(SQL("UPDATE res_users SET %s WHERE id IN %s", changes, tuple(users.ids)))
        users.invalidate_recordset()
        for model, field in OF_LOGIN.items():
            if model in self.env:
                self.env[model].sudo().search([(field, "in", users.ids)]).unlink()
