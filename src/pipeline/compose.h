/* Cuts of a text that was itself left by cuts, as cuts of the first text. */
#ifndef DEDUP_PIPELINE_COMPOSE_H
#define DEDUP_PIPELINE_COMPOSE_H

#include "text/document.h"

struct composer {
    struct text_cut *cuts; /* owned; scratch */
    size_t count, capacity;
    uint32_t *lines; /* owned; lines[i]: the line of the first text that line i of the second comes from */
    size_t line_capacity;
};

void composer_init(struct composer *composer);
void composer_release(struct composer *composer);

/* `later` is a settled document whose text is the kept text of the settled document `first`. Adds its cuts to those of
 * `first` and settles. *composed is false, and `first` unchanged, when two cuts of `later` take parts of one
 * replacement, which has no form as cuts of `first`. Errors: MEMORY, LIMIT; `first` is unchanged then. */
DEDUP_NODISCARD dedup_status compose_cuts(struct composer *composer, struct text_document *first,
                                          const struct text_document *later, bool *composed, dedup_error *error);

#endif
