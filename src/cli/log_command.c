/* `dedup log OUT`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "dedup/log.h"

/* `context` is an int that gets the errno of a failed write. */
static dedup_status print_record(void *context, const char *record, size_t length, dedup_error *error)
{
    if (fwrite(record, 1, length, stdout) == length && fputc('\n', stdout) != EOF)
        return DEDUP_OK;
    int *reason = context;
    *reason = errno;
    if (error) {
        error->status = DEDUP_ERROR_WRITE;
        (void)snprintf(error->message, sizeof error->message, "cannot write to standard output: %s", strerror(errno));
    }
    return DEDUP_ERROR_WRITE;
}

enum exit_code command_log(const struct settings *settings)
{
    dedup_error error = {0};
    int reason = 0;
    dedup_status status = dedup_log_read(settings->arguments.items[0], print_record, &reason, &error);
    if (status == DEDUP_OK || reason == EPIPE) /* a reader that goes away has seen what it wanted */
        return EXIT_DONE;
    (void)fprintf(stderr, "dedup: %s\n", error.message);
    return command_exit_code(status);
}
