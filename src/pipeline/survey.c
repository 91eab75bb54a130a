#include "pipeline/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/failure.h"
#include "pipeline/account.h"
#include "pipeline/survey_choice.h"
#include "pipeline/survey_notes.h"
#include "report/report.h"

enum { WANTED_MOST = 2 * SURVEY_PAIRS + SURVEY_CLUSTERS * (1 + SURVEY_MEMBERS) };

/* A document whose text is wanted. */
struct wanted_text {
    uint32_t document;
    bool there, cut;
    dedup_buffer text;
};

struct survey {
    struct survey_choice choice;
    struct wanted_text wanted[WANTED_MOST]; /* by document */
    size_t wanted_count;
    struct survey_notes *all; /* the sum of all notes; its texts are in `wanted` */
    struct arena arena;       /* of the findings */
};

static int by_document(const void *left, const void *right)
{
    const struct wanted_text *x = left, *y = right;
    return (x->document > y->document) - (x->document < y->document);
}

static struct wanted_text *find_wanted(const struct survey *survey, uint32_t document)
{
    const struct wanted_text key = {.document = document};
    return bsearch(&key, survey->wanted, survey->wanted_count, sizeof key, by_document);
}

static void want(struct survey *survey, uint32_t document)
{
    for (size_t i = 0; i < survey->wanted_count; i++)
        if (survey->wanted[i].document == document)
            return;
    struct wanted_text *wanted = &survey->wanted[survey->wanted_count++];
    wanted->document = document;
    dedup_buffer_init(&wanted->text, SIZE_MAX);
}

static void want_all(struct survey *survey, const struct match_verdict *verdicts)
{
    const struct survey_choice *choice = &survey->choice;
    for (size_t i = 0; i < choice->pair_count; i++) {
        want(survey, choice->pairs[i]);
        want(survey, verdicts[choice->pairs[i]].keeper);
    }
    for (size_t i = 0; i < choice->shown_clusters; i++) {
        want(survey, choice->clusters[i].keeper);
        for (size_t j = 0; j < choice->clusters[i].member_count; j++)
            want(survey, choice->clusters[i].members[j]);
    }
    qsort(survey->wanted, survey->wanted_count, sizeof *survey->wanted, by_document);
}

dedup_status survey_create(const struct job *job, struct survey **out, dedup_error *error)
{
    struct survey *survey = calloc(1, sizeof *survey);
    *out = survey;
    if (!survey)
        return fail_memory(error, "the report");
    arena_init(&survey->arena);
    TRY(survey_notes_create(&survey->all, error));
    TRY(survey_choose(job, &survey->choice, error));
    want_all(survey, job->document_verdicts);
    return DEDUP_OK;
}

void survey_free(struct survey *survey)
{
    if (!survey)
        return;
    for (size_t i = 0; i < survey->wanted_count; i++)
        dedup_buffer_release(&survey->wanted[i].text);
    survey_notes_free(survey->all);
    arena_release(&survey->arena);
    free(survey);
}

bool survey_wants(const struct survey *survey, uint32_t document)
{
    return find_wanted(survey, document) != NULL;
}

static dedup_status take_texts(struct survey *survey, const struct survey_notes *notes, dedup_error *error)
{
    for (size_t i = 0; i < notes->noted_count; i++) {
        const struct noted_text *noted = &notes->noted[i];
        struct wanted_text *wanted = find_wanted(survey, noted->document);
        if (!wanted || wanted->there)
            continue;
        TRY(dedup_buffer_append(&wanted->text, notes->texts.data + noted->begin, noted->length, error));
        wanted->there = true;
        wanted->cut = noted->cut;
    }
    return DEDUP_OK;
}

/* Moves the losses of a batch to their places; what they leave behind is memory for the next. */
static void take_losses(struct survey_losses *all, struct survey_losses *losses)
{
    for (size_t i = 0; i < losses->count; i++) {
        struct survey_loss *place = survey_losses_insert(all, losses->items[i].document, losses->items[i].removed);
        if (!place)
            break;
        struct survey_loss spare = *place;
        *place = losses->items[i];
        losses->items[i] = spare;
    }
}

