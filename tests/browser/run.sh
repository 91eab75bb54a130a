#!/bin/sh
# The report of a run over the samples and over hostile input, in a browser.
# Usage: tests/browser/run.sh DEDUP      (environment: CHROMIUM, SHOTS, see report.py)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dedup=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/in" && cp -r "$here/../../samples/articles/." "$work/in/"
hostile="$work/in/<img src=x onerror=alert(1)>"
mkdir "$hostile"
{
    echo '<script>alert("灯塔")</script><b onclick="alert(1)">灯塔守护人每天清晨要爬两百级石阶，</b>把昨夜的灯油添满，再擦亮每一块玻璃。'
    printf '\342\200\256调转方向的文字也要原样\342\200\254摆出来，看得见\033[31m颜色\033[0m控制符，却没有任何效果。&lt;em&gt;实体&lt;/em&gt;也一样。\n'
    echo '来往的渔船认得那束光，它每隔十二秒闪一次，雾天里还会加上一声低沉的号角，老人说这是祖父那一辈就定下的规矩。'
} >"$hostile/\"first\".txt"
sed 's/清晨/黄昏/; s/"灯塔"/{{name}}/' "$hostile/\"first\".txt" >"$hostile/second{{name}}.txt"
printf '{"text": 5}\n{"text": "\\u202e<svg onload=alert(1)>"}\n' >"$work/in/<!-- fragment: open -->.jsonl"
"$dedup" --in "$work/in" --out "$work/out" --quiet || [ $? = 1 ]
[ -z "${SHOTS:-}" ] || cp "$work/out/.dedup/report.html" "$SHOTS/"
"$here/report.py" "$work/out/.dedup/report.html"
