/* What a document is searched for once, before anything is done to it. Most lines of most documents have nothing that
 * rules or repairs ask for: their notes say so, and nobody looks at their text again. */
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "clean/worker.h"

/* Takes a sign into the note of its line. */
static dedup_status note_sign(struct clean_worker *worker, const struct text_document *document, size_t line,
                              uint32_t at, dedup_error *error)
{
    struct line_note *note = &worker->line_notes[line];
    const char *text = document->text + at;
    uint32_t left = document->lines[line].end - at;
    unsigned lead = (unsigned char)*text;
    note->marks |= signs_marks_at(text, left);
    if (lead == ']')
        note->flags |= left >= 6 && memcmp(text, "](http", 6) == 0 ? NOTE_LINK : 0;
    else if (lead == 0xc2 || lead == 0xc3)
        note->flags |= NOTE_LATIN;
    if (!repair_may_begin(document->text, at, document->length))
        return DEDUP_OK;
    TRY(array_reserve(&worker->repairs, &worker->repair_capacity, worker->repair_count + 1, "repairs", error));
    worker->repairs[worker->repair_count++] = at;
    return DEDUP_OK;
}

/* Takes the signs of a line into its note. *at is the first sign behind the lines before it and becomes the first
 * behind this one. */
static dedup_status note_signs(struct clean_worker *worker, const struct text_document *document, size_t number,
                               size_t *at, dedup_error *error)
{
    const struct text_line *line = &document->lines[number];
    while (*at < line->end && !(line->flags & LINE_FENCED)) {
        TRY(note_sign(worker, document, number, (uint32_t)*at, error));
        *at = place_map_next(&worker->signs, *at + 1, line->next);
    }
    *at = place_map_next(&worker->signs, line->next, document->length);
    return DEDUP_OK;
}

/* The classes of the forms that equal a key. */
static uint32_t forms_of(const struct rule_set *set, const uint32_t *points, size_t count)
{
    uint32_t classes = 0;
    if (!rule_set_may_have(set, points, count))
        return 0;
    uint64_t hash = hash64_of(points, count * sizeof *points);
    for (size_t i = rule_set_find_form(set, 0, hash, points, count); i < set->form_count;
         i = rule_set_find_form(set, i + 1, hash, points, count))
        classes |= class_of(set->rules[set->forms[i].rule].kind);
    return classes;
}

/* False when a line lacks a mark that the pattern requires. `marks`: see line_note. */
static bool may_have_marks(const struct rule_set *set, const struct rule_pattern *pattern, uint64_t marks)
{
    for (size_t i = 0; i < MARK_SETS && pattern->marks[i] != 0; i++)
        if (!(pattern->marks[i] & (marks | ~set->signs.marks)))
            return false;
    return true;
}

/* Places of the scan in the key of a line. */
struct line_places {
    const struct prefilter_place *items;
    size_t count;
};

/* Appends the patterns of rules that may work and whose literals and marks a line has. */
static dedup_status list_line(struct clean_worker *worker, const struct text_document *document, size_t number,
                              const struct line_places *places, dedup_error *error)
{
    const struct rule_set *set = &worker->cleaner->rules;
    const struct text_line *line = &document->lines[number];
    struct prefilter_hits *hits = &worker->hits;
    prefilter_find(&set->prefilter, places->items, places->count, line->key, document->key.points + line->key,
                   line->key_count, hits);
    if (hits->count == 0)
        return DEDUP_OK;
    prefilter_hits_sort(hits);
    TRY(array_reserve(&worker->candidates, &worker->candidate_capacity, worker->candidate_count + hits->count,
                      "candidate rules", error));
    for (size_t i = 0; i < hits->count; i++) {
        const struct rule_pattern *pattern = &set->patterns[hits->patterns[i]];
        uint32_t rule = pattern->rule;
        if (!rule_may_work(worker, rule) || !may_have_marks(set, pattern, worker->line_notes[number].marks))
            continue;
        worker->candidates[worker->candidate_count++] = hits->patterns[i];
        worker->line_notes[number].patterns |= class_of(set->rules[rule].kind);
    }
    return DEDUP_OK;
}

