#include "audit/inventory_reader.h"

#include <string.h>

#include "audit/fields.h"
#include "base/failure.h"
#include "pipeline/inventory.h"
#include "pipeline/places.h"
#include "text/encoding.h"

/* Lines hold two names at most; names have no bound of their own. */
enum { LINE_LIMIT = 1 << 26, WORD_SIZE = 32 };

bool path_stays_below(const char *path, size_t length)
{
    if (length == 0 || memchr(path, '\0', length))
        return false;
    for (size_t begin = 0; begin <= length;) {
        const char *slash = begin < length ? memchr(path + begin, '/', length - begin) : NULL;
        size_t end = slash ? (size_t)(slash - path) : length;
        const char *name = path + begin;
        size_t size = end - begin;
        if (size == 0 || (size == 1 && name[0] == '.') || (size == 2 && name[0] == '.' && name[1] == '.'))
            return false;
        begin = end + 1;
    }
    return true;
}

static bool take_fate(const char *word, enum fate *out)
{
    static const char *const names[] = {
        [FATE_CLEANED] = fate_cleaned, [FATE_REMOVED] = fate_removed, [FATE_PASSED] = fate_passed,
        [FATE_OTHER] = fate_other,     [FATE_LINK] = fate_link,       [FATE_FOLDER] = fate_folder,
        [FATE_LEFT] = fate_left,       [FATE_LOST] = fate_lost};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        *out = (enum fate)i;
        if (strcmp(names[i], word) == 0)
            return true;
    }
    return false;
}

enum {
    FIELD_PATH,
    FIELD_PATH_BYTES,
    FIELD_FATE,
    FIELD_REASON,
    FIELD_ENCODING,
    FIELD_CONTAINER,
    FIELD_TARGET,
    FIELD_TARGET_BYTES,
    FIELD_LENGTH,
    FIELD_SUM,
    FIELD_PACKED_LENGTH,
    FIELD_PACKED_SUM,
    FIELD_OUTPUT_LENGTH,
    FIELD_OUTPUT_SUM,
    FIELD_REMOVALS,
    FIELD_COUNT
};

static const char *const field_names[] = {
    [FIELD_PATH] = "path",
    [FIELD_PATH_BYTES] = "path_bytes",
    [FIELD_FATE] = "fate",
    [FIELD_REASON] = "reason",
    [FIELD_ENCODING] = "encoding",
    [FIELD_CONTAINER] = "container",
    [FIELD_TARGET] = "target",
    [FIELD_TARGET_BYTES] = "target_bytes",
    [FIELD_LENGTH] = "length",
    [FIELD_SUM] = "sum",
    [FIELD_PACKED_LENGTH] = "packed_length",
    [FIELD_PACKED_SUM] = "packed_sum",
    [FIELD_OUTPUT_LENGTH] = "output_length",
    [FIELD_OUTPUT_SUM] = "output_sum",
    [FIELD_REMOVALS] = "removals",
};

/* A length and the checksum behind it; false when they are there and make no sense. */
static bool take_sum(const char *line, const struct json_value *values, struct file_sum *out)
{
    *out = (struct file_sum){.length = UINT64_MAX};
    if (values[0].type == JSON_ABSENT && values[1].type == JSON_ABSENT)
        return true;
    return field_number(line, &values[0], &out->length) && field_sum(line, &values[1], &out->hash.high, &out->hash.low);
}

static bool take_words(const char *line, const struct json_value *values, struct listed *file)
{
    char word[WORD_SIZE];
    if (!field_word(line, &values[FIELD_FATE], word, sizeof word) || !take_fate(word, &file->fate))
        return false;
    if (values[FIELD_ENCODING].type != JSON_ABSENT &&
        !field_word(line, &values[FIELD_ENCODING], file->encoding, sizeof file->encoding))
        return false;
    if (values[FIELD_CONTAINER].type != JSON_ABSENT &&
        (!field_word(line, &values[FIELD_CONTAINER], word, sizeof word) || !container_named(word, &file->container)))
        return false;
    return (values[FIELD_REMOVALS].type == JSON_ABSENT ||
            field_number(line, &values[FIELD_REMOVALS], &file->removals)) &&
           take_sum(line, &values[FIELD_LENGTH], &file->sum) &&
           take_sum(line, &values[FIELD_PACKED_LENGTH], &file->packed) &&
           take_sum(line, &values[FIELD_OUTPUT_LENGTH], &file->output);
}

