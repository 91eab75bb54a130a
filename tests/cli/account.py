#!/usr/bin/env python3
"""Audits a finished run without using any of its code: is every byte accounted for?

Usage: account.py IN OUT [DEDUP]      (DEDUP prints the removal log; default: the command of build/release)
Reads every file of IN and OUT, the log, duplicates.jsonl and report.json, and prints what disagrees. For every document: the output
is the input without the logged ranges, with their replacements in place; the logged text is what stands there; ill-formed bytes
and byte order marks are logged. Every document that left names one that stayed. The sums of report.json are those of the files.
Other encodings than UTF-8 are decoded by Python's codecs, so their files must be well-formed. Exit 1: something disagrees."""
import bz2
import codecs
import collections
import gzip
import json
import lzma
import os
import re
import subprocess
import sys

ENDINGS = re.compile(r"\.(txt|text|md|jsonl|ndjson)(\.(gz|zst|xz|bz2|lz4))?$", re.I)
UNPACK = {"gz": gzip.decompress, "xz": lzma.decompress, "bz2": bz2.decompress,
          "zst": lambda data: filter_through("zstd", data), "lz4": lambda data: filter_through("lz4", data)}
CODECS = {"UTF-8": "utf-8", "GB18030": "gb18030", "Big5-HKSCS": "big5hkscs", "UTF-16LE": "utf-16-le", "UTF-16BE": "utf-16-be"}
MARKS = [(b"\xef\xbb\xbf", "UTF-8"), (b"\xff\xfe", "UTF-16LE"), (b"\xfe\xff", "UTF-16BE")]
DUPLICATE_REASONS = ("repeat.block", "repeat.paragraph", "duplicate.paragraph", "duplicate.document")
faults = []


def complain(name, message):
    faults.append("%s: %s" % (name, message))


def filter_through(program, data):
    return subprocess.run([program, "-dc"], input=data, stdout=subprocess.PIPE, check=True).stdout


def read_document_file(path, kind):
    if not os.path.exists(path):
        complain(path, "is missing")
        return b""
    with open(path, "rb") as file:
        data = file.read()
    return UNPACK[kind](data) if kind else data


def ill_formed(data):
    """The ill-formed stretches of UTF-8, which Python cuts as the WHATWG decoders do."""
    found = []

    def note(error):
        found.append((error.start, error.end))
        return "\ufffd", error.end
    codecs.register_error("note", note)
    data.decode("utf-8", "note")
    return found


class Codec:
    def __init__(self, name):
        self.name = name

    def decode(self, data):
        return data.decode(CODECS[self.name], "replace")

    def unit(self):
        return 2 if self.name.startswith("UTF-16") else 1

    def line_feed(self):
        return "\n".encode(CODECS[self.name])

    def carriage_return(self):
        return "\r".encode(CODECS[self.name])


class Records:
    """What the log says of one document: cuts, ill-formed stretches, the mark, or the whole document."""

    def __init__(self, records):
        special = ("decode", "decode.form", "decode.mark", "decode.whole", "duplicate.document")
        self.cuts = [r for r in records if r["reason"] not in special]
        self.decodes = [r for r in records if r["reason"] == "decode"]
        self.marks = [r for r in records if r["reason"] == "decode.mark"]
        self.whole = [r for r in records if r["reason"] == "duplicate.document"]


