#include "match/nodes.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"

dedup_status nodes_make(const struct matcher *matcher, const uint32_t *order, size_t count, struct nodes *nodes,
                        dedup_error *error)
{
    size_t most = matcher->unit_count < count ? matcher->unit_count : count;
    *nodes = (struct nodes){malloc((most + 1) * sizeof *nodes->units), malloc((most + 1) * sizeof *nodes->texts),
                            malloc((matcher->unit_count + 1) * sizeof *nodes->of_text), 0};
    if (!nodes->units || !nodes->texts || !nodes->of_text) {
        nodes_release(nodes);
        return fail_memory(error, "the order of texts");
    }
    memset(nodes->of_text, 0xff, matcher->unit_count * sizeof *nodes->of_text);
    for (size_t i = 0; i < count; i++) {
        uint32_t text = matcher->unit_texts[order[i]];
        if (text != NONE && nodes->of_text[text] == NONE) {
            nodes->of_text[text] = (uint32_t)nodes->count;
            nodes->units[nodes->count] = order[i];
            nodes->texts[nodes->count++] = text;
        }
    }
    return DEDUP_OK;
}

void nodes_release(struct nodes *nodes)
{
    free(nodes->units);
    free(nodes->texts);
    free(nodes->of_text);
    *nodes = (struct nodes){0};
}
