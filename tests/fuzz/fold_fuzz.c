/* Any bytes: the key of a text is the keys of its characters, one after the other, wherever it is cut; ill-formed bytes
 * have none. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "text/encoding.h"
#include "text/fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void require_equal(const struct fold_key *a, const struct fold_key *b)
{
    require(a->count == b->count && (a->count == 0 || memcmp(a->points, b->points, a->count * sizeof *a->points) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct fold_key whole, pieces, any;
    fold_key_init(&whole);
    fold_key_init(&pieces);
    fold_key_init(&any);
    require(fold_append_any(&any, text, size, NULL) == DEDUP_OK);
    for (size_t i = 0, step; i < size; i += step != 0 ? step : 1) {
        uint32_t point;
        step = utf8_sequence(text + i, size - i, &point);
        if (step != 0)
            require(fold_append(&pieces, text + i, step, NULL) == DEDUP_OK);
    }
    require_equal(&any, &pieces);
    if (size != 0 && utf8_valid(text, size)) {
        size_t cut = data[0] * size / 256;
        while ((data[cut] & 0xc0) == 0x80)
            cut--;
        require(fold_append(&whole, text, size, NULL) == DEDUP_OK);
        require_equal(&whole, &pieces);
        fold_key_clear(&whole);
        require(fold_append(&whole, text, cut, NULL) == DEDUP_OK);
        require(fold_append(&whole, text + cut, size - cut, NULL) == DEDUP_OK);
        require_equal(&whole, &pieces);
    }
    fold_key_release(&whole);
    fold_key_release(&pieces);
    fold_key_release(&any);
    return 0;
}
