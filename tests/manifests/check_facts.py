#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every file that a manifest downloads is one that its maker has published: address, size and digests are those of
tests/fixtures/facts/installers.tsv, and a value that is not known there is not in the manifest either.

`check_facts.py ROOT` checks the tree; `check_facts.py --self-test` proves that wrong values are found."""

import csv
import pathlib
import re
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

NAMESPACE = "{urn:zoo:manifest:1}"
FACTS = "tests/fixtures/facts/installers.tsv"
VALUES = ("size", "sha1", "sha256")
# Products of the tree whose rows have other names: what a tool downloads by name and version.
BY_NAME = {"gem": "gem_%s", "cpanm": "%s_pm"}


def facts_of(root):
    with open(root / FACTS, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def check_file(file, facts):
    """A <file url=...>."""
    url = file.get("url")
    row = next((row for row in facts if row["url"] == url), None)
    if row is None:
        yield f"nothing is known of {url}"
        return
    for name in VALUES:
        if (file.get(name) or "") != row[name].lower():
            yield f"{name} of {url} is {row[name] or 'not known'}, not {file.get(name)}"


def check_arguments(arguments, facts):
    """What pip, gem and cpanm are told to download."""
    for url, fragment in re.findall(r'"(https?://[^"#\s]+)(?:#([^"\s]*))?"', arguments):
        row = next((row for row in facts if row["url"] == url), None)
        if row is None:
            yield f"nothing is known of {url}"
        elif fragment != "sha256=" + row["sha256"]:
            yield f"the fragment of {url} is {fragment or 'missing'}, not sha256={row['sha256']}"
    for name, version in re.findall(r"gem install (\S+) -v (\S+)", arguments):
        yield from check_named(BY_NAME["gem"] % name, version, facts)
    for name, version in re.findall(r"\s([A-Z]\w*)@(\S+)", arguments):
        yield from check_named(BY_NAME["cpanm"] % name, version, facts)


def check_named(name, version, facts):
    known = [row["version"] for row in facts if row["product_id"] == name]
    if version not in known:
        yield f"{name} {version} is not known, only {', '.join(known) or 'nothing'}"


def check_version(product, facts):
    """A product's version is that of its files."""
    versions = {row["version"] for row in facts for file in product.iter(NAMESPACE + "file") if row["url"] == file.get("url")}
    if versions and product.get("version") not in versions:
        yield f"the version is {', '.join(sorted(versions))}, not {product.get('version')}"


def problems_of(root):
    facts = facts_of(root)
    for path in sorted((root / "manifests").glob("*.xml")):
        product = ElementTree.parse(path).getroot()
        if product.tag != NAMESPACE + "product":
            continue
        found = list(check_version(product, facts))
        for file in product.iter(NAMESPACE + "file"):
            found += check_file(file, facts) if file.get("url") else []
        for run in product.iter(NAMESPACE + "run"):
            found += check_arguments(run.get("arguments") or "", facts)
        yield path.name, found


def check(root):
    failed = 0
    count = 0
    for name, found in problems_of(root):
        count += 1
        failed += bool(found)
        for problem in found:
            print(f"manifests/{name}: {problem}")
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed or not count else 0


GOOD = """<product xmlns="urn:zoo:manifest:1" id="A" version="1.2"><installers><installer id="1">
<file url="https://host.example/a.exe" sha256="ab"/>
<run exe="x" arguments='pip "https://host.example/b.whl#sha256=cd"'/><run exe="y" arguments="gem install puma -v 8.0 --x"/>
</installer></installers></product>"""
BAD = [("/a.exe", "/other.exe"), ('sha256="ab"', 'sha256="ac"'), ('sha256="ab"', 'sha256="ab" size="5"'), ('sha256="ab"', ""),
       ("#sha256=cd", ""), ("#sha256=cd", "#sha256=ce"), ("/b.whl", "/c.whl"), ("-v 8.0", "-v 8.1"), ('version="1.2"', 'version="1.3"')]
ROWS = "product_id\tversion\tarch\turl\tsize\tsha1\tsha256\nA\t1.2\tx64\thttps://host.example/a.exe\t\t\tAB\nB\t1\tany\thttps://host.example/b.whl\t9\t\tcd\ngem_puma\t8.0\tany\t\t\t\t\n"


def self_test():
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "manifests").mkdir()
        (root / FACTS).parent.mkdir(parents=True)
        (root / FACTS).write_text(ROWS, encoding="utf-8")
        for number, (old, new) in enumerate([("", "")] + BAD):
            assert old in GOOD, old
            (root / "manifests/A.xml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
            found = [problem for _, problems in problems_of(root) for problem in problems]
            if bool(found) != bool(number):
                wrong.append(f"{old!r} -> {new!r}: {found}")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(self_test() if sys.argv[1] == "--self-test" else check(pathlib.Path(sys.argv[1])))
