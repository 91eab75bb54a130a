#include <string.h>

#include "base/failure.h"
#include "dedup/text.h"
#include "text/encoding.h"

static dedup_status decode_with(struct decoder *decoder, const void *bytes, size_t length, const char *label,
                                dedup_buffer *utf8, dedup_decoded *info, dedup_error *error)
{
    struct encoding encoding;
    struct decoded decoded;
    if (label) {
        TRY(encoding_named(label, &encoding, error));
        (void)encoding_of_mark(bytes, length, &encoding);
    } else {
        TRY(encoding_detect(decoder, bytes, length, &encoding, error));
    }
    TRY(decoder_decode(decoder, &encoding, bytes, length, &decoded, error));
    TRY(dedup_buffer_append(utf8, decoded.text, decoded.length, error));
    if (info) {
        *info = (dedup_decoded){.repairs = decoded.repair_count};
        memcpy(info->encoding, encoding.name, sizeof info->encoding);
    }
    return DEDUP_OK;
}

dedup_status dedup_decode(const void *bytes, size_t length, const char *label, dedup_buffer *utf8, dedup_decoded *info,
                          dedup_error *error)
{
    struct decoder *decoder;
    TRY(decoder_create(&decoder, error));
    dedup_status status = decode_with(decoder, bytes, length, label, utf8, info, error);
    decoder_free(decoder);
    return status;
}
