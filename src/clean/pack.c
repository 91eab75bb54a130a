/* The reader of rule packs. Format: packs/README.md. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "clean/rules.h"
#include "text/encoding.h"

struct span {
    const char *text;
    size_t length;
};

/* A value that waits until its rule is complete. */
struct pack_value {
    enum value_kind { VALUE_PATTERN, VALUE_FORM, VALUE_NEED, VALUE_MATCH, VALUE_KEEP } kind;
    struct span text;
    uint32_t line;
};

struct pack_reader {
    struct rule_set *set;
    const char *name; /* copy in the set's arena */
    uint32_t line;
    bool open;        /* inside a rule */
    struct rule rule; /* the rule being read */
    bool level_given, head_given;
    struct pack_value *values;
    size_t value_count, value_capacity;
};

static struct span trim(const char *text, size_t length)
{
    while (length != 0 && (*text == ' ' || *text == '\t'))
        text++, length--;
    while (length != 0 && (text[length - 1] == ' ' || text[length - 1] == '\t' || text[length - 1] == '\r'))
        length--;
    return (struct span){text, length};
}

static bool span_is(struct span span, const char *word)
{
    return span.length == strlen(word) && memcmp(span.text, word, span.length) == 0;
}

/* Puts "name:line: " before the message of a failure. */
static dedup_status at_line(const struct pack_reader *reader, uint32_t line, dedup_status status, dedup_error *error)
{
    if (status != DEDUP_ERROR_FORMAT || !error)
        return status;
    dedup_error inner = *error;
    return fail(error, status, "%s:%u: %.400s", reader->name, (unsigned)line, inner.message);
}

/* Adds the alternatives of a `need:` line, which " | " separates. */
static dedup_status add_needs(struct literal_set *needs, struct span text, dedup_error *error)
{
    while (text.length != 0) {
        const char *bar = memchr(text.text, '|', text.length);
        size_t length = bar ? (size_t)(bar - text.text) : text.length;
        struct literal literal;
        TRY(literal_of(text.text, length, &literal, error));
        if (!prefilter_accepts(&literal) || needs->count == LITERAL_SET)
            return fail(error, DEDUP_ERROR_FORMAT,
                        "a needed word has two letters, or three in ASCII, and there are at most %d of them",
                        LITERAL_SET);
        needs->items[needs->count++] = literal;
        length += bar != NULL;
        text.text += length;
        text.length -= length;
    }
    return DEDUP_OK;
}

/* Adds the forms of a `line:` line, which " | " separates. */
static dedup_status add_forms(struct rule_set *set, size_t rule, struct span text, dedup_error *error)
{
    while (text.length != 0) {
        size_t length = 0;
        while (length < text.length && !(text.text[length] == '|' && length > 0 && text.text[length - 1] == ' '))
            length++;
        TRY(rule_set_add_form(set, rule, text.text, length, error));
        length += length < text.length;
        text.text += length;
        text.length -= length;
    }
    return DEDUP_OK;
}

static dedup_status add_value(struct pack_reader *reader, size_t rule, const struct pack_value *value,
                              const struct requirement *needs, dedup_error *error)
{
    struct span text = value->text;
    if (value->kind == VALUE_PATTERN)
        return rule_set_add_pattern(reader->set, rule, text.text, text.length, needs, error);
    if (value->kind == VALUE_FORM)
        return add_forms(reader->set, rule, text, error);
    if (value->kind == VALUE_NEED)
        return DEDUP_OK;
    struct rule_example example = {.rule = (uint32_t)rule,
                                   .line = value->line,
                                   .keep = value->kind == VALUE_KEEP,
                                   .text = text.text,
                                   .length = (uint32_t)text.length};
    return rule_set_add_example(reader->set, &example, error);
}

static dedup_status check_rule(const struct pack_reader *reader, dedup_error *error)
{
    bool takes = false, shown = false;
    for (size_t i = 0; i < reader->value_count; i++) {
        takes |= reader->values[i].kind == VALUE_PATTERN || reader->values[i].kind == VALUE_FORM;
        shown |= reader->values[i].kind == VALUE_MATCH;
    }
    const struct rule *rule = &reader->rule;
    if (rule->kind == '\0')
        return fail(error, DEDUP_ERROR_FORMAT, "rule %s has no class", rule->id);
    if (!takes)
        return fail(error, DEDUP_ERROR_FORMAT, "rule %s has neither pattern nor line", rule->id);
    if (!shown)
        return fail(error, DEDUP_ERROR_FORMAT, "rule %s has no example that it matches", rule->id);
    if ((rule->place != PLACE_LINE) != (rule->kind == 'F'))
        return fail(error, DEDUP_ERROR_FORMAT, "rule %s: fragments (class F), and only they, have a place", rule->id);
    return DEDUP_OK;
}

