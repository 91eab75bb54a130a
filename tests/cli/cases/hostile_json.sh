# Nested without end, keys twice, surrogates alone, NUL and control characters: lines are understood or passed on, with their place.
mkdir in
{
    printf '{"text":"第一篇短文,后面的行不好惹。","deep":'; head -c 200000 /dev/zero | tr '\0' '['; head -c 200000 /dev/zero | tr '\0' ']'; echo '}'
    head -c 300000 /dev/zero | tr '\0' '['; echo
    head -c 300000 /dev/zero | tr '\0' '{'; echo
    echo '{"text":"第二篇短文,有两个同名的字段。","text":"后一个才算数?"}'
    echo '{"text":"一个孤单的 \ud83d 代理项,和 \udc00 另一个。"}'
    printf '{"text":"NUL \\u0000 和响铃 \\u0007 都在这里。"}\n'
    printf '{"text":"不许直接写 \001 控制字符。"}\n'
    printf '{"text":"一个 \000 字节。"}\n'
    echo '{"te\u0078t":"名字写成转义的字段。"}'
    echo '{"text":"末尾多了东西。"} {"text":"second"}'
    echo '{"text":1e999999999999,"number":-00}'
} >in/lines.jsonl
"$DEDUP" --in in --out out --clean off >/dev/null
echo "exit $?"
cmp in/lines.jsonl out/lines.jsonl
"$DEDUP" log out
