# Records that were made to do harm: nothing is written outside of the target, nothing under a name that is not proved.
mkdir in && cp "$SAMPLES"/harbour/001.txt in/a.txt && printf 'x' >in/p.png
"$DEDUP" --in in --out whole --quiet
sum=$(zstd -dcq whole/.dedup/files.jsonl.zst | sed -n 's/.*p.png.*\("length.*"\)}/\1/p')
journal() {
    printf '%s\n' '{"schema":"dedup-files-1","log":"text","follow":false}' "$@" | zstd -qf - -o out/.dedup/files.jsonl.zst
    : | zstd -qf - -o out/.dedup/removed.jsonl.zst
}
try() {
    echo "-- $1"
    shift
    rm -rf out to
    cp -r whole out
    cp in/p.png out/p.png
    mkdir out/l && cp in/p.png out/l
    journal "$@"
    "$DEDUP" restore --out out --to to 2>&1 >/dev/null
    echo "exit $?"
    (cd to 2>/dev/null && find . ! -name . | LC_ALL=C sort)
}
mkdir outside
try "a file that is right" "{\"path\":\"p.png\",\"fate\":\"passed\",$sum}"
for path in ../outside/f "$PWD/outside/f" a/../../outside/f ./f f/ '' . '..' 'a//f' 'a\u0000f'; do
    try "path $(echo "$path" | sed "s#$PWD#TMP#")" "{\"path\":\"$path\",\"fate\":\"passed\",$sum}" | sed "s#$PWD#TMP#"
done
try "another content" "{\"path\":\"p.png\",\"fate\":\"passed\",$(echo "$sum" | sed 's/"sum":"./"sum":"g/')}" \
    "{\"path\":\"p.png\",\"fate\":\"passed\",\"length\":1,\"sum\":\"00000000000000000000000000000000\"}"
try "sums that lie" "{\"path\":\"p.png\",\"fate\":\"passed\",\"length\":1,\"sum\":\"00000000000000000000000000000000\"}"
try "a length that lies" "{\"path\":\"a.txt\",\"fate\":\"removed\",\"encoding\":\"UTF-8\",\"length\":9000000000000000000,\"sum\":\"00000000000000000000000000000000\"}"
try "through a link" "{\"path\":\"l/p.png\",\"fate\":\"passed\",$sum}" '{"path":"l","fate":"link","target":"../outside"}'
try "a link through a link" '{"path":"l","fate":"link","target":"../outside"}' '{"path":"l/m","fate":"link","target":"x"}'
try "the marker's name" "{\"path\":\".dedup-tmp-restore\",\"fate\":\"other\",$sum}"
try "an unknown encoding" '{"path":"a.txt","fate":"cleaned","encoding":"KLINGON","length":7,"sum":"00000000000000000000000000000000","output_length":7,"output_sum":"00000000000000000000000000000000"}'
echo "-- links in the output"
rm -rf out to
cp -r whole out
mkdir out/.dedup/others2 && rm -r out/.dedup/others && ln -s others2 out/.dedup/others
cp in/p.png out/.dedup/others2/p.png
rm out/a.txt && ln -s ../whole/a.txt out/a.txt
"$DEDUP" restore --out out --to to 2>&1 >/dev/null
echo "exit $?"
echo "-- links in a target that was not finished"
rm -rf out to
cp -r whole out
mkdir to && sed 's/.*parameters":"\([^"]*\)","input":"\([^"]*\)".*/\1 \2/' out/.dedup/manifest.json >to/.dedup-tmp-restore
ln -s ../outside to/d && touch to/.dedup-tmp-0 && cp in/a.txt to/a.txt
mkdir out/d && cp in/p.png out/d/p.png
journal "{\"path\":\"d/p.png\",\"fate\":\"passed\",$sum}"
"$DEDUP" restore --out out --to to 2>&1 >/dev/null
echo "exit $?"
find to | LC_ALL=C sort
echo "-- another restore that was not finished"
rm -r to && mkdir to && echo other >to/.dedup-tmp-restore
"$DEDUP" restore --out out --to to 2>&1 >/dev/null
echo "exit $?"
echo "-- a record that unpacks to too much"
rm -rf to out
cp -r whole out
{
    zstd -dcq whole/.dedup/files.jsonl.zst
    head -c 200000000 /dev/zero | tr '\0' '['
} | zstd -qf - -o out/.dedup/files.jsonl.zst
"$DEDUP" restore --out out --to to 2>&1 >/dev/null
echo "exit $?"
cp whole/.dedup/files.jsonl.zst out/.dedup
head -c 100000000 /dev/zero | tr '\0' '[' | zstd -qf - -o out/.dedup/removed.jsonl.zst
rm -rf to
"$DEDUP" restore --out out --to to --quiet --max-document 1M 2>&1
echo "exit $?"
echo "-- bytes of no kind"
for file in files removed codes; do
    rm -rf to out
    cp -r whole out
    head -c 3000 "$DEDUP" >out/.dedup/$file.jsonl.zst
    "$DEDUP" restore --out out --to to 2>&1 >/dev/null
    echo "exit $?"
done
find outside
