/* The file of --config: options by their names, one a line.
 *
 *     # what the crawler's runs have in common
 *     threshold = 0.75
 *     rules = house.rules
 *     no-rule = app.open-read
 *     follow = true
 *
 * Blank lines, and lines that begin with #, say nothing. Blanks around name and value do not count; the value is the
 * rest of the line. What the command line says counts more; options that may be repeated add up. Options of other
 * commands are checked for their names only, so that one file serves all. */
#ifndef DEDUP_CLI_CONFIG_H
#define DEDUP_CLI_CONFIG_H

#include "parse.h"

enum { CONFIG_BYTES_MAXIMUM = 1 << 20 };

/* Reads the file into settings that the command line has filled; the values live in settings->config_text, which
 * settings own. Returns false with one line in `message` that names the file, the line and the cure. */
bool config_read(const char *path, enum command_id command, struct settings *settings,
                 char message[PARSE_MESSAGE_SIZE]);

/* The same with the content of a file, `length` bytes and a NUL behind them, which is changed and must outlive the
 * settings; `name` is what messages call it. */
bool config_parse(char *text, size_t length, const char *name, enum command_id command, struct settings *settings,
                  char message[PARSE_MESSAGE_SIZE]);

#endif
