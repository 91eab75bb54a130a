#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/audit.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/folder.h"
#include "pipeline/places.h"

/* The file that says that a restore is not finished, and of what. Its name is one that is never restored. */
#define MARKER ".dedup-tmp-restore"
enum { MARKER_LIMIT = 4096 };

struct restorer {
    struct audit audit;
    int target, marker; /* descriptors; -1: not open */
    bool again;         /* an earlier restore was not finished */
};

/* The file that is written. */
struct writing {
    struct output_stream *out;
    struct sum *sum;
};

static dedup_status write_bytes(void *context, const char *bytes, size_t length, dedup_error *error)
{
    struct writing *writing = context;
    sum_add(writing->sum, bytes, length);
    return output_stream_write(writing->out, bytes, length, error);
}

static dedup_status refuse_bytes(void *context, uint64_t length, dedup_error *error)
{
    (void)context;
    (void)length;
    return fail(error, DEDUP_ERROR_FORMAT, "its record of the log does not have the text that was removed");
}

/* Failures that end the restore, not only that of one file. */
static bool ends_all(dedup_status status)
{
    return status == DEDUP_ERROR_WRITE || status == DEDUP_ERROR_MEMORY || status == DEDUP_ERROR_STOPPED;
}

/* Writes a file whose stream is open, and names it if it is what it must be. */
static dedup_status write_file(struct restorer *restorer, const struct listed *file, struct writing *writing,
                               bool *whole, dedup_error *error)
{
    struct audit *audit = &restorer->audit;
    const struct weave_sink sink = {writing, write_bytes, refuse_bytes};
    uint64_t place;
    dedup_status own;
    dedup_error reason;
    dedup_status status = audit_rebuild(audit, file, &sink, &place, &own, &reason, error);
    if (status == DEDUP_OK && ends_all(own))
        status = fail(error, own, "%s", reason.message);
    struct file_sum sum = sum_result(writing->sum);
    if (status == DEDUP_OK && own == DEDUP_OK && !file_sum_equal(&sum, &file->sum))
        own =
            fail(&reason, DEDUP_ERROR_FORMAT, "what came out has another checksum; the output or its log has changed");
    *whole = status == DEDUP_OK && own == DEDUP_OK;
    if (*whole)
        return output_stream_commit(writing->out, error);
    output_stream_discard(writing->out);
    if (status == DEDUP_OK)
        audit_tell(audit, file->path, &place, "%s", reason.message);
    return status;
}

/* Whether an earlier restore has written the file. */
static bool is_there(const struct restorer *restorer, const struct listed *file, enum container container)
{
    struct file_sum sum;
    return restorer->again &&
           audit_sum(&restorer->audit, restorer->target, file->path, container, false, &sum, NULL) == DEDUP_OK &&
           file_sum_equal(&sum, &file->sum);
}

/* Counts a compressed file: is it what it was? */
static void count_packed(struct restorer *restorer, const struct listed *file, enum container container)
{
    dedup_audit_summary *summary = &restorer->audit.summary;
    struct file_sum packed;
    if (container == CONTAINER_PLAIN)
        return;
    bool same =
        audit_sum(&restorer->audit, restorer->target, file->path, CONTAINER_PLAIN, false, &packed, NULL) == DEDUP_OK &&
        file_sum_equal(&packed, &file->packed);
    summary->packed_same += same;
    summary->packed_anew += !same;
}

static dedup_status restore_file(struct restorer *restorer, const struct listed *file, dedup_error *error)
{
    bool copied = file->fate == FATE_PASSED || file->fate == FATE_OTHER, whole = false;
    enum container container = copied ? CONTAINER_PLAIN : file->container;
    struct writing writing;
    if (is_there(restorer, file, container)) {
        restorer->audit.counts = (struct weave_counts){.kept = file->sum.length};
        audit_count(&restorer->audit);
        count_packed(restorer, file, container);
        return weaver_skip(restorer->audit.weaver, file, error);
    }
    TRY(sum_create(&writing.sum, error));
    dedup_status status = output_stream_open(restorer->target, file->path, container, &writing.out, error);
    if (status == DEDUP_OK)
        status = write_file(restorer, file, &writing, &whole, error);
    sum_free(writing.sum);
    if (status == DEDUP_OK && whole) {
        audit_count(&restorer->audit);
        count_packed(restorer, file, container);
    }
    return status;
}

