/* Learning per source: templates go, what only looks like one stays, and neither order nor copies make a difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "clean/learn_sample.h"
#include "pipeline/clean_text.h"
#include "random.h"

enum { DOCUMENTS = 40, TEXT = 8192 };

struct text {
    char bytes[TEXT];
    size_t length;
};

static void put(struct text *text, const char *line)
{
    size_t length = strlen(line);
    assert_true(text->length + length < TEXT);
    memcpy(text->bytes + text->length, line, length + 1);
    text->length += length;
}

/* A line of Han characters by chance, behind `start`. */
static void put_chance(struct text *text, struct random *random, const char *start, unsigned letters, const char *end)
{
    char point[4];
    put(text, start);
    for (unsigned i = 0; i < letters; i++) {
        size_t length = utf8_put(0x4e00 + (uint32_t)random_below(random, 0x5000), point);
        assert_true(text->length + length < TEXT);
        memcpy(text->bytes + text->length, point, length);
        text->length += length;
    }
    put(text, end);
}

/* What an article has around its body, and what its body has in common with others. */
enum part {
    HEAD = 1,     /* the publisher's line and its block of credits, one of which is the same everywhere */
    FOOT = 2,     /* a notice with a name in it, one without, and the name of the account */
    SHEET = 4,    /* facts with labels, some of equal value */
    HEADINGS = 8, /* headings of sections, also above lists at the end */
    CLOSING = 16, /* a last paragraph of prose */
    BYLINE = 32,  /* who and when, nothing else */
    AD = 64,      /* between the paragraphs */
};

static void write_head(struct text *text, struct random *random)
{
    put(text, "苇溪散步社每日推送城市散步的路线与笔记\n");
    put_chance(text, random, "> * 原文标题来源：[", 9, "](https://example.org/walk)\n");
    put_chance(text, random, "> * 作者：", 3, "\n");
    put(text, "> * 文章出自：[苇溪散步社](https://example.org/society)\n");
    put_chance(text, random, "> * 译者：", 2, "\n");
}

static void write_foot(struct text *text, struct random *random)
{
    put_chance(text, random, "如果你喜欢这篇笔记，请扫码关注苇溪散步社，和", 3, "一起走下一条路。\n");
    put(text, "本社文章未经许可不得转载，需要时请写信到苇溪散步社的信箱，我们会在三天之内给你答复。\n");
    put(text, "苇溪散步社\n");
}

static void write_body(struct text *text, struct random *random, unsigned parts)
{
    put_chance(text, random, "", 9, "\n");
    if (parts & BYLINE)
        put_chance(text, random, "作者：", 3, "\n发布时间：2024年5月6日\n");
    if (parts & SHEET) {
        put(text,
            random_below(random, 2) ? "适用范围：家庭与办公室及学校通用\n" : "适用范围：只适合家庭使用的产品类型\n");
        put_chance(text, random, "型号：", 5, "\n");
        put(text, "产地：苇溪镇\n");
        put_chance(text, random, "重量：", 4, "\n");
    }
    for (unsigned i = 0; i < 5; i++) {
        if (parts & HEADINGS)
            put(text, i == 0 ? "## 读者关注的问题\n" : i == 3 ? "本期值得留意的三条小路与桥\n" : "“是的。”\n");
        if (parts & AD && i == 2)
            put(text, "长按识别二维码加入苇溪散步社的读者群\n");
        put_chance(text, random, "", 60, "。\n");
    }
    if (parts & HEADINGS) {
        put(text, "往期散步的路线回顾\n");
        put_chance(text, random, "", 12, "\n");
        put_chance(text, random, "", 14, "\n");
    }
    if (parts & CLOSING)
        put(text, "苇溪的水从北山流下来，绕过镇子以后向东入湖，沿岸的人把它叫作母亲河，已经叫了三百年。\n");
}

/* Article `number`; the body alone when `parts` has neither HEAD nor FOOT nor AD. */
static void write_article(unsigned number, unsigned parts, struct text *text)
{
    struct random chance = {number * 977 + 1}, other = {number * 31 + 7};
    text->length = 0;
    if (parts & HEAD)
        write_head(text, &other);
    write_body(text, &chance, parts);
    if (parts & FOOT)
        write_foot(text, &other);
}

/* In these tests a sketch is a number, and equal numbers are copies. */
static bool same_number(const uint64_t a[4], const uint64_t b[4])
{
    return a[0] == b[0];
}

static void add(struct learner *learner, struct learn_reader *reader, const char *source, uint64_t order,
                uint64_t sketch, const struct text *text)
{
    uint64_t *marks = NULL;
    size_t count = 0, capacity = 0, point_count;
    const uint32_t *points;
    assert_int_equal(
        learn_read(reader, text->bytes, (uint32_t)text->length, &marks, &count, &capacity, &points, &point_count, NULL),
        DEDUP_OK);
    struct learn_content content = {{sketch}, marks, count};
    struct learn_choice choice = {.order = order, .content = &content};
    assert_int_equal(learner_add(learner, source, strlen(source), &choice, NULL), DEDUP_OK);
    free(marks);
}

