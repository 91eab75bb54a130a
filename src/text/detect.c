/* Which encoding are these bytes in? Each candidate decodes them, and each decoded character costs as many bits as it
 * is surprising in Chinese text; the cheapest candidate wins. A candidate for "no Chinese at all", which knows nothing
 * but that bytes above 7f are about as surprising as each other, keeps other scripts from being forced into Chinese. */
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/utf8.h"
#include "base/utf8_validate.h"
#include "text/decoder.h"
#include "text/han.h"

enum { SAMPLE = 1 << 16 };

/* Bits of surprise, in eighths. Those of Han are measured (text/han.h), the others are rough shares of what
 * stands in Chinese web text; what matters is their order. */
enum {
    BIT = 8,
    COST_ASCII = 6 * BIT,
    COST_CONTROL = 22 * BIT,
    COST_FIRST_HAN = HAN_COMMONEST * BIT,
    COST_RARE_HAN = HAN_RARE * BIT,
    COST_COMMA = 4 * BIT,
    COST_MARK = 7 * BIT, /* other punctuation of Chinese text */
    COST_KANA = 16 * BIT,
    COST_RULE = 10 * BIT, /* box drawing */
    COST_WIDE = 14 * BIT, /* fullwidth forms and other symbols of Chinese fonts */
    COST_OTHER = 20 * BIT,
    COST_PRIVATE = 27 * BIT, /* private use, controls of Latin-1, planes without emoji */
    COST_ILL_FORMED = 31 * BIT,
    COST_UNKNOWN = 54,     /* a byte above 7f for "no Chinese" */
    COST_UTF16 = 48 * BIT, /* before the first byte: UTF-16 without a mark is rare */
};

static void set_costs(unsigned char *costs, uint32_t first, uint32_t last, unsigned char cost)
{
    memset(costs + first, cost, last - first + 1);
}

static void set_row(unsigned char *costs, const char *row, unsigned char cost)
{
    while (*row != '\0')
        costs[utf8_next(&row)] = cost;
}

void point_costs_fill(unsigned char *costs)
{
    set_costs(costs, 0, 0xffff, COST_OTHER);
    set_costs(costs, 0, 0x1f, COST_CONTROL);
    set_costs(costs, 0x20, 0x7e, COST_ASCII);
    set_row(costs, "\t\n\r", COST_ASCII);
    set_costs(costs, 0x7f, 0x9f, COST_PRIVATE);
    set_costs(costs, 0x2010, 0x2027, COST_WIDE);
    set_costs(costs, 0x2190, 0x266f, COST_WIDE);
    set_costs(costs, 0x2500, 0x257f, COST_RULE);
    set_costs(costs, 0x3000, 0x303f, COST_WIDE);
    set_costs(costs, 0x3040, 0x30ff, COST_KANA);
    set_costs(costs, 0x3400, 0x4dbf, COST_RARE_HAN);
    set_costs(costs, 0x4e00, 0x9fff, COST_RARE_HAN);
    set_costs(costs, 0xd800, 0xf8ff, COST_PRIVATE);
    set_costs(costs, 0xff00, 0xff5e, COST_WIDE);
    set_costs(costs, 0xfff0, 0xffff, COST_PRIVATE);
    set_row(costs, "、：；！？“”‘’「」『』《》（）…—·　", COST_MARK);
    set_row(costs, "，。", COST_COMMA);
    han_set_rarities(costs, COST_FIRST_HAN, BIT);
}

static dedup_status need_costs(struct decoder *decoder, dedup_error *error)
{
    if (decoder->costs)
        return DEDUP_OK;
    decoder->costs = malloc(POINT_COSTS);
    if (!decoder->costs)
        return fail_memory(error, "the table of character frequencies");
    point_costs_fill(decoder->costs);
    return DEDUP_OK;
}

unsigned point_cost(const unsigned char *costs, uint32_t point)
{
    if (point < POINT_COSTS)
        return costs[point];
    return point >= 0x1f300 && point < 0x1fb00 ? COST_OTHER : point < 0x30000 ? COST_RARE_HAN : COST_PRIVATE;
}

/* The stretch that is looked at. */
struct sample {
    const unsigned char *bytes;
    size_t length;
    bool cut; /* the input goes on behind it, so that its last character may be incomplete */
};

static uint32_t cost_unknown(const unsigned char *costs, const struct sample *sample)
{
    uint32_t total = 0;
    for (size_t i = 0; i < sample->length; i++)
        total += sample->bytes[i] < 0x80 ? costs[sample->bytes[i]] : COST_UNKNOWN;
    return total;
}

/* The costs below stop counting when they pass `bound`. */
static uint32_t cost_utf8(const unsigned char *costs, const struct sample *sample, uint32_t bound)
{
    uint32_t total = 0;
    for (size_t at = 0; at < sample->length && total < bound;) {
        uint32_t point;
        const char *text = (const char *)sample->bytes + at;
        size_t step = utf8_sequence(text, sample->length - at, &point);
        if (step > 0) {
            total += point_cost(costs, point);
        } else {
            step = utf8_ill_formed(sample->bytes + at, sample->length - at);
            total += at + step == sample->length && sample->cut ? 0 : COST_ILL_FORMED;
        }
        at += step;
    }
    return total;
}

