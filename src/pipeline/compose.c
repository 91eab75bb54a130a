#include "pipeline/compose.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"

void composer_init(struct composer *composer)
{
    *composer = (struct composer){0};
}

void composer_release(struct composer *composer)
{
    free(composer->cuts);
    free(composer->lines);
    composer_init(composer);
}

/* Goes through the kept text of a document and its cuts in step. */
struct walk {
    const struct text_document *document;
    size_t cut;      /* the first cut that is not behind the walk */
    uint32_t source; /* byte of the text ... */
    uint32_t kept;   /* ... that is this byte of the kept text */
};

/* A place of the kept text: a byte of the text, or a byte of the replacement of `cut`. */
struct place {
    uint32_t source;
    size_t cut;
    uint32_t inside;
    bool replaced;
};

/* The place of byte `kept` of the kept text; calls come with rising offsets. A place at a cut lies behind the cut when
 * it begins something, before it when it ends something. */
static struct place find_place(struct walk *walk, uint32_t kept, bool begins)
{
    while (walk->cut < walk->document->cut_count) {
        const struct text_cut *cut = &walk->document->cuts[walk->cut];
        uint32_t at_cut = walk->kept + (cut->begin - walk->source);
        uint32_t behind = at_cut + cut->replacement_length;
        if (kept < at_cut || (kept == at_cut && !begins))
            break;
        if (kept < behind || (kept == behind && !begins))
            return (struct place){cut->begin, walk->cut, kept - at_cut, true};
        walk->kept = behind;
        walk->source = cut->end;
        walk->cut++;
    }
    return (struct place){walk->source + (kept - walk->kept), walk->cut, 0, false};
}

/* Appends bytes of the buffer to itself. */
static dedup_status append_own(dedup_buffer *buffer, uint32_t offset, uint32_t length, dedup_error *error)
{
    TRY(dedup_buffer_reserve(buffer, length, error));
    return dedup_buffer_append(buffer, buffer->data + offset, length, error);
}

/* Rewrites a cut of the kept text as one of the text. It takes in the cuts that it covers; what it leaves of
 * replacements at its ends goes into its own replacement. */
static dedup_status translate(struct walk *walk, struct text_document *first, const struct text_document *later,
                              const struct text_cut *cut, struct text_cut *out, dedup_error *error)
{
    struct place begin = find_place(walk, cut->begin, true);
    struct place end = find_place(walk, cut->end, false);
    *out = *cut;
    out->begin = begin.source;
    out->end = end.source;
    out->replacement = (uint32_t)first->replacements.length;
    if (begin.replaced)
        TRY(append_own(&first->replacements, first->cuts[begin.cut].replacement, begin.inside, error));
    if (cut->replacement_length != 0)
        TRY(dedup_buffer_append(&first->replacements, later->replacements.data + cut->replacement,
                                cut->replacement_length, error));
    if (end.replaced) {
        const struct text_cut *replaced = &first->cuts[end.cut];
        out->end = replaced->end;
        TRY(append_own(&first->replacements, replaced->replacement + end.inside,
                       replaced->replacement_length - end.inside, error));
    }
    out->replacement_length = (uint32_t)first->replacements.length - out->replacement;
    return DEDUP_OK;
}

/* For every line of `later` the line of `first` in which it begins. */
static dedup_status map_lines(struct composer *composer, const struct text_document *first,
                              const struct text_document *later, dedup_error *error)
{
    struct walk walk = {.document = first};
    size_t line = 0;
    TRY(array_reserve(&composer->lines, &composer->line_capacity, later->line_count, "lines", error));
    for (size_t i = 0; i < later->line_count; i++) {
        struct place place = find_place(&walk, later->lines[i].begin, true);
        while (line + 1 < first->line_count && first->lines[line].next <= place.source)
            line++;
        composer->lines[i] = (uint32_t)line;
    }
    return DEDUP_OK;
}

/* Puts the new cuts and those old ones that no new cut covers in order into first->cuts. */
static dedup_status merge(struct composer *composer, struct text_document *first, dedup_error *error)
{
    size_t fresh = composer->count, next = 0;
    TRY(array_reserve(&composer->cuts, &composer->capacity, fresh + first->cut_count, "cuts", error));
    for (size_t i = 0; i < first->cut_count; i++) {
        const struct text_cut *old = &first->cuts[i];
        while (next < fresh && composer->cuts[next].end < old->end)
            next++;
        if (next == fresh || composer->cuts[next].begin > old->begin)
            composer->cuts[composer->count++] = *old;
    }
    TRY(array_reserve(&first->cuts, &first->cut_capacity, composer->count, "cuts", error));
    memcpy(first->cuts, composer->cuts, composer->count * sizeof *first->cuts);
    first->cut_count = composer->count;
    document_settle(first);
    return DEDUP_OK;
}

dedup_status compose_cuts(struct composer *composer, struct text_document *first, const struct text_document *later,
                          bool *composed, dedup_error *error)
{
    struct walk walk = {.document = first};
    composer->count = 0;
    *composed = true;
    if (later->cut_count == 0)
        return DEDUP_OK;
    TRY(array_reserve(&composer->cuts, &composer->capacity, later->cut_count, "cuts", error));
    TRY(map_lines(composer, first, later, error));
    for (size_t i = 0; i < later->cut_count; i++) {
        struct text_cut *out = &composer->cuts[composer->count];
        TRY(translate(&walk, first, later, &later->cuts[i], out, error));
        if (out->reason == CUT_BLOCK || out->reason == CUT_PARAGRAPH)
            out->kept_line = composer->lines[out->kept_line];
        if (i > 0 && out->begin < out[-1].end) {
            *composed = false;
            return DEDUP_OK;
        }
        composer->count++;
    }
    return merge(composer, first, error);
}
