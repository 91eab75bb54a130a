/* The one table of options. Parsing, usage errors, both helps, the manual page, the completions and the list in the
 * README are all made from it, so that they cannot disagree. */
#ifndef DEDUP_CLI_OPTIONS_H
#define DEDUP_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "commands.h"
#include "dedup/report.h"
#include "dedup/run.h"

/* Where and how the command itself speaks. */
enum when { WHEN_AUTO = 0, WHEN_ALWAYS, WHEN_NEVER, WHEN_JSON };

/* What is asked for instead of a run. */
enum request { REQUEST_NONE = 0, REQUEST_HELP, REQUEST_HELP_ALL, REQUEST_VERSION };
/* What --generate prints. */
enum document { DOCUMENT_NONE = 0, DOCUMENT_MAN, DOCUMENT_BASH, DOCUMENT_ZSH, DOCUMENT_FISH, DOCUMENT_MARKDOWN };

/* Values of an option that may be given several times. The strings are borrowed from argv. */
struct string_list {
    const char **items;
    size_t count, capacity;
};

/* Values from `least` to `most`. */
struct range {
    double least, most, step;
};

/* Everything a command line says. */
struct settings {
    dedup_options options; /* lists are attached by parse_arguments */
    struct string_list rule_files, rules_off;
    enum when progress, color;
    bool quiet, verbose;
    enum request request;
    enum document document;
    dedup_report_format format;   /* of `report` */
    unsigned units;               /* documents to plan for; 0: not said */
    unsigned sample;              /* documents of a sample; 0: all */
    struct range sweep;           /* thresholds to try; most 0: not said */
    bool flush;                   /* of a stream: after every line */
    const char *config;           /* file with more of them */
    char *config_text;            /* its content; owned */
    uint64_t given;               /* bits 1 << place in the table: options that the command line has */
    const char *target;           /* directory to restore to; NULL: not said */
    struct string_list arguments; /* those without dashes */
};

/* How an option's value is read and where it goes: `offset` is of a member of struct settings. */
enum option_kind {
    OPTION_FLAG,    /* bool; takes no value */
    OPTION_REQUEST, /* sets `request` to the value of its only choice; takes no value */
    OPTION_TEXT,    /* const char * */
    OPTION_LIST,    /* struct string_list; may come several times */
    OPTION_CHOICE,  /* an enum with names */
    OPTION_COUNT,   /* unsigned (32 bits), `least` to `most` */
    OPTION_SIZE,    /* uint64_t bytes with K, M, G or T, `least` to `most` */
    OPTION_SHARE,   /* double, `least` to `most`; "off" is OPTION_SHARE_OFF where allowed */
    OPTION_RANGE,   /* struct range of shares: ".5:.95" or with a step ".5:.95:.01" */
    OPTION_BANDS    /* "16x4": unsigned bands and rows of `options` */
};
#define OPTION_SHARE_OFF 2.0

enum option_group {
    GROUP_FILES,
    GROUP_CLEAN,
    GROUP_DUPLICATES,
    GROUP_PLAN,
    GROUP_RESOURCES,
    GROUP_TERMINAL,
    GROUP_COUNT
};

/* Whether an option has a meaning for a stream, `--in - --out -`. */
enum option_stream { STREAM_NO = 0, STREAM_YES, STREAM_ONLY };

/* What completions offer. */
enum option_value { VALUE_OTHER = 0, VALUE_DIRECTORY, VALUE_FILE };

struct choice {
    const char *name; /* NULL ends the list */
    int value;
};

struct option {
    const char *name;             /* without the dashes */
    const char *argument;         /* what the help calls the value; NULL: takes none */
    const char *brief;            /* one line, at most OPTION_BRIEF characters */
    const char *detail;           /* sentences for --help-all and the manual; NULL: brief says it all */
    const char *unset;            /* what 0 or a missing text means, shown as default; NULL: no default is shown */
    const struct choice *choices; /* OPTION_CHOICE, and OPTION_SHARE that may be off */
    double least, most;
    size_t offset;
    unsigned commands; /* bits 1 << enum command_id */
    enum option_kind kind;
    enum option_group group;
    enum option_value value;
    enum option_stream stream;
    char letter;    /* 0: none */
    bool basic;     /* part of the short help */
    bool line_only; /* has no meaning in the file of --config; requests never have one */
};

enum { OPTION_BRIEF = 50, OPTION_DEFAULT_SIZE = 64, OPTION_MAXIMUM = 64 };

extern const struct option option_table[];
extern const size_t option_count; /* at most OPTION_MAXIMUM */
extern const char *const option_group_titles[GROUP_COUNT];

/* Writes the options that only some commands have and that this one takes, as "--in, --out"; empty when there are none.
 */
void option_names(enum command_id command, char *out, size_t size);

/* Whether the command line has the option. */
bool option_given(const struct settings *settings, const struct option *option);

/* Whether the settings ask for a stream. */
bool settings_stream(const struct settings *settings);

/* Defaults of the library and of the command. */
void settings_init(struct settings *settings);
void settings_release(struct settings *settings);

/* The option called `name` (`length` bytes) or `letter` that `command` knows; NULL when there is none. */
const struct option *option_by_name(const char *name, size_t length, enum command_id command);
const struct option *option_by_letter(char letter, enum command_id command);

/* The value in `settings` as it would stand on the command line, or what it means to be unset; false: nothing to
 * show. `out` has OPTION_DEFAULT_SIZE bytes. */
bool option_default(const struct option *option, const struct settings *settings, char *out);

#endif
