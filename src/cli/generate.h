/* Documents made from the option table: the manual page and the completions. */
#ifndef DEDUP_CLI_GENERATE_H
#define DEDUP_CLI_GENERATE_H

#include <stdio.h>

#include "options.h"

/* Prints one of them, DOCUMENT_NONE excluded. `defaults` is what settings_init gave. */
void generate_document(enum document document, const struct settings *defaults, FILE *out);

void generate_man(const struct settings *defaults, FILE *out); /* mdoc(7), for mandoc and groff */
void generate_markdown(const struct settings *defaults, FILE *out);
void generate_bash(FILE *out);
void generate_zsh(FILE *out);
void generate_fish(FILE *out);

#endif
