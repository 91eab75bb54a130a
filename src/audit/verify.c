#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit.h"
#include "audit/names.h"
#include "base/escape.h"
#include "base/failure.h"
#include "base/file.h"
#include "pipeline/places.h"

enum { STEP = 1 << 16, SHOWN_BYTES = 24, SHOWN_SIZE = 4 * SHOWN_BYTES + 1, TARGET_MAXIMUM = 1 << 16 };

struct verifier {
    struct audit audit;
    int input;
    struct names names;
};

/* The file of the input that is compared. */
struct comparison {
    struct input_stream *in;
    uint64_t at;
    bool differs; /* the input and what is given instead have been looked at */
    char buffer[STEP];
};

static void show(const char *bytes, size_t length, char *out)
{
    escape_show(bytes, length < SHOWN_BYTES ? length : SHOWN_BYTES, out, SHOWN_SIZE);
}

/* Says what stands in the input and what is given instead. */
static dedup_status differ(struct comparison *comparison, const char *given, size_t given_length, const char *input,
                           size_t input_length, dedup_error *error)
{
    char expected[SHOWN_SIZE], found[SHOWN_SIZE];
    comparison->differs = true;
    show(input, input_length, expected);
    show(given, given_length, found);
    if (input_length == 0)
        return fail(error, DEDUP_ERROR_CHANGED, "the input ends, output and log go on with \"%s\"", found);
    if (given_length == 0)
        return fail(error, DEDUP_ERROR_CHANGED, "the input goes on with \"%s\", output and log end", expected);
    return fail(error, DEDUP_ERROR_CHANGED, "the input has \"%s\", output and log give \"%s\"", expected, found);
}

static dedup_status compare_bytes(void *context, const char *bytes, size_t length, dedup_error *error)
{
    struct comparison *comparison = context;
    while (length != 0) {
        size_t step = length < STEP ? length : STEP, got, same = 0;
        TRY(input_stream_read(comparison->in, comparison->buffer, step, &got, error));
        if (got != step || memcmp(comparison->buffer, bytes, step) != 0) {
            while (same < got && comparison->buffer[same] == bytes[same])
                same++;
            comparison->at += same;
            return differ(comparison, bytes + same, length - same, comparison->buffer + same, got - same, error);
        }
        comparison->at += step;
        bytes += step;
        length -= step;
    }
    return DEDUP_OK;
}

static dedup_status pass_bytes(void *context, uint64_t length, dedup_error *error)
{
    struct comparison *comparison = context;
    while (length != 0) {
        size_t step = length < STEP ? (size_t)length : STEP, got;
        TRY(input_stream_read(comparison->in, comparison->buffer, step, &got, error));
        comparison->at += got;
        if (got != step) {
            comparison->differs = true;
            return fail(error, DEDUP_ERROR_CHANGED, "the input ends inside of what was removed");
        }
        length -= step;
    }
    return DEDUP_OK;
}

static dedup_status expect_end(struct comparison *comparison, dedup_error *error)
{
    size_t got;
    TRY(input_stream_read(comparison->in, comparison->buffer, SHOWN_BYTES, &got, error));
    return got == 0 ? DEDUP_OK : differ(comparison, "", 0, comparison->buffer, got, error);
}

/* What to do about a difference: was it the input that changed? */
static const char *cure_of(struct verifier *verifier, const struct listed *file, enum container container)
{
    const struct audit *audit = &verifier->audit;
    struct file_sum sum;
    if (audit_sum(audit, verifier->input, file->path, container, audit->inventory.follow, &sum, NULL) == DEDUP_OK &&
        file_sum_equal(&sum, &file->sum))
        return "the output or its log has changed since the run: run again into a new directory";
    return "the input has changed since the run: run again into a new directory";
}

static dedup_status compare_file(struct verifier *verifier, const struct listed *file, enum container container,
                                 struct comparison *comparison, dedup_error *error)
{
    struct audit *audit = &verifier->audit;
    const struct weave_sink sink = {comparison, compare_bytes, pass_bytes};
    dedup_status own;
    dedup_error reason;
    uint64_t place;
    TRY(audit_rebuild(audit, file, &sink, &place, &own, &reason, error));
    if (own == DEDUP_OK)
        own = expect_end(comparison, &reason);
    if (own == DEDUP_OK) {
        audit_count(audit);
        return DEDUP_OK;
    }
    audit_tell(audit, file->path, &comparison->at, "%s; %s", reason.message, cure_of(verifier, file, container));
    return DEDUP_OK;
}

static dedup_status verify_file(struct verifier *verifier, const struct listed *file, dedup_error *error)
{
    struct audit *audit = &verifier->audit;
    struct comparison comparison = {0};
    bool copied = file->fate == FATE_PASSED || file->fate == FATE_OTHER;
    enum container container = copied ? CONTAINER_PLAIN : file->container;
    dedup_error reason;
    if (audit_open_file(audit, verifier->input, file->path, container, audit->inventory.follow, &comparison.in,
                        &reason) != DEDUP_OK) {
        audit_tell(audit, file->path, NULL, "%s", reason.message);
        return weaver_skip(audit->weaver, file, error);
    }
    dedup_status status = compare_file(verifier, file, container, &comparison, error);
    input_stream_close(comparison.in);
    return status;
}

