/* The differences of two texts turn one into the other. The first zero byte divides the input into the two. */
#include <stdlib.h>
#include <string.h>

#include "diff_check.h"

#define CHECK(condition) ((condition) ? (void)0 : abort())
enum { BOUNDARIES_BELOW = 2000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = size != 0 ? memchr(data, 0, size) : NULL;
    const char *a = size != 0 ? (const char *)data : "";
    size_t a_length = zero ? (size_t)(zero - data) : size / 2;
    const char *b = a + a_length + (zero != NULL);
    size_t b_length = size - a_length - (zero != NULL);
    dedup_diff diff;
    CHECK(dedup_diff_make(a, a_length, b, b_length, &diff, NULL) == DEDUP_OK);
    CHECK(diff_check(a, a_length, b, b_length, &diff, size < BOUNDARIES_BELOW));
    dedup_diff_release(&diff);
    return 0;
}
