#include "pipeline/worker.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "pipeline/date.h"

/* From this similarity on the sketches of two paragraphs tell well whether they may be that similar. */
#define WAITING_THRESHOLD 0.75

static dedup_status fill_worker(struct worker *worker, dedup_error *error)
{
    const struct job *job = worker->job;
    document_init(&worker->document);
    fold_key_init(&worker->key);
    paragraph_list_init(&worker->whole);
    paragraph_list_init(&worker->left);
    dedup_buffer_init(&worker->raw, (size_t)job->options->maximum_document);
    dedup_buffer_init(&worker->kept, SIZE_MAX);
    dedup_buffer_init(&worker->name, SIZE_MAX);
    dedup_buffer_init(&worker->kept_name, SIZE_MAX);
    dedup_buffer_init(&worker->escaped, SIZE_MAX);
    TRY(source_desk_create(&worker->desk, error));
    TRY(text_cleaner_create(job->cleaner, job->options->threshold, &worker->cleaner, error));
    TRY(match_worker_create(job->documents_matcher, &worker->sketcher, error));
    match_alike_init(&worker->alike, job->options->threshold);
    return job->learner ? learn_reader_create(&worker->reader, error) : DEDUP_OK;
}

dedup_status worker_create(const struct job *job, struct worker **out, dedup_error *error)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return fail_memory(error, "a worker");
    worker->job = job;
    dedup_status status = fill_worker(worker, error);
    if (status != DEDUP_OK) {
        worker_free(worker);
        return status;
    }
    *out = worker;
    return DEDUP_OK;
}

void worker_free(struct worker *worker)
{
    if (!worker)
        return;
    source_desk_release(&worker->desk);
    document_release(&worker->document);
    fold_key_release(&worker->key);
    text_cleaner_free(worker->cleaner);
    paragraph_list_release(&worker->whole);
    paragraph_list_release(&worker->left);
    match_worker_free(worker->sketcher);
    dedup_buffer_release(&worker->raw);
    dedup_buffer_release(&worker->kept);
    dedup_buffer_release(&worker->name);
    dedup_buffer_release(&worker->kept_name);
    free(worker->parts);
    free(worker->places);
    free(worker->bounds);
    free(worker->line_places);
    free(worker->log_places);
    dedup_buffer_release(&worker->escaped);
    learn_reader_free(worker->reader);
    free(worker);
}

dedup_status worker_open_file(struct worker *worker, const struct corpus_file *file, struct reading *reading,
                              struct source *source, dedup_error *error)
{
    const struct job *job = worker->job;
    struct stream_limits limits = job_limits(job);
    struct input_stream *stream;
    dedup_buffer *raw = &worker->raw;
    dedup_buffer_clear(raw);
    TRY(input_stream_open(job->input, file, job->options->follow, &limits, &stream, error));
    dedup_status status = input_stream_read_all(stream, raw, error);
    input_stream_close(stream);
    TRY(status);
    const char *bytes = raw->length != 0 ? raw->data : "";
    reading->record.checksum = hash64_of(bytes, raw->length);
    reading->bytes = raw->length;
    TRY(job_encoding(job, worker->desk.decoder, bytes, raw->length, &reading->encoding, error));
    TRY(source_open_text(&worker->desk, &reading->encoding, bytes, raw->length, source, error));
    reading->record.date = worker_file_date(worker, file);
    return DEDUP_OK;
}

int64_t worker_file_date(const struct worker *worker, const struct corpus_file *file)
{
    return worker->job->options->date_field ? file->modified_ns / 1000000000 : file->modified_ns;
}

struct source_fields worker_fields(const struct worker *worker)
{
    const struct job *job = worker->job;
    struct source_fields fields = {
        .text = job->options->text_field,
        .id = job->options->id_field,
        .date = job->options->keep == DEDUP_KEEP_NEWEST ? job->options->date_field : NULL,
        .origin = job->options->source_field,
        .origins = true,
    };
    return fields;
}

dedup_status worker_reopen_line(struct worker *worker, const struct portion *portion, uint32_t document,
                                const struct raw_line *line, bool text, struct source *source, dedup_error *error)
{
    const struct document_record *record = &worker->job->records[document];
    const struct source_again again = {.places = &record->places,
                                       .address = record->flags & DOCUMENT_ADDRESS,
                                       .sound = record->repairs == 0,
                                       .text = text};
    return source_reopen_json(&worker->desk, &portion->encoding, &again, line->bytes, line->length, source, error);
}

