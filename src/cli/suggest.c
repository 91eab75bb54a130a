#include "suggest.h"

#include <string.h>

enum { DISTANCE_BOUND = 3, WORD_MAXIMUM = 32 };

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The optimal string alignment, row by row with the two rows before. */
unsigned suggest_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned rows[3][WORD_MAXIMUM + 1];
    if (a_length > WORD_MAXIMUM || b_length > WORD_MAXIMUM)
        return DISTANCE_BOUND;
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *last = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            unsigned replaced = last[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = smaller(replaced, smaller(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
    }
    return smaller(rows[a_length % 3][b_length], DISTANCE_BOUND);
}

/* Whether a word of `length` bytes at `distance` from a name is near enough: most of it must be right. */
static bool resembles(unsigned distance, size_t length)
{
    return distance < DISTANCE_BOUND && 2 * distance <= length;
}

const struct option *suggest_option(const char *name, size_t length, enum command_id command)
{
    const struct option *best = NULL, *begun = NULL;
    unsigned least = DISTANCE_BOUND;
    size_t begun_count = 0;
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        if ((option->commands >> command & 1) == 0)
            continue;
        unsigned distance = suggest_distance(name, length, option->name, strlen(option->name));
        if (distance < least && resembles(distance, length)) {
            least = distance;
            best = option;
        }
        if (length > 0 && strncmp(option->name, name, length) == 0) {
            begun = option;
            begun_count++;
        }
    }
    return begun_count == 1 ? begun : best;
}

const struct command *suggest_command(const char *word)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *command = &command_table[i];
        if (!command->name)
            continue;
        unsigned distance = suggest_distance(word, strlen(word), command->name, command_first_word(command));
        if (resembles(distance, strlen(word)))
            return command;
    }
    return NULL;
}

const char *suggest_choice(const struct choice *choices, const char *word)
{
    const char *best = NULL;
    unsigned least = DISTANCE_BOUND;
    for (; choices->name; choices++) {
        unsigned distance = suggest_distance(word, strlen(word), choices->name, strlen(choices->name));
        if (distance < least && resembles(distance, strlen(word))) {
            least = distance;
            best = choices->name;
        }
    }
    return best;
}
