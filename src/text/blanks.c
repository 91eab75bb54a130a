/* document_collapse_blanks. A kept line is what stands between two terminators of the kept text; where a cut takes a
 * terminator it is made of pieces of several lines of the document. */
#include "base/failure.h"
#include "text/document.h"

struct collapse {
    struct text_document *document;
    size_t settled;       /* cuts that were there before; ours come behind them */
    uint32_t begin;       /* where the present kept line begins */
    bool content;         /* it has more than spaces and invisible characters */
    bool blank_before;    /* the kept line before it is blank, or there is none */
    bool cut;             /* something was */
    uint32_t blank_begin; /* that blank line: it goes too when the text ends there */
    uint32_t blank_end;
};

/* The first settled cut that ends behind `offset`. */
static size_t cut_behind(const struct collapse *collapse, uint32_t offset)
{
    size_t low = 0, high = collapse->settled;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (collapse->document->cuts[middle].end > offset)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Cuts what the settled cuts leave of [begin, end), their replacements included. */
static dedup_status cut_rest(struct collapse *collapse, uint32_t begin, uint32_t end, dedup_error *error)
{
    struct text_document *document = collapse->document;
    collapse->cut = true;
    for (size_t i = cut_behind(collapse, begin); i < collapse->settled && document->cuts[i].begin < end; i++) {
        struct text_cut rest = {.begin = begin, .end = document->cuts[i].begin, .reason = CUT_BLANK_RUN};
        document->cuts[i].replacement_length = 0;
        begin = document->cuts[i].end;
        TRY(document_cut(document, &rest, error));
    }
    struct text_cut rest = {.begin = begin, .end = end, .reason = CUT_BLANK_RUN};
    return document_cut(document, &rest, error);
}

/* Ends the present kept line at `end`, behind its terminator. */
static dedup_status end_line(struct collapse *collapse, uint32_t end, dedup_error *error)
{
    if (!collapse->content && collapse->blank_before) {
        TRY(cut_rest(collapse, collapse->begin, end, error));
    } else if (!collapse->content) {
        collapse->blank_begin = collapse->begin;
        collapse->blank_end = end;
    }
    collapse->blank_before = !collapse->content;
    collapse->begin = end;
    collapse->content = false;
    return DEDUP_OK;
}

/* Takes a piece of the kept text that lies inside one line. */
static dedup_status take_piece(struct collapse *collapse, const struct text_line *line, uint32_t begin, uint32_t end,
                               dedup_error *error)
{
    if (begin < line->end) {
        uint32_t stop = end < line->end ? end : line->end;
        collapse->content = collapse->content || !text_is_blank(collapse->document->text + begin, stop - begin);
    }
    return end > line->end && begin < end ? end_line(collapse, end, error) : DEDUP_OK;
}

/* Takes what the cuts leave of a line. *next is the first settled cut that may touch it. */
static dedup_status take_cut_line(struct collapse *collapse, const struct text_line *line, size_t *next,
                                  dedup_error *error)
{
    const struct text_document *document = collapse->document;
    uint32_t place = line->begin;
    for (; *next < collapse->settled && document->cuts[*next].begin < line->next; ++*next) {
        struct text_cut cut = document->cuts[*next];
        if (cut.begin > place)
            TRY(take_piece(collapse, line, place, cut.begin, error));
        if (cut.replacement_length != 0 && cut.begin >= line->begin)
            collapse->content = collapse->content ||
                                !text_is_blank(document->replacements.data + cut.replacement, cut.replacement_length);
        place = cut.end;
        if (cut.end > line->next)
            break;
    }
    return place < line->next ? take_piece(collapse, line, place, line->next, error) : DEDUP_OK;
}

/* Whether a line is blank, or may be when its cuts are made. */
static bool may_be_blank(const struct text_document *document)
{
    uint32_t all = 0, kept = LINE_REMOVED;
    for (size_t i = 0; i < document->line_count; i++) {
        all |= document->lines[i].flags;
        kept &= document->lines[i].flags;
    }
    return all & (LINE_BLANK | LINE_CUT) || kept != 0;
}

dedup_status document_collapse_blanks(struct text_document *document, dedup_error *error)
{
    struct collapse collapse = {.document = document, .settled = document->cut_count, .blank_before = true};
    size_t next = 0;
    if (!may_be_blank(document))
        return DEDUP_OK;
    for (size_t i = 0; i < document->line_count; i++) {
        const struct text_line *line = &document->lines[i];
        while (next < collapse.settled && document->cuts[next].end <= line->begin)
            next++;
        if (line->flags & LINE_CUT) {
            TRY(take_cut_line(&collapse, line, &next, error));
        } else if (!(line->flags & LINE_REMOVED)) {
            collapse.content = collapse.content || !(line->flags & LINE_BLANK);
            if (line->next > line->end)
                TRY(end_line(&collapse, line->next, error));
        }
    }
    if (!collapse.content)
        TRY(cut_rest(&collapse, collapse.begin, document->length, error));
    if (!collapse.content && collapse.blank_before && collapse.blank_end != 0)
        TRY(cut_rest(&collapse, collapse.blank_begin, collapse.blank_end, error));
    if (collapse.cut)
        document_settle(document);
    return DEDUP_OK;
}
