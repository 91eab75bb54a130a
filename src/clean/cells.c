/* Tables that a converter wrote one cell a line. */
#include <stdlib.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "clean/worker.h"
#include "text/fold_table.h"

enum {
    LABEL_LETTERS = 10,  /* longest name of a value */
    LABEL_SHARE = 3,     /* one line in so many with such a name makes a list of facts */
    FACTS_RUN = 4,       /* names with their values in a row that are content */
    CELL_LETTERS = 16,   /* longest cell */
    CELL_RUN = 30,       /* cells that make a table */
    FIGURE_SHARE = 5,    /* one cell in so many is a figure or date */
    REGULAR_PERCENT = 40 /* so many are figures, or the same as another cell */
};

/* Where the value begins in a line with a name and a value, NULL in any other. A colon behind a digit tells the time.
 */
static const char *value_of(const struct text_document *document, size_t line)
{
    const char *begin = line_text(document, line), *end = begin + line_length(document, line);
    unsigned letters = 0;
    for (const char *next = begin; next < end && letters <= LABEL_LETTERS;) {
        uint32_t point = utf8_next(&next);
        unsigned class = class_of_point(point);
        if (point == ':' || point == 0xff1a)
            return letters > 0 ? next : NULL;
        if (class & POINT_NUMBER)
            return NULL;
        letters += (class & POINT_LETTER) != 0;
    }
    return NULL;
}

bool has_label(const struct text_document *document, size_t line)
{
    return value_of(document, line) != NULL;
}

void keep_facts(const struct clean_worker *worker, const struct text_document *document, size_t lines)
{
    size_t first = 0, count = 0;
    if (lines < FACTS_RUN)
        return;
    for (size_t i = 0; i <= document->line_count; i++) {
        if (i < document->line_count && !(worker->kinds[i] & KIND_LIVE))
            continue;
        const char *value =
            i < document->line_count && worker->kinds[i] & (KIND_LINE | KIND_CALL) ? value_of(document, i) : NULL;
        if (value && !text_is_blank(value, (size_t)(document->text + document->lines[i].end - value))) {
            first = count == 0 ? i : first;
            count++;
            continue;
        }
        for (size_t line = first; count >= FACTS_RUN && line < i; line++)
            if (worker->kinds[line] & KIND_LIVE)
                worker->kinds[line] = KIND_LIVE | KIND_TEXT;
        count = 0;
    }
}

bool is_facts(const struct clean_worker *worker, const struct text_document *document, size_t begin, size_t end)
{
    size_t labels = 0, live = 0;
    for (size_t i = begin; i < end; i++)
        if (worker->kinds[i] & KIND_LIVE) {
            live++;
            labels += has_label(document, i);
        }
    return labels * LABEL_SHARE >= live;
}

static bool is_cell(const struct clean_worker *worker, const struct text_document *document, size_t line)
{
    return worker->kinds[line] & (KIND_LINE | KIND_CALL) && document->lines[line].key_count <= CELL_LETTERS;
}

/* True when the cell begins with a number that does not count entries of a list: "2005年10月11日", "81.6%", "2-1". */
static bool is_figure(const struct text_document *document, size_t line)
{
    const char *next = line_text(document, line), *end = next + line_length(document, line);
    const char *digits = next;
    while (next < end && *next >= '0' && *next <= '9')
        next++;
    if (next == digits)
        return false;
    bool more = end - next > 1 && next[1] >= '0' && next[1] <= '9';
    uint32_t point = next < end ? utf8_next(&next) : '%';
    switch (point) {
    case '.':
    case ',': return more;
    case '-':
    case '/':
    case ':':
    case '%':
    case 0xff05:
    case U'年':
    case U'月':
    case U'日':
    case U'万':
    case U'亿':
    case U'元': return true;
    default: return false;
    }
}

/* Orders lines by their hash, equal ones by place. */
static int by_hash(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    return x->hash != y->hash ? (x->hash > y->hash) - (x->hash < y->hash) : (x->line > y->line) - (x->line < y->line);
}

/* Whether the cells of [begin, end) are a table: many figures, and cells that come again. Errors: MEMORY. */
static dedup_status is_table(struct clean_worker *worker, const struct text_document *document, size_t begin,
                             size_t end, bool *table, dedup_error *error)
{
    size_t count = 0, figures = 0, again = 0;
    for (size_t i = begin; i < end; i++) {
        const struct text_line *line = &document->lines[i];
        if (!(worker->kinds[i] & KIND_LIVE))
            continue;
        TRY(array_reserve(&worker->cells, &worker->cell_capacity, count + 1, "cells", error));
        worker->cells[count++] = (struct cell){
            hash64_of(document->key.points + line->key, line->key_count * sizeof *document->key.points),
            (uint32_t)i,
            is_figure(document, i),
        };
    }
    qsort(worker->cells, count, sizeof *worker->cells, by_hash);
    for (size_t i = 0; i < count; i++) {
        const struct cell *cell = &worker->cells[i];
        figures += cell->figure;
        again +=
            !cell->figure && ((i > 0 && cell[-1].hash == cell->hash) || (i + 1 < count && cell[1].hash == cell->hash));
    }
    *table = count >= CELL_RUN && figures * FIGURE_SHARE >= count && (figures + again) * 100 >= count * REGULAR_PERCENT;
    return DEDUP_OK;
}

dedup_status cut_cells(struct clean_worker *worker, struct text_document *document, size_t lines,
                       struct clean_outcome *outcome, dedup_error *error)
{
    if (lines < CELL_RUN)
        return DEDUP_OK;
    for (size_t i = 0, end; i < document->line_count; i = end) {
        bool table = false;
        size_t count = 0;
        for (end = i; end < document->line_count; end++) {
            if (worker->kinds[end] & KIND_LIVE && !is_cell(worker, document, end))
                break;
            count += (worker->kinds[end] & KIND_LIVE) != 0;
        }
        if (count >= CELL_RUN)
            TRY(is_table(worker, document, i, end, &table, error));
        for (size_t line = i; table && line < end; line++)
            if (worker->kinds[line] & KIND_LIVE)
                TRY(cut_zone_line(worker, document, line, RULE_CELLS, outcome, error));
        end += end == i;
    }
    return DEDUP_OK;
}
