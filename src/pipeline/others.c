/* What the tree holds beside documents: kept aside, so that the input can be restored. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failure.h"
#include "pipeline/inventory.h"
#include "pipeline/places.h"

enum { TARGET_STEP = 256, TARGET_MAXIMUM = 1 << 16 };

/* Looks at an entry of the input without following a link in the last place. */
static bool look_at(int input, const char *path, bool follow, struct stat *facts)
{
    const char *rest = path;
    int from = file_reach(input, &rest);
    bool known = from != -1 && (fstatat(from, rest, facts, AT_SYMLINK_NOFOLLOW) == 0);
    if (known && follow && S_ISLNK(facts->st_mode)) {
        struct stat behind;
        if (fstatat(from, rest, &behind, 0) == 0 && S_ISREG(behind.st_mode))
            *facts = behind;
    }
    if (from != -1 && from != input)
        close(from);
    return known;
}

/* Reads the target of a link; false when that fails. */
static dedup_status read_target(int input, const char *path, dedup_buffer *out, bool *read, dedup_error *error)
{
    const char *rest = path;
    int from = file_reach(input, &rest);
    *read = false;
    for (size_t size = TARGET_STEP; from != -1 && !*read && size <= TARGET_MAXIMUM; size *= 2) {
        dedup_buffer_clear(out);
        TRY(dedup_buffer_reserve(out, size, error));
        ssize_t length = readlinkat(from, rest, out->data, size);
        if (length < 0)
            break;
        out->length = (size_t)length;
        out->data[length < (ssize_t)size ? length : 0] = '\0';
        *read = length < (ssize_t)size;
    }
    if (from != -1 && from != input)
        close(from);
    return DEDUP_OK;
}

/* A regular file without documents. */
static dedup_status keep_file(struct job *job, const char *path, dedup_buffer *name, struct report_file *line,
                              dedup_buffer *scratch, dedup_error *reason, dedup_error *error)
{
    if (job->options->others == DEDUP_OTHERS_LEAVE) {
        line->fate = fate_left;
        line->reason = "--others leave";
        return DEDUP_OK;
    }
    dedup_buffer_clear(name);
    TRY(dedup_buffer_printf(name, error, "%s/%s", PLACE_OTHERS, path));
    TRY(copy_file_to(job, path, name->data, scratch, &line->summed, &line->sum, reason, error));
    if (line->summed) {
        line->fate = fate_other;
        return DEDUP_OK;
    }
    line->reason = reason->message;
    return job_problem_add(job, DEDUP_ERROR_READ, path, 0, reason->message, error);
}

static dedup_status keep(struct job *job, const struct corpus_skipped *skipped, dedup_buffer *name,
                         struct journal *journal, dedup_buffer *scratch, dedup_error *error)
{
    struct report_file line = {.path = skipped->path, .fate = fate_lost, .reason = skipped->reason};
    struct stat facts;
    dedup_error reason;
    bool known = *skipped->path != '\0' && look_at(job->input, skipped->path, job->options->follow, &facts), read;
    if (known && S_ISREG(facts.st_mode)) {
        line.reason = NULL;
        TRY(keep_file(job, skipped->path, name, &line, scratch, &reason, error));
    } else if (known && S_ISLNK(facts.st_mode)) {
        TRY(read_target(job->input, skipped->path, name, &read, error));
        if (read)
            line = (struct report_file){.path = skipped->path, .fate = fate_link, .target = name->data};
    } else if (known && S_ISDIR(facts.st_mode) && skipped->status == DEDUP_OK) {
        line.fate = fate_left;
    }
    /* It was seen by the listing, and nothing was told of it so far. */
    if (!known && skipped->status == DEDUP_OK) {
        line.reason = "cannot be looked at any more; it is not kept aside";
        TRY(job_problem_add(job, DEDUP_ERROR_READ, skipped->path, 0, line.reason, error));
    }
    TRY(inventory_write(job, &line, journal, error));
    return journal_turn(journal, 0, error);
}

dedup_status job_write_others(struct job *job, struct journal *journal, dedup_error *error)
{
    const struct corpus_listing *listing = &job->listing;
    dedup_buffer name, scratch;
    dedup_status status = DEDUP_OK;
    if (job->options->log == DEDUP_LOG_OFF)
        return DEDUP_OK;
    dedup_buffer_init(&name, SIZE_MAX);
    dedup_buffer_init(&scratch, SIZE_MAX);
    for (size_t i = 0; i < listing->skipped_count && status == DEDUP_OK; i++) {
        status = keep(job, &listing->skipped[i], &name, journal, &scratch, error);
        if (status == DEDUP_OK)
            status = job_progress(job, "write", job->bytes_done, job->bytes_total, error);
    }
    for (size_t i = 0; i < listing->empty_count && status == DEDUP_OK; i++) {
        const struct report_file line = {.path = listing->empty[i], .fate = fate_folder};
        status = inventory_write(job, &line, journal, error);
        if (status == DEDUP_OK)
            status = journal_turn(journal, 0, error);
    }
    dedup_buffer_release(&name);
    dedup_buffer_release(&scratch);
    return status;
}
