#!/usr/bin/env python3
"""Writes a tree of what a restore may stumble over. Usage: odd_tree.py DIRECTORY"""
import bz2
import gzip
import json
import lzma
import os
import subprocess
import sys

root = os.fsencode(sys.argv[1])
TEXT = ["灯塔守望者每天清晨沿着石阶走上山顶,检查镜片是否沾了盐霜。", "渔港的冷库在夏天要多开两台压缩机,电费比冬天高出三成。",
        "镇上的老木匠说,做一条舢板要用七种木头,龙骨必须是樟木。", "图书馆把漂流书架搬到了码头,等船的人可以随手翻几页。"]
NOTICE = ["展开", "点击查看全文", "![](https://img.example.org/a.png)", "返回首页"]


def put(path, data):
    path = os.path.join(root, path if isinstance(path, bytes) else path.encode("utf-8"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def article(number, end="\n"):
    return end.join(["第%d篇。%s" % (number, TEXT[0]), NOTICE[number % 4], TEXT[1], TEXT[2] + "&nbsp;" + TEXT[3],
                     "", "", NOTICE[(number + 1) % 4], TEXT[1], "第%d篇完。" % number]) + end


def line(number, **more):
    return json.dumps(dict({"id": number, "text": article(number)}, **more), ensure_ascii=number % 2 == 0)


def through(program, data):
    return subprocess.run(program, input=data, stdout=subprocess.PIPE, check=True).stdout


# Containers: one member, several, empty, cut off, not what the name says.
packers = {"gz": lambda d: gzip.compress(d, mtime=1), "xz": lzma.compress, "bz2": bz2.compress,
           "zst": lambda d: through(["zstd", "-q", "-3"], d), "lz4": lambda d: through(["lz4", "-q"], d)}
for number, (name, pack) in enumerate(packers.items()):
    put("packed/text.txt." + name, pack(article(number).encode("utf-8")))
    put("packed/lines.jsonl." + name, pack("\n".join(line(100 * number + n) for n in range(4)).encode("utf-8")))
    put("packed/two.txt." + name, pack("一半\n".encode("utf-8")) + pack("另一半\n".encode("utf-8")))
    put("packed/none.txt." + name, pack(b""))
    put("packed/zero.jsonl." + name, b"")
    put("packed/cut.txt." + name, pack(article(number).encode("utf-8") * 50)[:-9])
    put("packed/other.jsonl." + name, b"not packed at all\n" * number)
put("packed/copy.txt.gz", gzip.compress(article(0).encode("utf-8"), 1, mtime=2))

# Encodings, marks, ends of lines, damage.
for number, codec in enumerate(["gb18030", "utf-16-le", "utf-16-be", "utf-32-le", "utf-8"]):
    mark = "\ufeff".encode(codec)
    for end in ("\n", "\r\n", "\r"):
        put("marks/%s%d.txt" % (codec, len(end.encode("unicode_escape"))), mark + article(number, end).encode(codec))
    put("marks/%s.jsonl" % codec, mark + ("\r\n".join(line(200 + 10 * number + n) for n in range(4))).encode(codec))
    put("marks/only-%s.txt" % codec, mark)
    put("marks/only-%s.jsonl" % codec, mark)
    put("marks/copy-%s.txt" % codec, mark + article(number).encode(codec))
gb = article(30).encode("gb18030")
put("codes/gb-damaged.txt", gb[:40] + b"\xff" + gb[40:80] + b"\x81" + gb[80:] + b"\x95\x32\x90\x31\x94\x39\xda\x33")
put("codes/gb-copy.txt", gb[:40] + b"\xfe" + gb[40:])
big = "".join("第%d號,學校的合唱團在港口演出,聽眾大多是剛下船的旅客。展開\n" % n for n in range(9)).encode("big5")
put("codes/big5-twice.txt", big + b"\xa2\xcc\xa4\x51\xa2\xce\xa4\xca\n")
put("codes/big5-two.txt", big + b"\x88\x62\x88\x64\n" + big)
put("codes/utf16-odd.txt", b"\xff\xfe" + article(31).encode("utf-16-le") + b"\x00\xd8a\x00\x00\xdcx")
put("codes/stray.txt", article(32).encode("utf-8").replace(b"\xe5", b"\xff", 3))
put("codes/nul.txt", "一个\0零\0\0\n".encode("utf-8") + article(33).encode("utf-8"))
put("codes/random.txt", bytes(n * n * 37 % 251 for n in range(5000)))
put("codes/mixed.txt", "a\nb\r\nc\rd\u2028e\u0085f\n\r\n\r".encode("utf-8"))

# JSON Lines: other fields, double names, escapes, surrogates, blank and broken lines, no last line feed.
lines = ['{"text": "%s" , "a":[1, 2],"text":%s}' % (NOTICE[0], json.dumps(article(40))), " \t", "",
         '{"t\\u0065xt":"\\u7b2c\\/\\u5C55\\n%s\\n\\ud83d\\udea2 \\ud83d! \\udc00"}' % NOTICE[0], "{", "[1]", '{"other":1}',
         '{"text":""}', '{"text":"\\\\\\"\\b\\f\\n\\r\\t\\u0001\x7f"}', line(41), line(41), line(41, more="x"), '{"text":5}',
         '{"text":%s}' % json.dumps(article(42)).replace("\\n", "\\u000A"), line(43).replace("/", "\\/")]
put("lines/odd.jsonl", "\n".join(lines).encode("utf-8") + b'\r\n{"x":"\xff","text":"\xe4\xb8 ' + NOTICE[0].encode("utf-8") + b'"}')
put("lines/odd-gb.jsonl", ("\r\n".join(lines[:2] + lines[3:]) + "\r\n").encode("gb18030") + b'{"x":"\xff\xfe\x81","text":"\xd6\xd0"}\n')
put("lines/odd-16.jsonl", ("\ufeff" + "\n".join(lines)).encode("utf-16-le") + b"\x00\xd8x\x00")
put("lines/long-gb.jsonl", ('{"text":"%s"}\n' % ("中文。" * 3000) + line(44) + "\n").encode("gb18030"))
put("lines/long-16.jsonl", ("\ufeff" + '{"text":"%s"}\n' % ("\U0001f6a2。" * 3000) + line(45) + "\n").encode("utf-16-be"))
put("lines/long.jsonl", ('{"text":"%s"}\n' % ("中文。" * 3000) + line(46) + "\n").encode("utf-8"))
put("lines/ends.ndjson", (line(47) + "\r\n" + line(48) + "\n\r\n" + line(49) + "\r").encode("utf-8"))

# Everything else: duplicates, nothing, names, what is no document.
for copy in range(3):
    put("copies/%d.txt" % copy, (article(50) + "尾\n" * copy).encode("utf-8"))
put("none/empty.txt", b"")
put("none/empty.jsonl", b"")
put("none/blank.txt", b"\n\n \n")
put(b"names/b\xffd\n.txt", article(51).encode("utf-8"))
put(b"names/\xe5\xb1\x95 \x1b[31m<b>.md", article(52).encode("utf-8"))
put(b"names/\xff.jsonl", line(53).encode("utf-8"))
put("other/picture.png", bytes(range(256)) * 9)
put("other/index.html", b"<p>\xff")
put("other/README", b"")
put("other/.dedup-tmp-left.txt", b"left over")
put("other/archive.tar.gz", gzip.compress(b"tar", mtime=0))
os.makedirs(os.path.join(root, b"hollow/deep/er"))
os.makedirs(os.path.join(root, b"links"))
for name, target in (("file.txt", "../copies/0.txt"), ("folder", "../copies"), ("nowhere.txt", "gone"), ("loop", "."),
                     ("absolute", "/nonexistent/place"), ("odd", "a\nb")):
    os.symlink(target, os.path.join(root, b"links", name.encode("utf-8")))