/* What each fate needs to be told. */
static bool is_complete(const struct listed *file)
{
    bool summed = file->sum.length != UINT64_MAX;
    switch (file->fate) {
    case FATE_CLEANED: return summed && file->encoding[0] != '\0' && file->output.length != UINT64_MAX;
    case FATE_REMOVED: return summed && file->encoding[0] != '\0';
    case FATE_PASSED:
    case FATE_OTHER: return summed;
    case FATE_LINK: return file->target != NULL;
    case FATE_FOLDER:
    case FATE_LEFT:
    case FATE_LOST: break;
    }
    return true;
}

dedup_status inventory_parse(struct inventory *inventory, const char *line, size_t length, struct listed *file,
                             dedup_error *error)
{
    struct json_value values[FIELD_COUNT];
    *file = (struct listed){0};
    TRY(json_scan(line, length, field_names, FIELD_COUNT, values, error));
    TRY(field_text(line, &values[FIELD_PATH], &values[FIELD_PATH_BYTES], &inventory->path, error));
    if (values[FIELD_REASON].type != JSON_ABSENT) {
        const struct json_value none = {0};
        TRY(field_text(line, &values[FIELD_REASON], &none, &inventory->reason, error));
        file->reason = inventory->reason.data;
    }
    if (values[FIELD_TARGET].type != JSON_ABSENT) {
        dedup_buffer *target = &inventory->target;
        TRY(field_text(line, &values[FIELD_TARGET], &values[FIELD_TARGET_BYTES], target, error));
        if (target->length == 0 || memchr(target->data, '\0', target->length))
            return fail(error, DEDUP_ERROR_FORMAT, "a link without a target");
        file->target = target->data;
    }
    bool known = take_words(line, values, file);
    bool named = path_stays_below(inventory->path.data, inventory->path.length) ||
                 (known && file->fate == FATE_LOST && inventory->path.length == 0);
    if (!known || !named || !is_complete(file))
        return fail(error, DEDUP_ERROR_FORMAT, "a file with a name or fields that no run writes");
    file->path = inventory->path.data;
    return DEDUP_OK;
}

static dedup_status parse_header(struct inventory *inventory, const char *line, size_t length, dedup_error *error)
{
    static const char *const names[] = {"schema", "log", "follow"};
    struct json_value values[3];
    char schema[WORD_SIZE], log[WORD_SIZE];
    TRY(json_scan(line, length, names, 3, values, error));
    if (!field_word(line, &values[0], schema, sizeof schema) || strcmp(schema, "dedup-files-1") != 0 ||
        !field_word(line, &values[1], log, sizeof log) || values[2].type != JSON_LITERAL)
        return fail(error, DEDUP_ERROR_FORMAT, "a first line that this version does not write");
    inventory->follow = line[values[2].begin] == 't';
    for (int i = DEDUP_LOG_TEXT; i <= DEDUP_LOG_OFF; i++) {
        inventory->log = (dedup_log)i;
        if (strcmp(report_log_name(inventory->log), log) == 0)
            return DEDUP_OK;
    }
    return fail(error, DEDUP_ERROR_FORMAT, "an unknown kind of log");
}

/* Says where a line that cannot be used stands. */
static dedup_status settle(const struct inventory *inventory, dedup_status status, const dedup_error *reason,
                           dedup_error *error)
{
    if (status == DEDUP_ERROR_FORMAT || status == DEDUP_ERROR_LIMIT)
        return fail(error, DEDUP_ERROR_FORMAT, "%s/%s is damaged: %s", inventory->output, PLACE_FILES, reason->message);
    return status == DEDUP_OK ? status : fail(error, status, "%s", reason->message);
}

dedup_status inventory_reader_open(const char *output, struct inventory *out, dedup_error *error)
{
    bool missing;
    const char *line;
    size_t length;
    dedup_error reason;
    *out = (struct inventory){.output = output};
    dedup_buffer_init(&out->path, LINE_LIMIT);
    dedup_buffer_init(&out->reason, LINE_LIMIT);
    dedup_buffer_init(&out->target, LINE_LIMIT);
    dedup_status status = journal_reader_open(output, PLACE_FILES, LINE_LIMIT, &out->reader, &missing, &reason);
    if (status == DEDUP_ERROR_READ && missing)
        return fail(error, DEDUP_ERROR_ARGUMENT, "%s is not the output of a finished run: %s", output, reason.message);
    if (status != DEDUP_OK)
        return fail(error, status, "%s", reason.message);
    status = journal_reader_next(out->reader, &line, &length, error);
    if (status == DEDUP_OK) {
        status = line ? parse_header(out, line, length, &reason) : fail(&reason, DEDUP_ERROR_FORMAT, "it is empty");
        status = settle(out, status, &reason, error);
    }
    if (status != DEDUP_OK)
        inventory_reader_close(out);
    return status;
}

