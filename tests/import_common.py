"""A manager of the shop who imports lists, and the cron that reads and applies them."""

import base64

from odoo.tests import TransactionCase, new_test_user

from .users import sole_shop


class ImportCase(TransactionCase):
    #: What an import of the class is given beside its file.
    import_values = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        sole_shop(cls.env.company)
        cls.manager = new_test_user(
            cls.env, "import_manager", "base.group_user,l10n_fr_optoamc.group_manager", lang="en_US"
        )

    def _work(self):
        """The cron, as Odoo's scheduler would run it."""
        with self.enter_registry_test_mode():
            self.env.ref("l10n_fr_optoamc.cron_import").method_direct_trigger()
        self.env.invalidate_all()

    def _import(self, data, **values):
        """Upload a file, as the manager: the preview."""
        job = (
            self.env["optoamc.import"]
            .with_user(self.manager)
            .create({**self.import_values, "file": base64.b64encode(data), **values})
        )
        job.action_read()
        self._work()
        return job

    def _apply(self, job):
        self.assertEqual(job.state, "preview", job.message)
        job.action_apply()
        self._work()
        self.assertEqual(job.state, "done", job.message)
        return job
