/* The commands themselves. */
#ifndef DEDUP_CLI_COMMAND_H
#define DEDUP_CLI_COMMAND_H

#include <stdio.h>

#include "exit_code.h"
#include "options.h"

/* Each does its job with complete settings, prints failures to standard error, and says how it ended. */
enum exit_code command_run(const struct settings *settings);
enum exit_code command_stream(const struct settings *settings); /* the main job with --in - --out - */
enum exit_code command_log(const struct settings *settings);
enum exit_code command_verify(const struct settings *settings);
enum exit_code command_restore(const struct settings *settings);
enum exit_code command_plan(const struct settings *settings);
enum exit_code command_explain(const struct settings *settings);
enum exit_code command_report(const struct settings *settings);
enum exit_code command_rules_list(const struct settings *settings);
enum exit_code command_rules_test(const struct settings *settings);
enum exit_code command_rules_explain(const struct settings *settings);
enum exit_code command_rules_learned(const struct settings *settings);

/* Prints the summary of a job to `out`; options->output NULL: without the place of the report. */
enum exit_code command_summary(const struct settings *settings, const dedup_options *options,
                               const dedup_summary *summary, FILE *out);
/* Whether `out` is to have colours. */
bool command_wants_color(enum when when, FILE *out);

/* The exit code for a failure of the library. */
enum exit_code command_exit_code(dedup_status status);
/* The same for one before any input is read: a file that is broken or too large is one of rules then, and wrong use. */
enum exit_code command_start_exit_code(dedup_status status);

#endif
