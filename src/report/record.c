/* Lines of duplicates.jsonl, of the removal log and of the inventory. One is written for every removal: little
 * here goes through printf. */
#include <inttypes.h>
#include <string.h>

#include "base/append.h"
#include "base/failure.h"
#include "report/bytes.h"
#include "report/number.h"
#include "report/report.h"

enum { SIMILARITY_DIGITS = 4 };

/* Appends `lead` and the digits of `value`. */
static inline dedup_status append_number(const char *lead, uint64_t value, dedup_buffer *out, dedup_error *error)
{
    char digits[NUMBER_SIZE];
    size_t length = number_plain(value, digits);
    TRY(append_string(out, lead, error));
    return append_bytes(out, digits, length, error);
}

static inline dedup_status append_line(const char *lead, uint64_t line, dedup_buffer *out, dedup_error *error)
{
    return line == 0 ? DEDUP_OK : append_number(lead, line, out, error);
}

static dedup_status append_similarity(double similarity, dedup_buffer *out, dedup_error *error)
{
    char digits[NUMBER_SIZE];
    size_t length = number_fixed(similarity, SIMILARITY_DIGITS, digits);
    TRY(append_string(out, ",\"similarity\":", error));
    return append_bytes(out, digits, length, error);
}

static dedup_status append_field(const char *name, const char *text, size_t length, dedup_buffer *out,
                                 dedup_error *error)
{
    TRY(append_bytes(out, ",", 1, error));
    return bytes_field(name, text, length, "", out, error);
}

static dedup_status append_duplicate(const struct report_duplicate *duplicate, dedup_buffer *out, dedup_error *error)
{
    TRY(append_string(out, "{\"unit\":\"", error));
    TRY(append_string(out, duplicate->unit, error));
    TRY(append_string(out, "\"", error));
    TRY(append_field("dropped", duplicate->dropped, strlen(duplicate->dropped), out, error));
    TRY(append_line(",\"line\":", duplicate->dropped_line, out, error));
    TRY(append_field("kept", duplicate->kept, strlen(duplicate->kept), out, error));
    TRY(append_line(",\"kept_line\":", duplicate->kept_line, out, error));
    if (duplicate->dropped_id)
        TRY(append_field("dropped_id", duplicate->dropped_id, strlen(duplicate->dropped_id), out, error));
    if (duplicate->kept_id)
        TRY(append_field("kept_id", duplicate->kept_id, strlen(duplicate->kept_id), out, error));
    TRY(append_similarity(duplicate->similarity, out, error));
    TRY(append_string(out, ",\"method\":\"", error));
    TRY(append_string(out, duplicate->method, error));
    return append_string(out, duplicate->removed ? "\",\"removed\":true}\n" : "\",\"removed\":false}\n", error);
}

static dedup_status append_removal(const struct report_removal *removal, dedup_buffer *out, dedup_error *error)
{
    TRY(append_string(out, "{", error));
    TRY(bytes_field("document", removal->document, strlen(removal->document), "", out, error));
    if (removal->id)
        TRY(append_field("id", removal->id, strlen(removal->id), out, error));
    TRY(append_number(",\"begin\":", removal->begin, out, error));
    TRY(append_number(",\"end\":", removal->end, out, error));
    TRY(append_field("reason", removal->reason, strlen(removal->reason), out, error));
    if (removal->kept)
        TRY(append_field("kept", removal->kept, strlen(removal->kept), out, error));
    TRY(append_line(",\"kept_line\":", removal->kept_line, out, error));
    if (removal->similarity > 0)
        TRY(append_similarity(removal->similarity, out, error));
    if (removal->text)
        TRY(append_field("text", removal->text, removal->text_length, out, error));
    if (removal->replacement)
        TRY(append_field("replacement", removal->replacement, removal->replacement_length, out, error));
    if (removal->written != 0 && removal->written != removal->replacement_length)
        TRY(append_number(",\"written\":", removal->written, out, error));
    if (removal->escape)
        TRY(append_field("escape", removal->escape, strlen(removal->escape), out, error));
    if (removal->bytes)
        TRY(bytes_hex("bytes", removal->bytes, removal->bytes_length, out, error));
    return append_string(out, "}\n", error);
}

static dedup_status append_sum(const char *lead, const struct file_sum *sum, dedup_buffer *out, dedup_error *error)
{
    return dedup_buffer_printf(out, error, "%s\"%016" PRIx64 "%016" PRIx64 "\"", lead, sum->hash.high, sum->hash.low);
}

static dedup_status append_file(const struct report_file *file, dedup_buffer *out, dedup_error *error)
{
    const char *const names[] = {"reason", "encoding", "container"};
    const char *const texts[] = {file->reason, file->encoding, file->container};
    TRY(append_string(out, "{", error));
    TRY(bytes_field("path", file->path, strlen(file->path), "", out, error));
    TRY(append_field("fate", file->fate, strlen(file->fate), out, error));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i])
            TRY(append_field(names[i], texts[i], strlen(texts[i]), out, error));
    if (file->target)
        TRY(append_field("target", file->target, strlen(file->target), out, error));
    if (file->summed) {
        TRY(append_number(",\"length\":", file->sum.length, out, error));
        TRY(append_sum(",\"sum\":", &file->sum, out, error));
    }
    if (file->repacked) {
        TRY(append_number(",\"packed_length\":", file->packed.length, out, error));
        TRY(append_sum(",\"packed_sum\":", &file->packed, out, error));
    }
    if (file->written) {
        TRY(append_number(",\"output_length\":", file->output.length, out, error));
        TRY(append_sum(",\"output_sum\":", &file->output, out, error));
    }
    if (file->removals != 0)
        TRY(append_number(",\"removals\":", file->removals, out, error));
    return append_string(out, "}\n", error);
}

/* Takes back a line that could not be finished. */
static dedup_status settle(dedup_status status, size_t begin, dedup_buffer *out)
{
    if (status != DEDUP_OK && out->data) {
        out->length = begin;
        out->data[begin] = '\0';
    }
    return status;
}

dedup_status report_duplicate(const struct report_duplicate *duplicate, dedup_buffer *out, dedup_error *error)
{
    size_t begin = out->length;
    return settle(append_duplicate(duplicate, out, error), begin, out);
}

dedup_status report_file(const struct report_file *file, dedup_buffer *out, dedup_error *error)
{
    size_t begin = out->length;
    return settle(append_file(file, out, error), begin, out);
}

dedup_status report_removal(const struct report_removal *removal, dedup_buffer *out, dedup_error *error)
{
    size_t begin = out->length;
    return settle(append_removal(removal, out, error), begin, out);
}
