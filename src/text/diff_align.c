/* Anchors: pieces of a few characters that occur once in each text, in the longest chain that is in order in both
 * (Bram Cohen's patience diff, over pieces instead of lines: Chinese text has long lines). */
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/hash.h"
#include "text/diff_work.h"

enum { PIECE = 12 }; /* characters of an anchor */

struct piece {
    uint64_t hash;
    uint32_t place;
    uint32_t side; /* 0: first text, 1: second */
};

/* An anchor, and the one before it in the chain that ends here (index + 1; 0: none). */
struct anchor {
    uint32_t a, b, before;
};

static int by_hash(const void *left, const void *right)
{
    const struct piece *x = left, *y = right;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    if (x->side != y->side)
        return x->side < y->side ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static int by_place(const void *left, const void *right)
{
    const struct anchor *x = left, *y = right;
    return (x->a > y->a) - (x->a < y->a);
}

static size_t add_pieces(const struct diff_side *side, uint32_t number, struct piece *pieces)
{
    size_t count = 0;
    for (uint32_t i = 0; i + PIECE <= side->count; i++)
        pieces[count++] = (struct piece){hash64_of(side->points + i, PIECE * sizeof *side->points), i, number};
    return count;
}

/* Keeps the pieces that occur once in each text, by place in the first. */
static size_t find_anchors(const struct diff_work *work, const struct piece *pieces, size_t count,
                           struct anchor *anchors)
{
    size_t found = 0;
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count && pieces[end].hash == pieces[begin].hash;)
            end++;
        const struct piece *first = &pieces[begin];
        if (end - begin != 2 || first[0].side == first[1].side)
            continue;
        if (memcmp(work->a.points + first[0].place, work->b.points + first[1].place, PIECE * sizeof(uint32_t)) == 0)
            anchors[found++] = (struct anchor){first[0].place, first[1].place, 0};
    }
    if (found != 0)
        qsort(anchors, found, sizeof *anchors, by_place);
    return found;
}

/* Moves the longest chain that rises in both texts to the front (patience sorting); returns its length. `tops` holds
 * `count` numbers: per length the anchor that ends such a chain first in the second text. */
static size_t choose_chain(struct anchor *anchors, size_t count, uint32_t *tops)
{
    size_t length = 0;
    for (uint32_t i = 0; i < count; i++) {
        size_t low = 0, high = length;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (anchors[tops[middle]].b < anchors[i].b)
                low = middle + 1;
            else
                high = middle;
        }
        anchors[i].before = low == 0 ? 0 : tops[low - 1] + 1;
        tops[low] = i;
        length += low == length;
    }
    size_t left = length;
    for (uint32_t at = length == 0 ? 0 : tops[length - 1] + 1; at != 0; at = anchors[at - 1].before)
        tops[--left] = at - 1;
    for (size_t i = 0; i < length; i++)
        anchors[i] = anchors[tops[i]]; /* tops[i] >= i, and rising */
    return length;
}

/* Searches between the anchors of a chain. Anchors overlap; one on another diagonal than what was just aligned counts
 * only where it begins behind it. */
static void search_between(struct diff_work *work, const struct anchor *chain, size_t length)
{
    uint32_t a = 0, b = 0; /* aligned up to here */
    for (size_t i = 0; i < length; i++) {
        const struct anchor *anchor = &chain[i];
        bool extends = anchor->a < a && anchor->b < b && a - anchor->a == b - anchor->b;
        if (!extends) {
            if (anchor->a < a || anchor->b < b)
                continue;
            diff_search(work, (struct diff_range){a, anchor->a, b, anchor->b});
        }
        a = anchor->a + PIECE;
        b = anchor->b + PIECE;
    }
    diff_search(work, (struct diff_range){a, work->a.count, b, work->b.count});
}

dedup_status diff_align(struct diff_work *work, dedup_error *error)
{
    size_t most = (size_t)work->a.count + work->b.count, count, found;
    struct piece *pieces = malloc((most + 1) * sizeof *pieces);
    struct anchor *anchors = malloc((most / 2 + 1) * sizeof *anchors);
    uint32_t *tops = malloc((most / 2 + 1) * sizeof *tops);
    dedup_status status = pieces && anchors && tops ? DEDUP_OK : fail_memory(error, "the comparison of two texts");
    if (status == DEDUP_OK) {
        count = add_pieces(&work->a, 0, pieces);
        count += add_pieces(&work->b, 1, pieces + count);
        if (count != 0)
            qsort(pieces, count, sizeof *pieces, by_hash);
        found = find_anchors(work, pieces, count, anchors);
        search_between(work, anchors, choose_chain(anchors, found, tops));
    }
    free(pieces);
    free(anchors);
    free(tops);
    return status;
}