/* Finds forms and patterns of an open line. */
static dedup_status search_line(struct clean_worker *worker, const struct text_document *document, size_t number,
                                const struct line_places *places, dedup_error *error)
{
    const struct text_line *line = &document->lines[number];
    worker->line_notes[number].forms =
        forms_of(&worker->cleaner->rules, document->key.points + line->key, line->key_count);
    return places->count != 0 ? list_line(worker, document, number, places, error) : DEDUP_OK;
}

/* Remembers what a line, whose candidates begin at `first`, was found to have. */
static void remember(struct clean_worker *worker, const char *text, uint32_t length, uint32_t place, size_t first,
                     struct line_note *note)
{
    size_t count = worker->candidate_count - first;
    struct line_memory *memory = &worker->memo.lines[place];
    if (count > LINE_MEMO_CANDIDATES)
        return;
    *memory = (struct line_memory){
        .length = length, .patterns = note->patterns, .forms = note->forms, .candidate_count = (uint32_t)count};
    memcpy(memory->text, text, length);
    if (count != 0)
        memcpy(memory->candidates, worker->candidates + first, count * sizeof *memory->candidates);
    note->memory = place + 1;
}

/* Makes the note of a line of what the memo has about it. */
static dedup_status recall(struct clean_worker *worker, uint32_t place, struct line_note *note, dedup_error *error)
{
    const struct line_memory *memory = &worker->memo.lines[place];
    TRY(array_reserve(&worker->candidates, &worker->candidate_capacity, worker->candidate_count + LINE_MEMO_CANDIDATES,
                      "candidate rules", error));
    memcpy(worker->candidates + worker->candidate_count, memory->candidates, sizeof memory->candidates);
    worker->candidate_count += memory->candidate_count;
    note->patterns = memory->patterns;
    note->forms = memory->forms;
    note->memory = place + 1;
    return DEDUP_OK;
}

/* Lists what an open line may match. Lines of running text are not worth remembering. */
static dedup_status note_line(struct clean_worker *worker, const struct text_document *document, size_t number,
                              const struct line_places *places, dedup_error *error)
{
    const char *text = line_text(document, number);
    uint32_t length = line_length(document, number);
    struct line_note *note = &worker->line_notes[number];
    if (places->count == 0 || length > LINE_MEMO_LENGTH || document->lines[number].flags & LINE_PROSE)
        return search_line(worker, document, number, places, error);
    uint32_t place = line_memo_place(text, length);
    if (line_memo_knows(&worker->memo, place, text, length))
        return recall(worker, place, note, error);
    size_t first = worker->candidate_count;
    TRY(search_line(worker, document, number, places, error));
    remember(worker, text, length, place, first, note);
    return DEDUP_OK;
}

enum { ODD_FIRST = 1, ODD_LAST = 2 };

/* Bytes with which a line begins or ends like an image, a heading, the end of an article, or with blanks. */
static const unsigned char odd_ends[256] = {
    ['!'] = ODD_FIRST,  ['['] = ODD_FIRST, ['#'] = ODD_FIRST, [' '] = ODD_FIRST,
    ['\t'] = ODD_FIRST, [')'] = ODD_LAST,  [0x89] = ODD_LAST, [0x91] = ODD_LAST};

static inline bool has_odd_end(const struct text_document *document, const struct text_line *line)
{
    unsigned char first = (unsigned char)document->text[line->begin];
    unsigned char last = (unsigned char)document->text[line->end - 1];
    return (odd_ends[first] & ODD_FIRST) | (odd_ends[last] & ODD_LAST);
}

/* Whether any step may take a line, or have to look at it to see that it does not. */
static bool is_noted(const struct clean_worker *worker, const struct text_document *document, size_t number)
{
    const struct text_line *line = &document->lines[number];
    const struct line_note *note = &worker->line_notes[number];
    if (line->flags != LINE_PROSE)
        return !(line->flags & LINE_BLANK);
    return (note->patterns & ~(uint32_t)CLASS_O) | note->forms | note->flags ||
           open_may_match(worker, document, number, CLASS_A) || open_may_match(worker, document, number, CLASS_Z) ||
           has_odd_end(document, line);
}

