#!/usr/bin/env python3
"""Properties of whole runs over random trees. A failure is made smaller and printed with the seed that makes it again.

Usage: properties.py [--cases N] [--seed S] DEDUP
  restored       restore(run(x)) = x, by the command and by tests/cli/restore.py; verify agrees
  deterministic  the output is the same for any threads, processor and order of creation
  settled        run(run(x)) removes nothing more (nothing learned: a smaller corpus can teach other lines)
  recorded       without one of its files, every document of x stays or is recorded as a duplicate of one that stays
  unrelated      documents that have nothing in common with those of x change nothing about them (nothing learned)"""
import argparse
import filecmp
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import trees

HERE = os.path.dirname(os.path.abspath(__file__))
SAME = os.path.join(HERE, "..", "support", "same_tree.py")
RESTORE = os.path.join(HERE, "..", "cli", "restore.py")


class Failure(Exception):
    pass


class Place:
    """A folder to work in, and the command."""

    def __init__(self, command, folder):
        self.command, self.folder = command, folder

    def at(self, name):
        return os.path.join(self.folder, name)

    def call(self, *arguments, codes=(0,), **environment):
        # A sanitizer ends with 1 unless told otherwise, as a run with reported inputs does.
        environment = dict(os.environ, ASAN_OPTIONS="exitcode=99", UBSAN_OPTIONS="halt_on_error=1:exitcode=99", **environment)
        done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
        if done.returncode not in codes:
            raise Failure("%s ended with %d: %s" % (" ".join(arguments[1:]), done.returncode, done.stdout.decode("utf-8", "replace")))
        return done.stdout

    def run(self, source, target, *options, **environment):
        self.call(self.command, "--in", self.at(source), "--out", self.at(target), "--quiet", *options, codes=(0, 1), **environment)

    def report(self, target):
        with open(self.at(os.path.join(target, ".dedup", "report.json")), encoding="utf-8") as file:
            return json.load(file)

    def duplicates(self, target):
        with open(self.at(os.path.join(target, ".dedup", "duplicates.jsonl")), encoding="utf-8") as file:
            return [json.loads(line) for line in file]


def restored(place, files, options, dice):
    trees.write(files, place.at("in"))
    place.run("in", "out", *options)
    place.call(place.command, "verify", "--in", place.at("in"), "--out", place.at("out"))
    place.call(place.command, "restore", "--out", place.at("out"), "--to", place.at("to"))
    place.call(sys.executable, SAME, place.at("in"), place.at("to"))
    place.call(sys.executable, RESTORE, place.at("out"), place.at("other"), place.at("in"))


def listing(root):
    return sorted(os.path.relpath(os.path.join(folder, name), root) for folder, _, names in os.walk(root) for name in names)


