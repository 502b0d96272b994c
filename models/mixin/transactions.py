"""Work in transactions of its own: again after a concurrent update, one commit a record."""

import logging
from collections.abc import Sized

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

#: How often work is done again after a concurrent update.
TRIES = 5


def commit_retrying(env, work):
    """Do some work and commit it; do all of it again when somebody changed a record that it also changes.

    :param work: a function without arguments, to be the whole of its transaction
    :return: what the work returns
    :raise Exception: a concurrent update in each of :data:`TRIES` times, or the work's own error; the
        transaction is rolled back in the first case only
    """
    for left in reversed(range(TRIES)):
        try:
            result = work()
            env.cr.commit()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            env.cr.rollback()
            if not left:
                raise
        else:
            return result
    return None


def commit_each(env, todo, act):
    """Act on each item in a transaction of its own: an error is logged, and rolls back that one alone.

    :param todo: items of any kind; an iterable without a length has no end that is known
    :param act: a function of one item, that returns how many records it handled
    :return: whether all is done: not, when the cron's time is up before
    """
    cron = env["ir.cron"]
    for place, item in enumerate(todo, start=1):
        done = 0
        try:
            done = act(item)
        except Exception:
            env.cr.rollback()
            _logger.exception("optoamc: %s cannot be handled", item)
        remaining = len(todo) - place if isinstance(todo, Sized) else None
        if not cron._commit_progress(done, remaining=remaining):
            return False
    return True