/* One unit by its reader; returns its cost. */
static unsigned cost_unit(const struct decoder *decoder, enum encoding_family family, const struct sample *sample,
                          size_t *at)
{
    bool shifted = false;
    struct unit unit;
    unit_read(decoder, family, &shifted, sample->bytes + *at, sample->length - *at, &unit);
    *at += unit.raw_length;
    const char *text = unit.text;
    if (!unit.ill_formed)
        return point_cost(decoder->costs, utf8_next(&text));
    return *at == sample->length && sample->cut ? 0 : COST_ILL_FORMED;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The cost of the character of `length` bytes that begins with the lead byte at `bytes`, at most 4; 0 when none does.
 */
static uint32_t cost_of_code(const struct double_byte *table, const unsigned char *costs, const unsigned char *bytes,
                             size_t left, unsigned *length)
{
    const struct double_entry *entry = left > 1 ? double_byte_pair(table, bytes[0], bytes[1]) : NULL;
    struct unit unit;
    const char *text = unit.text;
    *length = 2;
    if (entry) {
        text = entry->text;
    } else if (left >= 4 && bytes[1] >= '0' && bytes[1] <= '9') {
        double_byte_read(table, bytes, left, &unit);
        if (unit.ill_formed)
            return 0;
        *length = unit.raw_length;
    } else {
        return 0;
    }
    return point_cost(costs, utf8_next(&text));
}

/* The cheapest reading of the sample. A lost byte makes the rest of a line look like other characters; so that one such
 * place does not hide what the text is in, each byte may also be left out, at the cost of an ill-formed one. */
static uint32_t cost_double_byte(const struct decoder *decoder, enum encoding_family family,
                                 const struct sample *sample, uint32_t bound)
{
    const struct double_byte *table = decoder_table(decoder, family);
    const unsigned char *costs = decoder->costs, *bytes = sample->bytes;
    /* The cheapest readings of the bytes before `at`, before `at` + 1, and so on. */
    uint32_t here = 0, after[4] = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX};
    for (size_t at = 0; at < sample->length && (here < bound || after[0] < bound || after[2] < bound); at++) {
        size_t left = sample->length - at;
        uint32_t next = after[0];
        after[0] = after[1];
        after[1] = after[2];
        after[2] = after[3];
        after[3] = UINT32_MAX;
        if (bytes[at] < 0x80) {
            here = least(next, here + costs[bytes[at]]);
            continue;
        }
        unsigned length;
        uint32_t cost = cost_of_code(table, costs, bytes + at, left, &length);
        if (cost > 0 && length == 2)
            after[0] = least(after[0], here + cost);
        else if (cost > 0)
            after[2] = least(after[2], here + cost);
        here = least(next, here + (left == 1 && sample->cut ? 0 : COST_ILL_FORMED));
    }
    return here;
}

static uint32_t cost_utf16(const struct decoder *decoder, enum encoding_family family, const struct sample *sample,
                           uint32_t bound)
{
    size_t high = family == ENCODING_UTF16BE ? 0 : 1;
    uint32_t total = COST_UTF16;
    for (size_t at = 0; at < sample->length && total < bound;) {
        const unsigned char *bytes = sample->bytes + at;
        if (sample->length - at < 2 || (bytes[high] & 0xf8) == 0xd8) {
            total += cost_unit(decoder, family, sample, &at);
            continue;
        }
        total += decoder->costs[bytes[high] << 8 | bytes[1 - high]];
        at += 2;
    }
    return total;
}

/* Control characters that no text has, but UTF-16 is full of. */
static bool has_controls(const unsigned char *bytes, size_t length)
{
    unsigned found = 0;
    for (size_t i = 0; i < length; i++)
        found |= bytes[i] < '\t';
    return found != 0;
}

static struct sample take_sample(const unsigned char *bytes, size_t length)
{
    size_t start = 0;
    while (start < length && bytes[start] >= '\t' && bytes[start] < 0x80)
        start++;
    start &= ~(size_t)1; /* whole units of UTF-16 */
    size_t left = length - start;
    return (struct sample){bytes + start, left < SAMPLE ? left : SAMPLE, left > SAMPLE};
}

/* UTF-8 with a stray byte here and there: at least 20 characters above ASCII for each ill-formed stretch. */
static bool tolerable_utf8(const struct sample *sample)
{
    size_t good = 0, bad = 0;
    for (size_t at = 0; at < sample->length;) {
        uint32_t point;
        size_t left = sample->length - at, step = utf8_sequence((const char *)sample->bytes + at, left, &point);
        good += step > 1;
        if (step == 0) {
            step = utf8_ill_formed(sample->bytes + at, left);
            bad += step < left || !sample->cut;
            if (good + left / 2 < 20 * bad)
                return false; /* not even if all the rest were good */
        }
        at += step;
    }
    return good > 0 && good >= 20 * bad;
}

dedup_status encoding_detect(struct decoder *decoder, const void *bytes, size_t length, struct encoding *out,
                             dedup_error *error)
{
    static const struct encoding candidates[] = {
        {ENCODING_GB18030, "GB18030", 0, 1},
        {ENCODING_BIG5, "Big5-HKSCS", 0, 1},
        {ENCODING_UTF16LE, "UTF-16LE", 0, 2},
        {ENCODING_UTF16BE, "UTF-16BE", 0, 2},
    };
    if (encoding_of_mark(bytes, length, out))
        return DEDUP_OK;
    *out = encoding_utf8;
    struct sample sample = take_sample(bytes, length);
    if (!has_controls(sample.bytes, sample.length) && (utf8_valid(bytes, length) || tolerable_utf8(&sample)))
        return DEDUP_OK;
    TRY(need_costs(decoder, error));
    uint32_t best = cost_unknown(decoder->costs, &sample);
    uint32_t utf8 = cost_utf8(decoder->costs, &sample, best);
    best = utf8 < best ? utf8 : best;
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        TRY(decoder_need_table(decoder, candidates[i].family, error));
        uint32_t cost =
            (candidates[i].unit == 2 ? cost_utf16 : cost_double_byte)(decoder, candidates[i].family, &sample, best);
        if (cost < best) {
            best = cost;
            *out = candidates[i];
        }
    }
    return DEDUP_OK;
}
