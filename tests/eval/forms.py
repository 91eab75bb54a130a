#!/usr/bin/env python3
"""Observed forms of boilerplate, one at a time, behind (or for K between) invented paragraphs: are they removed, or kept?

Usage: tests/eval/forms.py DEDUP [LEVEL] [--show]      (environment: DEDUP_SHARED as for tests/cli/run.sh)
Forms of class A that describe a structure of the whole document ("whole body twice") are left out: other tests hold them.
Counts by class how many forms go as whole lines. A form written as alternatives (" / ") counts when it goes as a whole or when all of
them go. Fails when fewer than 97 % of class A go or any of class K is touched. Exit 77: the forms are not there."""
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

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

with tempfile.TemporaryDirectory() as folder:
    os.mkdir(folder + "/in")
    with open(folder + "/in/forms.jsonl", "w", encoding="utf-8") as out:
        for case in cases:
            out.write(json.dumps({"id": case[0], "site": "s%d" % case[0], "text": case[5]}, ensure_ascii=False) + "\n")
    subprocess.run([dedup, "--in", folder + "/in", "--out", folder + "/out", "--clean", level, "--documents", "keep",
                    "--paragraphs", "off", "--quiet"], check=True)
    kept = [json.loads(line)["text"] for line in open(folder + "/out/forms.jsonl", encoding="utf-8")]

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
sys.exit(good["A"] < 0.97 * total["A"] or good["K"] < total["K"])
