/* What the notes of a batch and the survey hold alike. */
#ifndef DEDUP_PIPELINE_SURVEY_NOTES_H
#define DEDUP_PIPELINE_SURVEY_NOTES_H

#include "pipeline/survey.h"

/* A stretch that was removed from a text. */
struct survey_mark {
    uint32_t begin, end, reason; /* as in struct text_cut */
};

/* A document that lost much. */
struct survey_loss {
    uint32_t document, characters, removed;
    bool cut; /* `text` is only how it begins */
    dedup_buffer text;
    struct survey_mark *marks;
    size_t mark_count, mark_capacity;
};

/* The largest, in order. */
struct survey_losses {
    struct survey_loss items[SURVEY_LOSSES];
    size_t count;
};

struct survey_notes {
    struct tally lines, sources;
    struct survey_losses losses;
    struct noted_text {
        uint32_t document;
        bool cut;
        size_t begin, length; /* in `texts` */
    } * noted;
    size_t noted_count, noted_capacity;
    dedup_buffer texts, key;
};

void survey_losses_init(struct survey_losses *losses);
void survey_losses_release(struct survey_losses *losses);
/* Makes room for a loss at its place and returns it, with the memory of the one that falls out; NULL when there are
 * larger ones enough. */
struct survey_loss *survey_losses_insert(struct survey_losses *losses, uint32_t document, uint32_t removed);

#endif
