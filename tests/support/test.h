/* cmocka, with the headers that it needs before it. */
#ifndef DEDUP_TESTS_TEST_H
#define DEDUP_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
