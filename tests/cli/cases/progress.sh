# Progress: a line on a terminal only, drawn over itself at most 6 times a second, gone before anything else is printed.
for options in "" "--progress never" "--quiet"; do
    echo "on a terminal: $options"
    # shellcheck disable=SC2086
    python3 "$SUPPORT/terminal.py" "$DEDUP" --in - --out - $options
done
mkdir in && cp "$SAMPLES"/harbour/001.txt in && echo '{broken "\' >in/a.jsonl
"$DEDUP" --in in --out one >/dev/null; echo "elsewhere: exit $?"
"$DEDUP" --in in --out two --progress always 2>&1 >/dev/null | tr '\r' '\n' | sed 's/\x1b\[K//g;s/ *[0-9.]* MB.*//' | grep -vE '^(dedup|$)' | cut -c1-5 | uniq
"$DEDUP" --in in --out three --progress json 2>json >/dev/null; echo "json: exit $?"
python3 -c '
import json
lines = [json.loads(line) for line in open("json")]
stages = [line["stage"] for line in lines if "stage" in line]
print(sorted(set(stages), key=stages.index), [line for line in lines if "problem" in line])
print(all(set(line) >= {"stage", "done", "total", "seconds"} for line in lines if "stage" in line))'
"$DEDUP" --in in --out four --progress json --quiet; echo "quiet: exit $?"
