#include "pipeline/removals.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "report/report.h"

static const char replacement_character[] = "\xef\xbf\xbd";
enum { REPLACEMENT_LENGTH = sizeof replacement_character - 1 };

/* A document whose records are being made. */
struct logging {
    struct worker *worker;
    struct account *account;
    const struct source *source;
    uint64_t offset; /* of its bytes in the file */
    const char *id;
    bool texts;     /* texts and bytes are wanted */
    bool irregular; /* encoding its text again is no way back: its bytes are logged as a whole */
    struct json_style style;
    bool styled; /* `style` is known */
    uint32_t cut_end;
};

static struct logging logging_of(struct worker *worker, const struct leaving *leaving, struct account *account)
{
    const struct job *job = worker->job;
    return (struct logging){.worker = worker,
                            .account = account,
                            .source = leaving->source,
                            .offset = leaving->offset,
                            .id = job_document_id(job, leaving->document),
                            .texts = job->options->log == DEDUP_LOG_TEXT};
}

static dedup_status add(struct account *account, const struct report_removal *removal, dedup_error *error)
{
    account->removals++;
    return report_removal(removal, &account->log, error);
}

dedup_status removals_mark(const struct job *job, size_t file, const char *bytes, unsigned length,
                           struct account *account, dedup_error *error)
{
    if (length == 0 || job->options->log == DEDUP_LOG_OFF)
        return DEDUP_OK;
    struct report_removal removal = {
        .document = job->listing.files[file].path, .end = length, .reason = "decode.mark", .bytes_length = length};
    if (job->options->log == DEDUP_LOG_TEXT)
        removal.bytes = bytes;
    return add(account, &removal, error);
}

/* Places ---------------------------------------------------------------------------------------------------------- */

static dedup_status add_place(struct worker *worker, const struct log_place *place, dedup_error *error)
{
    TRY(array_reserve(&worker->log_places, &worker->log_place_capacity, worker->log_place_count + 1, "records", error));
    worker->log_places[worker->log_place_count++] = *place;
    return DEDUP_OK;
}

static struct log_place ill_formed_place(uint32_t begin, uint32_t end, bool in_string)
{
    struct log_place place = {begin, end, true, in_string, REPLACEMENT_LENGTH, {0}};
    memcpy(place.text, replacement_character, REPLACEMENT_LENGTH);
    return place;
}

static dedup_status find_repairs(const struct logging *logging, dedup_error *error)
{
    const struct source *source = logging->source;
    const struct decode_repair *repairs = source->json ? source->line_repairs : source->repairs;
    uint32_t count = source->json ? source->line_repair_count : source->repair_count;
    for (uint32_t i = 0; i < count; i++) {
        struct log_place place = ill_formed_place(repairs[i].raw, repairs[i].raw + repairs[i].length, false);
        TRY(add_place(logging->worker, &place, error));
    }
    return DEDUP_OK;
}

static dedup_status find_codes(struct logging *logging, dedup_error *error)
{
    const struct source *source = logging->source;
    struct encoding encoding = *source->encoding;
    struct code_set *used;
    const struct code_place *places;
    size_t count;
    if (source->json)
        encoding.mark = 0;
    TRY(account_codes(logging->account, encoding.family, &used, error));
    TRY(decoder_irregular(logging->worker->desk.decoder, &encoding, source->bytes, source->length, used, &places,
                          &count, &logging->irregular, error));
    for (size_t i = 0; i < count; i++) {
        struct log_place place = {
            places[i].raw, places[i].raw + places[i].length, places[i].ill_formed, false, places[i].text_length, {0}};
        memcpy(place.text, places[i].text, sizeof place.text);
        TRY(add_place(logging->worker, &place, error));
    }
    return DEDUP_OK;
}