dedup_status read_batch_create(struct read_batch **out, dedup_error *error)
{
    struct read_batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        return fail_memory(error, "a batch");
    portion_init(&batch->portion);
    dedup_buffer_init(&batch->cuts, SIZE_MAX);
    dedup_buffer_init(&batch->ids, SIZE_MAX);
    learn_notes_init(&batch->notes);
    dedup_status status = match_entries_create(&batch->documents, error);
    if (status == DEDUP_OK)
        status = match_entries_create(&batch->paragraphs, error);
    if (status != DEDUP_OK) {
        read_batch_free(batch);
        return status;
    }
    *out = batch;
    return DEDUP_OK;
}

void read_batch_free(struct read_batch *batch)
{
    if (!batch)
        return;
    portion_release(&batch->portion);
    free(batch->readings);
    dedup_buffer_release(&batch->cuts);
    dedup_buffer_release(&batch->ids);
    learn_notes_release(&batch->notes);
    free(batch->units);
    match_entries_free(batch->documents);
    match_entries_free(batch->paragraphs);
    free(batch->document_refs);
    free(batch->paragraph_refs);
    free(batch->paragraph_records);
    free(batch);
}

void read_batch_clear(struct read_batch *batch)
{
    batch->reading_count = 0;
    batch->unit_count = 0;
    batch->document_ref_count = 0;
    batch->paragraph_ref_count = 0;
    dedup_buffer_clear(&batch->cuts);
    dedup_buffer_clear(&batch->ids);
    learn_notes_clear(&batch->notes);
    match_entries_clear(batch->documents);
    match_entries_clear(batch->paragraphs);
}

static enum repeat_handling repeat_handling(const struct job *job)
{
    static const enum repeat_handling handling[] = {[DEDUP_PARAGRAPHS_OFF] = REPEATS_IGNORED,
                                                    [DEDUP_PARAGRAPHS_KEEP] = REPEATS_COUNTED,
                                                    [DEDUP_PARAGRAPHS_DOCUMENT] = REPEATS_CUT,
                                                    [DEDUP_PARAGRAPHS_CORPUS] = REPEATS_CUT};
    return handling[job->options->paragraphs];
}

/* Decides about the cuts. */
static dedup_status clean(struct worker *worker, enum repeat_handling repeats, struct reading *reading,
                          dedup_error *error)
{
    struct text_cleaning how = {worker->job->paragraph_mode, repeats, &worker->whole};
    struct text_outcome outcome;
    TRY(text_cleaner_clean(worker->cleaner, &worker->document, &how, &outcome, error));
    reading->repeats.blocks = outcome.repeats.blocks;
    reading->repeats.exact = outcome.repeats.paragraphs_exact;
    reading->repeats.near = outcome.repeats.paragraphs_near;
    reading->record.flags &= (uint16_t)~DOCUMENT_RESTORED;
    reading->record.flags |= outcome.restored ? DOCUMENT_RESTORED : 0;
    return DEDUP_OK;
}

/* Appends the kept key to the units of the batch; *begin gets its place. */
static dedup_status store_key(const struct fold_key *key, struct read_batch *batch, size_t *begin, dedup_error *error)
{
    TRY(array_reserve(&batch->units, &batch->unit_capacity, batch->unit_count + 2 * key->count + 1, "fold keys",
                      error));
    *begin = batch->unit_count;
    batch->unit_count += key_encode(key->points, key->count, batch->units + batch->unit_count);
    return DEDUP_OK;
}

static dedup_status add_document_ref(struct read_batch *batch, struct key_ref ref, dedup_error *error)
{
    TRY(array_reserve(&batch->document_refs, &batch->document_ref_capacity, batch->document_ref_count + 1, "documents",
                      error));
    batch->document_refs[batch->document_ref_count++] = ref;
    return DEDUP_OK;
}

/* UTF-16 units of `count` code points. */
static size_t unit_width(const uint32_t *points, size_t count)
{
    size_t width = count;
    for (size_t i = 0; i < count; i++)
        width += points[i] > 0xffff;
    return width;
}

/* Corrects the places of the parts for a key in which code points take two units. */
static void widen_refs(const struct worker *worker, uint64_t begin, struct key_ref *refs)
{
    const uint32_t *points = worker->kept_key->points;
    size_t place = 0;
    for (size_t i = 0; i < worker->part_count; i++) {
        const struct match_part *part = &worker->parts[i];
        begin += unit_width(points + place, part->begin - place);
        refs[i] = (struct key_ref){begin, (uint32_t)unit_width(points + part->begin, part->count)};
        begin += refs[i].count;
        place = part->begin + part->count;
    }
}

