/* IN and OUT: are they what they must be, and may this run write there? */
#ifndef DEDUP_PIPELINE_PLACES_H
#define DEDUP_PIPELINE_PLACES_H

#include <sys/stat.h>

#include "corpus/listing.h"
#include "dedup/run.h"

/* Files of a run, below OUT. */
#define PLACE_OWN        ".dedup"
#define PLACE_MANIFEST   ".dedup/manifest.json"
#define PLACE_LOCK       ".dedup/lock"
#define PLACE_REPORT     ".dedup/report.json"
#define PLACE_PAGE       ".dedup/report.html"
#define PLACE_DUPLICATES ".dedup/duplicates.jsonl"
#define PLACE_LEARNED    ".dedup/learned.rules"
#define PLACE_REMOVED    ".dedup/removed.jsonl.zst"
#define PLACE_FILES      ".dedup/files.jsonl.zst"
#define PLACE_CODES      ".dedup/codes.jsonl.zst"
#define PLACE_OTHERS     ".dedup/others"

struct places {
    int input, output; /* directory descriptors; -1: not open */
    int lock;          /* descriptor that holds the lock of OUT; -1: none */
    bool fresh;        /* OUT holds nothing of an earlier run */
};

/* Opens IN, which *out holds then. Errors: READ. */
DEDUP_NODISCARD dedup_status place_open_input(const char *path, int *out, dedup_error *error);
/* Refuses to write below IN: a file `log`, or temporary files in the folder `temporary`; each may be NULL. Errors:
 * ARGUMENT, MEMORY. */
DEDUP_NODISCARD dedup_status place_check_outside(int input, const char *log, const char *temporary, dedup_error *error);
/* Opens IN and looks at OUT, which is neither created nor changed: it must be missing, empty, or the place of an
 * earlier run, and neither may lie inside the other, nor the folder of temporary files inside IN. Errors: READ (IN),
 * ARGUMENT (nesting), CONFLICT (OUT holds something else), MEMORY. */
DEDUP_NODISCARD dedup_status places_open(const dedup_options *options, struct places *out, dedup_error *error);
/* Creates OUT where it is missing, opens and locks it. Errors: WRITE, CONFLICT (another run works there). */
DEDUP_NODISCARD dedup_status places_claim(const dedup_options *options, struct places *places, dedup_error *error);
/* Deletes the temporary files that a killed run left below OUT, which is called `path`: in its own folder, in the
 * folder `spill` for temporary files, and where files of the listing go. What cannot be deleted stays; it is in
 * nobody's way. Errors: MEMORY, CONFLICT: one of these folders is a symbolic link; nothing is deleted behind it. */
DEDUP_NODISCARD dedup_status places_sweep(const char *path, int output, int spill, const struct corpus_listing *listing,
                                          dedup_error *error);
/* Says that the first `length` bytes of `path`, below OUT, are a symbolic link. Errors: CONFLICT. */
DEDUP_NODISCARD dedup_status place_refuse_link(const char *output, const char *path, size_t length, dedup_error *error);
void places_release(struct places *places);

/* True when the open folder `start`, which is closed, is `target` or lies below it. */
bool place_lies_within(int start, const struct stat *target);
/* Opens the longest part of `path` that is there; -1 and errno on failure. *whole: all of it is. */
int place_open_existing(const char *path, bool *whole);
/* True when there is nothing in an open folder. */
bool place_is_empty(int descriptor);

#endif
