/* The second step of a pass: what may be cut in the head and the tail only, blocks, fragments. */
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "clean/worker.h"
#include "text/fold_table.h"

enum {
    FRAGMENTS_PER_LINE = 4,
    CONTROL_RUN = 3,       /* zone words in a row that are controls wherever they stand */
    SHORT_LETTERS = 16,    /* longest line of a menu */
    HEADLINE_LETTERS = 40, /* longest headline of a list */
    MENU_RUN = 4,          /* lines that make a menu */
    MENU_KNOWN = 2,        /* of which so many are known */
    MENU_SHARE = 12,       /* and one in so many */
    RAIL_RUN = 8,          /* lines in a row that are a rail without known words */
    RAIL_SHARE = 20,       /* or one in so many of them a control */
    RAIL_LETTERS = 8,      /* mean length of its lines: they are headlines, not cells of a table */
    PAGE_KNOWN = 4,        /* known lines outside of the body that show a page with its navigation */
    OUTER_TIMES = 4,       /* letters outside of the body for one inside */
    BODY_WEIGHT = 100,     /* most that a line of prose counts for the body */
    LINE_COST = 8,         /* what another line costs */
    TITLE_LINES = 2,       /* lines above the body that may be its title */
    TITLE_LETTERS = 6,     /* letters that they have, twice so many with a name and value */
    TITLE_REACH = 10,      /* lines among which they are looked for */
    FIRST_HAN = 0xe4,      /* leads of U+4000 to U+9FFF, which are letters and signs, in UTF-8 */
    LAST_HAN = 0xe9,
};

/* The body is the lines [begin, end); what is before it is the head zone, what is behind it the tail zone. */
struct body {
    size_t begin, end;
    bool page;  /* the document is a page with its navigation */
    bool rails; /* so lists of headlines around the body are navigation too */
};

/* KIND_LINE for a text without marks of sentences, KIND_CALL when they are ! and ? and … only, else 0. */
static unsigned headline_kind(const char *text, uint32_t length)
{
    unsigned kind = KIND_LINE;
    for (const char *next = text, *end = text + length; next < end;) {
        unsigned lead = (unsigned char)*next;
        if (lead - FIRST_HAN <= LAST_HAN - FIRST_HAN) {
            next += 3;
            continue;
        }
        uint32_t point = utf8_next(&next);
        if (!(class_of_point(point) & POINT_SENTENCE))
            continue;
        if (point != '!' && point != '?' && point != 0xff01 && point != 0xff1f && point != 0x2026)
            return 0;
        kind = KIND_CALL;
    }
    return kind;
}

/* True for rules whose lines are what pages have around an article. What a source repeats and who has the copyright of
 * a text stand below plain texts too. */
static bool shows_page(const struct clean_worker *worker, uint32_t reason)
{
    if (reason < CUT_RULE)
        return false;
    uint32_t rule = reason - CUT_RULE;
    bool learned = rule >= RULE_LEARNED_LINE && rule <= RULE_LEARNED_FIELD;
    return !learned && strcmp(worker->cleaner->rules.rules[rule].id, "rights.footer") != 0;
}

/* What the lines of a document are, all together. */
struct lines_known {
    unsigned all;    /* kinds of any of them */
    size_t controls; /* how many are controls */
    size_t lines;    /* how many are headlines or calls */
};

/* Makes controls of the lines that are gone and show a page. */
static void know_cuts(struct clean_worker *worker, const struct text_document *document)
{
    for (size_t i = 0; i < document->cut_count; i++) {
        const struct text_cut *cut = &document->cuts[i];
        if (!shows_page(worker, cut->reason))
            continue;
        for (size_t line = document_line_at(document, cut->begin);
             line < document->line_count && document->lines[line].begin < cut->end; line++)
            if (document->lines[line].flags & LINE_REMOVED)
                worker->kinds[line] = KIND_CONTROL;
    }
}

static unsigned kind_of(const struct clean_worker *worker, const struct text_document *document, size_t i)
{
    const struct text_line *line = &document->lines[i];
    const char *text = line_text(document, i);
    uint32_t length = line_length(document, i);
    size_t rule;
    if (line->flags & (LINE_BLANK | LINE_REMOVED))
        return 0;
    if (line->flags & LINE_PROSE)
        return KIND_LIVE | KIND_PROSE;
    if (!line_open(worker, document, i) || is_markup(text, length))
        return KIND_LIVE | KIND_TEXT;
    unsigned plain = 0;
    if (line->key_count <= HEADLINE_LETTERS)
        plain = line->flags & LINE_UNENDED ? KIND_LINE : headline_kind(text, length);
    bool known = match_form(worker, document, i, CLASS_Z, &rule);
    bool menu = known || match_form(worker, document, i, CLASS_M, &rule);
    return KIND_LIVE | (known ? KIND_KNOWN : 0) | (menu ? KIND_CONTROL : 0) | plain |
           (plain == KIND_LINE && line->key_count <= SHORT_LETTERS ? KIND_SHORT : 0);
}

