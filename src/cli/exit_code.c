#include "exit_code.h"

const struct exit_meaning exit_meanings[EXIT_MEANING_COUNT] = {
    {EXIT_DONE, "done"},
    {EXIT_REPORTED, "done, but some inputs were reported"},
    {EXIT_USAGE, "wrong use, nothing was written"},
    {EXIT_WRITE, "an output could not be written (disk full, permission)"},
    {EXIT_STOPPED, "stopped by a signal, out of memory, or another failure"},
};
