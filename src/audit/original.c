#include "audit/original.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "base/failure.h"

/* Which document is wanted. */
struct wanted {
    const char *name;
    size_t path_length; /* of `name`, without the line */
    uint64_t line;      /* from 1; 0: the name has none */
};

static struct wanted parse_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    if (!colon || colon[1] == '\0' || strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return (struct wanted){name, strlen(name), 0};
    return (struct wanted){name, (size_t)(colon - name), strtoull(colon + 1, NULL, 10)};
}

/* Whether a listed file is, or has, the document. */
static bool is_wanted(const struct wanted *wanted, const struct listed *file, bool *json)
{
    enum container container;
    enum format format;
    *json = corpus_classify(file->path, &container, &format) && format == FORMAT_JSONL;
    if (!*json)
        return strcmp(file->path, wanted->name) == 0;
    return wanted->line != 0 && strlen(file->path) == wanted->path_length &&
           memcmp(file->path, wanted->name, wanted->path_length) == 0;
}

/* Keeps the bytes of one line, or all. */
struct collector {
    struct original *original;
    uint64_t wanted; /* line; 0: all */
    uint64_t line;   /* the one in work, from 1 */
    uint64_t at;     /* bytes of the file so far */
    struct encoding encoding;
    unsigned char unit[4];
    unsigned filled;
};

static bool ends_line(struct collector *collector, unsigned char byte)
{
    unsigned width = collector->encoding.unit;
    bool big = collector->encoding.family == ENCODING_UTF16BE;
    uint32_t value = 0;
    collector->unit[collector->filled++] = byte;
    if (collector->filled < width)
        return false;
    for (unsigned i = 0; i < width; i++)
        value |= (uint32_t)collector->unit[i] << 8 * (big ? width - 1 - i : i);
    collector->filled = 0;
    return value == '\n';
}

/* Takes a piece of the line in work. */
static dedup_status take(struct collector *collector, const char *bytes, size_t begin, size_t end, dedup_error *error)
{
    struct original *original = collector->original;
    if (collector->line != collector->wanted || begin == end)
        return DEDUP_OK;
    if (original->bytes.length == 0)
        original->begin = collector->at + begin;
    return dedup_buffer_append(&original->bytes, bytes + begin, end - begin, error);
}

static dedup_status collect(void *context, const char *bytes, size_t length, dedup_error *error)
{
    struct collector *collector = context;
    size_t begin = 0;
    if (collector->wanted == 0)
        return dedup_buffer_append(&collector->original->bytes, bytes, length, error);
    if (collector->line > collector->wanted)
        return DEDUP_OK;
    for (size_t i = 0; i < length; i++) {
        if (!ends_line(collector, (unsigned char)bytes[i]))
            continue;
        TRY(take(collector, bytes, begin, i + 1, error));
        collector->line++;
        begin = i + 1;
    }
    TRY(take(collector, bytes, begin, length, error));
    collector->at += length;
    return DEDUP_OK;
}

static dedup_status miss(void *context, uint64_t length, dedup_error *error)
{
    (void)context;
    (void)length;
    return fail(error, DEDUP_ERROR_ARGUMENT,
                "the log of this run has no texts; only one made with --log text explains");
}

static dedup_status rebuild(struct audit *audit, const struct listed *file, struct collector *collector,
                            dedup_error *error)
{
    const struct weave_sink sink = {collector, collect, miss};
    struct original *original = collector->original;
    dedup_status own;
    dedup_error reason;
    uint64_t place;
    original->passed = file->fate == FATE_PASSED;
    (void)snprintf(original->encoding, sizeof original->encoding, "%s", *file->encoding ? file->encoding : "UTF-8");
    TRY(encoding_named(original->encoding, &collector->encoding, error));
    TRY(audit_rebuild(audit, file, &sink, &place, &own, &reason, error));
    if (own != DEDUP_OK)
        return fail(error, own, "%s: %s", file->path, reason.message);
    if (collector->wanted != 0 && original->bytes.length == 0)
        return fail(error, DEDUP_ERROR_ARGUMENT, "%s has no line %llu", file->path,
                    (unsigned long long)collector->wanted);
    return DEDUP_OK;
}

static dedup_status find(struct audit *audit, const struct wanted *wanted, struct original *out, dedup_error *error)
{
    struct listed file;
    for (bool more = true;;) {
        TRY(inventory_reader_next(&audit->inventory, &file, &more, error));
        if (!more)
            break;
        bool here = file.fate == FATE_CLEANED || file.fate == FATE_REMOVED || file.fate == FATE_PASSED;
        if (!here || !is_wanted(wanted, &file, &out->json)) {
            TRY(weaver_skip(audit->weaver, &file, error));
            continue;
        }
        struct collector collector = {.original = out, .wanted = out->json ? wanted->line : 0, .line = 1};
        return rebuild(audit, &file, &collector, error);
    }
    return fail(error, DEDUP_ERROR_ARGUMENT,
                "%s has no document %s (name it by its path below the input, in JSON Lines files as path:line)",
                audit->options->output, wanted->name);
}

dedup_status original_load(const char *output, const char *name, struct original *out, dedup_error *error)
{
    const struct wanted wanted = parse_name(name);
    dedup_audit_options options;
    struct audit audit;
    *out = (struct original){0};
    dedup_audit_options_init(&options);
    options.output = output;
    dedup_buffer_init(&out->bytes, UINT32_MAX);
    TRY(audit_open(&audit, &options, NULL, error));
    dedup_status status = find(&audit, &wanted, out, error);
    audit_close(&audit);
    return status;
}

void original_release(struct original *original)
{
    dedup_buffer_release(&original->bytes);
}