/* A lesson of each source, as the learning pass gives them. */
static struct learned *decide(const struct learner *learner)
{
    struct learned *learned;
    struct lesson *lesson;
    bool promising;
    assert_int_equal(learned_create(&learned, NULL), DEDUP_OK);
    assert_int_equal(lesson_create(&lesson, NULL), DEDUP_OK);
    for (size_t i = 0; i < learner_source_count(learner); i++) {
        struct learn_sample sample = learner_sample(learner, i);
        size_t before = learned_source_count(learned);
        lesson_clear(lesson);
        for (size_t j = 0; j < sample.count; j++)
            assert_int_equal(lesson_add(lesson, sample.choices[j].content, NULL), DEDUP_OK);
        assert_int_equal(lesson_look(lesson, &promising, NULL), DEDUP_OK);
        assert_int_equal(lesson_end(lesson, same_number, NULL), DEDUP_OK);
        assert_int_equal(learned_add(learned, sample.name, sample.name_length, lesson, NULL), DEDUP_OK);
        assert_true(promising || learned_source_count(learned) == before);
    }
    learned_finish(learned);
    lesson_free(lesson);
    return learned;
}

static uint64_t order_of(unsigned number)
{
    return number * 0x9e3779b97f4a7c15u;
}

/* Learns from `count` articles, of which each `copies` are said to be copies of each other. */
static struct learned *learn(const unsigned *numbers, unsigned count, unsigned parts, unsigned copies)
{
    struct learner *learner;
    struct learn_reader *reader;
    struct learned *learned;
    struct text text;
    assert_int_equal(learner_create(LEARN_MEMORY, &learner, NULL), DEDUP_OK);
    assert_int_equal(learn_reader_create(&reader, NULL), DEDUP_OK);
    for (unsigned i = 0; i < count; i++) {
        unsigned number = numbers ? numbers[i] : i;
        write_article(number, parts, &text);
        add(learner, reader, "source", order_of(number), number / copies, &text);
    }
    learned = decide(learner);
    learn_reader_free(reader);
    learner_free(learner);
    return learned;
}

/* Cleans in place, twice, and checks that the second time changes nothing. */
static void clean(const struct learned *learned, const char *source, struct text *text)
{
    static const struct text_cleaning how = {PARAGRAPH_LINE, REPEATS_IGNORED, NULL};
    dedup_cleaner *cleaner;
    struct text_cleaner *worker;
    struct text_document document;
    struct text_outcome outcome;
    assert_int_equal(dedup_cleaner_create(DEDUP_CLEAN_STANDARD, &cleaner, NULL), DEDUP_OK);
    for (size_t i = 0; i < dedup_cleaner_rule_count(cleaner); i++) {
        dedup_rule rule;
        dedup_cleaner_rule(cleaner, i, &rule);
        if (strncmp(rule.id, "learned.", 8) != 0)
            assert_int_equal(dedup_cleaner_switch(cleaner, rule.id, false, NULL), DEDUP_OK);
    }
    assert_int_equal(text_cleaner_create(cleaner, 0.8, &worker, NULL), DEDUP_OK);
    document_init(&document);
    for (int round = 0; round < 2; round++) {
        dedup_buffer kept;
        dedup_buffer_init(&kept, TEXT);
        text_cleaner_learned(worker, learned_find(learned, source, strlen(source)));
        assert_int_equal(document_set(&document, text->bytes, (uint32_t)text->length, NULL), DEDUP_OK);
        assert_int_equal(text_cleaner_clean(worker, &document, &how, &outcome, NULL), DEDUP_OK);
        assert_false(outcome.restored);
        assert_int_equal(document_kept_text(&document, &kept, NULL), DEDUP_OK);
        if (round == 1)
            assert_int_equal(kept.length, text->length);
        memcpy(text->bytes, kept.data, kept.length);
        text->length = kept.length;
        text->bytes[kept.length] = '\0';
        dedup_buffer_release(&kept);
    }
    document_release(&document);
    text_cleaner_free(worker);
    dedup_cleaner_free(cleaner);
}

/* Learns from articles with `parts`: cleaning must leave what `rest` says. */
static void assert_leaves(unsigned parts, unsigned rest)
{
    struct learned *learned = learn(NULL, DOCUMENTS, parts, 1);
    struct text text, expected;
    for (unsigned number = 0; number < DOCUMENTS + 5; number++) {
        write_article(number, parts, &text);
        write_article(number, rest, &expected);
        clean(learned, "source", &text);
        assert_string_equal(text.bytes, expected.bytes);
    }
    learned_free(learned);
}

