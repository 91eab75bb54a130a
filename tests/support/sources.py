#!/usr/bin/env python3
"""sources.py DIR: invented sources of articles, whose bodies are letters by chance and whose feet are alike."""
import json, os, random, sys

ALPHABET = "山川湖海风云雨雪春夏秋冬东南西北日月星辰花鸟鱼虫桥路船灯村镇城港茶米盐麦红黄蓝绿走看听说写读想问高低远近新旧大小"
chance = random.Random(11)


def sentence():
    return "".join(chance.choice(ALPHABET) for _ in range(45)) + "。\n"


def article(number):
    return "渔港见闻第%d篇\n" % number + "".join(sentence() for _ in range(6))


def foot(number):
    return ("想看更多渔港见闻，请扫码关注灯塔读书会，回复%d可得全文。\n" % (number * 37)
            + "灯塔读书会的文章未经许可不得转载，合作请写信到灯塔的信箱。\n")


def write(path, text):
    path = os.path.join(sys.argv[1], path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


def record(**fields):
    return json.dumps(fields, ensure_ascii=False) + "\n"


copied = [sentence() for _ in range(12)] + ["这段话在每份拷贝里都一样，因为灯塔下的九份稿子本来就是同一篇文章，从未改过一个字。\n"]
for i in range(1, 10):
    write("lighthouse/%d.txt" % i, article(i) + foot(i))
    write("copies/%d.txt" % i, "".join([sentence()] + copied))
    write("hosts.jsonl", record(url="https://www.Harbour.example.org:8080/a/%d" % i, text=article(i) + foot(i)))
    write("papers.jsonl", record(paper="paper %d" % (i % 2), text=article(i) + foot(i)))
    write("papers.jsonl", record(paper="paper 0", text=article(i) + foot(i)))
for i in range(1, 4):
    write("few/%d.txt" % i, article(i) + foot(i))
