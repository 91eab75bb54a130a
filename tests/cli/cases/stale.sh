# What runs that were killed left is deleted by the next one, below OUT and in the folder for temporary files; nothing in IN is.
mkdir -p in/sub tmp
echo "一篇关于灯塔的短文,没有别的内容。" >in/sub/a.txt
echo "另一篇关于渡轮的短文,也没有别的。" >in/b.txt
echo "left by something else" >in/.dedup-tmp-0123456789abcdef-0
"$DEDUP" --in in --out out --tmp tmp --quiet; echo "exit $?"
for folder in out out/sub out/.dedup out/.dedup/others; do echo half >$folder/.dedup-tmp-0123456789abcdef-1; done
echo half >tmp/.dedup-tmp-spill-123-0
echo other >tmp/.dedup-tmp-other
echo other >out/sub/other.txt
"$DEDUP" --in in --out out --tmp tmp --quiet; echo "exit $?"
find . -name '.dedup-tmp*' | LC_ALL=C sort
cat out/sub/other.txt
# A run that was killed before it said anything at all.
mkdir -p begun/.dedup
"$DEDUP" --in in --out begun --quiet; echo "exit $?"
mkdir -p strange/.dedup && echo "not ours" >strange/.dedup/file
"$DEDUP" --in in --out strange --quiet; echo "exit $?"
