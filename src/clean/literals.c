#include "clean/literals.h"

#include <string.h>

#include "base/failure.h"
#include "base/utf8.h"
#include "clean/prefilter.h"

enum { DEPTH_MAXIMUM = 32, WEIGHT_USEFUL = 3 };

struct walker {
    const char *at, *end;
    unsigned depth;
    bool lost; /* met syntax that it does not know */
};

/* The literal that is being read, and what the sequence requires so far. */
struct sequence {
    struct literal run;
    struct requirement found;
    uint32_t first_weight, second_weight; /* of the sets that were found, see weakest */
};

const unsigned char literals_ranks[128] = {
    ['@'] = 4,  ['{'] = 5,  ['}'] = 6,  ['\\'] = 7, ['|'] = 8,   ['^'] = 9,  ['`'] = 10, ['~'] = 11, ['<'] = 12,
    ['>'] = 13, ['='] = 14, ['$'] = 15, ['&'] = 16, ['#'] = 17,  ['_'] = 18, ['*'] = 19, ['['] = 20, [']'] = 21,
    ['+'] = 22, ['%'] = 23, [';'] = 24, ['/'] = 25, ['\''] = 26, ['!'] = 27, ['?'] = 28, ['"'] = 29, ['('] = 30,
    [')'] = 31, [':'] = 32, [','] = 33, ['.'] = 34, ['-'] = 35,  ['0'] = 63, ['1'] = 63, ['2'] = 63, ['3'] = 63,
    ['4'] = 63, ['5'] = 63, ['6'] = 63, ['7'] = 63, ['8'] = 63,  ['9'] = 63,
};

uint64_t literals_foreign_mark(uint32_t point)
{
    switch (point) {
    case 0xa9: return 2;
    case 0x3010: return 4;
    case 0x3011: return 8;
    default: return 0;
    }
}

/* Adds a set of marks to those that are required; the sets with the rarest worst members stay. */
static void require_marks(struct requirement *found, uint64_t marks)
{
    for (int i = 0; i < MARK_SETS && marks != 0; i++) {
        uint64_t other = found->marks[i];
        if (other == marks)
            return;
        if (other == 0 || marks < other) {
            found->marks[i] = marks;
            marks = other;
        }
    }
}

/* Adds what the marks of a branch are to those of the branches before it. */
static void unite_marks(uint64_t all[MARK_SETS], const uint64_t branch[MARK_SETS])
{
    for (int i = 0; i < MARK_SETS; i++)
        all[i] = all[i] && branch[i] ? all[i] | branch[i] : 0;
}

/* Words so common in Chinese that looking for them finds every other line. */
static bool is_common(const struct literal *literal)
{
    static const uint16_t words[][2] = {
        {0x4f7f, 0x7528}, {0x6211, 0x4eec}, {0x4e00, 0x4e2a}, {0x7528, 0x6237}, {0x516c, 0x53f8}, {0x6587, 0x7ae0},
        {0x95ee, 0x9898}, {0x5185, 0x5bb9}, {0x6240, 0x6709}, {0x672c, 0x6587}, {0x53ef, 0x4ee5}, {0x65f6, 0x95f4},
        {0x4fe1, 0x606f}, {0x56fe, 0x7247}, {0x7f51, 0x7edc}, {0x4e2d, 0x56fd}, {0x65b0, 0x95fb}, {0x4f5c, 0x8005},
        {0x7f51, 0x7ad9}, {0x5e73, 0x53f0}, {0x89c6, 0x9891}, {0x5e02, 0x573a}, {0x62a5, 0x9053}, {0x670d, 0x52a1},
        {0x91cd, 0x8981}, {0x66f4, 0x591a}, {0x76f8, 0x5173}, {0x8fdb, 0x884c}, {0x901a, 0x8fc7}, {0x6ca1, 0x6709},
    };
    for (size_t i = 0; literal->count == 2 && i < sizeof words / sizeof *words; i++)
        if (literal->points[0] == words[i][0] && literal->points[1] == words[i][1])
            return true;
    return false;
}

