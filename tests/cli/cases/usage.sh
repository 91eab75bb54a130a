# Wrong use: exit 2, one line, the nearest option suggested.
try() { "$DEDUP" "$@" >/dev/null; echo "exit $?"; }
mkdir in
try --in in
try --out out
try --in in --out out --treshold .8
try --in in --out out --threshold 3
try --in in --out out --threshold abc
try --in in --out out --clean hard
try --in in --out out --threads 0x
try --in in --out out --memory 12Q
try --in in --out out --encoding klingon
try --in in --out out --bands 99x99
try --in in --out out extra
try --in in --out out --rules missing.rules
try --in in --out out --no-rule no.such.rule
printf 'rule ferry.x\nclass: Q\n' >broken.rules
try --in in --out out --rules broken.rules
try --in - --out - --rules broken.rules
try plan --in in --sweep .5:.9 --rules broken.rules
try rules list --rules broken.rules
head -c 67108865 /dev/zero >large.rules
try --in in --out out --rules large.rules
rm broken.rules large.rules
try --in in --out out --sweep .5:.9
try --in in --out out --format json
try report out --in in
try nonsense
ls
