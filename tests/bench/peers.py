"""peers.py NAME KEYS THRESHOLD: near-duplicate search by a well-known library.

KEYS holds one fold key a line (see pairs.c), so that every library compares by the same measure and is spared the
preparation. Prints the pairs that it names, as numbers of lines with a tab between them: candidates of its index, as
users of the library take them. Each library works with 128 permutations, its own choice of bands where it has one, and
its fastest documented calls; datasketch_single adds shingle by shingle, as the manual of that library does.
"""
import sys

SHINGLE = 5
PERMUTATIONS = 128


def shingles(key):
    return {key[i:i + SHINGLE] for i in range(max(1, len(key) - SHINGLE + 1))}


def find_by_datasketch(keys, threshold, update):
    from datasketch import MinHash, MinHashLSH
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    for number, key in enumerate(keys):
        sketch = MinHash(num_perm=PERMUTATIONS)
        update(sketch, [shingle.encode() for shingle in shingles(key)])
        for other in index.query(sketch):
            yield other, number
        index.insert(number, sketch)


def datasketch(keys, threshold):
    return find_by_datasketch(keys, threshold, lambda sketch, tokens: sketch.update_batch(tokens))


def datasketch_single(keys, threshold):
    def update(sketch, tokens):
        for token in tokens:
            sketch.update(token)
    return find_by_datasketch(keys, threshold, update)


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
    search = {'datasketch': datasketch, 'datasketch_single': datasketch_single, 'rensa': rensa, 'gaoya': gaoya}[name]
    for pair in search(keys, threshold):
        print(*pair, sep='\t')


if __name__ == '__main__':
    main()
