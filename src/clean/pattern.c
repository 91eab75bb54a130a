#include "clean/pattern.h"

#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/utf8.h"

#define GAP  "[^\\pL\\pN。!?;]{0,3}"
#define EDGE "[^\\pL\\pN]{0,12}"

/* Han letters, as the inside of a class. \p{Han} itself is the script with its punctuation in some versions of PCRE2
 * and without in others. */
#define HAN "\\x{3007}\\x{3400}-\\x{9fff}\\x{f900}-\\x{faff}\\x{20000}-\\x{3ffff}"

static dedup_status append(dedup_buffer *out, const char *text, dedup_error *error)
{
    return dedup_buffer_append(out, text, strlen(text), error);
}

static const struct slot *find_slot(const struct slot_table *table, const char *name, size_t length)
{
    for (size_t i = 0; i < table->count; i++)
        if (strncmp(table->slots[i].name, name, length) == 0 && table->slots[i].name[length] == '\0')
            return &table->slots[i];
    return NULL;
}

dedup_status slot_define(struct slot_table *table, struct arena *arena, const char *name, size_t name_length,
                         const char *text, size_t length, dedup_error *error)
{
    dedup_buffer expanded;
    dedup_buffer_init(&expanded, 1 << 16);
    dedup_status status = pattern_expand(table, text, length, &expanded, error);
    char *name_copy = arena_copy(arena, name, name_length);
    char *text_copy = arena_copy(arena, expanded.data ? expanded.data : "", expanded.length);
    dedup_buffer_release(&expanded);
    TRY(status);
    if (!name_copy || !text_copy)
        return fail_memory(error, "rule slots");
    struct slot *same = (struct slot *)(uintptr_t)find_slot(table, name, name_length);
    if (!same) {
        TRY(array_reserve(&table->slots, &table->capacity, table->count + 1, "rule slots", error));
        same = &table->slots[table->count++];
    }
    *same = (struct slot){name_copy, text_copy};
    return DEDUP_OK;
}

/* Puts in the slot whose name follows the brace at text[0]; *used gets the length with both braces. */
static dedup_status expand_slot(const struct slot_table *table, const char *text, size_t length, dedup_buffer *out,
                                size_t *used, dedup_error *error)
{
    const char *close = memchr(text, '}', length);
    if (!close)
        return fail(error, DEDUP_ERROR_FORMAT, "a slot is not closed with }");
    size_t name_length = (size_t)(close - text) - 1;
    const struct slot *slot = find_slot(table, text + 1, name_length);
    if (!slot)
        return fail(error, DEDUP_ERROR_FORMAT, "there is no slot {%.*s}", (int)(name_length < 40 ? name_length : 40),
                    text + 1);
    *used = name_length + 2;
    TRY(append(out, "(?:", error));
    TRY(append(out, slot->text, error));
    return append(out, ")", error);
}

/* Appends a letter outside ASCII as it appears in match lines. */
static dedup_status expand_letter(const char *text, size_t length, uint32_t point, dedup_buffer *out,
                                  dedup_error *error)
{
    struct match_line folded;
    if (match_keeps(point))
        return dedup_buffer_append(out, text, length, error);
    match_line_init(&folded);
    dedup_status status = match_line_set(&folded, text, length, error);
    if (status == DEDUP_OK && folded.length == 0)
        status = fail(error, DEDUP_ERROR_FORMAT, "the pattern holds a character that never occurs in a folded line");
    for (uint32_t i = 0; status == DEDUP_OK && i < folded.length; i++) {
        char byte = folded.text[i];
        bool special = strchr("\\^$.[]|()?*+{}-/#&", byte) != NULL;
        status = special ? append(out, "\\", error) : DEDUP_OK;
        if (status == DEDUP_OK)
            status = dedup_buffer_append(out, &byte, 1, error);
    }
    match_line_release(&folded);
    return status;
}

dedup_status pattern_expand(const struct slot_table *table, const char *text, size_t length, dedup_buffer *out,
                            dedup_error *error)
{
    bool in_class = false;
    for (size_t at = 0; at < length;) {
        char next = text[at];
        size_t used = 1;
        uint32_t point;
        if ((unsigned char)next >= 0x80) {
            used = utf8_sequence(text + at, length - at, &point);
            if (used == 0)
                return fail(error, DEDUP_ERROR_FORMAT, "the pattern is not UTF-8");
            TRY(expand_letter(text + at, used, point, out, error));
        } else if (length - at >= 7 && memcmp(text + at, "\\p{Han}", 7) == 0) {
            used = 7;
            TRY(append(out, in_class ? HAN : "[" HAN "]", error));
        } else if (next == '\\' && at + 1 < length && (unsigned char)text[at + 1] < 0x80) {
            used = 2;
            TRY(dedup_buffer_append(out, text + at, used, error));
        } else if (next == ' ' && !in_class) {
            TRY(append(out, GAP, error));
        } else if (next == '{' && !in_class && at + 1 < length && text[at + 1] >= 'a' && text[at + 1] <= 'z') {
            TRY(expand_slot(table, text + at, length - at, out, &used, error));
        } else {
            in_class = next == '[' || (in_class && next != ']');
            char lower = next >= 'A' && next <= 'Z' ? (char)(next + 32) : next;
            TRY(dedup_buffer_append(out, &lower, 1, error));
        }
        at += used;
    }
    return DEDUP_OK;
}

dedup_status pattern_anchor(const char *expanded, size_t length, enum pattern_place place, dedup_buffer *out,
                            dedup_error *error)
{
    static const char *const before[] = {
        [PLACE_LINE] = "^" EDGE "(?:",
        [PLACE_END] = "(?:^|(?<=[\\s。.!?;…\"')\\]》】〉]))" EDGE "(?:",
        [PLACE_START] = "^" EDGE "(?:",
        [PLACE_INSIDE] = "(?:",
    };
    static const char *const after[] = {
        [PLACE_LINE] = ")" EDGE "$",
        [PLACE_END] = ")" EDGE "$",
        [PLACE_START] = ")",
        [PLACE_INSIDE] = ")",
    };
    TRY(append(out, before[place], error));
    TRY(dedup_buffer_append(out, expanded, length, error));
    return append(out, after[place], error);
}
