#include "match/repeats.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "match/novelty.h"
#include "match/repeat_blocks.h"
#include "match/repeat_near.h"
#include "match/repeat_text.h"
#include "sketch/shingle.h"

/* From here on a paragraph that repeats none has so much that is new that half of it tells. */
#define HALF_THRESHOLD 0.75

struct repeats {
    double threshold;
    struct paragraph_list list;
    const struct paragraph_list *paragraphs; /* `list` or the caller's */
    struct fold_key kept_key;
    struct novelty novelty;
    struct repeat_blocks blocks;
    struct repeat_near near;
    struct repeat_text text;
    struct paragraph_list lines; /* the lines, where paragraphs have several */
    unsigned char *suspects;     /* of each paragraph: enum suspicion */
    size_t suspect_capacity;
    unsigned char *fates; /* of each line: enum line_fate */
    size_t fate_capacity;
    bool any; /* there were suspects in the document of the last call */
};

/* One call of repeats_find. */
struct search {
    struct repeats *repeats;
    struct text_document *document;
    struct repeat_counts *counts;
    bool cut;
};

dedup_status repeats_create(double threshold, struct repeats **out, dedup_error *error)
{
    struct repeats *repeats = calloc(1, sizeof *repeats);
    if (!repeats)
        return fail_memory(error, "paragraphs");
    repeats->threshold = threshold;
    paragraph_list_init(&repeats->list);
    fold_key_init(&repeats->kept_key);
    novelty_init(&repeats->novelty);
    repeat_blocks_init(&repeats->blocks);
    repeat_near_init(&repeats->near);
    repeat_text_init(&repeats->text);
    paragraph_list_init(&repeats->lines);
    *out = repeats;
    return DEDUP_OK;
}

void repeats_free(struct repeats *repeats)
{
    if (!repeats)
        return;
    paragraph_list_release(&repeats->list);
    fold_key_release(&repeats->kept_key);
    novelty_release(&repeats->novelty);
    repeat_blocks_release(&repeats->blocks);
    repeat_near_release(&repeats->near);
    repeat_text_release(&repeats->text);
    paragraph_list_release(&repeats->lines);
    free(repeats->suspects);
    free(repeats->fates);
    free(repeats);
}

/* The key that the places of paragraphs refer to. */
static dedup_status kept_points(struct repeats *repeats, const struct text_document *document, const uint32_t **points,
                                dedup_error *error)
{
    *points = document->key.points;
    if (document->cut_count == 0)
        return DEDUP_OK;
    fold_key_clear(&repeats->kept_key);
    TRY(document_kept_key(document, &repeats->kept_key, error));
    *points = repeats->kept_key.points;
    return DEDUP_OK;
}

/* Finds the prose that may repeat earlier prose. Blocks contain repeated prose, so a document without suspects has no
 * repeats at all. Most have none, and half of the windows is enough to see it. */
static dedup_status find_suspects(struct repeats *repeats, const uint32_t *points, bool *any, dedup_error *error)
{
    const struct paragraph_list *list = repeats->paragraphs;
    struct novelty_question question = {
        .threshold = repeats->threshold, .near = NEAR_CHARACTERS, .half = repeats->threshold >= HALF_THRESHOLD};
    TRY(array_reserve(&repeats->suspects, &repeats->suspect_capacity, list->count, "paragraphs", error));
    TRY(novelty_find(&repeats->novelty, &question, points, list, repeats->suspects, any, error));
    if (!*any || !question.half)
        return DEDUP_OK;
    question.half = false;
    return novelty_find(&repeats->novelty, &question, points, list, repeats->suspects, any, error);
}

/* Tells suspects that have the key of an earlier paragraph from those that may be like one. */
static void tell_suspects(struct repeats *repeats)
{
    for (size_t i = 0; i < repeats->paragraphs->count; i++)
        if (repeats->suspects[i] != SUSPECT_NONE)
            repeats->suspects[i] = repeat_blocks_seen(&repeats->blocks, i) ? SUSPECT_EXACT : SUSPECT_NEAR;
}

/* Cuts the lines [first, last] that are not cut yet, for those from `kept_line` on. */
static dedup_status cut_lines(const struct search *search, uint32_t first, uint32_t last, uint32_t reason,
                              uint32_t kept_line, float similarity, dedup_error *error)
{
    memset(search->repeats->fates + first, LINE_TAKEN, last - first + 1);
    search->repeats->fates[kept_line] |= LINE_NAMED;
    for (uint32_t i = first; search->cut && i <= last; i++)
        if (!(search->document->lines[i].flags & LINE_REMOVED))
            TRY(document_cut_line(search->document, i, reason, kept_line, similarity, error));
    return DEDUP_OK;
}

/* A line of code without letters: a fence, a brace. */
static bool is_bare_code(const struct text_line *line)
{
    return (line->flags & LINE_CODE) != 0 && line->key_count == 0;
}

/* Code at the borders of a block goes with its fences. */
static dedup_status cut_block(const struct search *search, const struct repeat_run *run, dedup_error *error)
{
    const struct paragraph *items = search->repeats->paragraphs->items;
    const struct text_line *lines = search->document->lines;
    uint32_t first = items[run->begin].first, last = items[run->end - 1].last;
    while (lines[first].flags & LINE_CODE && first > 0 && is_bare_code(&lines[first - 1]))
        first--;
    while (lines[last].flags & LINE_CODE && last + 1 < search->document->line_count && is_bare_code(&lines[last + 1]))
        last++;
    search->counts->blocks++;
    search->counts->block_lines += run->lines;
    return cut_lines(search, first, last, CUT_BLOCK, items[run->kept].first, 1, error);
}

