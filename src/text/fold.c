#include "text/fold.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "dedup/text.h"
#include "text/fold_table.h"
#include "text/utf8_validate.h"

/* Bytes folded between two checks of the room for points; one byte gives at most one point. */
enum { FOLD_STEP = 64 * 1024 };

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

static dedup_status reserve(struct fold_key *key, size_t extra, dedup_error *error)
{
    if (extra > SIZE_MAX - key->count)
        return fail_memory(error, "a fold key");
    return array_reserve(&key->points, &key->capacity, key->count + extra, "a fold key", error);
}

/* Folds the code points that begin in [text, limit) to *points, up to the first whose key is not at most one code point
 * of the BMP: line terminators, expansions, everything above U+FFFF. Returns where it stopped. */
static const unsigned char *fold_plain(const unsigned char *text, const unsigned char *limit, uint32_t **points)
{
    uint32_t *out = *points;
    while (text < limit) {
        unsigned lead = text[0], value;
        size_t step;
        if (lead >= 0xe0) {
            if (lead >= 0xf0)
                break;
            value = fold_near[(lead & 0x0fu) << 12 | (text[1] & 0x3fu) << 6 | (text[2] & 0x3fu)];
            step = 3;
        } else if (lead < 0x80) {
            value = fold_near[lead];
            step = 1;
        } else {
            value = fold_near[(lead & 0x1fu) << 6 | (text[1] & 0x3fu)];
            step = 2;
        }
        if ((value & 0xf800) == FOLD_SPECIAL)
            break;
        *out = value;
        out += value != 0;
        text += step;
    }
    *points = out;
    return text;
}

/* Index of the expansion of `point`, or -1 with *target its key (0: none). `point` is not a line terminator. */
static int32_t look_up(uint32_t point, uint32_t *target)
{
    if (point < 0x10000) {
        *target = fold_near[point];
        return *target >= FOLD_EXPAND && *target < 0xe000 ? (int32_t)*target - FOLD_EXPAND : -1;
    }
    int32_t value = fold_far_pages[fold_far[(point - 0x10000) / FOLD_PAGE]][point % FOLD_PAGE];
    if (value >= FOLD_FAR_EXPAND)
        return value - FOLD_FAR_EXPAND;
    *target = value == FOLD_FAR_DROP ? 0 : (uint32_t)((int32_t)point + value);
    return -1;
}

static dedup_status fold_other(struct fold_key *key, uint32_t point, dedup_error *error)
{
    uint32_t target = 0;
    int32_t expansion = look_up(point, &target);
    TRY(reserve(key, FOLD_LONGEST, error));
    if (expansion < 0) {
        key->points[key->count] = target;
        key->count += target != 0;
        return DEDUP_OK;
    }
    for (unsigned i = fold_expansion_start[expansion]; i < fold_expansion_start[expansion + 1]; i++)
        key->points[key->count++] = fold_expansion_points[i];
    return DEDUP_OK;
}

dedup_status fold_line(struct fold_key *key, const char *text, size_t length, size_t *end, dedup_error *error)
{
    const unsigned char *begin = (const unsigned char *)text, *next = begin, *stop = begin + length;
    while (next < stop) {
        size_t step = (size_t)(stop - next) < FOLD_STEP ? (size_t)(stop - next) : FOLD_STEP;
        TRY(reserve(key, step, error));
        uint32_t *out = key->points + key->count;
        const unsigned char *reached = fold_plain(next, next + step, &out);
        bool special = reached < next + step;
        key->count = (size_t)(out - key->points);
        next = reached;
        if (!special)
            continue;
        const char *after = (const char *)next;
        uint32_t point = utf8_next(&after);
        if (point < 0x10000 && fold_near[point] == FOLD_BREAK)
            break;
        TRY(fold_other(key, point, error));
        next = (const unsigned char *)after;
    }
    *end = (size_t)(next - begin);
    return DEDUP_OK;
}

dedup_status fold_append(struct fold_key *key, const char *text, size_t length, dedup_error *error)
{
    while (length > 0) {
        size_t end = 0;
        TRY(fold_line(key, text, length, &end, error));
        if (end < length) {
            const char *after = text + end;
            (void)utf8_next(&after);
            end = (size_t)(after - text);
        }
        text += end;
        length -= end;
    }
    return DEDUP_OK;
}

unsigned point_class(uint32_t point)
{
    return point < 0x110000 ? class_of_point(point) : 0;
}

static dedup_status fold_any(struct fold_key *key, const char *text, size_t length, dedup_error *error)
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
    dedup_status status = fold_any(&key, text, length, error);
    if (status == DEDUP_OK)
        status = write_key(&key, out, error);
    fold_key_release(&key);
    return status;
}
