/* cmocka with the headers that it needs. */
#ifndef DEDUP_TESTS_CORPUS_TEST_H
#define DEDUP_TESTS_CORPUS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dedup/buffer.h"
#include "random.h"

#endif
