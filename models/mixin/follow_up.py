"""Who is asked to look after a record."""


def first_able(record, *candidates):
    """The first user who works in a record's company and may read it, else whoever is at work.

    :param record: with a company
    :param candidates: callables that return users, asked only where those before are not able
    """
    company = record.company_id
    # Whoever asks may have companies open that the candidate does not even have.
    record = record.with_context(allowed_company_ids=company.ids)
    able = (
        user
        for users in candidates
        for user in users().sudo()
        if user.active and company in user.company_ids and record.with_user(user).has_access("read")
    )
    return next(able, record.env.user)
