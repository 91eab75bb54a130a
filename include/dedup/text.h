/* Bytes to text, and text to the form in which it is compared. */
#ifndef DEDUP_TEXT_H
#define DEDUP_TEXT_H

#include "dedup/buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a decode found. */
typedef struct dedup_decoded {
    char encoding[32]; /* name, NUL-terminated */
    size_t repairs;    /* ill-formed stretches that became U+FFFD */
} dedup_decoded;

/* Appends `bytes` as UTF-8. `label` names the encoding (WHATWG and iconv(3) names); NULL detects it. A byte order mark
 * is dropped. Errors: MEMORY, LIMIT, ARGUMENT (unknown label). */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_decode(const void *bytes, size_t length, const char *label,
                                                    dedup_buffer *utf8, dedup_decoded *info, dedup_error *error);

/* Appends the fold key of a text as UTF-8: NFKC_Casefold, traditional to simplified by character, letters, marks and
 * numbers only. Ill-formed bytes count as U+FFFD, which has no key. Errors: MEMORY, LIMIT. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_fold(const char *text, size_t length, dedup_buffer *key,
                                                  dedup_error *error);

#ifdef __cplusplus
}
#endif
#endif