static bool same_target(int input, const char *path, const char *target)
{
    char found[TARGET_MAXIMUM];
    const char *rest = path;
    int from = file_reach(input, &rest);
    ssize_t length = from != -1 ? readlinkat(from, rest, found, sizeof found) : -1;
    if (from != -1 && from != input)
        close(from);
    return length >= 0 && (size_t)length == strlen(target) && memcmp(found, target, (size_t)length) == 0;
}

static bool is_folder(int input, const char *path)
{
    const char *rest = path;
    int from = file_reach(input, &rest);
    int folder = from != -1 ? file_open(from, rest, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (from != -1 && from != input)
        close(from);
    if (folder >= 0)
        close(folder);
    return folder >= 0;
}

static dedup_status verify_listed(struct verifier *verifier, const struct listed *file, dedup_error *error)
{
    struct audit *audit = &verifier->audit;
    TRY(names_add(&verifier->names, file->path, file->fate == FATE_CLEANED || file->fate == FATE_PASSED, error));
    switch (file->fate) {
    case FATE_CLEANED:
    case FATE_REMOVED:
    case FATE_PASSED:
    case FATE_OTHER: return verify_file(verifier, file, error);
    case FATE_LINK:
        if (same_target(verifier->input, file->path, file->target))
            audit->summary.links++;
        else
            audit_tell(audit, file->path, NULL, "the link is gone or leads elsewhere; run again into a new directory");
        return DEDUP_OK;
    case FATE_FOLDER:
        if (is_folder(verifier->input, file->path))
            audit->summary.folders++;
        else
            audit_tell(audit, file->path, NULL, "the empty folder is gone; run again into a new directory");
        return DEDUP_OK;
    case FATE_LEFT: audit->summary.left++; return weaver_skip(audit->weaver, file, error);
    case FATE_LOST: break;
    }
    audit_tell(audit, file->path, NULL, "it is not in the output, the run could not keep it: %s",
               file->reason ? file->reason : "no reason is given");
    return weaver_skip(audit->weaver, file, error);
}

/* What lies in the input and is not listed. */
static void verify_name(struct verifier *verifier, const char *path)
{
    if (*path != '\0' && !names_find(&verifier->names, path))
        audit_tell(&verifier->audit, path, NULL,
                   "it was not there when the run read the input; run again into a new directory");
}

static dedup_status verify_input_names(struct verifier *verifier, dedup_error *error)
{
    struct corpus_listing listing;
    TRY(corpus_list(verifier->input, verifier->audit.inventory.follow, &listing, error));
    for (size_t i = 0; i < listing.file_count; i++)
        verify_name(verifier, listing.files[i].path);
    for (size_t i = 0; i < listing.skipped_count; i++)
        verify_name(verifier, listing.skipped[i].path);
    for (size_t i = 0; i < listing.empty_count; i++)
        verify_name(verifier, listing.empty[i]);
    corpus_listing_release(&listing);
    return DEDUP_OK;
}

/* What lies in the output and was not put there by the run. */
static void verify_output_name(struct verifier *verifier, const char *path)
{
    const size_t own = sizeof PLACE_OWN - 1;
    if (strncmp(path, PLACE_OWN, own) == 0 && (path[own] == '/' || path[own] == '\0'))
        return;
    const struct name *name = names_find(&verifier->names, path);
    if (!name || !name->written)
        audit_tell(&verifier->audit, path, NULL, "it is in the output, but the run did not write it; take it away");
}

static dedup_status verify_output_names(struct verifier *verifier, dedup_error *error)
{
    struct corpus_listing listing;
    TRY(corpus_list(verifier->audit.output, false, &listing, error));
    for (size_t i = 0; i < listing.file_count; i++)
        verify_output_name(verifier, listing.files[i].path);
    for (size_t i = 0; i < listing.skipped_count; i++)
        verify_output_name(verifier, listing.skipped[i].path);
    corpus_listing_release(&listing);
    return DEDUP_OK;
}

static dedup_status verify_all(struct verifier *verifier, dedup_error *error)
{
    struct audit *audit = &verifier->audit;
    const dedup_audit_summary *summary = &audit->summary;
    struct listed file;
    for (bool more = true;;) {
        TRY(inventory_reader_next(&audit->inventory, &file, &more, error));
        if (!more)
            break;
        TRY(verify_listed(verifier, &file, error));
        TRY(audit_progress(audit, "read", summary->bytes, error));
    }
    TRY(weaver_finish(audit->weaver, error));
    names_sort(&verifier->names);
    TRY(verify_input_names(verifier, error));
    return verify_output_names(verifier, error);
}

dedup_status dedup_verify(const dedup_audit_options *options, const dedup_audit_observer *observer,
                          dedup_audit_summary *summary, dedup_error *error)
{
    struct verifier verifier = {.input = -1};
    if (!options->input)
        return fail(error, DEDUP_ERROR_ARGUMENT, "the input of the run is needed (--in DIR)");
    TRY(audit_open(&verifier.audit, options, observer, error));
    names_init(&verifier.names);
    dedup_status status = place_open_input(options->input, &verifier.input, error);
    if (status == DEDUP_OK)
        status = verify_all(&verifier, error);
    if (verifier.input >= 0)
        close(verifier.input);
    names_release(&verifier.names);
    if (status == DEDUP_OK && summary)
        *summary = verifier.audit.summary;
    audit_close(&verifier.audit);
    return status;
}
