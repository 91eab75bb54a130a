/* Any text through the cleaner: removals are ordered and inside the text, and a clean text is at rest. */
#include <stdlib.h>
#include <string.h>

#include "dedup/clean.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct order {
    size_t place, length;
};

static void check(void *context, const dedup_removal *removal)
{
    struct order *order = context;
    if (removal->begin < order->place || removal->end <= removal->begin || removal->end > order->length)
        abort();
    order->place = removal->end;
}

static void check_line(void *context, const dedup_line *line)
{
    size_t *number = context;
    bool same = line->length == line->kept_length && memcmp(line->text, line->kept, line->length) == 0;
    if (line->number != ++*number || (line->removed && line->kept_length != 0) || (!same && !*line->rules))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static dedup_cleaner *cleaners[DEDUP_CLEAN_AGGRESSIVE + 1];
    if (size == 0)
        return 0;
    dedup_clean_level level = (dedup_clean_level)(DEDUP_CLEAN_SAFE + data[0] % DEDUP_CLEAN_AGGRESSIVE);
    if (!cleaners[level] && dedup_cleaner_create(level, &cleaners[level], NULL) != DEDUP_OK)
        abort();
    const char *text = (const char *)data + 1;
    dedup_buffer once, twice;
    dedup_buffer_init(&once, SIZE_MAX);
    dedup_buffer_init(&twice, SIZE_MAX);
    struct order order = {.length = size - 1};
    size_t lines = 0;
    dedup_status status = dedup_cleaner_clean(cleaners[level], text, size - 1, &once, check, &order, NULL);
    if (dedup_cleaner_explain(cleaners[level], text, size - 1, check_line, &lines, NULL) != status)
        abort();
    if (status == DEDUP_OK) {
        const char *kept = once.data ? once.data : "";
        if (dedup_cleaner_clean(cleaners[level], kept, once.length, &twice, NULL, NULL, NULL) != DEDUP_OK ||
            twice.length != once.length || memcmp(kept, twice.data ? twice.data : "", once.length) != 0)
            abort();
    } else if (status != DEDUP_ERROR_FORMAT) {
        abort();
    }
    dedup_buffer_release(&once);
    dedup_buffer_release(&twice);
    return 0;
}
