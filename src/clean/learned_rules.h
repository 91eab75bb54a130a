/* What was learned and cut, written as a rule pack that can be read, edited and used again (packs/README.md). */
#ifndef DEDUP_CLEAN_LEARNED_RULES_H
#define DEDUP_CLEAN_LEARNED_RULES_H

#include "clean/learn.h"

/* A line that was cut: the thing that recurs (learned_index) and the place of the line in the texts. */
struct learn_note {
    uint32_t entry;
    bool prose;
    size_t text, length;
};

/* Notes about documents, in order. */
struct learn_notes {
    struct learn_note *items; /* owned */
    size_t count, capacity;
    dedup_buffer texts;
};

void learn_notes_init(struct learn_notes *notes);
void learn_notes_release(struct learn_notes *notes);
void learn_notes_clear(struct learn_notes *notes);
/* Errors: MEMORY. */
DEDUP_NODISCARD dedup_status learn_notes_add(struct learn_notes *notes, uint32_t entry, bool prose, const char *text,
                                             size_t length, dedup_error *error);
DEDUP_NODISCARD dedup_status learn_notes_append(struct learn_notes *notes, const struct learn_notes *others,
                                                dedup_error *error);

/* The sum of notes: how often each thing was cut, and the first line from which it was. */
struct learned_account;

DEDUP_NODISCARD dedup_status learned_account_create(const struct learned *learned, struct learned_account **out,
                                                    dedup_error *error);
void learned_account_free(struct learned_account *account); /* NULL is fine */
DEDUP_NODISCARD dedup_status learned_account_add(struct learned_account *account, const struct learn_notes *notes,
                                                 dedup_error *error);
/* Appends the pack; nothing when nothing was cut. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status learned_account_write(const struct learned_account *account, dedup_buffer *out,
                                                   dedup_error *error);

#endif
