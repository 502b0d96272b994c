"""People of one shop."""

from odoo import Command
from odoo.tests import new_test_user


def new_user(company, login, groups, **values):
    """A user who works in this company alone.

    :param groups: XML ids, separated by commas
    """
    # Nobody is written to: rendering the invitation takes longer than the rest.
    env = company.with_context(no_reset_password=True, tracking_disable=True).env
    return new_test_user(
        env, login, groups, company_id=company.id, company_ids=[Command.set(company.ids)], **values
    ).with_env(company.env)
