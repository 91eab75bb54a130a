/* Which duplicates the report shows: histograms of all, the least similar pairs, the largest clusters. */
#ifndef DEDUP_PIPELINE_SURVEY_CHOICE_H
#define DEDUP_PIPELINE_SURVEY_CHOICE_H

#include "pipeline/survey.h"
#include "report/findings.h"

struct chosen_cluster {
    uint32_t keeper;
    uint64_t size;                    /* documents that do not stay */
    uint64_t methods[4];              /* of them, by enum match_method */
    uint32_t members[SURVEY_MEMBERS]; /* the least similar */
    size_t member_count;
};

struct survey_choice {
    uint64_t near[FINDINGS_SIMILARITIES], contained[FINDINGS_SIMILARITIES];
    uint64_t cluster_count, sizes[FINDINGS_SIZES];
    uint32_t pairs[SURVEY_PAIRS]; /* documents that do not stay, the least similar first */
    size_t pair_count;
    struct chosen_cluster clusters[SURVEY_CLUSTERS];
    size_t shown_clusters;
};

/* Linear in the documents; needs 4 bytes of memory for each while it works. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status survey_choose(const struct job *job, struct survey_choice *out, dedup_error *error);

#endif
