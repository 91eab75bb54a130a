# Of a large file a part is looked at for lines to learn: sources of every share, scattered or in one piece, are met, whatever the
# number of threads, and what is compressed, which is read as a whole, teaches the same.
command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
mkdir in packed
python3 - <<'END'
import gzip, json, random
random.seed(5)
han = [chr(c) for c in range(0x4e00, 0x5e00)]
def body():
    return "\n".join("".join(random.choices(han, k=90)) + "。" for _ in range(10))
def line(source, mark):
    text = "%s\n本站%s的读者在这里找到更多的内容，欢迎转发本文并注明出处。" % (body(), mark)
    return json.dumps({"source": source, "text": text}, ensure_ascii=False) + "\n"
names = ["large"] * 700 + ["other"] * 292 + ["rare"] * 8
lines = []
for i in range(7000):
    name = random.choice(names)
    lines.append(line(name, {"large": "甲", "other": "乙", "rare": "丙"}[name]))
    if i == 4000: # 1 MB of one source, in one piece
        lines += [line("piece", "丁") for _ in range(350)]
lines = "".join(lines).encode()
open("in/all.jsonl", "wb").write(lines)
gzip.open("packed/all.jsonl.gz", "wb", 1).write(lines)
print(len(lines) > 18 << 20)
END
run() { "$DEDUP" --in "$1" --out "$2" --documents keep --paragraphs off --quiet --threads "$3"; }
left() { for mark in 甲 乙 丙 丁; do printf '%s ' "$(grep -c "本站$mark" "$1")"; done; echo; }
left in/all.jsonl
run in one 1 && left one/all.jsonl
run in two 2 && cmp one/all.jsonl two/all.jsonl && cmp one/.dedup/learned.rules two/.dedup/learned.rules
run in three 3 && cmp one/all.jsonl three/all.jsonl && cmp one/.dedup/learned.rules three/.dedup/learned.rules
run packed whole 2 && gzip -dc whole/all.jsonl.gz | cmp - one/all.jsonl
grep '^# .*documents' one/.dedup/learned.rules
