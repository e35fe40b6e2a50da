# SPDX-License-Identifier: Apache-2.0
"""Runs the worker tests; see run.sh."""

import sys
import unittest


class Counting(unittest.TextTestResult):
    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def main():
    names = ['test_' + name for name in sys.argv[1:] or ('python', 'ruby', 'perl')]
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    result = unittest.TextTestRunner(resultclass=Counting).run(suite)
    failed = len({str(test) for test, _ in result.failures + result.errors})
    sys.stderr.flush()
    print('%d passed, %d failed%s' % (result.passed, failed, ', %d skipped' % len(result.skipped) if result.skipped else ''))
    return 1 if failed or not result.passed else 0


if __name__ == '__main__':
    sys.exit(main())
