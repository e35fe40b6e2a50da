# SPDX-License-Identifier: Apache-2.0
"""Runs the tests whose names contain one of the arguments, or all; prints "N passed, N failed"."""
import sys
import time
import traceback

import test_attributes
import test_bridge
import test_frameworks
import test_limits
import test_sites
import test_spellings


def tests(wanted):
    for module in (test_bridge, test_attributes, test_limits, test_sites, test_spellings, test_frameworks):
        for name, test in list(vars(module).items()):
            if name.startswith('test_') and callable(test) and (not wanted or any(w in name for w in wanted)):
                yield name, test


def main(wanted):
    passed = failed = 0
    for name, test in tests(wanted):
        begun = time.monotonic()
        try:
            test()
            passed += 1
            print('ok      %s (%.1f s)' % (name, time.monotonic() - begun), flush=True)
        except Exception:
            failed += 1
            print('FAILED  %s\n%s' % (name, traceback.format_exc()), flush=True)
    test_frameworks.stop_servers()
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
