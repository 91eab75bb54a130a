#include "value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(dedup_keep) == sizeof(int) && sizeof(enum when) == sizeof(int), "enums are stored as int");

/* Digits up to a value of `most`; *text moves behind them. */
static bool read_digits(const char **text, uint64_t most, uint64_t *value)
{
    const char *at = *text;
    *value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        if (*value > (most - digit) / 10 || digit > most)
            return false;
        *value = *value * 10 + digit;
    }
    bool some = at != *text;
    *text = at;
    return some;
}

static bool read_count(const struct option *option, const char *text, unsigned *count)
{
    uint64_t value;
    if (!read_digits(&text, (uint64_t)option->most, &value) || *text || (double)value < option->least)
        return false;
    *count = (unsigned)value;
    return true;
}

static bool read_size(const struct option *option, const char *text, uint64_t *size)
{
    static const char units[] = "KMGTkmgt";
    uint64_t value, most = (uint64_t)option->most;
    if (!read_digits(&text, most, &value))
        return false;
    const char *unit = *text ? strchr(units, *text) : NULL;
    if (unit) {
        unsigned shift = ((unsigned)(unit - units) % 4 + 1) * 10;
        if (value > most >> shift)
            return false;
        value <<= shift;
        text++;
    }
    if (*text || (double)value < option->least)
        return false;
    *size = value;
    return true;
}

/* Plain decimals only: no exponents, hexadecimals or infinities, which nobody means here. */
static bool read_share(const struct option *option, const char *text, double *share)
{
    size_t length = strlen(text);
    if (length == 0 || length > 24 || strspn(text, "0123456789.") != length || strcmp(text, ".") == 0)
        return false;
    char *end;
    double value = strtod(text, &end);
    if (*end || value < option->least || value > option->most)
        return false;
    *share = value;
    return true;
}

/* Two shares, and a step that is 0.05 when it is not said, with colons between. */
static bool read_range(const struct option *option, const char *text, struct range *range)
{
    char parts[3][32] = {"", "", "0.05"};
    size_t count = 0;
    for (bool more = true; more; count++) {
        size_t length = strcspn(text, ":");
        if (count == 3 || length >= sizeof *parts)
            return false;
        memcpy(parts[count], text, length);
        parts[count][length] = '\0';
        more = text[length] == ':';
        text += length + more;
    }
    const struct option step = {.least = 0.001, .most = 1};
    struct range found;
    if (count < 2 || !read_share(option, parts[0], &found.least) || !read_share(option, parts[1], &found.most) ||
        !read_share(&step, parts[2], &found.step) || found.least > found.most)
        return false;
    *range = found;
    return true;
}

static bool read_bands(const struct option *option, const char *text, dedup_options *options)
{
    uint64_t bands, rows, most = (uint64_t)option->most;
    if (!read_digits(&text, most, &bands) || (*text != 'x' && *text != 'X'))
        return false;
    text++;
    if (!read_digits(&text, most, &rows) || *text || bands == 0 || rows == 0)
        return false;
    options->bands = (unsigned)bands;
    options->rows = (unsigned)rows;
    return true;
}

static const struct choice *find_choice(const struct choice *choices, const char *text)
{
    for (; choices->name; choices++)
        if (strcmp(choices->name, text) == 0)
            return choices;
    return NULL;
}

bool list_add(struct string_list *list, const char *text)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity * 2 + 8;
        const char **items = realloc(list->items, capacity * sizeof *items);
        if (!items)
            return false;
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = text;
    return true;
}

/* What the option takes, as a phrase. */
static void describe(const struct option *option, char *out, size_t size)
{
    size_t used = 0;
    switch (option->kind) {
    case OPTION_CHOICE:
        out[0] = '\0';
        for (const struct choice *choice = option->choices; choice->name && used < size; choice++) {
            const char *joint = choice == option->choices ? "" : choice[1].name ? ", " : " or ";
            int length = snprintf(out + used, size - used, "%s%s", joint, choice->name);
            used += length > 0 ? (size_t)length : 0;
        }
        return;
    case OPTION_COUNT:
        (void)snprintf(out, size, "a whole number from %.0f to %.0f", option->least, option->most);
        return;
    case OPTION_SIZE: (void)snprintf(out, size, "a size such as 512M or 4G"); return;
    case OPTION_SHARE:
        (void)snprintf(out, size, "a number from %g to %g%s", option->least, option->most,
                       option->choices ? ", or off" : "");
        return;
    case OPTION_RANGE:
        (void)snprintf(out, size, "two numbers from %g to %g such as .5:.95, or with a step .5:.95:.01", option->least,
                       option->most);
        return;
    case OPTION_BANDS: (void)snprintf(out, size, "bands and rows such as 16x4"); return;
    case OPTION_LIST: (void)snprintf(out, size, "a value that fits into memory"); return;
    case OPTION_TEXT:
    case OPTION_FLAG:
    case OPTION_REQUEST: break;
    }
    out[0] = '\0';
}

/* Reads by kind and stores at the option's place. */
static bool store(const struct option *option, const char *text, struct settings *settings)
{
    char *member = (char *)settings + option->offset;
    const struct choice *choice = option->choices ? find_choice(option->choices, text) : NULL;
    uint64_t size;
    unsigned count;
    double share = OPTION_SHARE_OFF;
    bool good = true;
    switch (option->kind) {
    case OPTION_TEXT: memcpy(member, &text, sizeof text); break;
    case OPTION_LIST: good = list_add((struct string_list *)(void *)member, text); break;
    case OPTION_CHOICE:
        good = choice != NULL;
        if (good)
            memcpy(member, &choice->value, sizeof choice->value);
        break;
    case OPTION_COUNT:
        good = read_count(option, text, &count);
        if (good)
            memcpy(member, &count, sizeof count);
        break;
    case OPTION_SIZE:
        good = read_size(option, text, &size);
        if (good)
            memcpy(member, &size, sizeof size);
        break;
    case OPTION_SHARE:
        good = choice || read_share(option, text, &share);
        if (good)
            memcpy(member, &share, sizeof share);
        break;
    case OPTION_RANGE: good = read_range(option, text, (struct range *)(void *)member); break;
    case OPTION_BANDS: good = read_bands(option, text, &settings->options); break;
    case OPTION_FLAG:
    case OPTION_REQUEST: good = false; break;
    }
    return good;
}

bool value_store(const struct option *option, const char *text, struct settings *settings, char *expected, size_t size)
{
    if (store(option, text, settings))
        return true;
    describe(option, expected, size);
    return false;
}