/* How much a literal tells: two for a letter of a large script, one for an ASCII letter or digit. */
static uint32_t weight_of(const struct literal *literal)
{
    uint32_t weight = 0;
    for (uint32_t i = 0; i < literal->count; i++)
        weight += literal->points[i] < 0x80 ? 1 : 2;
    return is_common(literal) ? WEIGHT_USEFUL : weight;
}

/* The weight of a set is that of its weakest literal; 0 for none, or when one is too weak to be looked for. */
static uint32_t weakest(const struct literal *items, uint32_t count)
{
    uint32_t least = count ? UINT32_MAX : 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t weight = weight_of(&items[i]);
        least = weight < least ? weight : least;
        if (weight < WEIGHT_USEFUL || !prefilter_accepts(&items[i]))
            return 0;
    }
    return least;
}

/* Whether a set of literals with a weight is of more use than another: heavier ones first, then fewer of them. */
static bool is_better(uint32_t weight, uint32_t count, uint32_t best, const struct literal_set *than)
{
    if (weight == 0 || best == 0 || (weight == WEIGHT_USEFUL) != (best == WEIGHT_USEFUL))
        return weight > best;
    if (count > 4 * than->count || than->count > 4 * count)
        return count < than->count;
    return weight != best ? weight > best : count < than->count;
}

static void set_items(struct literal_set *set, const struct literal *items, uint32_t count)
{
    memcpy(set->items, items, count * sizeof *items);
    set->count = count;
}

/* Adds what one item of a sequence requires: the two best sets stay. */
static void require(struct sequence *sequence, const struct literal *items, uint32_t count)
{
    struct requirement *found = &sequence->found;
    const uint32_t weight = weakest(items, count);
    if (weight == 0)
        return;
    if (is_better(weight, count, sequence->first_weight, &found->first)) {
        set_items(&found->second, found->first.items, found->first.count);
        set_items(&found->first, items, count);
        sequence->second_weight = sequence->first_weight;
        sequence->first_weight = weight;
    } else if (is_better(weight, count, sequence->second_weight, &found->second)) {
        set_items(&found->second, items, count);
        sequence->second_weight = weight;
    }
}

