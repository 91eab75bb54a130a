/* Lines of which every byte was kept but read in the wrong encoding: 锛 for UTF-8 read as GBK, ä¸­ for UTF-8 and ÖÐ for
 * GBK read as windows-1252.
 *
 * A line is repaired only as a whole, when all of its characters go back to bytes, the bytes are well-formed in the
 * right encoding, they have Han, and the result is far less surprising than what stands there. */
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "clean/worker.h"
#include "text/encoding.h"

enum {
    HAN_LEAST = 2,       /* Han characters of a repaired line */
    HAN_LEAST_GBK = 4,   /* the same for GBK, where any bytes are well-formed */
    GAIN_PERCENT = 75,   /* the surprise that may be left */
    LINE_LIMIT = 1 << 16 /* bytes of a line */
};

/* A way in which bytes were misread. */
enum misreading { UTF8_AS_GBK, UTF8_AS_LATIN, GBK_AS_LATIN };

/* Fills worker->bytes with the bytes of the line and worker->byte_origin with where in the line each comes from; the
 * end of the line stands behind the last. *all is false when a character has no bytes. */
static dedup_status to_bytes(struct clean_worker *worker, const char *text, uint32_t length, enum misreading how,
                             bool *all, dedup_error *error)
{
    dedup_buffer_clear(&worker->bytes);
    TRY(array_reserve(&worker->byte_origin, &worker->byte_origin_capacity, (size_t)length + 1, "a line", error));
    *all = true;
    for (const char *next = text, *end = text + length; next < end && *all;) {
        uint32_t at = (uint32_t)(next - text), point = utf8_next(&next);
        char bytes[2] = {(char)point, 0};
        size_t count = 1;
        if (point >= 0x80 && how == UTF8_AS_GBK) {
            uint16_t code = recoder_gbk(worker->recoder, point);
            bytes[0] = (char)(code >> 8);
            bytes[1] = (char)(code & 0xff);
            count = 2;
            *all = code != 0;
        } else if (point >= 0x80) {
            int byte = recode_latin(point);
            bytes[0] = (char)byte;
            *all = byte >= 0x80;
        }
        for (size_t i = 0; i < count; i++)
            worker->byte_origin[worker->bytes.length + i] = i == 0 ? at : UINT32_MAX;
        TRY(dedup_buffer_append(&worker->bytes, bytes, count, error));
    }
    worker->byte_origin[worker->bytes.length] = length;
    return DEDUP_OK;
}

/* The character that begins at byte `at`; returns how many bytes it takes, 0 for an ill-formed one. */
static size_t read_character(const struct clean_worker *worker, size_t at, enum misreading how, uint32_t *point)
{
    const char *bytes = worker->bytes.data + at;
    size_t left = worker->bytes.length - at;
    if (how != GBK_AS_LATIN)
        return utf8_sequence(bytes, left, point);
    unsigned char lead = (unsigned char)*bytes;
    *point = lead;
    if (lead < 0x80)
        return 1;
    const struct double_entry *pair =
        left > 1 ? double_byte_pair(worker->recoder->gb18030, lead, (unsigned char)bytes[1]) : NULL;
    if (!pair)
        return 0;
    const char *text = pair->text;
    *point = utf8_next(&text);
    return 2;
}

/* Controls, line ends, replacement characters and private use show that the bytes mean something else. */
static bool is_readable(uint32_t point)
{
    return point >= 0x20 && !(point >= 0x7f && point < 0xa0) && point != 0x2028 && point != 0x2029 && point != 0xfffd &&
           !(point >= 0xe000 && point < 0xf900);
}

/* Reads worker->bytes into worker->repaired. *plausible: they are well-formed and read far better than the line. */
static dedup_status judge_bytes(struct clean_worker *worker, const char *text, uint32_t length, enum misreading how,
                                bool *plausible, dedup_error *error)
{
    size_t han = 0;
    *plausible = false;
    dedup_buffer_clear(&worker->repaired);
    for (size_t at = 0, used; at < worker->bytes.length; at += used) {
        char out[4];
        uint32_t point = 0;
        used = read_character(worker, at, how, &point);
        if (used == 0 || (!is_readable(point) && point != '\t'))
            return DEDUP_OK;
        han += (point_class(point) & POINT_HAN) != 0;
        TRY(dedup_buffer_append(&worker->repaired, out, utf8_put(point, out), error));
    }
    uint64_t before = recoder_surprise(worker->recoder, text, length);
    uint64_t after = recoder_surprise(worker->recoder, worker->repaired.data, worker->repaired.length);
    *plausible = han >= (how == GBK_AS_LATIN ? HAN_LEAST_GBK : HAN_LEAST) && after * 100 <= before * GAIN_PERCENT;
    return DEDUP_OK;
}

