# Paragraphs across documents: listed by default, removed with --paragraphs corpus, never when a figure differs.
mkdir in
shared="本公司预计全年净利润为3.55亿元，主要得益于海外市场的扩张以及供应链成本的持续下降，请投资者留意，并以公司在交易所网站上披露的正式公告为准，不要轻信任何传言。"
other="本公司预计全年净利润为2.27亿元，主要得益于海外市场的扩张以及供应链成本的持续下降，请投资者留意，并以公司在交易所网站上披露的正式公告为准，不要轻信任何传言。"
near="本公司预计全年净利润为3.55亿元，主要得益于海外市场的扩张以及供应链成本的不断下降，请投资者留意，并以公司在交易所网站上披露的正式公告为准，不要轻信任何传言。"
printf '%s\n\n%s\n\n%s\n' "甲报的开头讲的是公司的历史，从一间租来的仓库开始，一直讲到今天的三座工厂。" "$shared" "甲报的结尾。" >in/a.txt
printf '%s\n\n%s\n\n%s\n' "乙报的开头讲的是行业的竞争，七家公司争夺同一批客户，价格一降再降，没有赢家。" "$near" "乙报的结尾。" >in/b.txt
printf '%s\n\n%s\n\n%s\n' "丙报的开头讲的是另一家公司，它在内陆的山城，做的是同样的生意，规模小了一半。" "$other" "丙报的结尾。" >in/c.txt
"$DEDUP" --in in --out listed --quiet; echo "exit $?"
cat listed/.dedup/duplicates.jsonl
diff -r -x .dedup in listed && echo "nothing removed"
"$DEDUP" --in in --out removed --paragraphs corpus --quiet; echo "exit $?"
cat removed/b.txt
"$DEDUP" log removed
grep -o '"out": {[^}]*}' removed/.dedup/report.json
"$DEDUP" --in in --out unseen --paragraphs off --quiet; echo "exit $?"
wc -c <unseen/.dedup/duplicates.jsonl
