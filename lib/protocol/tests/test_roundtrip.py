"""Properties of both dialects: what is written is what is read, and what passes is sent."""

from __future__ import annotations

import pytest
from dialects_under_test import BOTH, OPTIONS, codec
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import MESSAGES, wild

from lib.protocol.errors import OptoamcError
from lib.protocol.messages import MessageKind

options = st.sets(st.sampled_from(sorted(OPTIONS))) | st.just(OPTIONS)
each = settings(max_examples=max(30, settings().max_examples // 10))


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize("kind", MessageKind)
def test_what_is_written_is_read(dialect, kind):
    @each
    @given(MESSAGES[kind], options)
    def holds(message, chosen):
        subject = codec(dialect)
        assert subject.check(message, chosen) == []
        xml = subject.build(message, chosen)
        assert xml == subject.build(message, set(chosen))
        minimal = subject.minimise(message, chosen)
        assert subject.parse(xml, kind) == minimal
        assert subject.minimise(minimal, chosen) == minimal
        assert subject.build(minimal, chosen) == xml

    holds()


@pytest.mark.parametrize("dialect", BOTH)
def test_what_passes_the_check_passes_the_schema(dialect):
    """Ten thousand with ``OPTOAMC_EXAMPLES=10000``; well over a tenth pass the check."""
    passed = []

    @given(wild(MESSAGES[MessageKind.REQUEST]), options)
    def holds(message, chosen):
        subject = codec(dialect)
        if subject.check(message, chosen):
            with pytest.raises(OptoamcError, match="incomplete"):
                subject.build(message, chosen)
        else:
            assert subject.parse(subject.build(message, chosen)) == subject.minimise(message, chosen)
            passed.append(True)

    holds()
    assert len(passed) > settings().max_examples // 10


@pytest.mark.parametrize("kind", MessageKind)
def test_a_spoilt_message_of_any_kind_is_refused_by_the_check_or_sent(kind):
    @each
    @given(wild(MESSAGES[kind]))
    def holds(message):
        subject = codec("open")
        if not subject.check(message):
            subject.build(message)

    holds()
