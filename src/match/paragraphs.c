#include "match/paragraphs.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/failure.h"

void paragraph_list_init(struct paragraph_list *list)
{
    *list = (struct paragraph_list){0};
    dedup_buffer_init(&list->text, SIZE_MAX);
    fold_key_init(&list->key);
}

void paragraph_list_release(struct paragraph_list *list)
{
    free(list->items);
    dedup_buffer_release(&list->text);
    fold_key_release(&list->key);
    paragraph_list_init(list);
}

/* Where a walk over the lines stands. */
struct walk {
    struct paragraph_list *list;
    const struct text_document *document;
    size_t cut;    /* the first cut that ends behind the line */
    uint64_t key;  /* place in the kept key */
    uint64_t code; /* how much of the open paragraph's key is in lines of code */
    struct paragraph open;
};

/* A line without text. A cut may have given it some. */
static bool is_blank(const struct text_line *line)
{
    return (line->flags & (LINE_BLANK | LINE_CUT)) == LINE_BLANK;
}

/* Appends what the cuts leave of a line to the list's text, without its terminator. */
static dedup_status append_kept(struct walk *walk, const struct text_line *line, dedup_error *error)
{
    const struct text_document *document = walk->document;
    dedup_buffer *out = &walk->list->text;
    uint32_t place = line->begin;
    while (walk->cut < document->cut_count && document->cuts[walk->cut].end <= line->begin)
        walk->cut++;
    for (size_t i = walk->cut; i < document->cut_count && document->cuts[i].begin < line->next; i++) {
        const struct text_cut *cut = &document->cuts[i];
        uint32_t end = cut->begin < line->end ? cut->begin : line->end;
        if (end > place)
            TRY(dedup_buffer_append(out, document->text + place, end - place, error));
        if (cut->begin >= line->begin && cut->replacement_length != 0)
            TRY(dedup_buffer_append(out, document->replacements.data + cut->replacement, cut->replacement_length,
                                    error));
        place = cut->end;
    }
    return place < line->end ? dedup_buffer_append(out, document->text + place, line->end - place, error) : DEDUP_OK;
}

static dedup_status push(struct paragraph_list *list, const struct paragraph *paragraph, dedup_error *error)
{
    TRY(array_reserve(&list->items, &list->capacity, list->count + 1, "paragraphs", error));
    list->items[list->count++] = *paragraph;
    list->prose += paragraph->prose;
    return DEDUP_OK;
}

/* Gives the paragraph its place in the kept key. */
static dedup_status advance(struct walk *walk, struct paragraph *paragraph, size_t count, dedup_error *error)
{
    if (walk->key + count > UINT32_MAX)
        return fail(error, DEDUP_ERROR_LIMIT, "a text has a fold key of more than 4294967295 characters");
    paragraph->key = (uint32_t)walk->key;
    paragraph->key_count = (uint32_t)count;
    walk->key += count;
    return DEDUP_OK;
}

/* Folds and judges the list's text. Returns its kind of line. */
static dedup_status judge(struct paragraph_list *list, uint32_t *kind, dedup_error *error)
{
    const char *text = list->text.data ? list->text.data : "";
    fold_key_clear(&list->key);
    TRY(fold_append(&list->key, text, list->text.length, error));
    *kind = text_classify(text, list->text.length, list->key.points, list->key.count);
    return DEDUP_OK;
}

static dedup_status add_line(struct walk *walk, size_t index, dedup_error *error)
{
    const struct text_line *line = &walk->document->lines[index];
    struct paragraph_list *list = walk->list;
    struct paragraph paragraph = {.first = (uint32_t)index, .last = (uint32_t)index};
    uint32_t kind = line->flags;
    size_t count = line->key_count;
    if (kind & LINE_REMOVED || is_blank(line))
        return DEDUP_OK;
    if (kind & LINE_CUT) {
        dedup_buffer_clear(&list->text);
        TRY(append_kept(walk, line, error));
        TRY(judge(list, &kind, error));
        kind |= line->flags & LINE_CODE;
        count = list->key.count;
    }
    TRY(advance(walk, &paragraph, count, error));
    paragraph.prose = (kind & (LINE_PROSE | LINE_CODE)) == LINE_PROSE;
    return count != 0 ? push(list, &paragraph, error) : DEDUP_OK;
}

/* Ends the open paragraph, whose text is the list's. Most of its key in lines of code makes it code. */
static dedup_status close_paragraph(struct walk *walk, dedup_error *error)
{
    struct paragraph_list *list = walk->list;
    if (list->text.length != 0) {
        uint32_t kind = 0;
        TRY(judge(list, &kind, error));
        TRY(advance(walk, &walk->open, list->key.count, error));
        walk->open.prose = kind == LINE_PROSE && walk->code * 2 <= list->key.count;
        if (list->key.count != 0)
            TRY(push(list, &walk->open, error));
    }
    dedup_buffer_clear(&list->text);
    walk->code = 0;
    return DEDUP_OK;
}

static dedup_status join_line(struct walk *walk, size_t index, dedup_error *error)
{
    const struct text_line *line = &walk->document->lines[index];
    dedup_buffer *text = &walk->list->text;
    size_t before = text->length;
    if (is_blank(line))
        return close_paragraph(walk, error);
    if (line->flags & LINE_REMOVED)
        return DEDUP_OK;
    if (before != 0)
        TRY(dedup_buffer_append(text, "\n", 1, error));
    size_t begin = text->length;
    TRY(append_kept(walk, line, error));
    if (text_is_blank(text->data + begin, text->length - begin)) {
        text->length = before;
        return close_paragraph(walk, error);
    }
    if (before == 0)
        walk->open = (struct paragraph){.first = (uint32_t)index};
    walk->open.last = (uint32_t)index;
    walk->code += line->flags & LINE_CODE ? line->key_count : 0;
    return DEDUP_OK;
}

/* Lists the lines of a text without cuts, each a paragraph if it has a key. Which have one cannot be guessed, so all
 * are written. */
static dedup_status list_lines(struct paragraph_list *list, const struct text_document *document, dedup_error *error)
{
    size_t count = 0, prose = 0;
    TRY(array_reserve(&list->items, &list->capacity, document->line_count, "paragraphs", error));
    for (size_t i = 0; i < document->line_count; i++) {
        const struct text_line *line = &document->lines[i];
        bool is_prose = (line->flags & (LINE_PROSE | LINE_CODE)) == LINE_PROSE;
        list->items[count] = (struct paragraph){(uint32_t)i, (uint32_t)i, line->key, line->key_count, is_prose};
        count += line->key_count != 0;
        prose += is_prose;
    }
    list->count = count;
    list->prose = prose;
    return DEDUP_OK;
}

dedup_status paragraph_list_set(struct paragraph_list *list, const struct text_document *document,
                                enum paragraph_mode mode, dedup_error *error)
{
    struct walk walk = {.list = list, .document = document};
    if (mode == PARAGRAPH_AUTO)
        mode = document_is_wrapped(document) ? PARAGRAPH_BLANK : PARAGRAPH_LINE;
    list->count = list->prose = 0;
    dedup_buffer_clear(&list->text);
    if (mode == PARAGRAPH_LINE && document->cut_count == 0)
        return list_lines(list, document, error);
    for (size_t i = 0; i < document->line_count; i++)
        TRY(mode == PARAGRAPH_LINE ? add_line(&walk, i, error) : join_line(&walk, i, error));
    return mode == PARAGRAPH_LINE ? DEDUP_OK : close_paragraph(&walk, error);
}
