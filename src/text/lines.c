/* document_set: the lines of a text, their keys and what kind of line each is. */
#include "base/array.h"
#include "base/failure.h"
#include "text/document.h"
#include "text/fold_reader.h"
#include "text/line_kind.h"

enum {
    FENCE_MARKS = 3,  /* CommonMark: a fence has that many or more */
    FENCE_INDENT = 3, /* and at most so many spaces before it */
};

/* A line that opens or closes a code block of Markdown (CommonMark 0.31, 4.5); count 0 for other lines. */
struct fence {
    char mark;
    uint32_t count;
    bool info; /* has text behind the marks: can only open */
};

static struct fence fence_of(const char *text, size_t length)
{
    struct fence fence = {0};
    size_t i = 0;
    while (i < length && i < FENCE_INDENT && text[i] == ' ')
        i++;
    if (i == length || (text[i] != '`' && text[i] != '~'))
        return fence;
    fence.mark = text[i];
    for (; i < length && text[i] == fence.mark; i++)
        fence.count++;
    for (; i < length; i++) {
        if (fence.mark == '`' && text[i] == '`')
            return (struct fence){0};
        fence.info = fence.info || (text[i] != ' ' && text[i] != '\t');
    }
    return fence.count >= FENCE_MARKS ? fence : (struct fence){0};
}

/* A quick look at the first byte of a line. */
static inline bool may_be_fence(char first)
{
    return first == '`' || first == '~' || first == ' ';
}

/* Makes the lines from one fence to the other code, unless most of them read like prose: then one of the fences is
 * astray, or the text is only set off. */
static void mark_fenced(struct text_line *lines, size_t first, size_t last)
{
    size_t prose = 0, other = 0;
    for (size_t i = first + 1; i < last; i++) {
        prose += (lines[i].flags & LINE_PROSE) != 0;
        other += (lines[i].flags & (LINE_PROSE | LINE_BLANK)) == 0;
    }
    if (prose > other)
        return;
    for (size_t i = first; i <= last; i++)
        if (!(lines[i].flags & LINE_BLANK))
            lines[i].flags = LINE_CODE | LINE_FENCED;
}

/* A fence that is not closed makes no code, and neither does one before another that can only open: one stray fence
 * shall not turn an article into code. */
static void mark_fences(struct text_document *document)
{
    struct fence open = {0};
    size_t first = 0;
    for (size_t i = 0; i < document->line_count; i++) {
        const struct text_line *line = &document->lines[i];
        const char *text = document->text + line->begin;
        struct fence fence = may_be_fence(text[0]) ? fence_of(text, line->end - line->begin) : (struct fence){0};
        if (fence.count == 0)
            continue;
        bool fits = fence.mark == open.mark && fence.count >= open.count;
        if (open.count != 0 && fits && !fence.info) {
            mark_fenced(document->lines, first, i);
            open = (struct fence){0};
        } else if (open.count == 0 || fits) {
            open = fence;
            first = i;
        }
    }
}

static dedup_status check_key(size_t count, dedup_error *error)
{
    return count <= UINT32_MAX
               ? DEDUP_OK
               : fail(error, DEDUP_ERROR_LIMIT, "a text has a fold key of more than 4294967295 characters");
}

/* Adds the line at `begin`, whose key begins at *key, and moves *key to its end. */
static dedup_status add_line(struct text_document *document, struct fold_reader *reader, uint32_t begin, size_t *key,
                             dedup_error *error)
{
    struct fold_line place;
    TRY(fold_reader_line(reader, &document->key, &place, error));
    TRY(check_key(place.key_end, error));
    TRY(array_reserve(&document->lines, &document->line_capacity, document->line_count + 1, "lines", error));
    struct text_line *line = &document->lines[document->line_count++];
    bool wide_end = place.end < document->length && (unsigned char)document->text[place.end] >= 0x80;
    document->characters += (uint32_t)(place.content.points + (wide_end ? 1 : place.next - place.end));
    *line = (struct text_line){
        .begin = begin,
        .end = (uint32_t)place.end,
        .next = (uint32_t)place.next,
        .key = (uint32_t)*key,
        .key_count = (uint32_t)(place.key_end - *key),
    };
    line->flags = line_kind(document->text + begin, line->end - begin, document->key.points + *key, line->key_count,
                            &place.content);
    *key = place.key_end;
    return DEDUP_OK;
}

dedup_status document_set(struct text_document *document, const char *text, uint32_t length, dedup_error *error)
{
    bool fenced = false;
    size_t key = 0;
    struct fold_reader reader;
    document_clear(document);
    document->text = text;
    document->length = length;
    fold_reader_init(&reader, text, length, isa_best());
    for (uint32_t begin = 0; begin < length;) {
        dedup_status status = add_line(document, &reader, begin, &key, error);
        if (status != DEDUP_OK) {
            document_clear(document);
            return status;
        }
        const struct text_line *line = &document->lines[document->line_count - 1];
        fenced = fenced || (may_be_fence(text[begin]) && fence_of(text + begin, line->end - begin).count != 0);
        begin = line->next;
    }
    if (fenced)
        mark_fences(document);
    return DEDUP_OK;
}

dedup_status document_set_whole(struct text_document *document, const char *text, uint32_t length, uint32_t *filled,
                                dedup_error *error)
{
    struct fold_reader reader;
    struct fold_whole whole = {0};
    document_clear(document);
    fold_reader_init(&reader, text, length, isa_best());
    dedup_status status = fold_reader_whole(&reader, &document->key, &whole, error);
    if (status == DEDUP_OK)
        status = check_key(document->key.count, error);
    if (status != DEDUP_OK) {
        document_clear(document);
        return status;
    }
    document->text = text;
    document->length = length;
    document->characters = (uint32_t)whole.points;
    *filled = (uint32_t)whole.filled;
    return DEDUP_OK;
}
