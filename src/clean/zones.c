/* The second step of a pass: what may be cut in the head and the tail only, blocks, fragments. */
#include <string.h>

#include "base/failure.h"
#include "base/utf8.h"
#include "clean/worker.h"

enum { FRAGMENT_REST = 10, FRAGMENTS_PER_LINE = 4 };

/* The head zone is the lines before `head_end`, the tail zone those from `tail_begin` on. */
struct zones {
    size_t head_end, tail_begin;
};

static bool is_prose(const struct text_document *document, size_t line)
{
    return line_live(document, line) && (document->lines[line].flags & LINE_PROSE) != 0;
}

/* A document without prose has no zones: nothing tells its head from its body. */
static struct zones find_zones(const struct text_document *document)
{
    size_t first = 0, last = document->line_count;
    while (first < document->line_count && !is_prose(document, first))
        first++;
    if (first == document->line_count)
        return (struct zones){0, document->line_count};
    while (!is_prose(document, last - 1))
        last--;
    return (struct zones){first, last};
}

/* Lines of code are counted to tell technical documents, so when one goes the document must be judged anew. */
static dedup_status cut_zone_line(struct text_document *document, size_t line, size_t rule,
                                  struct clean_outcome *outcome, dedup_error *error)
{
    outcome->lines = true;
    outcome->inside |= (document->lines[line].flags & LINE_CODE) != 0;
    return cut_line(document, line, rule, error);
}

static dedup_status cut_zone_lines(struct clean_worker *worker, struct text_document *document, size_t begin,
                                   size_t end, struct clean_outcome *outcome, dedup_error *error)
{
    for (size_t i = begin; i < end; i++) {
        size_t rule;
        bool found;
        if (!line_open(worker, document, i))
            continue;
        TRY(match_whole_line(worker, document, i, "ZO", &rule, &found, error));
        if (!found)
            continue;
        TRY(cut_zone_line(document, i, rule, outcome, error));
    }
    return DEDUP_OK;
}

/* Cuts the first block starter of the tail with everything below it. */
static dedup_status cut_block(struct clean_worker *worker, struct text_document *document, size_t begin,
                              struct clean_outcome *outcome, dedup_error *error)
{
    size_t rule = 0;
    bool found = false;
    size_t i = begin;
    for (; i < document->line_count && !found; i++)
        if (line_open(worker, document, i))
            TRY(match_whole_line(worker, document, i, "B", &rule, &found, error));
    for (size_t line = i - 1; found && line < document->line_count; line++)
        if (line_live(document, line)) {
            TRY(cut_zone_line(document, line, rule, outcome, error));
        }
    return DEDUP_OK;
}

/* Letters and digits in [begin, end) of the text, counted up to FRAGMENT_REST. */
static unsigned letters_between(const struct text_document *document, uint32_t begin, uint32_t end)
{
    unsigned letters = 0;
    for (const char *next = document->text + begin; next < document->text + end && letters < FRAGMENT_REST;)
        letters += (point_class(utf8_next(&next)) & (POINT_LETTER | POINT_NUMBER)) != 0;
    return letters;
}

static bool enough_left(const struct text_document *document, const struct fragment *fragment, uint32_t begin,
                        uint32_t end)
{
    return letters_between(document, begin, fragment->begin) + letters_between(document, fragment->end, end) >=
           FRAGMENT_REST;
}

/* Cuts fragments off one line, from the ends inwards. A fragment inside the line ends the search: what its neighbours
 * are is for the next pass to see. */
static dedup_status cut_line_fragments(struct clean_worker *worker, struct text_document *document, size_t line,
                                       struct clean_outcome *outcome, dedup_error *error)
{
    uint32_t begin = document->lines[line].begin, end = document->lines[line].end;
    for (unsigned i = 0; i < FRAGMENTS_PER_LINE && begin < end; i++) {
        struct fragment fragment;
        bool found;
        TRY(match_fragment(worker, document, begin, end, &fragment, &found, error));
        if (!found || !enough_left(document, &fragment, begin, end))
            break;
        outcome->inside = true;
        TRY(cut_part(document, line, fragment.begin, fragment.end, fragment.rule, NULL, 0, error));
        if (fragment.begin == begin)
            begin = fragment.end;
        else if (fragment.end == end)
            end = fragment.begin;
        else
            break;
    }
    return DEDUP_OK;
}

static dedup_status cut_fragments(struct clean_worker *worker, struct text_document *document,
                                  struct clean_outcome *outcome, dedup_error *error)
{
    for (size_t i = 0; i < document->line_count; i++)
        if (line_open(worker, document, i) && !(document->lines[i].flags & LINE_CUT))
            TRY(cut_line_fragments(worker, document, i, outcome, error));
    return DEDUP_OK;
}

dedup_status clean_zones(struct clean_worker *worker, struct text_document *document, bool first,
                         struct clean_outcome *outcome, dedup_error *error)
{
    struct zones zones = find_zones(document);
    if (worker->level >= DEDUP_CLEAN_STANDARD)
        TRY(cut_block(worker, document, zones.tail_begin, outcome, error));
    if (worker->level >= DEDUP_CLEAN_STANDARD && first)
        TRY(cut_fragments(worker, document, outcome, error));
    TRY(cut_zone_lines(worker, document, 0, zones.head_end, outcome, error));
    TRY(cut_zone_lines(worker, document, zones.tail_begin, document->line_count, outcome, error));
    outcome->restored |= govern(worker, document);
    return DEDUP_OK;
}

dedup_status clean_finish(struct text_document *document, dedup_error *error)
{
    document_settle(document);
    return document_collapse_blanks(document, error);
}
