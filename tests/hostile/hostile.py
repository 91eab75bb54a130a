#!/usr/bin/env python3
"""Input of a size or shape that nobody sends in good faith. Usage: hostile.py DEDUP LAYER [--full] [TEST...]

Every test makes a tree, runs over it within a bound on memory or time, and looks at the output. --full takes the whole sizes:
a million files, 100,000 folders, a line of 2 GB. Bounds are printed with what was measured."""
import argparse
import filecmp
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "faults"))
import tree  # noqa: E402


class Failure(Exception):
    pass


def require(condition, what):
    if not condition:
        raise Failure(what)


class Run:
    """A finished run: exit code, standard error, seconds of processor time and the most memory in MB."""

    def __init__(self, options, *arguments, environment=None):
        with tempfile.TemporaryFile() as said:
            child = subprocess.Popen([options.dedup, *arguments], stdout=subprocess.DEVNULL, stderr=said,
                                     env=dict(os.environ, LC_ALL="C.UTF-8", **(environment or {})))
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = self.code = os.waitstatus_to_exitcode(status)
            said.seek(0)
            self.said = said.read().decode("utf-8", "replace")
        self.seconds = usage.ru_utime + usage.ru_stime
        self.megabytes = usage.ru_maxrss / 1024


def write(path, data):
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode("utf-8"))


def files_below(root):
    return sum(len(names) for folder, _, names in os.walk(root) if "/.dedup" not in folder)


