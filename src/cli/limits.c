#include "limits.h"

#include <string.h>

/* "Passed on" is always: written as it came, and reported, so that the run ends with 1. */
const struct limit limit_table[] = {
    {"bytes of a document", NULL, "max-document", "passed on"},
    {"bytes of a file, decompressed", NULL, "max-file", "passed on"},
    {"bytes that a compressed byte becomes, from 64 MiB on", NULL, "max-ratio", "passed on"},
    {"memory to decompress a file", "160 MiB", NULL, "passed on"},
    {"levels of JSON in a line", "512", NULL, "passed on"},
    {"steps of a rule over a line", "200000", "no-rule", "no match; for a rule of --rules passed on, the rule named"},
    {"characters of a line that rules try", "1000", NULL, "the line stays"},
    {"bytes of a rule file", "64 MiB", NULL, "refused, 2"},
    {"bytes of a file of lines to learn from", "4 MiB and a 16th of the rest", NULL, "the others are not looked at"},
    {"documents of a source to learn from", "256", NULL, "the others are not looked at"},
    {"memory to learn with", "128 MiB", NULL, "nothing more is learned"},
    {"memory of the search", NULL, "memory", "goes to files"},
    {"documents, and paragraphs", "4294967294", NULL, "the run ends with 4"},
    {"symbolic links on the way to a file", "32", "follow", "the folder is reported"},
    {"folders behind two links and more", "100000", "follow", "the folder is reported"},
    {"threads", "256", "threads", "no more are used"},
};
const size_t limit_count = sizeof limit_table / sizeof *limit_table;

const char *limit_bound(const struct limit *limit, const struct settings *defaults, char *out)
{
    if (limit->bound)
        return limit->bound;
    for (size_t i = 0; i < option_count; i++)
        if (strcmp(option_table[i].name, limit->option) == 0 && option_default(&option_table[i], defaults, out))
            return out;
    return "";
}