/* Adds the rule that has been read. */
static dedup_status end_rule(struct pack_reader *reader, dedup_error *error)
{
    if (!reader->open)
        return DEDUP_OK;
    struct rule *rule = &reader->rule;
    reader->open = false;
    dedup_status status = check_rule(reader, error);
    if (!reader->level_given)
        rule->level = rule->kind == 'O'                        ? DEDUP_CLEAN_AGGRESSIVE
                      : rule->kind == 'B' || rule->kind == 'F' ? DEDUP_CLEAN_STANDARD
                                                               : DEDUP_CLEAN_SAFE;
    if (!reader->head_given)
        rule->head = rule->level;
    size_t index = 0;
    if (status == DEDUP_OK)
        status = rule_set_add(reader->set, rule, &index, error);
    struct requirement needs; /* large: only what is read is set */
    needs.first.count = needs.second.count = 0;
    memset(needs.marks, 0, sizeof needs.marks);
    for (size_t i = 0; status == DEDUP_OK && i < reader->value_count; i++)
        if (reader->values[i].kind == VALUE_NEED)
            status = add_needs(&needs.first, reader->values[i].text, error);
    TRY(at_line(reader, rule->line, status, error));
    for (size_t i = 0; i < reader->value_count; i++)
        TRY(at_line(reader, reader->values[i].line,
                    add_value(reader, index, &reader->values[i], needs.first.count ? &needs : NULL, error), error));
    return DEDUP_OK;
}

/* Ids are families and names joined by dots: "app.open". */
static bool valid_id(struct span id)
{
    bool dot = false;
    for (size_t i = 0; i < id.length; i++) {
        char c = id.text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        bool inner = i > 0 && i + 1 < id.length && (c == '.' || c == '-');
        if (!letter && !inner)
            return false;
        dot |= c == '.';
    }
    return dot && id.length <= RULE_ID_MAXIMUM;
}

static dedup_status begin_rule(struct pack_reader *reader, struct span id, dedup_error *error)
{
    TRY(end_rule(reader, error));
    if (!valid_id(id))
        return at_line(
            reader, reader->line,
            fail(error, DEDUP_ERROR_FORMAT, "a rule id is made of a-z, 0-9, - and one dot or more: app.open"), error);
    char *copy = arena_copy(&reader->set->arena, id.text, id.length);
    if (!copy)
        return fail_memory(error, "rules");
    reader->rule = (struct rule){.id = copy,
                                 .pack = reader->name,
                                 .line = reader->line,
                                 .on = true,
                                 .limit = RULE_LIMIT_DEFAULT,
                                 .rest = RULE_REST_DEFAULT};
    reader->open = true;
    reader->level_given = reader->head_given = false;
    reader->value_count = 0;
    return DEDUP_OK;
}

static dedup_status set_class(struct rule *rule, struct span value, dedup_error *error)
{
    if (value.length != 1 || !strchr("AZMBFO", *value.text))
        return fail(error, DEDUP_ERROR_FORMAT, "the class is one of A Z M B F O");
    rule->kind = *value.text;
    return DEDUP_OK;
}

static dedup_status set_level(const char *name, struct span value, dedup_clean_level *level, bool *given,
                              dedup_error *error)
{
    static const char *const names[] = {"safe", "standard", "aggressive"};
    for (unsigned i = 0; i < 3; i++)
        if (span_is(value, names[i])) {
            *level = (dedup_clean_level)(DEDUP_CLEAN_SAFE + i);
            *given = true;
            return DEDUP_OK;
        }
    return fail(error, DEDUP_ERROR_FORMAT, "the %s is safe, standard or aggressive", name);
}

static dedup_status set_place(struct rule *rule, struct span value, dedup_error *error)
{
    static const char *const names[] = {"line", "end", "start", "inside"};
    for (unsigned i = 0; i < 4; i++)
        if (span_is(value, names[i])) {
            rule->place = (enum pattern_place)i;
            return DEDUP_OK;
        }
    return fail(error, DEDUP_ERROR_FORMAT, "the place is start, end or inside");
}

