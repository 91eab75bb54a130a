#include "match/mark_scan.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/team.h"
#include "sketch/select.h"
#include "sketch/shingle.h"

enum {
    FILTER_BITS_PER_MARK = 16,
    BATCH = 64,   /* texts that are scanned as one job */
    BLOCK = 1024, /* shingles that are hashed at once */
};

/* A set of marks that may err by saying yes: every mark sets two bits of one word. They come from the bits of a hash
 * that a sample_key has too. */
struct filter {
    uint64_t *words;
    size_t mask; /* number of words - 1 */
};

struct search {
    const struct matcher *matcher;
    const struct nodes *nodes;
    struct filter filter;
};

struct scanner {
    uint32_t *points;
    size_t point_capacity;
    uint64_t block[BLOCK];
    uint64_t *found, *sorting;
    size_t found_count, found_capacity, sorting_capacity;
};

/* A text may have a mark. */
struct hit {
    uint64_t key;
    uint32_t text;
};

struct hit_list {
    struct hit *items;
    size_t count, capacity;
};

static void release_scanner(void *worker)
{
    struct scanner *scanner = worker;
    free(scanner->points);
    free(scanner->found);
    free(scanner->sorting);
}

static void release_hits(void *result)
{
    free(((struct hit_list *)result)->items);
}

static unsigned second_bit(uint64_t hash)
{
    return hash >> 40 & 63;
}

static dedup_status make_filter(struct search *search, dedup_error *error)
{
    const struct matcher *matcher = search->matcher;
    struct filter *filter = &search->filter;
    size_t words = 16;
    while (words * 64 < matcher->rare_count * FILTER_BITS_PER_MARK)
        words *= 2;
    filter->mask = words - 1;
    filter->words = calloc(words, sizeof *filter->words);
    if (!filter->words)
        return fail_memory(error, "marks");
    for (size_t i = 0; i < matcher->rare_count; i++) {
        uint64_t hash = matcher->rare_keys[i] >> SAMPLE_KEY_SHIFT;
        filter->words[hash >> 6 & filter->mask] |= (uint64_t)1 << (hash & 63) | (uint64_t)1 << second_bit(hash);
    }
    return DEDUP_OK;
}

/* Appends the hashes of a block that may be marks and are not sampled. */
static dedup_status filter_block(const struct filter *filter, struct scanner *scanner, size_t count, dedup_error *error)
{
    TRY(array_reserve(&scanner->found, &scanner->found_capacity, scanner->found_count + count + SELECT_SLACK, "marks",
                      error));
    uint64_t *out = scanner->found + scanner->found_count;
    size_t likely = select_bits(scanner->block, count, filter->words, filter->mask, out), kept = 0;
    for (size_t i = 0; i < likely; i++) {
        uint64_t hash = out[i];
        out[kept] = hash;
        kept += (filter->words[hash >> 6 & filter->mask] >> second_bit(hash) & 1) & !is_sampled(hash);
    }
    scanner->found_count += kept;
    return DEDUP_OK;
}

/* Appends the hashes of one text that may be marks, each once. */
static dedup_status scan_text(const struct search *search, struct scanner *scanner, uint32_t number,
                              struct hit_list *hits, dedup_error *error)
{
    const struct text *text = &search->matcher->texts[number];
    size_t count;
    TRY(array_reserve(&scanner->points, &scanner->point_capacity, text->count, "a text", error));
    TRY(key_store_read(search->matcher->keys, text_ref(text), scanner->points, &count, error));
    size_t shingles = shingle_count(count);
    scanner->found_count = 0;
    for (size_t done = 0; done < shingles;) {
        size_t step = shingles - done < BLOCK ? shingles - done : BLOCK;
        shingle_hash(scanner->points + done, done + step < shingles ? step + SHINGLE_LENGTH - 1 : count - done,
                     scanner->block);
        TRY(filter_block(&search->filter, scanner, step, error));
        done += step;
    }
    TRY(array_reserve(&scanner->sorting, &scanner->sorting_capacity, scanner->found_count, "a text", error));
    size_t found = shingle_set(scanner->found, scanner->found_count, scanner->sorting);
    TRY(array_reserve(&hits->items, &hits->capacity, hits->count + found, "marks", error));
    for (size_t i = 0; i < found; i++)
        hits->items[hits->count++] = (struct hit){sample_key(scanner->found[i], false), number};
    return DEDUP_OK;
}

static dedup_status scan_batch(void *context, void *worker, void *result, size_t batch, dedup_error *error)
{
    const struct search *search = context;
    struct hit_list *hits = result;
    size_t begin = batch * BATCH, end = begin + BATCH;
    if (end > search->matcher->text_count)
        end = search->matcher->text_count;
    hits->count = 0;
    for (size_t text = begin; text < end; text++)
        if (search->matcher->texts[text].shingles != 0 && search->nodes->of_text[text] != NONE)
            TRY(scan_text(search, worker, (uint32_t)text, hits, error));
    return DEDUP_OK;
}

static dedup_status take_hits(void *context, void *result, size_t batch, dedup_error *error)
{
    (void)batch;
    const struct search *search = context;
    const struct hit_list *hits = result;
    for (size_t i = 0; i < hits->count; i++)
        TRY(pool_add(search->matcher->samples, &hits->items[i].key, 1, hits->items[i].text, error));
    return DEDUP_OK;
}

dedup_status mark_scan(const struct matcher *matcher, const struct nodes *nodes, dedup_error *error)
{
    struct search search = {.matcher = matcher, .nodes = nodes};
    const struct team_job job = {.context = &search,
                                 .count = (matcher->text_count + BATCH - 1) / BATCH,
                                 .worker_size = sizeof(struct scanner),
                                 .result_size = sizeof(struct hit_list),
                                 .work = scan_batch,
                                 .take = take_hits,
                                 .release_worker = release_scanner,
                                 .release_result = release_hits};
    if (matcher->rare_count == 0)
        return DEDUP_OK;
    dedup_status status = make_filter(&search, error);
    if (status == DEDUP_OK)
        status = team_run(&job, matcher->options.thread_count, error);
    free(search.filter.words);
    return status;
}
