/* What a run found beyond its counts: what the report for people shows. Everything is borrowed, bounded in number and
 * length, and the same for any number of threads. */
#ifndef DEDUP_REPORT_FINDINGS_H
#define DEDUP_REPORT_FINDINGS_H

#include "dedup/run.h"

enum { FINDINGS_SIMILARITIES = 101, FINDINGS_SIZES = 32 };

/* The cleaned text of a document. */
struct report_text {
    const char *name;
    const char *text;
    size_t length;
    bool cut; /* this is only how it begins */
};

struct report_pair {
    struct report_text kept, dropped;
    double similarity;
    const char *method; /* "exact", "near", "contained" */
};

/* Documents of which one stays. */
struct report_cluster {
    const char *kept;
    uint64_t exact, near, contained; /* those that do not stay */
    const struct report_pair *pairs; /* the least similar of them */
    size_t pair_count;
};

/* A stretch that was removed. */
struct report_mark {
    size_t begin, end;  /* bytes of the text */
    const char *reason; /* as in the removal log */
    bool duplicate;     /* not boilerplate */
};

/* A document that stays, as it was. */
struct report_loss {
    struct report_text text;
    uint64_t characters, removed;
    const struct report_mark *marks; /* those within the text, in order */
    size_t mark_count;
};

struct report_source {
    const char *name;
    dedup_volume in, out; /* without bytes */
    uint64_t boilerplate; /* characters */
};

/* A line that a rule removed. */
struct report_line {
    const char *rule, *text;
    const char *source; /* that it was learned for; NULL: a rule names it */
    uint64_t count;
};

struct report_findings {
    uint64_t near[FINDINGS_SIMILARITIES], contained[FINDINGS_SIMILARITIES]; /* documents by similarity, in hundredths */
    uint64_t cluster_count;
    uint64_t sizes[FINDINGS_SIZES];  /* clusters with [2^i + 1, 2^(i+1)] documents, the one that stays included */
    const struct report_pair *pairs; /* near and contained, the least similar first */
    size_t pair_count;
    const struct report_cluster *clusters; /* the largest first */
    size_t shown_clusters;
    const struct report_loss *losses; /* the largest first */
    size_t loss_count;
    const struct report_source *sources; /* most characters first */
    size_t source_count, more_sources;
    const struct report_line *lines; /* the most frequent first */
    size_t line_count;
    const struct report_line *learned;
    size_t learned_count;
    bool lines_least; /* counts of lines are lower bounds */
};

#endif
