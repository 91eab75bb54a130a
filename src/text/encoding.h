/* Bytes to UTF-8: detection of the encoding and transcoding with the tables of iconv(3). */
#ifndef DEDUP_TEXT_ENCODING_H
#define DEDUP_TEXT_ENCODING_H

#include <stdbool.h>

#include "base/utf8_validate.h"
#include "dedup/buffer.h"

enum encoding_family {
    ENCODING_UTF8,
    ENCODING_GB18030, /* also GBK and GB2312, of which it is a superset */
    ENCODING_BIG5,    /* Big5-HKSCS, CP950 where that fails */
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_HZ,    /* HZ-GB-2312, which iconv(3) often lacks; only when declared */
    ENCODING_OTHER, /* any other name that iconv(3) knows; only when declared */
};

struct encoding {
    enum encoding_family family;
    char name[32];      /* canonical name for reports: "UTF-8", "GB18030", "EUC-TW"; also what iconv_open gets */
    unsigned char mark; /* bytes of byte order mark at the start of the input */
    unsigned char unit; /* bytes of a code unit: 1, 2 or 4; a line feed is one unit */
};

extern const struct encoding encoding_utf8; /* without a byte order mark */

/* A stretch of the input that could not be decoded and became one U+FFFD. */
struct decode_repair {
    uint32_t text;   /* offset of the U+FFFD in the decoded text */
    uint32_t raw;    /* offset of the bytes in the input */
    uint32_t length; /* how many bytes of input it stands for */
};

struct decoder; /* iconv handles and scratch of one worker */

DEDUP_NODISCARD dedup_status decoder_create(struct decoder **out, dedup_error *error);
void decoder_free(struct decoder *decoder); /* NULL is fine */

/* The encoding called `label` (any case, WHATWG and iconv names; gb2312 and gbk mean GB18030, big5 means Big5-HKSCS),
 * for input without a mark. Errors: ARGUMENT when neither we nor iconv(3) know it. */
DEDUP_NODISCARD dedup_status encoding_named(const char *label, struct encoding *out, dedup_error *error);

/* When the input begins with a byte order mark, replaces a declared encoding by the one of the mark, which is always
 * right (WHATWG Encoding Standard, "decode"), and returns true. encoding_detect does this itself. */
bool encoding_of_mark(const void *bytes, size_t length, struct encoding *out);

/* Decides by the bytes alone: mark, else tolerant UTF-8, else the candidate (UTF-8, GB18030, Big5-HKSCS, UTF-16 both
 * ways) whose decoded characters are the most frequent in Chinese; UTF-8 when nothing speaks for Chinese. Looks at
 * 64 KiB from about the first byte that is not ASCII text. Errors: MEMORY, ARGUMENT (iconv(3) lacks a candidate). */
DEDUP_NODISCARD dedup_status encoding_detect(struct decoder *decoder, const void *bytes, size_t length,
                                             struct encoding *out, dedup_error *error);

/* The result of one decode. Memory belongs to the decoder and lives until its next call, except that `text` points into
 * `bytes` when the input was valid UTF-8 (after its mark), which is the common case and copies nothing. */
struct decoded {
    const char *text; /* valid UTF-8; NULs and control characters as they came */
    uint32_t length;
    const struct decode_repair *repairs; /* ascending */
    uint32_t repair_count;
};

/* Decodes `length` (< 4 GiB) bytes. Undecodable bytes become U+FFFD, one for each maximal ill-formed stretch as the
 * WHATWG decoders cut it, and are listed. Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status decoder_decode(struct decoder *decoder, const struct encoding *encoding, const void *bytes,
                                            size_t length, struct decoded *out, dedup_error *error);

/* The inverse of positions: for `count` ascending offsets into the decoded text (code point boundaries, or its end) the
 * offsets of the same places in `bytes`. An offset inside what one code of the input gave (some codes of Big5-HKSCS are
 * two code points) maps to the end of the code, the end of the text to the end of the input. One linear pass.
 * Errors: MEMORY, ARGUMENT as decoder_decode. */
DEDUP_NODISCARD dedup_status decoder_map(struct decoder *decoder, const struct encoding *encoding, const void *bytes,
                                         size_t length, const uint32_t *offsets, size_t count, uint32_t *raw,
                                         dedup_error *error);

#endif
