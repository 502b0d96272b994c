"""What installing and removing the module does beyond its own records."""

from odoo.exceptions import UserError, ValidationError

from .lib import log_filter


def post_load():
    """Keep patients' data out of the server's log from its first line on, whichever database is opened."""
    log_filter.install()


def uninstall_hook(env):
    """Remove what Odoo would leave: unused books, and names of what goes.

    Third-party journals and accounts that were used stay in the books.
    """
    _remove_numbers(env)
    _remove_books(env)
    _remove_names(env)


def _remove_numbers(env):
    """Remove the sequences of the platforms' identifiers: made at run time, no file of the module names them."""
    env["optoamc.platform"].sudo().with_context(active_test=False).search([]).identifier_sequence_id.unlink()


def _remove_names(env):
    """Forget the foreign keys of our fields on Odoo's models, and what other modules are said to have given ours.

    Odoo drops the keys with their columns and the rest with the models, and keeps the rows about them.
    """
    env.cr.execute(
        """
        DELETE FROM ir_model_constraint
         WHERE type = 'f' AND module = (SELECT id FROM ir_module_module WHERE name = 'l10n_fr_optoamc')
        """
    )
    env.cr.execute(
        """
        DELETE FROM ir_model_data
         WHERE module <> 'l10n_fr_optoamc'
           AND model IN ('ir.model.fields', 'ir.model.fields.selection', 'ir.model.inherit')
           AND (name LIKE 'field\\_optoamc\\_%' OR name LIKE 'selection\\_\\_optoamc\\_%'
                OR name LIKE 'model\\_inherit\\_\\_optoamc\\_%')
        """
    )


def _remove_books(env):
    for company in env["res.company"].sudo().search([]):
        journal, account = company.optoamc_journal_id, company.optoamc_receivable_account_id
        company.write({"optoamc_journal_id": False, "optoamc_receivable_account_id": False})
        # Only what came with the chart: a journal or an account chosen by hand is the shop's own.
        chart = env["account.chart.template"].with_company(company)
        for record, xmlid in ((journal, "optoamc_journal"), (account, "optoamc_receivable")):
            if record and record == chart.ref(xmlid, raise_if_not_found=False):
                _remove_unused(env, record)


def _remove_unused(env, record):
    column = "journal_id" if record._name == "account.journal" else "account_id"
    if env["account.move.line"].sudo().search_count([(column, "=", record.id)], limit=1):
        return
    try:
        with env.cr.savepoint():
            record.sudo().unlink()
    except (UserError, ValidationError):
        # Something else refers to it: it is in use after all.
        return
