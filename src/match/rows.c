#include "match/rows.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "base/failure.h"

void rows_init(struct rows *rows, size_t size, uint64_t memory, int directory, const char *what)
{
    bool bounded = memory != 0 && directory >= 0 && memory < SIZE_MAX;
    size_t limit = memory > SPILL_BLOCK ? (size_t)memory : SPILL_BLOCK;
    *rows = (struct rows){
        .size = size, .limit = bounded ? limit : SIZE_MAX, .directory = directory, .file = -1, .what = what};
}

void rows_release(struct rows *rows)
{
    if (rows->mapped)
        (void)munmap(rows->view, rows->flushed * rows->size);
    else
        free(rows->view);
    if (rows->file >= 0)
        close(rows->file);
    free(rows->held);
    rows_init(rows, rows->size, 0, -1, rows->what);
}

/* Writes all rows that are held to the file. */
static dedup_status flush(struct rows *rows, dedup_error *error)
{
    size_t count = rows->count - rows->flushed;
    if (rows->file < 0)
        TRY(spill_open(rows->directory, &rows->file, error));
    TRY(spill_write(rows->file, rows->held, count * rows->size, (uint64_t)rows->flushed * rows->size, error));
    rows->flushed = rows->count;
    return DEDUP_OK;
}

/* Moves to the file, and to a buffer of one block. */
static dedup_status move_to_file(struct rows *rows, dedup_error *error)
{
    TRY(flush(rows, error));
    rows->limit = SPILL_BLOCK;
    if (rows->capacity <= SPILL_BLOCK)
        return DEDUP_OK;
    free(rows->held);
    rows->held = NULL;
    rows->capacity = 0;
    return array_reserve(&rows->held, &rows->capacity, SPILL_BLOCK, rows->what, error);
}

dedup_status rows_add(struct rows *rows, void **row, dedup_error *error)
{
    size_t used = (rows->count - rows->flushed) * rows->size;
    if (used + rows->size > rows->limit) {
        TRY(move_to_file(rows, error));
        used = 0;
    }
    TRY(array_reserve(&rows->held, &rows->capacity, used + rows->size, rows->what, error));
    *row = rows->held + used;
    rows->count++;
    return DEDUP_OK;
}

/* Makes rows->view the rows of the file: mapped, or copied where that fails. */
static dedup_status open_view(struct rows *rows, dedup_error *error)
{
    size_t length = rows->flushed * rows->size;
    void *mapped = mmap(NULL, length, PROT_READ, MAP_SHARED, rows->file, 0);
    rows->mapped = mapped != MAP_FAILED;
    rows->view = rows->mapped ? mapped : malloc(length);
    if (!rows->view)
        return fail_memory(error, rows->what);
    return rows->mapped ? DEDUP_OK : spill_read(rows->file, rows->view, length, 0, error);
}

dedup_status rows_view(struct rows *rows, const void **all, dedup_error *error)
{
    if (rows->file >= 0 && rows->flushed < rows->count)
        TRY(flush(rows, error));
    if (rows->file >= 0 && !rows->view)
        TRY(open_view(rows, error));
    *all = rows->view ? rows->view : rows->held;
    return DEDUP_OK;
}
