/* Scratch files without a name: what does not fit in memory waits here. */
#ifndef DEDUP_MATCH_SPILL_H
#define DEDUP_MATCH_SPILL_H

#include <stddef.h>
#include <stdint.h>

#include "dedup/error.h"

/* What tables that may move to a file are made of: bytes, and their alignment. Not large pages: in a virtual machine
 * that gives free ones back to its host each has to be fetched again, at a fifth of the speed of small ones. */
enum { SPILL_BLOCK = 512 << 10, SPILL_PAGE = 4096 };

extern const char spill_prefix[]; /* how their names begin while they have one: what a later run may delete */

/* Creates a file in `directory` that vanishes when *descriptor is closed. Errors: WRITE. */
DEDUP_NODISCARD dedup_status spill_open(int directory, int *descriptor, dedup_error *error);
/* Writes all bytes at `offset`. Errors: WRITE. */
DEDUP_NODISCARD dedup_status spill_write(int descriptor, const void *bytes, size_t length, uint64_t offset,
                                         dedup_error *error);
/* Reads all bytes at `offset`; may run in parallel. Errors: READ. */
DEDUP_NODISCARD dedup_status spill_read(int descriptor, void *bytes, size_t length, uint64_t offset,
                                        dedup_error *error);

#endif
