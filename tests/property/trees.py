"""Random trees of documents for the property test: made from a seed, written to a folder, and made smaller."""
import bz2
import copy
import gzip
import json
import lzma
import os

WHO = "灯塔守望者 镇上的老木匠 图书馆的馆长 气象站的值班员 渡口的船长 学校的合唱团 船厂的工人 村里的医生 修伞的师傅 养蜂的姐妹".split()
WHEN = "每天清晨 去年冬天 上个星期 台风来临之前 渔汛结束以后 退潮的时候 元宵节那天 整整三年里".split()
WHAT = ["沿着石阶走上山顶,检查镜片是否沾了盐霜", "把漂流书架搬到了码头,等船的人可以随手翻几页", "多开了两台压缩机,电费比平时高出三成",
        "用七种木头做了一条舢板,龙骨必须是樟木", "记下的雾日比前年多了十九天", "在港口演出,听众大多是剛下船的旅客",
        "把旧渔船改成了水上图书室", "给每一户人家送去了新写的春联"]
END = ["谁也没有想到会这样", "这件事后来登了报", "大家都说应该如此", "海风吹了一整夜", "孩子们高兴得睡不着", "账本上写得清清楚楚"]
NOISE = ["展开", "点击查看全文", "返回首页", "![](https://img.example.org/a.png)", "扫码关注公众号,了解更多海岛生活", "广告", "分享到微信",
         "图片", "3", "责任编辑:林若溪", "&nbsp;", "本文来源:海岬新闻"]
ENDS = ["\n", "\r\n", "\r", "\u2028"]
CODECS = ["utf-8", "utf-8", "utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be"]
PACK = {"": lambda data: data, ".gz": lambda data: gzip.compress(data, mtime=0), ".xz": lzma.compress, ".bz2": bz2.compress}
FORMS = ['{"id":NUMBER,"text":TEXT}', '{"n" : [NUMBER, {}], "text":TEXT ,"z":"\\u4e2d"}', '{"text":"x","id":NUMBER,"text":TEXT}',
         '{"id":NUMBER,"other":TEXT}', "NUMBER TEXT"]
DAMAGE = [b"\xff", b"\x80", b"\xe4\xb8", b"\xed\xa0\x80", b"\0", b"\x81", b"\xa2\xcc", b"\x00\xd8", b"\\", b'"', b"\n"]


def sentence(dice):
    return "第%d号,%s%s%s,%s。" % (dice.randrange(10 ** 6), dice.choice(WHEN), dice.choice(WHO), dice.choice(WHAT), dice.choice(END))


def article(dice):
    return ["".join(sentence(dice) for _ in range(dice.randrange(1, 4))) for _ in range(dice.randrange(1, 9))]


def vary(dice, lines):
    """A copy with boilerplate, repeats and small changes."""
    out = []
    for line in lines:
        while dice.random() < 0.25:
            out.append(dice.choice(NOISE))
        if dice.random() < 0.1:
            line = line.replace("。", ".", 1) if dice.random() < 0.5 else sentence(dice)
        if dice.random() < 0.1:
            line += "&ldquo;展开&rdquo;"
        out.append(line)
        if dice.random() < 0.1:
            out.append(line)
        if dice.random() < 0.1:
            out.append("")
    return out


def foreign(line):
    """Other characters for all letters and figures: nothing in common with what was."""
    return "".join(chr(0xac00 + ord(char) * 7919 % 11000) if char.isalnum() else char for char in line)


