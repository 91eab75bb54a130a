/* Two texts side by side. Each row holds a stretch with its differences; what is equal for long is left out. */
#include <string.h>

#include "base/utf8.h"
#include "dedup/diff.h"
#include "report/html.h"

enum {
    CONTEXT = 40,           /* characters shown around a difference */
    EQUAL_SHOWN = 160,      /* an equal stretch up to this long is shown whole */
    DIFFERENCES_SHOWN = 40, /* per pair */
    MARKED_SHOWN = 400,     /* characters shown of one side of a difference, half at each end */
};

/* The place behind the first `count` characters of text[begin, end). */
static size_t skip(const char *text, size_t begin, size_t end, size_t count)
{
    for (; begin < end && count != 0; count--) {
        begin++;
        while (begin < end && ((unsigned char)text[begin] & 0xc0) == 0x80)
            begin++;
    }
    return begin;
}

/* The place before the last `count` characters of text[begin, end). */
static size_t skip_back(const char *text, size_t begin, size_t end, size_t count)
{
    for (; end > begin && count != 0; count--) {
        end--;
        while (end > begin && ((unsigned char)text[end] & 0xc0) == 0x80)
            end--;
    }
    return end;
}

/* A stretch of both texts that makes a row: the differences [first, last), and equal text around. */
struct row {
    size_t first, last;
    size_t before, behind; /* bytes of equal text shown before the first and behind the last */
};

static void put_marked(struct page *page, const char *fragment, const char *text, size_t begin, size_t end)
{
    if (begin == end)
        return;
    size_t head = skip(text, begin, end, MARKED_SHOWN / 2), tail = skip_back(text, head, end, MARKED_SHOWN / 2);
    page_put(page, fragment);
    page_escape(page, text + begin, head - begin);
    if (tail > head) {
        page_put(page, "mark-close");
        page_put(page, "elision");
        page_put(page, fragment);
    }
    page_escape(page, text + tail, end - tail);
    page_put(page, "mark-close");
}

/* One side of a row: `first_side` is the text that stays. */
static void put_side(struct page *page, const struct report_text *text, const dedup_diff *diff, const struct row *row,
                     bool first_side)
{
    const char *mark = first_side ? "mark-kept" : "mark-copy";
    size_t at = (first_side ? diff->items[row->first].a_begin : diff->items[row->first].b_begin) - row->before;
    for (size_t i = row->first; i < row->last; i++) {
        const dedup_difference *item = &diff->items[i];
        size_t begin = first_side ? item->a_begin : item->b_begin, end = first_side ? item->a_end : item->b_end;
        page_escape(page, text->text + at, begin - at);
        put_marked(page, mark, text->text, begin, end);
        at = end;
    }
    page_escape(page, text->text + at, row->behind);
}

static void put_row(struct page *page, const struct report_pair *pair, const dedup_diff *diff, const struct row *row)
{
    page_put(page, "diff-row-open");
    put_side(page, &pair->kept, diff, row, true);
    page_put(page, "diff-row-middle");
    put_side(page, &pair->dropped, diff, row, false);
    page_put(page, "diff-row-close");
}

static void put_gap(struct page *page, const char *text, size_t begin, size_t end)
{
    if (end > begin)
        PAGE_PUT(page, "diff-gap", page_count("count", utf8_count(text + begin, end - begin)));
}

/* Equal text [begin, end) of the first text before difference `next`; at the end of the texts `next` is the count. */
struct equal {
    size_t begin, end;
};

static struct equal equal_before(const struct report_pair *pair, const dedup_diff *diff, size_t next)
{
    size_t begin = next > 0 ? diff->items[next - 1].a_end : 0;
    return (struct equal){begin, next < diff->count ? diff->items[next].a_begin : pair->kept.length};
}

static bool is_short(const char *text, struct equal equal)
{
    return skip(text, equal.begin, equal.end, EQUAL_SHOWN) == equal.end;
}

static void put_differences(struct page *page, const struct report_pair *pair, const dedup_diff *diff, size_t shown)
{
    const char *text = pair->kept.text;
    for (size_t first = 0, last; first < shown; first = last) {
        for (last = first + 1; last < shown && is_short(text, equal_before(pair, diff, last));)
            last++;
        struct equal before = equal_before(pair, diff, first), behind = equal_before(pair, diff, last);
        size_t lead =
            is_short(text, before) && first == 0 ? before.begin : skip_back(text, before.begin, before.end, CONTEXT);
        size_t trail =
            is_short(text, behind) && last == diff->count ? behind.end : skip(text, behind.begin, behind.end, CONTEXT);
        size_t hidden = first == 0 ? before.begin : skip(text, before.begin, before.end, CONTEXT);
        put_gap(page, text, hidden, lead);
        struct row row = {first, last, before.end - lead, trail - behind.begin};
        put_row(page, pair, diff, &row);
        if (last == diff->count)
            put_gap(page, text, trail, behind.end);
    }
}

void html_pair(struct page *page, const struct report_pair *pair)
{
    dedup_diff diff;
    if (page->status != DEDUP_OK)
        return;
    PAGE_PUT(page, "diff-open", page_text("kept", pair->kept.name), page_text("dropped", pair->dropped.name),
             page_decimal("similarity", pair->similarity, 3));
    page->status = dedup_diff_make(pair->kept.text, pair->kept.length, pair->dropped.text, pair->dropped.length, &diff,
                                   page->error);
    if (page->status != DEDUP_OK)
        return;
    size_t shown = diff.count < DIFFERENCES_SHOWN ? diff.count : DIFFERENCES_SHOWN;
    if (diff.count == 0) {
        page_put(page, "diff-same");
        put_gap(page, pair->kept.text, 0, pair->kept.length);
    }
    put_differences(page, pair, &diff, shown);
    if (shown < diff.count)
        PAGE_PUT(page, "diff-more", page_count("count", diff.count - shown));
    else if (pair->kept.cut || pair->dropped.cut)
        page_put(page, "diff-cut");
    page_put(page, "diff-close");
    dedup_diff_release(&diff);
}
