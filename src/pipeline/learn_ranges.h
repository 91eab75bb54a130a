/* Which bytes of a JSON Lines file are looked at for documents to learn from.
 *
 * A short file is looked at as a whole. Of a longer one 4 MiB are, and one byte in 16 of what is beyond, in ranges of
 * 16 KiB: the file is divided into windows of the same size, and each has its range at a random place. A line belongs
 * to the range in which it begins, so that every line has the same chance, long or short, and sources that follow one
 * another each have ranges of their own. What is chosen depends on the size of the file alone, so it is the same
 * whenever, and by however many threads, it is read.
 *
 * A source with a share of .01 % of 10 GB, 350 articles, is met with about 22 of them, and one that lies there in one
 * piece in four ranges. One with less than 16 x 8 articles in a large file may be met with less than the 8 that
 * learning takes. It is cleaned by the rules alone then: no more than one line in 25,000 of such a file could have been
 * cleaned better, and to find it out every byte would be read twice. */
#ifndef DEDUP_PIPELINE_LEARN_RANGES_H
#define DEDUP_PIPELINE_LEARN_RANGES_H

#include <stddef.h>
#include <stdint.h>

struct learn_ranges {
    uint64_t size;   /* of the file */
    uint64_t window; /* a multiple of 4 bytes, of which one range is looked at */
    uint64_t length; /* of a range */
    uint64_t count;
};

/* The ranges of a file of `size` bytes, one of `files` that are looked at: of many together no more than 256 MiB are
 * looked at as a whole, but 64 KiB of each. */
struct learn_ranges learn_ranges_of(uint64_t size, size_t files);

/* Range `index`, within the file; it begins at a multiple of 4. */
void learn_range(const struct learn_ranges *ranges, uint64_t index, uint64_t *begin, uint64_t *end);

#endif