class Audit:
    def __init__(self, source, target, command):
        self.source, self.target, self.command = source, target, command
        own = os.path.join(target, ".dedup")
        with open(os.path.join(own, "report.json"), encoding="utf-8") as file:
            self.report = json.load(file)
        with open(os.path.join(own, "duplicates.jsonl"), encoding="utf-8") as file:
            self.duplicates = [json.loads(line) for line in file]
        log = subprocess.run([command, "log", target], stdout=subprocess.PIPE, check=True).stdout
        self.log = collections.defaultdict(list)
        for line in log.decode("utf-8").split("\n")[:-1]:
            record = json.loads(line)
            self.log[record["document"]].append(record)
        self.problems = {(p["path"], p.get("line") or 0) for p in self.report["problems"]}
        self.field = self.report["options"]["text-field"]
        self.known, self.left = set(), set()
        self.sums = collections.Counter()
        self.rules = collections.defaultdict(collections.Counter)

    # One document ----------------------------------------------------------------------------------------------------

    def count(self, records, text, kept):
        self.sums["in"] += 1
        self.sums["in characters"] += len(text)
        if not kept:
            self.sums["duplicates"] += len(text)
            return
        less = 0
        for cut in records.cuts:
            characters = len(cut["text"]) - len(cut.get("replacement", ""))
            less += characters
            if cut["reason"] in DUPLICATE_REASONS:
                self.sums["duplicates"] += characters
            else:
                self.sums["boilerplate"] += characters
                if cut["reason"] != "blank":
                    self.rules[cut["reason"]].update(count=1, characters=characters)
        self.sums["out"] += 1
        self.sums["out characters"] += len(text) - less

    def check_left(self, name, records, begin, end, text):
        """A document that left as a whole."""
        self.left.add(name)
        record = records.whole[0]
        if len(records.whole) != 1 or records.cuts or records.decodes:
            complain(name, "other records beside the one of the document that left")
        if (record["begin"], record["end"]) != (begin, end):
            complain(name, "left, but its record covers %d to %d, not %d to %d" % (record["begin"], record["end"], begin, end))
        if "text_bytes" not in record and record["text"] != text:
            complain(name, "left, but its record has another text")

    def check_cuts(self, name, records, data, offset, read, decodes=()):
        """Yields the pieces of the document in order: (bytes that stay, replacement of the cut behind them). Repairs inside a cut
        left with it."""
        at = 0
        for cut in sorted(records.cuts + list(decodes), key=lambda r: (r["begin"], -r["end"])):
            begin, end = cut["begin"] - offset, cut["end"] - offset
            if cut["reason"] == "decode" and end <= at:
                continue
            if not at <= begin < end <= len(data):
                complain(name, "the cut %d to %d is out of order or out of the document" % (cut["begin"], cut["end"]))
                return
            if cut["reason"] != "decode" and read(data[begin:end]) != cut["text"]:
                complain(name, "at %d stands %.60r, the log says %.60r" % (cut["begin"], read(data[begin:end]), cut["text"]))
            yield data[at:begin], cut.get("replacement", "")
            at = end
        yield data[at:], ""

    def check_decodes(self, name, records, data, offset, mark):
        expected = [(b + offset, e + offset) for b, e in ill_formed(data)]
        logged = [(r["begin"], r["end"]) for r in records.decodes]
        if expected != logged:
            complain(name, "ill-formed at %s, logged %s" % (expected[:5], logged[:5]))
        self.check_marks(name, records, mark)

    @staticmethod
    def check_marks(name, records, mark):
        marks = [(r["begin"], r["end"]) for r in records.marks]
        if marks != ([(0, mark)] if mark else []):
            complain(name, "the byte order mark of %d bytes is logged as %s" % (mark, marks))

    # Text files ------------------------------------------------------------------------------------------------------

    def rebuild(self, name, records, body, mark, codec):
        pieces = self.check_cuts(name, records, body, mark, codec.decode)
        return "".join(codec.decode(piece) + replacement for piece, replacement in pieces)

    def check_text(self, path, kind):
        data = read_document_file(os.path.join(self.source, path), kind)
        target = os.path.join(self.target, path)
        records = Records(self.log.pop(path, []))
        self.known.add(path)
        self.sums["in bytes"] += len(data)
        mark, codecs_to_try = self.encodings_of(data)
        body = data[mark:]
        if records.whole:
            text = records.whole[0]["text"]
            if not any(codec.decode(body) == text for codec in codecs_to_try):
                complain(path, "left, but no encoding gives the text of its record")
            self.check_left(path, records, mark, len(data), text)
            self.check_marks(path, records, mark)
            self.count(records, text, False)
            if os.path.lexists(target):
                complain(path, "left, but is in the output")
            return
        got = read_document_file(target, kind)
        self.sums["out bytes"] += len(got)
        before = len(faults)
        for codec in codecs_to_try:
            del faults[before:]
            if self.rebuild(path, records, body, mark, codec).encode("utf-8", "surrogatepass") == got:
                break
        else:
            complain(path, "the output is not the input without what was logged")
        if codec.name == "UTF-8":
            self.check_decodes(path, records, body, mark, mark)
        self.count(records, codec.decode(body), True)

    def encodings_of(self, data):
        """Length of the byte order mark, and the encodings that the bytes may have been decoded from."""
        for mark, name in MARKS:
            if data.startswith(mark):
                return len(mark), [Codec(name)]
        names = [e["name"] for e in self.report["encodings"]]
        return 0, [Codec(name) for name in ["UTF-8"] + [n for n in names if n != "UTF-8" and n in CODECS]]

    # JSON Lines ------------------------------------------------------------------------------------------------------

    def lines_of(self, data, codec, mark):
        """(offset, bytes, terminator) of every line."""
        unit, feed, begin, at = codec.unit(), codec.line_feed(), mark, mark
        while begin < len(data):
            end = at = begin
            while True:
                end = data.find(feed, at)
                if end < 0 or (end - mark) % unit == 0:
                    break
                at = end + 1
            stop = len(data) if end < 0 else end + unit
            line, terminator = data[begin:stop - (unit if end >= 0 else 0)], feed if end >= 0 else b""
            if end >= 0 and line.endswith(codec.carriage_return()):
                line, terminator = line[:-unit], codec.carriage_return() + feed
            yield begin, line, terminator
            begin = stop

    def find_value(self, line):
        """Begin and end, in characters, of what stands between the quotes of the text field."""
        decoder, blank = json.JSONDecoder(strict=False), re.compile(r"[ \t\r\n]*")
        at = blank.match(line, line.index("{") + 1).end()
        while line[at] != "}":
            name, at = json.decoder.scanstring(line, at + 1, False)
            at = blank.match(line, line.index(":", at) + 1).end()
            end = decoder.raw_decode(line, at)[1]
            if name == self.field:
                return at + 1, end - 1
            at = blank.match(line, end).end()
            at = blank.match(line, at + 1).end() if line[at] == "," else at
        return None

    @staticmethod
    def unescape(raw):
        """What a raw piece of a JSON string says; lone surrogates and ill-formed bytes are U+FFFD."""
        said = json.decoder.scanstring(raw.decode("utf-8", "replace") + '"', 0, False)[0]
        return re.sub("[\ud800-\udfff]", "\ufffd", said)

    @staticmethod
    def spellings(text):
        """The ways to write a replacement in a JSON string."""
        for ascii_only in (False, True):
            written = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
            for form in (written, re.sub(r"\\u[0-9a-f]{4}", lambda m: "\\u" + m[0][2:].upper(), written)):
                yield form.encode("utf-8")
                yield form.replace("/", "\\/").encode("utf-8")

    def match_spliced(self, pieces, codec, got):
        """Whether `got` is the pieces with their replacements, spelled in one way or the other."""
        at = 0
        for piece, replacement in pieces:
            stays = piece if codec.name == "UTF-8" else codec.decode(piece).encode("utf-8")
            if got[at:at + len(stays)] != stays:
                return False
            at += len(stays)
            for form in self.spellings(replacement):
                if got.startswith(form, at):
                    at += len(form)
                    break
            else:
                return False
        return at == len(got)

    def check_line(self, name, records, offset, line, codec, output):
        text_line = codec.decode(line)
        place = self.find_value(line.decode("utf-8", "surrogateescape") if codec.name == "UTF-8" else text_line)
        if codec.name == "UTF-8":
            characters = line.decode("utf-8", "surrogateescape")
            begin, end = (len(characters[:p].encode("utf-8", "surrogateescape")) for p in place)
        else:
            begin, end = (len(text_line[:p].encode(CODECS[codec.name])) for p in place)

        def read(data):
            return self.unescape(data if codec.name == "UTF-8" else codec.decode(data).encode("utf-8"))
        text = read(line[begin:end])
        if records.whole:
            self.count(records, text, False)
            return text
        pieces = list(self.check_cuts(name, records, line, offset, read, records.decodes))
        got = next(output, None)
        if got is None:
            complain(name, "is not in the output")
        elif not self.match_spliced(pieces, codec, got):
            complain(name, "the output is not the line without what was logged")
        if codec.name == "UTF-8":
            self.check_line_decodes(name, records, line, offset, begin, end)
        self.count(records, text, True)
        return text

    def check_line_decodes(self, name, records, line, offset, begin, end):
        """Ill-formed bytes and lone surrogates of the text."""
        raw = line[begin:end]
        expected = [(b + offset + begin, e + offset + begin) for b, e in ill_formed(raw)]
        for found in re.finditer(rb"\\(u[dD][89abAB]..\\u[dD][c-fC-F]..|u[dD][89a-fA-F]..|.)", raw, re.S):
            if re.fullmatch(rb"\\u[dD][89a-fA-F]..", found[0]):
                expected.append((found.start() + offset + begin, found.end() + offset + begin))
        logged = sorted((r["begin"], r["end"]) for r in records.decodes)
        if sorted(expected) != logged:
            complain(name, "ill-formed at %s, logged %s" % (sorted(expected)[:5], logged[:5]))

    def check_lines(self, path, kind):
        data = read_document_file(os.path.join(self.source, path), kind)
        output = read_document_file(os.path.join(self.target, path), kind)
        self.sums["in bytes"] += len(data)
        self.sums["out bytes"] += len(output)
        mark, codecs_to_try = self.encodings_of(data)
        head = data[:1 << 16]
        utf8 = 20 * len(ill_formed(head)) <= sum(byte >= 0x80 for byte in head)
        codec = codecs_to_try[0] if utf8 or len(codecs_to_try) == 1 else codecs_to_try[1]
        rest = iter([(line, terminator) for _, line, terminator in self.lines_of(output, Codec("UTF-8"), 0)])
        marks = Records(self.log.pop(path, [])).marks
        if [(r["begin"], r["end"]) for r in marks] != ([(0, mark)] if mark else []):
            complain(path, "the byte order mark of %d bytes is not logged" % mark)
        for number, (offset, line, terminator) in enumerate(self.lines_of(data, codec, mark), 1):
            name = "%s:%d" % (path, number)
            records = Records(self.log.pop(name, []))
            as_utf8 = line if codec.name == "UTF-8" else codec.decode(line).encode("utf-8")
            if (path, number) in self.problems or not as_utf8.strip(b" \t\r\0"):
                self.check_passed_line(name, records, as_utf8, rest)
                self.sums["in"] += bool(as_utf8.strip(b" \t\r\0"))
                self.sums["out"] += bool(as_utf8.strip(b" \t\r\0"))
                continue
            self.known.add(name)
            self.check_line(name, records, offset, line, codec, (got for got, _ in rest))
            if records.whole:
                self.check_left(name, records, offset, offset + len(line) + len(terminator),
                                as_utf8.decode("utf-8", "replace") + terminator.decode(CODECS[codec.name]))
        if next(rest, None) is not None:
            complain(path, "the output has lines that the input has not")

    def check_passed_line(self, name, records, line, rest):
        got = next(rest, (None, None))[0]
        if got != line or records.cuts or records.whole:
            complain(name, "a line that takes no part was not passed on as it is")

    # The whole -------------------------------------------------------------------------------------------------------

    def check_copied(self, path):
        if read_document_file(os.path.join(self.source, path), "") != read_document_file(os.path.join(self.target, path), ""):
            complain(path, "a file that takes no part was not passed on as it is")
        self.sums["in"] += 1
        self.sums["out"] += 1

    def check_names(self):
        for name in self.left | {d["dropped"] for d in self.duplicates}:
            if name not in self.known:
                complain(name, "left, but is not in the input")
        said = {d["dropped"]: d for d in self.duplicates if d["unit"] == "document" and d["removed"]}
        if set(said) != self.left:
            complain("duplicates.jsonl", "names other documents than the log: %s" % sorted(set(said) ^ self.left)[:5])
        for duplicate in self.duplicates:
            if duplicate["kept"] not in self.known or duplicate["kept"] in self.left:
                complain(duplicate["dropped"], "its keeper %s is not in the output" % duplicate["kept"])
        for name in self.log:
            complain(name, "is in the log, but not in the input")

    def check_sums(self):
        report = self.report
        methods = collections.Counter(d["method"] for d in self.duplicates if d["unit"] == "document")
        pairs = [("documents in", report["in"]["documents"], self.sums["in"]),
                 ("documents out", report["out"]["documents"], self.sums["out"]),
                 ("characters in", report["in"]["characters"], self.sums["in characters"]),
                 ("characters out", report["out"]["characters"], self.sums["out characters"]),
                 ("boilerplate", report["removed_characters"]["boilerplate"], self.sums["boilerplate"]),
                 ("duplicates", report["removed_characters"]["duplicates"], self.sums["duplicates"]),
                 ("duplicate documents", report["duplicates"]["documents"],
                  {name: methods[name] for name in ("exact", "near", "contained")}),
                 ("rules", {r["id"]: (r["count"], r["characters"]) for r in report["rules"]},
                  {name: (c["count"], c["characters"]) for name, c in self.rules.items()})]
        if not self.problems:
            pairs += [("bytes in", report["in"]["bytes"], self.sums["in bytes"]),
                      ("bytes out", report["out"]["bytes"], self.sums["out bytes"])]
        for what, told, counted in pairs:
            if told != counted:
                complain("report.json", "%s: it says %s, the files say %s" % (what, told, counted))

    def run(self):
        outputs = set()
        for folder, _, names in os.walk(self.target):
            outputs |= {os.path.relpath(os.path.join(folder, name), self.target) for name in names}
        for folder, _, names in sorted(os.walk(self.source)):
            for file in sorted(names):
                path = os.path.relpath(os.path.join(folder, file), self.source)
                ending = ENDINGS.search(path)
                if not ending or os.path.islink(os.path.join(self.source, path)):
                    continue
                outputs.discard(path)
                kind = (ending[3] or "").lower()
                if (path, 0) in self.problems:
                    self.check_copied(path)
                elif ending[1].lower() in ("jsonl", "ndjson"):
                    self.check_lines(path, kind)
                else:
                    self.check_text(path, kind)
        for extra in sorted(o for o in outputs if not o.startswith(".dedup" + os.sep)):
            complain(extra, "is in the output, but not in the input")
        self.check_names()
        self.check_sums()


if __name__ == "__main__":
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    dedup = sys.argv[3] if len(sys.argv) > 3 else os.path.join(root, "build/release/src/cli/dedup")
    audit = Audit(sys.argv[1], sys.argv[2], dedup)
    audit.run()
    for fault in faults[:50]:
        print(fault)
    print("%d documents, %d faults" % (audit.sums["in"], len(faults)))
    sys.exit(len(faults) != 0)
