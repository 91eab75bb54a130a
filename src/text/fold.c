#include "text/fold.h"

#include <stdlib.h>

#include "base/failure.h"
#include "base/utf8.h"
#include "base/utf8_validate.h"
#include "dedup/text.h"
#include "text/fold_reader.h"
#include "text/fold_table.h"

void fold_key_init(struct fold_key *key)
{
    *key = (struct fold_key){0};
}

void fold_key_release(struct fold_key *key)
{
    free(key->points);
    fold_key_init(key);
}

void fold_key_clear(struct fold_key *key)
{
    key->count = 0;
}

dedup_status fold_append(struct fold_key *key, const char *text, size_t length, dedup_error *error)
{
    struct fold_reader reader;
    struct fold_line line = {0};
    fold_reader_init(&reader, text, length, isa_best());
    while (line.next < length)
        TRY(fold_reader_line(&reader, key, &line, error));
    return DEDUP_OK;
}

uint32_t fold_point(uint32_t point)
{
    uint32_t target = 0;
    int32_t expansion = fold_look_up(point, &target);
    if (expansion < 0)
        return target >= FOLD_KEPT && target != FOLD_BREAK ? target : 0;
    uint16_t start = fold_expansion_start[expansion];
    return fold_expansion_start[expansion + 1] - start == 1 ? fold_expansion_points[start] : 0;
}

unsigned point_class(uint32_t point)
{
    return point < 0x110000 ? class_of_point(point) : 0;
}

dedup_status fold_append_any(struct fold_key *key, const char *text, size_t length, dedup_error *error)
{
    while (length > 0) {
        size_t good = utf8_prefix(text, length);
        TRY(fold_append(key, text, good, error));
        size_t skip = good < length ? good + 1 : good;
        text += skip;
        length -= skip;
    }
    return DEDUP_OK;
}

static dedup_status write_key(const struct fold_key *key, dedup_buffer *out, dedup_error *error)
{
    size_t length = 0;
    for (size_t i = 0; i < key->count; i++) {
        uint32_t point = key->points[i];
        length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }
    TRY(dedup_buffer_reserve(out, length, error));
    for (size_t i = 0; i < key->count; i++)
        out->length += utf8_put(key->points[i], out->data + out->length);
    out->data[out->length] = '\0';
    return DEDUP_OK;
}

dedup_status dedup_fold(const char *text, size_t length, dedup_buffer *out, dedup_error *error)
{
    struct fold_key key;
    fold_key_init(&key);
    dedup_status status = fold_append_any(&key, text, length, error);
    if (status == DEDUP_OK)
        status = write_key(&key, out, error);
    fold_key_release(&key);
    return status;
}
