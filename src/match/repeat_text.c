#include "match/repeat_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"

enum {
    GRAM = 32,
    STEP = 32,
    RUN = GRAM + STEP, /* so long a run holds an indexed gram */
    GAP = 256,         /* characters between two runs of a chain, here and there */
    COPY_LEAST = 100,
    COPY_SURE = 400,
    TRIED = 8,
    TABLE_LOG_LEAST = 6,
    TABLE_LOG_MOST = 26,
};

static const uint64_t gram_base = 0x9e3779b97f4a7c15;

void repeat_text_init(struct repeat_text *text)
{
    *text = (struct repeat_text){0};
}

void repeat_text_release(struct repeat_text *text)
{
    free(text->kept);
    free(text->kept_lines);
    free(text->table);
    free(text->previous);
    free(text->runs);
    free(text->repeats);
    repeat_text_init(text);
}

/* Polynomial in the code points of a gram, modulo 2^64. */
static uint64_t gram_hash(const uint32_t *points)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < GRAM; i++)
        hash = hash * gram_base + points[i];
    return hash;
}

static size_t place_of(const struct repeat_text *text, uint64_t hash)
{
    return (size_t)(hash * gram_base >> (64 - text->table_log));
}

static bool is_taken(const struct repeat_text *text, size_t index)
{
    return (text->fates[text->lines[index].first] & LINE_TAKEN) != 0;
}

/* Whether a line stays, covered or not. */
static bool must_stay(const struct repeat_text *text, size_t index)
{
    uint32_t line = text->lines[index].first;
    return (text->document->lines[line].flags & LINE_CODE) != 0 || (text->fates[line] & LINE_NAMED) != 0;
}

static uint32_t line_end(const struct repeat_text *text, size_t index)
{
    return text->lines[index].key + text->lines[index].key_count;
}

static dedup_status begin(struct repeat_text *text, dedup_error *error)
{
    const size_t most = text->total / STEP + 1;
    text->kept_count = text->kept_line_count = text->indexed = text->repeat_count = 0;
    text->table_log = TABLE_LOG_LEAST;
    while (text->table_log < TABLE_LOG_MOST && (size_t)1 << text->table_log < 4 * most)
        text->table_log++;
    const size_t places = (size_t)1 << text->table_log;
    TRY(array_reserve(&text->kept, &text->kept_capacity, text->total + 1, "repeated text", error));
    TRY(array_reserve(&text->kept_lines, &text->kept_line_capacity, text->count + 1, "repeated text", error));
    TRY(array_reserve(&text->table, &text->table_capacity, places, "repeated text", error));
    TRY(array_reserve(&text->previous, &text->previous_capacity, most, "repeated text", error));
    memset(text->table, 0, places * sizeof *text->table);
    text->kept_lines[0] = (struct kept_line){0};
    text->place = 0;
    text->leaving = 1;
    for (size_t i = 0; i < GRAM; i++)
        text->leaving *= gram_base;
    text->left = 0;
    for (size_t i = 0; i < text->count; i++)
        text->left += is_taken(text, i) ? 0 : text->lines[i].key_count;
    return DEDUP_OK;
}

/* Adds a line to the kept text, unless it is cut already. Behind the last line stands what all lines sum up to. */
static void keep_line(struct repeat_text *text, size_t index)
{
    const struct paragraph *line = &text->lines[index];
    if (is_taken(text, index))
        return;
    memcpy(text->kept + text->kept_count, text->points + line->key, line->key_count * sizeof *text->kept);
    text->kept_count += line->key_count;
    struct kept_line *kept = &text->kept_lines[text->kept_line_count++];
    kept->line = line->first;
    kept[1] = (struct kept_line){(uint32_t)text->kept_count, kept->prose + (line->prose ? line->key_count : 0), 0};
    for (; text->indexed * STEP + GRAM <= text->kept_count; text->indexed++) {
        uint32_t *place = &text->table[place_of(text, gram_hash(text->kept + text->indexed * STEP))];
        text->previous[text->indexed] = *place;
        *place = (uint32_t)text->indexed + 1;
    }
}

