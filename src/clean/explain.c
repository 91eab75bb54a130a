/* Why a line stayed: rules that know it, and what kept them from taking it. */
#include "base/failure.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "clean/worker.h"

enum { LINE_LIMIT = 1 << 14 }; /* bytes of a line that patterns are tried on */

static bool is_fragment(const struct rule *rule)
{
    return rule->kind == 'F';
}

/* What keeps a rule that knows the line, which has so many characters, from taking it. */
static dedup_obstacle find_obstacle(const struct clean_worker *worker, const struct text_document *document,
                                    size_t line, const struct rule *rule, size_t characters, bool restored)
{
    bool code = (document->lines[line].flags & LINE_FENCED) != 0;
    if (!rule->on)
        return DEDUP_OBSTACLE_OFF;
    if (rule->level > worker->level)
        return DEDUP_OBSTACLE_LEVEL;
    if (!is_fragment(rule) && characters > rule->limit)
        return DEDUP_OBSTACLE_LENGTH;
    if (code || (!is_fragment(rule) && is_markup(line_text(document, line), line_length(document, line))))
        return DEDUP_OBSTACLE_CONTENT;
    if (restored)
        return DEDUP_OBSTACLE_RESTORED;
    return is_fragment(rule) ? DEDUP_OBSTACLE_REST : DEDUP_OBSTACLE_ZONE;
}

static void weigh(struct near_rule *near_by, size_t rule, dedup_obstacle obstacle)
{
    if (near_by->obstacle == DEDUP_OBSTACLE_NONE || obstacle < near_by->obstacle)
        *near_by = (struct near_rule){rule, obstacle};
}

static void try_forms(const struct clean_worker *worker, const struct text_document *document, size_t line,
                      bool restored, struct near_rule *near_by)
{
    const struct rule_set *set = &worker->cleaner->rules;
    const uint32_t *points = document->key.points + document->lines[line].key;
    size_t count = document->lines[line].key_count;
    uint64_t hash = hash64_of(points, count * sizeof *points);
    for (size_t i = rule_set_find_form(set, 0, hash, points, count); i < set->form_count;
         i = rule_set_find_form(set, i + 1, hash, points, count)) {
        size_t rule = set->forms[i].rule;
        weigh(near_by, rule, find_obstacle(worker, document, line, &set->rules[rule], 0, restored));
    }
}

static dedup_status try_patterns(struct clean_worker *worker, const struct text_document *document, size_t line,
                                 bool restored, struct near_rule *near_by, dedup_error *error)
{
    const struct rule_set *set = &worker->cleaner->rules;
    worker->folded.begin = worker->folded.end;
    TRY(fold_stretch(worker, document, document->lines[line].begin, document->lines[line].end, error));
    size_t characters = worker->folded.characters;
    for (size_t i = 0; i < set->pattern_count; i++) {
        const struct rule_pattern *pattern = &set->patterns[i];
        dedup_obstacle obstacle =
            find_obstacle(worker, document, line, &set->rules[pattern->rule], characters, restored);
        if (near_by->obstacle != DEDUP_OBSTACLE_NONE && obstacle >= near_by->obstacle)
            continue;
        bool found;
        TRY(match_pattern(worker, pattern, 0, 0, &found, error));
        if (found)
            weigh(near_by, pattern->rule, obstacle);
    }
    return DEDUP_OK;
}

dedup_status clean_near_rule(struct clean_worker *worker, const struct text_document *document, size_t line,
                             bool restored, struct near_rule *near_by, dedup_error *error)
{
    *near_by = (struct near_rule){0};
    if (document->lines[line].key_count == 0)
        return DEDUP_OK;
    try_forms(worker, document, line, restored, near_by);
    if (line_length(document, line) > LINE_LIMIT)
        return DEDUP_OK;
    return try_patterns(worker, document, line, restored, near_by, error);
}
