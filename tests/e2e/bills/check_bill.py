#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_bill.py spdx|cdx BILL FILE [--spoil CHANGE]

Checks a bill of material against the form that its specification demands (SPDX 2.3: the JSON names and the mandatory
fields of clauses 6 to 11; CycloneDX 1.5: the required members and the patterns of its JSON form) and against the file
that it describes: hashes, contents, the verification code, no reference into nothing. --spoil changes the bill before,
to show that the check notices."""

import argparse
import hashlib
import json
import re
import uuid
import zipfile

import jsonschema

SHA1, SHA256 = "^[0-9a-f]{40}$", "^[0-9a-f]{64}$"
LICENCE = r"^(NOASSERTION|NONE|[A-Za-z0-9.+\-() ]+)$"


def record(properties, required, closed=True):
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": not closed}


def text(pattern=None):
    return {"type": "string", "minLength": 1, **({"pattern": pattern} if pattern else {})}


def many(item, least=0):
    return {"type": "array", "items": item, "minItems": least}


CHECKSUM = {
    "oneOf": [
        record({"algorithm": {"const": "SHA1"}, "checksumValue": text(SHA1)}, ["algorithm", "checksumValue"]),
        record({"algorithm": {"const": "SHA256"}, "checksumValue": text(SHA256)}, ["algorithm", "checksumValue"]),
    ]
}
ELEMENT = text(r"^SPDXRef-[A-Za-z0-9.\-]+$")
SPDX_PACKAGE = record(
    {
        "SPDXID": ELEMENT,
        "name": text(),
        "versionInfo": text(),
        "packageFileName": text(),
        "supplier": text(r"^(NOASSERTION|(Organization|Person): .+)$"),
        "downloadLocation": text(r"^(NOASSERTION|NONE|[a-z]+://.+)$"),
        "filesAnalyzed": {"type": "boolean"},
        "packageVerificationCode": record({"packageVerificationCodeValue": text(SHA1)}, ["packageVerificationCodeValue"]),
        "licenseInfoFromFiles": many(text(), 1),
        "checksums": many(CHECKSUM, 1),
        "licenseConcluded": text(LICENCE),
        "licenseDeclared": text(LICENCE),
        "copyrightText": text(),
        "externalRefs": many(
            record(
                {
                    "referenceCategory": {"enum": ["SECURITY", "PACKAGE-MANAGER", "PERSISTENT-ID", "OTHER"]},
                    "referenceType": text(),
                    "referenceLocator": text(r"^pkg:[a-z]+/[^\s]+@[^\s]+$"),
                },
                ["referenceCategory", "referenceType", "referenceLocator"],
            )
        ),
        "primaryPackagePurpose": {"enum": ["APPLICATION", "FRAMEWORK", "LIBRARY", "INSTALL", "FILE", "ARCHIVE", "OTHER"]},
    },
    ["SPDXID", "name", "downloadLocation", "filesAnalyzed", "licenseConcluded", "licenseDeclared", "copyrightText"],
)
SPDX_FILE = record(
    {
        "SPDXID": ELEMENT,
        "fileName": text(r"^\./"),
        "fileTypes": many({"enum": ["SOURCE", "BINARY", "ARCHIVE", "APPLICATION", "TEXT", "OTHER"]}, 1),
        "checksums": many(CHECKSUM, 1),
        "licenseConcluded": text(LICENCE),
        "licenseInfoInFiles": many(text(), 1),
        "copyrightText": text(),
    },
    ["SPDXID", "fileName", "checksums", "licenseConcluded", "licenseInfoInFiles", "copyrightText"],
)
RELATIONS = ["DESCRIBES", "CONTAINS", "DEPENDS_ON", "OPTIONAL_DEPENDENCY_OF", "STATIC_LINK"]
SPDX = record(
    {
        "spdxVersion": {"const": "SPDX-2.3"},
        "dataLicense": {"const": "CC0-1.0"},
        "SPDXID": {"const": "SPDXRef-DOCUMENT"},
        "name": text(),
        "documentNamespace": text(r"^[a-z]+:[^#\s]+$"),
        "creationInfo": record(
            {
                "created": text(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"),
                "creators": many(text(r"^(Tool|Organization|Person): .+"), 1),
            },
            ["created", "creators"],
        ),
        "packages": many(SPDX_PACKAGE, 1),
        "files": many(SPDX_FILE, 1),
        "hasExtractedLicensingInfos": many(
            record(
                {"licenseId": text(r"^LicenseRef-[A-Za-z0-9.\-]+$"), "name": text(), "extractedText": text()},
                ["licenseId", "extractedText"],
            )
        ),
        "relationships": many(
            record(
                {"spdxElementId": ELEMENT, "relationshipType": {"enum": RELATIONS}, "relatedSpdxElement": ELEMENT},
                ["spdxElementId", "relationshipType", "relatedSpdxElement"],
            ),
            1,
        ),
    },
    ["spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages", "relationships"],
)

HASH = {
    "oneOf": [
        record({"alg": {"const": "SHA-1"}, "content": text(SHA1)}, ["alg", "content"]),
        record({"alg": {"const": "SHA-256"}, "content": text(SHA256)}, ["alg", "content"]),
    ]
}
COMPONENT = record(
    {
        "type": {"enum": ["application", "framework", "library", "file"]},
        "bom-ref": text(),
        "supplier": record({"name": text()}, ["name"]),
        "name": text(),
        "version": text(),
        "scope": {"enum": ["required", "optional", "excluded"]},
        "hashes": many(HASH, 1),
        "licenses": {
            "oneOf": [
                {"type": "array", "items": record({"expression": text()}, ["expression"]), "minItems": 1, "maxItems": 1},
                many(record({"license": record({"name": text()}, ["name"])}, ["license"]), 1),
            ]
        },
        "purl": text("^pkg:"),
        "externalReferences": many(
            record({"type": {"enum": ["website", "distribution"]}, "url": text("^[a-z]+://"), "hashes": many(HASH, 1)},
                   ["type", "url"]), 1),
        "components": many({"$ref": "#/definitions/component"}, 1),
    },
    ["type", "name", "bom-ref"],
)
CYCLONEDX = {
    "definitions": {"component": COMPONENT},
    **record(
        {
            "bomFormat": {"const": "CycloneDX"},
            "specVersion": {"const": "1.5"},
            "serialNumber": text("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
            "version": {"type": "integer", "minimum": 1},
            "metadata": record(
                {
                    "timestamp": text(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"),
                    "tools": record({"components": many(record(
                        {"type": text(), "name": text(), "version": text()}, ["type", "name"]), 1)}, ["components"]),
                    "component": {"$ref": "#/definitions/component"},
                },
                ["timestamp", "tools", "component"],
            ),
            "components": many({"$ref": "#/definitions/component"}),
            "dependencies": many(record({"ref": text(), "dependsOn": {"type": "array", "items": text(), "uniqueItems": True}},
                                        ["ref"])),
        },
        ["bomFormat", "specVersion", "version", "metadata", "components", "dependencies"],
    ),
}


def digests(data):
    return hashlib.sha1(data).hexdigest(), hashlib.sha256(data).hexdigest()


def held(path):
    """What a package holds, by name; of an MSI nothing is known here."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as package:
        return {i.filename: digests(package.read(i)) for i in package.infolist() if not i.is_dir()}


