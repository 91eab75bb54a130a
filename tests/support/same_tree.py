#!/usr/bin/env python3
"""Compares two trees: names, links, and every byte; of compressed files, when they differ, what is in them.

Usage: same_tree.py A B [--quiet]      Exit 1: they differ. Special files and folders of records (.dedup) are left out."""
import bz2
import gzip
import lzma
import os
import stat
import subprocess
import sys


def filter_through(program, data):
    return subprocess.run([program, "-dc"], input=data, stdout=subprocess.PIPE, check=True).stdout


UNPACK = {b".gz": gzip.decompress, b".xz": lzma.decompress, b".bz2": bz2.decompress, b".zst": lambda data: filter_through("zstd", data),
          b".lz4": lambda data: filter_through("lz4", data)}


def entries(root):
    """Every file, link and empty folder below `root` with what it is."""
    found = {}
    root = os.fsencode(root)
    for folder, folders, names in os.walk(root):
        if b".dedup" in folders and os.path.exists(os.path.join(folder, b".dedup", b"manifest.json")):
            folders.remove(b".dedup")
        for name in folders + names:
            path = os.path.join(folder, name)
            mode = os.lstat(path).st_mode
            if stat.S_ISLNK(mode):
                found[os.path.relpath(path, root)] = b"-> " + os.readlink(path)
            elif stat.S_ISREG(mode):
                found[os.path.relpath(path, root)] = None
        if not folders and not names and folder != root:
            found[os.path.relpath(folder, root)] = b"empty"
    return found


def load(root, path):
    with open(os.path.join(os.fsencode(root), path), "rb") as file:
        return file.read()


def compare(a, b):
    """Yields what differs; counts go to `total`."""
    first, second = entries(a), entries(b)
    for path in sorted(set(first) ^ set(second)):
        yield path, "is only in %s" % (a if path in first else b)
    for path in sorted(set(first) & set(second)):
        if first[path] != second[path]:
            yield path, "%s, %s" % (first[path], second[path])
        elif first[path] is None:
            left, right = load(a, path), load(b, path)
            unpack = UNPACK.get(os.path.splitext(path.lower())[1])
            if left != right and unpack:
                try:
                    left, right = (unpack(data) if data else b"" for data in (left, right))
                except (OSError, EOFError, ValueError, lzma.LZMAError, subprocess.CalledProcessError):
                    pass
            if left != right:
                yield path, "differs"
            total[0] += 1
            total[1] += len(left)


if __name__ == "__main__":
    total = [0, 0]
    differences = list(compare(sys.argv[1], sys.argv[2]))
    for path, what in differences[:20]:
        print("%s: %s" % (path.decode("utf-8", "backslashreplace").encode("unicode_escape").decode("ascii"), what))
    if "--quiet" not in sys.argv:
        print("%d files, %d bytes, %d differ" % (total[0], total[1], len(differences)))
    sys.exit(len(differences) != 0)