static int compare_places(const void *a, const void *b)
{
    const struct log_place *x = a, *y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

/* The U+FFFD of a JSON text that the line does not have. */
static dedup_status find_changes(const struct logging *logging, dedup_error *error)
{
    struct worker *worker = logging->worker;
    const struct source *source = logging->source;
    size_t count = 2 * source->change_count, before = worker->log_place_count;
    if (count == 0)
        return DEDUP_OK;
    TRY(array_reserve(&worker->places, &worker->place_capacity, count, "places of repairs", error));
    for (size_t i = 0; i < count; i++)
        worker->places[i] = source->changes[i / 2] + (uint32_t)(i % 2 * REPLACEMENT_LENGTH);
    TRY(source_map(&worker->desk, source, worker->places, count, worker->places, error));
    for (size_t i = 0; i < count; i += 2) {
        struct log_place place = ill_formed_place(worker->places[i], worker->places[i + 1], true);
        TRY(add_place(worker, &place, error));
    }
    if (before != 0)
        qsort(worker->log_places, worker->log_place_count, sizeof *worker->log_places, compare_places);
    return DEDUP_OK;
}

/* Fills worker->log_places, ascending. */
static dedup_status find_places(struct logging *logging, dedup_error *error)
{
    const struct source *source = logging->source;
    logging->worker->log_place_count = 0;
    TRY(encoding_has_codes(source->encoding) ? find_codes(logging, error) : find_repairs(logging, error));
    if (source->encoding->family == ENCODING_HZ || source->encoding->family == ENCODING_OTHER)
        logging->irregular = true;
    return find_changes(logging, error);
}

/* Records --------------------------------------------------------------------------------------------------------- */

/* Bytes of the output for `text` in a JSON string. */
static dedup_status measure_escaped(struct logging *logging, const char *text, size_t length, uint64_t *written,
                                    dedup_error *error)
{
    dedup_buffer *escaped = &logging->worker->escaped;
    if (!logging->styled)
        logging->style = source_style(logging->source);
    logging->styled = true;
    dedup_buffer_clear(escaped);
    TRY(json_escape_like(logging->style, text, length, escaped, error));
    *written = escaped->length;
    return DEDUP_OK;
}

static dedup_status log_place(struct logging *logging, const struct log_place *place, dedup_error *error)
{
    struct report_removal removal = {.document = logging->worker->name.data,
                                     .id = logging->id,
                                     .begin = logging->offset + place->begin,
                                     .end = logging->offset + place->end,
                                     .reason = place->ill_formed ? "decode" : "decode.form",
                                     .replacement = place->text,
                                     .replacement_length = place->text_length,
                                     .bytes_length = place->end - place->begin};
    if (place->in_string)
        TRY(measure_escaped(logging, place->text, place->text_length, &removal.written, error));
    if (logging->texts && !logging->irregular && place->begin >= logging->cut_end)
        removal.bytes = logging->source->bytes + place->begin;
    return add(logging->account, &removal, error);
}

/* Says how the text of a cut stands in the JSON string, or gives its bytes when no style spells it like that. */
static dedup_status spell(struct logging *logging, size_t cut, bool exact, struct report_removal *removal,
                          dedup_error *error)
{
    static const char *const names[] = {"json",       "json ascii",       "json upper",       "json ascii upper",
                                        "json slash", "json ascii slash", "json upper slash", "json ascii upper slash"};
    const struct worker *worker = logging->worker;
    const char *raw = logging->source->line + worker->line_places[2 * cut];
    size_t length = worker->line_places[2 * cut + 1] - worker->line_places[2 * cut];
    struct json_style style = json_style_of(raw, length);
    dedup_buffer *escaped = &logging->worker->escaped;
    dedup_buffer_clear(escaped);
    TRY(json_escape_like(style, removal->text, removal->text_length, escaped, error));
    if (exact && escaped->length == length && memcmp(escaped->data, raw, length) == 0)
        removal->escape = names[style.ascii | style.upper << 1 | style.slash << 2];
    else
        removal->bytes = logging->source->bytes + worker->places[2 * cut];
    return DEDUP_OK;
}

/* Makes sure that the bytes of a cut are in its record, as text or as they are. `exact`: all codes in it are regular.
 */
static dedup_status prove(struct logging *logging, size_t cut, bool exact, struct report_removal *removal,
                          dedup_error *error)
{
    const struct source *source = logging->source;
    const char *raw = source->bytes + logging->worker->places[2 * cut];
    removal->bytes_length = (size_t)(removal->end - removal->begin);
    if (logging->irregular)
        return DEDUP_OK;
    if (source->json)
        return spell(logging, cut, exact, removal, error);
    bool plain = source->encoding->family == ENCODING_UTF8;
    if (!exact || (plain && (removal->bytes_length != removal->text_length ||
                             memcmp(raw, removal->text, removal->text_length) != 0)))
        removal->bytes = raw;
    return DEDUP_OK;
}

static const char *reason_name(const struct job *job, uint32_t reason)
{
    static const char *const names[] = {[CUT_BLANK_RUN] = "blank",
                                        [CUT_BLOCK] = "repeat.block",
                                        [CUT_PARAGRAPH] = "repeat.paragraph",
                                        [CUT_CORPUS] = "duplicate.paragraph"};
    return reason < CUT_RULE ? names[reason] : cleaner_reason_name(job->cleaner, reason);
}

/* Says what a cut duplicates. */
static dedup_status name_keeper(struct worker *worker, const struct text_cut *cut, struct report_removal *removal,
                                dedup_error *error)
{
    const struct job *job = worker->job;
    if (cut->reason == CUT_BLOCK || cut->reason == CUT_PARAGRAPH)
        removal->kept_line = (uint64_t)cut->kept_line + 1;
    if (cut->reason != CUT_CORPUS)
        return DEDUP_OK;
    const struct paragraph_record *keeper = &job->paragraphs[cut->kept_line];
    TRY(account_name(job, keeper->document, &worker->kept_name, error));
    removal->kept = worker->kept_name.data;
    removal->kept_line = (uint64_t)keeper->first + 1;
    return DEDUP_OK;
}

/* The record of one cut, whose place in the input is known. */
static dedup_status log_cut(struct logging *logging, size_t index, bool exact, dedup_error *error)
{
    struct worker *worker = logging->worker;
    const struct text_document *document = &worker->document;
    const struct text_cut *cut = &document->cuts[index];
    struct report_removal removal = {
        .document = worker->name.data,
        .id = logging->id,
        .begin = logging->offset + worker->places[2 * index],
        .end = logging->offset + worker->places[2 * index + 1],
        .reason = reason_name(worker->job, cut->reason),
        .similarity = (double)cut->similarity,
    };
    TRY(name_keeper(worker, cut, &removal, error));
    if (logging->texts) {
        removal.text = document->text + cut->begin;
        removal.text_length = cut->end - cut->begin;
        TRY(prove(logging, index, exact, &removal, error));
    }
    if (cut->replacement_length != 0) {
        removal.replacement = document->replacements.data + cut->replacement;
        removal.replacement_length = cut->replacement_length;
        if (logging->source->json)
            TRY(measure_escaped(logging, removal.replacement, removal.replacement_length, &removal.written, error));
    }
    logging->cut_end = worker->places[2 * index + 1];
    return add(logging->account, &removal, error);
}

/* Fills worker->places with the places of the cuts in the document's bytes. */
static dedup_status map_cuts(struct worker *worker, const struct source *source, dedup_error *error)
{
    size_t count = 2 * worker->document.cut_count;
    TRY(array_reserve(&worker->places, &worker->place_capacity, count, "places of cuts", error));
    if (!source->json || source->encoding->family != ENCODING_UTF8)
        return source_map(&worker->desk, source, worker->bounds, count, worker->places, error);
    memcpy(worker->places, worker->line_places, count * sizeof *worker->places);
    return DEDUP_OK;
}

/* The records of cuts and places, ascending; a place inside of a cut follows it. */
static dedup_status log_all(struct logging *logging, size_t cuts, dedup_error *error)
{
    const struct worker *worker = logging->worker;
    const struct log_place *places = worker->log_places;
    size_t count = worker->log_place_count, next = 0;
    for (size_t i = 0; i < cuts; i++) {
        while (next < count && places[next].begin < worker->places[2 * i])
            TRY(log_place(logging, &places[next++], error));
        bool exact = next == count || places[next].begin >= worker->places[2 * i + 1];
        TRY(log_cut(logging, i, exact, error));
    }
    while (next < count)
        TRY(log_place(logging, &places[next++], error));
    return DEDUP_OK;
}

dedup_status removals_cuts(struct worker *worker, const struct leaving *leaving, struct account *account,
                           dedup_error *error)
{
    struct logging logging = logging_of(worker, leaving, account);
    if (worker->job->options->log == DEDUP_LOG_OFF)
        return DEDUP_OK;
    TRY(find_places(&logging, error));
    worker->irregular = logging.irregular;
    if (worker->document.cut_count == 0 && worker->log_place_count == 0)
        return DEDUP_OK;
    TRY(account_name(worker->job, leaving->document, &worker->name, error));
    if (worker->document.cut_count != 0)
        TRY(map_cuts(worker, leaving->source, error));
    return log_all(&logging, worker->document.cut_count, error);
}

/* The text of a whole document: of a line with its terminator. */
static dedup_status whole_text(const struct logging *logging, size_t whole, struct report_removal *removal,
                               dedup_error *error)
{
    const struct source *source = logging->source;
    dedup_buffer *text = &logging->worker->escaped;
    removal->text = source->json ? source->bytes : source->text;
    removal->text_length = source->json ? whole : source->text_length;
    if (!source->json || source->encoding->family == ENCODING_UTF8)
        return DEDUP_OK;
    size_t ends = (whole - source->length) / source->encoding->unit;
    dedup_buffer_clear(text);
    TRY(dedup_buffer_append(text, source->line, source->line_length, error));
    TRY(dedup_buffer_append(text, ends == 2 ? "\r\n" : "\n", ends, error));
    removal->text = text->data;
    removal->text_length = text->length;
    return DEDUP_OK;
}

dedup_status removals_document(struct worker *worker, const struct leaving *leaving, struct account *account,
                               dedup_error *error)
{
    const struct job *job = worker->job;
    const struct match_verdict *verdict = &job->document_verdicts[leaving->document];
    const struct source *source = leaving->source;
    struct logging logging = logging_of(worker, leaving, account);
    unsigned mark = source->json ? 0 : source->encoding->mark;
    if (job->options->log == DEDUP_LOG_OFF)
        return DEDUP_OK;
    TRY(account_name(job, leaving->document, &worker->name, error));
    TRY(account_name(job, verdict->keeper, &worker->kept_name, error));
    struct report_removal removal = {
        .document = worker->name.data,
        .id = logging.id,
        .begin = leaving->offset + mark,
        .end = leaving->offset + leaving->whole,
        .reason = "duplicate.document",
        .kept = worker->kept_name.data,
        .similarity = (double)verdict->similarity,
        .bytes_length = leaving->whole - mark,
    };
    if (logging.texts) {
        bool plain_line = source->json && source->encoding->family == ENCODING_UTF8;
        TRY(whole_text(&logging, leaving->whole, &removal, error));
        TRY(find_places(&logging, error));
        if (!plain_line && (logging.irregular || worker->log_place_count != 0))
            removal.bytes = source->bytes + mark;
    }
    return add(account, &removal, error);
}

/* All bytes of a document or passed line, which stay, but in an encoding that cannot be reversed. */
static dedup_status log_whole(struct logging *logging, uint64_t begin, size_t whole, uint64_t written,
                              dedup_error *error)
{
    struct report_removal removal = {.document = logging->worker->name.data,
                                     .id = logging->id,
                                     .begin = begin,
                                     .end = begin + whole,
                                     .reason = "decode.whole",
                                     .written = written,
                                     .bytes_length = whole};
    if (whole == 0)
        return DEDUP_OK;
    if (logging->texts)
        removal.bytes = logging->source->bytes + (begin - logging->offset);
    return add(logging->account, &removal, error);
}

dedup_status removals_passed(struct worker *worker, const struct source *source, uint64_t offset, uint64_t written,
                             struct account *account, dedup_error *error)
{
    struct logging logging = {.worker = worker,
                              .account = account,
                              .source = source,
                              .offset = offset,
                              .texts = worker->job->options->log == DEDUP_LOG_TEXT};
    if (worker->job->options->log == DEDUP_LOG_OFF)
        return DEDUP_OK;
    TRY(find_places(&logging, error));
    if (logging.irregular)
        TRY(log_whole(&logging, offset, source->length, written, error));
    return log_all(&logging, 0, error);
}

/* Moves what follows byte `middle` of the log in front of what stands between `begin` and there. */
static dedup_status bring_forward(dedup_buffer *log, size_t begin, size_t middle, dedup_error *error)
{
    size_t first = middle - begin, second = log->length - middle;
    TRY(dedup_buffer_reserve(log, first, error));
    memcpy(log->data + log->length, log->data + begin, first);
    memmove(log->data + begin, log->data + middle, second + first);
    log->data[log->length] = '\0';
    return DEDUP_OK;
}

dedup_status removals_whole(struct worker *worker, const struct leaving *leaving, size_t log_length, uint64_t written,
                            struct account *account, dedup_error *error)
{
    struct logging logging = logging_of(worker, leaving, account);
    unsigned mark = leaving->source->json ? 0 : leaving->source->encoding->mark;
    size_t middle = account->log.length;
    if (worker->job->options->log == DEDUP_LOG_OFF || !worker->irregular)
        return DEDUP_OK;
    TRY(account_name(worker->job, leaving->document, &worker->name, error));
    TRY(log_whole(&logging, leaving->offset + mark, leaving->whole - mark, written, error));
    return bring_forward(&account->log, log_length, middle, error);
}
