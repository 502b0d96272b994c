"""Set-ups that are played once for all the classes that follow one another upon them.

Odoo plays a class's whole set-up anew for each class, and French books take longer to load than most tests take. Here
a case's set-up stays in the open transaction for the classes that come next and build on it: below each of them lies a
savepoint, as below each test, so that none sees what another one did.
"""

import functools
from contextlib import ExitStack

from odoo.modules import module
from odoo.tests import HttpCase, TransactionCase

#: The cases whose set-up the open transaction holds, each upon the one before, with what takes it back.
_standing = []


def shared(set_up):
    """Decorate the ``setUpClass`` of a case: what it sets belongs to the case, and its test classes inherit it.

    What lies behind it in the order of inheritance is played for the case as well: a test class may not rely on being
    the class that is set up there. A browser's classes are set up as ever, in a transaction of their own.
    """

    @functools.wraps(set_up)
    def play(cls):
        if issubclass(cls, HttpCase):
            set_up(cls)
        elif not _own_set_up(cls):
            _stand_on(_cases(cls))
            cls.addClassCleanup(_go_on, cls)
            cls.addClassCleanup(_savepoint(cls).close)

    play.shared = set_up
    return play


def _own_set_up(cls):
    """The shared set-up that a class defines itself, if it does."""
    return getattr(getattr(vars(cls).get("setUpClass"), "__func__", None), "shared", None)


def _cases(cls):
    """The shared cases that a class builds on, the first one played first."""
    return [] if issubclass(cls, HttpCase) else [case for case in reversed(cls.__mro__) if _own_set_up(case)]


def _stand_on(cases):
    """Have just these set-ups in the open transaction: those at the bottom that stand already are kept."""
    while [case for case, _undo in _standing] != cases[: len(_standing)]:
        _case, undo = _standing.pop()
        undo.close()
    for case in cases[len(_standing) :]:
        undo = ExitStack()
        undo.callback(_forget, case, dict(vars(case)))
        if _standing:
            undo.callback(_savepoint(case).close)
        else:
            undo.callback(case.doClassCleanups)
        _standing.append((case, undo))
        try:
            _own_set_up(case)(case)
        except BaseException:
            _stand_on([])
            raise


def _go_on(cls):
    """Leave a class for the one that Odoo tests next, if any."""
    following = type(module.current_test)
    changed = cls.registry.registry_invalidated or cls.registry.registry_sequence != cls.registry_start_sequence
    # Odoo sets changed models up again at the end of a transaction.
    _stand_on([] if changed or following is cls or following.__unittest_skip__ else _common(_cases(following)))


def _common(cases):
    """Those of some cases that stand, from the first one on."""
    standing = [case for case, _undo in _standing]
    return next(cases[:length] for length in range(len(cases), -1, -1) if cases[:length] == standing[:length])


def _savepoint(cls):
    """What Odoo does around a test, around a class: closing it takes everything back, in the caches too."""
    undo, test = ExitStack(), cls()
    test.addCleanup = undo.callback
    TransactionCase.setUp(test)
    return undo


def _forget(case, before):
    """Give a case the attributes that it had before its set-up."""
    for name, value in dict(vars(case)).items():
        if name not in before:
            delattr(case, name)
        elif value is not before[name]:
            setattr(case, name, before[name])
