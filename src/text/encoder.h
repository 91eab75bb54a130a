/* UTF-8 back to the encoding it came from, by the codes that a run wrote down (code_forms.h). */
#ifndef DEDUP_TEXT_ENCODER_H
#define DEDUP_TEXT_ENCODER_H

#include "text/encoding.h"

struct encoder;

/* An encoder for a family without tables: UTF-8 and UTF-16. Errors: MEMORY, ARGUMENT (another family). */
DEDUP_NODISCARD dedup_status encoder_create(enum encoding_family family, struct encoder **out, dedup_error *error);
/* One by the characters of `characters` and their codes in hexadecimal with single blanks between; ASCII is itself.
 * Errors: MEMORY, FORMAT. */
DEDUP_NODISCARD dedup_status encoder_create_from(const char *characters, size_t length, const char *codes,
                                                 size_t codes_length, struct encoder **out, dedup_error *error);
void encoder_free(struct encoder *encoder); /* NULL is fine */

/* True when bytes go through as they are. */
bool encoder_is_plain(const struct encoder *encoder);

/* Encodes the UTF-8 at `text`, up to `most` bytes of output, to `out`; stops before what is not well-formed, may be cut
 * off by the end of `text`, or has no code. *used gets the bytes of text that were encoded. Returns the bytes of
 * output. */
size_t encoder_encode(const struct encoder *encoder, const char *text, size_t length, char *out, size_t most,
                      size_t *used);

#endif
