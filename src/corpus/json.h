/* One line of a JSON Lines file: found, unescaped and spliced without touching any other byte.
 *
 * A validating scanner (RFC 8259) finds the raw bytes of top-level fields; nothing is parsed into a tree. Whether
 * strings are well-formed UTF-8 is not checked here. */
#ifndef DEDUP_CORPUS_JSON_H
#define DEDUP_CORPUS_JSON_H

#include <stdbool.h>

#include "dedup/buffer.h"

enum { JSON_DEPTH_MAXIMUM = 512 };

enum json_type { JSON_ABSENT = 0, JSON_STRING, JSON_NUMBER, JSON_LITERAL, JSON_OBJECT, JSON_ARRAY };

/* Raw bytes of a value in its line: for strings without the quotes. */
struct json_value {
    enum json_type type;
    bool escaped; /* a string with backslashes; otherwise raw and text are the same */
    size_t begin, end;
};

/* Scans one line (no terminator): must be one object with nothing but white space around it, and perhaps a byte order
 * mark at the beginning, as lines have where files were put together. values[i] gets the value
 * of the top-level field names[i] (compared unescaped); the last one wins when a name comes twice. Errors: FORMAT with
 * the byte of the line, counted from 1, and what was expected; LIMIT for nesting beyond JSON_DEPTH_MAXIMUM. */
DEDUP_NODISCARD dedup_status json_scan(const char *line, size_t length, const char *const *names, size_t count,
                                       struct json_value *values, dedup_error *error);

/* How the fields of a line began, from the quote of the name to the value: those of the next line mostly begin likewise
 * and are known by their bytes. All zero at first, and for other names. */
enum { JSON_LAYOUT_FIELDS = 16, JSON_LAYOUT_LONGEST = 30 };
struct json_layout {
    struct json_beginning {
        unsigned char length;
        unsigned char wanted; /* the first of the names that it has; how many there are when it has none */
        char bytes[JSON_LAYOUT_LONGEST];
    } fields[JSON_LAYOUT_FIELDS];
};

/* The text of a string value that was scanned. */
struct json_text {
    dedup_buffer *bytes;        /* the caller's */
    struct json_layout *layout; /* the caller's, kept from line to line; NULL: none */
    size_t repairs;             /* lone surrogates, which became U+FFFD */
    bool sound;                 /* well-formed UTF-8 */
};

/* json_scan, with the text of values[0] in place of what text->bytes held when that is a string. Errors: also MEMORY,
 * and LIMIT when the bytes cannot hold as much as the line. */
DEDUP_NODISCARD dedup_status json_scan_text(const char *line, size_t length, const char *const *names, size_t count,
                                            struct json_value *values, struct json_text *text, dedup_error *error);

/* The same values of a line that json_scan accepts, in less time, because the strings in other fields are not looked
 * into. So it accepts more, but the values and their bounds are right for the functions below. */
DEDUP_NODISCARD dedup_status json_glance(const char *line, size_t length, const char *const *names, size_t count,
                                         struct json_value *values, dedup_error *error);

/* The functions below take the raw bytes of a string value that json_scan or json_glance has found. */

/* Appends the text of a string value. Lone surrogates become U+FFFD and are counted in *repairs. Errors: MEMORY, LIMIT.
 */
DEDUP_NODISCARD dedup_status json_unescape(const char *raw, size_t length, dedup_buffer *out, size_t *repairs,
                                           dedup_error *error);

/* For `count` ascending offsets into the text of a string value (code point boundaries, or its end), the offsets in its
 * raw bytes. An offset that follows an escape maps behind it. One linear pass. */
void json_map(const char *raw, size_t length, const uint32_t *offsets, size_t count, uint32_t *raw_offsets);

/* How a string value was escaped. */
struct json_style {
    bool ascii; /* characters beyond ASCII stand as \uXXXX and none in the clear */
    bool upper; /* with capital digits */
    bool slash; /* slashes stand as \/ and none in the clear */
};
struct json_style json_style_of(const char *raw, size_t length);

/* Appends `text` escaped for a JSON string, without quotes. Bytes that are not UTF-8 become U+FFFD where `ascii` asks
 * for an escape and stay otherwise. Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status json_escape_like(struct json_style style, const char *text, size_t length,
                                              dedup_buffer *out, dedup_error *error);

#endif
