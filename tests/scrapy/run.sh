#!/bin/sh
# The sample of an item pipeline: the class by itself, and the whole crawl where there is a Python with Scrapy (PYTHON, or python3).
# Usage: tests/scrapy/run.sh DEDUP
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
DEDUP=$1 PYTHON=${PYTHON:-python3}
export DEDUP PYTHON PYTHONDONTWRITEBYTECODE=1
"$PYTHON" "$root/tests/scrapy/pipeline_test.py" "$DEDUP"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$PYTHON" -c 'import scrapy' 2>/dev/null || { echo "Scrapy is missing, the crawl is passed over"; exit 0; }
"$root/samples/scrapy/run.sh" "$work/items.jsonl"
"$PYTHON" "$root/tests/scrapy/pipeline_test.py" --items "$work/items.jsonl"
