#include "text/document.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"

void document_init(struct text_document *document)
{
    *document = (struct text_document){0};
    dedup_buffer_init(&document->replacements, UINT32_MAX);
}

void document_release(struct text_document *document)
{
    free(document->lines);
    free(document->cuts);
    fold_key_release(&document->key);
    dedup_buffer_release(&document->replacements);
    document_init(document);
}

void document_clear(struct text_document *document)
{
    document->text = NULL;
    document->length = 0;
    document->characters = 0;
    document->line_count = 0;
    document->cut_count = 0;
    document->flagged = false;
    fold_key_clear(&document->key);
    dedup_buffer_clear(&document->replacements);
}

void document_borrow(struct text_document *document, const char *text, uint32_t length)
{
    document_clear(document);
    document->text = text;
    document->length = length;
}

size_t document_line_at(const struct text_document *document, uint32_t offset)
{
    size_t low = 0, high = document->line_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (document->lines[middle].begin <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static dedup_status add_cut(struct text_document *document, const struct text_cut *cut, dedup_error *error)
{
    TRY(array_reserve(&document->cuts, &document->cut_capacity, document->cut_count + 1, "cuts", error));
    document->cuts[document->cut_count++] = *cut;
    document->flagged = true;
    return DEDUP_OK;
}

dedup_status document_cut(struct text_document *document, const struct text_cut *cut, dedup_error *error)
{
    if (cut->begin >= cut->end)
        return DEDUP_OK;
    TRY(add_cut(document, cut, error));
    for (size_t i = document_line_at(document, cut->begin); i < document->line_count; i++) {
        struct text_line *line = &document->lines[i];
        if (line->begin >= cut->end)
            break;
        bool whole = cut->begin <= line->begin && cut->end >= line->next && cut->replacement_length == 0;
        line->flags |= whole ? LINE_REMOVED : LINE_CUT;
    }
    return DEDUP_OK;
}

dedup_status document_cut_line(struct text_document *document, size_t line, uint32_t reason, uint32_t kept_line,
                               float similarity, dedup_error *error)
{
    struct text_line *whole = &document->lines[line];
    struct text_cut cut = {
        .begin = whole->begin,
        .end = whole->next,
        .reason = reason,
        .kept_line = kept_line,
        .similarity = similarity,
    };
    TRY(add_cut(document, &cut, error));
    whole->flags |= LINE_REMOVED;
    return DEDUP_OK;
}

/* By place, the longer first; of equal places the lower reason. */
static int compare_cuts(const void *left, const void *right)
{
    const struct text_cut *a = left, *b = right;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    if (a->end != b->end)
        return a->end > b->end ? -1 : 1;
    if (a->reason != b->reason)
        return a->reason < b->reason ? -1 : 1;
    if (a->kept_line != b->kept_line)
        return a->kept_line < b->kept_line ? -1 : 1;
    if (a->replacement_length != b->replacement_length)
        return a->replacement_length < b->replacement_length ? -1 : 1;
    return a->replacement < b->replacement ? -1 : a->replacement > b->replacement;
}

static bool is_sorted(const struct text_cut *cuts, size_t count)
{
    size_t i = 1;
    while (i < count && compare_cuts(&cuts[i - 1], &cuts[i]) <= 0)
        i++;
    return i >= count;
}

static bool can_join(const struct text_cut *a, const struct text_cut *b)
{
    return a->end == b->begin && a->reason == b->reason && a->kept_line == b->kept_line &&
           !(a->similarity < b->similarity) && !(a->similarity > b->similarity) && a->replacement_length == 0 &&
           b->replacement_length == 0;
}

/* Makes LINE_REMOVED and LINE_CUT what the settled cuts say. */
static void flag_lines(struct text_document *document)
{
    size_t next = 0;
    if (!document->flagged && document->cut_count == 0)
        return;
    document->flagged = document->cut_count != 0;
    for (size_t i = 0; i < document->line_count; i++) {
        struct text_line *line = &document->lines[i];
        uint32_t covered = 0;
        bool replaced = false;
        while (next < document->cut_count && document->cuts[next].begin < line->next) {
            const struct text_cut *cut = &document->cuts[next];
            uint32_t begin = cut->begin > line->begin ? cut->begin : line->begin;
            uint32_t end = cut->end < line->next ? cut->end : line->next;
            covered += end - begin;
            replaced = replaced || cut->replacement_length != 0;
            if (cut->end > line->next)
                break;
            next++;
        }
        line->flags &= ~(uint32_t)(LINE_REMOVED | LINE_CUT);
        if (covered != 0)
            line->flags |= covered == line->next - line->begin && !replaced ? LINE_REMOVED : LINE_CUT;
    }
}

void document_settle(struct text_document *document)
{
    struct text_cut *cuts = document->cuts;
    size_t kept = 0;
    if (!is_sorted(cuts, document->cut_count))
        qsort(cuts, document->cut_count, sizeof *cuts, compare_cuts);
    for (size_t i = 0; i < document->cut_count; i++) {
        struct text_cut cut = cuts[i];
        struct text_cut *last = kept > 0 ? &cuts[kept - 1] : NULL;
        if (last && cut.end <= last->end)
            continue;
        if (last && cut.begin < last->end)
            cut.begin = last->end;
        if (last && can_join(last, &cut))
            last->end = cut.end;
        else
            cuts[kept++] = cut;
    }
    document->cut_count = kept;
    flag_lines(document);
}

dedup_status document_kept_text(const struct text_document *document, dedup_buffer *out, dedup_error *error)
{
    uint32_t place = 0;
    for (size_t i = 0; i < document->cut_count; i++) {
        const struct text_cut *cut = &document->cuts[i];
        TRY(dedup_buffer_append(out, document->text + place, cut->begin - place, error));
        if (cut->replacement_length != 0)
            TRY(dedup_buffer_append(out, document->replacements.data + cut->replacement, cut->replacement_length,
                                    error));
        place = cut->end;
    }
    return document->length > place ? dedup_buffer_append(out, document->text + place, document->length - place, error)
                                    : DEDUP_OK;
}

/* Appends the keys of whole lines, which stand one after the other. */
static dedup_status append_slices(const struct text_document *document, size_t first, size_t end, struct fold_key *out,
                                  dedup_error *error)
{
    const struct text_line *last = &document->lines[end - 1];
    size_t begin = document->lines[first].key, count = last->key + (size_t)last->key_count - begin;
    TRY(array_reserve(&out->points, &out->capacity, out->count + count, "a fold key", error));
    if (count != 0)
        memcpy(out->points + out->count, document->key.points + begin, count * sizeof *out->points);
    out->count += count;
    return DEDUP_OK;
}

/* Appends the key of text[begin, end). *line is a line at or before `begin` and moves on. */
static dedup_status append_key(const struct text_document *document, uint32_t begin, uint32_t end, size_t *line,
                               struct fold_key *out, dedup_error *error)
{
    const struct text_line *lines = document->lines;
    size_t i = *line;
    while (i < document->line_count && lines[i].next <= begin)
        i++;
    if (begin < end && begin > lines[i].begin) {
        uint32_t stop = end < lines[i].next ? end : lines[i].next;
        TRY(fold_append(out, document->text + begin, stop - begin, error));
        begin = stop;
        i += stop == lines[i].next;
    }
    size_t first = i;
    while (i < document->line_count && lines[i].next <= end)
        i++;
    if (i > first) {
        TRY(append_slices(document, first, i, out, error));
        begin = lines[i - 1].next;
    }
    *line = i;
    return begin < end ? fold_append(out, document->text + begin, end - begin, error) : DEDUP_OK;
}

dedup_status document_kept_key(const struct text_document *document, struct fold_key *out, dedup_error *error)
{
    uint32_t place = 0;
    size_t line = 0;
    for (size_t i = 0; i < document->cut_count; i++) {
        const struct text_cut *cut = &document->cuts[i];
        TRY(append_key(document, place, cut->begin, &line, out, error));
        if (cut->replacement_length != 0)
            TRY(fold_append(out, document->replacements.data + cut->replacement, cut->replacement_length, error));
        place = cut->end;
    }
    return append_key(document, place, document->length, &line, out, error);
}