def test_many_files(options, folder):
    """Tiny files, all different, in few folders."""
    count = 1000000 if options.full else 20000
    dice = random.Random(1)
    for i in range(count):
        if i % 10000 == 0:
            os.makedirs("%s/in/%d" % (folder, i // 10000))
        write("%s/in/%d/%d.txt" % (folder, i // 10000, i), tree.sentences(dice, 1) + "%d号。" % (i * 7919))
    run = Run(options, "--in", folder + "/in", "--out", folder + "/out", "--quiet", "--documents", "keep")
    require(run.code == 0, run.said)
    require(files_below(folder + "/out") == count, "files are missing")
    require(run.megabytes < 120 + count / 400, "%d MB" % run.megabytes)
    return "%d files, %.1f s, %d MB" % (count, run.seconds, run.megabytes)


def test_deep(options, folder):
    """Folders in folders, with a text at the bottom and on the way."""
    depth = 100000 if options.full else 3000
    os.makedirs(folder + "/in")
    here = os.open(folder + "/in", os.O_RDONLY)
    for i in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
        if i % (depth // 3) == depth // 3 - 1:
            file = os.open("text.txt", os.O_WRONLY | os.O_CREAT, dir_fd=here)
            os.write(file, tree.sentences(random.Random(i), 4).encode())
            os.close(file)
    os.close(here)
    run = Run(options, "--in", folder + "/in", "--out", folder + "/out", "--quiet")
    require(run.code == 0, run.said[:500])
    found = subprocess.run(["find", folder + "/out", "-name", "text.txt", "-printf", "x"], stdout=subprocess.PIPE, check=True)
    require(found.stdout == b"xxx", "files are missing")
    require(run.megabytes < 200, "%d MB" % run.megabytes)
    return "%d deep, %.1f s, %d MB" % (depth, run.seconds, run.megabytes)


def test_wide(options, folder):
    """Folders beside each other, a text in each."""
    count = 100000 if options.full else 10000
    dice = random.Random(2)
    for i in range(count):
        os.makedirs("%s/in/%d" % (folder, i))
        write("%s/in/%d/a.md" % (folder, i), tree.sentences(dice, 2))
    run = Run(options, "--in", folder + "/in", "--out", folder + "/out", "--quiet", "--documents", "keep")
    require(run.code == 0, run.said)
    require(files_below(folder + "/out") == count, "files are missing")
    require(run.megabytes < 120 + count / 200, "%d MB" % run.megabytes)
    return "%d folders, %.1f s, %d MB" % (count, run.seconds, run.megabytes)


def test_long_line(options, folder):
    """One line that is longer than --max-document, in JSON Lines and as a text: passed on in bounded memory."""
    length, limit = (2 << 30, 64 << 20) if options.full else (96 << 20, 8 << 20)
    os.makedirs(folder + "/in")
    piece = tree.sentences(random.Random(3), 5000).encode()
    for name, head, tail in (("line.jsonl", b'{"text":"', b'"}\n{"text":"short"}\n'), ("text.txt", b"", b"\n")):
        with open("%s/in/%s" % (folder, name), "wb") as file:
            file.write(head)
            while file.tell() < length:
                file.write(piece)
            file.write(tail)
    run = Run(options, "--in", folder + "/in", "--out", folder + "/out", "--quiet", "--max-document", str(limit), "--threads", "2")
    require(run.code == 1, "exit %d %s" % (run.code, run.said))
    for name in ("line.jsonl", "text.txt"):
        require(filecmp.cmp("%s/in/%s" % (folder, name), "%s/out/%s" % (folder, name), shallow=False), name + " differs")
    bound = 100 + 16 * limit / (1 << 20)
    require(run.megabytes < bound, "%d MB" % run.megabytes)
    return "%d MB in a line, --max-document %d MB: %.1f s, %d MB" % (length >> 20, limit >> 20, run.seconds, run.megabytes)


def test_one_bucket(options, folder):
    """Texts that share two thirds of their shingles, below the threshold: all of them meet in the buckets of the bands."""
    def seconds(count):
        dice = random.Random(4)
        shared = [tree.sentences(dice, 12)]
        tree.clear(folder + "/in")
        tree.clear(folder + "/out")
        os.makedirs(folder + "/in")
        with open(folder + "/in/all.jsonl", "w", encoding="utf-8") as file:
            for _ in range(count):
                file.write('{"text":"%s"}\n' % (shared[0] + tree.sentences(dice, 4)))
        run = Run(options, "--in", folder + "/in", "--out", folder + "/out", "--quiet", "--clean", "off", "--paragraphs", "off",
                  "--threads", "1")
        require(run.code == 0, run.said)
        return run.seconds
    count = 40000 if options.full else 4000
    half, whole = seconds(count), seconds(2 * count)
    require(whole < 3.2 * half + 0.5, "%d texts take %.1f s, %d take %.1f s" % (count, half, 2 * count, whole))
    return "%d texts %.1f s, %d texts %.1f s" % (count, half, 2 * count, whole)


def test_same_letters(options, folder):
    """Texts of one letter each, of all lengths: one shingle, many times."""
    os.makedirs(folder + "/in")
    count = 20000 if options.full else 2000
    with open(folder + "/in/all.jsonl", "w", encoding="utf-8") as file:
        for i in range(count):
            file.write('{"text":"%s"}\n' % ("哈" * (5 + i)))
    run = Run(options, "--in", folder + "/in", "--out", folder + "/out", "--quiet")
    require(run.code == 0, run.said)
    with open(folder + "/out/all.jsonl", encoding="utf-8") as file:
        kept = sum(1 for _ in file)
    require(kept == 1, "%d texts are left" % kept)
    require(run.seconds < 60, "%.1f s" % run.seconds)
    return "%d texts, %.1f s" % (count, run.seconds)


CHANGES = {
    "grows": "cat in/other.txt >>in/news/3.txt; tail -1 in/lines/all.jsonl >>in/lines/all.jsonl",
    "shrinks": "truncate -s 400 in/news/3.txt in/lines/all.jsonl",
    "vanishes": "rm -f in/news/3.txt in/lines/all.jsonl in/packed/a.txt.gz",
    "becomes a link": "rm -f in/news/3.txt; ln -s ../other.txt in/news/3.txt",
    "becomes a folder": "rm -f in/news/3.txt; mkdir -p in/news/3.txt",
    "becomes a pipe": "rm -f in/news/3.txt; mkfifo in/news/3.txt",
    "is another": "cp -p in/news/4.txt in/news/3.txt; rm -rf in/coded",
}


def test_changing(options, folder):
    """Files that change while the run reads: at every tenth call of open(2), all of it happens."""
    os.makedirs(folder + "/plain")
    tree.build(folder + "/plain/in")
    write(folder + "/plain/in/other.txt", tree.sentences(random.Random(5), 8))
    trace = folder + "/trace"
    environment = {"LD_PRELOAD": options.layer, "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0", "FAULT_TRACE": trace}
    run = Run(options, "--in", folder + "/plain/in", "--out", folder + "/plain/out", "--threads", "1", environment=environment)
    require(run.code == 0, run.said)
    with open(trace, encoding="ascii") as file:
        opens = sum(line.startswith("open ") for line in file)
    tried = reported = 0
    for at in range(1, opens + 1, 2 if options.full else 10):
        for name, command in CHANGES.items():
            place = folder + "/now"
            tree.clear(place)
            subprocess.run(["cp", "-rp", folder + "/plain/in", folder + "/now-in"], check=True)
            os.makedirs(place)
            os.rename(folder + "/now-in", place + "/in")
            environment.pop("FAULT_TRACE", None)
            environment.update(FAULT_KIND="open", FAULT_AT=str(at), FAULT_DO="command", FAULT_COMMAND="cd '%s'; %s" % (place, command))
            run = Run(options, "--in", place + "/in", "--out", place + "/out", "--threads", "1", environment=environment)
            said = "%s at open %d: exit %d: %s" % (name, at, run.code, run.said[:1000])
            require(run.code in (0, 1), said)
            require(run.code == 0 or "news/3.txt" in run.said or "lines/all.jsonl" in run.said or "coded" in run.said or
                    "packed/a.txt.gz" in run.said, said)
            require(not tree.temporaries(place + "/out"), said + " left a temporary file")
            for below, _, names in os.walk(place + "/out"):
                for found in names:
                    if found != "all.jsonl":  # it may have been half of one in IN
                        require(tree.is_whole(os.path.join(below, found)), said + " left half of " + found)
            tried, reported = tried + 1, reported + run.code
    return "%d changes, %d of them noticed and told" % (tried, reported)


TESTS = {name[5:]: function for name, function in globals().items() if name.startswith("test_")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dedup")
    parser.add_argument("layer")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("tests", nargs="*", metavar="TEST", default=[])
    options = parser.parse_intermixed_args()
    options.dedup, options.layer = os.path.abspath(options.dedup), os.path.abspath(options.layer)
    failed = 0
    for name in options.tests or TESTS:
        folder = os.path.realpath(tempfile.mkdtemp())
        try:
            print("%-12s %s" % (name, TESTS[name](options, folder)), flush=True)
        except Failure as failure:
            failed += 1
            print("%-12s FAILED: %s" % (name, failure), flush=True)
        finally:
            subprocess.run(["rm", "-rf", folder], check=False)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
