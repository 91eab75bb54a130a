/* Values of options as text, the way they would be typed. */
#include <stdio.h>
#include <string.h>

#include "options.h"

static void show_size(uint64_t value, char *out)
{
    static const char units[] = "KMGT";
    size_t unit = 0;
    while (unit < 4 && value != 0 && value % 1024 == 0) {
        value /= 1024;
        unit++;
    }
    (void)snprintf(out, OPTION_DEFAULT_SIZE, "%llu%.*s", (unsigned long long)value, unit > 0,
                   &units[unit > 0 ? unit - 1 : 0]);
}

static const char *choice_name(const struct choice *choices, int value)
{
    for (const struct choice *choice = choices; choice->name; choice++)
        if (choice->value == value)
            return choice->name;
    return "";
}

static void copy(const char *text, char *out)
{
    (void)snprintf(out, OPTION_DEFAULT_SIZE, "%s", text);
}

/* Writes the value; leaves `out` empty for "unset". */
static void show_value(const struct option *option, const struct settings *settings, char *out)
{
    const char *member = (const char *)settings + option->offset;
    union {
        const char *text;
        int choice;
        unsigned count;
        uint64_t size;
        double share;
    } value;
    switch (option->kind) {
    case OPTION_TEXT:
        memcpy(&value.text, member, sizeof value.text);
        if (value.text)
            copy(value.text, out);
        return;
    case OPTION_CHOICE:
        memcpy(&value.choice, member, sizeof value.choice);
        copy(choice_name(option->choices, value.choice), out);
        return;
    case OPTION_COUNT:
    case OPTION_BANDS:
        memcpy(&value.count, member, sizeof value.count);
        if (value.count != 0)
            (void)snprintf(out, OPTION_DEFAULT_SIZE, "%u", value.count);
        return;
    case OPTION_SIZE:
        memcpy(&value.size, member, sizeof value.size);
        if (value.size != 0)
            show_size(value.size, out);
        return;
    case OPTION_SHARE:
        memcpy(&value.share, member, sizeof value.share);
        if (option->choices && value.share > option->most)
            copy(option->choices[0].name, out);
        else
            (void)snprintf(out, OPTION_DEFAULT_SIZE, "%g", value.share);
        return;
    case OPTION_FLAG:
    case OPTION_REQUEST:
    case OPTION_RANGE:
    case OPTION_LIST: return;
    }
}

bool option_default(const struct option *option, const struct settings *settings, char *out)
{
    out[0] = '\0';
    show_value(option, settings, out);
    if (out[0] == '\0' && option->unset)
        copy(option->unset, out);
    return out[0] != '\0';
}
