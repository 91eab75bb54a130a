#!/usr/bin/env python3
"""A stream against a run, and a stream that is talked to.

streams.py make [SEED]          invented JSON Lines with duplicates of all kinds
streams.py compare RUN STREAM   RUN: OUT of a run with --keep first over in.jsonl; STREAM: what the stream wrote. Every difference
                                must be what a stream cannot know, a document that leaves for a later one, or a few words that another document
                                contains; or follow from that
streams.py talk COMMAND...      sends documents one by one and waits for each verdict
"""
import json
import random
import subprocess
import sys
from pathlib import Path


def sentence(chance):
    length = chance.randint(12, 30)
    return "".join(chr(0x4E00 + chance.randrange(3000)) for _ in range(length)) + "。"


def make(seed):
    chance = random.Random(seed)
    texts = []
    for number in range(1500):
        kind = chance.random()
        if not texts or kind < 0.5:
            text = [sentence(chance) for _ in range(chance.randint(2, 40))]
        else:
            text = list(chance.choice(texts))
            if kind < 0.6:  # a copy in another width
                text = [part.replace("。", "．") for part in text]
            elif kind < 0.8:  # edits
                for _ in range(chance.randint(1, max(1, len(text) // 4))):
                    text[chance.randrange(len(text))] = sentence(chance)
            elif kind < 0.9:  # a part
                begin = chance.randrange(len(text))
                text = text[begin : begin + chance.randint(1, len(text))]
            else:  # more
                text += [sentence(chance) for _ in range(chance.randint(1, 10))]
        texts.append(text)
        body = "\n".join(text)
        if chance.random() < 0.3:
            body += "\n展开全文"
        print(json.dumps({"id": number, "text": body, "n": [number]}, ensure_ascii=chance.random() < 0.2))
        if chance.random() < 0.05:
            print()
        if chance.random() < 0.02:
            print("{broken")


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [line for line in file if line.startswith('{"')]


def compare(out, stream):
    batch = {json.loads(line)["id"]: line for line in lines(Path(out) / "in.jsonl")}
    online = {json.loads(line)["id"]: line for line in lines(stream)}
    verdicts = {}
    for line in open(Path(out) / ".dedup" / "duplicates.jsonl", encoding="utf-8"):
        record = json.loads(line)
        if record["unit"] == "document":
            verdicts[record["dropped_id"]] = (int(record["kept_id"]), record["method"])
    log = {}
    for line in open("stream.log", encoding="utf-8"):
        record = json.loads(line)
        if record.get("unit") == "document":
            log[int(record["dropped_id"])] = (int(record["kept_id"]), record["method"])
    later = {int(number) for number, (kept, method) in verdicts.items() if kept > int(number)}
    short = {number for number, line in online.items() if sum(map(str.isalnum, json.loads(line)["text"])) < 16}
    unexplained = 0
    for number in batch.keys() - online.keys():  # dropped for one that only the stream kept
        unexplained += log[number][0] in batch
    for number in online.keys() - batch.keys():
        explained = number in later or number in short and verdicts[str(number)][1] == "contained"
        unexplained += not explained and verdicts[str(number)][0] in online
    same = [number for number in batch.keys() & online.keys() if batch[number] != online[number]]
    print(f"{'some' if log else 'no'} duplicates; dropped for a later one: {'some' if later else 'none'}; "
          f"unexplained: {unexplained}; other bytes: {len(same)}")


def talk(command):
    stream = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for number, text in enumerate(["晨雾从河面上升起来的时候，摆渡的老人已经把船撑到了对岸。", "集市上卖竹器的人说，今年的竹子长得特别好。",
                                   "晨雾从河面上升起來的時候,擺渡的老人已經把船撐到了對岸。", "集市上卖竹器的人说，今年的竹子长得特别好！"]):
        stream.stdin.write(json.dumps({"id": number, "text": text}).encode() + b"\n\n")
        stream.stdin.flush()
        answer = []
        while (line := stream.stdout.readline()) != b"\n":
            answer.append(json.loads(line)["id"])
        print(number, "stays" if answer == [number] else "leaves" if not answer else answer)
    stream.stdin.close()
    print("exit", stream.wait())


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    elif sys.argv[1] == "compare":
        compare(sys.argv[2], sys.argv[3])
    else:
        talk(sys.argv[2:])
