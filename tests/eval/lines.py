#!/usr/bin/env python3
"""Which layer of the cleaner takes which lines: rules alone, with zones, with what is learned, on labelled lines.

Usage: tests/eval/lines.py [DEDUP]      (environment: DEDUP_SHARED as for tests/cli/run.sh)
Prints a row for each set, level and layer: precision and recall of removed lines, body characters lost. Every row is a run with
`--documents keep --paragraphs keep` and the options that the row names, judged by score_lines.py of the set. Pages are also judged in
two halves, by a hash of their names. Exit 1: a set with all layers misses its demand, 77: the sets are not there."""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
dedup = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(root, "build/release/src/cli/dedup"))
shared = os.path.abspath(os.path.join(os.environ.get("DEDUP_SHARED", os.path.join(root, "..", "shared")), "eval"))
if not os.path.isdir(shared):
    print("skipped: no", shared)
    sys.exit(77)

ZONES = ["--no-rule", "zone", "--no-rule", "related", "--no-rule", "Z", "--no-rule", "structure.controls"]
LEARNED = ["--no-rule", "learned"]
LAYERS = [("rules", ZONES + LEARNED), ("+ zones", LEARNED), ("+ learned", [])]
# With the least precision and recall and the most characters lost.
SETS = [("pages", "pages/page", "pages/lines", {"safe": (.95, .30, .4), "standard": (.96, .60, .4), "aggressive": (.88, .75, 2)}),
        ("template_lines", "template_lines/docs", "template_lines/lines", {"standard": (.95, .99, .5)})]


def score(labels, cleaned):
    out = subprocess.run([sys.executable, os.path.join(shared, "score_lines.py"), labels, cleaned], check=True,
                         capture_output=True, text=True).stdout
    return re.search(r"precision ([\d.]+) recall ([\d.]+).*characters lost ([\d.]+) %", out).groups()


def row(*cells):
    print("| %-14s | %-10s | %-12s | %9s | %6s | %7s |" % cells)


failed = False
with tempfile.TemporaryDirectory() as folder:
    halves = [os.path.join(folder, "half%d" % i) for i in range(2)]
    for half in halves:
        os.mkdir(half)
    for name in os.listdir(os.path.join(shared, "pages/lines")):
        half = halves[hashlib.md5(name[:-4].encode()).digest()[-1] & 1]
        shutil.copy(os.path.join(shared, "pages/lines", name), half)
    row("set", "level", "layers", "precision", "recall", "lost, %")
    row("-" * 14, "-" * 10, "-" * 12, "-" * 9, "-" * 6, "-" * 7)
    for name, documents, labels, levels in SETS:
        for level, (precision, recall, lost) in levels.items():
            for layer, options in LAYERS:
                out = os.path.join(folder, "out")
                shutil.rmtree(out, ignore_errors=True)
                subprocess.run([dedup, "--documents", "keep", "--paragraphs", "keep", "--clean", level, "--quiet", *options,
                                "--in", os.path.join(shared, documents), "--out", out], check=True)
                figures = score(os.path.join(shared, labels), out)
                row(name, level, layer, *figures)
            figures = [float(x) for x in figures]
            failed |= figures[0] < precision or figures[1] < recall or figures[2] > lost
            for half, place in enumerate(halves if name == "pages" else []):
                row(name, level, "half %d" % (half + 1), *score(place, out))
sys.exit(failed)
