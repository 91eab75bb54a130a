/* Cutting what was learned about a source.
 *
 * The head is walked from the first line down and the tail from the last line up, past lines that are known, to the
 * first line of prose that is not. So the zones do not change when the known lines are gone. */
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "clean/worker.h"

enum {
    HEAD_LETTERS = 10, /* code points of a line that goes from the head without a word of notices */
    TAIL_LETTERS = 4,
    NOTICE_LETTERS = 2,  /* the same with one */
    HEADING_LETTERS = 8, /* a line so short may be a heading whatever its words are */
    PART_LETTERS = 6,    /* letters of a prefix or suffix that are not ASCII */
    PART_LONG = 24,      /* code points of one that is no chance */
    REST_TIMES = 3,      /* how many times longer than what is known of a line its unknown part may be */
    LABEL_PERCENT = 80,  /* share of the lines with a label that have the same value: not a field */
    TITLE_LINES = 2,     /* unknown lines above a known heading of the head */
    MESSAGE_LETTERS = 4, /* behind a known sentence that are a message */
    RUN_FIELDS = 3,      /* labels in a row that may be a block */
};

enum verdict {
    KEEP = 0,
    GO,      /* known */
    HEADING, /* known, but goes only where it heads nothing */
    FIELD,   /* has a label that others have: goes with the block that it stands in */
};

/* A line of a zone and what is known about it. */
struct edge {
    size_t line;
    enum verdict verdict;
    size_t rule;
    uint64_t mark;
    bool credit; /* FIELD: the label names a credit */
};

static bool ends_sentence(const char *text, uint32_t length)
{
    bool sentence = false;
    for (const char *next = text, *end = text + length; next < end;) {
        unsigned class = point_class(utf8_next(&next));
        if (class & POINT_SENTENCE)
            sentence = true;
        else if (class & (POINT_LETTER | POINT_NUMBER))
            sentence = false;
    }
    return sentence;
}

/* A bare picture or address: nothing to read, but the same address all over. */
static bool is_address(const struct learn_line *line)
{
    return line->length > 4 && (memcmp(line->text, "![", 2) == 0 || memcmp(line->text, "http", 4) == 0);
}

static bool has_address(const struct learn_line *line)
{
    return line->frame.count + 4 < line->key_count;
}

/* A field whose value differs from document to document: its label recurs where the line does not. */
static bool is_varying_field(const struct learned_source *source, const struct learn_line *line, enum learn_zone zone,
                             uint32_t documents)
{
    if (line->label == 0)
        return false;
    uint32_t labels = learned_count(source, learn_hash(line->key, line->label, LEARN_LABEL, zone));
    return !line->value || documents * 100 < labels * LABEL_PERCENT;
}

/* Judges a line that recurs as a whole. */
static enum verdict judge_line(const struct learned_source *source, const struct learn_line *line, enum learn_zone zone,
                               uint32_t documents)
{
    if (is_varying_field(source, line, zone, documents))
        return KEEP;
    if (is_address(line))
        return GO;
    if (learn_is_ascii(line->frame.points, line->frame.count))
        return KEEP;
    bool notice = line->words != 0 || has_address(line);
    bool sentence = ends_sentence(line->text, line->length);
    uint32_t letters = learn_letters(line->key, line->key_count, HEAD_LETTERS);
    uint32_t least = notice ? NOTICE_LETTERS : zone == LEARN_TAIL ? TAIL_LETTERS : HEAD_LETTERS;
    if (letters < least)
        return KEEP;
    if (notice && letters > HEADING_LETTERS)
        return GO;
    if (sentence)
        return notice || documents * 2 >= learned_sample(source) ? GO : KEEP;
    return line->flags & LINE_PROSE ? GO : HEADING;
}

/* The longest beginning or end of the frame that recurs; *mark gets its hash. */
static uint32_t longest_part(const struct learned_source *source, const struct learn_line *line, enum learn_form form,
                             enum learn_zone zone, uint64_t *mark)
{
    const struct fold_key *frame = &line->frame;
    uint32_t longest = 0;
    for (size_t i = 0; i < LEARN_STEPS && learn_steps[i] < frame->count; i++) {
        const uint32_t *part = frame->points + (form == LEARN_SUFFIX ? frame->count - learn_steps[i] : 0);
        uint64_t hash = learn_hash(part, learn_steps[i], form, zone);
        if (learned_count(source, hash) < LEARN_RECUR)
            break;
        longest = learn_steps[i];
        *mark = hash;
    }
    return longest;
}

static uint32_t foreign_points(const uint32_t *points, size_t count)
{
    uint32_t foreign = 0;
    for (size_t i = 0; i < count; i++)
        foreign += points[i] >= 0x80;
    return foreign;
}

/* What a known part of a frame must be to count: a field needs more than the word of its label. */
static bool speaks(const struct learn_line *line, const uint32_t *points, size_t count)
{
    unsigned wanted = line->label != 0 ? WORD_NOTICE : WORD_NOTICE | WORD_CREDIT;
    return foreign_points(points, count) >= PART_LETTERS &&
           (learn_words(&line->lexicon, NULL, 0, points, count) & wanted) != 0;
}

