#include "match/repeat_near.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "match/repeat_blocks.h"
#include "sketch/shingle.h"

enum {
    LATEST_TRIED = 15,     /* paragraphs of a shingle tried besides the first */
    CANDIDATES_TRIED = 16, /* paragraphs compared exactly */
    PROBES = 256, /* places of the table tried for a shingle: whoever crafts collisions hides repeats, no more */
};

void repeat_near_init(struct repeat_near *near)
{
    *near = (struct repeat_near){0};
}

void repeat_near_release(struct repeat_near *near)
{
    free(near->tokens);
    free(near->nodes);
    free(near->numbers);
    free(near->shared);
    free(near->candidates);
    free(near->set);
    free(near->other);
    free(near->scratch);
    repeat_near_init(near);
}

static bool is_number(uint32_t point)
{
    if (point < 0x80)
        return point - '0' < 10;
    return (point < 0x3400 || point > 0x9fff) && (point_class(point) & POINT_NUMBER) != 0;
}

/* The next number at or behind *place: a maximal run of digits. Its length, 0 at the end; *place gets its begin. */
static size_t next_number(const uint32_t *points, size_t count, size_t *place)
{
    while (*place < count && !is_number(points[*place]))
        ++*place;
    size_t end = *place;
    while (end < count && is_number(points[end]))
        end++;
    return end - *place;
}

/* Hash of the numbers of a key in their order; never 0. */
static uint64_t numbers_hash(const uint32_t *points, size_t count)
{
    uint64_t hash = 1;
    size_t place = 0;
    for (size_t length; (length = next_number(points, count, &place)) != 0; place += length)
        hash = (hash ^ hash64_of(points + place, length * sizeof *points)) * 0x9e3779b97f4a7c15;
    return hash != 0 ? hash : 1;
}

static bool same_numbers(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
    size_t i = 0, k = 0;
    for (;;) {
        size_t length = next_number(a, a_count, &i);
        if (next_number(b, b_count, &k) != length)
            return false;
        if (length == 0)
            return true;
        if (memcmp(a + i, b + k, length * sizeof *a) != 0)
            return false;
        i += length;
        k += length;
    }
}

static bool is_long_prose(const struct paragraph *paragraph)
{
    return paragraph->prose && paragraph->key_count >= NEAR_CHARACTERS;
}

/* The set of a paragraph's shingles, sorted; *count of them. */
static dedup_status make_set(struct repeat_near *near, uint32_t index, uint64_t **set, size_t *capacity, size_t *count,
                             dedup_error *error)
{
    const struct paragraph *paragraph = &near->paragraphs[index];
    size_t shingles = shingle_count(paragraph->key_count);
    TRY(array_reserve(set, capacity, shingles, "shingles", error));
    TRY(array_reserve(&near->scratch, &near->scratch_capacity, shingles, "shingles", error));
    shingle_hash(near->points + paragraph->key, paragraph->key_count, *set);
    *count = shingle_set(*set, shingles, near->scratch);
    return DEDUP_OK;
}

/* The token with that hash; an empty one when the index does not have it; NULL when its place is crowded. */
static struct near_token *look_up(const struct repeat_near *near, uint64_t hash)
{
    size_t place = (size_t)(hash >> 20) & near->token_mask;
    for (unsigned probe = 0; probe < PROBES; probe++, place = (place + 1) & near->token_mask) {
        struct near_token *token = &near->tokens[place];
        if (token->hash == hash || token->hash == 0)
            return token;
    }
    return NULL;
}

/* 0 marks empty places, so a hash of 0 is another. */
static uint64_t token_of(uint64_t shingle, uint64_t numbers)
{
    uint64_t hash = shingle ^ numbers;
    return hash != 0 ? hash : 1;
}

