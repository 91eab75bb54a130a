"""Reads the text format of Prometheus (0.0.4) from standard input, strictly, and prints its samples in order of name."""
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"'
SAMPLE = re.compile(rf"({NAME})(?:\{{((?:{LABEL}(?:,(?!\}})|(?=\}})))*)\}})? (\S+)")
text = sys.stdin.read()
assert text.endswith("\n"), "the last line has no end"
family, helped, typed, seen, samples = None, set(), {}, set(), {}
for line in text[:-1].split("\n"):
    if line.startswith("# HELP "):
        name, sentence = line[7:].split(" ", 1)
        assert name not in helped and sentence and "\\" not in sentence, line
        helped.add(name)
        family = name
    elif line.startswith("# TYPE "):
        name, kind = line[7:].split(" ")
        assert name == family and name not in typed and kind == "gauge", line
        typed[name] = kind
    else:
        match = SAMPLE.fullmatch(line)
        assert match, f"not a sample: {line}"
        name, labels = match[1], tuple(re.findall(LABEL, match[2] or ""))
        assert name == family and name in typed, f"{name} stands outside of its family"
        assert len({key for key, _ in labels}) == len(labels) and (name, labels) not in seen, f"twice: {line}"
        seen.add((name, labels))
        samples[name, labels] = float(match[5])
for (name, labels), value in sorted(samples.items()):
    if name != "dedup_run_seconds":
        print(name, *(f"{key}={label}" for key, label in labels), f"{value:g}")
