/* dedup_log_learned: what was learned per source, read back from the removal log, as a rule pack. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/escape.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "corpus/json.h"
#include "dedup/log.h"
#include "dedup/text.h"

enum {
    LABEL_BYTES = 60,    /* longest label of a field */
    FORM_LETTERS = 1000, /* of the longest form that a pack may have */
    SHOWN_BYTES = 8192,
};

enum kind { KIND_LINE = 0, KIND_FIELD, KIND_PART };

/* One learned line that was removed. The strings are offsets in `strings` while the log is read. */
struct learned_text {
    union {
        size_t offset;
        const char *text;
    } source, form; /* form: the line, the label's fold key, or the start of a line that varies */
    enum kind kind;
    uint64_t count;
};

struct collection {
    struct learned_text *items;
    size_t count, capacity;
    dedup_buffer strings; /* NUL-terminated */
    dedup_buffer name, text, key;
};

static dedup_status keep_string(dedup_buffer *strings, const char *text, size_t length, size_t *offset,
                                dedup_error *error)
{
    *offset = strings->length;
    TRY(dedup_buffer_append(strings, text, length, error));
    return dedup_buffer_append(strings, "", 1, error);
}

/* The part of a document's name that stands for its source: the file of a JSON line, the folder of a text file. */
static size_t source_length(const char *name)
{
    const char *colon = strrchr(name, ':'), *slash = strrchr(name, '/');
    bool line = colon && colon[1] != '\0' && strspn(colon + 1, "0123456789") == strlen(colon + 1);
    const char *base = slash ? slash + 1 : name;
    if (line && (strstr(base, ".jsonl") || strstr(base, ".ndjson")))
        return (size_t)(colon - name);
    return slash ? (size_t)(slash - name) : 0;
}

/* Bytes before the first colon, of any width; 0: none, or no label. */
static size_t label_length(const char *line, size_t length)
{
    for (size_t i = 0; i < length && i < LABEL_BYTES; i++)
        if (line[i] == ':' || (length - i >= 3 && memcmp(line + i, "：", 3) == 0))
            return i;
    return 0;
}

static dedup_status add_line(struct collection *all, size_t source, enum kind kind, const char *line, size_t length,
                             dedup_error *error)
{
    size_t label = kind == KIND_FIELD ? label_length(line, length) : 0;
    struct learned_text item = {.source.offset = source, .kind = kind, .count = 1};
    while (length > 0 && (*line == ' ' || *line == '\t')) {
        line++;
        length--;
        label -= label > 0;
    }
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t' || line[length - 1] == '\r'))
        length--;
    dedup_buffer_clear(&all->key);
    TRY(dedup_fold(line, label > 0 ? label : length, &all->key, error));
    if (all->key.length == 0)
        return DEDUP_OK;
    bool long_line = kind == KIND_LINE && utf8_count(all->key.data, all->key.length) > FORM_LETTERS;
    if (long_line || (kind == KIND_FIELD && label == 0))
        item.kind = KIND_PART;
    if (item.kind == KIND_FIELD)
        TRY(keep_string(&all->strings, all->key.data, all->key.length, &item.form.offset, error));
    else
        TRY(keep_string(&all->strings, line, length, &item.form.offset, error));
    TRY(array_reserve(&all->items, &all->capacity, all->count + 1, "learned lines", error));
    all->items[all->count++] = item;
    return DEDUP_OK;
}

/* A record holds one line or several that follow each other. */
static dedup_status take_record(void *context, const char *record, size_t length, dedup_error *error)
{
    static const char *const names[] = {"document", "reason", "text"};
    static const char learned[] = "learned.";
    struct collection *all = context;
    struct json_value values[3];
    size_t repairs = 0, source;
    TRY(json_scan(record, length, names, 3, values, error));
    const char *reason = record + values[1].begin;
    size_t reason_length = values[1].end - values[1].begin;
    if (reason_length < sizeof learned || memcmp(reason, learned, sizeof learned - 1) != 0)
        return DEDUP_OK;
    if (values[2].type != JSON_STRING)
        return fail(error, DEDUP_ERROR_ARGUMENT, "the removal log holds no text; make the run with --log text");
    enum kind kind = reason_length == 12 && memcmp(reason, "learned.line", 12) == 0    ? KIND_LINE
                     : reason_length == 13 && memcmp(reason, "learned.field", 13) == 0 ? KIND_FIELD
                                                                                       : KIND_PART;
    dedup_buffer_clear(&all->name);
    dedup_buffer_clear(&all->text);
    TRY(json_unescape(record + values[0].begin, values[0].end - values[0].begin, &all->name, &repairs, error));
    TRY(json_unescape(record + values[2].begin, values[2].end - values[2].begin, &all->text, &repairs, error));
    const char *name = all->name.data ? all->name.data : "";
    TRY(keep_string(&all->strings, name, source_length(name), &source, error));
    for (const char *line = all->text.data, *end = line + all->text.length; line && line < end;) {
        size_t size = strcspn(line, "\n");
        TRY(add_line(all, source, kind, line, size, error));
        line += size + 1;
    }
    return DEDUP_OK;
}

