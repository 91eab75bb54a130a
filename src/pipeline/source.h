/* How the text of one document lies in its file, and the way back from places in the text to bytes of the file. */
#ifndef DEDUP_PIPELINE_SOURCE_H
#define DEDUP_PIPELINE_SOURCE_H

#include "corpus/json.h"
#include "text/encoding.h"

/* Which top-level fields of a JSON line are looked at; NULL: none. Without `text` the source has an empty text, and of
 * the line only what is asked for is checked (json_glance). */
struct source_fields {
    const char *text, *id, *date;
    const char *origin; /* the field that names where a document comes from */
    bool origins;       /* look for that field, and for "source", "site" and "url" */
};

/* Scratch of one worker for opening sources. */
struct source_desk {
    struct decoder *decoder;
    dedup_buffer line;            /* a JSON line in another encoding than UTF-8, decoded */
    dedup_buffer unescaped;       /* text of a JSON string */
    dedup_buffer name, date;      /* values of the id and date fields */
    dedup_buffer origin;          /* what names the source */
    struct source_fields fields;  /* those of the line that was opened last */
    struct json_layout layout;    /* how they began */
    uint32_t *offsets, *repaired; /* for mapping */
    size_t offset_capacity, repaired_capacity;
    struct decode_repair *line_repairs;
    size_t line_repair_capacity;
    uint32_t *changes;
    size_t change_capacity;
};

/* Where a JSON line says what, so that it can be opened again without a scan: raw bytes of the line as UTF-8. */
struct source_places {
    uint32_t text_begin, text_end;
    uint32_t origin_begin, origin_end; /* a string without its quotes, or a number; 0: nothing names the source */
};

struct source {
    const char *bytes; /* the document in the decompressed file: the whole file, or one line */
    size_t length;
    const struct encoding *encoding;
    bool json;
    /* JSON only: the line as UTF-8, and the raw bytes of the string in it. */
    const char *line;
    size_t line_length;
    struct json_value value;
    struct source_places places;
    bool address;                             /* the origin is the host of an address */
    bool escaped;                             /* the string has escapes, so its text is not its raw bytes */
    size_t json_repairs;                      /* lone surrogates */
    const struct decode_repair *line_repairs; /* of a line in another encoding: `text` is an offset in the line */
    uint32_t line_repair_count;
    const char *raw_text; /* unescaped, not yet known to be UTF-8 */
    size_t raw_text_length;
    /* What the document says. */
    const char *text; /* UTF-8 */
    uint32_t text_length;
    const struct decode_repair *repairs;
    uint32_t repair_count;
    /* JSON only: offsets in `text` of each U+FFFD that stands for something else in the line: ill-formed bytes or a
     * lone surrogate. */
    const uint32_t *changes;
    size_t change_count;
    const char *id; /* NUL-terminated value of the id field, NULL when there is none */
    const char *date;
    const char *origin; /* NUL-terminated: the first of these fields that says something, of the address its host */
};

DEDUP_NODISCARD dedup_status source_desk_create(struct source_desk *desk, dedup_error *error);
void source_desk_release(struct source_desk *desk);

/* Opens a text document. Everything in `source` lives until the desk opens the next. Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status source_open_text(struct source_desk *desk, const struct encoding *encoding,
                                              const char *bytes, size_t length, struct source *source,
                                              dedup_error *error);
/* Opens a line of a JSON Lines file (without its terminator). Errors: also FORMAT: not an object, or no string in the
 * text field. */
DEDUP_NODISCARD dedup_status source_open_json(struct source_desk *desk, const struct encoding *encoding,
                                              const struct source_fields *fields, const char *bytes, size_t length,
                                              struct source *source, dedup_error *error);

/* What the first opening of a line, with text and origins, has found. */
struct source_again {
    const struct source_places *places;
    bool address; /* as in struct source */
    bool sound;   /* the text needed no repairs */
    bool text;    /* the text is wanted; else it is empty */
};

/* Opens such a line again. Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status source_reopen_json(struct source_desk *desk, const struct encoding *encoding,
                                                const struct source_again *again, const char *bytes, size_t length,
                                                struct source *source, dedup_error *error);

/* How the text of a JSON line is escaped: what takes the place of a part of it is spelled likewise. */
struct json_style source_style(const struct source *source);

/* For `count` ascending offsets into source->text the offsets in source->line (JSON only). `places` may be `offsets`.
 * Errors: MEMORY. */
DEDUP_NODISCARD dedup_status source_map_to_line(struct source_desk *desk, const struct source *source,
                                                const uint32_t *offsets, size_t count, uint32_t *places,
                                                dedup_error *error);
/* The same for offsets in source->bytes. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status source_map(struct source_desk *desk, const struct source *source, const uint32_t *offsets,
                                        size_t count, uint32_t *places, dedup_error *error);

#endif
