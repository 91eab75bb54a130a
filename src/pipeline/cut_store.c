#include "pipeline/cut_store.h"

#include <string.h>

#include "base/failure.h"

void cut_store_init(struct cut_store *store)
{
    dedup_buffer_init(&store->bytes, SIZE_MAX);
}

void cut_store_release(struct cut_store *store)
{
    dedup_buffer_release(&store->bytes);
}

/* LEB128. */
static char *put_number(char *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *out++ = (char)(value | 0x80);
    *out++ = (char)value;
    return out;
}

static uint32_t take_number(const char **bytes)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char byte = (unsigned char)*(*bytes)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return (uint32_t)value;
    }
}

dedup_status cuts_pack(const struct text_document *document, dedup_buffer *out, dedup_error *error)
{
    uint32_t last = 0;
    for (size_t i = 0; i < document->cut_count; i++) {
        const struct text_cut *cut = &document->cuts[i];
        char head[5 * 5 + sizeof cut->similarity], *next = head;
        next = put_number(next, cut->begin - last);
        next = put_number(next, cut->end - cut->begin);
        next = put_number(next, cut->reason);
        next = put_number(next, cut->kept_line);
        next = put_number(next, cut->replacement_length);
        memcpy(next, &cut->similarity, sizeof cut->similarity);
        next += sizeof cut->similarity;
        TRY(dedup_buffer_append(out, head, (size_t)(next - head), error));
        if (cut->replacement_length != 0)
            TRY(dedup_buffer_append(out, document->replacements.data + cut->replacement, cut->replacement_length,
                                    error));
        last = cut->end;
    }
    return DEDUP_OK;
}

dedup_status cuts_unpack(const char *bytes, size_t count, struct text_document *document, dedup_error *error)
{
    uint32_t last = 0;
    for (size_t i = 0; i < count; i++) {
        struct text_cut cut = {.begin = last + take_number(&bytes)};
        cut.end = cut.begin + take_number(&bytes);
        cut.reason = take_number(&bytes);
        cut.kept_line = take_number(&bytes);
        cut.replacement_length = take_number(&bytes);
        memcpy(&cut.similarity, bytes, sizeof cut.similarity);
        bytes += sizeof cut.similarity;
        cut.replacement = (uint32_t)document->replacements.length;
        TRY(dedup_buffer_append(&document->replacements, bytes, cut.replacement_length, error));
        bytes += cut.replacement_length;
        TRY(document_cut(document, &cut, error));
        last = cut.end;
    }
    return DEDUP_OK;
}
