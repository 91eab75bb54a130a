/* Two texts side by side. Each row holds a stretch with its differences; what is equal for long is left out. */
#include <string.h>

#include "base/utf8.h"
#include "dedup/diff.h"
#include "report/html.h"

enum {
    CONTEXT = 40,           /* characters shown around a difference */
    EQUAL_SHOWN = 160,      /* a stretch that does not differ but in form, up to this long, is shown whole */
    DIFFERENCES_SHOWN = 40, /* per pair, those of form not counted */
    MARKED_SHOWN = 400,     /* characters shown of one side of a difference, half at each end */
    FORM_SHOWN = 300        /* characters shown of a pair that differs in form only */
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

/* Places in both texts that stand for each other. */
struct spot {
    size_t kept, dropped;
};

/* A pair while it is shown. */
struct showing {
    struct page *page;
    const struct report_pair *pair;
    const dedup_diff *diff;
};

static struct spot begin_of(const dedup_change *item)
{
    return (struct spot){item->a_begin, item->b_begin};
}

static struct spot end_of(const dedup_change *item)
{
    return (struct spot){item->a_end, item->b_end};
}

/* The spot of a place in the text that stays, which is in no difference but one of form; then it is its begin. */
static struct spot spot_of(const struct showing *showing, size_t place)
{
    struct spot before = {0, 0};
    for (size_t i = 0; i < showing->diff->count; i++) {
        const dedup_change *item = &showing->diff->items[i];
        if (item->a_end > place || (item->a_end == place && item->a_begin == place))
            return item->a_begin < place ? begin_of(item) : (struct spot){place, before.dropped + place - before.kept};
        before = end_of(item);
    }
    return (struct spot){place, before.dropped + place - before.kept};
}

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

/* One side of the stretch from `begin` to `end`. */
static void put_side(const struct showing *showing, struct spot begin, struct spot end, bool kept)
{
    const char *text = kept ? showing->pair->kept.text : showing->pair->dropped.text;
    size_t at = kept ? begin.kept : begin.dropped, stop = kept ? end.kept : end.dropped;
    for (size_t i = 0; i < showing->diff->count; i++) {
        const dedup_change *item = &showing->diff->items[i];
        size_t from = kept ? item->a_begin : item->b_begin, to = kept ? item->a_end : item->b_end;
        if (item->a_begin < begin.kept || item->b_begin < begin.dropped || from < at)
            continue;
        if (item->a_end > end.kept || item->b_end > end.dropped)
            break;
        page_escape(showing->page, text + at, from - at);
        put_marked(showing->page, item->form ? "mark-form" : kept ? "mark-kept" : "mark-copy", text, from, to);
        at = to;
    }
    page_escape(showing->page, text + at, stop - at);
}

static void put_row(const struct showing *showing, struct spot begin, struct spot end)
{
    page_put(showing->page, "diff-row-open");
    put_side(showing, begin, end, true);
    page_put(showing->page, "diff-row-middle");
    put_side(showing, begin, end, false);
    page_put(showing->page, "diff-row-close");
}

/* Says how much is left out. */
static void put_gap(const struct showing *showing, size_t begin, size_t end)
{
    bool form = false;
    for (size_t i = 0; i < showing->diff->count; i++)
        form = form || (showing->diff->items[i].a_begin >= begin && showing->diff->items[i].a_end <= end);
    if (end > begin)
        PAGE_PUT(showing->page, form ? "diff-gap-form" : "diff-gap",
                 page_count("count", utf8_count(showing->pair->kept.text + begin, end - begin)));
}

/* The next difference from index `at` on that is not of form; the count at the end. */
static size_t next_real(const dedup_diff *diff, size_t at)
{
    while (at < diff->count && diff->items[at].form)
        at++;
    return at;
}

static bool is_short(const char *text, size_t begin, size_t end)
{
    return skip(text, begin, end, EQUAL_SHOWN) == end;
}

/* Rows for the first `shown` differences that are not of form. What stands before, between and behind is shown whole
 * when it is short, and otherwise its ends are. */
static void put_differences(const struct showing *showing, size_t shown)
{
    const dedup_diff *diff = showing->diff;
    const char *text = showing->pair->kept.text;
    size_t done = 0, length = showing->pair->kept.length; /* shown or said to be left out */
    for (size_t first = next_real(diff, 0), left = shown; left > 0;) {
        size_t last = first, next = next_real(diff, first + 1);
        for (left--; left > 0 && is_short(text, diff->items[last].a_end, diff->items[next].a_begin); left--) {
            last = next;
            next = next_real(diff, last + 1);
        }
        size_t begin = diff->items[first].a_begin, end = diff->items[last].a_end;
        size_t stop = next < diff->count ? diff->items[next].a_begin : length;
        size_t lead = done == 0 && is_short(text, 0, begin) ? 0 : skip_back(text, done, begin, CONTEXT);
        size_t trail = next == diff->count && is_short(text, end, stop) ? stop : skip(text, end, stop, CONTEXT);
        struct spot from = lead == begin ? begin_of(&diff->items[first]) : spot_of(showing, lead);
        struct spot to = trail == end ? end_of(&diff->items[last]) : spot_of(showing, trail);
        put_gap(showing, done, from.kept);
        put_row(showing, from, to);
        done = to.kept;
        first = next;
        if (next == diff->count)
            put_gap(showing, done, length);
    }
}

/* The beginning of texts that do not differ, or in form only. */
static void put_same(const struct showing *showing)
{
    const struct report_text *kept = &showing->pair->kept;
    page_put(showing->page, showing->diff->forms != 0 ? "diff-form" : "diff-same");
    if (showing->diff->forms == 0) {
        put_gap(showing, 0, kept->length);
        return;
    }
    size_t end = skip(kept->text, 0, kept->length, FORM_SHOWN);
    struct spot to = end == kept->length ? (struct spot){end, showing->pair->dropped.length} : spot_of(showing, end);
    put_row(showing, (struct spot){0, 0}, to);
    put_gap(showing, to.kept, kept->length);
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
    size_t real = diff.count - diff.forms, shown = real < DIFFERENCES_SHOWN ? real : DIFFERENCES_SHOWN;
    struct showing showing = {page, pair, &diff};
    if (real == 0)
        put_same(&showing);
    put_differences(&showing, shown);
    if (shown < real)
        PAGE_PUT(page, "diff-more", page_count("count", real - shown));
    else if (pair->kept.cut || pair->dropped.cut)
        page_put(page, "diff-cut");
    page_put(page, "diff-close");
    dedup_diff_release(&diff);
}
