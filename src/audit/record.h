/* One record of the removal log, as it is needed to rebuild the input. */
#ifndef DEDUP_AUDIT_RECORD_H
#define DEDUP_AUDIT_RECORD_H

#include "corpus/json.h"

enum record_source {
    RECORD_MEASURED, /* only its length is known */
    RECORD_BYTES,    /* `bytes` are those of the input */
    RECORD_TEXT      /* `bytes` are UTF-8 to be encoded */
};

struct record {
    dedup_buffer document; /* its name */
    uint64_t begin, end;   /* bytes of the file */
    enum record_source source;
    dedup_buffer bytes;   /* ready: a text of a JSON string is escaped */
    uint64_t written;     /* bytes of the output that took its place */
    dedup_buffer scratch; /* private */
};

void record_init(struct record *record);
void record_release(struct record *record);

/* True when the record is of the file `path`, or of a line of it. */
bool record_is_of(const struct record *record, const char *path);

/* Replaces `record` by what a line says. Errors: FORMAT, MEMORY. */
DEDUP_NODISCARD dedup_status record_parse(struct record *record, const char *line, size_t length, dedup_error *error);

#endif