/* The kept line that holds a place of the kept key. */
static const struct kept_line *kept_line_at(const struct repeat_text *text, uint32_t place)
{
    size_t low = 0, high = text->kept_line_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (text->kept_lines[middle].begin <= place)
            low = middle;
        else
            high = middle;
    }
    return &text->kept_lines[low];
}

/* Characters of prose in the kept text before a place. */
static uint32_t prose_before(const struct repeat_text *text, uint32_t place)
{
    const struct kept_line *line = kept_line_at(text, place);
    return line->prose + (line[1].prose != line->prose ? place - line->begin : 0);
}

/* The run through the gram at `place`, whose copy is at `kept`, that begins at `first` or behind. */
static struct text_run extend(const struct repeat_text *text, size_t first, size_t place, size_t kept)
{
    size_t back = 0, length = GRAM;
    while (place - back > first && kept > back && text->points[place - back - 1] == text->kept[kept - back - 1])
        back++;
    while (place + length < text->total && kept + length < text->kept_count &&
           text->points[place + length] == text->kept[kept + length])
        length++;
    return (struct text_run){(uint32_t)(place - back), (uint32_t)(place + length), (uint32_t)(kept - back)};
}

/* The longest run through the gram at `place` among those of an entry of the table. */
static void look_up(struct repeat_text *text, uint32_t next, size_t first, size_t place, struct text_run *best)
{
    *best = (struct text_run){0};
    for (unsigned tried = 0; tried < TRIED && next != 0; tried++, next = text->previous[next - 1]) {
        size_t kept = (size_t)(next - 1) * STEP;
        if (memcmp(text->points + place, text->kept + kept, GRAM * sizeof *text->kept) != 0)
            continue;
        struct text_run run = extend(text, first, place, kept);
        text->met = true;
        if (run.end - run.begin > best->end - best->begin)
            *best = run;
    }
}

/* The first run that begins in [first, last), found by a gram at *place or behind. *place: the first gram that was not
 * looked up in vain. */
static bool find_run(struct repeat_text *text, size_t first, size_t last, size_t *place, struct text_run *run)
{
    const size_t grams = text->total < GRAM ? 0 : text->total - GRAM + 1;
    const size_t end = last + STEP < grams ? last + STEP : grams;
    const uint32_t *points = text->points;
    size_t i = *place < first ? first : *place;
    bool found = false;
    if (i >= end || text->indexed == 0)
        return false;
    for (uint64_t hash = gram_hash(points + i);; i++) {
        uint32_t entry = text->table[place_of(text, hash)];
        if (entry != 0) {
            look_up(text, entry, first, i, run);
            found = run->end - run->begin >= RUN;
        }
        if (found || i + 1 >= end)
            break;
        hash = hash * gram_base + points[i + GRAM] - text->leaving * points[i];
    }
    *place = i;
    return found && run->begin < last;
}

/* Whether a run goes on where the chain ends. */
static bool continues(const struct text_run *last, const struct text_run *run)
{
    uint32_t kept_end = last->kept + (last->end - last->begin);
    return run->kept >= kept_end && run->kept - kept_end <= GAP;
}

/* Makes text->runs the chain that begins in line `index`. */
static dedup_status find_chain(struct repeat_text *text, size_t index, dedup_error *error)
{
    size_t first = text->lines[index].key, last = line_end(text, index), ahead;
    struct text_run run;
    text->run_count = 0;
    for (size_t *place = &text->place; find_run(text, first, last, place, &run); place = &ahead) {
        if (text->run_count != 0 && !continues(&text->runs[text->run_count - 1], &run))
            break;
        TRY(array_reserve(&text->runs, &text->run_capacity, text->run_count + 1, "repeated text", error));
        text->runs[text->run_count++] = run;
        first = run.end;
        last = first + GAP < text->total ? first + GAP : text->total;
        ahead = first;
    }
    return DEDUP_OK;
}

