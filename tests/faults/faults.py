#!/usr/bin/env python3
"""Makes every call of a run fail in turn, and kills it at every call that changes the disk.

Usage: faults.py DEDUP LAYER [--all | --sample N] [--quick] [--kinds a,b] [--kills a,b] [--jobs N] [--seed N]

A plain run over a small tree tells which calls there are (layer.c). Then the run is repeated with one call failing: by
default at every place of the program that makes such a call and at N others (--sample, 200), with --all at every call but
allocations. After each fault it must hold that
  - the exit code is one of those documented, and what went wrong is said, with a name, unless nothing went wrong;
  - no memory leaked (in builds with AddressSanitizer);
  - no file under its final name is other than whole: it is as in the undisturbed output, or, when inputs were reported
    (exit 1), can be read to its end;
  - the same command, undisturbed, then gives the undisturbed output byte for byte and leaves no temporary file.
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import tree

ACTIONS = {
    "alloc": ["ENOMEM", "ENOMEM+"],
    "mmap": ["ENOMEM"],
    "open": ["EMFILE", "EMFILE+", "EACCES", "EINTR"],
    "read": ["EIO", "EINTR", "short", "short+"],
    "write": ["ENOSPC", "ENOSPC+", "EIO", "EINTR", "short", "short+"],
    "sync": ["EIO"],
    "rename": ["EIO", "ENOSPC"],
    "mkdir": ["ENOSPC", "EACCES"],
    "close": ["EIO"],
    "stat": ["EIO"],
    "unlink": ["EIO"],
    "thread": ["EAGAIN", "EAGAIN+"],
}
KILLS = ["open", "write", "sync", "rename", "mkdir", "close", "unlink"]
INPUT_KINDS = {"open", "read", "stat", "close"}  # inputs that fail are passed on, which other files show
HARMLESS = {"EINTR", "short", "short+"}  # a run must not even notice
SANITIZER = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error:")
SUPPRESSIONS = "leak:_dl_\nleak:dl_open\n"  # the loader's own, which is known as such by its caller, now the layer


class Bench:
    """One folder with IN, and everything that is needed to run over it."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.input, self.rules = os.path.join(folder, "in"), os.path.join(folder, "own.rules")
        tree.build(self.input)
        with open(self.rules, "w", encoding="utf-8") as file:
            file.write(tree.RULES)
        with open(os.path.join(folder, "lsan.supp"), "w", encoding="utf-8") as file:
            file.write(SUPPRESSIONS)
        self.names = [name for _, folders, names in os.walk(self.input) for name in folders + names]
        self.reference = None

    def run(self, name, fault=None, threads=1):
        """Runs into OUT `name`. Gives the exit code, negative for a signal, and standard error."""
        environment = dict(os.environ, LC_ALL="C.UTF-8")
        if fault is not None:
            environment.update(fault, LD_PRELOAD=self.options.layer)
            environment["ASAN_OPTIONS"] = "verify_asan_link_order=0:allocator_may_return_null=1:exitcode=99"
            environment["LSAN_OPTIONS"] = "print_suppressions=0:suppressions=" + os.path.join(self.folder, "lsan.supp")
        done = subprocess.run([self.options.dedup, "--in", self.input, "--out", os.path.join(self.folder, name), "--verbose", "--memory", "1K", "--rules", self.rules, "--id-field", "id", "--threads", str(threads)],
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=1800)
        return done.returncode, done.stderr.decode("utf-8", "replace")

    def calls(self, threads):
        """The calls of an undisturbed run, in order: kind and place."""
        trace = os.path.join(self.folder, "trace")
        tree.clear(os.path.join(self.folder, "out"))
        code, said = self.run("out", {"FAULT_TRACE": trace}, threads)
        if code != 0:
            raise SystemExit("the undisturbed run ends with %d: %s" % (code, said))
        out = os.path.join(self.folder, "out")
        if self.reference is None:
            self.reference = tree.snapshot(out)
        with open(trace, encoding="ascii") as file:
            return [tuple(line.split()) for line in file]

    def judge_disturbed(self, out, code, said, kind, action):
        """What is wrong with the output of a run that met a fault; a list of sentences."""
        if SANITIZER.search(said):
            return [said[:3000]]
        killed = action == "kill" and code == -9
        if not killed and code not in (0, 1, 2, 3, 4):
            return ["exit code %d: %s" % (code, said)]
        if action in HARMLESS and code != 0:
            return ["exit code %d for what is no failure: %s" % (code, said)]
        wrong = []
        if not killed and code != 0 and not self.is_clear(said):
            wrong.append("exit code %d, and not said clearly why: %r" % (code, said))
        have = {name: data for name, data in (tree.snapshot(out) if os.path.isdir(out) else {}).items()
                if not os.path.basename(name).startswith(tree.PREFIX)}
        if code == 2 and any(not name.startswith(".dedup/") for name in have):
            wrong.append("exit code 2, but something was written")
        if code == 0 and tree.differences(have, self.reference):
            wrong.append("exit code 0, but the output differs: %s" % tree.differences(have, self.reference))
        for name, data in have.items():
            if data == self.reference.get(name):
                continue
            if code != 1 and kind not in INPUT_KINDS:
                wrong.append("%s is not as it should be" % name)
            elif not tree.is_whole(os.path.join(out, name)):
                wrong.append("%s is not whole" % name)
        return wrong

    def is_clear(self, said):
        """Every line names a file, a folder, or what memory was wanted for."""
        lines = said.splitlines()
        above = ["folder %s:" % path for path in pathlib.Path(self.folder).parents]
        named = re.compile("|".join([re.escape(name) for name in self.names + above + [self.folder]] +
                                    ["out of memory for", "temporary file", r"\.dedup\b", "the output", "the input folder", "iconv"]))
        return bool(lines) and all(line.startswith("dedup: ") and named.search(line) for line in lines)

    def try_fault(self, number, kind, at, action, threads):
        """One fault and the run after it. Gives what is wrong."""
        name = "out%d" % number
        out = os.path.join(self.folder, name)
        fault = {"FAULT_AT": str(at), "FAULT_DO": action.rstrip("+")}
        if action.endswith("+"):
            fault.update(FAULT_EVER="1")
        fault["FAULT_KIND"] = kind
        code, said = self.run(name, fault, threads)
        wrong = self.judge_disturbed(out, code, said, kind, action)
        if code == 1 and "folder" in said:
            tree.clear(out)  # it saw another input, so that the next run is refused
        code, said = self.run(name)
        have = tree.snapshot(out)
        if code != 0:
            wrong.append("the run after it ends with %d: %s" % (code, said))
        elif tree.differences(have, self.reference):
            wrong.append("the run after it gives other files: %s" % tree.differences(have, self.reference))
        tree.clear(out)
        return ["%s %s %d: %s" % (action, kind, at, sentence) for sentence in wrong]


