/* Any bytes as a rule pack: read or refused, and what is read can be used. */
#include <stdlib.h>

#include "clean/worker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rule_set set;
    dedup_error error = {0};
    if (rule_set_init(&set, &error) != DEDUP_OK)
        return 0;
    dedup_status status = rule_set_add_pack(&set, "fuzz", (const char *)data, size, &error);
    if (status != DEDUP_OK && (status != DEDUP_ERROR_FORMAT || error.message[0] == '\0') && status != DEDUP_ERROR_LIMIT)
        abort();
    for (size_t i = 0; i < set.pattern_count; i++)
        if (set.patterns[i].rule >= set.rule_count || !set.patterns[i].code)
            abort();
    for (size_t i = 0; i < set.form_count; i++)
        if (set.forms[i].rule >= set.rule_count || set.forms[i].count > set.form_longest)
            abort();
    rule_set_release(&set);
    return 0;
}
