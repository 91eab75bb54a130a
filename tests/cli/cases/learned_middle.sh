# A notice that a source puts between the paragraphs of long texts is learned; a message behind a known sentence stays; switches.
python3 - <<'END'
import os, random
random.seed(11)
WHO = "渡船上的老人 山里的邮差 灯塔的看守 河边的渔夫 学堂的先生 集市的商贩 茶馆的掌柜 村口的木匠".split()
WHAT = "在黄昏里慢慢走回家去 把旧信一封一封地读完 等着远方的客人到来 修补那张破了的渔网 数着天上渐渐亮起的星星".split()
WHEN = "春天的时候 下雨的夜晚 收成之后的日子 雪停的清晨 节日的前一天 河水上涨的那几天".split()
pick = random.choice
def prose(): return "".join("%s%d，%s总是%s，谁也不知道第%d次他在想些什么。" % (pick(WHEN), random.randrange(999), pick(WHO), pick(WHAT), random.randrange(9999)) for _ in range(4))
os.makedirs("in/lake")
for i in range(12):
    body = [prose() for _ in range(90)]
    body.insert(40 + i, "扫描二维码关注湖畔早报公众号，第一时间看到新的故事")
    message = "（本期第%d次印刷，错字%d处已经改过。）" % (3 * i, i + 2) if i in (2, 7) else ""
    text = ["湖畔早报每天清晨送到订户手里，欢迎关注。" + message] + body
    open("in/lake/%02d.txt" % i, "w", encoding="utf-8").write("\n".join(text) + "\n")
END
left() { echo "$1: $(cat $1/lake/*.txt | grep -c 扫描二维码关注) $(cat $1/lake/*.txt | grep -c 每天清晨) $(cat $1/lake/*.txt | grep -c 次印刷)"; }
for off in none learned learned.line learned.prefix S; do
    "$DEDUP" --in in --out $off --documents keep --paragraphs keep --quiet --no-rule follow --no-rule rights $([ $off = none ] || echo --no-rule $off) && left $off
done
