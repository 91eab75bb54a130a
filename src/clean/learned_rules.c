#include "clean/learned_rules.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/escape.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "clean/rules.h"

enum {
    EXAMPLE_LONGEST = 6000, /* bytes of a line that is kept for the pack */
    NAME_SHOWN = 400,
    LIMIT_EXTRA = 100, /* characters that a pattern may take beyond its example */
};

void learn_notes_init(struct learn_notes *notes)
{
    *notes = (struct learn_notes){0};
    dedup_buffer_init(&notes->texts, SIZE_MAX);
}

void learn_notes_release(struct learn_notes *notes)
{
    free(notes->items);
    dedup_buffer_release(&notes->texts);
}

void learn_notes_clear(struct learn_notes *notes)
{
    notes->count = 0;
    dedup_buffer_clear(&notes->texts);
}

dedup_status learn_notes_add(struct learn_notes *notes, uint32_t entry, bool prose, const char *text, size_t length,
                             dedup_error *error)
{
    if (length > EXAMPLE_LONGEST)
        length = 0;
    TRY(array_reserve(&notes->items, &notes->capacity, notes->count + 1, "what is learned", error));
    notes->items[notes->count] = (struct learn_note){entry, prose, notes->texts.length, length};
    TRY(dedup_buffer_append(&notes->texts, text, length, error));
    notes->count++;
    return DEDUP_OK;
}

dedup_status learn_notes_append(struct learn_notes *notes, const struct learn_notes *others, dedup_error *error)
{
    for (size_t i = 0; i < others->count; i++) {
        const struct learn_note *note = &others->items[i];
        TRY(learn_notes_add(notes, note->entry, note->prose, others->texts.data ? others->texts.data + note->text : "",
                            note->length, error));
    }
    return DEDUP_OK;
}

struct learned_account {
    const struct learned *learned;
    struct tally {
        uint64_t count;
        struct learn_note example;
    } * tallies; /* one for each thing that was learned */
    dedup_buffer texts;
};

dedup_status learned_account_create(const struct learned *learned, struct learned_account **out, dedup_error *error)
{
    struct learned_account *account = calloc(1, sizeof *account);
    *out = account;
    if (!account)
        return fail_memory(error, "what is learned");
    account->learned = learned;
    dedup_buffer_init(&account->texts, SIZE_MAX);
    account->tallies = calloc(learned_total(learned) + 1, sizeof *account->tallies);
    if (account->tallies)
        return DEDUP_OK;
    learned_account_free(account);
    *out = NULL;
    return fail_memory(error, "what is learned");
}

void learned_account_free(struct learned_account *account)
{
    if (!account)
        return;
    free(account->tallies);
    dedup_buffer_release(&account->texts);
    free(account);
}

dedup_status learned_account_add(struct learned_account *account, const struct learn_notes *notes, dedup_error *error)
{
    for (size_t i = 0; i < notes->count; i++) {
        const struct learn_note *note = &notes->items[i];
        struct tally *tally = &account->tallies[note->entry];
        tally->count++;
        if (tally->example.length != 0 || note->length == 0)
            continue;
        tally->example = *note;
        tally->example.text = account->texts.length;
        TRY(dedup_buffer_append(&account->texts, notes->texts.data + note->text, note->length, error));
    }
    return DEDUP_OK;
}

/* Appends a line as the value of a field: a bar would end a form and a backslash begin an escape; neither counts in a
 * fold key. */
static dedup_status append_value(const char *text, size_t length, dedup_buffer *out, dedup_error *error)
{
    for (size_t i = 0; i < length; i++) {
        char byte = text[i] == '|' || text[i] == '\\' ? ' ' : text[i];
        TRY(dedup_buffer_append(out, &byte, 1, error));
    }
    return DEDUP_OK;
}

