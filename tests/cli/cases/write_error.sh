# A write that fails: exit 3, no half-written file under its final name, and the same command finishes later.
mkdir in
for i in 1 2 3 4 5 6 7 8; do
    head -c 60000 /dev/zero | tr '\0' "$i" >in/$i.txt
done
(trap '' XFSZ; ulimit -f 40; "$DEDUP" --in in --out out --clean off --threads 1 --quiet)
echo "exit $?"
find out -type f -name '*.txt' -size -58
"$DEDUP" --in in --out out --clean off --threads 1 --quiet
echo "exit $?"
for i in 1 2 3 4 5 6 7 8; do cmp in/$i.txt out/$i.txt; done
find out -name '.dedup-tmp*'
