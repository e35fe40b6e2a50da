#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails on an #include that points up a layer, and on a third-party header in one of our headers.

`check_includes.py ROOT` scans the tree; `check_includes.py --self-test` proves that bad includes are found.
The table is the rule: docs/architecture.md explains it."""

import pathlib
import re
import sys
import tempfile

# Which folders a folder may include from, besides itself. A folder below one of these (feedgen/catalog/rules) belongs
# to it.
ALLOWED = {
    "feedgen/base": [],
    "feedgen/catalog": ["feedgen/base"],
    "feedgen/feed": ["feedgen/catalog", "feedgen/base"],
    "feedgen/publish": ["feedgen/feed", "feedgen/catalog", "feedgen/base"],
    "feedgen/cli": ["feedgen/publish", "feedgen/feed", "feedgen/catalog", "feedgen/base"],
    "packager/package": ["feedgen/catalog", "feedgen/base"],
    "packager/bundle": ["packager/package", "feedgen/catalog", "feedgen/base"],
    "packager/deploy": ["packager/package", "feedgen/catalog", "feedgen/base"],
    # The feed of a package's closure is made by feedgen/feed and handed to packager/bundle as a function.
    "packager/cli": [
        "packager/bundle", "packager/deploy", "packager/package", "feedgen/feed", "feedgen/catalog", "feedgen/base",
    ],
    "module/core": [],
    "module/win": ["module/core"],
    "module/posix": ["module/core"],
    "module/iis": ["module/win", "module/core"],
    "module/host": ["module/win", "module/posix", "module/core"],
    "module/setup": ["module/win", "module/posix", "module/core"],
}

# Our headers show the standard library and these; a third-party type in a header reaches everybody who includes it.
THIRD_PARTY_IN_HEADERS = {"tl/expected.hpp"}
# The adapter to IIS derives from the classes of IIS: the one folder whose headers may name its types.
PLATFORM_IN_HEADERS = ["module/iis"]
# Headers of a folder's own source files, which no other layer's header includes: they share handles and Asio's streams.
PRIVATE_HEADERS = {
    "module/win/attribute_list.h", "module/win/event_loop_impl.h", "module/win/handle.h", "module/win/process_guard.h",
    "module/win/stream_channel.h",
}

# The headers of C++20 and the C headers that belong to it.
STANDARD = set(
    """algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes
    climits clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef
    cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution filesystem forward_list
    fstream functional future initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map
    memory memory_resource mutex new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator
    semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf string string_view
    strstream syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility
    valarray variant vector version""".split()
)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*(?:include|import)[ \t]*([<"])([^>"\n]+)[>"]', re.M)
TOP_FOLDERS = ("feedgen", "packager", "module")


def layer_of(path):
    """The row of the table that a path belongs to, or None."""
    parts = path.split("/")
    name = "/".join(parts[:2])
    return name if len(parts) > 2 and name in ALLOWED else None


def is_standard(path):
    return path in STANDARD


def problems_of(path, text):
    """What is wrong with the includes of one file; `path` is relative to the root."""
    layer = layer_of(path)
    if layer is None:
        yield f"{path}:1: this folder is no layer: add it to the table in tests/layering/check_includes.py"
        return
    for match in INCLUDE.finditer(text):
        where = f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
        quote, name = match.groups()
        target = layer_of(name)
        if target is not None:
            if target != layer and target not in ALLOWED[layer]:
                yield f"{where}: {layer} must not include {name}"
        elif quote == '"':
            yield f'{where}: "{name}" is not relative to the root'
        elif path.endswith(".h") and not is_standard(name) and name not in THIRD_PARTY_IN_HEADERS:
            if layer not in PLATFORM_IN_HEADERS and path not in PRIVATE_HEADERS:
                yield f"{where}: the third-party header {name} in a header of ours"


def scan(root):
    """(number of files, problems) of a tree."""
    count, problems = 0, []
    for top in TOP_FOLDERS:
        for file in sorted((root / top).rglob("*")):
            if file.suffix in (".h", ".hpp", ".cpp", ".inc", ".def") and file.is_file():
                # A module-definition file of the linker is no C++.
                if file.suffix == ".def" and "#include" not in file.read_text(encoding="utf-8", errors="replace"):
                    continue
                count += 1
                text = file.read_text(encoding="utf-8", errors="replace")
                problems.extend(problems_of(file.relative_to(root).as_posix(), text))
    return count, problems


# (file, its text, what must be said or None)
SELF_TEST = [
    ("feedgen/base/a.cpp", '#include "feedgen/base/a.h"\n#include <curl/curl.h>\n', None),
    ("feedgen/base/a.cpp", '#include "feedgen/catalog/product.h"\n', "must not include"),
    ("feedgen/catalog/rules/a.cpp", '#include "feedgen/base/a.h"\n', None),
    ("feedgen/catalog/rules/a.cpp", '#include "feedgen/catalog/product.h"\n', None),
    ("feedgen/catalog/rules/a.cpp", '#include "feedgen/feed/webpi_reader.h"\n', "must not include"),
    ("feedgen/catalog/a.cpp", '  #  include "feedgen/cli/main.h"\n', "must not include"),
    ("feedgen/catalog/a.cpp", "#include <feedgen/cli/main.h>\n", "must not include"),
    ("feedgen/feed/a.cpp", '#include "feedgen/publish/store.h"\n', "must not include"),
    ("feedgen/publish/a.cpp", '#include "feedgen/feed/writer.h"\n', None),
    ("feedgen/cli/a.cpp", '#include "feedgen/publish/store.h"\n', None),
    ("feedgen/base/a.cpp", '#include "module/core/pool.h"\n', "must not include"),
    ("packager/package/a.cpp", '#include "feedgen/base/hash.h"\n', None),
    ("packager/package/a.cpp", '#include "packager/bundle/bundle.h"\n', "must not include"),
    ("packager/deploy/a.cpp", '#include "packager/bundle/bundle.h"\n', "must not include"),
    ("packager/bundle/a.cpp", '#include "feedgen/feed/webpi_reader.h"\n', "must not include"),
    ("module/core/a.cpp", '#include "feedgen/base/result.h"\n', "must not include"),
    ("module/core/a.cpp", '#include "module/posix/process.h"\n', "must not include"),
    ("module/host/a.cpp", '#include "module/posix/process.h"\n', None),
    ("module/iis/a.cpp", '#include "module/posix/process.h"\n', "must not include"),
    ("module/win/a.cpp", '#include "module/iis/adapter.h"\n', "must not include"),
    ("feedgen/base/a.cpp", '#include "hash.h"\n', "not relative to the root"),
    ("feedgen/newcomer/a.cpp", "#include <string>\n", "no layer"),
    ("feedgen/base/a.h", "#include <string>\n#include <tl/expected.hpp>\n", None),
    ("feedgen/base/a.h", "#include <curl/curl.h>\n", "third-party"),
    ("feedgen/base/a.h", "#include <pugixml.hpp>\n", "third-party"),
    ("feedgen/catalog/a.h", "#include <openssl/evp.h>\n", "third-party"),
    ("packager/package/a.h", "#include <archive.h>\n", "third-party"),
    ("feedgen/base/a.h", "#include <expat.h>\n", "third-party"),
    ("module/core/a.h", "#include <windows.h>\n", "third-party"),
    ("module/core/a.h", '#include "windows.h"\n', "not relative to the root"),
    ("module/win/a.h", "#include <windows.h>\n", "third-party"),
    ("module/iis/a.h", "#include <windows.h>\n", None),
]


def self_test():
    """(passed, failed): each example lies alone in a tree of its own and is judged by scan()."""
    failed = 0
    for path, text, expected in SELF_TEST:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True)
            file.write_text(text, encoding="utf-8")
            count, problems = scan(pathlib.Path(folder))
        right = count == 1 and (not problems if expected is None else len(problems) == 1 and expected in problems[0])
        if not right:
            failed += 1
            print(f"{path} with {text!r}: expected {expected}, got {problems}")
    return len(SELF_TEST) - failed, failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        passed, failed = self_test()
    else:
        count, problems = scan(pathlib.Path(sys.argv[1]))
        for problem in problems:
            print(problem)
        files = {problem.split(":", 1)[0] for problem in problems}
        passed, failed = count - len(files), len(files)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