/* Replaces the line piece by piece, a piece being the fewest characters that whole characters were made of, so that
 * what other rules cut later lies beside or around pieces. */
static dedup_status replace_pieces(struct clean_worker *worker, struct text_document *document, size_t line,
                                   enum misreading how, dedup_error *error)
{
    uint32_t begin = document->lines[line].begin;
    const char *piece = worker->repaired.data, *next = piece;
    for (size_t first = 0, at = 0; at < worker->bytes.length;) {
        uint32_t point;
        at += read_character(worker, at, how, &point);
        (void)utf8_next(&next);
        if (worker->byte_origin[at] == UINT32_MAX)
            continue;
        if (at - first > 1)
            TRY(cut_part(document, line, begin + worker->byte_origin[first], begin + worker->byte_origin[at],
                         RULE_MOJIBAKE, piece, (size_t)(next - piece), error));
        piece = next;
        first = at;
    }
    return DEDUP_OK;
}

static dedup_status repair_as(struct clean_worker *worker, struct text_document *document, size_t line,
                              enum misreading how, bool *repaired, dedup_error *error)
{
    const char *text = line_text(document, line);
    uint32_t length = line_length(document, line);
    bool all;
    *repaired = false;
    TRY(to_bytes(worker, text, length, how, &all, error));
    if (!all)
        return DEDUP_OK;
    TRY(judge_bytes(worker, text, length, how, repaired, error));
    return *repaired ? replace_pieces(worker, document, line, how, error) : DEDUP_OK;
}

/* True when the first characters of the line that are not ASCII are what windows-1252 makes of lead and following byte
 * of a Han character, in UTF-8 or GBK. */
static bool may_be_latin(const char *text, uint32_t length)
{
    for (uint32_t i = 0; i + 1 < length; i++)
        if ((unsigned char)text[i] >= 0x80)
            return (unsigned char)text[i] == 0xc2 || (unsigned char)text[i] == 0xc3;
    return false;
}

/* What GBK makes of the commonest characters in UTF-8: the comma and other punctuation, 的, 是. */
enum { GBK_MARKS = 7 };
static const uint32_t gbk_marks[GBK_MARKS] = {U'锛', U'銆', U'鈥', U'鐨', U'纴', U'殑', U'槸'};

/* True when a line has one of these. Such a line is no prose, because it has no punctuation. The key has them as they
 * are, or simplified. */
static bool has_gbk_mark(const uint32_t *points, size_t count)
{
    unsigned found = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < GBK_MARKS; j++)
            found |= points[i] == gbk_marks[j];
    return found != 0;
}

/* Tries a line. `gbk`: it need not have marks of UTF-8 read as GBK. */
static dedup_status repair_line(struct clean_worker *worker, struct text_document *document, size_t line, bool gbk,
                                bool *repaired, dedup_error *error)
{
    const char *text = line_text(document, line);
    uint32_t length = line_length(document, line);
    bool ready;
    *repaired = false;
    if (length > LINE_LIMIT)
        return DEDUP_OK;
    bool latin = worker->line_notes[line].flags & NOTE_LATIN && may_be_latin(text, length);
    const struct text_line *place = &document->lines[line];
    if (!latin && !gbk &&
        (place->flags & LINE_PROSE || !has_gbk_mark(document->key.points + place->key, place->key_count)))
        return DEDUP_OK;
    TRY(worker_need_recoder(worker, &ready, error));
    if (!ready)
        return DEDUP_OK;
    if (!latin)
        return repair_as(worker, document, line, UTF8_AS_GBK, repaired, error);
    TRY(repair_as(worker, document, line, UTF8_AS_LATIN, repaired, error));
    return *repaired ? DEDUP_OK : repair_as(worker, document, line, GBK_AS_LATIN, repaired, error);
}

dedup_status repair_mojibake(struct clean_worker *worker, struct text_document *document, bool *changed,
                             dedup_error *error)
{
    /* Lines without marks are tried when others show what happened to the document. */
    bool gbk = false;
    for (unsigned round = 0; round < 2 && (round == 0 || gbk); round++)
        for (size_t i = 0; i < worker->noted_count; i++) {
            uint32_t line = worker->noted[i], flags = document->lines[line].flags;
            bool repaired;
            if (flags & (LINE_REMOVED | LINE_CUT | LINE_FENCED))
                continue;
            TRY(repair_line(worker, document, line, gbk && !(flags & LINE_PROSE), &repaired, error));
            gbk |= repaired && round == 0 && !may_be_latin(line_text(document, line), line_length(document, line));
            *changed |= repaired;
        }
    return DEDUP_OK;
}
