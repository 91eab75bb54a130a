/* Folds a text line by line in one pass. */
#ifndef DEDUP_TEXT_FOLD_READER_H
#define DEDUP_TEXT_FOLD_READER_H

#include <stdbool.h>

#include "text/fold.h"
#include "text/fold_kernel.h"

struct fold_reader {
    const struct fold_kernel *kernel;
    const unsigned char *text; /* borrowed */
    size_t length;
    size_t begin;     /* place of `block` in the text */
    size_t end;       /* first byte that is not decoded yet */
    size_t to;        /* first code point of `block` that is not packed yet */
    size_t next;      /* first code point of `block` that belongs to no line yet */
    size_t next_end;  /* of block.ends */
    uint64_t counts;  /* of what was packed last, up to `next` */
    size_t key;       /* place in the key of what was packed last */
    uint64_t points;  /* how many code points are decoded */
    bool feed_behind; /* the line feed that comes next belongs to a carriage return */
    struct fold_block block;
};

/* `text` must be valid UTF-8 and outlive the reader. The kernel is that of `isa`, usually isa_best(). */
void fold_reader_init(struct fold_reader *reader, const char *text, size_t length, enum isa isa);

/* What a text is made of. */
struct fold_content {
    size_t points;  /* code points */
    size_t symbols; /* ASCII punctuation but for # and * */
    bool sentence;  /* has a mark outside ASCII that ends a sentence */
    bool stop;      /* has . ! ? or ; */
};

/* A line: where it ends and where the next one begins, behind its terminator; both are the end of the text when it has
 * none. */
struct fold_line {
    size_t end, next;
    size_t key_end;              /* where its key ends and that of the next one begins */
    struct fold_content content; /* terminator left out */
};

/* Gives the next line. Its key was appended to `key`, maybe with some of what follows. To be called until line->next is
 * the end of the text; the key of the text ends with that of its last line. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status fold_reader_line(struct fold_reader *reader, struct fold_key *key, struct fold_line *line,
                                              dedup_error *error);

/* A text as a whole. */
struct fold_whole {
    uint64_t points; /* code points, terminators among them */
    size_t filled;   /* lines with a key */
};

/* Appends the key of the whole text of a reader that gave no line yet. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status fold_reader_whole(struct fold_reader *reader, struct fold_key *key,
                                               struct fold_whole *whole, dedup_error *error);

#endif