static dedup_status set_number(const char *name, uint32_t *number, struct span value, dedup_error *error)
{
    char digits[8] = "";
    char *end = digits;
    if (value.length < sizeof digits)
        memcpy(digits, value.text, value.length);
    unsigned long limit = strtoul(digits, &end, 10);
    if (*end != '\0' || limit == 0 || limit > RULE_LIMIT_MAXIMUM)
        return fail(error, DEDUP_ERROR_FORMAT, "the %s is a number of characters from 1 to %d", name,
                    RULE_LIMIT_MAXIMUM);
    *number = (uint32_t)limit;
    return DEDUP_OK;
}

static dedup_status set_field(struct pack_reader *reader, struct span name, struct span value, dedup_error *error)
{
    static const char *const lists[] = {
        [VALUE_PATTERN] = "pattern", [VALUE_FORM] = "line", [VALUE_NEED] = "need",
        [VALUE_MATCH] = "match",     [VALUE_KEEP] = "keep",
    };
    if (!reader->open)
        return fail(error, DEDUP_ERROR_FORMAT, "a field stands before the first rule");
    if (value.length == 0)
        return fail(error, DEDUP_ERROR_FORMAT, "the field %.*s is empty", (int)name.length, name.text);
    for (unsigned i = 0; i < sizeof lists / sizeof *lists; i++)
        if (span_is(name, lists[i])) {
            TRY(array_reserve(&reader->values, &reader->value_capacity, reader->value_count + 1, "a rule pack", error));
            reader->values[reader->value_count++] = (struct pack_value){(enum value_kind)i, value, reader->line};
            return DEDUP_OK;
        }
    if (span_is(name, "class"))
        return set_class(&reader->rule, value, error);
    if (span_is(name, "level"))
        return set_level("level", value, &reader->rule.level, &reader->level_given, error);
    if (span_is(name, "head"))
        return set_level("head", value, &reader->rule.head, &reader->head_given, error);
    if (span_is(name, "place"))
        return set_place(&reader->rule, value, error);
    if (span_is(name, "limit"))
        return set_number("limit", &reader->rule.limit, value, error);
    if (span_is(name, "rest"))
        return set_number("rest", &reader->rule.rest, value, error);
    return fail(error, DEDUP_ERROR_FORMAT, "there is no field %.*s", (int)(name.length < 40 ? name.length : 40),
                name.text);
}

static dedup_status read_line(struct pack_reader *reader, struct span line, dedup_error *error)
{
    if (!utf8_valid(line.text, line.length))
        return at_line(reader, reader->line, fail(error, DEDUP_ERROR_FORMAT, "the line is not UTF-8"), error);
    if (line.length == 0 || *line.text == '#')
        return DEDUP_OK;
    if (line.length > 5 && memcmp(line.text, "rule ", 5) == 0)
        return begin_rule(reader, trim(line.text + 5, line.length - 5), error);
    const char *colon = memchr(line.text, ':', line.length);
    if (!colon)
        return at_line(
            reader, reader->line,
            fail(error, DEDUP_ERROR_FORMAT, "expected \"rule ID\", \"slot NAME: PATTERN\" or \"FIELD: VALUE\""), error);
    struct span name = trim(line.text, (size_t)(colon - line.text));
    struct span value = trim(colon + 1, line.length - (size_t)(colon - line.text) - 1);
    dedup_status status;
    if (name.length > 5 && memcmp(name.text, "slot ", 5) == 0)
        status = slot_define(&reader->set->slots, &reader->set->arena, name.text + 5, name.length - 5, value.text,
                             value.length, error);
    else
        status = set_field(reader, name, value, error);
    return at_line(reader, reader->line, status, error);
}

static dedup_status read_pack(struct pack_reader *reader, const char *text, size_t length, dedup_error *error)
{
    while (length != 0) {
        const char *feed = memchr(text, '\n', length);
        size_t size = feed ? (size_t)(feed - text) : length;
        reader->line++;
        TRY(read_line(reader, trim(text, size), error));
        size += feed != NULL;
        text += size;
        length -= size;
    }
    return end_rule(reader, error);
}

dedup_status rule_set_add_pack(struct rule_set *set, const char *name, const char *text, size_t length,
                               dedup_error *error)
{
    struct pack_reader reader = {.set = set};
    reader.name = arena_copy(&set->arena, name, strlen(name));
    if (!reader.name)
        return fail_memory(error, "a rule pack");
    dedup_status status = read_pack(&reader, text, length, error);
    free(reader.values);
    return status;
}
