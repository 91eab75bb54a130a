#!/usr/bin/env python3
"""A cleaned set is at rest, and what becomes of a text does not depend on the texts beside it.

Usage: tests/eval/rest.py DEDUP [SET...]      (environment: DEDUP_SHARED as for tests/cli/run.sh)
For every set and level: cleaning what a run left changes nothing, and the rules, without what is learned, clean a part of the set by
itself, under other names, as they clean it among the others. Exit 1 with the first files that differ, 77: the sets are not there."""
import filecmp
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
dedup = os.path.abspath(sys.argv[1])
shared = os.path.abspath(os.environ.get("DEDUP_SHARED", os.path.join(root, "..", "shared")))
if not os.path.isdir(shared):
    print("skipped: no", shared)
    sys.exit(77)
SETS = sys.argv[2:] or ["articles", "eval/pages/page", "eval/template_lines/docs", "eval/weekly", "eval/cross_script/docs"]


def run(source, out, *options):
    subprocess.run([dedup, "--documents", "keep", "--paragraphs", "keep", "--quiet", "--in", source, "--out", out, *options], check=True)


def files(folder):
    return sorted(name for name in os.listdir(folder) if name != ".dedup")


def differences(first, second, names):
    return [a for a, b in names if not filecmp.cmp(os.path.join(first, a), os.path.join(second, b), shallow=False)]


failed = False
for name in SETS:
    source = os.path.join(shared, name)
    for level in ("safe", "standard", "aggressive"):
        with tempfile.TemporaryDirectory() as folder:
            once, again, part, alone, whole = (os.path.join(folder, x) for x in ("once", "again", "part", "alone", "whole"))
            run(source, once, "--clean", level)
            shutil.rmtree(os.path.join(once, ".dedup"))
            run(once, again, "--clean", level)
            unsettled = differences(once, again, [(x, x) for x in files(once)])
            # A third of the files, renamed so that they come in another order.
            os.mkdir(part)
            chosen = [(x, hashlib.md5(x.encode()).hexdigest() + os.path.splitext(x)[1]) for x in files(source)]
            chosen = [(x, new) for x, new in chosen if new[0] in "01234"]
            for x, new in chosen:
                shutil.copy(os.path.join(source, x), os.path.join(part, new))
            run(source, whole, "--clean", level, "--no-rule", "learned")
            run(part, alone, "--clean", level, "--no-rule", "learned")
            dependent = differences(whole, alone, chosen)
            print("%-26s %-10s %5d texts, %d not at rest, %d of %d depend on others"
                  % (name, level, len(files(once)), len(unsettled), len(dependent), len(chosen)), *(unsettled + dependent)[:5])
            failed |= bool(unsettled or dependent)
sys.exit(failed)
