/* The cleaner: rule packs and structural repairs over the lines of one document.
 *
 * One pass works in steps around the search for repeats, because repeats are found best when notices no longer stand
 * between the copies, and the head and tail zones are known only when the second copy is gone:
 *   clean_structure   placeholders, entities, invisible characters, pinyin, whole-line rules (class A), paragraph
 * numbers clean_zones       zone words (Z), blocks (B), fragments (F), metadata (O) by level, then the governor
 *   clean_finish      blank runs
 * All add cuts only. What one cut uncovers another rule may see, so steps are repeated until nothing changes, on the
 * same document while whole lines are cut, on a document of the kept text once cuts stand inside lines.
 * pipeline/clean_text.h does that, and makes clean(clean(x)) = clean(x) true by construction. */
#ifndef DEDUP_CLEAN_CLEANER_H
#define DEDUP_CLEAN_CLEANER_H

#include "clean/learned_rules.h"
#include "dedup/clean.h"
#include "text/document.h"

struct clean_worker; /* match data, JIT stack and scratch of one thread */

DEDUP_NODISCARD dedup_status clean_worker_create(const dedup_cleaner *cleaner, struct clean_worker **out,
                                                 dedup_error *error);
void clean_worker_free(struct clean_worker *worker); /* NULL is fine */
/* Works at another level than the cleaner's from now on. */
void clean_worker_set_level(struct clean_worker *worker, dedup_clean_level level);

/* Cleans with what was learned about a source from now on; NULL: without. `learned` is borrowed. */
void clean_worker_learned(struct clean_worker *worker, const struct learned_source *learned);
/* What was cut by what was learned since then. */
const struct learn_notes *clean_worker_notes(const struct clean_worker *worker);

/* What happened to one document; the steps only ever set members. */
struct clean_outcome {
    bool restored; /* the governor took all rule cuts back: more than a fifth of the prose would have gone */
    bool lines;    /* lines went of which other lines' fate may depend */
    bool inside;   /* the kept text may look different to rules that have already seen it: cuts inside lines */
};

/* `first`: the document comes fresh from document_set; otherwise only what depends on other lines is looked at again.
 * Errors: MEMORY. */
DEDUP_NODISCARD dedup_status clean_structure(struct clean_worker *worker, struct text_document *document, bool first,
                                             struct clean_outcome *outcome, dedup_error *error);
DEDUP_NODISCARD dedup_status clean_zones(struct clean_worker *worker, struct text_document *document, bool first,
                                         struct clean_outcome *outcome, dedup_error *error);
/* Settles the cuts and collapses blank runs. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status clean_finish(struct text_document *document, dedup_error *error);

/* A rule that knows a line, whatever keeps it from taking it. */
struct near_rule {
    size_t rule;
    dedup_obstacle obstacle; /* DEDUP_OBSTACLE_NONE: there is no such rule */
};

/* The rule that knows line `line` and has the most telling obstacle. `restored`: see clean_outcome. Tries all rules
 * without the prefilter, for explaining only. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status clean_near_rule(struct clean_worker *worker, const struct text_document *document,
                                             size_t line, bool restored, struct near_rule *near_by, dedup_error *error);

/* The rules of a cleaner, for counting and naming: rule i is the one that cuts with reason CUT_RULE + i. */
size_t cleaner_rule_count(const dedup_cleaner *cleaner);
const char *cleaner_rule_id(const dedup_cleaner *cleaner, size_t rule);
dedup_clean_level cleaner_level(const dedup_cleaner *cleaner);
/* True when one of the rules works that need what was learned. */
bool cleaner_learns(const dedup_cleaner *cleaner);
/* Example `index` of the packs; false when there are no more. */
struct cleaner_example {
    size_t rule;
    uint32_t line; /* of the pack */
    bool keep;
    const char *text; /* "\\n" stands for a line feed */
    uint32_t length;
};
bool cleaner_example(const dedup_cleaner *cleaner, size_t index, struct cleaner_example *out);
/* Name of any cut reason: "blank", "repeat.block", "repeat.paragraph", "duplicate.paragraph", or the rule's id. */
const char *cleaner_reason_name(const dedup_cleaner *cleaner, uint32_t reason);

#endif
