/* Any bytes in any encoding: the text is valid, every byte is accounted for, positions go both ways. */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "text/encoding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void check(struct decoder *decoder, const struct encoding *encoding, const uint8_t *data, size_t size)
{
    struct decoded decoded;
    require(decoder_decode(decoder, encoding, data, size, &decoded, NULL) == DEDUP_OK);
    require(utf8_valid(decoded.text, decoded.length));
    uint32_t *offsets = malloc((decoded.length + 1u) * 2 * sizeof *offsets), *raw = offsets + decoded.length + 1;
    require(offsets != NULL);
    size_t count = 0;
    for (const char *at = decoded.text; at < decoded.text + decoded.length; (void)utf8_next(&at))
        offsets[count++] = (uint32_t)(at - decoded.text);
    offsets[count++] = decoded.length;
    require(decoder_map(decoder, encoding, data, size, offsets, count, raw, NULL) == DEDUP_OK);
    for (size_t i = 1; i < count; i++)
        require(raw[i] >= raw[i - 1]);
    require(raw[count - 1] <= size && (raw[count - 1] == size || encoding->family == ENCODING_HZ));
    uint64_t end = encoding->mark;
    for (size_t i = 0, r = 0; r < decoded.repair_count; r++) {
        const struct decode_repair *repair = &decoded.repairs[r];
        require(repair->length > 0 && repair->raw >= end);
        while (i + 1 < count && offsets[i] < repair->text)
            i++;
        require(i + 1 < count && offsets[i] == repair->text);
        require(raw[i + 1] == repair->raw + repair->length || encoding->family == ENCODING_HZ);
        end = (uint64_t)repair->raw + repair->length;
    }
    require(end <= size || decoded.repair_count == 0);
    free(offsets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const labels[] = {"utf-8",    "gb18030", "big5",     "utf-16le",
                                         "utf-16be", "hz",      "utf-32le", "euc-tw"};
    static struct decoder *decoder; /* kept: its tables take longer to make than most inputs to decode */
    struct encoding encoding;
    if (size == 0)
        return 0;
    require(decoder != NULL || decoder_create(&decoder, NULL) == DEDUP_OK);
    const char *label = labels[data[0] % (sizeof labels / sizeof *labels)];
    require(encoding_named(label, &encoding, NULL) == DEDUP_OK);
    check(decoder, &encoding, data + 1, size - 1);
    require(encoding_detect(decoder, data + 1, size - 1, &encoding, NULL) == DEDUP_OK);
    check(decoder, &encoding, data + 1, size - 1);
    return 0;
}
