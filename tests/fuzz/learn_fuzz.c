/* Documents of one source through the learner, then through the cleaner with what was learned: what is read does not
 * depend on the order of documents, removals lie in order inside the text, and what is left is at rest. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "clean/learn_sample.h"
#include "pipeline/clean_text.h"
#include "text/encoding.h"

enum { DOCUMENTS = 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct learn_reader *reader;
static struct text_cleaner *cleaner;

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void prepare(void)
{
    dedup_cleaner *rules; /* kept: making them takes longer than most inputs */
    require(dedup_cleaner_create(DEDUP_CLEAN_AGGRESSIVE, &rules, NULL) == DEDUP_OK);
    require(text_cleaner_create(rules, 0.8, &cleaner, NULL) == DEDUP_OK);
    require(learn_reader_create(&reader, NULL) == DEDUP_OK);
}

/* Bytes 0 separate documents. */
struct part {
    const char *text;
    uint32_t length;
};

static size_t split(const char *text, size_t length, struct part *parts)
{
    size_t count = 0;
    for (size_t at = 0; at < length && count < DOCUMENTS;) {
        const char *zero = memchr(text + at, '\0', length - at);
        size_t end = zero ? (size_t)(zero - text) : length;
        parts[count++] = (struct part){text + at, (uint32_t)(end - at)};
        at = end + 1;
    }
    return count;
}

static bool never_alike(const uint64_t a[4], const uint64_t b[4])
{
    (void)a;
    (void)b;
    return false;
}

static struct learned *decide(const struct learner *learner)
{
    struct learned *learned;
    struct lesson *lesson;
    require(learned_create(&learned, NULL) == DEDUP_OK && lesson_create(&lesson, NULL) == DEDUP_OK);
    for (size_t i = 0; i < learner_source_count(learner); i++) {
        struct learn_sample sample = learner_sample(learner, i);
        lesson_clear(lesson);
        for (size_t j = 0; j < sample.count; j++)
            require(lesson_add(lesson, sample.choices[j].content, NULL) == DEDUP_OK);
        require(lesson_end(lesson, never_alike, NULL) == DEDUP_OK);
        require(learned_add(learned, sample.name, sample.name_length, lesson, NULL) == DEDUP_OK);
    }
    learned_finish(learned);
    lesson_free(lesson);
    return learned;
}

/* Learns from the parts, from the last to the first when `backwards`. */
static struct learned *learn(const struct part *parts, size_t count, bool backwards)
{
    struct learner *learner;
    require(learner_create(1 << 24, &learner, NULL) == DEDUP_OK);
    for (size_t i = 0; i < count; i++) {
        const struct part *part = &parts[backwards ? count - 1 - i : i];
        uint64_t *marks = NULL;
        size_t mark_count = 0, capacity = 0, point_count;
        const uint32_t *points;
        require(learn_read(reader, part->text, part->length, &marks, &mark_count, &capacity, &points, &point_count,
                           NULL) == DEDUP_OK);
        struct learn_content content = {.marks = marks, .mark_count = mark_count};
        struct learn_choice choice = {.order = hash64_of(part->text, part->length), .content = &content};
        require(learner_add(learner, "source", 6, &choice, NULL) == DEDUP_OK);
        free(marks);
    }
    struct learned *learned = decide(learner);
    learner_free(learner);
    return learned;
}

static void require_equal(const struct learned_source *a, const struct learned_source *b)
{
    require((a == NULL) == (b == NULL));
    if (!a)
        return;
    require(learned_sample(a) == learned_sample(b));
    struct learned_fact first, second;
    for (size_t i = 0;; i++) {
        bool more = learned_fact(a, i, &first);
        require(learned_fact(b, i, &second) == more);
        if (!more)
            return;
        require(first.mark == second.mark && first.documents == second.documents && first.points == second.points);
    }
}

/* Cleans and returns the kept text, which the caller releases. */
static dedup_buffer clean(const char *text, uint32_t length)
{
    static const struct text_cleaning how = {PARAGRAPH_AUTO, REPEATS_CUT, NULL};
    struct text_document document;
    struct text_outcome outcome;
    dedup_buffer kept;
    dedup_buffer_init(&kept, UINT32_MAX);
    document_init(&document);
    require(document_set(&document, text, length, NULL) == DEDUP_OK);
    require(text_cleaner_clean(cleaner, &document, &how, &outcome, NULL) == DEDUP_OK);
    uint32_t place = 0;
    for (size_t i = 0; i < document.cut_count; i++) {
        const struct text_cut *cut = &document.cuts[i];
        require(cut->begin >= place && cut->end > cut->begin && cut->end <= length);
        place = cut->end;
    }
    require(document_kept_text(&document, &kept, NULL) == DEDUP_OK);
    document_release(&document);
    return kept;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part parts[DOCUMENTS];
    if (!cleaner)
        prepare();
    if (size == 0 || !utf8_valid((const char *)data, size))
        return 0;
    size_t count = split((const char *)data, size, parts);
    struct learned *learned = learn(parts, count, false), *backwards = learn(parts, count, true);
    const struct learned_source *source = learned_find(learned, "source", 6);
    require_equal(source, learned_find(backwards, "source", 6));
    learned_free(backwards);
    text_cleaner_learned(cleaner, source);
    for (size_t i = 0; i < count; i++) {
        dedup_buffer once = clean(parts[i].text, parts[i].length);
        dedup_buffer twice = clean(once.data ? once.data : "", (uint32_t)once.length);
        require(once.length == twice.length && (once.length == 0 || memcmp(once.data, twice.data, once.length) == 0));
        dedup_buffer_release(&once);
        dedup_buffer_release(&twice);
    }
    text_cleaner_learned(cleaner, NULL);
    learned_free(learned);
    return 0;
}