static bool is_word(unsigned class)
{
    return (class & (POINT_LETTER | POINT_MARK | POINT_NUMBER)) != 0;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* A piece of a line as a pattern: words stay, numbers, addresses and what stands between them may be any. */
static dedup_status append_pattern(const char *text, const char *end, dedup_buffer *out, dedup_error *error)
{
    static const char gap[] = "[^\\p{L}\\p{N}]*", number[] = "\\d+", address[] = "\\S*";
    enum { WORD, NUMBER, GAP } last = WORD;
    while (text < end) {
        const char *behind = learn_behind_address(text, end), *next = text;
        if (behind != text) {
            TRY(dedup_buffer_append(out, address, sizeof address - 1, error));
            text = behind;
            last = WORD;
            continue;
        }
        unsigned class = point_class(utf8_next(&next));
        if (is_digit(*text)) {
            if (last != NUMBER)
                TRY(dedup_buffer_append(out, number, sizeof number - 1, error));
            last = NUMBER;
        } else if (!is_word(class)) {
            if (last != GAP)
                TRY(dedup_buffer_append(out, gap, sizeof gap - 1, error));
            last = GAP;
        } else {
            bool capital = *text >= 'A' && *text <= 'Z';
            char lower = (char)(*text | 0x20);
            TRY(dedup_buffer_append(out, capital ? &lower : text, (size_t)(next - text), error));
            last = WORD;
        }
        text = next;
    }
    return DEDUP_OK;
}

/* Where a part of `points` code points of the frame ends, counted from the start or from the end of the line. */
static const char *part_end(const char *text, const char *end, uint32_t points, bool suffix)
{
    const char *place = text;
    uint32_t total = 0, seen = 0;
    for (int round = 0; round < 2; round++) {
        bool number = false;
        for (place = text; place < end;) {
            const char *behind = learn_behind_address(place, end), *next = place;
            if (behind != place) {
                place = behind;
                continue;
            }
            unsigned class = point_class(utf8_next(&next));
            bool digit = is_digit(*place), counts = is_word(class) && !(digit && number);
            number = is_word(class) ? digit : number;
            seen += counts;
            if (round == 1 && !suffix && seen == points)
                return next;
            if (round == 1 && suffix && counts && seen == total - points + 1)
                return place;
            place = next;
        }
        total = seen;
        seen = 0;
        if (points > total)
            return end;
    }
    return place;
}

static dedup_status write_form(uint64_t mark, uint32_t points, const char *text, size_t length, dedup_buffer *out,
                               dedup_error *error)
{
    static const char rest[] = ".*";
    const char *end = text + length;
    enum learn_form form = learn_form_of(mark);
    if (form == LEARN_LINE) {
        TRY(dedup_buffer_printf(out, error, "line: "));
        TRY(append_value(text, length, out, error));
        return dedup_buffer_append(out, "\n", 1, error);
    }
    uint32_t limit = utf8_count(text, length) + LIMIT_EXTRA;
    TRY(dedup_buffer_printf(out, error,
                            "limit: %u\npattern: ", limit < RULE_LIMIT_MAXIMUM ? limit : RULE_LIMIT_MAXIMUM));
    const char *place = form == LEARN_FRAME ? end : part_end(text, end, points, form == LEARN_SUFFIX);
    if (form == LEARN_SUFFIX) {
        TRY(dedup_buffer_append(out, rest, sizeof rest - 1, error));
        TRY(append_pattern(place, end, out, error));
    } else {
        TRY(append_pattern(text, place, out, error));
    }
    if (form == LEARN_LABEL)
        TRY(dedup_buffer_printf(out, error, "[^\\p{L}\\p{N}]*:"));
    if (form != LEARN_SUFFIX && form != LEARN_FRAME)
        TRY(dedup_buffer_append(out, rest, sizeof rest - 1, error));
    return dedup_buffer_append(out, "\n", 1, error);
}

static dedup_status write_rule(const struct learned_account *account, const struct learned_source *source,
                               const struct learned_fact *fact, dedup_buffer *out, dedup_error *error)
{
    static const char *const zones[] = {[LEARN_HEAD] = "head", [LEARN_TAIL] = "tail", [LEARN_MIDDLE] = "middle"};
    const struct tally *tally = &account->tallies[fact->index];
    if (tally->count == 0 || tally->example.length == 0)
        return DEDUP_OK;
    const char *text = account->texts.data + tally->example.text;
    size_t length = tally->example.length;
    bool anywhere = tally->example.prose || learn_zone_of(fact->mark) == LEARN_MIDDLE;
    TRY(dedup_buffer_printf(out, error,
                            "\nrule source.%016" PRIx64 "\n# %s, in %u of %u documents; removed from %" PRIu64 "\n"
                            "class: %c\nlevel: standard\n",
                            fact->mark ^ learned_id(source), zones[learn_zone_of(fact->mark)], fact->documents,
                            learned_sample(source), tally->count, anywhere ? 'A' : 'Z'));
    TRY(write_form(fact->mark, fact->points, text, length, out, error));
    TRY(dedup_buffer_printf(out, error, "match: "));
    TRY(append_value(text, length, out, error));
    return dedup_buffer_append(out, "\n", 1, error);
}

static dedup_status write_source(const struct learned_account *account, size_t index, dedup_buffer *out,
                                 dedup_error *error)
{
    const char *name;
    char shown[NAME_SHOWN];
    const struct learned_source *source = learned_source_at(account->learned, index, &name);
    size_t before = out->length, header;
    escape_show(name, strlen(name), shown, sizeof shown);
    TRY(dedup_buffer_printf(out, error, "\n# Source: %s\n", shown));
    header = out->length;
    struct learned_fact fact;
    for (size_t i = 0; learned_fact(source, i, &fact); i++)
        TRY(write_rule(account, source, &fact, out, error));
    if (out->length == header)
        out->length = before;
    return DEDUP_OK;
}

dedup_status learned_account_write(const struct learned_account *account, dedup_buffer *out, dedup_error *error)
{
    static const char title[] = "# What the documents of each source of a run have in common. Rules hold for every "
                                "source when this pack is used\n"
                                "# with --rules; look through it first.\n";
    size_t begin = out->length;
    TRY(dedup_buffer_append(out, title, sizeof title - 1, error));
    for (size_t i = 0; i < learned_source_count(account->learned); i++)
        TRY(write_source(account, i, out, error));
    if (out->length == begin + sizeof title - 1)
        out->length = begin;
    return DEDUP_OK;
}
