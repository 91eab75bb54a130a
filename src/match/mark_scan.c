#include "match/mark_scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "match/mark_set.h"
#include "match/team.h"
#include "match/window_filter.h"
#include "sketch/shingle.h"

enum {
    MARKS_OF_SHORT = 12, /* of a text all of whose places are looked at */
    BATCH = 64,          /* texts that are scanned as one job */
    BLOCK = 2048,        /* places that are looked at at once; a multiple of all steps */
    AHEAD = 1024,        /* units that are loaded before they are looked at: keys come from memory, page by page */
    KINDS = 4,
};

/* Stretches of `length` units that begin at any place, looked for at every step-th; the longest first. */
static const struct scan_kind {
    unsigned step, length;
} kinds[KINDS] = {{16, 24}, {8, 12}, {1, 10}, {1, WINDOW_LENGTH}};

/* The marks of all texts of a kind, and what they begin with for a first look: windows where all places are looked at,
 * else the first units; and the lists to which those who may have them are added. */
struct search {
    const struct matcher *matcher;
    const struct nodes *nodes;
    struct mark_lists *lists;
    const uint32_t *texts; /* those whose marks are looked for */
    size_t text_count;
    struct scan_kind kind;
    struct mark_set marks, firsts;
    struct window_filter windows;
};

struct scanner {
    struct block_window window;
    uint32_t places[BLOCK + WINDOW_SLACK];
};

struct found_list {
    uint64_t *entries; /* of mark_lists */
    size_t count, capacity;
};

static void release_scanner(void *worker)
{
    block_window_release(&((struct scanner *)worker)->window);
}

static void release_found(void *result)
{
    free(((struct found_list *)result)->entries);
}

