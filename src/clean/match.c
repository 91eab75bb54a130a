/* Rules against one line. */
#include <string.h>

#include "base/failure.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "clean/worker.h"
#include "text/fold_table.h"

enum {
    WINDOW = 1200,     /* bytes at the ends of a line where fragments are looked for */
    BAR_ITEMS = 2,     /* items that make a bar */
    BAR_LETTERS = 120, /* letters of the longest bar */
};

static bool wanted(uint32_t classes, char kind)
{
    return (class_of(kind) & classes) != 0;
}

/* The rule of one of the classes whose form has this key. */
static bool find_form(const struct clean_worker *worker, const uint32_t *points, size_t count, uint32_t classes,
                      size_t *rule)
{
    const struct rule_set *set = &worker->cleaner->rules;
    if (!rule_set_may_have(set, points, count))
        return false;
    uint64_t hash = hash64_of(points, count * sizeof *points);
    for (size_t i = rule_set_find_form(set, 0, hash, points, count); i < set->form_count;
         i = rule_set_find_form(set, i + 1, hash, points, count)) {
        *rule = set->forms[i].rule;
        if (wanted(classes, set->rules[*rule].kind) && rule_works(worker, *rule))
            return true;
    }
    return false;
}

bool match_form(const struct clean_worker *worker, const struct text_document *document, size_t line, uint32_t classes,
                size_t *rule)
{
    const struct text_line *place = &document->lines[line];
    return worker->line_notes[line].forms & classes &&
           find_form(worker, document->key.points + place->key, place->key_count, classes, rule);
}

/* True when the line ends like a sentence or a part of one. Words of buttons do not. */
static bool reads_on(const char *text, uint32_t length)
{
    uint32_t last = 0;
    for (const char *next = text, *end = text + length; next < end;) {
        uint32_t point = utf8_next(&next);
        if (!(point_class(point) & (POINT_SPACE | POINT_INVISIBLE)))
            last = point;
    }
    return last == ',' || last == 0xff0c || last == 0x3001 || last == 0x3002 || last == ';' || last == 0xff1b ||
           last == '.';
}

dedup_status fold_stretch(struct clean_worker *worker, const struct text_document *document, uint32_t begin,
                          uint32_t end, dedup_error *error)
{
    struct folded *folded = &worker->folded;
    if (folded->begin == begin && folded->end == end && begin < end)
        return DEDUP_OK;
    folded->begin = folded->end = 0;
    TRY(match_line_set(&folded->line, document->text + begin, end - begin, error));
    folded->begin = begin;
    folded->end = end;
    folded->characters = (uint32_t)utf8_count(folded->line.text, folded->line.length);
    return DEDUP_OK;
}

dedup_status match_pattern(struct clean_worker *worker, const struct rule_pattern *pattern, uint32_t start,
                           uint32_t options, bool *found, dedup_error *error)
{
    const struct rule_set *set = &worker->cleaner->rules;
    const pcre2_code *code;
    TRY(pattern_code_get(pattern->code, &code, error));
    int result = pcre2_match(code, (PCRE2_SPTR)worker->folded.line.text, worker->folded.line.length, start,
                             options | PCRE2_NO_UTF_CHECK, worker->match, worker->context);
    *found = result >= 0;
    if (result >= 0 || result == PCRE2_ERROR_NOMATCH)
        return DEDUP_OK;
    if (result == PCRE2_ERROR_NOMEMORY)
        return fail_memory(error, "a match");
    /* For our own rules it is no match: nobody can mend them, and few lines are so odd. */
    if (set->rules[pattern->rule].built_in)
        return DEDUP_OK;
    return fail(error, DEDUP_ERROR_LIMIT,
                "the pattern of rule %s takes too many steps over a line; make it simpler, or leave it out with "
                "--no-rule %s",
                set->rules[pattern->rule].id, set->rules[pattern->rule].id);
}

/* Where the last `limit` characters of the folded line begin. */
static uint32_t last_characters(const struct match_line *line, uint32_t limit)
{
    uint32_t at = line->length;
    while (at > 0 && limit > 0)
        limit -= ((unsigned char)line->text[--at] & 0xc0) != 0x80;
    return at;
}

/* Adds the open patterns to the candidates whose rarest mark is among those of the line. */
static void add_open(struct clean_worker *worker, const struct open_patterns *open, uint64_t marks, uint32_t key_count)
{
    const struct rule_set *set = &worker->cleaner->rules;
    for (size_t i = 0; key_count <= open->limit && i < open->count; i++) {
        const struct rule_pattern *pattern = &set->patterns[open->patterns[i]];
        if (pattern->marks[0] == 0 || pattern->marks[0] & marks)
            worker->hits.patterns[worker->hits.count++] = open->patterns[i];
    }
}

