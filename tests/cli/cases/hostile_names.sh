# Names and texts with escape sequences, HTML and dots are shown inert, and nothing is written outside of OUT.
red=$(printf '\033[31m')
mkdir -p "in/..." "in/${red}folder" "in/<b>bold"
echo "一篇放在奇怪地方的短文,讲的是港口。" | tee "in/.../..txt" "in/${red}folder/bell$(printf '\007').txt" >"in/<b>bold/<script>alert(1)<script>.txt"
printf '{"id":"%s","text":"标题里有转义 \\u001b]0;owned\\u0007 的短文,讲的是渡轮。"}\n' "<img src=x onerror=alert(2)>" "$red" "..\\/..\\/x" >in/ids.jsonl
printf '{"id": "\\u001b[2J", "text": broken}\n' >>in/ids.jsonl
echo "a text in a container with a path in it, which nobody looks at" >"evil.txt"
python3 - <<'END'
import gzip
with open("in/stored.txt.gz", "wb") as file, gzip.GzipFile("../../outside.txt", "wb", fileobj=file, mtime=0) as packed:
    packed.write("容器里写着别的名字,没有人会看它。\n".encode())
END
tar -cPf in/archive.tar ../*/evil.txt 2>/dev/null; gzip -nk in/archive.tar
"$DEDUP" --in in --out out --id-field id --verbose >said 2>&1
echo "exit $?"
"$DEDUP" log out >>said 2>&1
"$DEDUP" rules learned out >>said 2>&1
"$DEDUP" rules explain in/ids.jsonl >>said 2>&1
"$DEDUP" rules explain "in/${red}folder/missing" >>said 2>&1
"$DEDUP" --in "in/${red}missing" --out other >>said 2>&1
"$DEDUP" "--${red}option" >>said 2>&1
LC_ALL=C grep -c "$(printf '[\001-\010\013-\037\177]')" said
cat out/.dedup/*.json out/.dedup/*.jsonl | LC_ALL=C grep -c "$(printf '[\001-\010\013-\037\177]')"
[ ! -e out/.dedup/report.html ] || grep -c '<script>alert\|<img src=x\|<b>bold' out/.dedup/report.html
find . -name outside.txt
(cd out && find . -type f -not -path './.dedup/*' | LC_ALL=C sort | tr '\033\007' 'EB')
