# SPDX-License-Identifier: Apache-2.0
"""What the benchmark prints: Markdown tables, the budgets, and what machine it was."""

import os
import sys
import time


class Table:
    def __init__(self, title, columns):
        self.title, self.columns, self.rows = title, columns, []

    def add(self, *cells):
        self.rows.append(cells)

    def markdown(self):
        alignment = ['---'] + ['---:'] * (len(self.columns) - 1)
        lines = ['| ' + ' | '.join(cells) + ' |' for cells in (self.columns, alignment, *self.rows)]
        return '**%s**\n\n%s\n' % (self.title, '\n'.join(lines))


class Budget:
    """A figure and what it may be."""

    def __init__(self, what, seen, at_least=None, at_most=None, unit=''):
        self.what, self.seen, self.at_least, self.at_most, self.unit = what, seen, at_least, at_most, unit

    def met(self):
        return (self.at_least is None or self.seen >= self.at_least) and (self.at_most is None or self.seen <= self.at_most)

    def cells(self):
        bound = '>= %.2f' % self.at_least if self.at_least is not None else '<= %.2f' % self.at_most
        return self.what, '%.2f%s' % (self.seen, self.unit), bound + self.unit, 'yes' if self.met() else '**no**'


def machine():
    """One line about where and beside what the figures were taken."""
    model = ''
    with open('/proc/cpuinfo') as file:
        for line in file:
            if line.startswith('model name'):
                model = line.split(':', 1)[1].strip()
                break
    with open('/proc/meminfo') as file:
        memory = int(file.readline().split()[1]) / (1 << 20)
    with open('/etc/debian_version') as file:
        debian = file.read().strip()
    return '%d cores (%s), %.0f GiB, Debian %s, Linux %s' % (
        os.cpu_count(), model or os.uname().machine, memory, debian, os.uname().release)


def busy_share(seconds):
    """How much of the processors' time is taken by others, from 0 to 1."""
    def ticks():
        with open('/proc/stat') as file:
            fields = list(map(int, file.readline().split()[1:9]))
        return sum(fields), fields[3] + fields[4]       # all, and those of idle and iowait
    (all_before, idle_before), _, (all_after, idle_after) = ticks(), time.sleep(seconds), ticks()
    return 1 - (idle_after - idle_before) / max(all_after - all_before, 1)


class Report:
    def __init__(self):
        self.load = os.getloadavg()[0]      # of the last minute: a build just before shows in it
        self.busy = busy_share(3)
        self.tables, self.budgets, self.pages = [], [], []

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    def table(self, table):
        self.tables.append(table)

    def page(self, label, page):
        self.tables.append(page.table())
        self.pages.append((label, page.relative()))

    def budget(self, budget):
        self.budgets.append(budget)

    def met(self):
        return all(budget.met() for budget in self.budgets)

    def markdown(self):
        disturbed = ' The machine was **not idle**: figures of such a run mean little.' if self.busy > 0.1 else ''
        parts = ['%s. At the start others took %.0f %% of the processors (load of the last minute: %.2f).%s\n' % (
            machine(), self.busy * 100, self.load, disturbed)]
        parts += [table.markdown() for table in self.tables]
        if self.budgets:
            table = Table('Budgets', ['what', 'seen', 'budget', 'met'])
            for budget in self.budgets:
                table.add(*budget.cells())
            parts.append(table.markdown())
        return '\n'.join(parts)
