#include "text/recode.h"

#include <stdlib.h>

#include "base/failure.h"
#include "base/utf8.h"
#include "text/decoder.h"

/* What windows-1252 has at 80 to 9f; 0 for its holes. */
static const uint16_t latin_upper[] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

int recode_latin(uint32_t point)
{
    if (point < 0x100)
        return (int)point;
    for (int i = 0; i < 32; i++)
        if (latin_upper[i] == point)
            return 0x80 + i;
    return -1;
}

static void fill_codes(struct recoder *recoder)
{
    for (unsigned lead = DOUBLE_LEAD; lead < DOUBLE_LEAD + DOUBLE_LEADS; lead++)
        for (unsigned trail = DOUBLE_TRAIL; trail < DOUBLE_TRAIL + DOUBLE_TRAILS; trail++) {
            const struct double_entry *entry = double_byte_pair(recoder->gb18030, lead, trail);
            if (!entry)
                continue;
            const char *text = entry->text;
            uint32_t point = utf8_next(&text);
            if (point < 0x10000)
                recoder->codes[point] = (uint16_t)(lead << 8 | trail);
        }
}

dedup_status recoder_create(struct recoder **out, dedup_error *error)
{
    struct recoder *recoder = calloc(1, sizeof *recoder);
    *out = NULL;
    if (!recoder)
        return fail_memory(error, "the table of GBK");
    dedup_status status = double_byte_create_gb18030(&recoder->gb18030, error);
    if (status == DEDUP_OK) {
        recoder->codes = calloc(0x10000, sizeof *recoder->codes);
        recoder->costs = malloc(POINT_COSTS);
        if (!recoder->codes || !recoder->costs)
            status = fail_memory(error, "the table of GBK");
    }
    if (status != DEDUP_OK) {
        recoder_free(recoder);
        return status;
    }
    fill_codes(recoder);
    point_costs_fill(recoder->costs);
    *out = recoder;
    return DEDUP_OK;
}

void recoder_free(struct recoder *recoder)
{
    if (!recoder)
        return;
    double_byte_free(recoder->gb18030);
    free(recoder->codes);
    free(recoder->costs);
    free(recoder);
}

uint64_t recoder_surprise(const struct recoder *recoder, const char *text, size_t length)
{
    uint64_t total = 0;
    for (const char *end = text + length; text < end;)
        total += point_cost(recoder->costs, utf8_next(&text));
    return total;
}
