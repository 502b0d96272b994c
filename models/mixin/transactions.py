"""Work in transactions of its own: again after a concurrent update, a batch of records at a time."""

import logging
from collections.abc import Sized

from odoo.exceptions import RedirectWarning, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

#: How often work is done again after a concurrent update.
TRIES = 5

#: How many records are handled in one transaction.
BATCH = 100


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
    for place, item in enumerate(todo, start=1):
        try:
            done = _written(env, act, item)
        except Exception:
            env.cr.rollback()
            _logger.exception("optoamc: %s cannot be handled", item)
            done = 0
        remaining = len(todo) - place if isinstance(todo, Sized) else None
        if not env["ir.cron"]._commit_progress(done, remaining=remaining):
            return False
    return True


def commit_batches(env, records, act, size=BATCH):
    """Act on records, one transaction a batch: a record with an error goes alone, is logged, and stops no other.

    :param act: a function of some records, that returns how many of them it handled
    :return: whether all is done: not, when the cron's time is up before
    """
    remaining = len(records)
    todo = _batches(records, size)
    while todo:
        batch = todo.pop()
        try:
            done = _written(env, act, batch)
        except Exception:
            env.cr.rollback()
            if len(batch) > 1:
                todo += _halves(batch)
                continue
            _logger.exception("optoamc: %s cannot be handled", batch)
            done = 0
        remaining -= len(batch)
        if not env["ir.cron"]._commit_progress(done, remaining=remaining):
            return not todo
    return True


def save_batches(records, act, size=BATCH):
    """Act on records within the caller's transaction, a savepoint a batch: a record that is refused goes alone.

    :param act: a function of some records
    :return: those that are done, and of the others, by record, why not
    :raise Exception: what is no refusal, a concurrent update for instance: the caller's transaction is lost
    """
    refusals = {}
    todo = _batches(records, size)
    while todo:
        batch = todo.pop()
        try:
            with records.env.cr.savepoint():  # flushes: what is refused is refused within
                act(batch)
        except (UserError, RedirectWarning) as error:
            if len(batch) > 1:
                todo += _halves(batch)
            else:
                refusals[batch] = error.args[0]
    return records.filtered(lambda record: record not in refusals), refusals


def _batches(records, size):
    """Batches of some records, the first one last."""
    return [records[start : start + size] for start in range(0, len(records), size)][::-1]


def _halves(batch):
    """Two batches of one, the first half last."""
    middle = len(batch) // 2
    return [batch[middle:], batch[:middle]]


def _written(env, act, item):
    """Act, and write it: what PostgreSQL or a hook refuses is refused here."""
    done = act(item)
    env.cr.flush()
    return done
