#!/usr/bin/env python3
"""Writes han_frequency.inc: how frequent each Han character is in Chinese, simplified and traditional alike.

Sources: the word frequencies of jieba (dict.txt, MIT licence) and their traditional forms by OpenCC (Apache 2.0).
Usage: han_frequency.py path/to/jieba/dict.txt > han_frequency.inc
"""
import collections
import math
import subprocess
import sys

FIRST_COST = 6  # bits; the cost of the first string, each later one costs a bit more
LAST_COST = 19
LEAST_COUNT = 50  # rarer words hold a thirtieth of the text and most of the time OpenCC takes


def character_shares(words, counts):
    total = collections.Counter()
    for word, count in zip(words, counts):
        for character in word:
            if 0x4E00 <= ord(character) < 0xA000:
                total[character] += count
    whole = sum(total.values())
    return {character: count / whole for character, count in total.items()}


def traditional(words, variant):
    run = subprocess.run(["opencc", "-c", variant], input="\n".join(words), capture_output=True, text=True, check=True)
    return run.stdout.rstrip("\n").split("\n")


def main():
    words, counts = [], []
    with open(sys.argv[1], encoding="utf-8") as dictionary:
        for line in dictionary:
            word, count = line.split()[:2]
            if int(count) >= LEAST_COUNT:
                words.append(word)
                counts.append(int(count))
    simplified = character_shares(words, counts)
    # The traditional half is shared by the standards of OpenCC, Taiwan and Hong Kong, which differ in some forms.
    shares = collections.Counter({character: share / 2 for character, share in simplified.items()})
    variants = ["s2t", "s2tw", "s2hk"]
    for variant in variants:
        converted = traditional(words, variant)
        if len(converted) != len(words):
            sys.exit("opencc changed the number of lines")
        for character, share in character_shares(converted, counts).items():
            shares[character] += share / 2 / len(variants)

    rows = collections.defaultdict(list)
    for character, share in shares.items():
        rows[max(FIRST_COST, round(-math.log2(share)))].append(character)
    print("/* Made by generate/han_frequency.py from jieba's dict.txt (MIT) and OpenCC (Apache 2.0). Do not edit.")
    print(f" * Row i holds the Han characters whose probability in Chinese text is about 2^-({FIRST_COST} + i). */")
    for cost in range(FIRST_COST, LAST_COST + 1):
        text = "".join(sorted(rows[cost]))
        lines = [text[i:i + 36] for i in range(0, len(text), 36)] or [""]
        print("\n".join(f'    "{line}"' for line in lines) + ",")


main()