bool is_markup(const char *text, uint32_t length)
{
    uint32_t at = 0;
    uint32_t indent = 0;
    for (; at < length && (text[at] == ' ' || text[at] == '\t'); at++)
        indent += text[at] == '\t' ? 4 : 1;
    if (at >= length)
        return false;
    if (text[at] == '#') {
        uint32_t marks = 0;
        for (; at < length && text[at] == '#'; at++)
            marks++;
        return at < length && text[at] == ' ' && marks <= 6;
    }
    while (length > at + 1 && text[length - 1] == ' ')
        length--;
    if (text[at] == '|')
        return length - at > 2 && text[length - 1] == '|' && memchr(text + at + 1, '|', length - at - 2) != NULL;
    while (at < length && (unsigned char)text[at] < 0x80)
        at++;
    return indent >= 4 && at == length;
}

/* Lines that whole-line rules leave alone: markup, and in Markdown also tags, quotations, pictures and entries of
 * lists. */
static bool is_content(const struct clean_worker *worker, const char *text, uint32_t length)
{
    uint32_t at = 0;
    while (at < length && (text[at] == ' ' || text[at] == '\t'))
        at++;
    if (worker->markdown && at < length && strchr("<>!|[", text[at]))
        return true;
    if (worker->markdown && length - at > 2 && strchr("*+-", text[at]) && text[at + 1] == ' ')
        return true;
    return is_markup(text, length);
}

static bool wants_metadata(const struct clean_worker *worker, uint32_t classes)
{
    return classes & CLASS_O && (worker->head || worker->level == DEDUP_CLEAN_AGGRESSIVE);
}

/* False when the notes say that no rule of the classes takes the line. */
static bool may_match(const struct clean_worker *worker, const struct text_document *document, size_t line,
                      uint32_t classes)
{
    const struct line_note *note = &worker->line_notes[line];
    return (note->patterns | note->forms) & classes || wants_metadata(worker, classes) ||
           open_may_match(worker, document, line, classes);
}

/* False when the matching form of a line with this key has no digits. */
static bool may_have_digits(const uint32_t *points, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (class_of_point(points[i]) & POINT_NUMBER)
            return true;
    return false;
}

/* Finds the marks that the matching form of [begin, end) of line `number` may have, as far as patterns require them.
 * Errors: MEMORY. */
static dedup_status find_marks(struct clean_worker *worker, const struct text_document *document, size_t number,
                               uint32_t begin, uint32_t end, uint64_t *marks, dedup_error *error)
{
    const struct text_line *line = &document->lines[number];
    const char *text = document->text + begin;
    uint32_t length = end - begin;
    TRY(signs_find(&worker->cleaner->rules.pattern_signs, text, length, &worker->marks, error));
    *marks = signs_marks_anywhere();
    for (size_t at = place_map_next(&worker->marks, 0, length); at < length;
         at = place_map_next(&worker->marks, at + 1, length))
        *marks |= signs_marks_at(text + at, length - (uint32_t)at);
    if (!may_have_digits(document->key.points + line->key, line->key_count))
        *marks &= ~LITERALS_DIGIT;
    return DEDUP_OK;
}

/* Adds the open patterns of the classes that the line may match to the candidates. */
static dedup_status find_open(struct clean_worker *worker, const struct text_document *document, size_t number,
                              uint32_t classes, dedup_error *error)
{
    const struct rule_set *set = &worker->cleaner->rules;
    const struct text_line *line = &document->lines[number];
    add_open(worker, open_for(set, classes), worker->line_notes[number].marks, line->key_count);
    if (wants_metadata(worker, classes) && line->key_count <= set->open[OPEN_METADATA].limit) {
        uint64_t marks;
        TRY(find_marks(worker, document, number, line->begin, line->end, &marks, error));
        add_open(worker, &set->open[OPEN_METADATA], marks, line->key_count);
    }
    return DEDUP_OK;
}

/* Whether [begin, end) of line `number` has the marks that a pattern needs. *marks: of the text, 0 as long as they are
 * not known. Errors: MEMORY. */
static dedup_status has_marks(struct clean_worker *worker, const struct text_document *document, size_t number,
                              const struct rule_pattern *pattern, uint32_t begin, uint32_t end, uint64_t *marks,
                              bool *has, dedup_error *error)
{
    *has = pattern->marks[0] == 0;
    if (*has)
        return DEDUP_OK;
    if (*marks == 0)
        TRY(find_marks(worker, document, number, begin, end, marks, error));
    *has = marks_suffice(pattern->marks, *marks);
    return DEDUP_OK;
}

