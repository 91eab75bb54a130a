# The rules in a list, their examples, and a text line by line with the reasons.
"$DEDUP" rules list >list; echo "exit $?"
awk '$1 == "repair.entity" || $1 == "app.open-read" { print }' list | sed 's/:[0-9]*$/:N/'
awk '{ print $4 }' list | sort | uniq -c | awk '{ print $2 }'
"$DEDUP" rules list --clean safe --no-rule app | awk '$1 == "app.open-read" || $1 == "zone.short" { print $1, $4 }'
"$DEDUP" rules test >tested; echo "exit $?"
sed 's/^[0-9]* examples/N examples/' tested
cat >good.rules <<'END'
rule ferry.bell
class: A
line: 摇铃开船
match: 摇铃，开船！
keep: 他摇铃开船，从来不等迟到的人。
rule ferry.lamp
class: Z
line: 点灯收网
match: 点灯收网
END
cat >bad.rules <<'END'
rule ferry.oar
class: A
pattern: 借我一把{num}船桨
match: 借我3把船桨
match: 还我3把船桨
keep: 借我一把3船桨
END
printf 'rule ferry.x\nclass: Q\n' >broken.rules
"$DEDUP" rules test good.rules >tested; echo "exit $?"
tail -1 tested | sed 's/^[0-9]* examples/N examples/'
"$DEDUP" rules test good.rules bad.rules >tested; echo "exit $?"
sed 's/^[0-9]* examples/N examples/' tested
"$DEDUP" rules test broken.rules; echo "exit $?"
"$DEDUP" rules test missing.rules; echo "exit $?"
cat >text.txt <<'END'
展开
摇铃开船
清晨的渡口还没有人，老船工已经把缆绳理好，等着第一班过江的乘客慢慢走下石阶。&nbsp;
点灯收网
打开“晨光财经”APP阅读更多精彩资讯

对岸的茶馆刚刚开门，炉上的水壶冒着白气，伙计把昨夜收起的竹椅一张张摆回门前。
点灯收网
END
"$DEDUP" rules explain text.txt --rules good.rules; echo "exit $?"
"$DEDUP" rules explain text.txt --rules good.rules --no-rule ferry.bell --clean safe | head -3
iconv -f UTF-8 -t GB18030 text.txt >gb.txt
"$DEDUP" rules explain gb.txt | head -1
"$DEDUP" rules explain gb.txt --encoding gb18030 | head -1
"$DEDUP" rules explain missing.txt; echo "exit $?"
"$DEDUP" rules explain; echo "exit $?"
"$DEDUP" rules; echo "exit $?"
"$DEDUP" rules lst; echo "exit $?"
"$DEDUP" rules list --in in; echo "exit $?"