static void head_and_foot_go(void **state)
{
    (void)state;
    assert_leaves(HEAD | FOOT, 0);
    assert_leaves(HEAD, 0);
    assert_leaves(FOOT, 0);
}

static void what_stands_between_paragraphs_goes(void **state)
{
    (void)state;
    assert_leaves(HEAD | AD, 0);
}

static void sheets_of_facts_stay(void **state)
{
    (void)state;
    assert_leaves(SHEET, SHEET);
    assert_leaves(SHEET | FOOT, SHEET);
}

static void headings_stay(void **state)
{
    (void)state;
    assert_leaves(HEADINGS, HEADINGS);
    assert_leaves(HEADINGS | HEAD | FOOT, HEADINGS);
}

static void bylines_stay(void **state)
{
    (void)state;
    assert_leaves(BYLINE, BYLINE);
    assert_leaves(BYLINE | FOOT, BYLINE);
}

static void copies_count_once(void **state)
{
    struct text text, whole;
    (void)state;
    write_article(3, CLOSING, &whole);
    struct learned *copies = learn(NULL, DOCUMENTS, CLOSING, 5);
    text = whole;
    clean(copies, "source", &text);
    struct learned *distinct = learn(NULL, DOCUMENTS, CLOSING, 1);
    struct learned *few = learn(NULL, DOCUMENTS, CLOSING, 6);
    assert_string_not_equal(text.bytes, whole.bytes); /* 8 documents have it */
    text = whole;
    clean(few, "source", &text);
    assert_string_equal(text.bytes, whole.bytes); /* 7 are too few to learn from */
    text = whole;
    clean(distinct, "source", &text);
    assert_string_not_equal(text.bytes, whole.bytes);
    learned_free(copies);
    learned_free(distinct);
    learned_free(few);
}

static void other_sources_are_left_alone(void **state)
{
    struct text text, whole;
    (void)state;
    struct learned *learned = learn(NULL, DOCUMENTS, HEAD | FOOT, 1);
    write_article(1, HEAD | FOOT, &text);
    whole = text;
    clean(learned, "other", &text);
    assert_string_equal(text.bytes, whole.bytes);
    learned_free(learned);
}

static void few_documents_teach_nothing(void **state)
{
    (void)state;
    struct learned *learned = learn(NULL, LEARN_DOCUMENTS - 1, HEAD | FOOT, 1);
    assert_int_equal(learned_source_count(learned), 0);
    learned_free(learned);
}