/* Puts the shingles of the suspects into the index. One that has the key of an earlier one has its shingles too. */
static dedup_status make_tokens(struct repeat_near *near, const unsigned char *suspects, size_t shingles,
                                dedup_error *error)
{
    size_t places = 64;
    while (places / 2 < shingles)
        places *= 2;
    TRY(array_reserve(&near->tokens, &near->token_capacity, places, "shingles", error));
    near->token_mask = places - 1;
    for (size_t i = 0; i < places; i++)
        near->tokens[i] = (struct near_token){0, NO_PARAGRAPH, NO_PARAGRAPH};
    for (size_t i = 0; i < near->suspects; i++) {
        size_t size = shingle_count(near->paragraphs[i].key_count);
        if (suspects[i] != SUSPECT_NEAR || near->numbers[i] == 0)
            continue;
        TRY(array_reserve(&near->set, &near->set_capacity, size, "shingles", error));
        shingle_hash(near->points + near->paragraphs[i].key, near->paragraphs[i].key_count, near->set);
        for (size_t k = 0; k < size; k++) {
            uint64_t hash = token_of(near->set[k], near->numbers[i]);
            struct near_token *token = look_up(near, hash);
            if (token)
                token->hash = hash;
        }
    }
    return DEDUP_OK;
}

/* Paragraphs whose numbers no suspect has take no part. A byte for each hash of numbers, by its low bits: what falls
 * together by chance takes part for nothing. */
static dedup_status choose_members(struct repeat_near *near, const unsigned char *suspects, dedup_error *error)
{
    size_t places = 64;
    while (places / 4 < near->suspects)
        places *= 2;
    unsigned char *wanted = calloc(places, 1);
    if (!wanted)
        return fail_memory(error, "paragraphs");
    for (size_t i = 0; i < near->suspects; i++) {
        const struct paragraph *paragraph = &near->paragraphs[i];
        near->numbers[i] =
            is_long_prose(paragraph) ? numbers_hash(near->points + paragraph->key, paragraph->key_count) : 0;
        if (suspects[i] == SUSPECT_NEAR && near->numbers[i] != 0)
            wanted[(near->numbers[i] >> 8) & (places - 1)] = 1;
    }
    for (size_t i = 0; i < near->suspects; i++)
        if (!wanted[(near->numbers[i] >> 8) & (places - 1)])
            near->numbers[i] = 0;
    free(wanted);
    return DEDUP_OK;
}

dedup_status repeat_near_set(struct repeat_near *near, const struct paragraph *paragraphs, size_t count,
                             const uint32_t *points, const unsigned char *suspects, double threshold,
                             dedup_error *error)
{
    size_t shingles = 0, zeroed = near->shared_capacity, last = 0;
    near->paragraphs = paragraphs;
    near->points = points;
    near->threshold = threshold;
    near->node_count = 0;
    near->suspects = 0;
    for (size_t i = 0; i < count; i++) {
        bool near_suspect = suspects[i] == SUSPECT_NEAR && is_long_prose(&paragraphs[i]);
        shingles += near_suspect ? shingle_count(paragraphs[i].key_count) : 0;
        last = suspects[i] != SUSPECT_NONE ? i + 1 : last;
    }
    if (shingles == 0)
        return DEDUP_OK;
    near->suspects = last;
    TRY(array_reserve(&near->numbers, &near->numbers_capacity, last, "paragraphs", error));
    TRY(array_reserve(&near->shared, &near->shared_capacity, last, "paragraphs", error));
    memset(near->shared + zeroed, 0, (near->shared_capacity - zeroed) * sizeof *near->shared);
    TRY(choose_members(near, suspects, error));
    return make_tokens(near, suspects, shingles, error);
}

/* Counts one more shared shingle for a candidate. */
static dedup_status count_shared(struct repeat_near *near, uint32_t paragraph, dedup_error *error)
{
    if (near->shared[paragraph] == 0) {
        TRY(array_reserve(&near->candidates, &near->candidate_capacity, near->candidate_count + 1, "candidates",
                          error));
        near->candidates[near->candidate_count++] = (struct near_candidate){.paragraph = paragraph};
        near->shared[paragraph] = (uint32_t)near->candidate_count;
    }
    near->candidates[near->shared[paragraph] - 1].shared++;
    return DEDUP_OK;
}

/* Lists the kept paragraphs that share shingles with the set. *hidden: shingles that stand in more of them than are
 * looked at. */