static void end_run(struct sequence *sequence)
{
    if (sequence->run.count != 0)
        require(sequence, &sequence->run, 1);
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

/* A literal character. What the fold key drops ends the run, and so do digits, which the matching form takes from all
 * scripts. */
static void take_character(struct walker *walker, struct sequence *sequence, uint32_t point)
{
    bool fixed;
    unsigned least = take_quantifier(walker, &fixed);
    uint32_t folded = fold_point(point);
    bool digit = point >= '0' && point <= '9';
    if (least == 0 || folded == 0 || digit) {
        end_run(sequence);
        if (least > 0)
            require_marks(&sequence->found, literals_mark(point));
        return;
    }
    if (sequence->run.count == LITERAL_LENGTH)
        end_run(sequence);
    sequence->run.points[sequence->run.count++] = folded;
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
    if (literals_mark((unsigned char)letter) & ~LITERALS_DIGIT) {
        take_character(walker, sequence, (unsigned char)letter);
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
    if (take_quantifier(walker, &fixed) > 0 && letter == 'd')
        require_marks(&sequence->found, LITERALS_DIGIT);
    end_run(sequence);
}

/* The marks of a class that has nothing but ASCII punctuation; 0 for other classes. */
static uint64_t class_marks(const char *at, const char *end)
{
    uint64_t marks = 0;
    for (; at < end; at++) {
        at += *at == '\\' && at + 1 < end;
        uint64_t mark = literals_mark((unsigned char)*at < 0x80 ? (unsigned char)*at : 0);
        bool range = at + 2 < end && at[1] == '-';
        if (mark == 0 || range)
            return 0;
        marks |= mark;
    }
    return marks;
}

static void take_class(struct walker *walker, struct sequence *sequence)
{
    walker->at++;
    bool negated = walker->at < walker->end && *walker->at == '^';
    walker->at += negated;
    const char *begin = walker->at;
    walker->at += walker->at < walker->end && *walker->at == ']';
    while (walker->at < walker->end && *walker->at != ']') {
        walker->lost |= *walker->at == '[' && walker->at + 1 < walker->end && walker->at[1] == ':';
        walker->at += *walker->at == '\\' && walker->at + 1 < walker->end ? 2 : 1;
    }
    const char *end = walker->at;
    walker->lost |= walker->at == walker->end;
    walker->at += walker->at < walker->end;
    bool fixed;
    if (take_quantifier(walker, &fixed) > 0 && !negated)
        require_marks(&sequence->found, class_marks(begin, end));
    end_run(sequence);
}

static void take_alternatives(struct walker *walker, struct requirement *all);

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
    struct requirement inner;
    take_alternatives(walker, &inner);
    walker->depth--;
    if (walker->at == walker->end) {
        walker->lost = true;
        return;
    }
    walker->at++;
    if (take_quantifier(walker, &fixed) == 0 || !counts)
        return;
    require(sequence, inner.first.items, inner.first.count);
    require(sequence, inner.second.items, inner.second.count);
    for (int i = 0; i < MARK_SETS; i++)
        require_marks(&sequence->found, inner.marks[i]);
}

static void take_item(struct walker *walker, struct sequence *sequence)
{
    bool fixed;
    switch (*walker->at) {
    case '\\': take_escape(walker, sequence); break;
    case '[': take_class(walker, sequence); break;
    case '(': take_group(walker, sequence); break;
    case '.':
    case '^':
    case '$':
        walker->at++;
        (void)take_quantifier(walker, &fixed);
        end_run(sequence);
        break;
    default: take_character(walker, sequence, utf8_next(&walker->at));
    }
}

static void take_sequence(struct walker *walker, struct requirement *out)
{
    struct sequence sequence;
    sequence.run.count = 0;
    sequence.first_weight = sequence.second_weight = 0;
    sequence.found.first.count = sequence.found.second.count = 0;
    memset(sequence.found.marks, 0, sizeof sequence.found.marks);
    while (walker->at < walker->end && *walker->at != '|' && *walker->at != ')' && !walker->lost)
        take_item(walker, &sequence);
    end_run(&sequence);
    set_items(&out->first, sequence.found.first.items, sequence.found.first.count);
    set_items(&out->second, sequence.found.second.items, sequence.found.second.count);
    memcpy(out->marks, sequence.found.marks, sizeof out->marks);
}

/* Adds the set of a branch to that of the branches before it; a branch that requires nothing empties it for good. */
static void unite(struct literal_set *all, bool *open, const struct literal_set *branch)
{
    *open |= branch->count == 0 || all->count + branch->count > LITERAL_SET;
    if (*open) {
        all->count = 0;
        return;
    }
    memcpy(all->items + all->count, branch->items, branch->count * sizeof *branch->items);
    all->count += branch->count;
}

static void take_alternatives(struct walker *walker, struct requirement *all)
{
    take_sequence(walker, all);
    bool first_open = all->first.count == 0, second_open = all->second.count == 0;
    while (!walker->lost && walker->at < walker->end && *walker->at == '|') {
        struct requirement branch;
        walker->at++;
        take_sequence(walker, &branch);
        unite_marks(all->marks, branch.marks);
        unite(&all->first, &first_open, &branch.first);
        unite(&all->second, &second_open, &branch.second);
    }
}

void literals_required(const char *pattern, size_t length, struct requirement *out)
{
    struct walker walker = {.at = pattern, .end = pattern + length};
    take_alternatives(&walker, out);
    if (walker.lost || walker.at != walker.end) {
        out->first.count = out->second.count = 0;
        memset(out->marks, 0, sizeof out->marks);
    }
    if (out->first.count == 0)
        out->second.count = 0;
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