static dedup_status restore_folder(struct restorer *restorer, const char *path, dedup_error *error)
{
    dedup_buffer name;
    dedup_buffer_init(&name, SIZE_MAX);
    dedup_status status = dedup_buffer_printf(&name, error, "%s/", path);
    if (status == DEDUP_OK)
        status = folder_make_parents(restorer->target, name.data, error);
    dedup_buffer_release(&name);
    restorer->audit.summary.folders += status == DEDUP_OK;
    return status;
}

static dedup_status restore_link(struct restorer *restorer, const struct listed *file, dedup_error *error)
{
    const char *name;
    int folder = folder_enter(restorer->target, file->path, true, &name);
    if (folder == -1)
        return folder_fail(restorer->target, file->path, name, errno, error);
    int failed = symlinkat(file->target, folder, name), code = errno;
    folder_leave(restorer->target, folder);
    if (failed != 0)
        return fail_errno(error, DEDUP_ERROR_WRITE, code, "cannot create the link %s", file->path);
    restorer->audit.summary.links++;
    return DEDUP_OK;
}

static dedup_status restore_listed(struct restorer *restorer, const struct listed *file, dedup_error *error)
{
    struct audit *audit = &restorer->audit;
    if (strcmp(file->path, MARKER) == 0) {
        audit_tell(audit, file->path, NULL, "a file of this name cannot be restored");
        return weaver_skip(audit->weaver, file, error);
    }
    switch (file->fate) {
    case FATE_CLEANED:
    case FATE_REMOVED:
    case FATE_PASSED:
    case FATE_OTHER: return restore_file(restorer, file, error);
    case FATE_FOLDER: return restore_folder(restorer, file->path, error);
    case FATE_LEFT: audit->summary.left++; return weaver_skip(audit->weaver, file, error);
    case FATE_LINK: return DEDUP_OK; /* later */
    case FATE_LOST: break;
    }
    audit_tell(audit, file->path, NULL, "the run could not keep it: %s",
               file->reason ? file->reason : "no reason is given");
    return weaver_skip(audit->weaver, file, error);
}

/* Links come last, when nothing more is written through names. */
static dedup_status restore_links(struct restorer *restorer, dedup_error *error)
{
    struct inventory inventory;
    struct listed file;
    TRY(inventory_reader_open(restorer->audit.options->output, &inventory, error));
    dedup_status status = DEDUP_OK;
    for (bool more = true; status == DEDUP_OK;) {
        status = inventory_reader_next(&inventory, &file, &more, error);
        if (status != DEDUP_OK || !more)
            break;
        if (file.fate == FATE_LINK && strcmp(file.path, MARKER) != 0)
            status = restore_link(restorer, &file, error);
    }
    inventory_reader_close(&inventory);
    return status;
}

static dedup_status restore_all(struct restorer *restorer, dedup_error *error)
{
    struct audit *audit = &restorer->audit;
    struct listed file;
    for (bool more = true;;) {
        TRY(inventory_reader_next(&audit->inventory, &file, &more, error));
        if (!more)
            break;
        TRY(restore_listed(restorer, &file, error));
        TRY(audit_progress(audit, "write", audit->summary.bytes, error));
    }
    TRY(weaver_finish(audit->weaver, error));
    TRY(restore_links(restorer, error));
    TRY(file_sync_tree(restorer->target, error));
    if (unlinkat(restorer->target, MARKER, 0) != 0)
        return fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot delete %s", MARKER);
    return DEDUP_OK;
}

/* The target ----------------------------------------------------------------------------------------------------- */

/* Takes away the links and temporary files of a restore that was not finished. */
static dedup_status sweep(struct restorer *restorer, dedup_error *error)
{
    struct corpus_listing listing;
    TRY(corpus_list(restorer->target, false, &listing, error));
    for (size_t i = 0; i < listing.skipped_count; i++) {
        const char *path = listing.skipped[i].path, *name;
        struct stat facts;
        int folder = strcmp(path, MARKER) != 0 ? folder_enter(restorer->target, path, false, &name) : -1;
        if (folder == -1)
            continue;
        if (fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
            (S_ISLNK(facts.st_mode) || strncmp(name, atomic_file_prefix, strlen(atomic_file_prefix)) == 0))
            (void)unlinkat(folder, name, 0);
        folder_leave(restorer->target, folder);
    }
    corpus_listing_release(&listing);
    return DEDUP_OK;
}

