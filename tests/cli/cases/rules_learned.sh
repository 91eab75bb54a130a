# What a run learned of its sources is a rule pack: it loads, its examples hold, and it says how often each line was met.
mkdir -p in/ferry
cat >sentences <<'END'
清晨的渡口还没有人，老船工已经把缆绳理好，等着第一班过江的乘客慢慢走下石阶。
茶馆的伙计把昨夜收起的竹椅一张张摆回门前，炉上的水壶正冒着白气，街上飘着新焙的茶香。
修钟的师傅在塔楼里待了整整一个下午，下来的时候满手是油，脸上却带着得意的笑容。
山后的小学今年只招到七个学生，校长还是照旧敲响了那口用了四十年的铁钟，声音传得很远。
雨下到第三天，河水漫过了菜园的矮墙，邻居们连夜把瓜果搬上阁楼，谁也没有睡好。
木匠把祖父留下的刨子磨得发亮，说要给孙女做一张能用一辈子的书桌，抽屉里不用一根钉子。
邮差骑着旧车翻过两道山梁，只为了把一封写错门牌的信送到收信人手里，天黑才赶回镇上。
灯塔看守人在日记里写道，今夜有雾，来往的货船都放慢了速度，汽笛一声接着一声。
集市散了以后，卖糖人的老汉才坐下来吃饭，他的担子里还剩最后一只没有卖出的凤凰。
图书馆的管理员发现一本五十年前借出的诗集，被人悄悄放回了原来的书架，里面夹着一片枫叶。
END
for i in 1 2 3 4 5 6 7 8 9 10; do
    {
        sed -n "${i}p" sentences
        echo "渡口旬刊由船工合作社编印，每月逢五在渡口茶馆免费取阅，欢迎来稿。"
        echo "作者：船工$i号"
        echo "来源：船客$i号"
        echo "编辑：茶客$i号"
    } >"in/ferry/$i.txt"
done
"$DEDUP" --in in --out out --quiet; echo "exit $?"
"$DEDUP" rules learned out | tee learned.rules; echo "exit $?"
"$DEDUP" rules test learned.rules | sed 's/^[0-9]* examples/N examples/'
"$DEDUP" --in in --out plain --clean safe --quiet
"$DEDUP" rules learned plain; echo "exit $?"
"$DEDUP" --in in --out ranges --log ranges --quiet
"$DEDUP" rules learned ranges; echo "exit $?"
"$DEDUP" rules learned in; echo "exit $?"
