#!/bin/sh
# Every byte of real sets, and of a generated tree, cleaned, restored and compared.
# Usage: tests/eval/restore.sh [FILES]      (files of the generated tree, 100000 unless said; environment: DEDUP,
#                                            DEDUP_SHARED as for tests/cli/run.sh)
# Prints for each set how many bytes were compared, by verify and between input and restored tree, and how many were equal.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
dedup=${DEDUP:-$root/build/release/src/cli/dedup}
shared=${DEDUP_SHARED:-$root/../shared}
files=${1:-100000}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# check NAME INPUT
check() {
    rm -rf "$work/out" "$work/to"
    code=0
    "$dedup" --in "$2" --out "$work/out" --quiet || code=$?
    [ $code -le 1 ] || { echo "$1: the run ended with $code"; failed=1; return; }
    "$dedup" verify --in "$2" --out "$work/out" >"$work/said" 2>&1 || { cat "$work/said"; failed=1; }
    sed -n "s/^Compared/$1: verify compared/p" "$work/said"
    "$dedup" restore --out "$work/out" --to "$work/to" >"$work/said" 2>&1 || { cat "$work/said"; failed=1; }
    python3 "$root/tests/support/same_tree.py" "$2" "$work/to" >"$work/said" || failed=1
    sed "s/^/$1: restored and compared: /" "$work/said"
}

if [ -d "$shared/eval" ]; then
    check "evaluation sets" "$shared/eval"
else
    echo "no $shared/eval: only the generated tree is tried"
fi
python3 - "$work/tree" "$files" <<'END'
import os, random, sys
root, count = sys.argv[1], int(sys.argv[2])
dice = random.Random(7)
words = "灯塔 渔港 木匠 图书 气象 合唱 船厂 守望 冷库 码头 石阶 盐霜 春联 龙骨 雾日 海风".split()
notes = ["展开\n", "点击查看全文\n", "返回首页\n", "&nbsp;", "\r\n\r\n\r\n", "\ufeff", ""]
codecs = ["utf-8"] * 7 + ["gb18030", "utf-16-le", "utf-16-be"]
last = "第0号。"
for number in range(count):
    folder = os.path.join(root, "%03d" % (number % 997))
    os.makedirs(folder, exist_ok=True)
    if dice.random() < 0.7:
        last = "".join(dice.choice(notes) + "%d号,%s。\n" % (dice.randrange(10 ** 6), "".join(dice.choices(words, k=9)))
                       for _ in range(dice.randrange(1, 8)))
    codec = dice.choice(codecs)
    data = ("\ufeff" if "16" in codec else "").encode(codec) + (last + dice.choice(notes)).encode(codec)
    if dice.random() < 0.05:
        at = dice.randrange(len(data))
        data = data[:at] + b"\xff\x00" + data[at:]
    with open(os.path.join(folder, "%06d.%s" % (number, "txt" if number % 50 else "bin")), "wb") as file:
        file.write(data)
END
check "generated tree" "$work/tree"
exit $failed