static int compare_texts(const void *left, const void *right)
{
    const struct learned_text *a = left, *b = right;
    int order = strcmp(a->source.text, b->source.text);
    if (order == 0)
        order = (a->kind > b->kind) - (a->kind < b->kind);
    return order != 0 ? order : strcmp(a->form.text, b->form.text);
}

/* By source, then the most frequent first. */
static int compare_counts(const void *left, const void *right)
{
    const struct learned_text *a = left, *b = right;
    int order = strcmp(a->source.text, b->source.text);
    if (order == 0)
        order = (a->kind > b->kind) - (a->kind < b->kind);
    if (order == 0)
        order = (a->count < b->count) - (a->count > b->count);
    return order != 0 ? order : strcmp(a->form.text, b->form.text);
}

/* Joins equal items and puts them in order. */
static void count_texts(struct collection *all)
{
    size_t kept = 0;
    for (size_t i = 0; i < all->count; i++) {
        all->items[i].source.text = all->strings.data + all->items[i].source.offset;
        all->items[i].form.text = all->strings.data + all->items[i].form.offset;
    }
    if (all->count == 0)
        return;
    qsort(all->items, all->count, sizeof *all->items, compare_texts);
    for (size_t i = 1; i < all->count; i++)
        if (compare_texts(&all->items[kept], &all->items[i]) == 0)
            all->items[kept].count++;
        else
            all->items[++kept] = all->items[i];
    all->count = kept + 1;
    qsort(all->items, all->count, sizeof *all->items, compare_counts);
}

/* Whether the text can stand as a form of a pack: it shows as it is, and no bar divides it. */
static bool is_form(const char *text, const char *shown)
{
    return strcmp(text, shown) == 0 && !strstr(text, " | ");
}

/* Writes the rules of one source, items [begin, end). */
static dedup_status write_source(const struct collection *all, size_t begin, size_t end, size_t number,
                                 dedup_buffer *pack, dedup_error *error)
{
    const char *source = all->items[begin].source.text;
    char shown[SHOWN_BYTES];
    bool lines = false, fields = false;
    escape_show(source, strlen(source), shown, sizeof shown);
    TRY(dedup_buffer_printf(pack, error, "\n# Source: %s\n", *source ? shown : "."));
    for (size_t i = begin; i < end; i++) {
        const struct learned_text *item = &all->items[i];
        unsigned long long count = item->count;
        escape_show(item->form.text, strlen(item->form.text), shown, sizeof shown);
        if (item->kind == KIND_LINE && is_form(item->form.text, shown)) {
            if (!lines)
                TRY(dedup_buffer_printf(pack, error, "rule source%zu.line\nclass: A\nlevel: standard\nmatch: %s\n",
                                        number, item->form.text));
            lines = true;
            TRY(dedup_buffer_printf(pack, error, "# %llu times\nline: %s\n", count, item->form.text));
        } else if (item->kind == KIND_FIELD) {
            if (!fields)
                TRY(dedup_buffer_printf(pack, error,
                                        "rule source%zu.field\nclass: Z\nlevel: standard\nlimit: 200\nmatch: %s:1\n",
                                        number, item->form.text));
            fields = true;
            TRY(dedup_buffer_printf(pack, error, "# %llu times\npattern: %s :.*\n", count, item->form.text));
        } else {
            TRY(dedup_buffer_printf(pack, error, "# %llu times, varies: %s\n", count, shown));
        }
    }
    return DEDUP_OK;
}

static dedup_status write_pack(const struct collection *all, dedup_buffer *pack, dedup_error *error)
{
    size_t number = 0;
    TRY(dedup_buffer_printf(pack, error, "%s",
                            "# Lines that the documents of a source have in common, as a run removed them.\n"
                            "# Read them before you use this with --rules: there they are taken in every text.\n"));
    for (size_t begin = 0, end; begin < all->count; begin = end) {
        end = begin + 1;
        while (end < all->count && strcmp(all->items[end].source.text, all->items[begin].source.text) == 0)
            end++;
        TRY(write_source(all, begin, end, ++number, pack, error));
    }
    return DEDUP_OK;
}

dedup_status dedup_log_learned(const char *output, dedup_buffer *pack, dedup_error *error)
{
    struct collection all = {0};
    dedup_buffer_init(&all.strings, SIZE_MAX);
    dedup_buffer_init(&all.name, SIZE_MAX);
    dedup_buffer_init(&all.text, SIZE_MAX);
    dedup_buffer_init(&all.key, SIZE_MAX);
    dedup_status status = dedup_log_read(output, take_record, &all, error);
    count_texts(&all);
    if (status == DEDUP_OK)
        status = write_pack(&all, pack, error);
    free(all.items);
    dedup_buffer_release(&all.strings);
    dedup_buffer_release(&all.name);
    dedup_buffer_release(&all.text);
    dedup_buffer_release(&all.key);
    return status;
}
