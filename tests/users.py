"""People of one shop."""

from odoo import Command
from odoo.tests import new_test_user


def new_user(company, login, groups, **values):
    """A user who works in this company alone.

    :param groups: XML ids, separated by commas
    """
    return new_test_user(
        company.env, login, groups, company_id=company.id, company_ids=[Command.set(company.ids)], **values
    )
