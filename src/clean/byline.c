/* Who wrote it and when, between the title and the text; tags glued to one word below it. */
#include <string.h>

#include "base/failure.h"
#include "base/utf8.h"
#include "clean/worker.h"

enum {
    BYLINE_REACH = 4,     /* live lines above the body among which bylines are */
    ACCOUNT_LETTERS = 10, /* longest name of an account above its time */
    TAG_TIMES = 3,        /* how often the text uses each of the tags */
    TAG_LETTERS = 3,      /* shortest tag */
    TAGS_LETTERS = 24     /* longest line of tags */
};

static bool begins_with_digit(const struct text_document *document, size_t line)
{
    const uint32_t *points = document->key.points + document->lines[line].key;
    return document->lines[line].key_count != 0 && point_class(points[0]) & POINT_NUMBER;
}

/* The rule of metadata that takes a line between title and text. */
static dedup_status match_byline(struct clean_worker *worker, const struct text_document *document, size_t line,
                                 size_t *rule, bool *found, dedup_error *error)
{
    *found = false;
    if (!line_open(worker, document, line) || document->lines[line].flags & LINE_PROSE)
        return DEDUP_OK;
    worker->head = true;
    dedup_status status = match_whole_line(worker, document, line, CLASS_Z | CLASS_O, rule, found, error);
    worker->head = false;
    *found = *found && worker->cleaner->rules.rules[*rule].kind == 'O';
    return status;
}

/* Whether a line below `begin` is made like the date in line `line`: then dates are headings here. */
static dedup_status comes_again(struct clean_worker *worker, const struct text_document *document, size_t line,
                                size_t begin, bool *again, dedup_error *error)
{
    *again = false;
    for (size_t i = begin; i < document->line_count && !*again; i++) {
        size_t rule;
        if (begins_with_digit(document, i) && document->lines[i].key_count <= 2 * document->lines[line].key_count)
            TRY(match_byline(worker, document, i, &rule, again, error));
    }
    return DEDUP_OK;
}

dedup_status cut_bylines(struct clean_worker *worker, struct text_document *document, size_t begin,
                         struct clean_outcome *outcome, dedup_error *error)
{
    size_t first = 0, before = SIZE_MAX;
    while (first < begin && !(worker->kinds[first] & KIND_LIVE))
        first++;
    size_t from = begin;
    for (unsigned live = 0; from > first && live < BYLINE_REACH; from--)
        live += (worker->kinds[from - 1] & KIND_LIVE) != 0;
    for (size_t i = from; i < begin; i++) {
        size_t rule;
        bool found, again = false, date = begins_with_digit(document, i);
        if (!(worker->kinds[i] & KIND_LIVE))
            continue;
        size_t above = before;
        before = i;
        TRY(match_byline(worker, document, i, &rule, &found, error));
        if (!found || (date && i == first))
            continue;
        if (date)
            TRY(comes_again(worker, document, i, begin, &again, error));
        if (again)
            continue;
        bool account = date && above != SIZE_MAX && above != first && worker->kinds[above] & KIND_SHORT &&
                       document->lines[above].key_count <= ACCOUNT_LETTERS && !begins_with_digit(document, above);
        if (account)
            TRY(cut_zone_line(worker, document, above, RULE_BYLINE, outcome, error));
        TRY(cut_zone_line(worker, document, i, rule, outcome, error));
    }
    return DEDUP_OK;
}

/* How often the points stand in the keys of lines [0, end), which lie one behind the other; at most `most`. */
static unsigned times_in(const struct text_document *document, size_t end, const uint32_t *points, size_t count,
                         unsigned most)
{
    const uint32_t *key = document->key.points;
    size_t length = document->lines[end].key;
    unsigned times = 0;
    for (size_t i = 0; i + count <= length && times < most; i++)
        times += key[i] == points[0] && memcmp(key + i, points, count * sizeof *points) == 0;
    return times;
}

/* True when the line is nothing but words that the text above it uses again and again, two at least, glued together.
 * Dates and names of offices below a text are not. */
static bool is_glued(const struct text_document *document, size_t line)
{
    const uint32_t *points = document->key.points + document->lines[line].key;
    size_t count = document->lines[line].key_count;
    bool ends[TAGS_LETTERS + 1] = {true};
    if (count < 2 * TAG_LETTERS || count > TAGS_LETTERS)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!(point_class(points[i]) & POINT_LETTER))
            return false;
    /* The first tag is no rarer than its first letters, so nearly every line is known by these. */
    if (times_in(document, line, points, TAG_LETTERS, TAG_TIMES) != TAG_TIMES ||
        times_in(document, line, points, count, 1) != 0)
        return false;
    for (size_t end = TAG_LETTERS; end <= count; end++)
        for (size_t begin = 0; begin + TAG_LETTERS <= end && !ends[end]; begin++)
            ends[end] = ends[begin] && end - begin < count &&
                        times_in(document, line, points + begin, end - begin, TAG_TIMES) == TAG_TIMES;
    return ends[count];
}

dedup_status cut_tags(struct clean_worker *worker, struct text_document *document, size_t end,
                      struct clean_outcome *outcome, dedup_error *error)
{
    size_t last = document->line_count;
    while (last > end && !(worker->kinds[last - 1] & KIND_LIVE))
        last--;
    if (last == end)
        return DEDUP_OK;
    last--;
    bool solid = worker->kinds[last] & KIND_LINE &&
                 utf8_count(line_text(document, last), line_length(document, last)) == document->lines[last].key_count;
    return solid && is_glued(document, last) ? cut_zone_line(worker, document, last, RULE_TAGS, outcome, error)
                                             : DEDUP_OK;
}