/* Looks at what is there: nothing, or the same restore. */
static dedup_status look_into_target(struct restorer *restorer, dedup_error *error)
{
    const struct audit *audit = &restorer->audit;
    const char *target = audit->options->target;
    dedup_buffer content;
    if (place_is_empty(restorer->target))
        return DEDUP_OK;
    dedup_buffer_init(&content, MARKER_LIMIT);
    restorer->again =
        file_read(restorer->target, MARKER, &content, NULL) == DEDUP_OK &&
        (content.length == 0 || strcmp(content.data, audit->fingerprints) == 0); /* empty: stopped at its first step */
    dedup_buffer_release(&content);
    return restorer->again
               ? DEDUP_OK
               : fail(error, DEDUP_ERROR_CONFLICT, "%s is not empty; name a new or empty directory with --to", target);
}

static dedup_status mark_target(struct restorer *restorer, dedup_error *error)
{
    const char *text = restorer->audit.fingerprints;
    size_t length = strlen(text);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    restorer->marker = file_open(restorer->target, MARKER, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW);
    if (restorer->marker < 0)
        return fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot create %s in %s", MARKER,
                          restorer->audit.options->target);
    if (fcntl(restorer->marker, F_SETLK, &lock) != 0)
        return fail(error, DEDUP_ERROR_CONFLICT, "another restore is writing to %s; wait for it or name another --to",
                    restorer->audit.options->target);
    if (pwrite(restorer->marker, text, length, 0) != (ssize_t)length)
        return fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot write %s", MARKER);
    return restorer->again ? sweep(restorer, error) : DEDUP_OK;
}

/* The target must not be part of the output. */
static dedup_status check_place(const struct restorer *restorer, dedup_error *error)
{
    const char *path = restorer->audit.options->target;
    struct stat output;
    bool whole;
    int there = place_open_existing(path, &whole);
    if (there < 0 && errno == ENOTDIR)
        return fail(error, DEDUP_ERROR_CONFLICT, "%s is not a directory; name a new or empty directory with --to",
                    path);
    if (there < 0 || fstat(restorer->audit.output, &output) != 0) {
        int code = errno;
        if (there >= 0)
            close(there);
        return fail_errno(error, DEDUP_ERROR_WRITE, code, "cannot look at the directory %s", path);
    }
    return place_lies_within(there, &output)
               ? fail(error, DEDUP_ERROR_ARGUMENT, "%s lies inside the output; name a directory outside with --to",
                      path)
               : DEDUP_OK;
}

static dedup_status claim_target(struct restorer *restorer, dedup_error *error)
{
    const char *path = restorer->audit.options->target;
    TRY(check_place(restorer, error));
    TRY(folder_make_parents(AT_FDCWD, path, error));
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot create the directory %s", path);
    restorer->target = file_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (restorer->target < 0)
        return fail_errno(error, DEDUP_ERROR_WRITE, errno, "cannot open the directory %s", path);
    TRY(look_into_target(restorer, error));
    return mark_target(restorer, error);
}

dedup_status dedup_restore(const dedup_audit_options *options, const dedup_audit_observer *observer,
                           dedup_audit_summary *summary, dedup_error *error)
{
    struct restorer restorer = {.target = -1, .marker = -1};
    if (!options->target)
        return fail(error, DEDUP_ERROR_ARGUMENT, "a directory to restore to is needed (--to DIR)");
    TRY(audit_open(&restorer.audit, options, observer, error));
    dedup_status status = DEDUP_OK;
    if (restorer.audit.inventory.log != DEDUP_LOG_TEXT)
        status = fail(error, DEDUP_ERROR_ARGUMENT,
                      "%s was made with --log ranges, which leaves out the texts that were removed: nothing can be "
                      "restored; run again with --log text",
                      options->output);
    if (status == DEDUP_OK)
        status = claim_target(&restorer, error);
    if (status == DEDUP_OK)
        status = restore_all(&restorer, error);
    if (restorer.marker >= 0)
        close(restorer.marker);
    if (restorer.target >= 0)
        close(restorer.target);
    if (status == DEDUP_OK && summary)
        *summary = restorer.audit.summary;
    audit_close(&restorer.audit);
    return status;
}
