#include "clean/literals.h"

#include <string.h>

#include "base/failure.h"
#include "base/utf8.h"

enum { DEPTH_MAXIMUM = 32, LITERAL_USEFUL = 2 };

struct walker {
    const char *at, *end;
    struct fold_key folded; /* scratch */
    unsigned depth;
    bool lost; /* met syntax that it does not know */
    dedup_error *error;
    dedup_status status;
};

/* The literal that is being read, and the best set of the sequence so far. */
struct sequence {
    struct literal run;
    struct literal_set best;
};

uint32_t literals_mark(unsigned char byte)
{
    static const char order[] = "@{}\\|^`~<>=$&#_*[]+%;/'!?\"():,.-";
    const char *found = byte != 0 && byte < 0x80 ? strchr(order, byte) : NULL;
    return found ? UINT32_C(1) << (found - order) : 0;
}

/* Marks that are required instead of others: the set with the rarer worst member. */
static uint32_t better_marks(uint32_t a, uint32_t b)
{
    if (a == 0 || b == 0)
        return a | b;
    return a < b ? a : b;
}

static uint32_t shortest(const struct literal *items, uint32_t count)
{
    uint32_t least = count ? LITERAL_LENGTH : 0;
    for (uint32_t i = 0; i < count; i++)
        least = items[i].count < least ? items[i].count : least;
    return least;
}

/* Makes `items` the best set when it is of more use: longer literals first, then fewer of them. */
static void keep_better(struct literal_set *best, const struct literal *items, uint32_t count)
{
    uint32_t length = shortest(items, count), best_length = shortest(best->items, best->count);
    bool better;
    if (length < LITERAL_USEFUL || best_length < LITERAL_USEFUL)
        better = length > best_length;
    else if (count > 4 * best->count || best->count > 4 * count)
        better = count < best->count;
    else
        better = length != best_length ? length > best_length : count < best->count;
    if (!better)
        return;
    memcpy(best->items, items, count * sizeof *items);
    best->count = count;
}

static void end_run(struct sequence *sequence)
{
    if (sequence->run.count != 0)
        keep_better(&sequence->best, &sequence->run, 1);
    sequence->run.count = 0;
}

/* Reads a quantifier, if there is one, and returns the least number of repetitions. *fixed: exactly one. */
static unsigned take_quantifier(struct walker *walker, bool *fixed)
{
    unsigned least = 1;
    *fixed = true;
    if (walker->at == walker->end)
        return least;
    char mark = *walker->at;
    if (mark == '?' || mark == '*' || mark == '+') {
        least = mark == '+';
        walker->at++;
    } else if (mark == '{') {
        const char *close = memchr(walker->at, '}', (size_t)(walker->end - walker->at));
        bool digit = walker->at + 1 < walker->end && walker->at[1] >= '0' && walker->at[1] <= '9';
        if (!close || (!digit && walker->at[1] != ',')) {
            walker->lost = true;
            return 0;
        }
        least = digit && walker->at[1] != '0';
        walker->at = close + 1;
    } else {
        return least;
    }
    *fixed = false;
    if (walker->at < walker->end && (*walker->at == '?' || *walker->at == '+'))
        walker->at++;
    return least;
}

/* A literal character. What the fold key drops ends the run. */
static void take_character(struct walker *walker, struct sequence *sequence, const char *text, size_t length)
{
    fold_key_clear(&walker->folded);
    walker->status = fold_append(&walker->folded, text, length, walker->error);
    if (walker->status != DEDUP_OK)
        return;
    bool fixed;
    unsigned least = take_quantifier(walker, &fixed);
    if (least == 0 || walker->folded.count != 1) {
        end_run(sequence);
        if (least > 0 && length == 1)
            sequence->best.marks = better_marks(sequence->best.marks, literals_mark((unsigned char)*text));
        return;
    }
    if (sequence->run.count == LITERAL_LENGTH)
        end_run(sequence);
    sequence->run.points[sequence->run.count++] = walker->folded.points[0];
    if (!fixed)
        end_run(sequence);
}

