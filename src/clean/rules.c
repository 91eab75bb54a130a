#include "clean/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "base/hash.h"
#include "clean/learn_text.h"

static const struct rule builtin_rules[RULE_BUILTIN_COUNT] = {
    [RULE_INVISIBLE] = {.id = "repair.invisible", .level = DEDUP_CLEAN_SAFE},
    [RULE_ENTITY] = {.id = "repair.entity", .level = DEDUP_CLEAN_SAFE},
    [RULE_MOJIBAKE] = {.id = "repair.mojibake", .level = DEDUP_CLEAN_SAFE},
    [RULE_PINYIN] = {.id = "repair.pinyin", .level = DEDUP_CLEAN_SAFE},
    [RULE_IMAGE] = {.id = "structure.image", .level = DEDUP_CLEAN_SAFE},
    [RULE_NUMBER] = {.id = "structure.number", .level = DEDUP_CLEAN_SAFE},
    [RULE_TITLE] = {.id = "structure.title", .level = DEDUP_CLEAN_SAFE},
    [RULE_CONTROLS] = {.id = "structure.controls", .level = DEDUP_CLEAN_SAFE},
    [RULE_MENU] = {.id = "zone.menu", .level = DEDUP_CLEAN_SAFE},
    [RULE_RAIL] = {.id = "zone.rail", .level = DEDUP_CLEAN_STANDARD},
    [RULE_COMMENTS] = {.id = "zone.comments", .level = DEDUP_CLEAN_STANDARD},
    [RULE_CELLS] = {.id = "zone.cells", .level = DEDUP_CLEAN_AGGRESSIVE},
    [RULE_BYLINE] = {.id = "zone.byline", .level = DEDUP_CLEAN_STANDARD},
    [RULE_TAGS] = {.id = "zone.tags", .level = DEDUP_CLEAN_STANDARD},
    [RULE_SHORT] = {.id = "zone.short", .level = DEDUP_CLEAN_AGGRESSIVE},
    [RULE_END] = {.id = "fragment.end", .level = DEDUP_CLEAN_STANDARD},
    [RULE_LEARNED_LINE] = {.id = "learned.line", .level = DEDUP_CLEAN_STANDARD},
    [RULE_LEARNED_PREFIX] = {.id = "learned.prefix", .level = DEDUP_CLEAN_STANDARD},
    [RULE_LEARNED_SUFFIX] = {.id = "learned.suffix", .level = DEDUP_CLEAN_STANDARD},
    [RULE_LEARNED_FIELD] = {.id = "learned.field", .level = DEDUP_CLEAN_STANDARD},
};

dedup_status rule_set_init(struct rule_set *set, dedup_error *error)
{
    *set = (struct rule_set){0};
    arena_init(&set->arena);
    prefilter_init(&set->prefilter);
    for (size_t i = 0; i < RULE_BUILTIN_COUNT; i++) {
        struct rule rule = builtin_rules[i];
        rule.pack = "";
        rule.kind = 'S';
        rule.head = rule.level;
        rule.on = true;
        size_t index;
        dedup_status status = rule_set_add(set, &rule, &index, error);
        if (status != DEDUP_OK) {
            rule_set_release(set);
            return status;
        }
    }
    return DEDUP_OK;
}

void rule_set_release(struct rule_set *set)
{
    for (size_t i = 0; i < set->pattern_count; i++)
        pattern_code_release(set->patterns[i].code);
    free(set->patterns);
    for (size_t i = 0; i < OPEN_COUNT; i++)
        free(set->open[i].patterns);
    free(set->rules);
    free(set->forms);
    free(set->examples);
    free(set->slots.slots);
    prefilter_release(&set->prefilter);
    arena_release(&set->arena);
    *set = (struct rule_set){0};
}