def choose(calls, options, actions):
    """Faults as (kind, number among its kind, action): all, or one for each place and a sample."""
    numbered, counts, places = [], {}, set()
    for kind, place in calls:
        counts[kind] = counts.get(kind, 0) + 1
        if kind in actions:
            numbered.append((kind, counts[kind], place))
    chosen, rest = [], []
    for kind, number, place in numbered:
        fresh = (kind, place) not in places
        places.add((kind, place))
        (chosen if fresh or (options.all and kind != "alloc") else rest).append((kind, number))
    dice = random.Random(options.seed)
    chosen += dice.sample(rest, min(options.sample, len(rest)))
    return [(kind, number, action) for kind, number in chosen for action in actions[kind]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dedup")
    parser.add_argument("layer")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--kinds", default=",".join(ACTIONS))
    parser.add_argument("--kills", default=",".join(KILLS))
    parser.add_argument("--quick", action="store_true", help="the first way to fail of each kind alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.dedup, options.layer = os.path.abspath(options.dedup), os.path.abspath(options.layer)
    kinds = {kind: ACTIONS[kind][:1 if options.quick else None] for kind in options.kinds.split(",") if kind}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, os.path.realpath(folder))
        calls = bench.calls(1)
        threaded = [call for call in bench.calls(3) if call[0] == "thread"]
        work = [fault + (1,) for fault in choose(calls, options, {k: v for k, v in kinds.items() if k != "thread"})]
        if "thread" in kinds:
            work += [fault + (3,) for fault in choose(threaded, options, {"thread": kinds["thread"]})]
        faults = len(work)
        work += [fault + (1,) for fault in choose(calls, options, {kind: ["kill"] for kind in options.kills.split(",") if kind})]
        print("%d calls at %d places, seed %d" % (len(calls), len(set(calls)), options.seed), flush=True)
        survived = [0, 0]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for number, wrong in enumerate(pool.map(lambda item: bench.try_fault(item[0], *item[1]), enumerate(work))):
                survived[number >= faults] += not wrong
                for sentence in wrong:
                    print("FAILED", sentence, flush=True)
    print("faults injected %d, survived %d; kills %d, survived %d" % (faults, survived[0], len(work) - faults, survived[1]))
    return 0 if sum(survived) == len(work) else 1


if __name__ == "__main__":
    sys.exit(main())
