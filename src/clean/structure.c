/* The first step of a pass: repairs, placeholders, whole-line rules, paragraph numbers, the title. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "clean/worker.h"

enum {
    NUMBERS_LEAST = 8,     /* paragraph numbers that make a sequence */
    NUMBER_LETTERS = 6,    /* digits of one */
    NUMBERED_PERCENT = 80, /* of the text lines must have one */
    TITLE_LETTERS = 6,     /* letters of a title that counts as repeated */
    TITLE_LINES = 12,      /* lines from the top among which it is looked for */
    CODE_LINES = 4,        /* lines of code that make a document technical */
    MARKDOWN_LINES = 3,    /* headings and lines with links that make it Markdown */
};

/* The end of an image ("![alt](address)") that begins at text[0], or of a link around one; 0 when there is none. */
static uint32_t image_end(const char *text, uint32_t length)
{
    bool linked = length > 3 && text[0] == '[' && text[1] == '!' && text[2] == '[';
    uint32_t at = linked;
    if (length < at + 5 || text[at] != '!' || text[at + 1] != '[')
        return 0;
    for (int part = 0; part < 1 + linked; part++) {
        const char *close = memchr(text + at, ']', length - at);
        uint32_t open = close ? (uint32_t)(close - text) + 1 : length;
        if (open >= length || text[open] != '(')
            return 0;
        close = memchr(text + open, ')', length - open);
        if (!close)
            return 0;
        at = (uint32_t)(close - text) + 1;
    }
    return at;
}

/* True when a line is nothing but images; with `empty` only when none of them has an address. */
static bool is_image_line(const char *text, uint32_t length, bool empty)
{
    uint32_t at = 0, images = 0;
    if (length == 0 || (*text != '!' && *text != '[' && *text != ' ' && *text != '\t'))
        return false;
    while (at < length) {
        if (text[at] == ' ' || text[at] == '\t') {
            at++;
            continue;
        }
        uint32_t used = image_end(text + at, length - at);
        bool bare = used >= 2 && text[at + used - 2] == '(';
        if (used == 0 || (empty && !bare))
            return false;
        images++;
        at += used;
    }
    return images > 0;
}

/* The value of a line that is a plain number, 0 for any other line. */
static uint32_t number_of(const struct text_document *document, size_t line)
{
    const char *text = line_text(document, line);
    uint32_t length = line_length(document, line), value = 0, digits = 0, at = 0;
    while (at < length && (text[at] == ' ' || text[at] == '\t'))
        at++;
    for (; at < length && text[at] >= '0' && text[at] <= '9'; at++) {
        if (++digits > NUMBER_LETTERS)
            return 0;
        value = value * 10 + (uint32_t)(text[at] - '0');
    }
    while (at < length && (text[at] == ' ' || text[at] == '\t'))
        at++;
    return at == length ? value : 0;
}

/* False when too few lines are short enough for numbers of paragraphs. */
static bool may_have_numbers(const struct clean_worker *worker, const struct text_document *document)
{
    size_t count = 0;
    for (size_t i = 0; i < worker->noted_count; i++)
        count += document->lines[worker->noted[i]].key_count <= NUMBER_LETTERS;
    return count >= NUMBERS_LEAST;
}

/* Cuts the numbers 1..N when they are all plain numbers of the document, stand in order, and nearly every line of text
 * has one in front of it. Sparse section numbers stay. */
static dedup_status cut_numbers(struct clean_worker *worker, struct text_document *document, bool *changed,
                                dedup_error *error)
{
    uint32_t expected = 1;
    size_t count = 0, texts = 0, numbered = 0;
    bool after_number = false;
    if (!may_have_numbers(worker, document))
        return DEDUP_OK;
    for (size_t i = 0; i < document->line_count; i++) {
        if (!line_live(document, i))
            continue;
        uint32_t number = document->lines[i].key_count <= NUMBER_LETTERS ? number_of(document, i) : 0;
        if (number == 0) {
            texts++;
            numbered += after_number;
            after_number = false;
            continue;
        }
        if (number != expected)
            return DEDUP_OK;
        TRY(array_reserve(&worker->lines, &worker->line_capacity, count + 1, "lines", error));
        worker->lines[count++] = (uint32_t)i;
        expected++;
        after_number = true;
    }
    if (count < NUMBERS_LEAST || numbered * 100 < texts * NUMBERED_PERCENT)
        return DEDUP_OK;
    for (size_t i = 0; i < count; i++)
        TRY(cut_line(document, worker->lines[i], RULE_NUMBER, error));
    *changed = true;
    return DEDUP_OK;
}