def make(dice, other=False):
    """A tree: a list of files. With `other` one that has nothing in common with those without."""
    pool = [article(dice) for _ in range(dice.randrange(1, 6))]
    say = (lambda lines: [foreign(line) for line in vary(dice, lines)]) if other else (lambda lines: vary(dice, lines))
    files = []
    for number in range(dice.randrange(1, 12)):
        folder = dice.choice(["", "a/", "a/b/", "海/"]) if not other else "zz/"
        kind = dice.choice(["text"] * 5 + ["lines"] * 4 + ["other", "link", "folder"])
        file = {"kind": kind, "path": "%sf%d" % (folder, number), "pack": dice.choice(["", "", "", ".gz", ".xz", ".bz2"]),
                "codec": dice.choice(CODECS), "mark": dice.random() < 0.3, "end": dice.choice(ENDS), "last": dice.random() < 0.7,
                "damage": [], "items": []}
        if kind == "text":
            file["items"] = say(dice.choice(pool))
        elif kind == "lines":
            file["items"] = [record(dice, say(dice.choice(pool)), n) for n in range(dice.randrange(6))]
            file["end"] = dice.choice(["\n", "\r\n"])
        elif kind == "other":
            file["items"] = ["%d" % dice.randrange(10 ** 9)]
        if kind in ("text", "lines") and dice.random() < 0.2:
            file["damage"] = [(dice.random(), dice.randrange(len(DAMAGE))) for _ in range(dice.randrange(1, 4))]
        files.append(file)
    return files


def record(dice, lines, number):
    text = "\n".join(lines)
    if dice.random() < 0.1:
        text += "\U0001f6a2/\t\"\\"
    said = json.dumps(text, ensure_ascii=dice.random() < 0.5)
    if dice.random() < 0.2:
        said = said.replace("/", "\\/")
    if dice.random() < 0.1:
        said = said[:-1] + dice.choice(['\\ud83d"', '\\u00AD\\u200b"', '\\udc00x"'])
    if dice.random() < 0.05:
        return dice.choice(["", "  ", "{", "[]"])
    form = dice.choice(FORMS) if dice.random() < 0.3 else FORMS[0]
    return form.replace("NUMBER", str(number)).replace("TEXT", said)


def name(file):
    endings = {"text": ".txt", "lines": ".jsonl", "other": ".png", "link": ".txt", "folder": ""}
    return file["path"] + endings[file["kind"]] + (file["pack"] if file["kind"] in ("text", "lines") else "")


def content(file):
    text = file["end"].join(file["items"]) + (file["end"] if file["last"] and file["items"] else "")
    data = (("\ufeff" if file["mark"] and file["codec"] != "big5" else "") + text).encode(file["codec"], "ignore")
    for share, kind in file["damage"]:
        at = int(share * len(data))
        data = data[:at] + DAMAGE[kind] + data[at:]
    return PACK[file["pack"]](data)


def write(files, root, backwards=False):
    """All times are the same, so that nothing but the order of creation differs between two trees."""
    os.makedirs(root)
    for file in reversed(files) if backwards else files:
        path = os.path.join(root, name(file))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if file["kind"] == "folder":
            os.makedirs(path, exist_ok=True)
        elif file["kind"] == "link":
            os.symlink("f0.txt", path)
        else:
            with open(path, "wb") as out:
                out.write(content(file) if file["kind"] != "other" else file["items"][0].encode("utf-8") if file["items"] else b"")
            os.utime(path, (10 ** 9, 10 ** 9))


def smaller(files):
    """Simpler trees, the boldest first."""
    for size in (len(files) // 2, len(files) // 4, 1):
        for begin in range(0, len(files), size) if size else ():
            if len(files) > size:
                yield files[:begin] + files[begin + size:]
    for index, file in enumerate(files):
        for plain in ({"pack": ""}, {"damage": []}, {"codec": "utf-8"}, {"mark": False}, {"end": "\n"}, {"last": True}):
            if any(file[key] != value for key, value in plain.items()):
                yield files[:index] + [dict(file, **plain)] + files[index + 1:]
        items = file["items"]
        for size in (len(items) // 2, len(items) // 4, 1):
            for begin in range(0, len(items), size) if size else ():
                yield files[:index] + [dict(file, items=items[:begin] + items[begin + size:])] + files[index + 1:]
        for at, item in enumerate(items if file["kind"] == "text" else ()):
            for half in (item[:len(item) // 2], item[len(item) // 2:]):
                if half != item:
                    yield files[:index] + [dict(file, items=items[:at] + [half] + items[at + 1:])] + files[index + 1:]


def show(files):
    for file in files:
        print("  %s: %s" % (name(file), json.dumps({key: file[key] for key in ("codec", "mark", "end", "last", "damage")})))
        for item in file["items"]:
            print("    %r" % item)


def clone(files):
    return copy.deepcopy(files)
