/* Threads of comments below an article.
 *
 * A comment is short and carries the minute at which it was written, in a line of its own or behind its title; its
 * neighbours are made the same way. News and chronicles have dates too, so a thread must also show words of comments:
 * in a head above it or around its stamps. */
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "clean/worker.h"

enum {
    THREAD_STAMPS = 3,   /* comments that make a thread */
    UNIT_LINES = 12,     /* live lines from one stamp to the next */
    UNIT_LETTERS = 160,  /* mean letters of a comment */
    BODY_LETTERS = 100,  /* letters of prose above a thread */
    STAMP_LETTERS = 120, /* longest line with a stamp */
    STAMP_EDGE = 64,     /* bytes at the end of a longer line in which the stamp stands */
    SIGN_LETTERS = 24,   /* longest line that can be a sign or has a relative time */
    HEAD_LETTERS = 12,
    HEAD_LINES = 4, /* lines above a thread among which its head is */
    NEAR_LINES = 2, /* lines around a stamp that may have its signs */
    ABOVE_LINES = 3 /* lines above the first stamp that belong to its comment */
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* True when a month and a day end at text[end - 1]: "12-27", "12/27", "12月27". */
static bool ends_date(const char *text, uint32_t end)
{
    uint32_t at = end;
    while (at > 0 && end - at < 2 && is_digit(text[at - 1]))
        at--;
    if (at == end || at < 2)
        return false;
    if (strchr("-/.", text[at - 1]))
        return is_digit(text[at - 2]);
    return at >= 4 && memcmp(text + at - 3, "月", 3) == 0 && is_digit(text[at - 4]);
}

/* True when the text has a day and a minute: "2004-12-27 12:46". */
static bool has_minute(const char *text, uint32_t length)
{
    enum { BETWEEN = 12 /* bytes between day and hour */ };
    for (uint32_t at = 1; at + 2 < length; at++) {
        const char *colon = memchr(text + at, ':', length - at - 2);
        if (!colon)
            return false;
        at = (uint32_t)(colon - text);
        uint32_t hour = at;
        while (hour > 0 && at - hour < 2 && is_digit(text[hour - 1]))
            hour--;
        if (hour == at || !is_digit(text[at + 1]) || !is_digit(text[at + 2]))
            continue;
        uint32_t day = hour;
        while (day > 0 && hour - day < BETWEEN && !is_digit(text[day - 1]))
            day--;
        if (day < hour && ends_date(text, day))
            return true;
    }
    return false;
}

/* True when the key has "3小时前" or the like. */
static bool has_age(const uint32_t *points, size_t count)
{
    static const uint32_t units[] = {U'秒', U'钟', U'时', U'天', U'周', U'月', U'年'};
    for (size_t i = 2; i < count; i++) {
        if (points[i] != U'前')
            continue;
        for (size_t unit = 0; unit < sizeof units / sizeof *units; unit++)
            for (size_t back = 2; points[i - 1] == units[unit] && back <= 3 && back <= i; back++)
                if (points[i - back] >= '0' && points[i - back] <= '9')
                    return true;
    }
    return false;
}

static bool is_stamp(const struct text_document *document, size_t line)
{
    const struct text_line *place = &document->lines[line];
    const char *text = document->text + place->begin;
    uint32_t length = place->end - place->begin;
    if (!line_live(document, line) || place->key_count > STAMP_LETTERS || place->flags & LINE_FENCED)
        return false;
    if (place->flags & LINE_PROSE && length > STAMP_EDGE) {
        text += length - STAMP_EDGE;
        length = STAMP_EDGE;
    }
    return has_minute(text, length) ||
           (place->key_count <= SIGN_LETTERS && has_age(document->key.points + place->key, place->key_count));
}

static bool key_has(const uint32_t *points, size_t count, const uint32_t *word)
{
    size_t length = 0;
    while (word[length] != 0)
        length++;
    for (size_t i = 0; i + length <= count; i++)
        if (memcmp(points + i, word, length * sizeof *word) == 0)
            return true;
    return false;
}

/* Words that stand around comments, in the fold key. */
static bool has_sign(const struct text_document *document, size_t line)
{
    static const uint32_t *const signs[] = {U"回复", U"引用", U"支持", U"举报", U"评论", U"留言", U"楼",
                                            U"认为", U"网友", U"字0",  U"赞",   U"回帖", U"跟帖", U"沙发"};
    const uint32_t *points = document->key.points + document->lines[line].key;
    size_t count = document->lines[line].key_count;
    if (count >= 2 && points[0] == 'r' && points[1] == 'e')
        return true;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (key_has(points, count, signs[i]))
            return true;
    return false;
}

/* True for a short line that names what follows it: "网友评论". */
static bool is_head(const struct text_document *document, size_t line)
{
    static const uint32_t *const heads[] = {U"评论", U"回复", U"留言", U"跟帖", U"跟贴", U"回应", U"讨论", U"点评"};
    const struct text_line *place = &document->lines[line];
    for (size_t i = 0; place->key_count <= HEAD_LETTERS && i < sizeof heads / sizeof *heads; i++)
        if (key_has(document->key.points + place->key, place->key_count, heads[i]))
            return true;
    return false;
}

/* True when a line near a stamp has a sign of comments. The line of the stamp may be long: its text is not looked at
 * but for what stands around the stamp. */
static bool is_signed(const struct clean_worker *worker, const struct text_document *document, size_t stamp)
{
    size_t first = stamp < NEAR_LINES ? 0 : stamp - NEAR_LINES;
    for (size_t i = first; i <= stamp + NEAR_LINES && i < document->line_count; i++)
        if (!(worker->kinds[i] & KIND_PROSE) && (i == stamp || document->lines[i].key_count <= SIGN_LETTERS) &&
            has_sign(document, i))
            return true;
    return false;
}

/* Stamps that follow each other closely, worker->lines[first .. end). */
struct thread {
    size_t first, end;
    size_t lines;     /* fewest live lines from one stamp to the next */
    uint64_t letters; /* between the first stamp and the last */
};

/* The longest thread that begins with stamp `first` of `count`. */
static struct thread follow(const struct clean_worker *worker, const struct text_document *document, size_t first,
                            size_t count)
{
    struct thread thread = {first, first + 1, UNIT_LINES, 0};
    for (; thread.end < count; thread.end++) {
        size_t lines = 1;
        uint64_t letters = 0;
        for (size_t i = worker->lines[thread.end - 1] + 1; i < worker->lines[thread.end]; i++)
            if (worker->kinds[i] & KIND_LIVE) {
                lines++;
                letters += document->lines[i].key_count;
            }
        if (lines > UNIT_LINES)
            break;
        thread.lines = lines < thread.lines ? lines : thread.lines;
        thread.letters += letters;
    }
    return thread;
}

static bool is_comments(const struct clean_worker *worker, const struct text_document *document,
                        const struct thread *thread)
{
    size_t count = thread->end - thread->first, marked = 0, begin = worker->lines[thread->first];
    if (count < THREAD_STAMPS || thread->letters > count * UNIT_LETTERS)
        return false;
    for (size_t i = thread->first; i < thread->end; i++)
        marked += is_signed(worker, document, worker->lines[i]);
    if (2 * marked >= count)
        return true;
    for (size_t i = begin < HEAD_LINES ? 0 : begin - HEAD_LINES; i < begin; i++)
        if (is_head(document, i))
            return true;
    return false;
}

static dedup_status cut_thread(struct clean_worker *worker, struct text_document *document, const struct thread *thread,
                               struct clean_outcome *outcome, dedup_error *error)
{
    size_t begin = worker->lines[thread->first], end = worker->lines[thread->end - 1] + 1;
    for (unsigned above = 0; above < ABOVE_LINES && begin > 0; above++) {
        if (worker->kinds[begin - 1] & KIND_PROSE || document->lines[begin - 1].key_count > SIGN_LETTERS ||
            !has_sign(document, begin - 1))
            break;
        begin--;
    }
    for (size_t more = thread->lines - 1; more > 0 && end < document->line_count; end++)
        more -= (worker->kinds[end] & KIND_LIVE) != 0;
    for (size_t i = begin; i < end; i++)
        if (worker->kinds[i] & KIND_LIVE)
            TRY(cut_zone_line(worker, document, i, RULE_COMMENTS, outcome, error));
    return DEDUP_OK;
}

/* Fills worker->lines with the stamps behind the first BODY_LETTERS letters of prose; *count gets how many. */
static dedup_status find_stamps(struct clean_worker *worker, const struct text_document *document, size_t *count,
                                dedup_error *error)
{
    uint64_t prose = 0;
    *count = 0;
    for (size_t i = 0; i < document->line_count; i++) {
        if (prose >= BODY_LETTERS && is_stamp(document, i)) {
            TRY(array_reserve(&worker->lines, &worker->line_capacity, *count + 1, "lines", error));
            worker->lines[(*count)++] = (uint32_t)i;
        }
        prose += worker->kinds[i] & KIND_PROSE ? document->lines[i].key_count : 0;
    }
    return DEDUP_OK;
}

dedup_status cut_comments(struct clean_worker *worker, struct text_document *document, struct clean_outcome *outcome,
                          dedup_error *error)
{
    size_t count;
    TRY(find_stamps(worker, document, &count, error));
    for (size_t i = 0; i + THREAD_STAMPS <= count;) {
        struct thread thread = follow(worker, document, i, count);
        if (is_comments(worker, document, &thread))
            TRY(cut_thread(worker, document, &thread, outcome, error));
        i = thread.end;
    }
    return DEDUP_OK;
}
