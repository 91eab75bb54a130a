#include "report/page.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/failure.h"
#include "base/utf8.h"

/* The next line that begins a piece; NULL: none. *name and *length are its name, *in_line its kind. */
static const char *find_head(const char *at, const char **name, size_t *length, bool *in_line)
{
    static const char fragment[] = "<!-- fragment: ", inline_[] = "<!-- inline: ", tail[] = " -->\n";
    for (; (at = strstr(at, "<!-- ")) != NULL; at++) {
        *in_line = strncmp(at, inline_, sizeof inline_ - 1) == 0;
        if (!*in_line && strncmp(at, fragment, sizeof fragment - 1) != 0)
            continue;
        *name = at + (*in_line ? sizeof inline_ : sizeof fragment) - 1;
        const char *end = strstr(*name, tail);
        *length = end ? (size_t)(end - *name) : strlen(*name);
        return at;
    }
    return NULL;
}

void page_init(struct page *page, const char *template, dedup_buffer *out, dedup_error *error)
{
    *page = (struct page){.out = out, .error = error, .status = DEDUP_OK};
    const char *name;
    size_t length;
    bool in_line = false;
    const char *head = find_head(template, &name, &length, &in_line);
    while (head && page->piece_count < PAGE_PIECES) {
        struct page_piece *piece = &page->pieces[page->piece_count++];
        bool this_in_line = in_line;
        const char *body = strchr(name + length, '\n');
        piece->name = name;
        piece->name_length = length;
        piece->begin = body ? body + 1 : name + length;
        head = find_head(piece->begin, &name, &length, &in_line);
        piece->end = head ? head : piece->begin + strlen(piece->begin);
        piece->end -= this_in_line && piece->end > piece->begin;
    }
}

struct page_value page_text(const char *name, const char *text)
{
    return page_bytes(name, text, strlen(text));
}

struct page_value page_bytes(const char *name, const char *text, size_t length)
{
    return (struct page_value){.name = name, .text = text ? text : "", .length = length};
}

struct page_value page_count(const char *name, uint64_t value)
{
    struct page_value out = {.name = name};
    out.length = number_grouped(value, out.digits);
    return out;
}

struct page_value page_decimal(const char *name, double value, unsigned digits)
{
    struct page_value out = {.name = name};
    out.length = number_fixed(value, digits, out.digits);
    return out;
}

struct page_value page_share(const char *name, uint64_t part, uint64_t whole)
{
    double share = whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
    return page_decimal(name, part != 0 && share < 0.1 ? 0.1 : share, 1);
}

static void put(struct page *page, const char *bytes, size_t length)
{
    if (page->status == DEDUP_OK)
        page->status = dedup_buffer_append(page->out, bytes, length, page->error);
}

/* How a character is written; NULL when it stands as it is. `out` is room for a number. */
static const char *entity_of(uint32_t point, char *out, size_t size)
{
    switch (point) {
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\n':
    case '\t': return NULL;
    default: break;
    }
    if (!escape_is_unsafe(point))
        return NULL;
    (void)snprintf(out, size, "⟨U+%04X⟩", (unsigned)point);
    return out;
}

void page_escape(struct page *page, const char *text, size_t length)
{
    size_t done = 0; /* written up to here */
    for (size_t i = 0, step; i < length; i += step) {
        char number[24];
        const char *written;
        uint32_t point = 0;
        step = utf8_sequence(text + i, length - i, &point);
        if (step == 0) {
            (void)snprintf(number, sizeof number, "⟨%02X⟩", (unsigned)(unsigned char)text[i]);
            written = number;
            step = 1;
        } else if (point == '\r') {
            written = i + 1 < length && text[i + 1] == '\n' ? "" : "\n";
        } else {
            written = entity_of(point, number, sizeof number);
        }
        if (!written)
            continue;
        put(page, text + done, i - done);
        put(page, written, strlen(written));
        done = i + step;
    }
    put(page, text + done, length - done);
}

static bool is_named(const char *name, const char *text, size_t length)
{
    return strlen(name) == length && memcmp(name, text, length) == 0;
}

static const struct page_piece *find_piece(const struct page *page, const char *name)
{
    for (size_t i = 0; i < page->piece_count; i++)
        if (is_named(name, page->pieces[i].name, page->pieces[i].name_length))
            return &page->pieces[i];
    return NULL;
}

static void put_value(struct page *page, const char *fragment, const char *name, size_t length,
                      const struct page_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_named(values[i].name, name, length)) {
            page_escape(page, values[i].text ? values[i].text : values[i].digits, values[i].length);
            return;
        }
    if (page->status == DEDUP_OK)
        page->status =
            fail(page->error, DEDUP_ERROR_FORMAT, "the page has no value %.*s for %s", (int)length, name, fragment);
}

/* The next place for a value; NULL: none. */
static const char *find_place(const char *at, const char *end)
{
    while (at < end && (at = memchr(at, '{', (size_t)(end - at))) != NULL) {
        if (at[1] == '{')
            return at;
        at++;
    }
    return NULL;
}

void page_put_values(struct page *page, const char *fragment, const struct page_value *values, size_t count)
{
    if (page->status != DEDUP_OK)
        return;
    const struct page_piece *piece = find_piece(page, fragment);
    if (!piece) {
        page->status = fail(page->error, DEDUP_ERROR_FORMAT, "the page has no fragment %s", fragment);
        return;
    }
    const char *at = piece->begin;
    for (;;) {
        const char *open = find_place(at, piece->end), *close = open ? strstr(open, "}}") : NULL;
        if (!close)
            break;
        put(page, at, (size_t)(open - at));
        put_value(page, fragment, open + 2, (size_t)(close - open - 2), values, count);
        at = close + 2;
    }
    put(page, at, (size_t)(piece->end - at));
}

void page_put(struct page *page, const char *fragment)
{
    page_put_values(page, fragment, NULL, 0);
}
