# A pattern that takes too many steps over a line: the rule is named, the document passed on, the run goes on.
mkdir in
{
    echo "一个好好的句子,说的是港口和渡轮。"
    printf '广告公告'
    head -c 60 /dev/zero | tr '\0' a
    echo "!"
} >in/explodes.txt
echo "另一个句子,说的是灯塔和海风,里面没有任何麻烦。" >in/fine.txt
printf 'rule mine.explosive\nclass: A\nlevel: safe\nlimit: 200\npattern: 广告公告(?:a|aa)+(?:a|aa)+[bc]\nmatch: 广告公告aaaab\n' >own.rules
"$DEDUP" --in in --out out --rules own.rules >/dev/null
echo "exit $?"
cmp in/explodes.txt out/explodes.txt && echo "passed on"
"$DEDUP" --in in --out other --rules own.rules --no-rule mine.explosive --quiet
echo "exit $?"
"$DEDUP" rules explain in/explodes.txt --rules own.rules
echo "exit $?"
# Our own rules do not match such a line, and the text is cleaned.
rm in/explodes.txt
for mark in + - '|' '<a>' '(' '!' '@@'; do
    line=$(printf '%80s' '' | sed "s/ /$mark/g")
    printf '第一句说的是港口和渡轮,没有什么特别。\n展开\n%s打开“海岬”阅读更多%s\n%s\n' "$line" "$line" "$line"
done >in/lines.txt
"$DEDUP" --in in --out ours --quiet
echo "exit $?"
