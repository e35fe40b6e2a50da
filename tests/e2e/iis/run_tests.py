# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of this folder: all, or those in whose names one of the arguments is; prints `N passed, N failed`."""
import pathlib
import sys
import time
import unittest

from emulator import Emulator


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


def main():
    found = unittest.defaultTestLoader.discover(str(pathlib.Path(__file__).parent), 'test_*.py')
    suite = unittest.TestSuite(chosen(found, sys.argv[1:]))
    result = unittest.TextTestRunner(verbosity=2, resultclass=Timed).run(suite)
    bad = len({str(test) for test, _ in result.failures + result.errors} | {str(test) for test in result.unexpectedSuccesses})
    print('%d passed, %d failed' % (result.testsRun - bad, bad))
    return 1 if bad or not result.testsRun else 0


if __name__ == '__main__':
    raise SystemExit(main())