def without_run(path):
    """What two equal runs share of the reports and manifest.json."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".html"):
        return re.sub("<footer>.*?</footer>", "", text, flags=re.DOTALL)
    said = json.loads(text)
    said.pop("run", None)
    said.pop("input_path", None)
    return said


def expect_same(place, first, second):
    one, two = listing(place.at(first)), listing(place.at(second))
    if one != two:
        raise Failure("%s and %s have other files: %s" % (first, second, sorted(set(one) ^ set(two))[:5]))
    for name in one:
        paths = [place.at(os.path.join(root, name)) for root in (first, second)]
        said = name in (".dedup/report.json", ".dedup/report.html", ".dedup/manifest.json")
        if not (without_run(paths[0]) == without_run(paths[1]) if said else filecmp.cmp(*paths, shallow=False)):
            raise Failure("%s of %s and %s differ" % (name, first, second))


def deterministic(place, files, options, dice):
    trees.write(files, place.at("in"))
    trees.write(files, place.at("in2"), True)
    place.run("in", "out", "--threads", "1", *options)
    place.run("in2", "out2", "--threads", str(dice.randrange(2, 6)), *options, DEDUP_ISA=dice.choice(["scalar", "sse2", "avx2"]))
    expect_same(place, "out", "out2")


def settled(place, files, options, dice):
    options = list(options) + ["--no-rule", "learned"]
    trees.write(files, place.at("in"))
    place.run("in", "out", *options)
    if "--encoding" in options:
        options = options[2:]  # of the input: the output is UTF-8
    place.run("out", "out2", *options)
    report = place.report("out2")
    if "keep" not in options and sum(report["duplicates"]["documents"].values()) != 0:
        raise Failure("the second run finds duplicates: %s" % place.duplicates("out2")[:3])
    if sum(report["removed_characters"].values()) != 0:
        raise Failure("the second run removes %s: %s" % (report["removed_characters"], [r["id"] for r in report["rules"]]))


def recorded(place, files, options, dice):
    fewer = list(files)
    if len(fewer) > 1:
        del fewer[dice.randrange(len(fewer))]
    trees.write(fewer, place.at("in"))
    place.run("in", "out", *options)
    report, dropped = place.report("out"), set()
    for duplicate in place.duplicates("out"):
        if duplicate["unit"] == "document":
            dropped.add(duplicate["dropped"])
    for duplicate in place.duplicates("out"):
        if duplicate["kept"] in dropped:
            raise Failure("%s was dropped for %s, which was dropped" % (duplicate["dropped"], duplicate["kept"]))
    if report["in"]["documents"] != report["out"]["documents"] + len(dropped):
        raise Failure("%d documents came, %d stay, %d are recorded" %
                      (report["in"]["documents"], report["out"]["documents"], len(dropped)))
    for file in fewer:
        name = trees.name(file)
        there = os.path.lexists(place.at(os.path.join("out", name)))
        if file["kind"] == "text" and there == (name in dropped):
            raise Failure("%s is %s the output and %s recorded" % (name, "in" if there else "not in", "" if there else "not"))
        if file["kind"] == "lines" and not there:
            raise Failure("%s is not in the output" % name)


def unrelated(place, files, options, dice):
    options = list(options) + ["--no-rule", "learned"]
    trees.write(files, place.at("in"))
    trees.write(files + trees.make(dice, True), place.at("in2"))
    place.run("in", "out", *options)
    place.run("in2", "out2", *options)
    names = listing(place.at("out"))
    for name in names:
        if name.startswith(".dedup" + os.sep):
            continue
        paths = [place.at(os.path.join(root, name)) for root in ("out", "out2")]
        if not os.path.exists(paths[1]) or not filecmp.cmp(*paths, shallow=False):
            raise Failure("%s is another one beside unrelated documents" % name)
    ours = [d for d in place.duplicates("out2") if not d["dropped"].startswith("zz/")]
    if ours != place.duplicates("out"):
        raise Failure("other duplicates beside unrelated documents")


PROPERTIES = [restored, deterministic, settled, recorded, unrelated]
OPTIONS = [[], [], ["--paragraphs", "corpus"], ["--clean", "aggressive"], ["--clean", "off"], ["--documents", "keep"],
           ["--keep", "first", "--threshold", "0.6"], ["--max-document", "300"], ["--encoding", "gbk"]]


def holds(command, test, files, options, seed):
    """None, or what is wrong."""
    folder = tempfile.mkdtemp(prefix="dedup-property-")
    try:
        test(Place(command, folder), trees.clone(files), options, random.Random(seed))
    except Failure as failure:
        return str(failure).replace(folder, "")
    finally:
        shutil.rmtree(folder)
    return None


def shrink(command, test, files, options, seed, patience=400):
    """The smallest tree within reach that fails as well."""
    message = holds(command, test, files, options, seed)
    again = True
    while again:
        again = False
        for simpler in trees.smaller(files):
            patience -= 1
            if patience < 0:
                return files, message
            found = holds(command, test, simpler, options, seed)
            if found:
                files, message, again = simpler, found, True
                break
    return files, message


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=10)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("command")
    arguments = parser.parse_args()
    failures = 0
    for case in range(arguments.cases):
        seed = arguments.seed + case
        dice = random.Random(seed)
        files, options = trees.make(dice), dice.choice(OPTIONS)
        for test in PROPERTIES:
            if not holds(arguments.command, test, files, options, seed):
                continue
            small, message = shrink(arguments.command, test, files, options, seed)
            print("%s does not hold: --seed %d --cases 1, options %s\n  %s" % (test.__name__, seed, options, message))
            trees.show(small)
            failures += 1
    print("%d trees from seed %d, %d properties each, %d failures" % (arguments.cases, arguments.seed, len(PROPERTIES), failures))
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
