/* `dedup report OUT`. */
#include <stdio.h>

#include "command.h"
#include "dedup/report.h"

enum exit_code command_report(const struct settings *settings)
{
    dedup_error error = {0};
    dedup_buffer text;
    dedup_buffer_init(&text, SIZE_MAX);
    dedup_status status = dedup_report_read(settings->arguments.items[0], settings->format,
                                            command_wants_color(settings->color, stdout), &text, &error);
    if (status == DEDUP_OK)
        (void)fwrite(text.data, 1, text.length, stdout); /* main checks the stream */
    else
        (void)fprintf(stderr, "dedup: %s\n", error.message);
    dedup_buffer_release(&text);
    return command_exit_code(status);
}
