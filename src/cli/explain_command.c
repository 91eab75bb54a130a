/* `dedup explain OUT DOCUMENT`. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "dedup/diff.h"
#include "dedup/explain.h"
#include "show.h"

enum { PIECE = 1024, SHOWN_PIECE = 4 * PIECE + 16, SHOWN_NAME = 4096, CONTEXT = 120 };

/* How parts are marked: with colours, or with signs that a pipe keeps. */
struct marks {
    const char *removed, *added, *end_removed, *end_added, *reason, *end_reason;
};

static const struct marks plain_marks = {"[-", "{+", "-]", "+}", "<", ">"},
                          color_marks = {"\033[9;31m", "\033[32m", "\033[0m", "\033[0m", "\033[2m <", ">\033[0m"};

/* Bytes up to `most` that end with a whole character. */
static size_t whole(const char *text, size_t length, size_t most)
{
    if (length <= most)
        return length;
    while (most > 1 && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

/* Prints text whose line feeds are line feeds and whose control characters are harmless. */
static void print_text(const char *text, size_t length)
{
    while (length > 0) {
        char shown[SHOWN_PIECE];
        const char *feed = memchr(text, '\n', length);
        size_t line = feed ? (size_t)(feed - text) : length, piece = whole(text, line, PIECE);
        bool returns = feed && piece == line && piece > 0 && text[piece - 1] == '\r';
        show(text, piece - returns, shown, sizeof shown);
        (void)fputs(shown, stdout);
        if (feed && piece == line) {
            (void)putchar('\n');
            piece++;
        }
        text += piece;
        length -= piece;
    }
}

static void print_name(const char *name)
{
    char shown[SHOWN_NAME];
    show(name, strlen(name), shown, sizeof shown);
    (void)fputs(shown, stdout);
}

/* Prints text between marks; what ends its last line stands behind. */
static void print_marked(const char *begin, const char *text, size_t length, const char *end, const dedup_part *part,
                         const struct marks *marks)
{
    size_t body = length;
    while (body > 0 && (text[body - 1] == '\n' || text[body - 1] == '\r'))
        body--;
    if (body > 0) {
        (void)fputs(begin, stdout);
        print_text(text, body);
        (void)fputs(end, stdout);
    }
    if (part) {
        (void)fputs(marks->reason, stdout);
        print_name(part->reason);
        if (part->kept || part->kept_line != 0)
            (void)fputs(": ", stdout);
        if (part->kept)
            print_name(part->kept);
        if (part->kept_line != 0)
            (void)printf("%sline %llu", part->kept ? ", " : "", (unsigned long long)part->kept_line);
        (void)fputs(marks->end_reason, stdout);
    }
    print_text(text + body, length - body);
}

static void print_parts(const dedup_explanation *explanation, const struct marks *marks)
{
    for (size_t i = 0; i < explanation->part_count; i++) {
        const dedup_part *part = &explanation->parts[i];
        if (!part->reason) {
            print_text(part->text, part->length);
            continue;
        }
        print_marked(marks->removed, part->text, part->length, marks->end_removed, part, marks);
        if (part->replacement)
            print_marked(marks->added, part->replacement, strlen(part->replacement), marks->end_added, NULL, marks);
    }
    if (explanation->length != 0 && explanation->text[explanation->length - 1] != '\n')
        (void)putchar('\n');
}

/* Prints text that both have; of a long one the ends. */
static void print_equal(const char *text, size_t length, bool first, bool last, const struct marks *marks)
{
    size_t head = first ? 0 : whole(text, length, CONTEXT), tail = length;
    if (!last && length > CONTEXT) {
        tail = length - CONTEXT;
        while (tail < length && ((unsigned char)text[tail] & 0xc0) == 0x80)
            tail++;
    }
    if (head + CONTEXT >= tail) {
        print_text(text, length);
        return;
    }
    print_text(text, head);
    (void)printf("%s... %zu bytes are the same ...%s", marks->reason, tail - head, marks->end_reason);
    print_text(text + tail, length - tail);
}

/* Prints the document with what it lacks and what it adds to the one that stays. */
static dedup_status print_differences(const dedup_explanation *explanation, const struct marks *marks,
                                      dedup_error *error)
{
    dedup_diff diff;
    const char *text = explanation->text, *kept = explanation->kept_text ? explanation->kept_text : "";
    size_t at = 0;
    dedup_status status = dedup_diff_make(kept, explanation->kept_length, text, explanation->length, &diff, error);
    if (status != DEDUP_OK)
        return status;
    for (size_t i = 0; i < diff.count; i++) {
        const dedup_change *change = &diff.items[i];
        if (change->form)
            continue;
        print_equal(text + at, change->b_begin - at, at == 0, false, marks);
        if (change->a_end != change->a_begin)
            print_marked(marks->removed, kept + change->a_begin, change->a_end - change->a_begin, marks->end_removed,
                         NULL, marks);
        if (change->b_end != change->b_begin)
            print_marked(marks->added, text + change->b_begin, change->b_end - change->b_begin, marks->end_added, NULL,
                         marks);
        at = change->b_end;
    }
    print_equal(text + at, explanation->length - at, at == 0, true, marks);
    (void)putchar('\n');
    dedup_diff_release(&diff);
    return DEDUP_OK;
}

/* The first line: what became of it. */
static void print_fate(const char *name, const dedup_explanation *explanation, const struct marks *marks)
{
    size_t removed = 0;
    for (size_t i = 0; i < explanation->part_count; i++)
        removed += explanation->parts[i].reason != NULL;
    print_name(name);
    if (explanation->kept) {
        (void)fputs(" was dropped: a duplicate of ", stdout);
        print_name(explanation->kept);
        (void)printf(", similarity %.4f. %sonly there%s, %sonly here%s:\n\n", explanation->similarity, marks->removed,
                     marks->end_removed, marks->added, marks->end_added);
    } else if (explanation->passed) {
        (void)fputs(" was passed on as it came; the report says why:\n\n", stdout);
    } else if (removed == 0) {
        (void)fputs(" stays as it was:\n\n", stdout);
    } else {
        (void)printf(" stays; %zu part%s of it %s removed or replaced:\n\n", removed, removed == 1 ? "" : "s",
                     removed == 1 ? "was" : "were");
    }
}

enum exit_code command_explain(const struct settings *settings)
{
    const char *const *arguments = settings->arguments.items;
    const struct marks *marks = command_wants_color(settings->color, stdout) ? &color_marks : &plain_marks;
    dedup_explanation explanation;
    dedup_error error = {0};
    dedup_status status = dedup_explain(arguments[0], arguments[1], &explanation, &error);
    if (status == DEDUP_OK) {
        print_fate(arguments[1], &explanation, marks);
        if (explanation.kept)
            status = print_differences(&explanation, marks, &error);
        else
            print_parts(&explanation, marks);
        dedup_explanation_release(&explanation);
    }
    if (status != DEDUP_OK)
        (void)fprintf(stderr, "dedup: %s\n", error.message);
    return command_exit_code(status);
}