static int by_hash(const void *a, const void *b)
{
    const struct rule_form *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

static void mark_forms(struct rule_set *set)
{
    memset(set->form_bits, 0, sizeof set->form_bits);
    memset(set->form_leads, 0, sizeof set->form_leads);
    for (size_t i = 0; i < set->form_count; i++) {
        const struct rule_form *form = &set->forms[i];
        uint32_t bit = form_bit(form->points, form->count);
        uint32_t lead = form_lead(form->points[0], form->count > 1 ? form->points[1] : 0);
        set->form_bits[bit / 64] |= UINT64_C(1) << bit % 64;
        set->form_leads[lead / 64] |= UINT64_C(1) << lead % 64;
    }
}

/* The rarest marks of open patterns. */
static uint64_t rarest_marks(const struct rule_set *set, const struct open_patterns *open)
{
    uint64_t marks = 0;
    for (size_t i = 0; i < open->count; i++)
        marks |= set->patterns[open->patterns[i]].marks[0];
    return marks;
}

dedup_status rule_set_build(struct rule_set *set, dedup_error *error)
{
    if (set->form_count != 0)
        qsort(set->forms, set->form_count, sizeof *set->forms, by_hash);
    mark_forms(set);
    TRY(prefilter_build(&set->prefilter, error));
    learn_words_open(&set->prefilter.gate);
    uint64_t marks = 0;
    for (size_t i = 0; i < set->pattern_count; i++)
        for (size_t j = 0; j < MARK_SETS; j++)
            marks |= set->patterns[i].marks[j];
    sign_set_init(&set->pattern_signs, marks);
    sign_set_init(&set->signs, rarest_marks(set, &set->open[OPEN_ANYWHERE]) | rarest_marks(set, &set->open[OPEN_ZONE]));
    return DEDUP_OK;
}

dedup_status rule_set_add(struct rule_set *set, const struct rule *rule, size_t *index, dedup_error *error)
{
    for (size_t i = 0; i < set->rule_count; i++)
        if (strcmp(set->rules[i].id, rule->id) == 0)
            return fail(error, DEDUP_ERROR_FORMAT, "there is a rule %s already%s%s", rule->id,
                        *set->rules[i].pack ? ", in " : "", set->rules[i].pack);
    TRY(array_reserve(&set->rules, &set->rule_capacity, set->rule_count + 1, "rules", error));
    *index = set->rule_count;
    set->rules[set->rule_count++] = *rule;
    return DEDUP_OK;
}

/* Expands and anchors, and compiles what may not be valid; *needs gets the literals of the expanded form. */
static dedup_status prepare(struct rule_set *set, enum pattern_place place, const char *text, size_t length,
                            struct requirement *needs, struct pattern_code **out, dedup_error *error)
{
    dedup_buffer expanded, anchored;
    dedup_buffer_init(&expanded, 1 << 18);
    dedup_buffer_init(&anchored, 1 << 18);
    dedup_status status = pattern_expand(&set->slots, text, length, &expanded, error);
    if (status == DEDUP_OK && expanded.length == 0)
        status = fail(error, DEDUP_ERROR_FORMAT, "the pattern is empty");
    if (status == DEDUP_OK)
        literals_required(expanded.data, expanded.length, needs);
    if (status == DEDUP_OK)
        status = pattern_anchor(expanded.data, expanded.length, place, &anchored, error);
    if (status == DEDUP_OK)
        status = pattern_code_create(&set->arena, anchored.data, anchored.length, out, error);
    const pcre2_code *compiled;
    if (status == DEDUP_OK && !set->trusted)
        status = pattern_code_get(*out, &compiled, error);
    dedup_buffer_release(&expanded);
    dedup_buffer_release(&anchored);
    return status;
}

dedup_status rule_set_add_pattern(struct rule_set *set, size_t rule, const char *text, size_t length,
                                  const struct requirement *needs, dedup_error *error)
{
    TRY(array_reserve(&set->patterns, &set->pattern_capacity, set->pattern_count + 1, "rules", error));
    struct open_patterns *open = &set->open[rule_open(set->rules[rule].kind)];
    TRY(array_reserve(&open->patterns, &open->capacity, open->count + 1, "rules", error));
    struct requirement found;
    struct rule_pattern pattern = {.rule = (uint32_t)rule};
    TRY(prepare(set, set->rules[rule].place, text, length, &found, &pattern.code, error));
    if (!needs)
        needs = &found;
    pattern.open = needs->first.count == 0;
    memcpy(pattern.marks, needs->marks, sizeof pattern.marks);
    const struct rule *owner = &set->rules[rule];
    bool loose = !(pattern.marks[0] & ~LITERALS_DIGIT) && owner->limit > RULE_LIMIT_OPEN && owner->kind != 'O';
    if (pattern.open && (owner->kind == 'F' || loose)) {
        pattern_code_release(pattern.code);
        return fail(error, DEDUP_ERROR_FORMAT,
                    "the pattern requires neither a word of two letters nor a mark, so every line would be tried: give "
                    "one with need:, "
                    "or a limit of %d characters at most",
                    RULE_LIMIT_OPEN);
    }
    uint32_t index = (uint32_t)set->pattern_count;
    set->patterns[set->pattern_count++] = pattern;
    if (pattern.open) {
        open->patterns[open->count++] = index;
        open->limit = owner->limit > open->limit ? owner->limit : open->limit;
        open->marks |= pattern.marks[0] != 0 ? pattern.marks[0] : UINT64_MAX;
    }
    uint32_t limit = owner->kind == 'F' ? UINT32_MAX : owner->limit;
    return prefilter_add(&set->prefilter, needs, index, limit, error);
}

dedup_status rule_set_add_form(struct rule_set *set, size_t rule, const char *text, size_t length, dedup_error *error)
{
    TRY(array_reserve(&set->forms, &set->form_capacity, set->form_count + 1, "rules", error));
    struct fold_key key;
    fold_key_init(&key);
    dedup_status status = fold_append(&key, text, length, error);
    uint32_t *points = NULL;
    if (status == DEDUP_OK && (key.count == 0 || key.count > RULE_LIMIT_MAXIMUM))
        status = fail(error, DEDUP_ERROR_FORMAT, "a form needs letters or digits, and not more than %d of them",
                      RULE_LIMIT_MAXIMUM);
    if (status == DEDUP_OK) {
        points = arena_alloc(&set->arena, key.count, sizeof *points);
        status = points ? DEDUP_OK : fail_memory(error, "rules");
    }
    if (status == DEDUP_OK) {
        memcpy(points, key.points, key.count * sizeof *points);
        set->forms[set->form_count++] = (struct rule_form){
            .hash = hash64_of(points, key.count * sizeof *points),
            .points = points,
            .count = (uint32_t)key.count,
            .rule = (uint32_t)rule,
        };
        if (key.count > set->form_longest)
            set->form_longest = (uint32_t)key.count;
    }
    fold_key_release(&key);
    return status;
}

dedup_status rule_set_add_example(struct rule_set *set, const struct rule_example *example, dedup_error *error)
{
    TRY(array_reserve(&set->examples, &set->example_capacity, set->example_count + 1, "rule examples", error));
    struct rule_example copy = *example;
    copy.text = arena_copy(&set->arena, example->text, example->length);
    if (!copy.text)
        return fail_memory(error, "rule examples");
    set->examples[set->example_count++] = copy;
    return DEDUP_OK;
}

size_t rule_set_find_form(const struct rule_set *set, size_t from, uint64_t hash, const uint32_t *points, size_t count)
{
    size_t low = from, high = set->form_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->forms[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < set->form_count && set->forms[low].hash == hash; low++)
        if (set->forms[low].count == count && memcmp(set->forms[low].points, points, count * sizeof *points) == 0)
            return low;
    return set->form_count;
}