/* Tells what the first four units are. */
static inline uint32_t first_of(const uint16_t *units)
{
    uint64_t first;
    memcpy(&first, units, sizeof first);
    return (uint32_t)(first * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static uint32_t value_of(const uint16_t *units, struct scan_kind kind)
{
    return (uint32_t)XXH3_64bits(units, kind.length * sizeof *units);
}

/* The pieces of a text in which marks are, one of which a text that contains it has as a whole: more than the places at
 * which pieces meet. Those at the ends are as far from them as a place where pieces meet is wide. */
struct pieces {
    size_t count, margin;
};

static struct pieces pieces_of(const struct mark_plan *plan, const struct text *text)
{
    const size_t width = SHINGLE_LENGTH - 1;
    size_t missing = mark_plan_missing(plan, text->shingles);
    return (struct pieces){missing / width + 1, missing < width ? missing : width - 1};
}

/* The kind with the longest steps that leaves room for all pieces. */
static unsigned kind_of(const struct mark_plan *plan, const struct text *text)
{
    struct pieces pieces = pieces_of(plan, text);
    unsigned kind = plan->linked ? 0 : KINDS - 1;
    while (kind < KINDS - 1) {
        size_t span = kinds[kind].length + kinds[kind].step - 1;
        if (text->count >= 2 * pieces.margin && pieces.count <= (text->count - 2 * pieces.margin) / span)
            break;
        kind++;
    }
    return kind;
}

/* Where all places are looked at, marks are as many as there can be, evenly. */
static void place_short(const struct mark_plan *plan, const struct text *text, struct scan_marks *marks)
{
    size_t places = text->count - kinds[marks->kind].length + 1;
    size_t most = plan->linked ? MARKS_OF_SHORT : MARKS_MAXIMUM;
    marks->count = places < most ? places : most;
    for (size_t i = 0; i < marks->count; i++)
        marks->places[i] = (uint32_t)(i * places / marks->count);
    /* A mark is lost with a shingle of its first units, or of those behind. */
    size_t cost = mark_plan_missing(plan, text->shingles) * (kinds[marks->kind].length - WINDOW_LENGTH + 1);
    size_t certain = cost < marks->count ? marks->count - cost : 1;
    size_t likely = plan->linked ? 1 : plan->likely[marks->count];
    marks->needed = certain > likely ? certain : likely;
}

/* The pieces are spread evenly between the margins; there are `step` marks in the middle of each. */
static void place_pieces(const struct mark_plan *plan, const struct text *text, struct scan_marks *marks)
{
    const struct scan_kind kind = kinds[marks->kind];
    struct pieces pieces = pieces_of(plan, text);
    size_t room = text->count - 2 * pieces.margin, span = kind.length + kind.step - 1;
    if (pieces.count > MARKS_MAXIMUM / kind.step)
        pieces.count = MARKS_MAXIMUM / kind.step;
    for (size_t piece = 0; piece < pieces.count; piece++) {
        size_t begin = piece * room / pieces.count, end = (piece + 1) * room / pieces.count;
        size_t place = pieces.margin + begin + (end - begin - span) / 2;
        for (size_t i = 0; i < kind.step; i++)
            marks->places[marks->count++] = (uint32_t)(place + i);
    }
    marks->needed = 1;
}

/* Chooses where the marks of a text begin. */
static void place_marks(const struct mark_plan *plan, const struct text *text, struct scan_marks *marks)
{
    marks->count = marks->needed = 0;
    marks->kind = kind_of(plan, text);
    if (text->count < kinds[marks->kind].length)
        return;
    if (kinds[marks->kind].step == 1)
        place_short(plan, text, marks);
    else
        place_pieces(plan, text, marks);
}

/* *units: those of a mark. */
static dedup_status view_mark(const struct matcher *matcher, const struct text *text, const struct scan_marks *marks,
                              size_t index, struct block_window *window, const uint16_t **units, dedup_error *error)
{
    struct key_ref ref = {text->begin + marks->places[index], kinds[marks->kind].length};
    return key_store_view(matcher->keys, ref, window, units, error);
}

dedup_status scan_marks_choose(const struct matcher *matcher, const struct text *text, struct block_window *window,
                               struct scan_marks *marks, dedup_error *error)
{
    place_marks(&matcher->marks, text, marks);
    for (size_t i = 0; i < marks->count; i++) {
        const uint16_t *units;
        TRY(view_mark(matcher, text, marks, i, window, &units, error));
        marks->values[i] = value_of(units, kinds[marks->kind]);
    }
    return DEDUP_OK;
}

/* Adds the marks of one text. */
static dedup_status add_marks(struct search *search, const struct text *text, const struct scan_marks *marks,
                              struct block_window *window, dedup_error *error)
{
    for (size_t i = 0; i < marks->count; i++) {
        const uint16_t *units;
        TRY(view_mark(search->matcher, text, marks, i, window, &units, error));
        mark_set_add(search->marks, marks->values[i]);
        if (search->kind.step == 1)
            window_filter_add(&search->windows, units);
        else
            mark_set_add(search->firsts, first_of(units));
    }
    return DEDUP_OK;
}

/* Writes the places i < count, each a multiple of the step, at which a mark may begin; returns how many they are. */
static size_t find_steps(const struct search *search, const uint16_t *units, size_t count, uint32_t *places)
{
    const struct mark_set firsts = search->firsts;
    const unsigned step = search->kind.step;
    size_t found = 0;
    for (size_t i = 0; i < count; i += step) {
        places[found] = (uint32_t)i;
        __builtin_prefetch(units + i + AHEAD);
        found += mark_set_has(firsts, first_of(units + i));
    }
    return found;
}

/* Appends the marks that a text may have. */
static dedup_status scan_text(const struct search *search, struct scanner *scanner, uint32_t number,
                              struct found_list *found, dedup_error *error)
{
    const struct text *text = &search->matcher->texts[number];
    const uint32_t node = search->nodes->of_text[number], length = search->kind.length;
    for (size_t done = 0; done + length <= text->count; done += BLOCK) {
        size_t places = text->count - done - length + 1 < BLOCK ? text->count - done - length + 1 : BLOCK;
        const uint16_t *units;
        TRY(key_store_view(search->matcher->keys, (struct key_ref){text->begin + done, (uint32_t)(places + length - 1)},
                           &scanner->window, &units, error));
        size_t likely = search->kind.step == 1 ? window_filter_find(&search->windows, units, places, scanner->places)
                                               : find_steps(search, units, places, scanner->places);
        TRY(array_reserve(&found->entries, &found->capacity, found->count + likely, "marks", error));
        for (size_t i = 0; i < likely; i++) {
            uint32_t value = value_of(units + scanner->places[i], search->kind);
            found->entries[found->count] = mark_list_entry(value, node);
            found->count += mark_set_has(search->marks, value);
        }
    }
    return DEDUP_OK;
}

static dedup_status scan_batch(void *context, void *worker, void *result, size_t batch, dedup_error *error)
{
    const struct search *search = context;
    struct found_list *found = result;
    size_t begin = batch * BATCH, end = begin + BATCH;
    if (end > search->matcher->unit_count)
        end = search->matcher->unit_count;
    found->count = 0;
    for (size_t text = begin; text < end; text++)
        if (search->matcher->texts[text].shingles != 0 && search->nodes->of_text[text] != NONE)
            TRY(scan_text(search, worker, (uint32_t)text, found, error));
    return DEDUP_OK;
}

static dedup_status take_found(void *context, void *result, size_t batch, dedup_error *error)
{
    (void)batch;
    const struct search *search = context;
    const struct found_list *found = result;
    return mark_lists_add(search->lists, found->entries, found->count, error);
}

/* Makes sets for `marks` marks, of no more memory than the bands and samples could take: with less of it more places
 * are looked at in vain. */
static dedup_status make_sets(struct search *search, uint64_t marks, dedup_error *error)
{
    uint64_t memory = search->matcher->options.memory, most = memory != 0 ? memory / 2 : UINT64_MAX;
    TRY(mark_set_make(&search->marks, 2 * marks, most, error));
    if (search->kind.step == 1)
        window_filter_clear(&search->windows);
    else
        TRY(mark_set_make(&search->firsts, 2 * marks, most, error));
    return DEDUP_OK;
}

static void release_sets(struct search *search)
{
    mark_set_release(&search->marks);
    mark_set_release(&search->firsts);
}

/* Collects the marks of the texts of a kind. */
static dedup_status collect(struct search *search, unsigned kind, dedup_error *error)
{
    struct block_window window = {0};
    struct scan_marks marks;
    dedup_status status = DEDUP_OK;
    for (size_t i = 0; i < search->text_count && status == DEDUP_OK; i++) {
        const struct text *text = &search->matcher->texts[search->texts[i]];
        if (kind_of(&search->matcher->marks, text) != kind)
            continue;
        status = scan_marks_choose(search->matcher, text, &window, &marks, error);
        if (status == DEDUP_OK)
            status = add_marks(search, text, &marks, &window, error);
    }
    block_window_release(&window);
    return status;
}

/* Scans all texts for the marks of texts of one kind, `marks` in all. */
static dedup_status scan_kind(struct search *search, unsigned kind, uint64_t marks, dedup_error *error)
{
    const struct team_job job = {.context = search,
                                 .count = (search->matcher->unit_count + BATCH - 1) / BATCH,
                                 .worker_size = sizeof(struct scanner),
                                 .result_size = sizeof(struct found_list),
                                 .work = scan_batch,
                                 .take = take_found,
                                 .release_worker = release_scanner,
                                 .release_result = release_found};
    search->kind = kinds[kind];
    TRY(make_sets(search, marks, error));
    TRY(collect(search, kind, error));
    return team_run(&job, search->matcher->options.thread_count, error);
}

dedup_status mark_scan(const struct matcher *matcher, const struct nodes *nodes, const uint32_t *texts, size_t count,
                       struct mark_lists *lists, dedup_error *error)
{
    struct search search = {.matcher = matcher, .nodes = nodes, .lists = lists, .texts = texts, .text_count = count};
    uint64_t counts[KINDS] = {0};
    for (size_t i = 0; i < count; i++) {
        struct scan_marks marks;
        place_marks(&matcher->marks, &matcher->texts[texts[i]], &marks);
        counts[marks.kind] += marks.count;
    }
    dedup_status status = DEDUP_OK;
    for (unsigned kind = 0; kind < KINDS && status == DEDUP_OK; kind++) {
        if (counts[kind] != 0)
            status = scan_kind(&search, kind, counts[kind], error);
        release_sets(&search);
    }
    return status;
}
