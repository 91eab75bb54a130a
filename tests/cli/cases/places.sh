# IN and OUT that make no sense: exit 2, one line with the path and the cure, nothing written.
try() { "$DEDUP" "$@" >/dev/null; echo "exit $?"; }
mkdir in && echo hello >in/a.txt
try --in missing --out out
try --in in/a.txt --out out
try --in in --out in
try --in in --out in/sub/deeper
try --in in --out .
mkdir other && echo mine >other/file
try --in in --out other
try --in in --out in/a.txt
ln -s in link
try --in in --out link
try --in in --dry-run --log-file in/a.txt
try --in in --dry-run --log-file in/sub/../new.log
try --in link --dry-run --log-file "$PWD/in/new.log"
try --in in/a.txt --dry-run
try --in in --dry-run --tmp in
try --in in --out out --tmp in
try plan --in missing --sweep .5:.6
find . | sort
cat in/a.txt