dedup_status survey_take(struct survey *survey, struct survey_notes *notes, dedup_error *error)
{
    TRY(take_texts(survey, notes, error));
    take_losses(&survey->all->losses, &notes->losses);
    TRY(tally_merge(&survey->all->lines, &notes->lines, error));
    return tally_merge(&survey->all->sources, &notes->sources, error);
}

/* Findings are made of this. */
struct composer {
    struct survey *survey;
    const struct job *job;
    dedup_buffer name;
    dedup_error *error;
    dedup_status status;
};

static void *make(struct composer *composer, size_t count, size_t size)
{
    void *out = arena_alloc(&composer->survey->arena, count + 1, size);
    if (out)
        memset(out, 0, (count + 1) * size);
    else if (composer->status == DEDUP_OK)
        composer->status = fail_memory(composer->error, "the report");
    return out;
}

static const char *name_of(struct composer *composer, uint32_t document)
{
    const char *name = NULL;
    if (composer->status == DEDUP_OK)
        composer->status = account_name(composer->job, document, &composer->name, composer->error);
    if (composer->status == DEDUP_OK) {
        name = arena_copy(&composer->survey->arena, composer->name.data, composer->name.length);
        if (!name)
            composer->status = fail_memory(composer->error, "the report");
    }
    return name ? name : "";
}

static struct report_text text_of(struct composer *composer, uint32_t document)
{
    const struct wanted_text *wanted = find_wanted(composer->survey, document);
    return (struct report_text){.name = name_of(composer, document),
                                .text = wanted && wanted->text.data ? wanted->text.data : "",
                                .length = wanted ? wanted->text.length : 0,
                                .cut = wanted && wanted->cut};
}

static bool is_there(const struct survey *survey, uint32_t document)
{
    const struct wanted_text *wanted = find_wanted(survey, document);
    return wanted && wanted->there;
}

/* Pairs of documents with those that stay for them; a text that changed during the run is left out. */
static const struct report_pair *compose_pairs(struct composer *composer, const uint32_t *documents, size_t count,
                                               size_t *made)
{
    static const char *const methods[] = {
        [MATCH_KEPT] = "kept", [MATCH_EXACT] = "exact", [MATCH_NEAR] = "near", [MATCH_CONTAINED] = "contained"};
    struct report_pair *pairs = make(composer, count, sizeof *pairs);
    *made = 0;
    for (size_t i = 0; pairs && i < count; i++) {
        const struct match_verdict *verdict = &composer->job->document_verdicts[documents[i]];
        if (!is_there(composer->survey, documents[i]) || !is_there(composer->survey, verdict->keeper))
            continue;
        pairs[(*made)++] = (struct report_pair){.kept = text_of(composer, verdict->keeper),
                                                .dropped = text_of(composer, documents[i]),
                                                .similarity = (double)verdict->similarity,
                                                .method = methods[verdict->method]};
    }
    return pairs;
}

static void compose_clusters(struct composer *composer, struct report_findings *findings)
{
    const struct survey_choice *choice = &composer->survey->choice;
    struct report_cluster *clusters = make(composer, choice->shown_clusters, sizeof *clusters);
    findings->clusters = clusters;
    for (size_t i = 0; clusters && i < choice->shown_clusters; i++) {
        const struct chosen_cluster *chosen = &choice->clusters[i];
        struct report_cluster *cluster = &clusters[findings->shown_clusters++];
        *cluster = (struct report_cluster){.kept = name_of(composer, chosen->keeper),
                                           .exact = chosen->methods[MATCH_EXACT],
                                           .near = chosen->methods[MATCH_NEAR],
                                           .contained = chosen->methods[MATCH_CONTAINED]};
        cluster->pairs = compose_pairs(composer, chosen->members, chosen->member_count, &cluster->pair_count);
    }
}

