# Of two runs into one OUT the second is refused, and the first is not disturbed. Afterwards a run with other options is refused.
mkdir in
for i in $(seq 1 2000); do echo "第$i篇文章写的是港口、渡轮和第$((i * 7))位乘客的故事,结尾没有人猜得到。" >in/$i.txt; done
"$DEDUP" --in in --out out --quiet &
first=$!
while [ ! -e out/.dedup/lock ]; do :; done
kill -STOP $first
"$DEDUP" --in in --out out --quiet; echo "exit $?"
kill -CONT $first
wait $first; echo "exit $?"
ls out | wc -l
"$DEDUP" --in in --out out --quiet --clean off; echo "exit $?"
ls out | wc -l
