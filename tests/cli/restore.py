#!/usr/bin/env python3
"""Rebuilds the input of a finished run by the page on the format alone (src/report/README.md), without any of the program's code.

Usage: restore.py OUT TO [IN]         (needs the programs zstd and, for .lz4, lz4)
Writes the tree below TO. Compressed files are written as what is in them, with the name they have. With IN compares every byte and
prints what differs. Exit 1: something differs or cannot be restored."""
import bz2
import gzip
import itertools
import json
import lzma
import os
import subprocess
import sys

UNPACK = {None: lambda data: data, "gz": gzip.decompress, "xz": lzma.decompress, "bz2": bz2.decompress,
          "zst": lambda data: filter_through("zstd", data), "lz4": lambda data: filter_through("lz4", data)}
faults = []


def filter_through(program, data):
    return subprocess.run([program, "-dc"], input=data, stdout=subprocess.PIPE, check=True).stdout


def records(path):
    """The lines of a journal."""
    with open(path, "rb") as file:
        for line in filter_through("zstd", file.read()).split(b"\n")[:-1]:
            yield json.loads(line)


def raw(record, name):
    """A field as bytes."""
    if name + "_bytes" in record:
        return bytes.fromhex(record[name + "_bytes"])
    return record[name].encode("utf-8")


def escape(text, style):
    """The text as it stands in a JSON string."""
    text = text.decode("utf-8")
    said = []
    for char in text:
        point = ord(char)
        if char in '"\\' or (char == "/" and "slash" in style):
            said.append("\\" + char)
        elif char in "\b\t\n\f\r":
            said.append("\\" + "btnfr"["\b\t\n\f\r".index(char)])
        elif point < 0x20 or (point >= 0x80 and "ascii" in style):
            units = char.encode("utf-16-be")
            form = "\\u%04X" if "upper" in style else "\\u%04x"
            said += [form % int.from_bytes(units[i:i + 2], "big") for i in range(0, len(units), 2)]
        else:
            said.append(char)
    return "".join(said).encode("utf-8")


class Encoder:
    """UTF-8 back to the encoding of a file."""

    def __init__(self, name, codes):
        self.name, self.codes = name, codes.get(name, {})

    def code(self, char):
        if self.name in ("UTF-16LE", "UTF-16BE"):
            return char.encode(self.name.lower())
        return char.encode("ascii") if char < "\x80" else self.codes[char]

    def encode(self, text):
        if self.name == "UTF-8":
            return text
        return b"".join(self.code(char) for char in text.decode("utf-8"))

    def take(self, output, at, length):
        """`length` bytes of input from the output at `at`, and where the output goes on."""
        if self.name == "UTF-8":
            return output[at:at + length], at + length
        made = bytearray()
        while len(made) < length:
            size = 1 + sum(output[at] >= lead for lead in (0xc0, 0xe0, 0xf0))
            made += self.code(output[at:at + size].decode("utf-8"))
            at += size
        return bytes(made), at


def weave(file, log, output, codes):
    """The bytes of a file, from those of its output and its records of the log."""
    encoder = Encoder(file["encoding"], codes)
    made, at = bytearray(), 0
    for record in itertools.islice(log, file.get("removals", 0)):
        if record["end"] <= len(made):
            continue  # tells about the text of the record before
        piece, at = encoder.take(output, at, record["begin"] - len(made))
        made += piece
        if len(made) != record["begin"]:
            raise ValueError("a record is out of order")
        if "bytes" in record:
            made += bytes.fromhex(record["bytes"])
        else:
            text = raw(record, "text")
            made += encoder.encode(escape(text, record["escape"]) if "escape" in record else text)
        if len(made) != record["end"]:
            raise ValueError("the record of %d to %d gives %d bytes" % (record["begin"], record["end"], len(made) - record["begin"]))
        at += record.get("written", len(raw(record, "replacement")) if "replacement" in record else 0)
    piece, at = encoder.take(output, at, file["length"] - len(made))
    if at != len(output):
        raise ValueError("the output is longer than it should be")
    return bytes(made + piece)


def load(path, kind=None):
    with open(path, "rb") as file:
        data = file.read()
    return UNPACK[kind](data) if data else b""


def restore(source, target, original):
    own = os.path.join(os.fsencode(source), b".dedup")
    source, target = os.fsencode(source), os.fsencode(target)
    codes = {}
    if os.path.exists(os.path.join(own, b"codes.jsonl.zst")):
        for line in records(os.path.join(own, b"codes.jsonl.zst")):
            codes[line["encoding"]] = dict(zip(line["characters"], map(bytes.fromhex, line["codes"].split(" "))))
    log = records(os.path.join(own, b"removed.jsonl.zst"))
    listed, total = set(), 0
    for file in itertools.islice(records(os.path.join(own, b"files.jsonl.zst")), 1, None):
        path, fate = raw(file, "path"), file["fate"]
        place = os.path.join(target, path)
        listed.add(path)
        if fate in ("lost", "left"):
            for _ in range(file.get("removals", 0)):
                next(log)
            if fate == "lost":
                faults.append("%s: lost: %s" % (file["path"], file.get("reason")))
            continue
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if fate == "folder":
            os.makedirs(place, exist_ok=True)
            continue
        if fate == "link":
            os.symlink(raw(file, "target"), place)
            continue
        try:
            if fate in ("cleaned", "removed"):
                output = load(os.path.join(source, path), file.get("container")) if fate == "cleaned" else b""
                data = weave(file, log, output, codes)
            else:
                data = load(os.path.join(source, path) if fate == "passed" else os.path.join(own, b"others", path))
        except (ValueError, KeyError, OSError) as error:
            faults.append("%s: %s: %s" % (file["path"], type(error).__name__, error))
            continue
        if len(data) != file["length"]:
            faults.append("%s: %d bytes instead of %d" % (file["path"], len(data), file["length"]))
        with open(place, "wb") as out:
            out.write(data)
        total += len(data)
        if original and load(os.path.join(os.fsencode(original), path), file.get("container")) != data:
            faults.append("%s: differs" % file["path"])
    if next(log, None) is not None:
        faults.append("the log has more records than the files")
    return listed, total


def compare_names(listed, original):
    """Everything below IN must be listed."""
    root = os.fsencode(original)
    for folder, folders, names in os.walk(root):
        if b".dedup" in folders and os.path.exists(os.path.join(folder, b".dedup", b"manifest.json")):
            folders.remove(b".dedup")
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in names + links:
            path = os.path.relpath(os.path.join(folder, name), root)
            if path not in listed:
                faults.append("%s: is not listed" % os.fsdecode(path))
        if not names and not folders and folder != root and os.path.relpath(folder, root) not in listed:
            faults.append("%s: is not listed" % os.fsdecode(folder))


if __name__ == "__main__":
    in_place = sys.argv[3] if len(sys.argv) > 3 else None
    names_listed, restored = restore(sys.argv[1], sys.argv[2], in_place)
    if in_place:
        compare_names(names_listed, in_place)
    for fault in faults[:50]:
        print(fault.encode("utf-8", "backslashreplace").decode("utf-8"))
    print("%d bytes of %d files restored, %d faults" % (restored, len(names_listed), len(faults)))
    sys.exit(len(faults) != 0)
