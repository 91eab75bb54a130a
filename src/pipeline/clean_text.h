/* Cleaning a document with everything that belongs to it: rules, repeats, rules again, until nothing changes. */
#ifndef DEDUP_PIPELINE_CLEAN_TEXT_H
#define DEDUP_PIPELINE_CLEAN_TEXT_H

#include "clean/cleaner.h"
#include "match/repeats.h"

struct text_cleaner; /* a cleaning worker, scratch for repeats and for the passes after the first: one per thread */

/* `cleaner` may be NULL: no rules. `threshold`: see repeats.h. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status text_cleaner_create(const dedup_cleaner *cleaner, double threshold,
                                                 struct text_cleaner **out, dedup_error *error);
void text_cleaner_free(struct text_cleaner *cleaner); /* NULL is fine */

/* Works at another level than the cleaner's from now on. Only with a cleaner that is not off. */
void text_cleaner_set_level(struct text_cleaner *cleaner, dedup_clean_level level);

/* Cleans with what was learned about a source from now on (see clean/learn.h); NULL: without. */
void text_cleaner_learned(struct text_cleaner *cleaner, const struct learned_source *learned);
/* What the last cleaning cut by what was learned; only with a cleaner. */
const struct learn_notes *text_cleaner_notes(const struct text_cleaner *cleaner);

enum repeat_handling { REPEATS_IGNORED, REPEATS_CUT, REPEATS_COUNTED };

struct text_cleaning {
    enum paragraph_mode mode;
    enum repeat_handling repeats;
    const struct paragraph_list *whole; /* the paragraphs of the whole text, NULL when they are not known */
};

struct text_outcome {
    bool restored; /* see clean_outcome */
    struct repeat_counts repeats;
};

/* Adds the cuts of all passes to `document`, which comes fresh from document_set, and settles them. A document that is
 * not at rest after a few passes is hostile and stays whole. Afterwards cleaning the kept text adds no cut.
 * Errors: MEMORY. */
DEDUP_NODISCARD dedup_status text_cleaner_clean(struct text_cleaner *cleaner, struct text_document *document,
                                                const struct text_cleaning *how, struct text_outcome *outcome,
                                                dedup_error *error);

#endif
