#include "pipeline/survey_choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"

/* Puts `document` into a list that is in order of similarity, then number, of at most `most` documents. */
static void keep_least(const struct match_verdict *verdicts, uint32_t document, uint32_t *list, size_t *count,
                       size_t most)
{
    size_t at = *count;
    while (at > 0 && verdicts[document].similarity < verdicts[list[at - 1]].similarity)
        at--;
    if (at == most)
        return;
    *count += *count < most;
    memmove(list + at + 1, list + at, (*count - at - 1) * sizeof *list);
    list[at] = document;
}

/* Puts a cluster among the largest, those with the first keepers before others of their size. */
static void keep_largest(struct survey_choice *choice, uint32_t keeper, uint64_t size)
{
    struct chosen_cluster *list = choice->clusters;
    size_t at = choice->shown_clusters;
    while (at > 0 && size > list[at - 1].size)
        at--;
    if (at == SURVEY_CLUSTERS)
        return;
    choice->shown_clusters += choice->shown_clusters < SURVEY_CLUSTERS;
    memmove(list + at + 1, list + at, (choice->shown_clusters - at - 1) * sizeof *list);
    list[at] = (struct chosen_cluster){.keeper = keeper, .size = size};
}

static void count_size(struct survey_choice *choice, uint64_t dropped)
{
    size_t power = 0;
    while (power + 1 < FINDINGS_SIZES && dropped >= UINT64_C(1) << (power + 1))
        power++;
    choice->sizes[power]++;
    choice->cluster_count++;
}

/* Counts the similarity of a pair, and keeps it if it is among the least similar. */
static void take_pair(const struct job *job, uint32_t document, struct survey_choice *choice)
{
    const struct match_verdict *verdict = &job->document_verdicts[document];
    if (verdict->method == MATCH_EXACT)
        return;
    float share = verdict->similarity > 0 ? verdict->similarity < 1 ? verdict->similarity : 1 : 0;
    size_t hundredths = (size_t)((double)share * 100 + 1e-4);
    if (verdict->method == MATCH_NEAR)
        choice->near[hundredths]++;
    else
        choice->contained[hundredths]++;
    keep_least(job->document_verdicts, document, choice->pairs, &choice->pair_count, SURVEY_PAIRS);
}

static void take_member(const struct job *job, uint32_t document, struct survey_choice *choice)
{
    const struct match_verdict *verdict = &job->document_verdicts[document];
    for (size_t i = 0; i < choice->shown_clusters; i++) {
        struct chosen_cluster *cluster = &choice->clusters[i];
        if (cluster->keeper != verdict->keeper)
            continue;
        cluster->methods[verdict->method]++;
        keep_least(job->document_verdicts, document, cluster->members, &cluster->member_count, SURVEY_MEMBERS);
        return;
    }
}

dedup_status survey_choose(const struct job *job, struct survey_choice *out, dedup_error *error)
{
    *out = (struct survey_choice){0};
    uint32_t *dropped = calloc(job->record_count + 1, sizeof *dropped); /* by keeper */
    if (!dropped)
        return fail_memory(error, "the sizes of clusters");
    for (uint32_t i = 0; i < job->record_count; i++)
        if (job->document_verdicts[i].method != MATCH_KEPT) {
            dropped[job->document_verdicts[i].keeper]++;
            take_pair(job, i, out);
        }
    for (uint32_t i = 0; i < job->record_count; i++)
        if (dropped[i] != 0) {
            count_size(out, dropped[i]);
            keep_largest(out, i, dropped[i]);
        }
    free(dropped);
    for (uint32_t i = 0; i < job->record_count; i++)
        if (job->document_verdicts[i].method != MATCH_KEPT)
            take_member(job, i, out);
    return DEDUP_OK;
}