static dedup_status keep(struct repeats *repeats, size_t index, dedup_error *error)
{
    repeat_blocks_keep(&repeats->blocks, index);
    return repeat_near_keep(&repeats->near, (uint32_t)index, error);
}

/* Cuts a paragraph if it repeats a kept one, and keeps it otherwise. */
static dedup_status decide(const struct search *search, size_t index, dedup_error *error)
{
    struct repeats *repeats = search->repeats;
    const struct paragraph *items = repeats->paragraphs->items, *paragraph = &items[index];
    struct near_match match = {.paragraph = NO_PARAGRAPH};
    if (repeats->suspects[index] == SUSPECT_NONE)
        return keep(repeats, index, error);
    uint32_t equal = repeat_blocks_equal(&repeats->blocks, index);
    if (equal != NO_PARAGRAPH) {
        search->counts->paragraphs_exact++;
        return cut_lines(search, paragraph->first, paragraph->last, CUT_PARAGRAPH, items[equal].first, 1, error);
    }
    TRY(repeat_near_find(&repeats->near, (uint32_t)index, &match, error));
    if (match.paragraph == NO_PARAGRAPH)
        return keep(repeats, index, error);
    search->counts->paragraphs_near++;
    return cut_lines(search, paragraph->first, paragraph->last, CUT_PARAGRAPH, items[match.paragraph].first,
                     match.similarity, error);
}

/* The walk from the first paragraph to the last. */
static dedup_status walk_paragraphs(const struct search *search, dedup_error *error)
{
    struct repeats *repeats = search->repeats;
    for (size_t i = 0; i < repeats->paragraphs->count;) {
        struct repeat_run run;
        if (!repeat_blocks_find(&repeats->blocks, i, &run)) {
            TRY(decide(search, i++, error));
            continue;
        }
        for (; i < run.begin; i++)
            TRY(keep(repeats, i, error));
        TRY(cut_block(search, &run, error));
        i = run.end;
    }
    return DEDUP_OK;
}

/* Finds repeats of paragraphs among suspects. */
static dedup_status find_paragraphs(const struct search *search, const uint32_t *points, dedup_error *error)
{
    struct repeats *repeats = search->repeats;
    const struct paragraph_list *list = repeats->paragraphs;
    TRY(repeat_blocks_set(&repeats->blocks, list->items, list->count, search->document, points, error));
    tell_suspects(repeats);
    TRY(repeat_near_set(&repeats->near, list->items, list->count, points, repeats->suspects, repeats->threshold,
                        error));
    return walk_paragraphs(search, error);
}

static bool are_lines(const struct paragraph_list *list)
{
    size_t i = 0;
    while (i < list->count && list->items[i].first == list->items[i].last)
        i++;
    return i == list->count;
}

/* Finds repeats across line breaks among `lines`. */
static dedup_status find_text(const struct search *search, const struct paragraph_list *lines, const uint32_t *points,
                              dedup_error *error)
{
    struct repeats *repeats = search->repeats;
    struct repeat_text *text = &repeats->text;
    TRY(repeat_text_find(text, lines, search->document, points, repeats->fates, error));
    repeats->any = repeats->any || text->met;
    for (size_t i = 0; i < text->repeat_count; i++) {
        const struct text_repeat *repeat = &text->repeats[i];
        search->counts->blocks++;
        search->counts->block_lines += repeat->lines;
        TRY(cut_lines(search, repeat->first, repeat->last, CUT_BLOCK, repeat->kept, 1, error));
    }
    return DEDUP_OK;
}

dedup_status repeats_find(struct repeats *repeats, struct text_document *document, enum paragraph_mode mode,
                          const struct paragraph_list *whole, bool cut, struct repeat_counts *counts,
                          dedup_error *error)
{
    const struct search search = {.repeats = repeats, .document = document, .counts = counts, .cut = cut};
    const uint32_t *points = NULL;
    *counts = (struct repeat_counts){0};
    if (document->cut_count != 0)
        document_settle(document);
    bool known = whole && document->cut_count == 0;
    const struct paragraph_list *list = known ? whole : &repeats->list;
    if (!known)
        TRY(paragraph_list_set(&repeats->list, document, mode, error));
    repeats->paragraphs = list;
    TRY(kept_points(repeats, document, &points, error));
    TRY(find_suspects(repeats, points, &repeats->any, error));
    const struct paragraph_list *lines = list;
    if (!are_lines(list)) {
        lines = &repeats->lines;
        TRY(paragraph_list_set(&repeats->lines, document, PARAGRAPH_LINE, error));
    }
    TRY(array_reserve(&repeats->fates, &repeats->fate_capacity, document->line_count + 1, "paragraphs", error));
    memset(repeats->fates, 0, document->line_count);
    if (repeats->any)
        TRY(find_paragraphs(&search, points, error));
    return find_text(&search, lines, points, error);
}

bool repeats_ruled_out(const struct repeats *repeats, const struct text_document *document, enum paragraph_mode mode)
{
    if (repeats->any || mode == PARAGRAPH_BLANK || (mode == PARAGRAPH_AUTO && document_is_wrapped(document)))
        return false;
    return are_lines(repeats->paragraphs);
}
