#include "pipeline/cut_store.h"

#include <string.h>

#include "test.h"

/* Packs the cuts of a document, unpacks them into another, and compares. */
static void cuts_come_back_as_they_were(void **state)
{
    (void)state;
    static const char text[] = "one two three four five six seven eight nine ten";
    struct text_document document, copy;
    dedup_buffer bytes;
    document_init(&document);
    document_init(&copy);
    dedup_buffer_init(&bytes, 1 << 20);
    document_borrow(&document, text, sizeof text - 1);
    document_borrow(&copy, text, sizeof text - 1);
    assert_int_equal(dedup_buffer_append(&document.replacements, "22", 2, NULL), DEDUP_OK);
    const struct text_cut cuts[] = {
        {.begin = 0, .end = 4, .reason = CUT_RULE + 300},
        {.begin = 4, .end = 7, .reason = CUT_RULE, .replacement = 0, .replacement_length = 2},
        {.begin = 20, .end = 40, .reason = CUT_PARAGRAPH, .kept_line = 4000000000u, .similarity = 0.875f},
    };
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(document_cut(&document, &cuts[i], NULL), DEDUP_OK);
    document_settle(&document);
    assert_int_equal(cuts_pack(&document, &bytes, NULL), DEDUP_OK);
    assert_int_equal(cuts_unpack(bytes.data, document.cut_count, &copy, NULL), DEDUP_OK);
    assert_int_equal(copy.cut_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(copy.cuts[i].begin, cuts[i].begin);
        assert_int_equal(copy.cuts[i].end, cuts[i].end);
        assert_int_equal(copy.cuts[i].reason, cuts[i].reason);
        assert_int_equal(copy.cuts[i].kept_line, cuts[i].kept_line);
        assert_true(copy.cuts[i].similarity == cuts[i].similarity);
        assert_int_equal(copy.cuts[i].replacement_length, cuts[i].replacement_length);
    }
    assert_memory_equal(copy.replacements.data + copy.cuts[1].replacement, "22", 2);
    document_release(&document);
    document_release(&copy);
    dedup_buffer_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cuts_come_back_as_they_were)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
