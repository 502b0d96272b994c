def in_lang_of(records, reader):
    """Records in the language of the user who will read what is said of them: a cron has none."""
    # context_get() is cached by user: no record is read for each message.
    return records.with_context(lang=reader.with_user(reader).context_get()["lang"])