/* Fills worker->kinds. Lines that are not noted are known by their flags. */
static dedup_status know_lines(struct clean_worker *worker, const struct text_document *document, dedup_error *error)
{
    TRY(array_reserve(&worker->kinds, &worker->kind_capacity, document->line_count, "lines", error));
    for (size_t i = 0; i < document->line_count; i++)
        worker->kinds[i] = line_live(document, i) ? KIND_LIVE | KIND_PROSE : 0;
    for (size_t i = 0; i < worker->noted_count; i++)
        worker->kinds[worker->noted[i]] = (unsigned char)kind_of(worker, document, worker->noted[i]);
    know_cuts(worker, document);
    return DEDUP_OK;
}

static struct lines_known sum_kinds(const struct clean_worker *worker, const struct text_document *document)
{
    struct lines_known known = {0};
    for (size_t i = 0; i < document->line_count; i++) {
        known.all |= worker->kinds[i];
        known.controls += (worker->kinds[i] & KIND_CONTROL) != 0;
        known.lines += (worker->kinds[i] & (KIND_LINE | KIND_CALL)) != 0;
    }
    return known;
}

/* The stretch of lines with most prose and least else (a maximum subarray). Without prose it is the whole document. */
static struct body densest(const struct clean_worker *worker, const struct text_document *document)
{
    struct body best = {0, document->line_count, false, false};
    int64_t most = 0, sum = 0;
    size_t begin = 0;
    for (size_t i = 0; i < document->line_count; i++) {
        unsigned kind = worker->kinds[i];
        int64_t letters = document->lines[i].key_count, weight = -LINE_COST;
        if (kind & KIND_PROSE)
            weight = letters < BODY_WEIGHT ? letters : BODY_WEIGHT;
        else if (kind & KIND_TEXT || !(kind & KIND_LIVE))
            weight = 0;
        if (sum <= 0) {
            sum = 0;
            begin = i;
        }
        sum += weight;
        if (sum > most) {
            most = sum;
            best = (struct body){begin, i + 1, false, false};
        }
    }
    return best;
}

/* The lines from the first prose to the last; the whole document when there is none. */
static struct body widest(const struct clean_worker *worker, const struct text_document *document)
{
    struct body body = {0, document->line_count, false, false};
    while (body.begin < document->line_count && !(worker->kinds[body.begin] & KIND_PROSE))
        body.begin++;
    if (body.begin == document->line_count)
        return (struct body){0, document->line_count, false, false};
    while (!(worker->kinds[body.end - 1] & KIND_PROSE))
        body.end--;
    return body;
}

/* The body, and whether the document is a page around it. When there is much more text outside of the densest stretch
 * than in it, that stretch is not the body: tables and lists are. */
static struct body find_body(const struct clean_worker *worker, const struct text_document *document, size_t controls)
{
    if (controls < PAGE_KNOWN)
        return widest(worker, document);
    struct body body = densest(worker, document);
    size_t known = 0;
    uint64_t inner = 0, outer = 0;
    for (size_t i = 0; i < document->line_count; i++) {
        bool inside = i >= body.begin && i < body.end;
        uint32_t letters = worker->kinds[i] & KIND_LIVE ? document->lines[i].key_count : 0;
        known += !inside && worker->kinds[i] & KIND_CONTROL;
        inner += inside ? letters : 0;
        outer += inside ? 0 : letters;
    }
    if (known < PAGE_KNOWN)
        return widest(worker, document);
    bool lists = outer > OUTER_TIMES * inner;
    if (lists)
        body = widest(worker, document);
    body.page = true;
    body.rails = !lists;
    return body;
}

/* Lines of code and headings tell technical documents and Markdown, so when one goes the document is judged anew. */
dedup_status cut_zone_line(struct clean_worker *worker, struct text_document *document, size_t line, size_t rule,
                           struct clean_outcome *outcome, dedup_error *error)
{
    outcome->lines = true;
    outcome->inside |= (document->lines[line].flags & LINE_CODE) != 0 || worker->kinds[line] & KIND_TEXT;
    worker->kinds[line] = KIND_CONTROL;
    return cut_line(document, line, rule, error);
}

