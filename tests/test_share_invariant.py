"""Whatever is done in whatever order, the books say what was agreed, to the cent.

``OPTOAMC_SEQUENCES=500`` plays new histories; by default a few fixed ones. ``./dev bench histories`` counts their
steps.
"""

import logging
import os
from collections import Counter
from random import SystemRandom

from odoo.tests import tagged

from .history import play
from .share_common import ShareCase

_logger = logging.getLogger(__name__)

SEQUENCES = int(os.environ.get("OPTOAMC_SEQUENCES", "0"))


class HistoryCase(ShareCase):
    """Three shops of one database, whose histories are played."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shops = cls.company
        for name in ("Seconde boutique", "Troisième boutique"):
            cls.shops |= cls.setup_other_company(name=name)["company"]
        cls.env.user.company_ids |= cls.shops
        for shop, finess in zip(cls.shops, ("750000018", "750000026", "750000034"), strict=True):
            shop.finess = finess
            cls.insurer.with_company(shop).payment_delay_days = 10
        # A plan is a field of Odoo's, for which it sets its models up anew: once, not for every history.
        cls.places = cls.env["account.analytic.plan"].create({"name": "Place"})
        cls.insurer.amc_number, cls.second_insurer.amc_number = "75001234", "75005678"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestShareInvariant(HistoryCase):
    def test_share_invariant(self):
        first = SystemRandom().randrange(10**6) if SEQUENCES else 0
        effective = Counter()
        for seed in range(first, first + (SEQUENCES or 3)):
            history, failure = play(self, seed, 16 if SEQUENCES else 12)
            effective += history.effective
            if failure:
                self.fail(str(failure))
        _logger.info("Steps that changed something, from seed %s on: %s", first, dict(effective.most_common()))
