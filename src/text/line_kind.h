/* What kind of line a text is by itself. */
#ifndef DEDUP_TEXT_LINE_KIND_H
#define DEDUP_TEXT_LINE_KIND_H

#include "text/fold_reader.h"

/* text_classify with the content that the fold pass has found already. */
uint32_t line_kind(const char *text, size_t length, const uint32_t *key, size_t key_count,
                   const struct fold_content *content);

/* Whether LINE_PROSE_LETTERS points of a key or more are of the usual Han characters, U+4E00 to U+9FFF, by a given
 * instruction set, which the processor must have. */
enum { LINE_PROSE_LETTERS = 28 };
bool line_has_han_by(enum isa isa, const uint32_t *points, size_t count);
/* Whether a text has one of < ] / without which it has no tag, link or address. */
bool line_may_have_markup_by(enum isa isa, const char *text, size_t length);

#endif
