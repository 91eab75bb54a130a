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
find . | sort
