/* A growing list of equal rows that is filled from front to back and looked at as one array in the end. Over a bound it
 * is written to a nameless file, and from then on one block, which stays in the cache, is enough: to write it costs
 * less than memory that is touched for the first time. */
#ifndef DEDUP_MATCH_ROWS_H
#define DEDUP_MATCH_ROWS_H

#include <stdbool.h>

#include "match/spill.h"

struct rows {
    size_t size;    /* bytes of a row */
    size_t count;   /* of all rows */
    size_t flushed; /* rows in the file; those behind them are in `held` */
    char *held;     /* owned */
    size_t capacity;
    size_t limit; /* bytes of `held` before it is written to the file */
    int directory, file;
    void *view; /* all rows, when some are in the file; NULL before rows_view */
    bool mapped;
    const char *what; /* they hold, for messages */
};

/* `memory`: bytes held in memory before the rows move to a file in `directory` (-1: never); 0: no bound. */
void rows_init(struct rows *rows, size_t size, uint64_t memory, int directory, const char *what);
void rows_release(struct rows *rows);

/* *row: a new one at the end, for the caller to fill before the next call. Errors: MEMORY, WRITE. */
DEDUP_NODISCARD dedup_status rows_add(struct rows *rows, void **row, dedup_error *error);

/* *all: the rows, until they are released; no more can be added. A disk that fails meanwhile raises SIGBUS. Errors:
 * MEMORY, READ, WRITE. */
DEDUP_NODISCARD dedup_status rows_view(struct rows *rows, const void **all, dedup_error *error);

#endif
