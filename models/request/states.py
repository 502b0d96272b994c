"""The states of a request: where each may go, what a person may do in it, and what it means to others."""

#: The life of a request: where each state may go. Nothing else writes ``state``.
#:
#: ==========  ===============================================  ====================================================
#: state       means                                            left by
#: ==========  ===============================================  ====================================================
#: draft       being filled in                                  a person
#: queued      frozen and committed, waits for the dispatcher   the dispatcher
#: sent        the bytes left, no answer yet                    the dispatcher
#: unknown     time-out or broken line after the bytes left     a consultation only
#: pending     the insurer has it, a person decides there       a consultation; withdrawn; by mail, a person
#: granted     an amount a line                                 cancellation, here or at the insurer; validity date
#: refused     with the insurer's words                         - (a new request)
#: error       technical reject, no decision was reached        a retry, same id, same bytes
#: cancelling  the cancellation is asked                        the dispatcher; refused, back to where it came from
#: cancelled   acknowledged, withdrawn, or learnt               -
#: expired     past its date, or no answer within the limit     -
#: ==========  ===============================================  ====================================================
TRANSITIONS = {
    "draft": {"queued", "pending", "granted", "refused", "cancelled"},
    "queued": {"sent", "error", "cancelled", "granted", "refused"},
    "sent": {"granted", "refused", "pending", "cancelled", "unknown", "queued", "error"},
    "unknown": {"granted", "refused", "pending", "cancelled", "queued", "error", "expired"},
    "pending": {"granted", "refused", "cancelling", "cancelled", "expired", "error"},
    "granted": {"cancelling", "cancelled", "expired"},
    "refused": set(),
    "error": {"queued", "cancelled", "granted", "refused"},
    "cancelling": {"cancelled", "granted", "pending"},
    "cancelled": set(),
    "expired": set(),
}

#: What a person may do, and in which states; buttons and mass actions ask :meth:`_allows` alone.
ACTION_STATES = {
    "send": {"draft"},
    "retry": {"queued", "error"},
    "consult": {"unknown", "pending", "granted", "cancelling"},
    "cancel": {"draft", "queued", "error", "pending", "granted"},
    "agree": {"draft", "queued", "unknown", "pending", "error"},
    "transfer": {"granted"},
    "convert": {"granted"},
}

#: The same for what is asked by mail or on the insurer's portal, or answered there: no machine can be asked.
BY_MAIL_ACTION_STATES = ACTION_STATES | {"retry": set(), "consult": set()}

#: What is asked: a quote binds nobody.
KINDS = [("quote", "Quote"), ("coverage", "Coverage")]

#: States in which an insurer holds, or may hold, an agreement for the equipment.
ACTIVE = ("queued", "sent", "unknown", "pending", "granted", "cancelling")

#: States in which an insurer is bound. An agreement that is being cancelled, or whose date passed after
#: the invoice, keeps the shares it has, but gets none any more.
ENFORCEABLE = ("granted", "cancelling", "expired")

#: States of an agreement that holds today.
IN_FORCE = ("granted", "cancelling")

#: States that the dispatcher works on by itself.
DISPATCHED = ("queued", "sent", "unknown", "pending", "cancelling")

#: States called for when their moment has come: what is to be sent, and what is asked about. An agreement has such
#: a moment only when a person asks whether it still holds.
TO_SEND = ("queued",)
TO_FOLLOW = ("sent", "unknown", "pending", "cancelling", "granted")

#: States in which a person or a program decides at the insurer: what is forgotten here would be an agreement that
#: nobody can use or cancel.
AT_INSURER = ("sent", "unknown", "pending", "cancelling")

#: States in which the insurer has the request and is to be told of its cancellation.
HELD_THERE = ("pending", "granted")

#: States of what has left nowhere, and of these, what is frozen: its bytes are made and kept.
UNSENT = ("draft", "queued", "error")
FROZEN = ("queued", "error")

#: States that are left again: not the insurer's last word, nor a person's.
UNFINISHED = tuple(state for state, targets in TRANSITIONS.items() if targets)

#: States in which it is not known whether the insurer will have the request, and those that end at the platform's
#: limit for an answer.
IN_DOUBT = ("queued", "unknown")
ANSWER_LIMITED = ("queued", "unknown", "pending", "cancelling")

#: States with an answer a line; the amounts of an agreement count until its cancellation is acknowledged.
DECIDED = ("granted", "refused", "cancelling")

#: States that shares in the books follow, when an agreement that has them comes there.
BOOKS_FOLLOW = ("granted", "cancelled", "expired")

#: States of what went wrong, for a person to correct.
FAILED = ("refused", "error")
