/* Readings that a converter put behind characters: 產(chǎn)業(yè).
 *
 * Some scraper sites convert simplified to traditional with a tool that writes each converted character of its list
 * with its one reading in brackets. The tool knows one reading per character whatever the context, and it only writes
 * characters that differ between the scripts. Teaching texts differ in both: they gloss common characters too, and they
 * gloss a character for the sake of its unusual reading. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "clean/pinyin_table.h"
#include "clean/worker.h"

enum {
    SYLLABLE_BYTES = 12, /* zhuāng has 6 letters; a toned vowel takes two bytes */
    KNOWN_LEAST = 2,     /* annotations that the table confirms, to believe in the tool */
    FOREIGN_DISTINCT =
        8, /* different characters outside of the table from which they count, all changed by conversion */
    CONTRADICTION_SHARE = 8, /* at most one in so many characters with another reading than the table's */
};

static bool is_toned(uint32_t point)
{
    static const uint16_t toned[] = {0xe0,  0xe1,  0xe8,  0xe9,  0xec,  0xed,  0xf2,  0xf3,  0xf9,
                                     0xfa,  0x101, 0x113, 0x11b, 0x12b, 0x144, 0x148, 0x14d, 0x16b,
                                     0x1ce, 0x1d0, 0x1d2, 0x1d4, 0x1d6, 0x1d8, 0x1da, 0x1dc, 0x1f9};
    for (size_t i = 0; i < sizeof toned / sizeof *toned; i++)
        if (toned[i] == point)
            return true;
    return false;
}

size_t read_syllable(const char *text, size_t length)
{
    size_t limit = length < SYLLABLE_BYTES ? length : SYLLABLE_BYTES;
    const char *next = text;
    unsigned marks = 0;
    while ((size_t)(next - text) < limit) {
        const char *here = next;
        uint32_t point = utf8_next(&next);
        if (point == ')' || point == 0xff09)
            return marks == 1 ? (size_t)(here - text) : 0;
        if (is_toned(point))
            marks++;
        else if (!((point >= 'a' && point <= 'z') || point == 0xfc || point == 0x261))
            return 0;
    }
    return 0;
}

static uint32_t simplified_of(struct clean_worker *worker, uint32_t point, dedup_error *error, dedup_status *status)
{
    char text[4];
    fold_key_clear(&worker->key);
    *status = fold_append(&worker->key, text, utf8_put(point, text), error);
    return *status == DEDUP_OK && worker->key.count == 1 ? worker->key.points[0] : point;
}

dedup_status pinyin_note(struct clean_worker *worker, const struct text_document *document, size_t line, uint32_t at,
                         dedup_error *error)
{
    const struct text_line *place = &document->lines[line];
    const char *text = document->text;
    uint32_t open = at + (text[at] == '(' ? 1 : 3);
    if (at < place->begin + 3)
        return DEDUP_OK;
    size_t syllable = read_syllable(text + open, place->end - open);
    const char *before = text + at - 3;
    if (syllable == 0 || ((unsigned char)*before & 0xf0) != 0xe0)
        return DEDUP_OK;
    uint32_t point = utf8_next(&before);
    if (!(point_class(point) & POINT_HAN))
        return DEDUP_OK;
    TRY(array_reserve(&worker->annotations, &worker->annotation_capacity, worker->annotation_count + 1, "readings",
                      error));
    uint32_t close = open + (uint32_t)syllable;
    struct annotation *annotation = &worker->annotations[worker->annotation_count++];
    *annotation = (struct annotation){
        .begin = at,
        .end = close + (text[close] == ')' ? 1 : 3),
        .line = (uint32_t)line,
        .point = point,
        .reading = hash64_of(text + open, syllable),
        .known = pinyin_table_has(point, text + open, syllable),
    };
    return DEDUP_OK;
}

static int by_character(const void *a, const void *b)
{
    const struct annotation *x = a, *y = b;
    if (x->point != y->point)
        return x->point < y->point ? -1 : 1;
    if (x->reading != y->reading)
        return x->reading < y->reading ? -1 : 1;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Whether all annotations of the document (sorted by character) are the converter's. */
static dedup_status judge(struct clean_worker *worker, bool *converter, dedup_error *error)
{
    size_t known = 0, distinct = 0, foreign = 0, contradicted = 0;
    *converter = false;
    for (size_t i = 0; i < worker->annotation_count; i++) {
        const struct annotation *one = &worker->annotations[i];
        known += one->known;
        if (i > 0 && worker->annotations[i - 1].point == one->point) {
            if (worker->annotations[i - 1].reading != one->reading)
                return DEDUP_OK;
            continue;
        }
        distinct++;
        foreign += !one->known;
        dedup_status status;
        bool same = simplified_of(worker, one->point, error, &status) == one->point;
        TRY(status);
        if (same)
            return DEDUP_OK;
        contradicted += !one->known && pinyin_table_knows(one->point);
    }
    if (contradicted * CONTRADICTION_SHARE > distinct)
        return DEDUP_OK;
    bool mostly_known = known >= KNOWN_LEAST && 2 * foreign <= distinct;
    *converter = mostly_known || (foreign >= FOREIGN_DISTINCT && known >= KNOWN_LEAST);
    return DEDUP_OK;
}

dedup_status pinyin_cut(struct clean_worker *worker, struct text_document *document, bool *changed, dedup_error *error)
{
    bool converter;
    if (worker->annotation_count == 0)
        return DEDUP_OK;
    /* Lines that other rules cut may take readings with them that now speak for or against the converter. */
    *changed = true;
    qsort(worker->annotations, worker->annotation_count, sizeof *worker->annotations, by_character);
    TRY(judge(worker, &converter, error));
    for (size_t i = 0; converter && i < worker->annotation_count; i++) {
        const struct annotation *one = &worker->annotations[i];
        TRY(cut_part(document, one->line, one->begin, one->end, RULE_PINYIN, NULL, 0, error));
    }
    return converter ? pinyin_shift_cut(worker, document, changed, error) : DEDUP_OK;
}
