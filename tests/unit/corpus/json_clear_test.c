#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/json_clear.h"
#include "random.h"

enum { LONGEST = 200 };

static void check(const char *text, size_t length, size_t expected)
{
    /* A copy that ends where the text does, so that a checker sees reads behind it. */
    char *copy = malloc(length + 1);
    assert_non_null(copy);
    memcpy(copy + 1, text, length);
    for (enum isa isa = ISA_SCALAR; isa <= isa_best(); isa++)
        assert_int_equal(json_clear_length_by(isa, copy + 1, length), expected);
    assert_int_equal(json_clear_length(copy + 1, length), expected);
    free(copy);
}

static void test_every_byte_at_every_place(void **unused)
{
    (void)unused;
    char text[LONGEST];
    for (unsigned byte = 0; byte < 256; byte++) {
        bool special = byte == '"' || byte == '\\' || byte < 0x20;
        for (size_t place = 0; place < 140; place += 1 + place / 70 * 3) {
            memset(text, 0xe4, sizeof text);
            text[place] = (char)byte;
            check(text, 140, special ? place : 140);
            check(text, place + 1, special ? place : place + 1);
            check(text, place, place);
        }
    }
}

static void test_the_first_of_several(void **unused)
{
    (void)unused;
    char text[LONGEST];
    struct random random = random_make(9);
    for (int round = 0; round < 3000; round++) {
        size_t length = (size_t)random_below(&random, LONGEST + 1), first = length;
        for (size_t i = length; i-- > 0;) {
            text[i] = "abc\"\\\n\xe4"[random_below(&random, 30) == 0 ? random_below(&random, 7) : 0];
            first = text[i] == '"' || text[i] == '\\' || text[i] == '\n' ? i : first;
        }
        check(text, length, first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_byte_at_every_place),
        cmocka_unit_test(test_the_first_of_several),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