/* The letters of the longest line that a rule may take without literals or signs in it. */
static uint32_t longest_unseen(const struct rule_set *set)
{
    uint32_t longest = set->form_longest;
    for (int i = OPEN_ANYWHERE; i <= OPEN_ZONE; i++)
        if (set->open[i].marks & signs_marks_anywhere() && set->open[i].limit > longest)
            longest = set->open[i].limit;
    return longest;
}

/* How far the lines before have used up what was found in the document. */
struct note_walk {
    size_t place, sign;
};

/* Makes the note of a line that may have something. */
static dedup_status note_any_line(struct clean_worker *worker, const struct text_document *document, size_t number,
                                  struct note_walk *walk, dedup_error *error)
{
    const struct text_line *line = &document->lines[number];
    struct line_places places = {worker->scan.places + walk->place, 0};
    while (worker->scan.places[walk->place].at < line->key + line->key_count) {
        places.count++;
        walk->place++;
    }
    if (walk->sign < line->next)
        TRY(note_signs(worker, document, number, &walk->sign, error));
    if (line_open(worker, document, number))
        TRY(note_line(worker, document, number, &places, error));
    worker->line_notes[number].end = (uint32_t)worker->candidate_count;
    worker->noted[worker->noted_count] = (uint32_t)number;
    worker->noted_count += is_noted(worker, document, number);
    return DEDUP_OK;
}

static dedup_status reserve(struct clean_worker *worker, const struct text_document *document, dedup_error *error)
{
    size_t count = document->line_count;
    TRY(array_reserve(&worker->line_notes, &worker->note_capacity, count, "lines", error));
    TRY(array_reserve(&worker->noted, &worker->noted_capacity, count, "lines", error));
    TRY(prefilter_hits_reserve(&worker->hits, worker->cleaner->rules.pattern_count, error));
    return line_memo_reserve(&worker->memo, error);
}

dedup_status find_candidates(struct clean_worker *worker, const struct text_document *document, dedup_error *error)
{
    const struct rule_set *set = &worker->cleaner->rules;
    const uint64_t anywhere = signs_marks_anywhere();
    const uint32_t unseen = longest_unseen(set);
    TRY(reserve(worker, document, error));
    TRY(signs_find(&set->signs, document->text, document->length, &worker->signs, error));
    TRY(prefilter_scan(&set->prefilter, document->key.points, document->key.count, &worker->scan, error));
    worker->folded.begin = worker->folded.end;
    worker->candidate_count = worker->noted_count = worker->repair_count = 0;
    struct note_walk walk = {0, place_map_next(&worker->signs, 0, document->length)};
    for (size_t i = 0; i < document->line_count; i++) {
        const struct text_line *line = &document->lines[i];
        worker->line_notes[i] = (struct line_note){.marks = anywhere, .end = (uint32_t)worker->candidate_count};
        /* Words of notices are common in prose, but only few rules take lines that long. */
        while (worker->scan.places[walk.place].at < line->key + line->key_count &&
               worker->scan.places[walk.place].limit < line->key_count)
            walk.place++;
        /* One branch that is easy to foresee, for most lines are plain. */
        bool plain = (line->flags == LINE_PROSE) & (line->key_count > unseen) & (walk.sign >= line->next) &
                     (worker->scan.places[walk.place].at >= line->key + line->key_count);
        if (!plain || has_odd_end(document, line))
            TRY(note_any_line(worker, document, i, &walk, error));
    }
    return DEDUP_OK;
}

void take_candidates(struct clean_worker *worker, size_t line, uint32_t classes)
{
    const struct rule_set *set = &worker->cleaner->rules;
    worker->hits.count = 0;
    if (!(worker->line_notes[line].patterns & classes))
        return;
    for (size_t i = line > 0 ? worker->line_notes[line - 1].end : 0; i < worker->line_notes[line].end; i++) {
        uint32_t pattern = worker->candidates[i];
        if (class_of(set->rules[set->patterns[pattern].rule].kind) & classes)
            worker->hits.patterns[worker->hits.count++] = pattern;
    }
}
