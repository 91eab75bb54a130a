#include "pipeline/survey_notes.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"

enum {
    LINES_MOST = 65536,
    SOURCES_MOST = 65536,
    LINE_BYTES = 200, /* of a line that are kept */
    MARKS_MOST = 400  /* of a document that lost much */
};

void survey_losses_init(struct survey_losses *losses)
{
    *losses = (struct survey_losses){0};
    for (size_t i = 0; i < SURVEY_LOSSES; i++)
        dedup_buffer_init(&losses->items[i].text, SIZE_MAX);
}

void survey_losses_release(struct survey_losses *losses)
{
    for (size_t i = 0; i < SURVEY_LOSSES; i++) {
        dedup_buffer_release(&losses->items[i].text);
        free(losses->items[i].marks);
    }
}

struct survey_loss *survey_losses_insert(struct survey_losses *losses, uint32_t document, uint32_t removed)
{
    size_t at = losses->count;
    while (at > 0 && removed > losses->items[at - 1].removed)
        at--;
    if (at == SURVEY_LOSSES)
        return NULL;
    losses->count += losses->count < SURVEY_LOSSES;
    struct survey_loss last = losses->items[losses->count - 1];
    memmove(losses->items + at + 1, losses->items + at, (losses->count - at - 1) * sizeof last);
    last.document = document;
    last.removed = removed;
    last.mark_count = 0;
    dedup_buffer_clear(&last.text);
    losses->items[at] = last;
    return &losses->items[at];
}

dedup_status survey_notes_create(struct survey_notes **out, dedup_error *error)
{
    struct survey_notes *notes = calloc(1, sizeof *notes);
    *out = notes;
    if (!notes)
        return fail_memory(error, "the report");
    tally_init(&notes->lines, LINES_MOST);
    tally_init(&notes->sources, SOURCES_MOST);
    survey_losses_init(&notes->losses);
    dedup_buffer_init(&notes->texts, SIZE_MAX);
    dedup_buffer_init(&notes->key, SIZE_MAX);
    return DEDUP_OK;
}

void survey_notes_free(struct survey_notes *notes)
{
    if (!notes)
        return;
    tally_release(&notes->lines);
    tally_release(&notes->sources);
    survey_losses_release(&notes->losses);
    free(notes->noted);
    dedup_buffer_release(&notes->texts);
    dedup_buffer_release(&notes->key);
    free(notes);
}

void survey_notes_clear(struct survey_notes *notes)
{
    tally_clear(&notes->lines);
    tally_clear(&notes->sources);
    notes->losses.count = 0;
    notes->noted_count = 0;
    dedup_buffer_clear(&notes->texts);
}

/* Length of the beginning of a text, whole code points of at most `most` bytes. */
static size_t bounded(const char *text, size_t length, size_t most)
{
    if (length <= most)
        return length;
    while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

dedup_status survey_note_text(struct survey_notes *notes, uint32_t document, const char *text, size_t length,
                              dedup_error *error)
{
    size_t shown = bounded(text, length, SURVEY_TEXT_BYTES), begin = notes->texts.length;
    TRY(array_reserve(&notes->noted, &notes->noted_capacity, notes->noted_count + 1, "texts of the report", error));
    TRY(dedup_buffer_append(&notes->texts, text, shown, error));
    notes->noted[notes->noted_count++] = (struct noted_text){document, shown < length, begin, shown};
    return DEDUP_OK;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Counts a line. The key is the rule's number, the line and the source, both with a NUL behind. */
static dedup_status note_line(struct survey_notes *notes, uint32_t rule, const char *line, size_t length,
                              const char *source, size_t source_length, dedup_error *error)
{
    static const uint64_t once[TALLY_COUNTS] = {1};
    dedup_buffer *key = &notes->key;
    while (length > 0 && is_space(*line)) {
        line++;
        length--;
    }
    while (length > 0 && is_space(line[length - 1]))
        length--;
    if (length == 0 || memchr(line, '\0', length) || text_is_blank(line, length))
        return DEDUP_OK;
    dedup_buffer_clear(key);
    TRY(dedup_buffer_append(key, &rule, sizeof rule, error));
    size_t shown = bounded(line, length, LINE_BYTES);
    TRY(dedup_buffer_append(key, line, shown, error));
    if (shown < length)
        TRY(dedup_buffer_append(key, "…", sizeof "…" - 1, error));
    TRY(dedup_buffer_append(key, "", 1, error));
    TRY(dedup_buffer_append(key, source ? source : "", source ? source_length : 0, error));
    TRY(dedup_buffer_append(key, "", 1, error));
    return tally_add(&notes->lines, key->data, key->length, once, error);
}

dedup_status survey_note_lines(struct survey_notes *notes, uint32_t rule, const char *text, size_t length,
                               const char *source, size_t source_length, dedup_error *error)
{
    for (const char *end = text + length; text < end;) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t size = stop ? (size_t)(stop - text) : (size_t)(end - text);
        TRY(note_line(notes, rule, text, size, source, source_length, error));
        text += size + (stop != NULL);
    }
    return DEDUP_OK;
}

dedup_status survey_note_source(struct survey_notes *notes, const char *name, size_t length, const dedup_volume *in,
                                const dedup_volume *out, uint64_t boilerplate, dedup_error *error)
{
    const uint64_t counts[TALLY_COUNTS] = {in->documents,  out->documents,  in->paragraphs, out->paragraphs,
                                           in->characters, out->characters, boilerplate};
    dedup_buffer_clear(&notes->key);
    TRY(dedup_buffer_append(&notes->key, name, length, error));
    TRY(dedup_buffer_append(&notes->key, "", 1, error));
    return tally_add(&notes->sources, notes->key.data, notes->key.length, counts, error);
}

dedup_status survey_note_loss(struct survey_notes *notes, uint32_t number, uint32_t characters, uint32_t removed,
                              const struct text_document *document, dedup_error *error)
{
    struct survey_loss *loss = removed != 0 ? survey_losses_insert(&notes->losses, number, removed) : NULL;
    if (!loss)
        return DEDUP_OK;
    size_t shown = bounded(document->text, document->length, SURVEY_TEXT_BYTES);
    size_t marks = document->cut_count < MARKS_MOST ? document->cut_count : MARKS_MOST;
    loss->characters = characters;
    TRY(dedup_buffer_append(&loss->text, document->text, shown, error));
    TRY(array_reserve(&loss->marks, &loss->mark_capacity, marks, "marks of the report", error));
    for (size_t i = 0; i < marks && document->cuts[i].end <= shown; i++)
        loss->marks[loss->mark_count++] =
            (struct survey_mark){document->cuts[i].begin, document->cuts[i].end, document->cuts[i].reason};
    /* Behind the last mark that is known, removed text would look kept. */
    if (loss->mark_count < document->cut_count && loss->text.length > document->cuts[loss->mark_count].begin)
        loss->text.length = document->cuts[loss->mark_count].begin;
    loss->cut = loss->text.length < document->length;
    return DEDUP_OK;
}
