/* What a document is searched for once, before anything is done to it: signs, and patterns whose literals its lines
 * have. */
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "clean/worker.h"

/* Appends the patterns of rules that work and whose literals line `number` has. */
static dedup_status list_line(struct clean_worker *worker, const struct text_document *document, size_t number,
                              dedup_error *error)
{
    const struct rule_set *set = &worker->cleaner->rules;
    const struct text_line *line = &document->lines[number];
    struct candidates *found = &worker->candidates;
    size_t end = (size_t)line->key + line->key_count;
    if (place_map_next(&worker->near, line->key, end) == end)
        return DEDUP_OK;
    prefilter_find(&set->prefilter, &worker->near, line->key, document->key.points + line->key, line->key_count,
                   &worker->hits);
    if (worker->hits.count == 0)
        return DEDUP_OK;
    prefilter_hits_sort(&worker->hits);
    TRY(array_reserve(&found->patterns, &found->capacity, found->count + worker->hits.count, "candidate rules", error));
    for (size_t i = 0; i < worker->hits.count; i++)
        if (rule_works(worker, set->patterns[worker->hits.patterns[i]].rule))
            found->patterns[found->count++] = worker->hits.patterns[i];
    return DEDUP_OK;
}

dedup_status find_candidates(struct clean_worker *worker, const struct text_document *document, dedup_error *error)
{
    const struct rule_set *set = &worker->cleaner->rules;
    struct candidates *found = &worker->candidates;
    TRY(signs_find(&set->signs, document->text, document->length, &worker->signs, error));
    TRY(gate_scan(&set->prefilter.gate, document->key.points, document->key.count, &worker->near, error));
    TRY(prefilter_hits_reserve(&worker->hits, set->pattern_count, error));
    TRY(array_reserve(&found->ends, &found->end_capacity, document->line_count, "lines", error));
    found->count = 0;
    for (size_t i = 0; i < document->line_count; i++) {
        TRY(list_line(worker, document, i, error));
        found->ends[i] = found->count;
    }
    return DEDUP_OK;
}

void take_candidates(struct clean_worker *worker, size_t line, const char *kinds)
{
    const struct rule_set *set = &worker->cleaner->rules;
    const struct candidates *found = &worker->candidates;
    worker->hits.count = 0;
    for (size_t i = line > 0 ? found->ends[line - 1] : 0; i < found->ends[line]; i++) {
        uint32_t pattern = found->patterns[i];
        if (strchr(kinds, set->rules[set->patterns[pattern].rule].kind))
            worker->hits.patterns[worker->hits.count++] = pattern;
    }
}
