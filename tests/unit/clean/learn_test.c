/* Learning per source: what recurs is cut, what does not stays, and the order of documents makes no difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "pipeline/clean_text.h"
#include "random.h"

enum { DOCUMENTS = 20, TEXT = 2048 };

/* Article `number` of a source: a head line, a credit whose name varies, a body of its own, and a foot line. */
static void write_article(unsigned number, char *out)
{
    struct random random = {number + 1};
    int length =
        snprintf(out, TEXT, "第%u次散步记录\n本站每日推送城市散步笔记与路线\n译者：林%u\n", number, number * 7919);
    for (int line = 0; line < 6; line++) {
        for (int i = 0; i < 40; i++)
            length += (int)utf8_put(0x4e00 + (uint32_t)random_below(&random, 0x5000), out + length);
        length += snprintf(out + length, TEXT - (size_t)length, "。\n");
    }
    (void)snprintf(out + length, TEXT - (size_t)length, "是的。\n欢迎把这份笔记转给同样喜欢走路的邻居朋友\n");
}

static struct learned *learn(const unsigned *order, unsigned count)
{
    struct learner *learner;
    struct learned *learned;
    struct text_document document;
    char text[TEXT];
    assert_int_equal(learner_create(0, &learner, NULL), DEDUP_OK);
    document_init(&document);
    for (unsigned i = 0; i < count; i++) {
        write_article(order[i], text);
        assert_int_equal(document_set(&document, text, (uint32_t)strlen(text), NULL), DEDUP_OK);
        assert_int_equal(learner_count(learner, 7, &document, NULL), DEDUP_OK);
        assert_int_equal(learner_count(learner, 7, &document, NULL), DEDUP_OK);
    }
    assert_int_equal(learner_decide(learner, &learned, NULL), DEDUP_OK);
    document_release(&document);
    learner_free(learner);
    return learned;
}

static void clean(const struct learned *learned, uint64_t source, char *text)
{
    static const struct text_cleaning how = {PARAGRAPH_LINE, false};
    dedup_cleaner *cleaner;
    struct text_cleaner *worker;
    struct text_document document;
    struct text_outcome outcome;
    dedup_buffer kept;
    dedup_buffer_init(&kept, TEXT);
    document_init(&document);
    assert_int_equal(dedup_cleaner_create(DEDUP_CLEAN_STANDARD, &cleaner, NULL), DEDUP_OK);
    assert_int_equal(text_cleaner_create(cleaner, 0.8, &worker, NULL), DEDUP_OK);
    text_cleaner_learned(worker, learned, source);
    assert_int_equal(document_set(&document, text, (uint32_t)strlen(text), NULL), DEDUP_OK);
    assert_int_equal(text_cleaner_clean(worker, &document, &how, &outcome, NULL), DEDUP_OK);
    assert_int_equal(document_kept_text(&document, &kept, NULL), DEDUP_OK);
    memcpy(text, kept.data, kept.length + 1);
    dedup_buffer_release(&kept);
    document_release(&document);
    text_cleaner_free(worker);
    dedup_cleaner_free(cleaner);
}

static void the_template_goes_and_the_body_stays(void **state)
{
    unsigned order[DOCUMENTS];
    char text[TEXT], whole[TEXT];
    (void)state;
    for (unsigned i = 0; i < DOCUMENTS; i++)
        order[i] = i;
    struct learned *learned = learn(order, DOCUMENTS);
    write_article(3, text);
    memcpy(whole, text, sizeof whole);
    clean(learned, 7, text);
    assert_null(strstr(text, "本站每日推送"));
    assert_null(strstr(text, "译者"));
    assert_null(strstr(text, "欢迎把这份笔记"));
    assert_non_null(strstr(text, "第3次散步记录"));
    assert_non_null(strstr(text, "是的。"));
    assert_true(strlen(text) > strlen(whole) - 200);
    memcpy(text, whole, sizeof text);
    clean(learned, 8, text);
    assert_string_equal(text, whole);
    learned_free(learned);
}

static void few_documents_teach_nothing(void **state)
{
    static const unsigned order[] = {0, 1, 2, 3, 4};
    struct learned_entry entry;
    (void)state;
    struct learned *learned = learn(order, 5);
    assert_false(learned_entry(learned, 0, &entry));
    learned_free(learned);
}

static void the_order_makes_no_difference(void **state)
{
    struct random random = random_make(0xc1ea);
    unsigned order[400];
    struct learned_entry a, b;
    (void)state;
    for (unsigned i = 0; i < 400; i++)
        order[i] = i;
    struct learned *first = learn(order, 400);
    for (unsigned i = 399; i > 0; i--) {
        size_t other = random_below(&random, i + 1);
        unsigned kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
    struct learned *second = learn(order, 400);
    size_t i = 0;
    for (; learned_entry(first, i, &a); i++) {
        assert_true(learned_entry(second, i, &b));
        assert_true(a.hash == b.hash && a.documents == b.documents && a.sample == b.sample && a.part == b.part);
    }
    assert_true(i > 2);
    assert_false(learned_entry(second, i, &b));
    learned_free(first);
    learned_free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_template_goes_and_the_body_stays),
        cmocka_unit_test(few_documents_teach_nothing),
        cmocka_unit_test(the_order_makes_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
