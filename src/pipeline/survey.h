/* What report.html shows beyond counts. The pairs and groups of documents to show are chosen when everything is
 * decided; the write pass, which reads the input anyway, notes their texts and counts lines and sources. All of it is
 * bounded, and the same for any number of threads. */
#ifndef DEDUP_PIPELINE_SURVEY_H
#define DEDUP_PIPELINE_SURVEY_H

#include "pipeline/job.h"
#include "pipeline/source.h"
#include "pipeline/tally.h"
#include "text/document.h"

enum {
    SURVEY_PAIRS = 12,    /* the least similar */
    SURVEY_CLUSTERS = 12, /* the largest */
    SURVEY_MEMBERS = 3,   /* documents of a cluster that are shown beside the one that stays */
    SURVEY_LOSSES = 6,    /* documents that lost most */
    SURVEY_LINES = 30,    /* lines that were removed more than once */
    SURVEY_SOURCES = 60,
    SURVEY_TEXT_BYTES = 49152 /* of a text that is shown */
};

/* Notes of a batch. */
struct survey_notes;

DEDUP_NODISCARD dedup_status survey_notes_create(struct survey_notes **out, dedup_error *error);
void survey_notes_free(struct survey_notes *notes); /* NULL is fine */
void survey_notes_clear(struct survey_notes *notes);

/* Notes the cleaned text of a document that survey_wants. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status survey_note_text(struct survey_notes *notes, uint32_t document, const char *text,
                                              size_t length, dedup_error *error);
/* Notes what a rule removed, line by line. `source` is NULL for rules that were not learned. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status survey_note_lines(struct survey_notes *notes, uint32_t rule, const char *text,
                                               size_t length, const char *source, size_t source_length,
                                               dedup_error *error);
/* Notes what of a source came in and went out. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status survey_note_source(struct survey_notes *notes, const char *name, size_t length,
                                                const dedup_volume *in, const dedup_volume *out, uint64_t boilerplate,
                                                dedup_error *error);
/* Notes a document that stays, with its cuts, when it lost much: `removed` of its characters. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status survey_note_loss(struct survey_notes *notes, uint32_t number, uint32_t characters,
                                              uint32_t removed, const struct text_document *document,
                                              dedup_error *error);

struct survey;

/* Chooses what to show of a job that has decided. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status survey_create(const struct job *job, struct survey **out, dedup_error *error);
void survey_free(struct survey *survey); /* NULL is fine */
/* Whether the text of a document is to be noted. */
bool survey_wants(const struct survey *survey, uint32_t document);
/* Takes the notes of a batch, in order. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status survey_take(struct survey *survey, struct survey_notes *notes, dedup_error *error);

struct report;
/* Appends report.html. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status survey_report(struct survey *survey, const struct job *job, const struct report *report,
                                           dedup_buffer *out, dedup_error *error);

#endif
