# Which of several duplicates stays, by --keep; and what --documents keep and --containment off change.
mkdir in
sentence() { echo "第$1段：渔港的早市在清晨$1点开门，卖鱼的老人总把第一条鱼留给灯塔上的守夜人，这个习惯已经保持了$1年。"; }
text() { for i in "$@"; do sentence "$i"; done | sed 's/$/\\n/' | tr -d '\n'; }
{
    printf '%s\n' "{\"id\":\"a\",\"date\":\"2024-01-05\",\"text\":\"$(text 11 12 13 14 15 16 17 18 19 20)\"}"
    printf '%s\n' "{\"id\":\"b\",\"date\":\"2024-03-01\",\"text\":\"$(text 11 12 13 14 15 16 17 18 19 20) 尾声。\"}"
    printf '%s\n' "{\"id\":\"c\",\"date\":\"2023-12-31\",\"text\":\"$(text 11 12 13 14 15 16 17 18 19 20) 尾声，完。\"}"
    printf '%s\n' "{\"id\":\"d\",\"date\":\"2024-02-02\",\"text\":\"$(text 12 13 14)\"}"
} >in/a.jsonl
for keep in best first newest; do
    "$DEDUP" --in in --out $keep --keep $keep --date-field date --id-field id --quiet
    echo "$keep: $(grep -o '"id":"[a-z]*"' $keep/a.jsonl | tr '\n' ' ')"
    grep '"unit":"document"' $keep/.dedup/duplicates.jsonl | sed 's/"dropped":"[^"]*","kept":"[^"]*",//'
done
# Without a date of its own a line has that of the file; one that cannot be read is older than all others.
dated() {
    for line in "$@"; do
        date=${line#*=}
        printf '%s\n' "{\"id\":\"${line%%=*}\",${date:+\"date\":\"$date\",}\"text\":\"$(text 11 12 13)\"}"
    done
}
mkdir in_1 in_2
dated soon=soon none= old=2019-03-01 >in_1/a.jsonl
dated none= soon=soon new=2021-03-01 old=2019-03-01 >in_2/a.jsonl
touch -d 2020-01-01T00:00:00Z in_1/a.jsonl in_2/a.jsonl
for i in 1 2; do
    "$DEDUP" --in in_$i --out newest_$i --keep newest --date-field date --id-field id --quiet
    echo "newest $i: $(grep -o '"id":"[a-z]*"' newest_$i/a.jsonl | tr '\n' ' ')"
done
"$DEDUP" --in in --out all --documents keep --id-field id --quiet
echo "all: $(wc -l <all/a.jsonl)"
"$DEDUP" --in in --out whole --containment off --id-field id --quiet
echo "containment off: $(grep -o '"id":"[a-z]*"' whole/a.jsonl | tr '\n' ' ')"
