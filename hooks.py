"""What installing and removing the module does beyond its own records."""

from odoo.exceptions import UserError, ValidationError

from .lib import log_filter


def post_load():
    """Keep patients' data out of the server's log from its first line on, whichever database is opened."""
    log_filter.install()


def uninstall_hook(env):
    """Remove what was made while the shops worked: platforms' numbers, and the journals and accounts never used.

    The books keep the journals and accounts that were.
    """
    env["optoamc.platform"].sudo().with_context(active_test=False).search([]).identifier_sequence_id.unlink()
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