void inventory_reader_close(struct inventory *inventory)
{
    journal_reader_close(inventory->reader);
    inventory->reader = NULL;
    dedup_buffer_release(&inventory->path);
    dedup_buffer_release(&inventory->reason);
    dedup_buffer_release(&inventory->target);
}

dedup_status inventory_reader_next(struct inventory *inventory, struct listed *file, bool *more, dedup_error *error)
{
    const char *line;
    size_t length;
    dedup_error reason;
    TRY(journal_reader_next(inventory->reader, &line, &length, error));
    *more = line != NULL;
    if (!line)
        return DEDUP_OK;
    dedup_status status = inventory_parse(inventory, line, length, file, &reason);
    return settle(inventory, status, &reason, error);
}

/* Encoders -------------------------------------------------------------------------------------------------------- */

static void add_encoder(struct encoders *encoders, struct encoder *encoder, const char *name)
{
    memcpy(encoders->names[encoders->count], name, strlen(name) + 1);
    encoders->items[encoders->count++] = encoder;
}

static dedup_status take_codes(struct encoders *encoders, const char *line, size_t length, dedup_buffer *characters,
                               dedup_error *error)
{
    static const char *const names[] = {"encoding", "characters", "characters_bytes", "codes"};
    struct json_value values[4];
    char name[WORD_SIZE];
    struct encoder *encoder;
    TRY(json_scan(line, length, names, 4, values, error));
    TRY(field_text(line, &values[1], &values[2], characters, error));
    if (!field_word(line, &values[0], name, sizeof name) || values[3].type != JSON_STRING ||
        encoders->count == ENCODERS)
        return fail(error, DEDUP_ERROR_FORMAT, "the codes of an encoding are damaged");
    TRY(encoder_create_from(characters->data, characters->length, line + values[3].begin,
                            values[3].end - values[3].begin, &encoder, error));
    add_encoder(encoders, encoder, name);
    return DEDUP_OK;
}

static dedup_status load_codes(const char *output, struct encoders *out, dedup_buffer *scratch, dedup_error *error)
{
    struct journal_reader *reader;
    bool missing;
    const char *line = "";
    size_t length;
    dedup_status status = journal_reader_open(output, PLACE_CODES, LINE_LIMIT, &reader, &missing, error);
    if (status != DEDUP_OK)
        return missing ? DEDUP_OK : status;
    while (status == DEDUP_OK && line) {
        status = journal_reader_next(reader, &line, &length, error);
        if (status == DEDUP_OK && line) {
            dedup_error reason;
            status = take_codes(out, line, length, scratch, &reason);
            if (status != DEDUP_OK)
                status = fail(error, status, "%s/%s is damaged: %s", output, PLACE_CODES, reason.message);
        }
    }
    journal_reader_close(reader);
    return status;
}

dedup_status encoders_load(const char *output, struct encoders *out, dedup_error *error)
{
    static const struct {
        enum encoding_family family;
        const char *name;
    } plain[] = {{ENCODING_UTF8, "UTF-8"}, {ENCODING_UTF16LE, "UTF-16LE"}, {ENCODING_UTF16BE, "UTF-16BE"}};
    dedup_buffer scratch;
    *out = (struct encoders){0};
    dedup_buffer_init(&scratch, LINE_LIMIT);
    dedup_status status = DEDUP_OK;
    for (size_t i = 0; i < sizeof plain / sizeof *plain && status == DEDUP_OK; i++) {
        struct encoder *encoder;
        status = encoder_create(plain[i].family, &encoder, error);
        if (status == DEDUP_OK)
            add_encoder(out, encoder, plain[i].name);
    }
    if (status == DEDUP_OK)
        status = load_codes(output, out, &scratch, error);
    dedup_buffer_release(&scratch);
    if (status != DEDUP_OK)
        encoders_release(out);
    return status;
}

void encoders_release(struct encoders *encoders)
{
    for (size_t i = 0; i < encoders->count; i++)
        encoder_free(encoders->items[i]);
    encoders->count = 0;
}

const struct encoder *encoders_find(const struct encoders *encoders, const char *name)
{
    for (size_t i = 0; i < encoders->count; i++)
        if (strcmp(encoders->names[i], name) == 0)
            return encoders->items[i];
    return NULL;
}
