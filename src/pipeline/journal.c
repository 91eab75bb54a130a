#include "pipeline/journal.h"

#include <zstd.h>
#include <zstd_errors.h>

#include "base/failure.h"

enum { JOURNAL_LEVEL = 1, JOURNAL_PENDING = 1 << 18 };

dedup_status journal_open(struct journal *journal, int directory, const char *path, bool compressed, dedup_error *error)
{
    *journal = (struct journal){0};
    dedup_buffer_init(&journal->pending, SIZE_MAX);
    if (compressed) {
        journal->compressor = ZSTD_createCCtx();
        if (!journal->compressor)
            return fail_memory(error, "the compressor of the removal log");
        if (ZSTD_isError(ZSTD_CCtx_setParameter(journal->compressor, ZSTD_c_compressionLevel, JOURNAL_LEVEL)) ||
            ZSTD_isError(ZSTD_CCtx_setParameter(journal->compressor, ZSTD_c_checksumFlag, 1))) {
            journal_discard(journal);
            return fail_memory(error, "the compressor of the removal log");
        }
    }
    dedup_status status = atomic_file_open(&journal->file, directory, path, error);
    if (status != DEDUP_OK)
        journal_discard(journal);
    return status;
}

static dedup_status flush(struct journal *journal, size_t above, dedup_error *error)
{
    if (journal->pending.length <= above)
        return DEDUP_OK;
    TRY(atomic_file_write(&journal->file, journal->pending.data, journal->pending.length, error));
    dedup_buffer_clear(&journal->pending);
    return DEDUP_OK;
}

/* Feeds the compressor until it has taken everything, and at the end until it has given everything. */
static dedup_status compress(struct journal *journal, const char *bytes, size_t length, ZSTD_EndDirective directive,
                             dedup_error *error)
{
    ZSTD_inBuffer in = {bytes, length, 0};
    for (size_t left = 1; in.pos < in.size || (directive == ZSTD_e_end && left != 0);) {
        dedup_buffer *pending = &journal->pending;
        TRY(dedup_buffer_reserve(pending, ZSTD_CStreamOutSize(), error));
        ZSTD_outBuffer out = {pending->data + pending->length, pending->capacity - pending->length, 0};
        left = ZSTD_compressStream2(journal->compressor, &out, &in, directive);
        if (ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation)
            return fail_memory(error, "the compressor of the removal log");
        if (ZSTD_isError(left))
            return fail(error, DEDUP_ERROR_WRITE, "cannot compress the removal log: %s", ZSTD_getErrorName(left));
        pending->length += out.pos;
        TRY(flush(journal, JOURNAL_PENDING, error));
    }
    return DEDUP_OK;
}

dedup_status journal_append(struct journal *journal, const char *records, size_t length, dedup_error *error)
{
    if (length == 0)
        return DEDUP_OK;
    if (journal->compressor)
        return compress(journal, records, length, ZSTD_e_continue, error);
    TRY(dedup_buffer_append(&journal->pending, records, length, error));
    return flush(journal, JOURNAL_PENDING, error);
}

dedup_status journal_commit(struct journal *journal, dedup_error *error)
{
    dedup_status status = DEDUP_OK;
    if (journal->compressor)
        status = compress(journal, "", 0, ZSTD_e_end, error);
    if (status == DEDUP_OK)
        status = flush(journal, 0, error);
    if (status == DEDUP_OK)
        status = atomic_file_commit(&journal->file, false, error);
    journal_discard(journal);
    return status;
}

void journal_discard(struct journal *journal)
{
    atomic_file_discard(&journal->file);
    ZSTD_freeCCtx(journal->compressor);
    journal->compressor = NULL;
    dedup_buffer_release(&journal->pending);
}
