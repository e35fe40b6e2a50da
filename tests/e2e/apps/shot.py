# SPDX-License-Identifier: Apache-2.0
"""Takes a picture of a page with headless Chromium: picture(url, file, width, height, dark)."""

import os
import subprocess
import tempfile

FLAGS = ('--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
         '--disable-component-update', '--disable-sync')


def picture(url, file, width=1280, height=1100, dark=False):
    os.makedirs(os.path.dirname(file), exist_ok=True)
    flags = [*FLAGS, '--hide-scrollbars', '--window-size=%d,%d' % (width, height), '--screenshot=' + file]
    if dark:
        flags += ['--blink-settings=preferredColorScheme=0']
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(['chromium', '--user-data-dir=' + profile, *flags, url], check=True, timeout=300,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