static void compose_losses(struct composer *composer, struct report_findings *findings)
{
    const struct survey_losses *losses = &composer->survey->all->losses;
    struct report_loss *made = make(composer, losses->count, sizeof *made);
    findings->losses = made;
    for (size_t i = 0; made && i < losses->count; i++) {
        const struct survey_loss *loss = &losses->items[i];
        struct report_mark *marks = make(composer, loss->mark_count, sizeof *marks);
        for (size_t j = 0; marks && j < loss->mark_count; j++)
            marks[j] = (struct report_mark){loss->marks[j].begin, loss->marks[j].end,
                                            cleaner_reason_name(composer->job->cleaner, loss->marks[j].reason),
                                            loss->marks[j].reason < CUT_RULE && loss->marks[j].reason != CUT_BLANK_RUN};
        made[findings->loss_count++] = (struct report_loss){.text = {.name = name_of(composer, loss->document),
                                                                     .text = loss->text.data ? loss->text.data : "",
                                                                     .length = loss->text.length,
                                                                     .cut = loss->cut},
                                                            .characters = loss->characters,
                                                            .removed = loss->removed,
                                                            .marks = marks,
                                                            .mark_count = loss->mark_count};
    }
}

static dedup_status compose_sources(struct composer *composer, struct report_findings *findings)
{
    struct tally *sources = &composer->survey->all->sources;
    size_t count = sources->count < SURVEY_SOURCES ? sources->count : SURVEY_SOURCES;
    struct report_source *made = make(composer, count, sizeof *made);
    TRY(composer->status);
    TRY(tally_sort(sources, 4, composer->error));
    for (size_t i = 0; i < count; i++) {
        const uint64_t *counts = sources->entries[i].counts;
        made[i] =
            (struct report_source){.name = tally_key(sources, i),
                                   .in = {.documents = counts[0], .paragraphs = counts[2], .characters = counts[4]},
                                   .out = {.documents = counts[1], .paragraphs = counts[3], .characters = counts[5]},
                                   .boilerplate = counts[6]};
    }
    findings->sources = made;
    findings->source_count = count;
    findings->more_sources = sources->count - count + (size_t)sources->dropped;
    return DEDUP_OK;
}

static dedup_status compose_lines(struct composer *composer, struct report_findings *findings)
{
    struct tally *lines = &composer->survey->all->lines;
    struct report_line *rules = make(composer, SURVEY_LINES, sizeof *rules),
                       *learned = make(composer, SURVEY_LINES, sizeof *learned);
    TRY(composer->status);
    TRY(tally_sort(lines, 0, composer->error));
    findings->lines = rules;
    findings->learned = learned;
    findings->lines_least = lines->dropped != 0;
    for (size_t i = 0; i < lines->count && lines->entries[i].counts[0] > 1; i++) {
        uint32_t rule;
        const char *key = tally_key(lines, i), *text = key + sizeof rule, *source = text + strlen(text) + 1;
        memcpy(&rule, key, sizeof rule);
        struct report_line line = {.rule = cleaner_reason_name(composer->job->cleaner, CUT_RULE + rule),
                                   .text = text,
                                   .source = *source ? source : NULL,
                                   .count = lines->entries[i].counts[0]};
        if (line.source && findings->learned_count < SURVEY_LINES)
            learned[findings->learned_count++] = line;
        if (!line.source && findings->line_count < SURVEY_LINES)
            rules[findings->line_count++] = line;
    }
    return DEDUP_OK;
}

static dedup_status compose(struct composer *composer, struct report_findings *findings)
{
    const struct survey_choice *choice = &composer->survey->choice;
    memcpy(findings->near, choice->near, sizeof findings->near);
    memcpy(findings->contained, choice->contained, sizeof findings->contained);
    memcpy(findings->sizes, choice->sizes, sizeof findings->sizes);
    findings->cluster_count = choice->cluster_count;
    findings->pairs = compose_pairs(composer, choice->pairs, choice->pair_count, &findings->pair_count);
    compose_clusters(composer, findings);
    compose_losses(composer, findings);
    TRY(compose_sources(composer, findings));
    TRY(compose_lines(composer, findings));
    return composer->status;
}

dedup_status survey_report(struct survey *survey, const struct job *job, const struct report *report, dedup_buffer *out,
                           dedup_error *error)
{
    struct composer composer = {.survey = survey, .job = job, .error = error};
    struct report_findings findings = {0};
    dedup_buffer_init(&composer.name, SIZE_MAX);
    dedup_status status = compose(&composer, &findings);
    if (status == DEDUP_OK)
        status = report_html(report, &findings, out, error);
    dedup_buffer_release(&composer.name);
    return status;
}
