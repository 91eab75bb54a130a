/* Fields of a line of a journal, from a scan that has accepted it. Their values are checked here, not trusted. */
#ifndef DEDUP_AUDIT_FIELDS_H
#define DEDUP_AUDIT_FIELDS_H

#include "corpus/json.h"

/* A number below 2^63; false when the value is none. */
bool field_number(const char *line, const struct json_value *value, uint64_t *out);
/* A string without escapes, as a NUL-terminated one of up to `size` - 1 bytes; false when the value is none. */
bool field_word(const char *line, const struct json_value *value, char *out, size_t size);
/* 32 hexadecimal digits; false when the value is none. */
bool field_sum(const char *line, const struct json_value *value, uint64_t *high, uint64_t *low);
/* Replaces `out` by the bytes of a hexadecimal string. Errors: FORMAT, MEMORY. */
DEDUP_NODISCARD dedup_status field_hex(const char *line, const struct json_value *value, dedup_buffer *out,
                                       dedup_error *error);
/* Replaces `out` by the text of a string, or by `bytes`, its exact bytes in hexadecimal, where they are given. Errors:
 * FORMAT, MEMORY. */
DEDUP_NODISCARD dedup_status field_text(const char *line, const struct json_value *text, const struct json_value *bytes,
                                        dedup_buffer *out, dedup_error *error);

#endif
