# SPDX-License-Identifier: Apache-2.0
"""A bar chart as SVG: the same figures give the same bytes.  Colours follow the reader's light or dark setting."""

from xml.sax.saxutils import escape

WIDTH, LEFT, BAR, GAP, GROUP = 760, 190, 22, 4, 34
TOP, BOTTOM = 58, 34
COLOURS = (('#0b62a4', '#5db1f2'), ('#6b6f76', '#a3a8b0'), ('#8c6d1f', '#d9b44a'), ('#7a3e8a', '#c48ad6'))

STYLE = 'text{font:13px system-ui,sans-serif;fill:#1b1b1b}.t{font-size:16px;font-weight:600}.g{font-weight:600}' \
        '.n{fill:#444}.l{stroke:#888;stroke-dasharray:3 3}'
DARK = 'text{fill:#eee}.n{fill:#bbb}'


def bars(pages):
    """`pages`: [(label, [(set-up, requests/s relative to the peer)])]; every page with the same set-ups or some of them."""
    most = max(value for _, rows in pages for _, value in rows)
    scale = (WIDTH - LEFT - 60) / max(most, 1)
    names = list(dict.fromkeys(name for _, rows in pages for name, _ in rows))
    height = TOP + sum(GROUP + len(rows) * (BAR + GAP) for _, rows in pages) + BOTTOM
    light, dark = (''.join('.c%d{fill:%s}' % (i, pair[k]) for i, pair in enumerate(COLOURS)) for k in (0, 1))
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">' % (WIDTH, height, WIDTH, height),
           '<title>Requests for each second, relative to nginx + uWSGI</title>',
           '<style>%s%s@media(prefers-color-scheme:dark){%s%s}</style>' % (STYLE, light, DARK, dark),
           text(12, 26, 'Requests for each second, relative to nginx + uWSGI', 't')]
    y = TOP
    for label, rows in pages:
        out.append(text(12, y + 4, label, 'g'))
        y += 14
        for name, value in rows:
            out.append(text(12, y + 16, name))
            out.append('<rect class="c%d" x="%d" y="%d" width="%.1f" height="%d"/>'
                       % (names.index(name) % len(COLOURS), LEFT, y, value * scale, BAR))
            out.append(text(LEFT + value * scale + 6, y + 16, '%.2f' % value))
            y += BAR + GAP
        y += GROUP - 14
    line = LEFT + scale
    out.append('<line class="l" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>' % (line, TOP, line, y - GROUP + 20))
    out.append(text(12, height - 12, '32 connections, two Python workers each; medians of adjacent slices; more is better', 'n'))
    out.append('</svg>')
    return '\n'.join(out) + '\n'


def text(x, y, content, name=''):
    return '<text%s x="%.1f" y="%d">%s</text>' % (' class="%s"' % name if name else '', x, y, escape(content))
