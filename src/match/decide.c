#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "match/buckets.h"
#include "match/contain.h"
#include "match/cover.h"
#include "match/nodes.h"
#include "match/twins.h"

/* Extends the verdicts on texts to all their units, and counts them. */
static void judge_units(const struct matcher *matcher, const struct nodes *nodes, const uint32_t *order, size_t count,
                        struct match_verdict *verdicts, struct match_counts *counts)
{
    uint64_t methods[MATCH_CONTAINED + 1] = {0}, units = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t unit = order[i], text = matcher->unit_texts[unit];
        if (text == NONE)
            continue;
        uint32_t best = nodes->units[nodes->of_text[text]];
        if (unit != best && verdicts[best].method == MATCH_KEPT)
            verdicts[unit] = (struct match_verdict){best, 1, MATCH_EXACT};
        else if (unit != best)
            verdicts[unit] = verdicts[best];
        methods[verdicts[unit].method]++;
        units++;
    }
    counts->units += units;
    counts->exact += methods[MATCH_EXACT];
    counts->near += methods[MATCH_NEAR];
    counts->contained += methods[MATCH_CONTAINED];
}

/* A decision that is made at several thresholds: candidates are searched once. */
struct judgement {
    struct matcher *matcher;
    struct nodes nodes;
    struct buckets buckets;
    struct containers containers;
    uint32_t *members; /* of the buckets, which each cover uses up; NULL while there is one threshold only */
    const uint32_t *order;
    size_t count;
};

/* `threshold`: the highest one. */
static dedup_status find_candidates(struct judgement *judgement, double threshold, bool again, dedup_error *error)
{
    struct buckets *buckets = &judgement->buckets;
    dedup_status status = buckets_make(judgement->matcher, &judgement->nodes, buckets, error);
    matcher_drop_bands(judgement->matcher);
    if (status == DEDUP_OK)
        status = containers_make(judgement->matcher, &judgement->nodes, threshold, &judgement->containers, error);
    matcher_drop_samples(judgement->matcher);
    if (status != DEDUP_OK || !again)
        return status;
    size_t members = (size_t)buckets->begins[buckets->count];
    judgement->members = malloc((members + 1) * sizeof *judgement->members);
    if (!judgement->members)
        return fail_memory(error, "candidates");
    if (members != 0)
        memcpy(judgement->members, buckets->members, members * sizeof *judgement->members);
    return DEDUP_OK;
}

/* Judges all units at the matcher's threshold. */
static dedup_status judge(struct judgement *judgement, struct match_verdict *verdicts, struct match_counts *counts,
                          dedup_error *error)
{
    const struct matcher *matcher = judgement->matcher;
    struct buckets *buckets = &judgement->buckets;
    size_t members = (size_t)buckets->begins[buckets->count];
    if (judgement->members && members != 0)
        memcpy(buckets->members, judgement->members, members * sizeof *judgement->members);
    *counts = (struct match_counts){.distinct = judgement->nodes.count, .skipped = judgement->containers.skipped};
    for (size_t unit = 0; unit < matcher->unit_count; unit++)
        verdicts[unit] = (struct match_verdict){(uint32_t)unit, 0, MATCH_KEPT};
    TRY(cover_nodes(matcher, &judgement->nodes, buckets, &judgement->containers, verdicts, counts, error));
    judge_units(matcher, &judgement->nodes, judgement->order, judgement->count, verdicts, counts);
    return DEDUP_OK;
}

static dedup_status judge_all(struct judgement *judgement, const struct match_sweep *sweep,
                              struct match_verdict *verdicts, dedup_error *error)
{
    struct match_counts counts;
    double highest = sweep->thresholds[0];
    for (size_t i = 1; i < sweep->count; i++)
        highest = sweep->thresholds[i] > highest ? sweep->thresholds[i] : highest;
    TRY(find_candidates(judgement, highest, sweep->count > 1, error));
    for (size_t i = 0; i < sweep->count; i++) {
        judgement->matcher->options.threshold = sweep->thresholds[i];
        TRY(judge(judgement, verdicts, &counts, error));
        TRY(sweep->take(sweep->context, i, verdicts, &counts, error));
    }
    return DEDUP_OK;
}

dedup_status matcher_sweep(struct matcher *matcher, const uint32_t *order, size_t count,
                           const struct match_sweep *sweep, struct match_verdict *verdicts, dedup_error *error)
{
    struct judgement judgement = {.matcher = matcher, .order = order, .count = count};
    double threshold = matcher->options.threshold;
    TRY(twins_find(matcher, order, count, error));
    TRY(nodes_make(matcher, order, count, &judgement.nodes, error));
    dedup_status status = judge_all(&judgement, sweep, verdicts, error);
    matcher->options.threshold = threshold;
    buckets_release(&judgement.buckets);
    containers_release(&judgement.containers);
    free(judgement.members);
    nodes_release(&judgement.nodes);
    matcher_drop_texts(matcher);
    key_store_let_go(matcher->keys);
    return status;
}

static dedup_status take_counts(void *context, size_t index, const struct match_verdict *verdicts,
                                const struct match_counts *counts, dedup_error *error)
{
    (void)index;
    (void)verdicts;
    (void)error;
    *(struct match_counts *)context = *counts;
    return DEDUP_OK;
}

dedup_status matcher_decide(struct matcher *matcher, const uint32_t *order, size_t count,
                            struct match_verdict *verdicts, struct match_counts *counts, dedup_error *error)
{
    const struct match_sweep once = {&matcher->options.threshold, 1, counts, take_counts};
    *counts = (struct match_counts){0};
    return matcher_sweep(matcher, order, count, &once, verdicts, error);
}
