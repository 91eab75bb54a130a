#!/bin/sh
# A crawl of a small local site; every item passes through dedup on its way: cleaned, or dropped as a duplicate.
# Usage: samples/scrapy/run.sh      (environment: DEDUP, the command; PYTHON, one that has Scrapy)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dedup=${DEDUP:-$here/../../build/release/src/cli/dedup}
python=${PYTHON:-python3}
"$python" -c 'import scrapy' 2>/dev/null || { echo "Scrapy is missing: pip install scrapy, or apt install python3-scrapy"; exit 77; }

work=$(mktemp -d "${TMPDIR:-/tmp}/dedup-scrapy.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$here"
PYTHONDONTWRITEBYTECODE=1 "$python" site.py "$work/site" --serve "$python" -m scrapy crawl local -a "site={site}" \
    -s "DEDUP_COMMAND=$dedup" -O "$work/items.jsonl:jsonlines" 2>"$work/log" || { cat "$work/log"; exit 1; }
echo "$(find "$work/site" -name '*.html' ! -name index.html | wc -l) pages were crawled, $(wc -l <"$work/items.jsonl") articles stayed:"
"$python" - "$work/items.jsonl" <<'END'
import json, sys
for item in sorted((json.loads(line) for line in open(sys.argv[1], encoding="utf-8")), key=lambda item: item["url"]):
    print("  " + item["url"].rsplit("/", 1)[1], item["title"], len(item["text"]), "characters")
END
[ $# -eq 0 ] || cp "$work/items.jsonl" "$1"
