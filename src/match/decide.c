#include "base/failure.h"
#include "match/buckets.h"
#include "match/contain.h"
#include "match/cover.h"
#include "match/nodes.h"

/* Compares the keys of units whose hashes are equal. One that only seems equal, which an attacker can bring about, is
 * taken out of its text; it survives. */
static dedup_status check_twins(struct matcher *matcher, dedup_error *error)
{
    for (size_t i = 0; i < matcher->twin_count; i++) {
        const struct twin *twin = &matcher->twins[i];
        uint32_t text = matcher->unit_texts[twin->unit];
        if (text == NONE)
            continue;
        struct key_ref first = text_ref(&matcher->texts[text]), other = {twin->begin, first.count};
        bool equal;
        TRY(key_store_equal(matcher->keys, first, other, &equal, error));
        if (!equal)
            matcher->unit_texts[twin->unit] = NONE;
    }
    return DEDUP_OK;
}

/* Extends the verdicts on texts to all their units. */
static void judge_units(const struct matcher *matcher, const struct nodes *nodes, const uint32_t *order, size_t count,
                        struct match_verdict *verdicts)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t unit = order[i], text = matcher->unit_texts[unit];
        if (text == NONE)
            continue;
        uint32_t best = nodes->units[nodes->of_text[text]];
        if (unit != best && verdicts[best].method == MATCH_KEPT)
            verdicts[unit] = (struct match_verdict){best, 1, MATCH_EXACT};
        else
            verdicts[unit] = verdicts[best];
    }
}

static void count_verdicts(const struct matcher *matcher, const uint32_t *order, size_t count,
                           const struct match_verdict *verdicts, struct match_counts *counts)
{
    for (size_t i = 0; i < count; i++) {
        counts->units += matcher->unit_texts[order[i]] != NONE;
        counts->exact += verdicts[order[i]].method == MATCH_EXACT;
        counts->near += verdicts[order[i]].method == MATCH_NEAR;
        counts->contained += verdicts[order[i]].method == MATCH_CONTAINED;
    }
}

static dedup_status judge_nodes(struct matcher *matcher, const struct nodes *nodes, struct match_verdict *verdicts,
                                struct match_counts *counts, dedup_error *error)
{
    struct buckets buckets = {0};
    struct containers containers = {0};
    dedup_status status = buckets_make(matcher, nodes, &buckets, error);
    matcher_drop_bands(matcher);
    if (status == DEDUP_OK)
        status = containers_make(matcher, nodes, &containers, error);
    matcher_drop_samples(matcher);
    if (status == DEDUP_OK) {
        counts->skipped += containers.skipped;
        status = cover_nodes(matcher, nodes, &buckets, &containers, verdicts, counts, error);
    }
    buckets_release(&buckets);
    containers_release(&containers);
    return status;
}

dedup_status matcher_decide(struct matcher *matcher, const uint32_t *order, size_t count,
                            struct match_verdict *verdicts, struct match_counts *counts, dedup_error *error)
{
    struct nodes nodes;
    *counts = (struct match_counts){0};
    matcher_drop_table(matcher);
    TRY(check_twins(matcher, error));
    TRY(nodes_make(matcher, order, count, &nodes, error));
    for (size_t unit = 0; unit < matcher->unit_count; unit++)
        verdicts[unit] = (struct match_verdict){(uint32_t)unit, 0, MATCH_KEPT};
    counts->distinct = nodes.count;
    dedup_status status = judge_nodes(matcher, &nodes, verdicts, counts, error);
    if (status == DEDUP_OK) {
        judge_units(matcher, &nodes, order, count, verdicts);
        count_verdicts(matcher, order, count, verdicts, counts);
    }
    nodes_release(&nodes);
    matcher_drop_texts(matcher);
    return status;
}