/* A line of which a part recurs. Prose must be known for the greater part, or for a third with
 * a long part. */
static bool known_by_parts(const struct learned_source *source, const struct learn_line *line, enum learn_zone zone,
                           struct edge *edge)
{
    const struct fold_key *frame = &line->frame;
    uint64_t whole = learn_hash(frame->points, frame->count, LEARN_FRAME, zone), ends[2];
    if (learned_count(source, whole) >= LEARN_RECUR && speaks(line, frame->points, frame->count)) {
        edge->mark = whole;
        edge->rule = RULE_LEARNED_PREFIX;
        return true;
    }
    uint32_t prefix = longest_part(source, line, LEARN_PREFIX, zone, &ends[0]);
    uint32_t suffix = longest_part(source, line, LEARN_SUFFIX, zone, &ends[1]);
    bool begins = prefix != 0 && speaks(line, frame->points, prefix);
    bool closes = suffix != 0 && speaks(line, frame->points + frame->count - suffix, suffix);
    if (!begins && !closes)
        return false;
    size_t known = prefix + suffix < frame->count ? prefix + suffix : frame->count, rest = frame->count - known;
    edge->mark = ends[!begins];
    edge->rule = begins ? RULE_LEARNED_PREFIX : RULE_LEARNED_SUFFIX;
    size_t times = !(line->flags & LINE_PROSE) ? REST_TIMES : prefix >= PART_LONG || suffix >= PART_LONG ? 2 : 1;
    return rest <= times * known;
}

/* Whether the line begins with a sentence that is a known line by itself, and what follows is a message of this
 * document only: "周五发布。（下周休息。）". */
static dedup_status has_message(struct clean_worker *worker, const struct learn_line *line, enum learn_zone zone,
                                bool *message, dedup_error *error)
{
    const char *next = line->text, *end = line->text + line->length;
    *message = false;
    while (next < end && !*message) {
        uint32_t point = utf8_next(&next);
        if (point != 0x3002 && point != 0xff01 && point != 0xff1f && point != '!' && point != '?')
            continue;
        fold_key_clear(&worker->key);
        TRY(fold_append(&worker->key, line->text, (size_t)(next - line->text), error));
        uint64_t mark = learn_hash(worker->key.points, worker->key.count, LEARN_LINE, zone);
        *message = line->key_count >= worker->key.count + MESSAGE_LETTERS && learned_count(worker->learned, mark) != 0;
    }
    return DEDUP_OK;
}

/* Fills in what is known about a line. */
static dedup_status judge(struct clean_worker *worker, const struct text_document *document, enum learn_zone zone,
                          struct edge *edge, dedup_error *error)
{
    const struct learned_source *source = worker->learned;
    struct learn_line *line = &worker->learn_line;
    const struct text_line *own = &document->lines[edge->line];
    edge->verdict = KEEP;
    if (own->flags & LINE_FENCED || own->key_count < 2 || own->key_count > LEARN_LINE_LONGEST)
        return DEDUP_OK;
    learn_line_set(line, document, &worker->scan.open, edge->line);
    if (is_markup(line->text, line->length))
        return DEDUP_OK;
    uint64_t mark = learn_hash(line->key, line->key_count, LEARN_LINE, zone);
    uint32_t documents = learned_count(source, mark);
    if (documents != 0 || line->words != 0)
        TRY(learn_line_frame(line, error));
    if (documents != 0)
        edge->verdict = judge_line(source, line, zone, documents);
    if (edge->verdict != KEEP) {
        edge->rule = RULE_LEARNED_LINE;
        edge->mark = mark;
        return DEDUP_OK;
    }
    if (line->words != 0 && known_by_parts(source, line, zone, edge)) {
        bool message = false;
        if (edge->rule == RULE_LEARNED_PREFIX)
            TRY(has_message(worker, line, zone, &message, error));
        edge->verdict = message ? KEEP : GO;
        return DEDUP_OK;
    }
    edge->mark = line->label != 0 ? learn_hash(line->key, line->label, LEARN_LABEL, zone) : 0;
    if (edge->mark != 0 && learned_count(source, edge->mark) != 0) {
        edge->verdict = FIELD;
        edge->rule = RULE_LEARNED_FIELD;
        edge->credit = (learn_words(&line->lexicon, NULL, 0, line->key, line->label) & WORD_CREDIT) != 0;
    }
    return DEDUP_OK;
}

/* Judges the lines of a zone in order of distance from the edge of the document: `step` 1 from the first line, -1 from
 * the last. */
static dedup_status judge_zone(struct clean_worker *worker, const struct text_document *document, enum learn_zone zone,
                               struct edge **edges, size_t *count, dedup_error *error)
{
    unsigned unknown = 0;
    *count = 0;
    for (size_t i = 0; i < document->line_count && unknown < LEARN_SIDE; i++) {
        size_t line = zone == LEARN_HEAD ? i : document->line_count - 1 - i;
        if (!line_live(document, line))
            continue;
        TRY(array_reserve(&worker->edges, &worker->edge_capacity, *count + 1, "lines", error));
        *edges = worker->edges;
        struct edge *edge = &worker->edges[*count];
        *edge = (struct edge){.line = line};
        TRY(judge(worker, document, zone, edge, error));
        ++*count;
        unknown += edge->verdict != GO;
        if (edge->verdict == KEEP && document->lines[line].flags & LINE_PROSE)
            break;
    }
    return DEDUP_OK;
}