/* The end of the run of lines of a kind that begins at `first`: lines that are gone or blank do not end it. *count gets
 * its live lines, *controls the controls among all. */
static size_t run_end(const struct clean_worker *worker, size_t first, size_t end, unsigned kind, size_t *count,
                      size_t *controls)
{
    size_t last = first;
    *count = *controls = 0;
    for (size_t i = first; i < end; i++) {
        unsigned own = worker->kinds[i];
        if (own & KIND_LIVE && !(own & kind))
            break;
        *controls += (own & KIND_CONTROL) != 0;
        if (own & KIND_LIVE) {
            last = i + 1;
            ++*count;
        }
    }
    return last;
}

static dedup_status cut_run(struct clean_worker *worker, struct text_document *document, size_t begin, size_t end,
                            size_t rule, struct clean_outcome *outcome, dedup_error *error)
{
    for (size_t i = begin; i < end; i++)
        if (worker->kinds[i] & KIND_LIVE)
            TRY(cut_zone_line(worker, document, i, rule, outcome, error));
    return DEDUP_OK;
}

/* Cuts zone words that stand in a row, anywhere: they are buttons and not a text. */
static dedup_status cut_controls(struct clean_worker *worker, struct text_document *document,
                                 struct clean_outcome *outcome, dedup_error *error)
{
    for (size_t i = 0; i < document->line_count;) {
        size_t count, controls;
        if (!(worker->kinds[i] & KIND_KNOWN)) {
            i++;
            continue;
        }
        size_t end = run_end(worker, i, document->line_count, KIND_KNOWN, &count, &controls);
        if (count >= CONTROL_RUN)
            TRY(cut_run(worker, document, i, end, RULE_CONTROLS, outcome, error));
        i = end;
    }
    return DEDUP_OK;
}

/* Letters of the live lines of [begin, end). */
static uint64_t letters_of(const struct clean_worker *worker, const struct text_document *document, size_t begin,
                           size_t end)
{
    uint64_t letters = 0;
    for (size_t i = begin; i < end; i++)
        letters += worker->kinds[i] & KIND_LIVE ? document->lines[i].key_count : 0;
    return letters;
}

static bool has_letters(const struct text_document *document, size_t line, unsigned least)
{
    const uint32_t *points = document->key.points + document->lines[line].key;
    unsigned letters = 0;
    for (uint32_t i = 0; i < document->lines[line].key_count && letters < least; i++)
        letters += (point_class(points[i]) & POINT_LETTER) != 0;
    return letters >= least;
}

/* Cuts menus and rails of [begin, end), a zone. */
static dedup_status cut_menus(struct clean_worker *worker, struct text_document *document, size_t begin, size_t end,
                              bool rails, struct clean_outcome *outcome, dedup_error *error)
{
    unsigned kind = rails ? KIND_LINE : KIND_SHORT;
    for (size_t i = begin; i < end;) {
        size_t count, controls;
        if (!(worker->kinds[i] & kind)) {
            i++;
            continue;
        }
        size_t stop = run_end(worker, i, end, kind | (rails ? KIND_CALL : 0), &count, &controls);
        bool menu = count >= MENU_RUN && controls >= MENU_KNOWN && controls * MENU_SHARE >= count;
        bool headlines = letters_of(worker, document, i, stop) >= RAIL_LETTERS * count;
        bool rail = rails && count >= RAIL_RUN && (headlines || (controls >= 2 && controls * RAIL_SHARE >= count));
        if ((menu && 2 * controls >= count) || ((menu || rail) && !is_facts(worker, document, i, stop)))
            TRY(cut_run(worker, document, i, stop, menu ? RULE_MENU : RULE_RAIL, outcome, error));
        i = stop;
    }
    return DEDUP_OK;
}

/* Letters of the prose of the body. */
static uint64_t prose_of(const struct clean_worker *worker, const struct text_document *document,
                         const struct body *body)
{
    uint64_t letters = 0;
    for (size_t i = body->begin; i < body->end; i++)
        letters += worker->kinds[i] & KIND_PROSE ? document->lines[i].key_count : 0;
    return letters;
}

/* Cuts the lines of [begin, end), a zone, that could be headlines, buttons or captions: short, and no sentence. A zone
 * with more letters than the prose of the body has is a list, and content. */