static dedup_status collect(struct repeat_near *near, uint64_t numbers, size_t set_count, size_t *hidden,
                            dedup_error *error)
{
    for (size_t i = 0; i < set_count; i++) {
        const struct near_token *token = look_up(near, token_of(near->set[i], numbers));
        if (!token || token->latest == NO_PARAGRAPH)
            continue;
        uint32_t node = token->latest;
        bool met_first = false;
        for (unsigned tried = 0; tried < LATEST_TRIED && node != NO_PARAGRAPH; tried++, node = near->nodes[node].next) {
            TRY(count_shared(near, near->nodes[node].paragraph, error));
            met_first = met_first || near->nodes[node].paragraph == token->first;
        }
        if (!met_first)
            TRY(count_shared(near, token->first, error));
        *hidden += node != NO_PARAGRAPH;
    }
    return DEDUP_OK;
}

static dedup_status compare(struct repeat_near *near, uint32_t paragraph, size_t set_count, uint32_t candidate,
                            struct near_match *match, dedup_error *error)
{
    const struct paragraph *a = &near->paragraphs[paragraph], *b = &near->paragraphs[candidate];
    size_t count = 0;
    TRY(make_set(near, candidate, &near->other, &near->other_capacity, &count, error));
    size_t shared = shingle_overlap(near->set, set_count, near->other, count);
    double jaccard = (double)shared / (double)(set_count + count - shared);
    float similarity = (float)jaccard;
    bool better = match->paragraph == NO_PARAGRAPH || similarity > match->similarity ||
                  (similarity >= match->similarity && candidate < match->paragraph);
    if (jaccard >= near->threshold && better &&
        same_numbers(near->points + a->key, a->key_count, near->points + b->key, b->key_count))
        *match = (struct near_match){candidate, similarity};
    return DEDUP_OK;
}

dedup_status repeat_near_find(struct repeat_near *near, uint32_t paragraph, struct near_match *match,
                              dedup_error *error)
{
    size_t set_count = 0, hidden = 0, tried = 0;
    *match = (struct near_match){.paragraph = NO_PARAGRAPH};
    if (paragraph >= near->suspects || near->numbers[paragraph] == 0)
        return DEDUP_OK;
    near->candidate_count = 0;
    TRY(make_set(near, paragraph, &near->set, &near->set_capacity, &set_count, error));
    dedup_status status = collect(near, near->numbers[paragraph], set_count, &hidden, error);
    size_t need = (size_t)floor(near->threshold * (double)set_count);
    for (size_t i = 0; i < near->candidate_count; i++) {
        const struct near_candidate *candidate = &near->candidates[i];
        near->shared[candidate->paragraph] = 0;
        if (status == DEDUP_OK && candidate->shared + hidden >= need && tried++ < CANDIDATES_TRIED)
            status = compare(near, paragraph, set_count, candidate->paragraph, match, error);
    }
    return status;
}

dedup_status repeat_near_keep(struct repeat_near *near, uint32_t paragraph, dedup_error *error)
{
    const struct paragraph *kept = &near->paragraphs[paragraph];
    size_t shingles = shingle_count(kept->key_count);
    if (paragraph >= near->suspects || near->numbers[paragraph] == 0)
        return DEDUP_OK;
    TRY(array_reserve(&near->other, &near->other_capacity, shingles, "shingles", error));
    shingle_hash(near->points + kept->key, kept->key_count, near->other);
    for (size_t i = 0; i < shingles; i++) {
        struct near_token *token = look_up(near, token_of(near->other[i], near->numbers[paragraph]));
        if (!token || token->hash == 0 ||
            (token->latest != NO_PARAGRAPH && near->nodes[token->latest].paragraph == paragraph))
            continue;
        if (near->node_count == NO_PARAGRAPH)
            return fail_memory(error, "paragraphs");
        TRY(array_reserve(&near->nodes, &near->node_capacity, near->node_count + 1, "shingles", error));
        near->nodes[near->node_count] = (struct near_node){paragraph, token->latest};
        token->latest = (uint32_t)near->node_count++;
        token->first = token->first == NO_PARAGRAPH ? paragraph : token->first;
    }
    return DEDUP_OK;
}