def spdx_sums(element):
    return tuple(c["checksumValue"] for c in element["checksums"])


def check_spdx(bill, path):
    jsonschema.validate(bill, SPDX)
    elements = [e["SPDXID"] for e in bill["packages"] + bill.get("files", [])] + ["SPDXRef-DOCUMENT"]
    assert len(set(elements)) == len(elements), "two elements have one id"
    relations = {(r["spdxElementId"], r["relationshipType"], r["relatedSpdxElement"]) for r in bill["relationships"]}
    for a, _, b in relations:
        assert a in elements and b in elements, f"{a} or {b} is not in the bill"
    described = [b for a, kind, b in relations if a == "SPDXRef-DOCUMENT" and kind == "DESCRIBES"]
    assert len(described) == 1, "not one thing is described"
    root = next(p for p in bill["packages"] if p["SPDXID"] == described[0])
    assert spdx_sums(root) == digests(open(path, "rb").read()), "the hashes are not those of the file"
    files = {f["SPDXID"]: f for f in bill["files"]}
    for package in bill["packages"]:
        mine = [files[b] for a, kind, b in relations if a == package["SPDXID"] and kind == "CONTAINS" and b in files]
        assert package["filesAnalyzed"] == bool(mine), package["name"]
        if mine:
            code = hashlib.sha1("".join(sorted(f["checksums"][0]["checksumValue"] for f in mine)).encode()).hexdigest()
            assert package["packageVerificationCode"]["packageVerificationCodeValue"] == code, "verification code"
    mine = {files[b]["fileName"][2:]: spdx_sums(files[b])
            for a, kind, b in relations if a == root["SPDXID"] and kind == "CONTAINS" and b in files}
    check_held(mine, path)
    told = {i["licenseId"] for i in bill.get("hasExtractedLicensingInfos", [])}
    for package in bill["packages"]:
        assert set(re.findall(r"LicenseRef-[A-Za-z0-9.\-]+", package["licenseDeclared"])) <= told, "licence not described"
    names = {e["SPDXID"]: e.get("name") or e.get("fileName") for e in bill["packages"] + bill["files"]}
    linked = {(names[a].rsplit("/", 1)[-1], names[b]) for a, kind, b in relations if kind == "STATIC_LINK"}
    check_linked(linked, path)
    check_products({p["SPDXID"] for p in bill["packages"] if "-Product-" in p["SPDXID"]}, path)