static dedup_status cut_short_lines(struct clean_worker *worker, struct text_document *document,
                                    const struct body *body, size_t begin, size_t end, struct clean_outcome *outcome,
                                    dedup_error *error)
{
    if (letters_of(worker, document, begin, end) > prose_of(worker, document, body)) {
        /* Lines that are gone may have made a page of it; without them its body, and so its zones, may be others. */
        outcome->inside |= body->page;
        return DEDUP_OK;
    }
    for (size_t i = begin; i < end; i++)
        if (worker->kinds[i] & KIND_LINE && !has_label(document, i))
            TRY(cut_zone_line(worker, document, i, RULE_SHORT, outcome, error));
    return DEDUP_OK;
}

static dedup_status cut_zone_lines(struct clean_worker *worker, struct text_document *document, size_t begin,
                                   size_t end, struct clean_outcome *outcome, dedup_error *error)
{
    for (size_t i = begin; i < end; i++) {
        size_t rule;
        bool found;
        if (!line_open(worker, document, i) || !line_live(document, i))
            continue;
        TRY(match_whole_line(worker, document, i, CLASS_Z | CLASS_O, &rule, &found, error));
        if (found)
            TRY(cut_zone_line(worker, document, i, rule, outcome, error));
    }
    return DEDUP_OK;
}

/* Cuts the first block starter of the tail with everything below it. */
static dedup_status cut_block(struct clean_worker *worker, struct text_document *document, size_t begin,
                              struct clean_outcome *outcome, dedup_error *error)
{
    size_t rule = 0;
    bool found = false;
    size_t i = begin;
    for (; i < document->line_count && !found; i++)
        if (line_open(worker, document, i))
            TRY(match_whole_line(worker, document, i, CLASS_B, &rule, &found, error));
    if (!found)
        return DEDUP_OK;
    return cut_run(worker, document, i - 1, document->line_count, rule, outcome, error);
}

/* Letters and digits in [begin, end) of the text, counted up to `most`. */
static unsigned letters_between(const struct text_document *document, uint32_t begin, uint32_t end, uint32_t most)
{
    unsigned letters = 0;
    for (const char *next = document->text + begin; next < document->text + end && letters < most;)
        letters += (point_class(utf8_next(&next)) & (POINT_LETTER | POINT_NUMBER)) != 0;
    return letters;
}

static bool enough_left(const struct clean_worker *worker, const struct text_document *document,
                        const struct fragment *fragment, uint32_t begin, uint32_t end)
{
    uint32_t rest = worker->cleaner->rules.rules[fragment->rule].rest;
    return letters_between(document, begin, fragment->begin, rest) +
               letters_between(document, fragment->end, end, rest) >=
           rest;
}

/* The length of "（完）" at the end of a sentence that ends at text[length]; 0 for anything else. */
static uint32_t end_mark_length(const char *text, uint32_t length)
{
    static const char *const marks[] = {"（完）", "(完)", "【完】", "（完)", "(完）"};
    unsigned char last_byte = length != 0 ? (unsigned char)text[length - 1] : 0;
    if (last_byte != ')' && last_byte != 0x89 && last_byte != 0x91)
        return 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        uint32_t size = (uint32_t)strlen(marks[i]), end = length - size;
        if (length <= size + 3 || memcmp(text + end, marks[i], size) != 0)
            continue;
        while (end > 0 && text[end - 1] == ' ')
            end--;
        const char *last = text + end;
        do
            last--;
        while (last > text && ((unsigned char)*last & 0xc0) == 0x80);
        uint32_t point = utf8_next(&last);
        bool closes = point == '"' || point == '\'' || point == 0x201d || point == 0x300d;
        return closes || point == '.' || point_class(point) & POINT_SENTENCE ? length - end : 0;
    }
    return 0;
}

/* Cuts fragments off one line, from the ends inwards. A fragment inside the line ends the search: what its neighbours
 * are is for the next pass to see. */
static dedup_status cut_line_fragments(struct clean_worker *worker, struct text_document *document, size_t line,
                                       struct clean_outcome *outcome, dedup_error *error)
{
    uint32_t begin = document->lines[line].begin, end = document->lines[line].end;
    bool fragments = (worker->line_notes[line].patterns & CLASS_F) != 0;
    uint32_t mark = rule_works(worker, RULE_END) ? end_mark_length(document->text + begin, end - begin) : 0;
    if (mark != 0) {
        outcome->inside = true;
        TRY(cut_part(document, line, end - mark, end, RULE_END, NULL, 0, error));
        end -= mark;
    }
    for (unsigned i = 0; fragments && i < FRAGMENTS_PER_LINE && begin < end; i++) {
        struct fragment fragment;
        bool found;
        TRY(match_fragment(worker, document, line, begin, end, &fragment, &found, error));
        if (!found || !enough_left(worker, document, &fragment, begin, end))
            break;
        outcome->inside = true;
        TRY(cut_part(document, line, fragment.begin, fragment.end, fragment.rule, NULL, 0, error));
        if (fragment.begin == begin)
            begin = fragment.end;
        else if (fragment.end == end)
            end = fragment.begin;
        else
            break;
    }
    return DEDUP_OK;
}

