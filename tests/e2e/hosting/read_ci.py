#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""read_ci.py GUIDE OUT: reads the two YAML examples of the guide and writes, for github and gitlab, the script of each
job or step (OUT/<system>/<name>.sh), their names in order (jobs) and the variables that they set (env)."""

import pathlib
import re
import sys

import yaml

GITHUB_VALUE = re.compile(r"^\$\{\{ (vars|secrets)\.[A-Z_]+ \}\}$")


def write(folder, scripts, variables):
    folder.mkdir(parents=True)
    for name, script in scripts.items():
        (folder / f"{name}.sh").write_text(script.rstrip("\n") + "\n")
    (folder / "jobs").write_text(" ".join(scripts) + "\n")
    (folder / "env").write_text("".join(f"{name}={value}\n" for name, value in variables.items()))


def github(example):
    # YAML 1.1 reads the key "on" as true.
    assert example[True]["push"]["branches"] == ["main"] and "pull_request" in example[True]
    (job,) = example["jobs"].values()
    assert job["container"] == "debian:12" and job["defaults"]["run"]["shell"] == "bash"
    scripts = {}
    for step in job["steps"]:
        assert ("run" in step) != ("uses" in step), step
        if "uses" in step:
            assert re.match(r"^actions/[a-z-]+@v\d+$", step["uses"]), step
            continue
        scripts[step["name"].split()[0].lower()] = step["run"]
        for value in step.get("env", {}).values():
            assert GITHUB_VALUE.match(value), f"{value}: secrets and variables come from the settings"
        if step["name"] == "Publish":
            assert step["if"] == "github.ref == 'refs/heads/main'", "only the main branch is published"
    assert list(scripts)[1:] == ["build", "lint", "try", "publish"], list(scripts)
    return scripts, job["env"]


def gitlab(example):
    assert example["image"] == "debian:12"
    jobs = {name: job for name, job in example.items() if isinstance(job, dict) and "script" in job}
    assert list(jobs) == ["build", "lint", "try", "publish"], list(jobs)
    for name, job in jobs.items():
        assert job["stage"] in example["stages"], name
        assert all(isinstance(line, str) for line in job["script"]), f"{name}: a line of the script is no text"
    assert jobs["publish"]["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    assert jobs["build"]["artifacts"]["paths"] == ["dist", "build/bin"]
    return {name: "\n".join(job["script"]) for name, job in jobs.items()}, example["variables"]


def main():
    guide, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    blocks = re.findall(r"^```yaml\n(.*?)^```$", guide.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) == 2, f"{len(blocks)} examples"
    write(out / "github", *github(yaml.safe_load(blocks[0])))
    write(out / "gitlab", *gitlab(yaml.safe_load(blocks[1])))


main()
