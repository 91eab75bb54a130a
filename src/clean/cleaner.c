/* Cleaners and their workers. Cleaning a text as a whole is in pipeline/clean_text.c, because repeats are part of it.
 */
#include "clean/cleaner.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/file.h"
#include "clean/packs.h"
#include "clean/worker.h"

enum {
    DEPTH_LIMIT = 10000,
    HEAP_LIMIT = 4096, /* KiB, when there is no JIT */
    STACK_START = 32 * 1024,
    STACK_LIMIT = 512 * 1024,
    PACK_LIMIT = 1 << 26, /* bytes of a file */
};

dedup_status dedup_cleaner_create(dedup_clean_level level, dedup_cleaner **out, dedup_error *error)
{
    *out = NULL;
    if (level < DEDUP_CLEAN_OFF || level > DEDUP_CLEAN_AGGRESSIVE)
        return fail(error, DEDUP_ERROR_ARGUMENT, "there is no cleaning level %d", (int)level);
    dedup_cleaner *cleaner = malloc(sizeof *cleaner);
    if (!cleaner)
        return fail_memory(error, "a cleaner");
    cleaner->level = level;
    dedup_status status = rule_set_init(&cleaner->rules, error);
    if (status != DEDUP_OK) {
        free(cleaner);
        return status;
    }
    cleaner->rules.trusted = true;
    for (size_t i = 0; status == DEDUP_OK && i < builtin_pack_count; i++)
        status = rule_set_add_pack(&cleaner->rules, builtin_packs[i].name, builtin_packs[i].text,
                                   builtin_packs[i].length, error);
    cleaner->rules.trusted = false;
    if (status == DEDUP_OK)
        status = rule_set_build(&cleaner->rules, error);
    if (status != DEDUP_OK) {
        dedup_cleaner_free(cleaner);
        return status;
    }
    for (size_t i = 0; i < cleaner->rules.rule_count; i++)
        cleaner->rules.rules[i].built_in = true;
    *out = cleaner;
    return DEDUP_OK;
}

void dedup_cleaner_free(dedup_cleaner *cleaner)
{
    if (!cleaner)
        return;
    rule_set_release(&cleaner->rules);
    free(cleaner);
}

dedup_status dedup_cleaner_add_pack(dedup_cleaner *cleaner, const char *name, const char *text, size_t length,
                                    dedup_error *error)
{
    TRY(rule_set_add_pack(&cleaner->rules, name, text, length, error));
    return rule_set_build(&cleaner->rules, error);
}

dedup_status dedup_cleaner_add_file(dedup_cleaner *cleaner, const char *path, dedup_error *error)
{
    dedup_buffer text;
    dedup_buffer_init(&text, PACK_LIMIT);
    dedup_status status = file_read(AT_FDCWD, path, &text, error);
    if (status == DEDUP_OK)
        status = dedup_cleaner_add_pack(cleaner, path, text.data ? text.data : "", text.length, error);
    dedup_buffer_release(&text);
    return status;
}

/* True when `what` names the rule: its id, a family that it belongs to, or its class letter. */
static bool names_rule(const char *what, const struct rule *rule)
{
    size_t length = strlen(what);
    if (length == 1 && *what == rule->kind)
        return true;
    return strncmp(rule->id, what, length) == 0 && (rule->id[length] == '\0' || rule->id[length] == '.');
}

dedup_status dedup_cleaner_switch(dedup_cleaner *cleaner, const char *what, bool on, dedup_error *error)
{
    bool known = false;
    for (size_t i = 0; *what != '\0' && i < cleaner->rules.rule_count; i++) {
        struct rule *rule = &cleaner->rules.rules[i];
        if (names_rule(what, rule)) {
            rule->on = on;
            known = true;
        }
    }
    return known ? DEDUP_OK : fail(error, DEDUP_ERROR_ARGUMENT, "there is no rule, family or class \"%.80s\"", what);
}

dedup_status clean_worker_create(const dedup_cleaner *cleaner, struct clean_worker **out, dedup_error *error)
{
    struct clean_worker *worker = calloc(1, sizeof *worker);
    *out = NULL;
    if (!worker)
        return fail_memory(error, "a cleaning worker");
    worker->cleaner = cleaner;
    worker->level = cleaner->level;
    match_line_init(&worker->folded.line);
    fold_key_init(&worker->key);
    dedup_buffer_init(&worker->bytes, UINT32_MAX);
    dedup_buffer_init(&worker->repaired, UINT32_MAX);
    learn_line_init(&worker->learn_line);
    learn_notes_init(&worker->notes);
    worker->match = pcre2_match_data_create(1, NULL);
    worker->context = pcre2_match_context_create(NULL);
    worker->stack = pcre2_jit_stack_create(STACK_START, STACK_LIMIT, NULL);
    if (!worker->match || !worker->context || !worker->stack) {
        clean_worker_free(worker);
        return fail_memory(error, "a cleaning worker");
    }
    (void)pcre2_set_match_limit(worker->context, RULE_STEPS_MAXIMUM);
    (void)pcre2_set_depth_limit(worker->context, DEPTH_LIMIT);
    (void)pcre2_set_heap_limit(worker->context, HEAP_LIMIT);
    pcre2_jit_stack_assign(worker->context, NULL, worker->stack);
    *out = worker;
    return DEDUP_OK;
}

