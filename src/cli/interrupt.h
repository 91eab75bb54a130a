/* Signals that ask the command to stop. The first one lets the run end in order; a second one ends the process. */
#ifndef DEDUP_CLI_INTERRUPT_H
#define DEDUP_CLI_INTERRUPT_H

/* Watches SIGINT, SIGTERM and SIGHUP (unless it is ignored, as under nohup). SIGPIPE is ignored: writing to a closed
 * pipe fails with EPIPE instead. SIGBUS, which a disk raises that fails while a mapped temporary file is read, ends the
 * process with a message and EXIT_STOPPED. */
void interrupt_watch(void);

/* The signal that came, or 0. */
int interrupt_signal(void);

#endif
