/* A document in any encoding, or a JSON line: cleaned, its cuts mapped back to the input. What stands there is what was
 * cut, and the input without it says the kept text. */
#include <stdlib.h>
#include <string.h>

#include "pipeline/clean_text.h"
#include "pipeline/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct source_fields fields = {.text = "text", .id = "id", .date = "date", .origins = true};
static struct source_desk desk, other;
static struct text_cleaner *cleaner;

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void prepare(void)
{
    dedup_cleaner *rules; /* kept, like the desks: making them takes longer than most inputs */
    require(dedup_cleaner_create(DEDUP_CLEAN_AGGRESSIVE, &rules, NULL) == DEDUP_OK);
    require(text_cleaner_create(rules, 0.8, &cleaner, NULL) == DEDUP_OK);
    require(source_desk_create(&desk, NULL) == DEDUP_OK);
    require(source_desk_create(&other, NULL) == DEDUP_OK);
}

static bool open_source(struct source_desk *at, const struct encoding *encoding, bool json, const char *bytes,
                        size_t length, struct source *source)
{
    if (!json)
        return source_open_text(at, encoding, bytes, length, source, NULL) == DEDUP_OK;
    return source_open_json(at, encoding, &fields, bytes, length, source, NULL) == DEDUP_OK;
}

/* Appends the cut's place in the output: what replaces it, in the encoding of JSON strings where it is in one. */
static void replace(const struct source *source, const struct text_document *document, const struct text_cut *cut,
                    dedup_buffer *out)
{
    if (cut->replacement_length == 0)
        return;
    const char *text = document->replacements.data + cut->replacement;
    if (!source->json) {
        require(dedup_buffer_append(out, text, cut->replacement_length, NULL) == DEDUP_OK);
        return;
    }
    const struct json_value *value = &source->value;
    struct json_style style = json_style_of(source->line + value->begin, value->end - value->begin);
    require(json_escape_like(style, text, cut->replacement_length, out, NULL) == DEDUP_OK);
}

/* Splices UTF-8 input without repairs and reads it again. */
static void check_splice(const struct source *source, const struct text_document *document, const uint32_t *places)
{
    dedup_buffer spliced, kept;
    struct source again;
    size_t at = 0;
    dedup_buffer_init(&spliced, SIZE_MAX);
    dedup_buffer_init(&kept, SIZE_MAX);
    for (size_t i = 0; i < document->cut_count; i++) {
        require(places[2 * i] >= at && places[2 * i + 1] >= places[2 * i] && places[2 * i + 1] <= source->length);
        require(dedup_buffer_append(&spliced, source->bytes + at, places[2 * i] - at, NULL) == DEDUP_OK);
        replace(source, document, &document->cuts[i], &spliced);
        at = places[2 * i + 1];
    }
    require(dedup_buffer_append(&spliced, source->bytes + at, source->length - at, NULL) == DEDUP_OK);
    require(document_kept_text(document, &kept, NULL) == DEDUP_OK);
    require(open_source(&other, source->encoding, source->json, spliced.data, spliced.length, &again));
    require(again.text_length == kept.length);
    require(kept.length == 0 || memcmp(again.text, kept.data, kept.length) == 0);
    dedup_buffer_release(&spliced);
    dedup_buffer_release(&kept);
}

static void check(const struct source *source, struct text_document *document)
{
    const struct text_cleaning how = {PARAGRAPH_AUTO, REPEATS_CUT, NULL};
    struct text_outcome outcome;
    require(document_set(document, source->text, source->text_length, NULL) == DEDUP_OK);
    require(text_cleaner_clean(cleaner, document, &how, &outcome, NULL) == DEDUP_OK);
    size_t count = 2 * document->cut_count;
    uint32_t *offsets = malloc((count + 1) * 2 * sizeof *offsets), *places = offsets + count + 1;
    require(offsets != NULL);
    for (size_t i = 0; i < document->cut_count; i++) {
        offsets[2 * i] = document->cuts[i].begin;
        offsets[2 * i + 1] = document->cuts[i].end;
    }
    require(source_map(&desk, source, offsets, count, places, NULL) == DEDUP_OK);
    for (size_t i = 0; i < count; i++)
        require(places[i] >= (i > 0 ? places[i - 1] : 0) && places[i] <= source->length);
    if (source->encoding->family == ENCODING_UTF8 && source->repair_count == 0 && source->change_count == 0)
        check_splice(source, document, places);
    free(offsets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const labels[] = {"utf-8",    "gb18030", "big5",  "utf-16le",
                                         "utf-16be", "euc-tw",  "utf-8", "utf-8"};
    struct encoding encoding;
    struct source source;
    struct text_document document;
    if (size == 0)
        return 0;
    if (!cleaner)
        prepare();
    require(encoding_named(labels[data[0] % 8], &encoding, NULL) == DEDUP_OK);
    bool json = data[0] >> 3 & 1;
    document_init(&document);
    if (open_source(&desk, &encoding, json, (const char *)data + 1, size - 1, &source))
        check(&source, &document);
    else
        require(json);
    document_release(&document);
    return 0;
}
