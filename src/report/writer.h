/* Writing indented JSON with a fixed order of keys.
 *
 * The first failure stays in `status` and turns the calls after it into nothing, so that callers look once, at the end.
 * A key of NULL stands for an element of an array. */
#ifndef DEDUP_REPORT_WRITER_H
#define DEDUP_REPORT_WRITER_H

#include <stdbool.h>

#include "dedup/buffer.h"

struct writer {
    dedup_buffer *out;
    dedup_error *error;
    dedup_status status; /* the first failure */
    unsigned depth;      /* open objects and arrays */
    unsigned row;        /* depth at which a single line began; 0: none is open */
    bool first;          /* nothing stands yet in the innermost object or array */
};

void writer_init(struct writer *writer, dedup_buffer *out, dedup_error *error);

/* Opens an object ('{') or array ('['); writer_close takes its counterpart. */
void writer_open(struct writer *writer, const char *key, char bracket);
/* The same, but everything up to its end stays on one line. */
void writer_open_row(struct writer *writer, const char *key, char bracket);
void writer_close(struct writer *writer, char bracket);

/* Text of any bytes, see bytes_field; NULL becomes null. Inside an array the text must be valid UTF-8 to be exact. */
void writer_text(struct writer *writer, const char *key, const char *text);
void writer_number(struct writer *writer, const char *key, uint64_t value);
/* A decimal without zeros at its end. */
void writer_decimal(struct writer *writer, const char *key, double value, unsigned digits);
void writer_flag(struct writer *writer, const char *key, bool value);

#endif