/* A heading goes when nothing stays that it could head: behind it in the tail everything goes; in the head it stands at
 * the top and not above prose. `edges` are in order from the edge of the document. */
static void judge_headings(const struct text_document *document, enum learn_zone zone, struct edge *edges, size_t count)
{
    unsigned stay = 0;
    for (size_t i = 0; i < count; i++) {
        if (edges[i].verdict == HEADING) {
            bool above_prose =
                i + 1 < count && edges[i + 1].verdict != GO && document->lines[edges[i + 1].line].flags & LINE_PROSE;
            bool goes = zone == LEARN_TAIL ? stay == 0 : stay <= TITLE_LINES && !above_prose;
            edges[i].verdict = goes ? GO : KEEP;
        }
        stay += edges[i].verdict != GO;
    }
}

/* Decides about the labels of [begin, end), which stand in a row with lines that go: a block of credits in which one
 * line is the same everywhere is template, a sheet of facts is not. */
static void judge_run(struct edge *edges, size_t begin, size_t end)
{
    size_t fields = 0, credits = 0, known = 0;
    for (size_t i = begin; i < end; i++) {
        fields += edges[i].verdict == FIELD;
        credits += edges[i].verdict == FIELD && edges[i].credit;
        known += edges[i].verdict == GO;
    }
    bool block = known > 0 && known + fields >= RUN_FIELDS && 2 * credits >= fields;
    for (size_t i = begin; i < end; i++)
        if (edges[i].verdict == FIELD)
            edges[i].verdict = block && edges[i].credit ? GO : KEEP;
}

static void judge_fields(struct edge *edges, size_t count)
{
    for (size_t begin = 0, end; begin < count; begin = end + 1) {
        end = begin;
        while (end < count && (edges[end].verdict == GO || edges[end].verdict == FIELD))
            end++;
        judge_run(edges, begin, end);
    }
}

static dedup_status cut_known(struct clean_worker *worker, struct text_document *document, const struct edge *edge,
                              struct clean_outcome *outcome, dedup_error *error)
{
    uint32_t flags = document->lines[edge->line].flags;
    outcome->lines = true;
    outcome->inside |= (flags & LINE_CODE) != 0;
    TRY(learn_notes_add(&worker->notes, learned_index(worker->learned, edge->mark), (flags & LINE_PROSE) != 0,
                        line_text(document, edge->line), line_length(document, edge->line), error));
    return cut_line(document, edge->line, edge->rule, error);
}

static dedup_status cut_zone(struct clean_worker *worker, struct text_document *document, enum learn_zone zone,
                             struct clean_outcome *outcome, dedup_error *error)
{
    struct edge *edges = NULL;
    size_t count;
    TRY(judge_zone(worker, document, zone, &edges, &count, error));
    judge_fields(edges, count);
    judge_headings(document, zone, edges, count);
    for (size_t i = 0; i < count; i++)
        if (edges[i].verdict == GO && rule_works(worker, edges[i].rule))
            TRY(cut_known(worker, document, &edges[i], outcome, error));
    return DEDUP_OK;
}

/* Notices that are put between the paragraphs. */
static dedup_status cut_middle(struct clean_worker *worker, struct text_document *document,
                               struct clean_outcome *outcome, dedup_error *error)
{
    for (size_t i = 0; i < document->line_count; i++) {
        const struct text_line *line = &document->lines[i];
        if (!line_open(worker, document, i) || line->key_count < HEAD_LETTERS)
            continue;
        const uint32_t *key = document->key.points + line->key;
        uint64_t mark = learn_hash(key, line->key_count, LEARN_LINE, LEARN_MIDDLE);
        if (learned_count(worker->learned, mark) == 0 || is_markup(line_text(document, i), line_length(document, i)))
            continue;
        learn_line_set(&worker->learn_line, document, &worker->scan.open, i);
        if (worker->learn_line.label != 0 && !worker->learn_line.value)
            continue;
        TRY(cut_known(worker, document, &(struct edge){.line = i, .rule = RULE_LEARNED_LINE, .mark = mark}, outcome,
                      error));
    }
    return DEDUP_OK;
}

dedup_status cut_learned(struct clean_worker *worker, struct text_document *document, struct clean_outcome *outcome,
                         dedup_error *error)
{
    const struct learned_source *source = worker->learned;
    if (learned_zone(source, LEARN_HEAD))
        TRY(cut_zone(worker, document, LEARN_HEAD, outcome, error));
    if (learned_zone(source, LEARN_TAIL))
        TRY(cut_zone(worker, document, LEARN_TAIL, outcome, error));
    if (learned_zone(source, LEARN_MIDDLE) && rule_works(worker, RULE_LEARNED_LINE))
        TRY(cut_middle(worker, document, outcome, error));
    return DEDUP_OK;
}
