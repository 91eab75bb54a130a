#include "interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "exit_code.h"

static volatile sig_atomic_t caught;

static void catch_signal(int number)
{
    caught = number;
}

/* Only what is safe in a handler: the fault may have come anywhere. */
_Noreturn static void report_lost_file(int number)
{
    static const char message[] = "dedup: cannot read a temporary file: its disk failed\n";
    (void)number;
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
    _exit(EXIT_STOPPED);
}

void interrupt_watch(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction stop = {.sa_handler = catch_signal, .sa_flags = (int)SA_RESETHAND}, old;
    (void)sigemptyset(&stop.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            (void)sigaction(numbers[i], &stop, NULL);
    struct sigaction lost = {.sa_handler = report_lost_file};
    (void)sigfillset(&lost.sa_mask);
    (void)sigaction(SIGBUS, &lost, NULL);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigemptyset(&ignore.sa_mask);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

int interrupt_signal(void)
{
    return caught;
}
