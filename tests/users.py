"""People of one shop."""

from odoo import Command
from odoo.tests import new_test_user


def sole_shop(company):
    """Close the other shops of the database, the demonstration's: who works in this one works in all of them."""
    others = company.env["res.company"].search([("id", "!=", company.id)])
    others.finess = False
    platforms = company.env["optoamc.platform"].with_context(active_test=False)
    for other in others:
        platforms.sudo().with_company(other).search([]).mode = "disabled"


def new_user(company, login, groups, **values):
    """A user who works in this company alone.

    :param groups: XML ids, separated by commas
    """
    # Nobody is written to: rendering the invitation takes longer than the rest.
    env = company.with_context(no_reset_password=True, tracking_disable=True).env
    return new_test_user(
        env, login, groups, company_id=company.id, company_ids=[Command.set(company.ids)], **values
    ).with_env(company.env)
