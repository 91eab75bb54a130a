/* Reading OUT/.dedup/files.jsonl.zst and codes.jsonl.zst. */
#ifndef DEDUP_AUDIT_INVENTORY_READER_H
#define DEDUP_AUDIT_INVENTORY_READER_H

#include "base/sum.h"
#include "corpus/listing.h"
#include "dedup/run.h"
#include "pipeline/journal_reader.h"
#include "text/encoder.h"

enum fate { FATE_CLEANED, FATE_REMOVED, FATE_PASSED, FATE_OTHER, FATE_LINK, FATE_FOLDER, FATE_LEFT, FATE_LOST };

/* One line. Strings belong to the inventory and live until the next one. */
struct listed {
    enum fate fate;
    const char *path; /* relative, without empty, "." and ".." components */
    const char *reason, *target;
    char encoding[32]; /* "" when it was not decoded */
    enum container container;
    struct file_sum sum, packed, output; /* length UINT64_MAX: not told */
    uint64_t removals;
};

struct inventory {
    struct journal_reader *reader;
    const char *output; /* for messages */
    dedup_log log;      /* of the run */
    bool follow;
    dedup_buffer path, reason, target;
};

/* Opens the inventory of an output directory and reads its first line. Errors: READ, FORMAT, MEMORY, ARGUMENT (there is
 * none). */
DEDUP_NODISCARD dedup_status inventory_reader_open(const char *output, struct inventory *out, dedup_error *error);
void inventory_reader_close(struct inventory *inventory);
/* The next line; *more is false at the end. Errors: READ, FORMAT, MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status inventory_reader_next(struct inventory *inventory, struct listed *file, bool *more,
                                                   dedup_error *error);

/* Parses one line after the first, for tests and fuzzing. Errors: FORMAT, MEMORY. */
DEDUP_NODISCARD dedup_status inventory_parse(struct inventory *inventory, const char *line, size_t length,
                                             struct listed *file, dedup_error *error);

/* True when a path can be opened below a folder without leaving it. */
bool path_stays_below(const char *path, size_t length);

/* The encoders of a run: by the families that need no codes, and by those that were written down. */
enum { ENCODERS = 5 };
struct encoders {
    struct encoder *items[ENCODERS];
    char names[ENCODERS][32];
    size_t count;
};

/* Errors: READ, FORMAT, MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status encoders_load(const char *output, struct encoders *out, dedup_error *error);
void encoders_release(struct encoders *encoders);
/* The encoder of a name; NULL when there is none, as for encodings that cannot be reversed. */
const struct encoder *encoders_find(const struct encoders *encoders, const char *name);

#endif
