/* Lines and what cuts leave tile the text, and the key of the kept text is its key. The first bytes are cuts: a place
 * and a length each; the valid start of the rest is the text. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8_validate.h"
#include "text/document.h"

#define CHECK(condition) ((condition) ? (void)0 : abort())
enum { CUT_BYTES = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t boundary(const char *text, size_t length, size_t place)
{
    while (place < length && ((unsigned char)text[place] & 0xc0) == 0x80)
        place++;
    return (uint32_t)(place < length ? place : length);
}

static void check_kept(const struct text_document *document)
{
    struct fold_key want = {0}, got = {0};
    dedup_buffer kept;
    size_t cut = 0;
    dedup_buffer_init(&kept, UINT32_MAX);
    CHECK(document_kept_text(document, &kept, NULL) == DEDUP_OK && document_kept_key(document, &got, NULL) == DEDUP_OK);
    CHECK(fold_append(&want, kept.data, kept.length, NULL) == DEDUP_OK && want.count == got.count);
    CHECK(want.count == 0 || memcmp(want.points, got.points, want.count * sizeof *want.points) == 0);
    for (size_t i = 0; i < document->cut_count; i++)
        cut += document->cuts[i].end - document->cuts[i].begin;
    CHECK(kept.length + cut == document->length);
    fold_key_release(&want);
    fold_key_release(&got);
    dedup_buffer_release(&kept);
}

/* As a whole the text has the same key, characters and lines with a key. */
static void check_whole(const struct text_document *document)
{
    struct text_document whole;
    uint32_t filled, lines = 0;
    document_init(&whole);
    CHECK(document_set_whole(&whole, document->text, document->length, &filled, NULL) == DEDUP_OK);
    for (size_t i = 0; i < document->line_count; i++)
        lines += document->lines[i].key_count != 0;
    CHECK(filled == lines && whole.characters == document->characters && whole.key.count == document->key.count);
    CHECK(whole.key.count == 0 ||
          memcmp(whole.key.points, document->key.points, whole.key.count * sizeof *whole.key.points) == 0);
    document_release(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < CUT_BYTES)
        return 0;
    const char *text = (const char *)data + CUT_BYTES;
    size_t length = utf8_prefix(text, size - CUT_BYTES);
    struct text_document document;
    document_init(&document);
    CHECK(document_set(&document, text, (uint32_t)length, NULL) == DEDUP_OK);
    for (size_t i = 0; i < document.line_count; i++)
        CHECK(document.lines[i].next == (i + 1 < document.line_count ? document.lines[i + 1].begin : length));
    check_whole(&document);
    for (size_t i = 0; i < CUT_BYTES; i += 2) {
        struct text_cut cut = {.begin = boundary(text, length, data[i]), .reason = CUT_RULE};
        cut.end = boundary(text, length, (size_t)cut.begin + data[i + 1]);
        CHECK(document_cut(&document, &cut, NULL) == DEDUP_OK);
    }
    document_settle(&document);
    check_kept(&document);
    CHECK(document_collapse_blanks(&document, NULL) == DEDUP_OK);
    check_kept(&document);
    document_release(&document);
    return 0;
}
