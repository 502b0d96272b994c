def labelled(env, label, text):
    """Put a label before a text, with the reader's colon: French has a space before it.

    :param label: what the text is about, in the reader's language
    :rtype: str
    """
    return env._("%(label)s: %(text)s", label=label, text=text)


def bullets(env, pairs):
    """The lines that a message lists.

    :param pairs: the label and the text of each
    :return: the lines, each on one of its own, to be put behind the message
    """
    return "".join(f"\n• {labelled(env, label, text)}" for label, text in pairs)
