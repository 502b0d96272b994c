"""What the server's log says of a refusal: that there was one, and where; not whom it names."""

import logging

import pytest

from lib import log_filter

WORDS = "Fabienne MONTFORT has no contract.\nAsk her."


class UserError(Exception):
    """As Odoo's, whose package is not here."""


class ValidationError(UserError):
    pass


@pytest.fixture(autouse=True)
def installed():
    factory = logging.getLogRecordFactory()
    log_filter.install()
    yield
    logging.setLogRecordFactory(factory)


def refused(kind=ValidationError, cause=None):
    try:
        raise kind(WORDS) from cause
    except kind as error:
        return error


def test_a_refusal_in_the_log_of_the_web(caplog):
    """Odoo logs what it tells a user, as it is."""
    logging.getLogger("odoo.http").warning(refused())
    [text] = caplog.messages
    assert "MONTFORT" not in text
    assert text.startswith("ValidationError [hidden] at ")
    assert "test_log_filter.py" in text


def test_a_refusal_behind_another_error(caplog):
    try:
        raise OSError("the mail was not sent") from refused()
    except OSError:
        logging.getLogger("odoo.addons.base.models.ir_cron").exception("a job failed")
    assert "MONTFORT" not in caplog.text
    assert "Ask her" not in caplog.text
    assert "the mail was not sent" in caplog.text
    assert "ValidationError: [hidden]" in caplog.text


def test_what_has_nothing_to_do_with_the_module_is_logged_as_ever(caplog):
    logging.getLogger("odoo.http").warning(UserError("No such page"))
    logging.getLogger("odoo.http").warning(OSError("No such file"))
    assert caplog.messages == ["No such page", "No such file"]