dedup_status worker_need_recoder(struct clean_worker *worker, bool *ready, dedup_error *error)
{
    if (!worker->recoder && !worker->no_recoder) {
        dedup_status status = recoder_create(&worker->recoder, error);
        if (status == DEDUP_ERROR_MEMORY)
            return status;
        worker->no_recoder = status != DEDUP_OK;
    }
    *ready = worker->recoder != NULL;
    return DEDUP_OK;
}

void clean_worker_free(struct clean_worker *worker)
{
    if (!worker)
        return;
    pcre2_match_data_free(worker->match);
    pcre2_match_context_free(worker->context);
    pcre2_jit_stack_free(worker->stack);
    match_line_release(&worker->folded.line);
    place_map_release(&worker->signs);
    prefilter_scan_release(&worker->scan);
    prefilter_scan_release(&worker->part);
    place_map_release(&worker->marks);
    free(worker->line_notes);
    free(worker->noted);
    free(worker->candidates);
    line_memo_release(&worker->memo);
    free(worker->repairs);
    prefilter_hits_release(&worker->hits);
    fold_key_release(&worker->key);
    free(worker->annotations);
    free(worker->shifts);
    free(worker->byte_origin);
    dedup_buffer_release(&worker->bytes);
    dedup_buffer_release(&worker->repaired);
    recoder_free(worker->recoder);
    free(worker->lines);
    free(worker->cells);
    free(worker->kinds);
    learn_line_release(&worker->learn_line);
    learn_notes_release(&worker->notes);
    free(worker->edges);
    free(worker);
}

void clean_worker_set_level(struct clean_worker *worker, dedup_clean_level level)
{
    worker->level = level;
    line_memo_clear(&worker->memo);
}

void clean_worker_learned(struct clean_worker *worker, const struct learned_source *learned)
{
    worker->learned = learned;
    learn_notes_clear(&worker->notes);
}

const struct learn_notes *clean_worker_notes(const struct clean_worker *worker)
{
    return &worker->notes;
}

size_t dedup_cleaner_rule_count(const dedup_cleaner *cleaner)
{
    return cleaner->rules.rule_count;
}

void dedup_cleaner_rule(const dedup_cleaner *cleaner, size_t index, dedup_rule *out)
{
    const struct rule *rule = &cleaner->rules.rules[index];
    *out = (dedup_rule){rule->id, rule->pack, rule->line, rule->kind, rule->level, rule->on};
}

size_t cleaner_rule_count(const dedup_cleaner *cleaner)
{
    return cleaner->rules.rule_count;
}

const char *cleaner_rule_id(const dedup_cleaner *cleaner, size_t rule)
{
    return cleaner->rules.rules[rule].id;
}

dedup_clean_level cleaner_level(const dedup_cleaner *cleaner)
{
    return cleaner->level;
}

bool cleaner_learns(const dedup_cleaner *cleaner)
{
    bool learns = false;
    for (size_t i = RULE_LEARNED_LINE; i <= RULE_LEARNED_FIELD; i++)
        learns = learns || rule_active(&cleaner->rules.rules[i], cleaner->level);
    return learns;
}

bool cleaner_example(const dedup_cleaner *cleaner, size_t index, struct cleaner_example *out)
{
    if (index >= cleaner->rules.example_count)
        return false;
    const struct rule_example *example = &cleaner->rules.examples[index];
    *out = (struct cleaner_example){example->rule, example->line, example->keep, example->text, example->length};
    return true;
}

const char *cleaner_reason_name(const dedup_cleaner *cleaner, uint32_t reason)
{
    switch (reason) {
    case CUT_BLANK_RUN: return "blank";
    case CUT_BLOCK: return "repeat.block";
    case CUT_PARAGRAPH: return "repeat.paragraph";
    case CUT_CORPUS: return "duplicate.paragraph";
    default: return cleaner_rule_id(cleaner, reason - CUT_RULE);
    }
}
