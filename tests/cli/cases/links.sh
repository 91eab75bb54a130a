# Symbolic links are not followed without --follow; with it, loops end.
mkdir -p in/folder outside
echo "the text of a file outside" >outside/far.txt
echo "a text of its own" >in/folder/near.txt
ln -s ../../outside/far.txt in/folder/far.txt
ln -s ../../outside in/folder/away
ln -s .. in/folder/loop
ln -s nowhere in/dangling.txt
"$DEDUP" --in in --out out >/dev/null
echo "exit $?"
(cd out && find . -type f -not -path './.dedup/*' | LC_ALL=C sort)
"$DEDUP" --in in --out followed --follow --documents keep >/dev/null
echo "exit $?"
(cd followed && find . -type f -not -path './.dedup/*' | LC_ALL=C sort)
