"""A small tree in which a run meets all that it can do, and what must be true of the output of a run over it."""
import bz2
import gzip
import json
import lzma
import os
import random
import re
import shutil
import subprocess

PREFIX = ".dedup-tmp-"
NOUNS = "灯塔 渡轮 冷库 舢板 图书馆 码头 气象站 老木匠 船厂 合唱团 雾日 乘客 石阶 海风 渔网 浮标 集市 邮局 山路 茶摊".split()
VERBS = "检查 搬到 记录 等待 修好 经过 想起 看见 打开 写下 放进 离开 点亮 数清 学会 忘记".split()
HEAD = "海岬晚报 记者 林晓 通讯员 周远"
FOOT = "版权声明:本文由海岬晚报授权发布,未经许可不得转载"
RULES = "rule faults.notice\nclass: Z\nlevel: safe\nmatch: 内部编号甲乙\nline: 内部编号甲乙\n"


def sentences(dice, count):
    return "".join("%s在第%d天%s了%s,然后%s%s。" % (dice.choice(NOUNS), dice.randrange(10 ** 5), dice.choice(VERBS),
                                            dice.choice(NOUNS), dice.choice(VERBS), dice.choice(NOUNS))
                   for _ in range(count))


def packed(program, data):
    return subprocess.run([program, "-qc"], input=data, stdout=subprocess.PIPE, check=True).stdout


def build(root, seed=5):
    """Writes IN: all containers and encodings, copies of all kinds, a source with a head and a foot, repeats, repairs."""
    dice = random.Random(seed)
    articles = [[sentences(dice, 3) for _ in range(5)] for _ in range(24)]
    os.makedirs(root)

    def put(path, data):
        path = os.path.join(root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode("utf-8"))

    for i, lines in enumerate(articles[:9]):
        put("news/%d.txt" % i, "\n".join([HEAD] + lines + [FOOT, "展开"]) + "\n")
    near = list(articles[1])
    near[2] = near[2][:-30] + sentences(dice, 1)
    put("copies/near.md", "\n".join(near))
    put("copies/part.txt", "\n".join(articles[2][:4]))
    put("copies/repeat.txt", "\n".join(articles[9] + articles[9][:4] + ["![](https://img.example.org/a.png)", "内部编号甲乙"]))
    put("packed/a.txt.gz", gzip.compress("\n".join(articles[10]).encode(), mtime=0))
    put("packed/b.txt.xz", lzma.compress("\n".join(articles[11]).encode()))
    put("packed/c.md.bz2", bz2.compress("\n".join(articles[12]).encode()))
    put("packed/d.txt.zst", packed("zstd", "\n".join(articles[13]).encode()))
    put("packed/e.txt.lz4", packed("lz4", "\n".join(articles[14]).encode()))
    put("coded/gb.txt", "\r\n".join(articles[15]).encode("gb18030"))
    put("coded/wide.txt", ("\ufeff" + "\n".join(articles[16])).encode("utf-16-le"))
    put("coded/stray.txt", "\n".join(articles[17]).encode()[:-40] + b"\xff\xe4\xb8 \n")
    records = [json.dumps({"id": i, "source": "岛报", "text": "\n".join([HEAD] + lines + [FOOT])}, ensure_ascii=i % 2 == 0)
               for i, lines in enumerate(articles[10:24])]
    put("lines/all.jsonl", "\n".join(records) + "\n")
    put("lines/more.jsonl.gz", gzip.compress("\n".join(
        json.dumps({"id": i, "text": sentences(dice, 9)}) for i in range(20)).encode(), mtime=0))
    put("other.bin", b"\0\1")


def content(path):
    with open(path, "rb") as file:
        return file.read()


def without_run(report):
    report = json.loads(report)
    report.pop("run", None)
    return json.dumps(report, sort_keys=True, ensure_ascii=False).encode()


def without_footer(page):
    return re.sub(rb"<footer>.*?</footer>", b"", page, flags=re.DOTALL)


IN_COMMON = {".dedup/report.json": without_run, ".dedup/report.html": without_footer}


def snapshot(root):
    """All files below OUT but the lock and the manifest; of the reports, what equal runs have in common."""
    files = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            key = os.path.relpath(path, root)
            if key in (".dedup/lock", ".dedup/manifest.json"):
                continue
            data = content(path)
            files[key] = IN_COMMON.get(key, bytes)(data)
    return files


def differences(have, want):
    return sorted(name for name in have.keys() | want.keys() if have.get(name) != want.get(name))


def temporaries(*roots):
    return [os.path.join(folder, name) for root in roots for folder, _, names in os.walk(root) for name in names
            if name.startswith(PREFIX)]


def is_whole(path):
    """Whether the file can be read to its end and its last line is one."""
    tools = {".gz": ["gzip", "-t"], ".xz": ["xz", "-t"], ".bz2": ["bzip2", "-t"], ".zst": ["zstd", "-tq"], ".lz4": ["lz4", "-tq"]}
    ending = os.path.splitext(path)[1]
    if ending in tools:
        return subprocess.run(tools[ending] + [path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    try:
        if ending == ".json":
            json.loads(content(path))
        if ending == ".jsonl":
            for line in content(path).decode("utf-8").splitlines():
                json.loads(line)
    except ValueError:
        return False
    return True


def clear(path):
    shutil.rmtree(path, ignore_errors=True)