static void take_escape(struct walker *walker, struct sequence *sequence)
{
    walker->at++;
    if (walker->at == walker->end) {
        walker->lost = true;
        return;
    }
    char letter = *walker->at++;
    if (literals_mark((unsigned char)letter)) {
        take_character(walker, sequence, &letter, 1);
        return;
    }
    if ((letter == 'p' || letter == 'P' || letter == 'x') && walker->at < walker->end && *walker->at == '{') {
        const char *close = memchr(walker->at, '}', (size_t)(walker->end - walker->at));
        walker->lost |= !close;
        walker->at = close ? close + 1 : walker->end;
    } else if (letter == 'p' || letter == 'P') {
        walker->at += walker->at < walker->end;
    } else if (!strchr("dDsSwWhHbB", letter) && ((letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                                                 (letter >= 'A' && letter <= 'Z'))) {
        walker->lost = true;
    }
    bool fixed;
    (void)take_quantifier(walker, &fixed);
    end_run(sequence);
}

static void take_class(struct walker *walker, struct sequence *sequence)
{
    walker->at++;
    walker->at += walker->at < walker->end && *walker->at == '^';
    walker->at += walker->at < walker->end && *walker->at == ']';
    while (walker->at < walker->end && *walker->at != ']') {
        walker->lost |= *walker->at == '[';
        walker->at += *walker->at == '\\' && walker->at + 1 < walker->end ? 2 : 1;
    }
    walker->lost |= walker->at == walker->end;
    walker->at += walker->at < walker->end;
    bool fixed;
    (void)take_quantifier(walker, &fixed);
    end_run(sequence);
}

static struct literal_set take_alternatives(struct walker *walker);

/* What follows "(?": moves behind the opening; *counts is false for a group whose text is not part of the match. */
static void open_group(struct walker *walker, bool *counts)
{
    static const struct {
        const char *opening;
        bool counts;
    } known[] = {{"?:", true}, {"?>", true}, {"?=", false}, {"?!", false}, {"?<=", false}, {"?<!", false}};
    *counts = true;
    if (walker->at == walker->end || (*walker->at != '?' && *walker->at != '*'))
        return;
    size_t left = (size_t)(walker->end - walker->at);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t length = strlen(known[i].opening);
        if (length <= left && memcmp(walker->at, known[i].opening, length) == 0) {
            walker->at += length;
            *counts = known[i].counts;
            return;
        }
    }
    walker->lost = true;
}

static void take_group(struct walker *walker, struct sequence *sequence)
{
    walker->at++;
    end_run(sequence);
    bool counts, fixed;
    open_group(walker, &counts);
    if (++walker->depth > DEPTH_MAXIMUM)
        walker->lost = true;
    if (walker->lost)
        return;
    struct literal_set inner = take_alternatives(walker);
    walker->depth--;
    if (walker->at == walker->end) {
        walker->lost = true;
        return;
    }
    walker->at++;
    if (take_quantifier(walker, &fixed) == 0 || !counts)
        return;
    keep_better(&sequence->best, inner.items, inner.count);
    sequence->best.marks = better_marks(sequence->best.marks, inner.marks);
}

static struct literal_set take_sequence(struct walker *walker)
{
    struct sequence sequence;
    sequence.run.count = sequence.best.count = sequence.best.marks = 0;
    while (walker->at < walker->end && *walker->at != '|' && *walker->at != ')' && !walker->lost &&
           walker->status == DEDUP_OK) {
        char next = *walker->at;
        if (next == '\\') {
            take_escape(walker, &sequence);
        } else if (next == '[') {
            take_class(walker, &sequence);
        } else if (next == '(') {
            take_group(walker, &sequence);
        } else if (strchr(".^$", next)) {
            bool fixed;
            walker->at++;
            (void)take_quantifier(walker, &fixed);
            end_run(&sequence);
        } else {
            const char *start = walker->at;
            (void)utf8_next(&walker->at);
            take_character(walker, &sequence, start, (size_t)(walker->at - start));
        }
    }
    end_run(&sequence);
    return sequence.best;
}

/* The union of what the branches require; nothing when one of them requires nothing. */
static struct literal_set take_alternatives(struct walker *walker)
{
    struct literal_set all = take_sequence(walker);
    bool open = all.count == 0;
    while (!walker->lost && walker->status == DEDUP_OK && walker->at < walker->end && *walker->at == '|') {
        walker->at++;
        struct literal_set branch = take_sequence(walker);
        all.marks = all.marks && branch.marks ? all.marks | branch.marks : 0;
        open |= branch.count == 0 || all.count + branch.count > LITERAL_SET;
        if (!open) {
            memcpy(all.items + all.count, branch.items, branch.count * sizeof *branch.items);
            all.count += branch.count;
        }
    }
    if (open)
        all.count = 0;
    return all;
}

dedup_status literals_required(const char *pattern, size_t length, struct literal_set *out, dedup_error *error)
{
    struct walker walker = {.at = pattern, .end = pattern + length, .error = error};
    fold_key_init(&walker.folded);
    *out = take_alternatives(&walker);
    fold_key_release(&walker.folded);
    bool lost = walker.lost || walker.at != walker.end;
    if (lost || shortest(out->items, out->count) < LITERAL_USEFUL)
        out->count = 0;
    if (lost)
        out->marks = 0;
    return walker.status;
}

dedup_status literal_of(const char *text, size_t length, struct literal *out, dedup_error *error)
{
    struct fold_key folded;
    fold_key_init(&folded);
    dedup_status status = fold_append(&folded, text, length, error);
    if (status == DEDUP_OK) {
        out->count = folded.count < LITERAL_LENGTH ? (uint32_t)folded.count : LITERAL_LENGTH;
        if (out->count != 0)
            memcpy(out->points, folded.points, out->count * sizeof *folded.points);
    }
    fold_key_release(&folded);
    return status;
}
