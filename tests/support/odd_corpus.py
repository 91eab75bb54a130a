#!/usr/bin/env python3
"""Writes a corpus of odd files: every line end, escape, encoding and kind of damage. Usage: odd_corpus.py DIRECTORY [SEED]"""
import gzip
import json
import os
import random
import sys

root, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
dice = random.Random(seed)
SENTENCES = ["灯塔守望者每天清晨沿着石阶走上山顶,检查镜片是否沾了盐霜。", "渔港的冷库在夏天要多开两台压缩机,电费比冬天高出三成。",
             "镇上的老木匠说,做一条舢板要用七种木头,龙骨必须是樟木。", "图书馆把漂流书架搬到了码头,等船的人可以随手翻几页。",
             "气象站的记录显示,去年的雾日比前年多了十九天。", "學校的合唱團在港口演出,聽眾大多是剛下船的旅客。",
             "船廠的工人把舊漁船改成了水上圖書室,孩子們排隊上船。", "The ferry leaves at seven, and nobody waits for the mail."]
NOISE = ["展开", "点击查看全文", "![](https://img.example.org/a.png)", "打开“海岬财经”阅读更多精彩资讯", "返回首页", "图片", "",
         "扫码关注公众号,了解更多海岛生活", "广告", "分享到微信", "3"]
ENTITIES = ["&nbsp;", "&amp;", "&ldquo;", "&#8220;", "&#x4e2d;", "\u200b", "\ufeff", "\u00ad"]
ENDS = ["\n", "\r\n", "\r", "\u2028", "\u2029", "\u0085"]


def sentence():
    return "第%d号," % dice.randrange(10 ** 6) + dice.choice(SENTENCES[:-1])


def article(lines=12):
    return ["".join(sentence() for _ in range(dice.randrange(1, 4))) for _ in range(lines)]


def noisy(lines, entities=True):
    out = []
    for line in lines:
        while dice.random() < 0.3:
            out.append(dice.choice(NOISE))
        if entities and dice.random() < 0.3:
            at = dice.randrange(len(line))
            line = line[:at] + dice.choice(ENTITIES) + line[at:]
        out.append(line)
        if dice.random() < 0.1:
            out.append(line)
    return out


def put(path, data):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def damaged(text):
    """The text as UTF-8 with stray, cut and overlong bytes in it."""
    data = text.encode("utf-8")
    for _ in range(4):
        at = dice.randrange(len(data))
        data = data[:at] + dice.choice([b"\xff", b"\x80", b"\xe4\xb8", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"]) + data[at:]
    return data


def escaped(text, style):
    said = json.dumps(text, ensure_ascii=style % 2 == 1)
    if style >= 2:
        said = said.replace("/", "\\/")
    if style % 4 == 3:
        said = "".join(c.upper() if i >= 4 and said[i - 4:i - 2] == "\\u" else c for i, c in enumerate(said))
    return said


def record(number, text, style=0, extra=""):
    return '{"id": %d, "price":1.50 , "text" :%s%s, "源":"a\\/b\\u4e2d"}' % (number, extra, escaped(text, style))


articles = [article() for _ in range(24)]
for number, lines in enumerate(articles):
    end = ENDS[number % len(ENDS)]
    put("ends/%02d.txt" % number, (end.join(noisy(lines)) + end * (number % 3)).encode("utf-8"))
put("ends/mixed.txt", "".join(line + dice.choice(ENDS) for line in noisy(article(40))).encode("utf-8"))
for number, lines in enumerate(articles[:6]):
    copy = list(lines)
    copy[number] = sentence()
    put("copies/near%d.md" % number, "\n".join(noisy(copy)).encode("utf-8"))
    put("copies/part%d.text" % number, "\n\n".join(noisy(lines[2:9])).encode("utf-8"))
put("copies/exact.txt.gz", gzip.compress("\n".join(articles[7]).encode("utf-8"), mtime=0))
put("copies/block.txt", "\n".join(articles[8] + article(3) + articles[8][2:8] + article(2)).encode("utf-8"))
for number in range(8):
    put("damaged/%d.txt" % number, damaged("\n".join(noisy(article()))))
    put("marks/%d.txt" % number, b"\xef\xbb\xbf" + "\n".join(noisy(article(), number % 2)).encode("utf-8"))
    for name, codec in (("gb", "gb18030"), ("utf16", "utf-16-le"), ("utf16be", "utf-16-be")):
        text = "\r\n".join(noisy(article(), False))
        put("%s/%d.txt" % (name, number), ("\ufeff" if "utf" in codec else "").encode(codec) + text.encode(codec))
    put("big5/%d.txt" % number,
        "\n".join("第%d號,%s%s" % (dice.randrange(10 ** 6), SENTENCES[5], SENTENCES[6]) + "\n" * (line % 3)
                  for line in range(8)).encode("big5"))
put("empty.txt", b"")
put("blank.txt", b"\n\n \n")
put("nul.txt", "一个\0零\n".encode("utf-8"))
put("short.txt", "短。".encode("utf-8"))

lines = []
for number in range(60):
    text = dice.choice(["\n", "\r\n", "\u2028"]).join(noisy(article(6) if number % 5 else articles[number // 5]))
    if number % 7 == 0:
        text += "\n\U0001f6a2 \"quoted\" back\\slash /path/ tab\t"
    lines.append(record(number, text, number % 4))
put("lines/plain.jsonl", "\n".join(lines).encode("utf-8"))
put("lines/crlf.ndjson", ("\r\n".join(record(n, "\n".join(noisy(article(5))), n) for n in range(4)) + "\r\n\r\n").encode("utf-8"))
put("lines/mark.jsonl", ("\ufeff" + record(1, "\n".join(noisy(article(5)))) + "\n").encode("utf-8"))
put("lines/gb.jsonl", ("\n".join(record(n, "\n".join(noisy(article(5), False)), n % 2) for n in range(6)) + "\n").encode("gb18030"))
put("lines/utf16.jsonl", ("\ufeff" + "\n".join(record(n, "\n".join(noisy(article(5), False)), n % 2) for n in range(6)) + "\n").encode("utf-16-le"))
lone = [record(n, "\n".join(noisy(article(4))), 1).replace("\\u7b2c", "\\ud83d" if n % 2 else "\\udc80\\u7b2c", 2) for n in range(6)]
put("lines/lone.jsonl.gz", gzip.compress(("\n".join(lone) + "\n").encode("utf-8"), mtime=0))
stray = [record(n, "\n".join(noisy(article(4))), 0).encode("utf-8").replace("第".encode("utf-8"), b"\xe7\xac", 2) for n in range(6)]
put("lines/stray.jsonl", b"\n".join(stray) + b"\n")
put("lines/bad.jsonl", "\n".join([record(0, "\n".join(noisy(article(5)))), "{", "[]", '{"text":5}', '{"other":"x"}', "   ", '{"text":"a\\q"}',
                                   record(1, "\n".join(noisy(article(5)))), '{"text":"', ""]).encode("utf-8"))
