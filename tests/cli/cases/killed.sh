# A run that is killed at any moment is finished by the same command, with the same result, and leaves no temporary files.
mkdir in
for i in $(seq 1 300); do
    mkdir -p in/$((i % 7))
    for j in 1 2 3 4 5 6 7 8 9; do echo "第$i篇文章的第$j段写的是港口、渡轮和第$((i * j))位乘客的故事，结尾没有人猜得到。"; done >in/$((i % 7))/$i.txt
done
cat in/*/*.txt | awk '{printf "{\"text\":\"%s\"}\n", $0}' | gzip -nc >in/all.jsonl.gz
"$DEDUP" --in in --out whole --quiet; echo "exit $?"
kills=0
for delay in 0.005 0.01 0.02 0.03 0.04 0.05 0.06 0.08 0.1 0.15; do
    "$DEDUP" --in in --out out --quiet &
    sleep $delay
    kill -9 $! 2>/dev/null && kills=$((kills + 1))
    wait $! 2>/dev/null
done
[ $kills -gt 0 ] && echo "killed"
"$DEDUP" --in in --out out --quiet; echo "exit $?"
diff -r -I '<footer>' -x manifest.json -x report.json -x lock whole out && echo "the same"
find out -name '.dedup-tmp*'
