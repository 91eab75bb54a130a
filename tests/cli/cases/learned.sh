# Lines learned per source: from folders, from the host of an address, from a field that is named; syndicated copies of
# one article teach nothing; what was learned can be used as a pack; compressed or in GB18030, lines teach the same.
command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
python3 "$SUPPORT/sources.py" in
run() { "$DEDUP" --in in --documents keep --paragraphs keep --quiet "$@"; }
left() { echo "$1: $(cat $1/lighthouse/*.txt | grep -c 灯塔) $(cat $1/few/*.txt | grep -c 灯塔) $(grep -c 灯塔 $1/hosts.jsonl) $(grep -c 灯塔 $1/papers.jsonl) $(cat $1/copies/*.txt | grep -c 拷贝)"; }
run --out out --source-field paper --threads 2 && left out
"$DEDUP" log out | grep -o '"reason":"learned[^"]*"' | sort | uniq -c | sed 's/^ *//'
sed 's/rule source\.[0-9a-f]*/rule source.ID/' out/.dedup/learned.rules
run --out again --source-field paper --threads 1 && cmp out/.dedup/learned.rules again/.dedup/learned.rules && echo "the same with one thread"
run --out off --no-rule learned && left off
ls off/.dedup/learned.rules 2>/dev/null
run --out safe --clean safe && left safe
run --out pack --clean standard --no-rule learned --rules out/.dedup/learned.rules && left pack
"$DEDUP" rules test out/.dedup/learned.rules | sed "s/^[0-9]* examples/N examples/"
python3 - <<'END'
import gzip, os
for folder in "plain", "other":
    os.mkdir(folder)
hosts, papers = (open("in/%s.jsonl" % name, "rb").read() for name in ("hosts", "papers"))
open("plain/hosts.jsonl", "wb").write(hosts)
open("plain/papers.jsonl", "wb").write(papers)
gzip.open("other/hosts.jsonl.gz", "wb").write(hosts)
open("other/papers.jsonl", "wb").write(papers.decode().encode("gb18030"))
END
run --in plain --out plain.out --source-field paper
run --in other --out other.out --source-field paper
cmp plain.out/.dedup/learned.rules other.out/.dedup/learned.rules && grep -c ^rule other.out/.dedup/learned.rules