static void the_order_makes_no_difference(void **state)
{
    enum { MANY = LEARN_SAMPLE + 150 };
    struct random random = random_make(0xc1ea);
    unsigned order[MANY];
    struct learned_fact a, b;
    const char *name;
    size_t facts = 0;
    (void)state;
    for (unsigned i = 0; i < MANY; i++)
        order[i] = i;
    struct learned *first = learn(order, MANY, HEAD | FOOT | SHEET, 1);
    for (unsigned i = MANY - 1; i > 0; i--) {
        size_t other = random_below(&random, i + 1);
        unsigned kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
    struct learned *second = learn(order, MANY, HEAD | FOOT | SHEET, 1);
    const struct learned_source *left = learned_source_at(first, 0, &name);
    const struct learned_source *right = learned_source_at(second, 0, &name);
    assert_string_equal(name, "source");
    assert_int_equal(learned_sample(left), LEARN_SAMPLE);
    for (; learned_fact(left, facts, &a); facts++) {
        assert_true(learned_fact(right, facts, &b));
        assert_true(a.mark == b.mark && a.documents == b.documents);
    }
    assert_true(facts > 5);
    assert_false(learned_fact(right, facts, &b));
    learned_free(first);
    learned_free(second);
}

/* Whatever the number of sources, memory is bounded: first by smaller samples, then by leaving sources out. */
static void memory_is_bounded(void **state)
{
    enum { SOURCES = 30, EACH = 40, SMALL = 200000 };
    struct learner *learner;
    struct learn_reader *reader;
    struct learned *learned;
    struct text text;
    const char *name;
    (void)state;
    assert_int_equal(learner_create(SMALL, &learner, NULL), DEDUP_OK);
    assert_int_equal(learn_reader_create(&reader, NULL), DEDUP_OK);
    for (unsigned i = 0; i < SOURCES * EACH; i++) {
        char source[16];
        (void)snprintf(source, sizeof source, "s%u", i % SOURCES);
        write_article(i, HEAD | FOOT, &text);
        add(learner, reader, source, order_of(i), i, &text);
    }
    learned = decide(learner);
    assert_in_range(learned_source_count(learned), 1, SOURCES - 1);
    for (size_t i = 0; i < learned_source_count(learned); i++)
        assert_int_equal(learned_sample(learned_source_at(learned, i, &name)), LEARN_SAMPLE_LEAST);
    learned_free(learned);
    learn_reader_free(reader);
    learner_free(learner);
}

static void documents_that_would_not_enter_are_not_wanted(void **state)
{
    struct learner *learner;
    struct learn_reader *reader;
    struct text text;
    uint64_t source = learn_source("source", 6);
    (void)state;
    assert_int_equal(learner_create(LEARN_MEMORY, &learner, NULL), DEDUP_OK);
    assert_int_equal(learn_reader_create(&reader, NULL), DEDUP_OK);
    for (unsigned i = 0; i < LEARN_SAMPLE; i++) {
        write_article(i, FOOT, &text);
        assert_true(learner_wants(learner, source, 10 * i));
        add(learner, reader, "source", 10 * i, i, &text);
    }
    assert_true(learner_wants(learner, source, 5));
    assert_false(learner_wants(learner, source, 10 * LEARN_SAMPLE));
    assert_true(learner_wants(learner, learn_source("other", 5), 10 * LEARN_SAMPLE));
    learn_reader_free(reader);
    learner_free(learner);
}

/* A line that three in ten documents of a source have is met in the documents that are read first. */
static void the_first_documents_promise(void **state)
{
    enum { SOURCES = 500 };
    struct random random = random_make(0x1ea2);
    struct lesson *lesson;
    (void)state;
    assert_int_equal(lesson_create(&lesson, NULL), DEDUP_OK);
    for (unsigned i = 0; i < SOURCES; i++) {
        bool promising;
        lesson_clear(lesson);
        for (uint32_t j = 0; j < LEARN_FIRST; j++) {
            uint32_t line[] = {0x4e00, random_below(&random, 10) < 3 ? 0 : j};
            uint32_t label[] = {0x4e01};
            uint64_t marks[] = {learn_hash(line, 2, LEARN_LINE, LEARN_TAIL),
                                learn_hash(label, 1, LEARN_LABEL, LEARN_TAIL)};
            struct learn_content content = {{j}, marks, i % 2 + 1};
            assert_int_equal(lesson_add(lesson, &content, NULL), DEDUP_OK);
        }
        assert_int_equal(lesson_look(lesson, &promising, NULL), DEDUP_OK);
        assert_true(promising);
    }
    lesson_free(lesson);
}

/* Labels alone, however often, are no reason to read on; nor are lines that few have. */
static void little_is_no_promise(void **state)
{
    struct lesson *lesson;
    bool promising;
    (void)state;
    assert_int_equal(lesson_create(&lesson, NULL), DEDUP_OK);
    for (uint32_t i = 0; i < LEARN_FIRST; i++) {
        uint32_t line[] = {0x4e00, i < LEARN_RECUR - 1 ? 0 : i}, label[] = {0x4e01};
        uint64_t marks[] = {learn_hash(line, 2, LEARN_LINE, LEARN_HEAD), learn_hash(label, 1, LEARN_LABEL, LEARN_HEAD)};
        assert_int_equal(lesson_add(lesson, &(struct learn_content){{i}, marks, 2}, NULL), DEDUP_OK);
    }
    assert_int_equal(lesson_look(lesson, &promising, NULL), DEDUP_OK);
    assert_false(promising);
    lesson_free(lesson);
}

/* Short documents have no marks. */
static void documents_without_marks_teach_nothing(void **state)
{
    struct lesson *lesson;
    bool promising;
    (void)state;
    assert_int_equal(lesson_create(&lesson, NULL), DEDUP_OK);
    for (uint32_t i = 0; i < LEARN_FIRST; i++)
        assert_int_equal(lesson_add(lesson, &(struct learn_content){{i}, NULL, 0}, NULL), DEDUP_OK);
    assert_int_equal(lesson_look(lesson, &promising, NULL), DEDUP_OK);
    assert_false(promising);
    assert_int_equal(lesson_end(lesson, same_number, NULL), DEDUP_OK);
    lesson_free(lesson);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_and_foot_go),
        cmocka_unit_test(what_stands_between_paragraphs_goes),
        cmocka_unit_test(sheets_of_facts_stay),
        cmocka_unit_test(headings_stay),
        cmocka_unit_test(bylines_stay),
        cmocka_unit_test(copies_count_once),
        cmocka_unit_test(other_sources_are_left_alone),
        cmocka_unit_test(few_documents_teach_nothing),
        cmocka_unit_test(the_order_makes_no_difference),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(documents_that_would_not_enter_are_not_wanted),
        cmocka_unit_test(the_first_documents_promise),
        cmocka_unit_test(little_is_no_promise),
        cmocka_unit_test(documents_without_marks_teach_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
