/* Patterns compiled when they are first used: most runs meet few of the patterns of the packs, and to compile them all,
 * with code for this machine, takes longer than to clean a thousand short texts. */
#ifndef DEDUP_CLEAN_CODE_H
#define DEDUP_CLEAN_CODE_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/arena.h"
#include "dedup/error.h"

struct pattern_code;

/* Keeps the NUL-terminated text of a pattern (PCRE2); the code lives in the arena, but what is compiled is freed by
 * pattern_code_release. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status pattern_code_create(struct arena *arena, const char *text, size_t length,
                                                 struct pattern_code **out, dedup_error *error);
void pattern_code_release(struct pattern_code *code); /* NULL is fine */

/* What a pattern compiles to, valid until the code is released. Safe from any thread. Errors: MEMORY, FORMAT (PCRE2
 * does not take the pattern). */
DEDUP_NODISCARD dedup_status pattern_code_get(struct pattern_code *code, const pcre2_code **out, dedup_error *error);

#endif