/* Makes parts of the prose paragraphs, which are units of their own, given where the key is in the units of the batch.
 * Which are prose cannot be guessed, so all are written. */
static dedup_status take_parts(struct worker *worker, const struct paragraph *list, size_t count, struct key_ref whole,
                               struct read_batch *batch, dedup_error *error)
{
    const uint32_t document = (uint32_t)(batch->reading_count - 1);
    const size_t have = batch->paragraph_ref_count;
    size_t taken = 0;
    TRY(array_reserve(&worker->parts, &worker->part_capacity, count, "paragraphs", error));
    TRY(array_reserve(&batch->paragraph_refs, &batch->paragraph_ref_capacity, have + count, "paragraphs", error));
    TRY(array_reserve(&batch->paragraph_records, &batch->paragraph_record_capacity, have + count, "paragraphs", error));
    for (size_t i = 0; i < count; i++) {
        const struct paragraph *paragraph = &list[i];
        worker->parts[taken] = (struct match_part){paragraph->key, paragraph->key_count};
        batch->paragraph_records[have + taken] = (struct paragraph_record){document, paragraph->first, paragraph->last};
        batch->paragraph_refs[have + taken] = (struct key_ref){whole.begin + paragraph->key, paragraph->key_count};
        taken += paragraph->prose;
    }
    worker->part_count = taken;
    batch->paragraph_ref_count = have + taken;
    if (taken != 0 && whole.count != worker->kept_key->count)
        widen_refs(worker, whole.begin, batch->paragraph_refs + have);
    return DEDUP_OK;
}

/* Whether nothing is asked for that needs the lines of a document. They are not told apart then, and each that has a
 * key counts as a paragraph. */
static bool is_whole(const struct job *job)
{
    return !job->cleaner && job->options->paragraphs == DEDUP_PARAGRAPHS_OFF && job->paragraph_mode != PARAGRAPH_BLANK;
}

/* Sets worker->kept_key, and *list to the paragraphs of what the cuts leave. */
static dedup_status find_kept(struct worker *worker, const struct paragraph_list **list, dedup_error *error)
{
    worker->kept_key = &worker->document.key;
    *list = &worker->whole;
    if (worker->document.cut_count == 0)
        return DEDUP_OK;
    worker->kept_key = &worker->key;
    *list = &worker->left;
    fold_key_clear(&worker->key);
    TRY(document_kept_key(&worker->document, &worker->key, error));
    return paragraph_list_set(&worker->left, &worker->document, worker->job->paragraph_mode, error);
}

/* Sketches the kept text as a document, and its paragraphs. */
static dedup_status sketch(struct worker *worker, struct read_batch *batch, struct reading *reading, dedup_error *error)
{
    const struct job *job = worker->job;
    const struct paragraph_list *list;
    size_t begin;
    TRY(find_kept(worker, &list, error));
    const struct fold_key *key = worker->kept_key;
    TRY(store_key(key, batch, &begin, error));
    reading->record.key_points = (uint32_t)key->count;
    reading->record.kept_paragraphs = is_whole(job) ? reading->record.paragraphs : (uint32_t)list->count;
    reading->record.first_unit = (uint32_t)batch->paragraph_ref_count;
    bool wanted = job->paragraphs_matcher && job->options->paragraphs != DEDUP_PARAGRAPHS_OFF;
    const struct key_ref ref = {begin, (uint32_t)(batch->unit_count - begin)};
    TRY(take_parts(worker, list->items, wanted ? list->count : 0, ref, batch, error));
    struct match_parts parts = {job->paragraphs_matcher, worker->parts, worker->part_count, batch->paragraphs};
    TRY(match_sketch(worker->sketcher, key->points, key->count, batch->documents, &parts, error));
    return add_document_ref(batch, ref, error);
}

/* Sets worker->document and worker->whole. */
static dedup_status set_document(struct worker *worker, const struct source *source, struct reading *reading,
                                 dedup_error *error)
{
    struct document_record *record = &reading->record;
    if (is_whole(worker->job)) {
        worker->whole.count = 0;
        return document_set_whole(&worker->document, source->text, source->text_length, &record->paragraphs, error);
    }
    TRY(document_set(&worker->document, source->text, source->text_length, error));
    TRY(paragraph_list_set(&worker->whole, &worker->document, worker->job->paragraph_mode, error));
    record->paragraphs = (uint32_t)worker->whole.count;
    return DEDUP_OK;
}

