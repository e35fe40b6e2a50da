#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The bridge against its peers: zoohost + zoofcgi.py, nginx + uWSGI, nginx + gunicorn, Apache + mod_wsgi.

Everything is started here, on the loopback and in a temporary folder; no service of the system is touched.  Prints Markdown
on stdout and progress on stderr.  Exit code 0: all budgets are met; 1: some are not; 3: it could not be measured.
"""

import argparse
import os
import resource
import signal
import sys

import chart
import limits
import pages
import worker_cost
from programs import BenchError, Programs
from report import Report
from setups import Zoo, copy_app, start_database

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..'))
SECTIONS = ('hello', 'page_a', 'page_b', 'idle', 'slow', 'bodies', 'worker_cost')
SIMPLE = {'hello': pages.hello, 'idle': limits.idle, 'slow': limits.slow, 'bodies': limits.bodies,
          'worker_cost': worker_cost.section}
FILES_NEEDED = 11000
TIME_LIMIT = 20 * 60        # seconds; an idle machine needs less than half


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--section', action='append', choices=SECTIONS, help='may be repeated; all of them without it')
    parser.add_argument('--rounds', type=int, default=12, help='of slices for each page (at least 2)')
    parser.add_argument('--seconds', type=int, default=3, help='of one slice')
    parser.add_argument('--zoohost', default=os.environ.get('ZOOHOST') or os.path.join(ROOT, 'build/bench/bin/zoohost'))
    parser.add_argument('--svg', help='write the bar chart to this file')
    options = parser.parse_args()
    options.rounds = max(options.rounds, 2)
    return options


def run_sections(programs, report, options):
    wanted = options.section or SECTIONS
    page_sections = [name for name in ('page_a', 'page_b') if name in wanted]
    for name in SECTIONS:
        if name in SIMPLE and name in wanted:
            report.say('-- ' + name)
            SIMPLE[name](programs, report, options)
        elif page_sections and name == page_sections[0]:
            report.say('-- ' + ', '.join(page_sections))
            start_database(programs, copy_app(programs, 'site'))
            pages.pages(programs, report, options, page_sections)


def raise_file_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < FILES_NEEDED:
        raise BenchError('a process may open %d files here, and 10,000 connections need %d: raise ulimit -Hn' % (hard, FILES_NEEDED))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES_NEEDED if hard == resource.RLIM_INFINITY else hard, hard))


def stop(number, _frame):
    if number == signal.SIGALRM:
        raise BenchError('not finished after %d minutes: the machine does too much else' % (TIME_LIMIT / 60))
    raise SystemExit(130)


def main():
    options = parse_arguments()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, stop)
    signal.alarm(TIME_LIMIT)
    report = Report()
    try:
        if not os.access(options.zoohost, os.X_OK):
            raise BenchError('there is no %s: build it, or name another one with --zoohost' % options.zoohost)
        Zoo.program = os.path.abspath(options.zoohost)
        raise_file_limit()
        with Programs() as programs:
            run_sections(programs, report, options)
    except BenchError as error:
        report.say('bench_bridge: %s' % error)
        return 3
    if options.svg and report.pages:
        with open(options.svg, 'w') as file:
            file.write(chart.bars(report.pages))
        # The table goes into a document beside the folder of pictures.
        print('![Requests for each second relative to nginx + uWSGI](images/%s)\n' % os.path.basename(options.svg))
    print(report.markdown())
    return 0 if report.met() else 1


if __name__ == '__main__':
    sys.exit(main())
