#!/usr/bin/env python3
"""The fold key of every code point against an independent program (eval/fold.py of the shared data).

Usage: fold_oracle.py FOLD_DUMP SHARED
Code points that this Python's Unicode version does not know yet are counted and left out: Unicode never moves or
changes a character that is assigned, so they are the only ones that may differ. Exit 77: program or libraries are not
there."""
import os
import subprocess
import sys
import unicodedata

sys.dont_write_bytecode = True
dump, shared = sys.argv[1], os.environ.get("DEDUP_SHARED") or sys.argv[2]
sys.path.insert(0, os.path.join(shared, "eval"))
try:
    import fold
    fold.simplified()
except (ImportError, OSError, subprocess.CalledProcessError) as error:
    print("skipped:", error)
    sys.exit(77)

keys = subprocess.run([dump], stdout=subprocess.PIPE, check=True).stdout.decode().split("\n")
unknown = wrong = 0
for point in range(0x110000):
    if 0xd800 <= point < 0xe000:
        continue
    want = fold.fold(chr(point))
    if keys[point] == want:
        continue
    if unicodedata.category(chr(point)) == "Cn":
        unknown += 1
        continue
    wrong += 1
    if wrong <= 20:
        print(f"U+{point:04X}: the key is {keys[point]!r}, it should be {want!r}")
print(f"{wrong} of {0x110000 - 0x800} code points differ; {unknown} are newer than Unicode {unicodedata.unidata_version}")
sys.exit(wrong != 0)
