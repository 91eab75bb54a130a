# The report of a run again: as it was printed, and for other programs.
cp -r "$SAMPLES" in
"$DEDUP" --in in --out out >printed; echo "exit $?"
"$DEDUP" report out >again; echo "exit $?"
sed 's/^Time.*/Time/' printed >a; sed 's/^Time.*/Time/' again | cmp - a && echo "the same summary"
"$DEDUP" report out --format json | cmp - out/.dedup/report.json && echo "the same JSON"
"$DEDUP" report out --format html | cmp - out/.dedup/report.html && echo "the same page"
echo "=== csv"
"$DEDUP" report out --format csv | grep -v -e run_seconds -e "^rule_.*,[^a].*" -e "^rule_.*,app.[fiu]"
echo "=== prom"
"$DEDUP" report out --format prom | python3 "$SUPPORT/prom.py" | grep -v rule=[^a]
echo "=== other names"
sed 's/"Big5-HKSCS"/"a\\\\b\\"c,\\nd"/' out/.dedup/report.json >changed && cp changed out/.dedup/report.json
"$DEDUP" report out --format csv | grep -A1 '^encoding_files,"'
"$DEDUP" report out --format prom | python3 "$SUPPORT/prom.py" | grep '\\'
echo "=== refused"
"$DEDUP" report in; echo "exit $?"
"$DEDUP" report out --format xml; echo "exit $?"
echo '{"schema": "other"}' >out/.dedup/report.json
"$DEDUP" report out; echo "exit $?"
