/* Readings that the converter of pinyin.c put between the bytes of two characters of GBK.
 *
 * The converter looks for the bytes of its characters wherever they stand, so it also finds 驅 (F2 8C) in 或導 (BB F2
 * 8C A7) and writes its reading behind 8C. The decoder then takes that byte and the bracket for one broken character,
 * and reads everything behind the reading shifted by a byte, until an ASCII byte or the next such reading. The lost
 * byte is known: it is the second one of a character with this reading whose first byte ends the character before. */
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "clean/pinyin_table.h"
#include "clean/worker.h"

enum {
    SHIFTED_MAXIMUM = 400, /* characters that are read shifted */
    GAIN_PERCENT = 75,     /* the surprise that a repair may leave */
    REPLACEMENT = 0xfffd
};

size_t pinyin_shift_length(const char *text, size_t length)
{
    const char *next = text;
    uint32_t point = length != 0 ? utf8_next(&next) : 0;
    if (point != '?' && point != REPLACEMENT)
        return 0;
    size_t open = (size_t)(next - text);
    open += open < length && text[open] == '(';
    size_t syllable = read_syllable(text + open, length - open);
    return syllable == 0 || text[open + syllable] != ')' ? 0 : open + syllable + 1;
}

/* The syllable of a broken reading. */
static const char *syllable_of(const char *text, size_t broken, size_t *length)
{
    const char *next = text;
    (void)utf8_next(&next);
    next += *next == '(';
    *length = broken - (size_t)(next - text) - 1;
    return next;
}

static dedup_status put_pair(struct clean_worker *worker, unsigned lead, unsigned trail, bool *found,
                             dedup_error *error)
{
    const struct double_entry *pair = double_byte_pair(worker->recoder->gb18030, lead, trail);
    *found = pair != NULL;
    return pair ? dedup_buffer_append(&worker->repaired, pair->text, double_entry_length(pair), error) : DEDUP_OK;
}

/* The characters of the table with the reading of text[0 .. broken) and this lead byte: the one of them behind `from`.
 * Returns its code, 0 when there is none. */
static uint16_t candidate(const struct clean_worker *worker, const char *text, size_t broken, unsigned lead,
                          size_t *from)
{
    size_t length;
    const char *syllable = syllable_of(text, broken, &length);
    for (uint32_t point; (point = pinyin_table_next(from, syllable, length)) != 0;) {
        uint16_t code = recoder_gbk(worker->recoder, point);
        if (code >> 8 == lead)
            return code;
    }
    return 0;
}

/* Writes what stands behind a reading into worker->repaired, `pending` being the byte that it took away. *used gets how
 * many bytes of text were read shifted, 0 when they make no sense. */
static dedup_status read_shifted(struct clean_worker *worker, const char *text, size_t length, unsigned pending,
                                 size_t *used, dedup_error *error)
{
    const char *next = text, *end = text + length;
    bool found = true;
    *used = 0;
    for (unsigned count = 0; next < end && count < SHIFTED_MAXIMUM && found; count++) {
        size_t broken = pinyin_shift_length(next, (size_t)(end - next)), from = 0;
        if (broken != 0) {
            uint16_t code = candidate(worker, next, broken, pending, &from);
            TRY(put_pair(worker, code >> 8, code & 0xff, &found, error));
            *used = found ? (size_t)(next - text) + broken : 0;
            return DEDUP_OK;
        }
        uint32_t point = utf8_next(&next);
        uint16_t code = point < 0x80 ? (uint16_t)(point << 8) : recoder_gbk(worker->recoder, point);
        TRY(put_pair(worker, pending, code >> 8, &found, error));
        pending = code & 0xff;
        if (found && point >= 0x80 && pending < 0x80)
            TRY(dedup_buffer_append(&worker->repaired, (const char[]){(char)pending}, 1, error));
        if (found && pending < 0x80) {
            *used = (size_t)(next - text);
            return DEDUP_OK;
        }
    }
    return DEDUP_OK;
}

/* Tries the readings that may have been put at text[at]; cuts what the best of them repairs. *end gets the end. */
static dedup_status repair_shift(struct clean_worker *worker, struct text_document *document, const struct shift *shift,
                                 uint32_t *end, bool *changed, dedup_error *error)
{
    const struct text_line *line = &document->lines[shift->line];
    const char *text = document->text + shift->at, *before = text;
    size_t left = line->end - shift->at, broken = pinyin_shift_length(text, left);
    *end = shift->at + (uint32_t)broken;
    do
        before--;
    while (((unsigned char)*before & 0xc0) == 0x80);
    unsigned lead = recoder_gbk(worker->recoder, utf8_next(&before)) & 0xff;
    uint64_t best = UINT64_MAX;
    size_t length = 0, from = 0;
    for (uint16_t code; (code = candidate(worker, text, broken, lead, &from)) != 0;) {
        size_t used;
        dedup_buffer_clear(&worker->repaired);
        TRY(read_shifted(worker, text + broken, left - broken, code & 0xff, &used, error));
        uint64_t after = recoder_surprise(worker->recoder, worker->repaired.data, worker->repaired.length);
        if (used == 0 || after >= best ||
            after * 100 > recoder_surprise(worker->recoder, text, broken + used) * GAIN_PERCENT)
            continue;
        best = after;
        length = broken + used;
        dedup_buffer_clear(&worker->bytes);
        TRY(dedup_buffer_append(&worker->bytes, worker->repaired.data, worker->repaired.length, error));
    }
    if (length == 0)
        return DEDUP_OK;
    *changed = true;
    *end = shift->at + (uint32_t)length;
    return cut_part(document, shift->line, shift->at, *end, RULE_PINYIN, worker->bytes.data, worker->bytes.length,
                    error);
}

dedup_status pinyin_shift_note(struct clean_worker *worker, const struct text_document *document, size_t line,
                               uint32_t at, dedup_error *error)
{
    const struct text_line *place = &document->lines[line];
    if (at < place->begin + 2 || pinyin_shift_length(document->text + at, place->end - at) == 0)
        return DEDUP_OK;
    TRY(array_reserve(&worker->shifts, &worker->shift_capacity, worker->shift_count + 1, "readings", error));
    worker->shifts[worker->shift_count++] = (struct shift){(uint32_t)line, at};
    return DEDUP_OK;
}

dedup_status pinyin_shift_cut(struct clean_worker *worker, struct text_document *document, bool *changed,
                              dedup_error *error)
{
    bool ready = false;
    uint32_t end = 0;
    if (worker->shift_count != 0)
        TRY(worker_need_recoder(worker, &ready, error));
    for (size_t i = 0; ready && i < worker->shift_count; i++)
        if (worker->shifts[i].at >= end)
            TRY(repair_shift(worker, document, &worker->shifts[i], &end, changed, error));
    return DEDUP_OK;
}