/* Runs the candidates over the line in the order of the packs. */
static dedup_status try_hits(struct clean_worker *worker, const struct text_document *document, size_t line,
                             uint32_t classes, size_t *rule, bool *found, dedup_error *error)
{
    const struct rule_set *set = &worker->cleaner->rules;
    const struct text_line *place = &document->lines[line];
    uint64_t marks = 0;
    prefilter_hits_sort(&worker->hits);
    for (size_t i = 0; i < worker->hits.count && !*found; i++) {
        const struct rule_pattern *pattern = &set->patterns[worker->hits.patterns[i]];
        const struct rule *tried = &set->rules[pattern->rule];
        *rule = pattern->rule;
        if (!wanted(classes, tried->kind) || !rule_works(worker, *rule) || place->key_count > tried->limit)
            continue;
        bool may;
        TRY(has_marks(worker, document, line, pattern, place->begin, place->end, &marks, &may, error));
        if (!may)
            continue;
        TRY(fold_stretch(worker, document, place->begin, place->end, error));
        if (worker->folded.characters <= tried->limit)
            TRY(match_pattern(worker, pattern, 0, 0, found, error));
    }
    return DEDUP_OK;
}

dedup_status match_whole_line(struct clean_worker *worker, const struct text_document *document, size_t line,
                              uint32_t classes, size_t *rule, bool *found, dedup_error *error)
{
    const struct rule_set *set = &worker->cleaner->rules;
    *found = false;
    if (!may_match(worker, document, line, classes) ||
        is_content(worker, line_text(document, line), line_length(document, line)))
        return DEDUP_OK;
    *found = match_form(worker, document, line, classes, rule);
    if (*found && set->rules[*rule].kind == 'Z' && reads_on(line_text(document, line), line_length(document, line)))
        *found = false;
    if (*found || document->lines[line].key_count > RULE_LIMIT_MAXIMUM)
        return DEDUP_OK;
    take_candidates(worker, line, classes);
    TRY(find_open(worker, document, line, classes, error));
    return try_hits(worker, document, line, classes, rule, found, error);
}

/* Marks that stand between the items of a bar. */
static bool separates_items(uint32_t point)
{
    return point == '|' || point == '/' || point == 0xff5c || point == 0xff0f || point == 0xb7 || point == 0x2022 ||
           point == '>' || point == '<' || point == 0xbb || point == 0xab || point == ' ' || point == 0x3000 ||
           point == 0xa0 || point == '\t' || point == '-' || point == '_' || point == '+' || point == '[' ||
           point == ']' || point == '(' || point == ')' || point == 0xff08 || point == 0xff09 || point == 0x3010 ||
           point == 0x3011 || point == 0x2502 || point == 0x2503 || point == 0x2013 || point == 0x2014;
}

static dedup_status match_item(struct clean_worker *worker, const char *text, size_t length, size_t *rule, bool *found,
                               dedup_error *error)
{
    fold_key_clear(&worker->key);
    TRY(fold_append(&worker->key, text, length, error));
    *found = find_form(worker, worker->key.points, worker->key.count, CLASS_A | CLASS_Z, rule);
    return DEDUP_OK;
}

dedup_status match_bar(struct clean_worker *worker, const struct text_document *document, size_t line, size_t *rule,
                       bool *found, dedup_error *error)
{
    const char *at = line_text(document, line), *end = at + line_length(document, line), *item = at;
    const struct text_line *place = &document->lines[line];
    uint32_t items = 0;
    *found = false;
    if (place->key_count == 0 || place->key_count > BAR_LETTERS || place->flags & LINE_PROSE ||
        !rule_set_may_begin(&worker->cleaner->rules, document->key.points + place->key, place->key_count) ||
        is_markup(at, line_length(document, line)))
        return DEDUP_OK;
    while (item < end) {
        const char *next = at;
        uint32_t point = at < end ? utf8_next(&next) : ' ';
        if (!separates_items(point)) {
            at = next;
            continue;
        }
        if (at > item) {
            if (at == end && items == 0)
                return DEDUP_OK;
            size_t taken;
            bool known;
            TRY(match_item(worker, item, (size_t)(at - item), &taken, &known, error));
            if (!known)
                return DEDUP_OK;
            *rule = items == 0 ? taken : *rule;
            items++;
        }
        at = item = at < end ? next : end;
    }
    *found = items >= BAR_ITEMS;
    return DEDUP_OK;
}

/* A part of a line in which fragments of some places are looked for. */
struct window {
    uint32_t begin, end; /* bytes of the text */
    bool starts, ends;   /* it reaches the start, the end of the line */
};

