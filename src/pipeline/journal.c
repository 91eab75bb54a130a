#include "pipeline/journal.h"

#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/failure.h"

enum { JOURNAL_PENDING = 1 << 18, JOURNAL_FRAME = 1 << 18 };

/* A log is mostly Chinese text, whose bytes gain as much by Huffman codes as by matches. So matches are looked for
 * every two characters only, in a table that stays in the nearest cache, and what is between them is always coded.
 * Against level 1 this takes two thirds of the time, 1.9 ns a byte, and a fifth more space. */
static const struct setting {
    ZSTD_cParameter name;
    int value;
    bool needed; /* later versions of the library may not know the others */
} settings[] = {
    {ZSTD_c_compressionLevel, 1, true},
    {ZSTD_c_checksumFlag, 1, true},
    {ZSTD_c_strategy, ZSTD_fast, true},
    {ZSTD_c_hashLog, 12, true},
    {ZSTD_c_minMatch, 7, true},
    {ZSTD_c_targetLength, 5, true},        /* bytes from one place that is looked at to the next, less one */
    {ZSTD_c_experimentalParam5, 1, false}, /* ZSTD_c_literalCompressionMode: always */
};

struct journal_frame {
    uint64_t number; /* from 1; 0: the lane is empty */
    dedup_buffer records;
    dedup_buffer packed; /* not empty: the records, compressed */
    ZSTD_CCtx *compressor;
};

static dedup_status make_lanes(struct journal *journal, size_t count, dedup_error *error)
{
    journal->lanes = calloc(count, sizeof *journal->lanes);
    if (!journal->lanes)
        return fail_memory(error, "the frames of a log");
    journal->lane_count = count;
    for (size_t i = 0; i < count; i++) {
        dedup_buffer_init(&journal->lanes[i].records, SIZE_MAX);
        dedup_buffer_init(&journal->lanes[i].packed, SIZE_MAX);
    }
    return DEDUP_OK;
}

dedup_status journal_open(struct journal *journal, int directory, const char *path, size_t lanes, dedup_error *error)
{
    *journal = (struct journal){0};
    dedup_buffer_init(&journal->pending, SIZE_MAX);
    if (lanes != 0)
        TRY(make_lanes(journal, lanes, error));
    dedup_status status = atomic_file_open(&journal->file, directory, path, error);
    if (status != DEDUP_OK)
        journal_discard(journal);
    return status;
}

dedup_status journal_append(struct journal *journal, const char *records, size_t length, dedup_error *error)
{
    return length != 0 ? dedup_buffer_append(&journal->pending, records, length, error) : DEDUP_OK;
}

static dedup_status make_compressor(ZSTD_CCtx **out, dedup_error *error)
{
    ZSTD_CCtx *compressor = ZSTD_createCCtx();
    bool made = compressor != NULL;
    for (size_t i = 0; made && i < sizeof settings / sizeof *settings; i++)
        made = !ZSTD_isError(ZSTD_CCtx_setParameter(compressor, settings[i].name, settings[i].value)) ||
               !settings[i].needed;
    if (!made) {
        ZSTD_freeCCtx(compressor);
        return fail_memory(error, "the compressor of a log");
    }
    *out = compressor;
    return DEDUP_OK;
}

static dedup_status pack(struct journal_frame *frame, dedup_error *error)
{
    if (frame->packed.length != 0)
        return DEDUP_OK;
    if (!frame->compressor)
        TRY(make_compressor(&frame->compressor, error));
    TRY(dedup_buffer_reserve(&frame->packed, ZSTD_compressBound(frame->records.length), error));
    size_t length = ZSTD_compress2(frame->compressor, frame->packed.data, frame->packed.capacity, frame->records.data,
                                   frame->records.length);
    if (ZSTD_getErrorCode(length) == ZSTD_error_memory_allocation)
        return fail_memory(error, "the compressor of a log");
    if (ZSTD_isError(length))
        return fail(error, DEDUP_ERROR_WRITE, "cannot compress a log: %s", ZSTD_getErrorName(length));
    frame->packed.length = length;
    return DEDUP_OK;
}

dedup_status journal_pack(struct journal *journal, size_t lane, dedup_error *error)
{
    struct journal_frame *frame = journal->lanes ? &journal->lanes[lane] : NULL;
    return frame && frame->number != 0 ? pack(frame, error) : DEDUP_OK;
}

/* The frame that comes first of those that wait; NULL when none does. */
static struct journal_frame *first_frame(const struct journal *journal)
{
    struct journal_frame *first = NULL;
    for (size_t i = 0; i < journal->lane_count; i++) {
        struct journal_frame *frame = &journal->lanes[i];
        if (frame->number != 0 && (!first || frame->number < first->number))
            first = frame;
    }
    return first;
}

/* Writes the frames up to `last`. */
static dedup_status write_frames(struct journal *journal, uint64_t last, dedup_error *error)
{
    for (struct journal_frame *frame; (frame = first_frame(journal)) && frame->number <= last;) {
        TRY(pack(frame, error));
        TRY(atomic_file_write(&journal->file, frame->packed.data, frame->packed.length, error));
        dedup_buffer_clear(&frame->records);
        dedup_buffer_clear(&frame->packed);
        frame->number = 0;
    }
    return DEDUP_OK;
}

/* Makes a frame of what waits, in a lane that is empty. */
static void make_frame(struct journal *journal, struct journal_frame *frame)
{
    dedup_buffer empty = frame->records;
    frame->records = journal->pending;
    journal->pending = empty;
    frame->number = ++journal->frames;
}

static dedup_status write_pending(struct journal *journal, dedup_error *error)
{
    TRY(atomic_file_write(&journal->file, journal->pending.data, journal->pending.length, error));
    dedup_buffer_clear(&journal->pending);
    return DEDUP_OK;
}

dedup_status journal_turn(struct journal *journal, size_t lane, dedup_error *error)
{
    if (!journal->lanes)
        return journal->pending.length >= JOURNAL_PENDING ? write_pending(journal, error) : DEDUP_OK;
    struct journal_frame *frame = &journal->lanes[lane];
    if (frame->number != 0)
        TRY(write_frames(journal, frame->number, error));
    if (journal->pending.length >= JOURNAL_FRAME)
        make_frame(journal, frame);
    return DEDUP_OK;
}

/* Writes everything. A compressed file has a frame even if there are no records. */
static dedup_status finish(struct journal *journal, dedup_error *error)
{
    if (!journal->lanes)
        return journal->pending.length != 0 ? write_pending(journal, error) : DEDUP_OK;
    TRY(write_frames(journal, UINT64_MAX, error));
    if (journal->pending.length == 0 && journal->frames != 0)
        return DEDUP_OK;
    make_frame(journal, &journal->lanes[0]);
    return write_frames(journal, UINT64_MAX, error);
}

dedup_status journal_commit(struct journal *journal, dedup_error *error)
{
    dedup_status status = finish(journal, error);
    if (status == DEDUP_OK)
        status = atomic_file_commit(&journal->file, false, error);
    journal_discard(journal);
    return status;
}

void journal_discard(struct journal *journal)
{
    atomic_file_discard(&journal->file);
    for (size_t i = 0; i < journal->lane_count; i++) {
        dedup_buffer_release(&journal->lanes[i].records);
        dedup_buffer_release(&journal->lanes[i].packed);
        ZSTD_freeCCtx(journal->lanes[i].compressor);
    }
    free(journal->lanes);
    journal->lanes = NULL;
    journal->lane_count = 0;
    dedup_buffer_release(&journal->pending);
}
