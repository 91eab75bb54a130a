/* Writing a page from a template: pieces of HTML with a name and places for values.
 *
 * A template is text in which a line `<!-- fragment: NAME -->` begins a piece that goes up to the next such line; of
 * one that begins with `<!-- inline: NAME -->` the last line feed is no part. `{{NAME}}` is where a value goes. Values
 * are escaped, so that nothing of the input is ever markup: see page_escape. The first failure stays in `status` and
 * turns the calls after it into nothing. */
#ifndef DEDUP_REPORT_PAGE_H
#define DEDUP_REPORT_PAGE_H

#include "dedup/buffer.h"
#include "report/number.h"

enum { PAGE_PIECES = 128 };

struct page {
    struct page_piece {
        const char *name, *begin, *end;
        size_t name_length;
    } pieces[PAGE_PIECES];
    size_t piece_count;
    dedup_buffer *out;
    dedup_error *error;
    dedup_status status;
};

struct page_value {
    const char *name;
    const char *text; /* any bytes; NULL: `digits` */
    size_t length;
    char digits[NUMBER_SIZE];
};

/* `template` is NUL-terminated and outlives the page. */
void page_init(struct page *page, const char *template, dedup_buffer *out, dedup_error *error);

struct page_value page_text(const char *name, const char *text);
struct page_value page_bytes(const char *name, const char *text, size_t length);
struct page_value page_count(const char *name, uint64_t value);                  /* 1,234,567 */
struct page_value page_decimal(const char *name, double value, unsigned digits); /* 0.81 */
/* Of a hundred, with one decimal; what is not nothing is at least 0.1. */
struct page_value page_share(const char *name, uint64_t part, uint64_t whole);

/* Appends a fragment. A fragment or value that the template does not have is an error (FORMAT): tests use them all. */
void page_put_values(struct page *page, const char *fragment, const struct page_value *values, size_t count);
#define PAGE_PUT(page, fragment, ...)                                                                                  \
    page_put_values((page), (fragment), (const struct page_value[]){__VA_ARGS__},                                      \
                    sizeof((const struct page_value[]){__VA_ARGS__}) / sizeof(struct page_value))
/* A fragment without values. */
void page_put(struct page *page, const char *fragment);

/* Appends any bytes as text: markup is escaped; control, invisible and direction-turning characters become their
 * number in angle brackets; bytes that are not UTF-8 too; CR LF and CR become a line feed. */
void page_escape(struct page *page, const char *text, size_t length);

#endif
