# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of this folder: all, or those in whose names one of the arguments is; prints `N passed, N failed`."""
import pathlib
import sys
import time
import unittest

from emulator import Emulator

MOST_ACCIDENTS = 2

class Timed(unittest.TextTestResult):
    """Says how long each test has taken, and with a failure what the emulators have said."""

    def startTest(self, test):
        super().startTest(test)
        self.begun = time.monotonic()

    def stopTest(self, test):
        super().stopTest(test)
        self.stream.writeln('    %.1f s' % (time.monotonic() - self.begun))

    def _exc_info_to_string(self, error, test):
        return super()._exc_info_to_string(error, test) + ''.join(iis.last_words() for iis in Emulator.running)


def chosen(suite, names):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from chosen(test, names)
        elif not names or any(name in test.id() for name in names):
            yield test


def run(tests):
    """The number of tests that were run, and those that failed."""
    result = unittest.TextTestRunner(verbosity=2, resultclass=Timed).run(unittest.TestSuite(tests))
    bad = {str(test): test for test, _ in result.failures + result.errors}
    bad.update((str(test), test) for test in result.unexpectedSuccesses)
    return result.testsRun, list(bad.values())


def again(bad):
    """Those that fail alone too. Wine itself fails at times (its CreateProcess once in some thousand calls), so one or two
    tests get a second try, which the log tells; more of them are no accident, and what fails twice has failed."""
    if len(bad) > MOST_ACCIDENTS or not all(isinstance(test, unittest.TestCase) for test in bad):
        return bad
    print('once more: ' + ', '.join(test.id() for test in bad), flush=True)
    return run([type(test)(test._testMethodName) for test in bad])[1]


def main():
    found = unittest.defaultTestLoader.discover(str(pathlib.Path(__file__).parent), 'test_*.py')
    count, bad = run(chosen(found, sys.argv[1:]))
    if bad:
        bad = again(bad)
    print('%d passed, %d failed' % (count - len(bad), len(bad)))
    return 1 if bad or not count else 0


if __name__ == '__main__':
    raise SystemExit(main())