def check_held(mine, path):
    real = held(path)
    if real is None:
        assert {"zoosetup.exe", "zoofcgi.py", "zoorack.rb", "zoofcgi.pl", "HeliconZoo_x86.dll"} <= set(mine), sorted(mine)
        assert ("HeliconZoo_x64.dll" in mine) == ("x64" in path), path
    else:
        assert mine == real, "the files are not those of the package"


def check_linked(linked, path):
    """What every program of ours is made with; which archives beyond that is the linker's business."""
    arch = "x86-64" if "x64" in path or path.endswith(".zip") else "i686"
    dll = "HeliconZoo_x86.dll" if arch == "i686" else "HeliconZoo_x64.dll"
    for program, library in [(dll, "libasio-dev"), (dll, f"g++-mingw-w64-{arch}-posix"), (dll, f"mingw-w64-{arch}-dev"),
                             ("zoosetup.exe", "libcli11-dev"), ("zoosetup.exe", "nlohmann-json3-dev")]:
        assert (program, library) in linked, f"{library} is not told to be in {program}"
    assert (dll, "libcli11-dev") not in linked, "the module has no command line"


def check_products(ids, path):
    wanted = {"IIS7", "IISExpress10"}
    if "Django" in path:
        wanted |= {"HeliconZooModule", "Python313", "Django52-Python313", "WDeploy"}
        assert not any("Ruby" in i for i in ids), "Django needs no Ruby"
    for name in wanted:
        assert f"SPDXRef-Product-{name}" in ids, f"{name} is missing"


def components_of(component):
    yield component
    for inner in component.get("components", []):
        yield from components_of(inner)


def check_cyclonedx(bill, path):
    jsonschema.validate(bill, CYCLONEDX)
    assert uuid.UUID(bill["serialNumber"]).version == 5
    assert uuid.UUID(bill["serialNumber"]).variant == uuid.RFC_4122
    without = {**bill, "serialNumber": ""}
    assert bill["serialNumber"] == "urn:uuid:" + str(
        uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(without, separators=(",", ":"), ensure_ascii=False))), "serial number"
    root = bill["metadata"]["component"]
    everything = [c for top in [root] + bill["components"] for c in components_of(top)]
    refs = [c["bom-ref"] for c in everything]
    assert len(set(refs)) == len(refs), "two components have one reference"
    assert sorted(d["ref"] for d in bill["dependencies"]) == sorted(refs), "dependencies of every component, once"
    for dependency in bill["dependencies"]:
        assert set(dependency["dependsOn"]) <= set(refs), "a dependency leads into nothing"
    sums = lambda c: tuple(h["content"] for h in c["hashes"])
    assert sums(root) == digests(open(path, "rb").read()), "the hashes are not those of the file"
    check_held({c["name"]: sums(c) for c in root["components"]}, path)
    names = {c["bom-ref"]: c["name"] for c in everything}
    linked = {(names[d["ref"]], names[n]) for d in bill["dependencies"] for n in d["dependsOn"] if n.startswith("library:")}
    check_linked(linked, path)
    products = {c["bom-ref"][8:]: c for c in bill["components"] if c["bom-ref"].startswith("product:")}
    check_products({"SPDXRef-Product-" + p.replace("_", "-") for p in products}, path)
    if "Django" in path:
        assert products["HeliconZooModule"]["scope"] == products["WDeploy"]["scope"] == "required"
        assert products["Python313"]["scope"] == products["IIS7"]["scope"] == "optional"
    for component in everything:
        for licence in component.get("licenses", []):
            assert re.match(LICENCE, licence.get("expression", "NONE")), licence


def spoil(bill, change):
    if "spdxVersion" in bill:
        {
            "version": lambda: bill.update(spdxVersion="SPDX-2.2"),
            "namespace": lambda: bill.pop("documentNamespace"),
            "checksum": lambda: bill["files"][0]["checksums"][0].update(checksumValue="0" * 40),
            "verification": lambda: bill["packages"][0]["packageVerificationCode"].update(
                packageVerificationCodeValue="0" * 40),
            "dangling": lambda: bill["relationships"][-1].update(relatedSpdxElement="SPDXRef-None"),
            "licence": lambda: bill["packages"][-1].update(licenseDeclared="LicenseRef-Nowhere"),
        }[change]()
    else:
        {
            "version": lambda: bill.update(specVersion="1.4"),
            "serial": lambda: bill.update(serialNumber="urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, "x"))),
            "hash": lambda: bill["metadata"]["component"]["components"][0]["hashes"][0].update(content="0" * 40),
            "reference": lambda: bill["dependencies"][0]["dependsOn"].append("nobody"),
            "licence": lambda: bill["components"][0].update(licenses=[{"expression": "A"}, {"expression": "B"}]),
        }[change]()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("form", choices=["spdx", "cdx"])
    arguments.add_argument("bill")
    arguments.add_argument("file")
    arguments.add_argument("--spoil")
    options = arguments.parse_args()
    bill = json.load(open(options.bill, encoding="utf-8"))
    if options.spoil:
        spoil(bill, options.spoil)
    (check_spdx if options.form == "spdx" else check_cyclonedx)(bill, options.file)


main()
