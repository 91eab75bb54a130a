/* Any text: what is cut names a copy that stays, counting agrees with cutting, and a second search finds nothing. */
#include <stdlib.h>
#include <string.h>

#include "match/repeats.h"
#include "text/encoding.h"

static void require(bool holds)
{
    if (!holds)
        abort();
}

static struct repeat_counts find(struct repeats *repeats, struct text_document *document, bool cut)
{
    struct repeat_counts counts;
    require(repeats_find(repeats, document, PARAGRAPH_LINE, NULL, cut, &counts, NULL) == DEDUP_OK);
    return counts;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct repeat_counts none;
    struct text_document document;
    struct repeats *repeats;
    dedup_buffer text;
    if (size == 0 || !utf8_valid((const char *)data, size))
        return 0;
    document_init(&document);
    dedup_buffer_init(&text, SIZE_MAX);
    require(repeats_create(0.05 + 0.95 * data[0] / 255, &repeats, NULL) == DEDUP_OK);
    require(document_set(&document, (const char *)data, (uint32_t)size, NULL) == DEDUP_OK);
    struct repeat_counts counted = find(repeats, &document, false), cut = find(repeats, &document, true);
    require(memcmp(&counted, &cut, sizeof cut) == 0);
    for (size_t i = 0; i < document.cut_count; i++)
        require(!(document.lines[document.cuts[i].kept_line].flags & LINE_REMOVED));
    /* What is cut may let a fence of code end elsewhere, so that more repeats; but it comes to an end. */
    while (memcmp(&cut, &none, sizeof cut) != 0) {
        size_t length = document.length;
        dedup_buffer kept; /* a new one: the document borrows the last */
        document_settle(&document);
        dedup_buffer_init(&kept, SIZE_MAX);
        require(dedup_buffer_append(&kept, "", 0, NULL) == DEDUP_OK);
        require(document_kept_text(&document, &kept, NULL) == DEDUP_OK);
        require(kept.length < length);
        require(document_set(&document, kept.data, (uint32_t)kept.length, NULL) == DEDUP_OK);
        cut = find(repeats, &document, true);
        dedup_buffer_release(&text);
        text = kept;
    }
    repeats_free(repeats);
    document_release(&document);
    dedup_buffer_release(&text);
    return 0;
}
