"""peers.py NAME KEYS THRESHOLD [paragraphs]: near-duplicate search by a well-known library.

KEYS holds one fold key a line (see pairs.c), so that every library compares by the same measure and is spared the
preparation. With `paragraphs`, KEYS holds one paragraph a line. Prints the pairs that it names, as numbers of lines with a
tab between them: candidates of its index, as users of the library take them. Each library works with 128
permutations, its own choice of bands, and its fastest documented calls.
"""
import sys

SHINGLE = 5
PERMUTATIONS = 128


def shingles(key):
    return {key[i:i + SHINGLE] for i in range(max(1, len(key) - SHINGLE + 1))}


def datasketch(keys, threshold):
    from datasketch import MinHash, MinHashLSH
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    for number, key in enumerate(keys):
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in shingles(key)])
        for other in index.query(sketch):
            yield other, number
        index.insert(number, sketch)


def rensa(keys, threshold):
    from rensa import RMinHash, RMinHashLSH
    index = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=16)
    for number, key in enumerate(keys):
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=42)
        sketch.update(list(shingles(key)))
        for other in index.query(sketch):
            yield other, number
        index.insert(number, sketch)


def gaoya(keys, threshold):
    from gaoya.minhash import MinHashStringIndex
    index = MinHashStringIndex(32, threshold, None, None, PERMUTATIONS, 'char', False, (SHINGLE, SHINGLE))
    for number, key in enumerate(keys):
        for other in index.query(key):
            yield other, number
        index.insert_document(number, key)


def main():
    name, path, threshold = sys.argv[1], sys.argv[2], float(sys.argv[3])
    with open(path, encoding='utf-8') as file:
        keys = file.read().split('\n')[:-1]
    for pair in globals()[name](keys, threshold):
        print(*pair, sep='\t')


if __name__ == '__main__':
    main()