/* Cuts the title where it stands a second time above the text. */
static dedup_status cut_title(struct text_document *document, bool *changed, dedup_error *error)
{
    const struct text_line *title = NULL;
    unsigned seen = 0;
    for (size_t i = 0; i < document->line_count && seen < TITLE_LINES; i++) {
        const struct text_line *line = &document->lines[i];
        if (!line_live(document, i))
            continue;
        if (line->flags & LINE_PROSE)
            return DEDUP_OK;
        seen++;
        if (!title) {
            title = line;
            if (title->key_count < TITLE_LETTERS)
                return DEDUP_OK;
        } else if (line->key_count == title->key_count &&
                   memcmp(document->key.points + line->key, document->key.points + title->key,
                          line->key_count * sizeof *document->key.points) == 0) {
            *changed = true;
            TRY(cut_line(document, i, RULE_TITLE, error));
        }
    }
    return DEDUP_OK;
}

static bool is_technical(const struct text_document *document)
{
    size_t code = 0;
    for (size_t i = 0; i < document->line_count && code < CODE_LINES; i++)
        code += document->lines[i].flags & LINE_CODE &&
                !is_image_line(line_text(document, i), line_length(document, i), false);
    return code >= CODE_LINES;
}

/* "# re: title" is how a list of comments writes the title of one. */
static bool is_answer(const char *text, uint32_t length)
{
    return length > 5 && text[1] == ' ' && (text[2] | 0x20) == 'r' && (text[3] | 0x20) == 'e' && text[4] == ':';
}

/* Markdown has headings, links or fences besides its pictures. Lines that are cut do not speak for it. */
static bool is_markdown(const struct clean_worker *worker, const struct text_document *document)
{
    size_t signs = 0;
    for (size_t i = 0; i < worker->noted_count && signs < MARKDOWN_LINES; i++) {
        uint32_t line = worker->noted[i];
        const char *text = line_text(document, line);
        uint32_t length = line_length(document, line);
        if (!line_live(document, line))
            continue;
        if (document->lines[line].flags & LINE_FENCED)
            return true;
        signs += (length > 2 && *text == '#' && is_markup(text, length) && !is_answer(text, length)) ||
                 (worker->line_notes[line].flags & NOTE_LINK && !is_image_line(text, length, false));
    }
    return signs >= MARKDOWN_LINES;
}

/* Where the memo keeps the fate of a line; NULL when it does not. */
static struct line_memory *memory_of(struct clean_worker *worker, const struct text_document *document, size_t line)
{
    uint32_t place = worker->line_notes[line].memory;
    if (place == 0 ||
        !line_memo_knows(&worker->memo, place - 1, line_text(document, line), line_length(document, line)))
        return NULL;
    return &worker->memo.lines[place - 1];
}

/* The rule by which an open line goes wherever it stands. Errors: MEMORY. */
static dedup_status judge_line(struct clean_worker *worker, const struct text_document *document, size_t line,
                               size_t *rule, bool *found, dedup_error *error)
{
    struct line_memory *memory = memory_of(worker, document, line);
    if (memory && memory->fate[worker->markdown].verdict != VERDICT_UNKNOWN) {
        *rule = memory->fate[worker->markdown].rule;
        *found = memory->fate[worker->markdown].verdict == VERDICT_GOES;
        return DEDUP_OK;
    }
    TRY(match_whole_line(worker, document, line, CLASS_A, rule, found, error));
    if (!*found)
        TRY(match_bar(worker, document, line, rule, found, error));
    if (memory) {
        memory->fate[worker->markdown].verdict = *found ? VERDICT_GOES : VERDICT_STAYS;
        memory->fate[worker->markdown].rule = *found ? (uint32_t)*rule : 0;
    }
    return DEDUP_OK;
}

static dedup_status cut_whole_lines(struct clean_worker *worker, struct text_document *document, dedup_error *error)
{
    bool images = rule_works(worker, RULE_IMAGE);
    for (size_t i = 0; i < worker->noted_count; i++) {
        uint32_t line = worker->noted[i];
        if (document->lines[line].flags & (LINE_FENCED | LINE_REMOVED))
            continue;
        if (images && is_image_line(line_text(document, line), line_length(document, line), worker->markdown)) {
            TRY(cut_line(document, line, RULE_IMAGE, error));
            continue;
        }
        size_t rule;
        bool found = false;
        if (line_open(worker, document, line))
            TRY(judge_line(worker, document, line, &rule, &found, error));
        if (found)
            TRY(cut_line(document, line, rule, error));
    }
    return DEDUP_OK;
}

dedup_status clean_structure(struct clean_worker *worker, struct text_document *document, bool first,
                             struct clean_outcome *outcome, dedup_error *error)
{
    if (first) {
        worker->technical = is_technical(document);
        TRY(find_candidates(worker, document, error));
    }
    if (worker->learned && worker->level >= DEDUP_CLEAN_STANDARD)
        TRY(cut_learned(worker, document, outcome, error));
    if (first) {
        worker->markdown = is_markdown(worker, document);
        TRY(repair_lines(worker, document, &outcome->inside, error));
        TRY(cut_whole_lines(worker, document, error));
    }
    if (rule_works(worker, RULE_NUMBER))
        TRY(cut_numbers(worker, document, &outcome->lines, error));
    if (rule_works(worker, RULE_TITLE))
        TRY(cut_title(document, &outcome->lines, error));
    return DEDUP_OK;
}
