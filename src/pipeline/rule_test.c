/* dedup_cleaner_test: the examples of rule packs, tried in a text. */
#include <string.h>

#include "base/failure.h"
#include "pipeline/clean_text.h"

/* Prose around an example, so that there is a body with a head and a tail. */
static const char prose_before[] = "清晨的渡口还没有人，老船工已经把缆绳理好，等着第一班过江的乘客慢慢走下石阶。\n"
                                   "对岸的茶馆刚刚开门，炉上的水壶冒着白气，伙计把昨夜收起的竹椅一张张摆回门前。\n";
static const char prose_after[] = "傍晚起了风，江面上的灯火一盏接一盏亮起来，渡船靠岸的时候，茶馆里已经坐满了人。\n";

struct trial {
    const dedup_cleaner *cleaner;
    struct text_cleaner *worker;
    struct text_document document;
    dedup_buffer text;
    size_t begin, end; /* the example in the text */
};

/* Sets the text to the example with prose before it, and behind it when it shall stand in the body. */
static dedup_status write_text(struct trial *trial, const struct cleaner_example *example, bool body,
                               dedup_error *error)
{
    dedup_buffer_clear(&trial->text);
    TRY(dedup_buffer_append(&trial->text, prose_before, sizeof prose_before - 1, error));
    trial->begin = trial->text.length;
    for (uint32_t i = 0; i < example->length; i++) {
        bool feed = example->text[i] == '\\' && i + 1 < example->length && example->text[i + 1] == 'n';
        TRY(dedup_buffer_append(&trial->text, feed ? "\n" : example->text + i, 1, error));
        i += feed;
    }
    trial->end = trial->text.length;
    TRY(dedup_buffer_append(&trial->text, "\n", 1, error));
    return body ? dedup_buffer_append(&trial->text, prose_after, sizeof prose_after - 1, error) : DEDUP_OK;
}

static dedup_status clean_at(struct trial *trial, dedup_clean_level level, dedup_error *error)
{
    static const struct text_cleaning how = {PARAGRAPH_LINE, REPEATS_IGNORED, NULL};
    struct text_outcome outcome;
    text_cleaner_set_level(trial->worker, level);
    TRY(document_set(&trial->document, trial->text.data, (uint32_t)trial->text.length, error));
    return text_cleaner_clean(trial->worker, &trial->document, &how, &outcome, error);
}

/* Bytes of the example that are cut; *rule gets the id of a rule that cuts. */
static size_t cut_bytes(const struct trial *trial, const char **rule)
{
    size_t bytes = 0;
    for (size_t i = 0; i < trial->document.cut_count; i++) {
        const struct text_cut *cut = &trial->document.cuts[i];
        size_t begin = cut->begin > trial->begin ? cut->begin : trial->begin;
        size_t end = cut->end < trial->end ? cut->end : trial->end;
        if (begin < end) {
            bytes += end - begin;
            *rule = cleaner_reason_name(trial->cleaner, cut->reason);
        }
    }
    return bytes;
}

/* A `match` must go from the tail at the level of its rule: all of it, or for fragments a part. */
static dedup_status try_match(struct trial *trial, const struct cleaner_example *example, bool *holds,
                              dedup_error *error)
{
    dedup_rule rule;
    const char *taken_by = NULL;
    dedup_cleaner_rule(trial->cleaner, example->rule, &rule);
    TRY(write_text(trial, example, false, error));
    TRY(clean_at(trial, rule.level, error));
    size_t bytes = cut_bytes(trial, &taken_by);
    if (rule.kind == 'M')
        *holds = bytes == 0;
    else
        *holds = rule.kind == 'F' ? bytes > 0 && bytes < trial->end - trial->begin : bytes == trial->end - trial->begin;
    return DEDUP_OK;
}

/* A `keep` must stay in the body at every level. */
static dedup_status try_keep(struct trial *trial, const struct cleaner_example *example, const char **taken_by,
                             dedup_error *error)
{
    TRY(write_text(trial, example, true, error));
    for (int level = DEDUP_CLEAN_SAFE; level <= DEDUP_CLEAN_AGGRESSIVE && !*taken_by; level++) {
        TRY(clean_at(trial, (dedup_clean_level)level, error));
        (void)cut_bytes(trial, taken_by);
    }
    return DEDUP_OK;
}

static dedup_status try_example(struct trial *trial, const struct cleaner_example *example, size_t *failed,
                                dedup_example_callback *callback, void *context, dedup_error *error)
{
    bool holds = true;
    const char *taken_by = NULL;
    if (example->keep) {
        TRY(try_keep(trial, example, &taken_by, error));
        holds = taken_by == NULL;
    } else {
        TRY(try_match(trial, example, &holds, error));
    }
    if (holds)
        return DEDUP_OK;
    dedup_rule rule;
    dedup_cleaner_rule(trial->cleaner, example->rule, &rule);
    ++*failed;
    if (callback) {
        dedup_example report = {rule.id,       rule.pack,       example->line, example->keep,
                                example->text, example->length, taken_by};
        callback(context, &report);
    }
    return DEDUP_OK;
}

dedup_status dedup_cleaner_test(const dedup_cleaner *cleaner, size_t *tried, size_t *failed,
                                dedup_example_callback *callback, void *context, dedup_error *error)
{
    struct trial trial = {.cleaner = cleaner};
    struct cleaner_example example;
    *tried = *failed = 0;
    if (cleaner_level(cleaner) == DEDUP_CLEAN_OFF)
        return fail(error, DEDUP_ERROR_ARGUMENT, "a cleaner that is off has no examples to try");
    TRY(text_cleaner_create(cleaner, 0.8, &trial.worker, error));
    document_init(&trial.document);
    dedup_buffer_init(&trial.text, 1 << 20);
    dedup_status status = DEDUP_OK;
    for (; status == DEDUP_OK && cleaner_example(cleaner, *tried, &example); ++*tried)
        status = try_example(&trial, &example, failed, callback, context, error);
    text_cleaner_free(trial.worker);
    document_release(&trial.document);
    dedup_buffer_release(&trial.text);
    return status;
}
