"""The states of a request: where each may go, what a person may do in it, and what it means to others."""

#: The life of a request: where each state may go. Nothing else writes ``state``.
#:
#: state        means                                              left by
#: draft        being filled in                                    a person
#: queued       frozen and committed, waits for the dispatcher     the dispatcher
#: sent         the bytes left, no answer yet                      the dispatcher
#: unknown      time-out or broken line after the bytes left       a consultation only
#: pending      the insurer has it, a person decides there         a consultation; by mail, a person
#: granted      an amount a line                                   cancellation, validity date
#: refused      with the insurer's words                           - (a new request)
#: error        technical reject, no decision was reached          a retry, same id, same bytes
#: cancelling   the cancellation is asked                          the dispatcher
TRANSITIONS = {
    "draft": {"queued", "pending", "granted", "refused", "cancelled"},
    "queued": {"sent", "error", "cancelled", "granted", "refused"},
    "sent": {"granted", "refused", "pending", "cancelled", "unknown", "queued", "error"},
    "unknown": {"granted", "refused", "pending", "cancelled", "queued", "error", "expired"},
    "pending": {"granted", "refused", "cancelled", "expired", "error"},
    "granted": {"cancelling", "cancelled", "expired"},
    "refused": set(),
    "error": {"queued", "cancelled", "granted", "refused"},
    "cancelling": {"cancelled", "granted"},
    "cancelled": set(),
    "expired": set(),
}

#: What a person may do, and in which states; buttons and mass actions ask :meth:`_allows` alone.
ACTION_STATES = {
    "send": {"draft"},
    "retry": {"queued", "error"},
    "consult": {"unknown", "pending", "cancelling"},
    "cancel": {"draft", "queued", "error", "granted"},
    "agree": {"draft", "queued", "unknown", "pending", "error"},
    "transfer": {"granted"},
    "convert": {"granted"},
}

#: The same for what is asked by mail or on the insurer's portal: no machine there can be asked.
BY_MAIL_ACTION_STATES = ACTION_STATES | {
    "retry": set(),
    "consult": set(),
    "cancel": ACTION_STATES["cancel"] | {"pending"},
}

#: What is asked: a quote binds nobody.
KINDS = [("quote", "Quote"), ("coverage", "Coverage")]

#: States in which an insurer holds, or may hold, an agreement for the equipment.
ACTIVE = ("queued", "sent", "unknown", "pending", "granted", "cancelling")

#: States in which an insurer is bound. An agreement that is being cancelled, or whose date passed after
#: the invoice, keeps the shares it has, but gets none any more.
ENFORCEABLE = ("granted", "cancelling", "expired")

#: States that the dispatcher works on.
DISPATCHED = ("queued", "sent", "unknown", "pending", "cancelling")

#: States in which a person or a program decides at the insurer: what is forgotten here would be an agreement that
#: nobody can use or cancel.
AT_INSURER = ("sent", "unknown", "pending", "cancelling")
