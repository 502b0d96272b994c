"""Only what Odoo's tests say of the module counts: neither what fails anyhow, nor what could not start."""

from devtools.outcomes import OdooRun, read_odoo
from devtools.suites import Comparison
from devtools.tests.test_outcomes import ended, line

FAILED = line("ERROR", "odoo.addons.sale.tests.test_a", "FAIL: TestA.test_one")
TWIN = line("ERROR", "odoo.addons.sale.tests.test_a", "ERROR: TestA.test_two")
CLASS = line("ERROR", "odoo.tests.suite", "ERROR: setUpClass (odoo.addons.sale.tests.test_b.TestB)")


def compared(without: list[str], installed: list[str]) -> Comparison:
    return Comparison(read_odoo(without), read_odoo(installed))


def test_no_difference():
    found = compared(ended(0, 0, 241), ended(0, 0, 241))
    assert (str(found), found.passed) == ("241 run, 241 run without, 0 more", True)


def test_what_fails_without_the_module_too_is_not_its_fault():
    found = compared([FAILED, *ended(1, 0, 241)], [FAILED, *ended(1, 0, 241)])
    assert (str(found), found.passed) == ("241 run, 241 run without, 0 more", True)


def test_one_failure_instead_of_another_is_one_more():
    found = compared([FAILED, *ended(1, 0, 241)], [TWIN, *ended(0, 1, 241)])
    assert (str(found), found.more, found.passed) == ("241 run, 241 run without, 1 more", ["TestA.test_two"], False)


def test_a_class_that_cannot_start_runs_less():
    found = compared(ended(0, 0, 241), [CLASS, *ended(0, 1, 165)])
    assert (str(found), found.passed) == ("165 run, 241 run without, 1 more", False)


def test_fewer_tests_are_a_difference_even_without_a_failure():
    assert not compared(ended(0, 0, 241), ended(0, 0, 240)).passed


def test_runs_that_did_not_come_to_their_tests_do_not_pass():
    assert not compared([], []).passed
    assert not Comparison(OdooRun(ran=241), OdooRun()).passed


def test_what_passes_alone_was_the_machines_fault():
    found = compared(ended(0, 0, 241), [FAILED, TWIN, CLASS, *ended(1, 2, 241)])
    assert found.tags(["sale"]) == ["/sale:TestA.test_one", "/sale:TestA.test_two", "/sale:TestB"]
    found.count_again(compared(ended(0, 0, 9), [TWIN, *ended(0, 1, 9)]))
    assert (found.more, found.passed) == (["TestA.test_two"], False)
    found.count_again(compared([TWIN, *ended(0, 1, 1)], [TWIN, *ended(0, 1, 1)]))
    assert found.passed


def test_a_second_run_that_did_not_start_excuses_nothing():
    found = compared(ended(0, 0, 241), [TWIN, *ended(0, 1, 241)])
    found.count_again(compared([], []))
    assert found.more == ["TestA.test_two"]
