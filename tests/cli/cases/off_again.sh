# Without cleaning, too, a run over the output of a run changes nothing: what repeats only after something was cut goes with it.
mkdir in
for file in "$FUZZ"/corpus/repeats/*; do cp "$file" "in/${file##*/}.txt"; done
"$DEDUP" --in in --out once --clean off --documents keep --threshold .9 --quiet; echo "exit $?"
"$DEDUP" --in once --out twice --clean off --documents keep --threshold .9 --quiet; echo "exit $?"
diff -r -x .dedup once twice && echo "the same"
