/* What kind of line a text is by itself. */
#ifndef DEDUP_TEXT_LINE_KIND_H
#define DEDUP_TEXT_LINE_KIND_H

#include "text/fold_reader.h"

/* text_classify with the content that the fold pass has found already. */
uint32_t line_kind(const char *text, size_t length, const uint32_t *key, size_t key_count,
                   const struct fold_content *content);

#endif
