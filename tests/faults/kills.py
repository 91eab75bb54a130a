#!/usr/bin/env python3
"""Kills real runs at random moments, one after the other in the same OUT, until one finishes; then the output must be that
of an undisturbed run, byte for byte, without a temporary file. Usage: kills.py DEDUP [--kills N] [--seed N]"""
import argparse
import os
import random
import subprocess
import sys
import tempfile
import time

import tree


def start(options, folder, out, threads):
    return subprocess.Popen([options.dedup, "--in", os.path.join(folder, "in"), "--out", os.path.join(folder, out),
                             "--memory", "1K", "--quiet", "--threads", str(threads)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dedup")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    dice = random.Random(options.seed)
    killed = survived = series = 0
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        tree.build(os.path.join(folder, "in"))
        began = time.monotonic()
        start(options, folder, "whole", 2).wait()
        length = time.monotonic() - began
        whole = tree.snapshot(os.path.join(folder, "whole"))
        while killed < options.kills:
            tree.clear(out)
            here = 0
            for _ in range(dice.randrange(1, 6)):
                run = start(options, folder, "out", dice.randrange(1, 4))
                time.sleep(dice.uniform(0, length))
                run.kill()
                here += run.wait() == -9
            code = start(options, folder, "out", 2).wait()
            differ = tree.differences(tree.snapshot(out), whole)
            killed, series = killed + here, series + 1
            if code == 0 and not differ:
                survived += here
            else:
                print("FAILED after %d kills: exit %d, other files: %s" % (here, code, differ))
    print("seed %d: kills %d in %d outputs, survived %d" % (options.seed, killed, series, survived))
    return 0 if killed == survived else 1


if __name__ == "__main__":
    sys.exit(main())
