#include <limits.h>
#include <string.h>

#include "base/failure.h"
#include "base/utf8.h"
#include "corpus/json.h"
#include "corpus/json_escape.h"
#include "corpus/json_string.h"

struct scanner {
    const char *line;
    size_t at, length;
    unsigned char open[JSON_DEPTH_MAXIMUM]; /* '{' or '[' of the levels around `at` */
    size_t depth;
    bool glance;            /* what is inside of strings is not checked */
    struct json_text *text; /* where the text of the next string goes; NULL: nowhere */
    dedup_error *error;
};

static dedup_status expected(const struct scanner *scanner, const char *what)
{
    return fail(scanner->error, DEDUP_ERROR_FORMAT, "invalid JSON at byte %zu of the line: expected %s",
                scanner->at + 1, what);
}

/* The byte at the scanner's place; NUL, which no place allows, at the end. */
static char peek(const struct scanner *scanner)
{
    return scanner->at < scanner->length ? scanner->line[scanner->at] : '\0';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char peek_behind_space(struct scanner *scanner)
{
    while (is_space(peek(scanner)))
        scanner->at++;
    return peek(scanner);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* At a backslash that begins no escape: says what is wrong. */
static dedup_status fail_escape(struct scanner *scanner)
{
    scanner->at++;
    if (peek(scanner) != 'u')
        return expected(scanner, "one of \"\\/bfnrtu after a backslash");
    scanner->at++;
    while (json_is_hex_digit(peek(scanner)))
        scanner->at++;
    return expected(scanner, "four hexadecimal digits");
}

/* Whether the quote at `at` is escaped by a backslash that is none itself. */
static bool is_escaped(const struct scanner *scanner, size_t begin, size_t at)
{
    size_t first = at;
    while (first > begin && scanner->line[first - 1] == '\\')
        first--;
    return (at - first) % 2 != 0;
}

/* Behind an opening quote: moves behind the next quote that is not escaped. */
static dedup_status skip_string(struct scanner *scanner)
{
    const char *line = scanner->line, *quote;
    const size_t begin = scanner->at;
    while ((quote = memchr(line + scanner->at, '"', scanner->length - scanner->at))) {
        scanner->at = (size_t)(quote - line) + 1;
        if (!is_escaped(scanner, begin, scanner->at - 1))
            return DEDUP_OK;
    }
    scanner->at = scanner->length;
    return expected(scanner, "the end of a string");
}

/* Moves to the end of a string of which the text is wanted. */
static dedup_status take_string(struct scanner *scanner, struct json_value *value)
{
    const size_t left = scanner->length - scanner->at;
    struct json_text *text = scanner->text;
    struct json_taken taken;
    scanner->text = NULL;
    dedup_buffer_clear(text->bytes);
    TRY(dedup_buffer_reserve(text->bytes, left, scanner->error));
    json_string_take(scanner->line + scanner->at, left, text->bytes->data, &taken);
    text->bytes->length = taken.text_length;
    text->bytes->data[taken.text_length] = '\0';
    text->repairs = taken.repairs;
    text->sound = taken.sound;
    value->escaped = taken.escaped;
    scanner->at += taken.length;
    return DEDUP_OK;
}

/* At an opening quote: moves behind the closing one. The value gets the raw bytes between them, unless they are only
 * glanced at. */
static dedup_status scan_string(struct scanner *scanner, struct json_value *value)
{
    *value = (struct json_value){.type = JSON_STRING, .begin = ++scanner->at};
    if (scanner->glance)
        return skip_string(scanner);
    if (scanner->text)
        TRY(take_string(scanner, value));
    else
        scanner->at += json_string_length(scanner->line + scanner->at, scanner->length - scanner->at, &value->escaped);
    switch (peek(scanner)) {
    case '"': value->end = scanner->at++; return DEDUP_OK;
    case '\\': return fail_escape(scanner);
    default:
        return expected(scanner,
                        scanner->at == scanner->length ? "the end of a string" : "no control character in a string");
    }
}

static dedup_status skip_digits(struct scanner *scanner)
{
    if (!is_digit(peek(scanner)))
        return expected(scanner, "a digit");
    while (is_digit(peek(scanner)))
        scanner->at++;
    return DEDUP_OK;
}

static dedup_status scan_number(struct scanner *scanner)
{
    if (peek(scanner) == '-')
        scanner->at++;
    if (peek(scanner) == '0')
        scanner->at++;
    else
        TRY(skip_digits(scanner));
    if (peek(scanner) == '.') {
        scanner->at++;
        TRY(skip_digits(scanner));
    }
    if (peek(scanner) != 'e' && peek(scanner) != 'E')
        return DEDUP_OK;
    scanner->at++;
    if (peek(scanner) == '+' || peek(scanner) == '-')
        scanner->at++;
    return skip_digits(scanner);
}

static dedup_status scan_literal(struct scanner *scanner)
{
    static const char *const literals[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        size_t length = strlen(literals[i]);
        if (scanner->length - scanner->at >= length && memcmp(scanner->line + scanner->at, literals[i], length) == 0) {
            scanner->at += length;
            return DEDUP_OK;
        }
    }
    return expected(scanner, "a value");
}

static dedup_status open_level(struct scanner *scanner)
{
    if (scanner->depth == JSON_DEPTH_MAXIMUM)
        return fail(scanner->error, DEDUP_ERROR_LIMIT, "JSON nested deeper than %d levels at byte %zu of the line",
                    JSON_DEPTH_MAXIMUM, scanner->at + 1);
    scanner->open[scanner->depth++] = (unsigned char)scanner->line[scanner->at++];
    return DEDUP_OK;
}

/* At the place of a name: moves behind the colon. */
static dedup_status scan_name(struct scanner *scanner, struct json_value *name)
{
    if (peek_behind_space(scanner) != '"')
        return expected(scanner, "a name in quotes");
    TRY(scan_string(scanner, name));
    if (peek_behind_space(scanner) != ':')
        return expected(scanner, "':'");
    scanner->at++;
    return DEDUP_OK;
}

/* After a value inside `base` or more levels: passes closing brackets and a comma. *more: another value follows (its
 * name already passed); otherwise the level `base` is reached. */
static dedup_status close_levels(struct scanner *scanner, size_t base, bool *more)
{
    struct json_value name;
    *more = false;
    while (scanner->depth > base) {
        bool object = scanner->open[scanner->depth - 1] == '{';
        char c = peek_behind_space(scanner);
        if (c == ',') {
            scanner->at++;
            *more = true;
            return object ? scan_name(scanner, &name) : DEDUP_OK;
        }
        if (c != (object ? '}' : ']'))
            return expected(scanner, object ? "',' or '}'" : "',' or ']'");
        scanner->at++;
        scanner->depth--;
    }
    return DEDUP_OK;
}

/* At '{' or '[': opens the level. *empty: it is closed again. Otherwise the first name, if any, is passed too. */
static dedup_status enter_level(struct scanner *scanner, bool *empty)
{
    TRY(open_level(scanner));
    bool object = scanner->open[scanner->depth - 1] == '{';
    *empty = peek_behind_space(scanner) == (object ? '}' : ']');
    if (*empty) {
        scanner->at++;
        scanner->depth--;
        return DEDUP_OK;
    }
    struct json_value name;
    return object ? scan_name(scanner, &name) : DEDUP_OK;
}

/* Moves behind one value with all that it holds. */
static dedup_status scan_value(struct scanner *scanner, struct json_value *value)
{
    const size_t base = scanner->depth;
    char first = peek_behind_space(scanner);
    if (first == '"')
        return scan_string(scanner, value);
    *value = (struct json_value){.begin = scanner->at};
    value->type = first == '{'                      ? JSON_OBJECT
                  : first == '['                    ? JSON_ARRAY
                  : first == '-' || is_digit(first) ? JSON_NUMBER
                                                    : JSON_LITERAL;
    for (bool more = true; more;) {
        char c = peek_behind_space(scanner);
        struct json_value string;
        if (c == '{' || c == '[') {
            bool empty;
            TRY(enter_level(scanner, &empty));
            if (!empty)
                continue;
        } else if (c == '"') {
            TRY(scan_string(scanner, &string));
        } else if (c == '-' || is_digit(c)) {
            TRY(scan_number(scanner));
        } else {
            TRY(scan_literal(scanner));
        }
        TRY(close_levels(scanner, base, &more));
    }
    value->end = scanner->at;
    return DEDUP_OK;
}

/* Compares a raw name, in which `escaped` says whether there are escapes, with a text. */
static bool name_equals(const char *raw, size_t length, bool escaped, const char *name)
{
    const char *end = raw + length;
    if (!escaped) {
        while (raw < end && *raw == *name) {
            raw++;
            name++;
        }
        return raw == end && *name == '\0';
    }
    const char *name_end = name + strlen(name);
    while (raw < end) {
        char text[4];
        size_t size = 1;
        text[0] = *raw;
        if (*raw == '\\') {
            uint32_t point;
            raw += json_escape_decode(raw, end, &point);
            size = utf8_put(point, text);
        } else {
            raw++;
        }
        if ((size_t)(name_end - name) < size || memcmp(name, text, size) != 0)
            return false;
        name += size;
    }
    return name == name_end;
}

/* The first of `count` names that a raw name is; `count` when it is none. Most differ in their first byte. */
static size_t find_name(const struct scanner *scanner, const struct json_value *name, const char *const *names,
                        size_t count)
{
    const char *raw = scanner->line + name->begin;
    const size_t length = name->end - name->begin;
    const char first = length != 0 ? *raw : '\0';
    size_t i = 0;
    while (i < count &&
           ((!name->escaped && names[i][0] != first) || !name_equals(raw, length, name->escaped, names[i])))
        i++;
    return i;
}

/* What is asked for in an object. */
struct request {
    bool glance; /* only names, and the values that are asked for, are checked inside */
    const char *const *names;
    size_t count;
    struct json_value *values;
    struct json_text *text; /* as in json_scan_text; NULL: none */
};

/* At the place of field number `index`: moves to its value, or to white space before it. *wanted: as find_name. */
static dedup_status begin_field(struct scanner *scanner, const struct request *request, size_t index, size_t *wanted)
{
    struct json_layout *layout = request->text ? request->text->layout : NULL;
    struct json_beginning *known = layout && index < JSON_LAYOUT_FIELDS ? &layout->fields[index] : NULL;
    struct json_value name;
    const char first = peek_behind_space(scanner);
    const size_t begin = scanner->at;
    if (known && known->length != 0 && scanner->length - begin >= known->length && first == '"' &&
        memcmp(scanner->line + begin, known->bytes, known->length) == 0) {
        scanner->at += known->length;
        *wanted = known->wanted;
        return DEDUP_OK;
    }
    TRY(scan_name(scanner, &name));
    (void)peek_behind_space(scanner);
    *wanted = find_name(scanner, &name, request->names, request->count);
    size_t length = scanner->at - begin;
    if (known && length <= JSON_LAYOUT_LONGEST && request->count <= UCHAR_MAX) {
        known->length = (unsigned char)length;
        known->wanted = (unsigned char)*wanted;
        memcpy(known->bytes, scanner->line + begin, length);
    }
    return DEDUP_OK;
}

/* The value of a field whose name is the one with the number `wanted`, and of the same names behind that. */
static dedup_status take_value(struct scanner *scanner, const struct request *request, size_t wanted)
{
    struct json_value value;
    scanner->glance = request->glance && wanted == request->count;
    scanner->text = wanted == 0 && peek_behind_space(scanner) == '"' ? request->text : NULL;
    TRY(scan_value(scanner, &value));
    scanner->glance = false;
    if (wanted == request->count)
        return DEDUP_OK;
    request->values[wanted] = value;
    for (size_t i = wanted + 1; i < request->count; i++)
        if (strcmp(request->names[i], request->names[wanted]) == 0)
            request->values[i] = value;
    return DEDUP_OK;
}

static dedup_status scan_fields(struct scanner *scanner, const struct request *request)
{
    TRY(open_level(scanner));
    bool more = peek_behind_space(scanner) != '}';
    scanner->at += !more;
    for (size_t i = 0; more; i++) {
        size_t wanted;
        TRY(begin_field(scanner, request, i, &wanted));
        TRY(take_value(scanner, request, wanted));
        char c = peek_behind_space(scanner);
        if (c != ',' && c != '}')
            return expected(scanner, "',' or '}'");
        scanner->at++;
        more = c == ',';
    }
    return DEDUP_OK;
}

static dedup_status scan(const char *line, size_t length, const struct request *request, dedup_error *error)
{
    static const char mark[] = {'\xef', '\xbb', '\xbf'};
    struct scanner scanner;
    scanner.line = line;
    scanner.length = length;
    scanner.at = length >= sizeof mark && memcmp(line, mark, sizeof mark) == 0 ? sizeof mark : 0;
    scanner.depth = 0;
    scanner.glance = false;
    scanner.text = NULL;
    scanner.error = error;
    for (size_t i = 0; i < request->count; i++)
        request->values[i] = (struct json_value){0};
    if (peek_behind_space(&scanner) != '{')
        return expected(&scanner, "'{'");
    TRY(scan_fields(&scanner, request));
    (void)peek_behind_space(&scanner);
    return scanner.at == length ? DEDUP_OK : expected(&scanner, "nothing behind the object");
}

dedup_status json_scan(const char *line, size_t length, const char *const *names, size_t count,
                       struct json_value *values, dedup_error *error)
{
    return json_scan_text(line, length, names, count, values, NULL, error);
}

dedup_status json_scan_text(const char *line, size_t length, const char *const *names, size_t count,
                            struct json_value *values, struct json_text *text, dedup_error *error)
{
    const struct request request = {false, names, count, values, text};
    return scan(line, length, &request, error);
}

dedup_status json_glance(const char *line, size_t length, const char *const *names, size_t count,
                         struct json_value *values, dedup_error *error)
{
    const struct request request = {true, names, count, values, NULL};
    return scan(line, length, &request, error);
}
