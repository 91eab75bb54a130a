#!/usr/bin/env python3
"""Observed forms of boilerplate, one at a time, behind (or for K between) invented paragraphs: are they removed, or kept?

Usage: tests/eval/forms.py DEDUP [LEVEL] [--show]      (environment: DEDUP_SHARED as for tests/cli/run.sh)
Forms of class A that describe a structure of the whole document ("whole body twice") are left out: other tests hold them.
Counts by class how many forms go as whole lines. A form written as alternatives (" / ") counts when it goes as a whole or when all of
them go. Then counts the categories of the forms that have a sibling of our own invention: an example of a rule that takes forms of the
category, or a text below for those that are code. Fails when fewer than 97 % of class A go, any of class K is touched, or a category has
no sibling. Exit 77: the forms are not there."""
import collections
import glob
import json
import os
import random
import subprocess
import sys
import tempfile
import unicodedata

arguments = [a for a in sys.argv[1:] if a != "--show"]
dedup, level = arguments[0], (arguments + ["standard"])[1]
root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
path = os.path.join(os.environ.get("DEDUP_SHARED", os.path.join(root, "..", "shared")), "boilerplate", "forms.tsv")
if not os.path.exists(path):
    print("skipped: no", path)
    sys.exit(77)

random.seed(7)
WHO = "渡船上的老人 山里的邮差 灯塔的看守 河边的渔夫 学堂的先生 集市的商贩 茶馆的掌柜 村口的木匠".split()
WHAT = "在黄昏里慢慢走回家去 把旧信一封一封地读完 等着远方的客人到来 修补那张破了的渔网 数着天上渐渐亮起的星星 给孩子们讲古老的故事".split()
WHEN = "春天的时候 下雨的夜晚 收成之后的日子 雪停的清晨 节日的前一天 河水上涨的那几天".split()


def prose():
    return "".join("%s，%s总是%s，谁也不知道他在想些什么。" % (random.choice(WHEN), random.choice(WHO), random.choice(WHAT)) for _ in range(3))


def document(form, kind):
    lines = form.split(" ⏎ ")
    body = [prose() for _ in range(8)]
    text = body + lines if kind != "K" else body[:5] + lines + body[5:]
    return "\n".join(text) + "\n", lines


rows = [line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8")][1:]
rows = [row for row in rows if not (row[0] == "A" and row[1].startswith("Paragraph numbers"))]
cases = []
for kind, category, _, form in rows:
    variants = [form] + (form.split(" / ") if " / " in form else [])
    for index, variant in enumerate(variants):
        cases.append((len(cases), kind, category, form, index, *document(variant, kind)))


def clean(texts, level):
    """The texts as the level leaves them, each of a source of its own, and for each the ids of the rules that took something."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(folder + "/in")
        with open(folder + "/in/forms.jsonl", "w", encoding="utf-8") as out:
            for index, text in enumerate(texts):
                out.write(json.dumps({"id": index, "site": "s%d" % index, "text": text}, ensure_ascii=False) + "\n")
        subprocess.run([dedup, "--in", folder + "/in", "--out", folder + "/out", "--clean", level, "--documents", "keep",
                        "--paragraphs", "off", "--quiet"], check=True)
        left = [json.loads(line)["text"] for line in open(folder + "/out/forms.jsonl", encoding="utf-8")]
        log = subprocess.run([dedup, "log", folder + "/out"], check=True, capture_output=True, encoding="utf-8").stdout
    rules = collections.defaultdict(set)
    for line in log.splitlines():
        removal = json.loads(line)
        rules[int(removal["document"].rsplit(":", 1)[1]) - 1].add(removal["reason"])
    return left, rules


kept, _ = clean([case[5] for case in cases], level)

gone = {}
for number, kind, category, form, index, text, lines in cases:
    left = [line.strip() for line in kept[number].split("\n")]
    ok = all(line.strip() not in left for line in lines) if kind != "K" else all(line.strip() in left for line in lines)
    gone.setdefault((kind, category, form), []).append(ok)
total, good = collections.Counter(), collections.Counter()
for (kind, category, form), results in gone.items():
    ok = results[0] or (len(results) > 1 and all(results[1:]))
    total[kind] += 1
    good[kind] += ok
    if "--show" in sys.argv and not ok and kind in "AK":
        print(kind, category, "|", form)
for kind in sorted(total):
    print("class %s: %d of %d %s (%.1f %%)" % (kind, good[kind], total[kind], "kept" if kind == "K" else "removed",
                                               100 * good[kind] / total[kind]))

# Invented texts for what no pack has examples of, because it is code, and what they become.
NUMBERED = [prose() for _ in range(9)]
CODE = {
    "Paragraph numbers, repeated title, repeated body, blank runs": (
        "\n".join("%d\n%s" % (i + 1, text) for i, text in enumerate(NUMBERED)) + "\n", "\n".join(NUMBERED) + "\n"),
    'Pinyin "ruby" artefacts': ("渡口的產(chǎn)業(yè)與山區(qū)的發(fā)展\n", "渡口的產業與山區的發展\n"),
    "Characters": ("清晨\u200b的渡口&ldquo;還沒有人&rdquo;\ufeff。\n", "清晨的渡口“還沒有人”。\n"),
}


def fold(text):
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


examples = collections.defaultdict(list)
for pack in glob.glob(os.path.join(root, "src/clean/packs/*.rules")):
    for line in open(pack, encoding="utf-8"):
        name, _, value = line.partition(" ")
        if name == "rule":
            rule = value.strip()
        elif name == "match:":
            examples[rule].append(fold(value.replace("\\n", "\n")))
observed = {fold(form) for _, _, _, form in rows}
taking = collections.defaultdict(set)
for text_index, reasons in clean([case[5] for case in cases], "aggressive")[1].items():
    taking[cases[text_index][2]] |= reasons
sides = clean([text for text, _ in CODE.values()], "safe")[0]
siblings = {category for (category, (_, wanted)), text in zip(CODE.items(), sides) if text == wanted}
siblings |= {category for category, rules in taking.items() if any(set(examples[rule]) - observed for rule in rules)}
categories = {row[1] for row in rows}
print("%d of %d categories have a sibling of our own" % (len(siblings & categories), len(categories)), *sorted(categories - siblings), sep="\n  ")
sys.exit(good["A"] < 0.97 * total["A"] or good["K"] < total["K"] or not categories <= siblings)
