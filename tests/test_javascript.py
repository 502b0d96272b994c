from odoo.tests import HttpCase, tagged


def _suite_id(name):
    """Hoot's identifier of a suite: the hash of its name."""
    number = 0
    for character in name:
        number = ((number << 5) - number + ord(character)) & 0xFFFFFFFF
    return f"{number:08x}"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestJavascript(HttpCase):
    def test_units(self):
        # ./dev leaves these bundles out of the tests' databases: they cost half of the time to build all of them.
        self.env.ref("web.unit_tests_suite").active = True
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={_suite_id('@l10n_fr_optoamc')}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
        )