/* Whether runs from *run on, without a gap, hold [begin, end). Steps over runs that end before. */
static bool is_covered(const struct repeat_text *text, uint32_t begin, uint32_t end, size_t *run)
{
    while (*run < text->run_count && text->runs[*run].end <= begin)
        ++*run;
    if (*run == text->run_count || text->runs[*run].begin > begin)
        return false;
    size_t last = *run;
    while (text->runs[last].end < end && last + 1 < text->run_count &&
           text->runs[last + 1].begin == text->runs[last].end)
        last++;
    return text->runs[last].end >= end;
}

/* Whether the lines that the chain covers may go. *behind: the first line that it does not reach. */
static bool makes_copy(const struct repeat_text *text, size_t index, size_t *behind)
{
    const uint32_t chain_end = text->runs[text->run_count - 1].end;
    size_t copied = 0, copied_prose = 0, gone = 0, run = 0, all = 0, prose = 0;
    for (; index < text->count && text->lines[index].key < chain_end; index++) {
        if (!is_covered(text, text->lines[index].key, line_end(text, index), &run) || must_stay(text, index))
            continue;
        copied += text->lines[index].key_count;
        copied_prose += text->lines[index].prose ? text->lines[index].key_count : 0;
        gone += is_taken(text, index) ? 0 : text->lines[index].key_count;
    }
    *behind = index;
    for (size_t i = 0; i < text->run_count; i++) {
        const struct text_run *part = &text->runs[i];
        const uint32_t length = part->end - part->begin;
        all += length;
        prose += prose_before(text, part->kept + length) - prose_before(text, part->kept);
    }
    return gone != 0 && (prose * 2 >= all || copied_prose * 2 >= copied) &&
           (copied >= COPY_SURE || (copied >= COPY_LEAST && copied * 3 >= (text->left - gone) * 2));
}

/* Adds a line to the last repeat when `open`, else begins one. */
static dedup_status repeat_line(struct repeat_text *text, size_t index, const struct text_run *run, bool open,
                                dedup_error *error)
{
    const struct paragraph *line = &text->lines[index];
    TRY(array_reserve(&text->repeats, &text->repeat_capacity, text->repeat_count + 1, "repeated text", error));
    if (!open)
        text->repeats[text->repeat_count++] = (struct text_repeat){
            line->first, line->first, kept_line_at(text, run->kept + line->key - run->begin)->line, 0};
    struct text_repeat *repeat = &text->repeats[text->repeat_count - 1];
    repeat->last = line->last;
    repeat->lines++;
    text->left -= line->key_count;
    return DEDUP_OK;
}

/* Lists the lines [index, behind) that the chain covers, and keeps the others. */
static dedup_status take_copy(struct repeat_text *text, size_t index, size_t behind, dedup_error *error)
{
    size_t run = 0;
    bool open = false;
    for (; index < behind; index++) {
        if (is_taken(text, index))
            continue;
        bool goes = is_covered(text, text->lines[index].key, line_end(text, index), &run) && !must_stay(text, index);
        if (goes)
            TRY(repeat_line(text, index, &text->runs[run], open, error));
        else
            keep_line(text, index);
        open = goes;
    }
    return DEDUP_OK;
}

dedup_status repeat_text_find(struct repeat_text *text, const struct paragraph_list *list,
                              const struct text_document *document, const uint32_t *points, const unsigned char *fates,
                              dedup_error *error)
{
    text->lines = list->items;
    text->count = list->count;
    text->document = document;
    text->points = points;
    text->fates = fates;
    text->total = list->count == 0 ? 0 : line_end(text, list->count - 1);
    text->repeat_count = 0;
    text->met = false;
    if (text->total < 2 * COPY_LEAST)
        return DEDUP_OK;
    TRY(begin(text, error));
    for (size_t i = 0; i < text->count;) {
        size_t behind = i + 1;
        TRY(find_chain(text, i, error));
        if (text->run_count != 0 && makes_copy(text, i, &behind)) {
            TRY(take_copy(text, i, behind, error));
            i = behind;
        }
        for (; i < behind; i++)
            keep_line(text, i);
    }
    return DEDUP_OK;
}
