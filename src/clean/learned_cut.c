/* Cutting what was learned about a source. */
#include "base/failure.h"
#include "clean/worker.h"

enum { SHARED_LETTERS = 16, SHARED_TIMES = 2, SHARED_SURE = 64 };

/* The lines that are looked at, in order, and what is known of them. */
struct edge_lines {
    size_t lines[LEARNED_LINES];
    struct learned_match matches[LEARNED_LINES];
    bool cut[LEARNED_LINES];
    size_t count;
};

/* A line that is not known as a whole may go beside one that is. The first line may be the title, unless it has a label
 * that recurs, and prose must be template for the greater part. */
static bool may_follow(const struct text_document *document, const struct edge_lines *edges, size_t i)
{
    size_t line = edges->lines[i];
    bool title = i == 0 && !(edges->matches[i].parts & 1u << LEARNED_LABEL);
    if (edges->matches[i].parts == 0 || title || is_markup(line_text(document, line), line_length(document, line)))
        return false;
    bool prose = (document->lines[line].flags & LINE_PROSE) != 0;
    uint32_t shared = edges->matches[i].shared;
    return !prose || shared >= SHARED_SURE || shared * SHARED_TIMES >= document->lines[line].key_count;
}

/* A line that begins and ends as others do goes by itself when much of it is the same. */
static bool goes_alone(const struct text_document *document, const struct edge_lines *edges, size_t i)
{
    uint32_t shared = edges->matches[i].shared;
    bool much = shared >= SHARED_LETTERS && shared * SHARED_TIMES >= document->lines[edges->lines[i]].key_count;
    return (much || shared >= SHARED_SURE) && may_follow(document, edges, i);
}

static void spread(const struct text_document *document, struct edge_lines *edges)
{
    for (size_t i = 0; i + 1 < edges->count; i++)
        if (edges->cut[i] && !edges->cut[i + 1])
            edges->cut[i + 1] = may_follow(document, edges, i + 1);
    for (size_t i = edges->count; i > 1; i--)
        if (edges->cut[i - 1] && !edges->cut[i - 2])
            edges->cut[i - 2] = may_follow(document, edges, i - 2);
}

dedup_status cut_learned(struct clean_worker *worker, struct text_document *document, struct clean_outcome *outcome,
                         dedup_error *error)
{
    struct edge_lines edges;
    size_t heads;
    edges.count = learned_lines(document, edges.lines, &heads);
    for (size_t i = 0; i < edges.count; i++) {
        edges.matches[i] = learned_look_up(worker->learned, worker->source, document, edges.lines[i], i < heads);
        edges.cut[i] = (edges.matches[i].parts & 1u << LEARNED_LINE) != 0 || goes_alone(document, &edges, i);
    }
    spread(document, &edges);
    for (size_t i = 0; i < edges.count; i++) {
        if (!edges.cut[i])
            continue;
        bool whole = (edges.matches[i].parts & 1u << LEARNED_LINE) != 0;
        TRY(cut_line(document, edges.lines[i], whole ? RULE_LEARNED : RULE_LEARNED_PART, error));
        outcome->lines = true;
    }
    return DEDUP_OK;
}