static dedup_status cut_fragments(struct clean_worker *worker, struct text_document *document,
                                  struct clean_outcome *outcome, dedup_error *error)
{
    for (size_t i = 0; i < worker->noted_count; i++) {
        uint32_t line = worker->noted[i];
        if (line_open(worker, document, line) && !(document->lines[line].flags & LINE_CUT))
            TRY(cut_line_fragments(worker, document, line, outcome, error));
    }
    return DEDUP_OK;
}

/* Makes content of the lines above the body that may be its title and a heading: the next ones that have the letters
 * for it. Words of pages, dates and facts may stand between. */
static void keep_titles(const struct clean_worker *worker, const struct text_document *document,
                        const struct body *body)
{
    unsigned titles = 0;
    for (size_t i = body->begin, looked = 0; i > 0 && looked < TITLE_REACH && titles < TITLE_LINES; i--, looked++) {
        unsigned char *kind = &worker->kinds[i - 1];
        bool headline = *kind & (KIND_LINE | KIND_CALL) && !(*kind & KIND_CONTROL);
        unsigned least = has_label(document, i - 1) ? 2 * TITLE_LETTERS : TITLE_LETTERS;
        if (headline && has_letters(document, i - 1, least)) {
            *kind = KIND_LIVE | KIND_TEXT;
            titles++;
        }
    }
}

dedup_status clean_zones(struct clean_worker *worker, struct text_document *document, bool first,
                         struct clean_outcome *outcome, dedup_error *error)
{
    /* Nothing but plain prose: there are no zones. */
    if (worker->noted_count == 0 && document->cut_count == 0)
        return DEDUP_OK;
    TRY(know_lines(worker, document, error));
    struct lines_known known = sum_kinds(worker, document);
    /* A text without any line that is known from pages has no comments. */
    if (known.controls != 0 && rule_works(worker, RULE_COMMENTS) && !worker->markdown) {
        TRY(cut_comments(worker, document, outcome, error));
        known = sum_kinds(worker, document);
    }
    struct body body = find_body(worker, document, known.controls);
    if (known.all & KIND_KNOWN)
        TRY(cut_controls(worker, document, outcome, error));
    body.page &= !worker->markdown;
    if (rule_works(worker, RULE_BYLINE) && !worker->markdown)
        TRY(cut_bylines(worker, document, body.begin, outcome, error));
    if (rule_works(worker, RULE_TAGS) && !worker->markdown)
        TRY(cut_tags(worker, document, body.end, outcome, error));
    keep_titles(worker, document, &body);
    keep_facts(worker, document, known.lines);
    if (body.page && rule_works(worker, RULE_MENU)) {
        bool rails = body.rails && rule_works(worker, RULE_RAIL);
        TRY(cut_menus(worker, document, 0, body.begin, rails, outcome, error));
        TRY(cut_menus(worker, document, body.end, document->line_count, rails, outcome, error));
    }
    if (worker->level >= DEDUP_CLEAN_STANDARD && !worker->markdown)
        TRY(cut_block(worker, document, body.end, outcome, error));
    if (worker->level >= DEDUP_CLEAN_STANDARD && first)
        TRY(cut_fragments(worker, document, outcome, error));
    TRY(cut_zone_lines(worker, document, 0, body.begin, outcome, error));
    TRY(cut_zone_lines(worker, document, body.end, document->line_count, outcome, error));
    if (rule_works(worker, RULE_SHORT) && !worker->markdown) {
        TRY(cut_short_lines(worker, document, &body, 0, body.begin, outcome, error));
        TRY(cut_short_lines(worker, document, &body, body.end, document->line_count, outcome, error));
    }
    if (rule_works(worker, RULE_CELLS) && !worker->markdown)
        TRY(cut_cells(worker, document, known.lines, outcome, error));
    outcome->restored |= govern(worker, document);
    return DEDUP_OK;
}

dedup_status clean_finish(struct text_document *document, dedup_error *error)
{
    document_settle(document);
    return document_collapse_blanks(document, error);
}