/* Whether the sketches of the paragraphs of what is left tell in less time than a search that nothing repeats. */
static bool can_wait(const struct worker *worker)
{
    const struct job *job = worker->job;
    return repeat_handling(job) != REPEATS_IGNORED && job->paragraphs_matcher &&
           job->options->threshold >= WAITING_THRESHOLD && worker->whole.prose <= ALIKE_UNITS_MOST &&
           matcher_samples(job->documents_matcher);
}

/* How far a batch is filled by sketches. */
struct batch_end {
    size_t units, document_refs, paragraph_refs;
    struct match_entries_end documents, paragraphs;
};

static struct batch_end batch_end(const struct read_batch *batch)
{
    return (struct batch_end){batch->unit_count, batch->document_ref_count, batch->paragraph_ref_count,
                              match_entries_end(batch->documents), match_entries_end(batch->paragraphs)};
}

static void cut_batch(struct read_batch *batch, const struct batch_end *end)
{
    batch->unit_count = end->units;
    batch->document_ref_count = end->document_refs;
    batch->paragraph_ref_count = end->paragraph_refs;
    match_entries_cut(batch->documents, end->documents);
    match_entries_cut(batch->paragraphs, end->paragraphs);
}

/* Cleans and sketches a document that was set. Repeats are only looked for where the rules leave paragraphs that are
 * alike. */
static dedup_status clean_and_sketch(struct worker *worker, const struct source *source, struct read_batch *batch,
                                     struct reading *reading, dedup_error *error)
{
    const struct batch_end before = batch_end(batch);
    bool waits = can_wait(worker);
    TRY(clean(worker, waits ? REPEATS_IGNORED : repeat_handling(worker->job), reading, error));
    TRY(sketch(worker, batch, reading, error));
    if (!waits || (!match_alike_find(&worker->alike, batch->paragraphs, before.paragraphs.count) &&
                   !match_alike_inside(batch->documents)))
        return DEDUP_OK;
    cut_batch(batch, &before);
    if (worker->document.cut_count != 0)
        TRY(set_document(worker, source, reading, error));
    TRY(clean(worker, repeat_handling(worker->job), reading, error));
    return sketch(worker, batch, reading, error);
}

dedup_status worker_read_document(struct worker *worker, const struct source *source, struct read_batch *batch,
                                  struct reading *reading, dedup_error *error)
{
    struct document_record *record = &reading->record;
    struct text_document *document = &worker->document;
    TRY(set_document(worker, source, reading, error));
    TRY(clean_and_sketch(worker, source, batch, reading, error));
    if (worker->job->learned && !(record->flags & DOCUMENT_RESTORED))
        TRY(learn_notes_append(&batch->notes, text_cleaner_notes(worker->cleaner), error));
    record->characters = document->characters;
    record->repairs = source->repair_count + (uint32_t)source->json_repairs + source->line_repair_count;
    record->places = source->places;
    record->flags |= source->address ? DOCUMENT_ADDRESS : 0;
    record->cuts = batch->cuts.length;
    record->cut_count = (uint32_t)document->cut_count;
    if (source->date && !date_parse(source->date, &record->date))
        record->date = INT64_MIN;
    if (source->id) {
        record->id = batch->ids.length + 1;
        TRY(dedup_buffer_append(&batch->ids, source->id, strlen(source->id) + 1, error));
    }
    return cuts_pack(document, &batch->cuts, error);
}

dedup_status worker_pass_document(struct worker *worker, struct read_batch *batch, dedup_error *error)
{
    TRY(match_sketch(worker->sketcher, NULL, 0, batch->documents, NULL, error));
    struct reading *reading = &batch->readings[batch->reading_count - 1];
    reading->record.flags |= DOCUMENT_PASSED;
    reading->record.first_unit = (uint32_t)batch->paragraph_ref_count;
    return add_document_ref(batch, (struct key_ref){batch->unit_count, 0}, error);
}

dedup_status worker_map_cuts(struct worker *worker, const struct source *source, dedup_error *error)
{
    const struct text_document *document = &worker->document;
    size_t count = 2 * document->cut_count;
    TRY(array_reserve(&worker->bounds, &worker->bound_capacity, count, "places of cuts", error));
    for (size_t i = 0; i < document->cut_count; i++) {
        worker->bounds[2 * i] = document->cuts[i].begin;
        worker->bounds[2 * i + 1] = document->cuts[i].end;
    }
    if (!source->json || count == 0)
        return DEDUP_OK;
    TRY(array_reserve(&worker->line_places, &worker->line_place_capacity, count, "places of cuts", error));
    return source_map_to_line(&worker->desk, source, worker->bounds, count, worker->line_places, error);
}