static bool place_fits(const struct window *window, enum pattern_place place)
{
    switch (place) {
    case PLACE_START: return window->starts;
    case PLACE_END: return window->ends;
    case PLACE_INSIDE: return window->starts && window->ends;
    case PLACE_LINE: break;
    }
    return false;
}

/* Where the last match lies in the text. */
static struct fragment matched_stretch(const struct clean_worker *worker, const struct window *window, size_t rule)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(worker->match);
    struct fragment fragment = {window->begin + worker->folded.line.origin[ends[0]],
                                window->begin + worker->folded.line.origin[ends[1]], rule};
    if (worker->cleaner->rules.rules[rule].place == PLACE_END)
        fragment.end = window->end;
    if (worker->cleaner->rules.rules[rule].place == PLACE_START)
        fragment.begin = window->begin;
    return fragment;
}

static dedup_status search_window(struct clean_worker *worker, const struct text_document *document, size_t number,
                                  const struct window *window, struct fragment *fragment, bool *found,
                                  dedup_error *error)
{
    const struct rule_set *set = &worker->cleaner->rules;
    const struct text_line *line = &document->lines[number];
    const char *text = document->text + window->begin;
    take_candidates(worker, number, CLASS_F);
    if (worker->hits.count != 0 && (window->begin != line->begin || window->end != line->end)) {
        fold_key_clear(&worker->key);
        TRY(fold_append(&worker->key, text, window->end - window->begin, error));
        TRY(prefilter_scan(&set->prefilter, worker->key.points, worker->key.count, &worker->part, error));
        prefilter_find(&set->prefilter, worker->part.places, worker->part.count, 0, worker->key.points,
                       worker->key.count, &worker->hits);
        prefilter_hits_sort(&worker->hits);
    }
    uint64_t marks = 0;
    for (size_t i = 0; i < worker->hits.count && !*found; i++) {
        const struct rule_pattern *pattern = &set->patterns[worker->hits.patterns[i]];
        size_t rule = pattern->rule;
        if (set->rules[rule].kind != 'F' || !rule_works(worker, rule) || !place_fits(window, set->rules[rule].place))
            continue;
        bool may;
        TRY(has_marks(worker, document, number, pattern, window->begin, window->end, &marks, &may, error));
        if (!may)
            continue;
        TRY(fold_stretch(worker, document, window->begin, window->end, error));
        uint32_t start =
            set->rules[rule].place == PLACE_END ? last_characters(&worker->folded.line, set->rules[rule].limit) : 0;
        TRY(match_pattern(worker, pattern, start, window->starts ? 0 : PCRE2_NOTBOL, found, error));
        if (!*found)
            continue;
        *fragment = matched_stretch(worker, window, rule);
        *found = fragment->begin < fragment->end;
    }
    return DEDUP_OK;
}

/* The nearest start of a character at or behind `at`. */
static uint32_t next_boundary(const struct text_document *document, uint32_t at)
{
    while (at < document->length && ((unsigned char)document->text[at] & 0xc0) == 0x80)
        at++;
    return at;
}

dedup_status match_fragment(struct clean_worker *worker, const struct text_document *document, size_t number,
                            uint32_t begin, uint32_t end, struct fragment *fragment, bool *found, dedup_error *error)
{
    *found = false;
    if (end - begin <= 2 * WINDOW) {
        struct window whole = {begin, end, true, true};
        return search_window(worker, document, number, &whole, fragment, found, error);
    }
    struct window last = {next_boundary(document, end - WINDOW), end, false, true};
    TRY(search_window(worker, document, number, &last, fragment, found, error));
    if (*found)
        return DEDUP_OK;
    struct window first = {begin, next_boundary(document, begin + WINDOW), true, false};
    return search_window(worker, document, number, &first, fragment, found, error);
}

dedup_status cut_line(struct text_document *document, size_t line, size_t rule, dedup_error *error)
{
    return document_cut_line(document, line, CUT_RULE + (uint32_t)rule, 0, 0, error);
}

dedup_status cut_part(struct text_document *document, size_t line, uint32_t begin, uint32_t end, size_t rule,
                      const char *replacement, size_t replacement_length, dedup_error *error)
{
    struct text_cut cut = {.begin = begin, .end = end, .reason = CUT_RULE + (uint32_t)rule};
    if (replacement_length != 0) {
        cut.replacement = (uint32_t)document->replacements.length;
        cut.replacement_length = (uint32_t)replacement_length;
        TRY(dedup_buffer_append(&document->replacements, replacement, replacement_length, error));
    }
    TRY(document_cut(document, &cut, error));
    document->lines[line].flags |= LINE_CUT;
    return DEDUP_OK;
}
