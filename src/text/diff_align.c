/* Anchors: pieces of a few characters that occur once in each text, in the longest chain that is in order in both
 * (Bram Cohen's patience diff, over pieces instead of lines: Chinese text has long lines). */
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/hash.h"
#include "text/diff_work.h"

enum { PIECE = 12 }; /* characters of an anchor */

/* Where a piece occurs in each text, from 1; 0: nowhere, TWICE: more than once. */
struct piece {
    uint64_t hash;
    uint32_t a, b;
};

#define TWICE UINT32_MAX

/* Pieces by hash; a piece of both zero places is free. */
struct pieces {
    struct piece *items;
    size_t mask;
};

/* An anchor, and the one before it in the chain that ends here (index + 1; 0: none). */
struct anchor {
    uint32_t a, b, before;
};

static uint64_t hash_of(const struct diff_side *side, uint32_t place)
{
    return hash64_of(side->points + place, PIECE * sizeof *side->points);
}

static struct piece *find_piece(const struct pieces *pieces, uint64_t hash)
{
    size_t at = (size_t)hash & pieces->mask;
    while ((pieces->items[at].a | pieces->items[at].b) != 0 && pieces->items[at].hash != hash)
        at = (at + 1) & pieces->mask;
    return &pieces->items[at];
}

/* Enters the pieces of a side; those of the second text only where the first has them. */
static void add_pieces(struct pieces *pieces, const struct diff_side *side, bool second)
{
    for (uint32_t i = 0; i + PIECE <= side->count; i++) {
        uint64_t hash = hash_of(side, i);
        struct piece *piece = find_piece(pieces, hash);
        uint32_t *place = second ? &piece->b : &piece->a;
        if (second && piece->a == 0)
            continue;
        piece->hash = hash;
        *place = *place == 0 ? i + 1 : TWICE;
    }
}

/* The pieces that occur once in each text, in order of the first. */
static size_t find_anchors(const struct diff_work *work, const struct pieces *pieces, struct anchor *anchors)
{
    size_t found = 0;
    for (uint32_t i = 0; i + PIECE <= work->a.count; i++) {
        const struct piece *piece = find_piece(pieces, hash_of(&work->a, i));
        if (piece->a == TWICE || piece->b == TWICE || piece->b == 0)
            continue;
        if (memcmp(work->a.points + i, work->b.points + piece->b - 1, PIECE * sizeof *work->a.points) == 0)
            anchors[found++] = (struct anchor){i, piece->b - 1, 0};
    }
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
    size_t most = work->a.count < work->b.count ? work->a.count : work->b.count, slots = 1;
    while (slots < 2 * (size_t)work->a.count + 2)
        slots *= 2;
    struct pieces pieces = {calloc(slots, sizeof *pieces.items), slots - 1};
    struct anchor *anchors = malloc((most + 1) * sizeof *anchors);
    uint32_t *tops = malloc((most + 1) * sizeof *tops);
    dedup_status status =
        pieces.items && anchors && tops ? DEDUP_OK : fail_memory(error, "the comparison of two texts");
    if (status == DEDUP_OK) {
        add_pieces(&pieces, &work->a, false);
        add_pieces(&pieces, &work->b, true);
        size_t found = find_anchors(work, &pieces, anchors);
        search_between(work, anchors, choose_chain(anchors, found, tops));
    }
    free(pieces.items);
    free(anchors);
    free(tops);
    return status;
}
