/* Windows of a fold key by hash, for a table that tells which were seen. */
#ifndef DEDUP_SKETCH_WINDOWS_H
#define DEDUP_SKETCH_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

enum {
    WINDOWS_SLACK = 16,
    WINDOWS_LOG_MOST = 24, /* of a table */
};

/* Each shingle ends with a window of 32 bits, into which its code points are shifted by 7, so that equal shingles have
 * equal windows. Writes for the count - 4 windows of `count` > 4 code points their places in a table of 2^log entries
 * (log up to WINDOWS_LOG_MOST), in order, and returns how many they are; `half`: only of about half of them, which the
 * window itself decides. `places` holds count + WINDOWS_SLACK. */
size_t windows_place(const uint32_t *points, size_t count, unsigned log, bool half, uint32_t *places);
/* The same by a given instruction set, which the processor must have; for tests. */
size_t windows_place_by(enum isa isa, const uint32_t *points, size_t count, unsigned log, bool half, uint32_t *places);

#endif
