#!/usr/bin/env python3
"""Files as they were served, decoded by the command, against their known text.

Usage: tests/eval/charset.py DEDUP      (environment: DEDUP_SHARED as for tests/cli/run.sh)
Fails when less than 98 % of the files of the UTF-8, GB, Big5 and UTF-16 families come out as their text, or when an EUC-TW file
with its encoding declared does not. Exit 77: the set is not there."""
import collections
import os
import shutil
import subprocess
import sys
import tempfile

dedup = sys.argv[1]
root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
shared = os.environ.get("DEDUP_SHARED", os.path.join(root, "..", "shared"))
base = os.path.join(shared, "eval", "charset")
if not os.path.isdir(base):
    print("skipped: no", base)
    sys.exit(77)


def run(names, extra):
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(folder + "/in")
        for name in names:
            shutil.copy(os.path.join(base, "raw", name), folder + "/in/" + name + ".txt")
        subprocess.run([dedup, "--in", folder + "/in", "--out", folder + "/out", "--clean", "off", "--documents", "keep",
                        "--paragraphs", "keep", "--quiet"] + extra, check=True)
        return {name: open(folder + "/out/" + name + ".txt", "rb").read() for name in names}


def known_text(name, enc):
    """The text that comes with the set, without its mark; for EUC-TW, which has none there, what iconv(1) makes of it."""
    path = os.path.join(base, "utf8", name + ".txt")
    if os.path.exists(path):
        text = open(path, "rb").read()
    else:
        raw = os.path.join(base, "raw", name)
        text = subprocess.run(["iconv", "-f", enc, "-t", "UTF-8", raw], check=True, stdout=subprocess.PIPE).stdout
    return text[3:] if text.startswith(b"\xef\xbb\xbf") else text


gold = [line.rstrip("\n").split("\t") for line in open(os.path.join(base, "gold.tsv"), encoding="utf-8")]
family = {name: "EUC-TW" if enc == "euc-tw" else enc for name, enc, *_ in gold}
plain = [name for name in family if family[name] != "EUC-TW"]
declared = [name for name in family if family[name] == "EUC-TW"]
got = {**run(plain, []), **run(declared, ["--encoding", "EUC-TW"])}
right, total = collections.Counter(), collections.Counter()
for name, enc in family.items():
    text = known_text(name, enc)
    total[enc] += 1
    right[enc] += got[name] == text
    if got[name] != text:
        print("differs:", name, enc)
for enc in sorted(total):
    print("%-16s %d of %d" % (enc, right[enc], total[enc]))
share = sum(right[enc] for enc in right if enc != "EUC-TW") / sum(total[enc] for enc in total if enc != "EUC-TW")
print("detected and decoded: %.1f %%" % (100 * share))
sys.exit(share < 0.98 or right["EUC-TW"] != total["EUC-TW"])
