#include <string.h>

#include "options.h"

const struct command command_table[COMMAND_COUNT] = {
    [COMMAND_RUN] =
        {NULL, "--in DIR --out DIR [options]", 0, 0, false, "clean and deduplicate a directory",
         "Reads the files below the input directory, removes boilerplate and duplicates, and writes the same "
         "tree below the output directory. Nothing is ever written to the input. A run that was stopped is "
         "finished by the same command. With --in - --out - it reads JSON Lines and writes each line that stays as "
         "soon as it is decided."},
    [COMMAND_LOG] = {"log", "OUT", 1, 1, false, "print what was removed, as JSON Lines",
                     "Prints the removal log of a finished run: one JSON object for every stretch of text that was "
                     "removed or replaced, with the document, the bytes of the input, the reason and the text."},
    [COMMAND_VERIFY] = {"verify", "--in DIR --out DIR", 0, 0, false, "prove that nothing is lost",
                        "Compares the input of a finished run, byte for byte, with what its output and its removal log "
                        "give together, and prints where each file begins to differ. The exit code is 1 when there "
                        "are differences. With --log ranges what was removed is only measured."},
    [COMMAND_RESTORE] = {"restore", "--out DIR --to DIR", 0, 0, false, "rebuild the input from the output",
                         "Rebuilds the input of a finished run, byte for byte, from its output and its removal log. "
                         "Compressed files are compressed again; their content is the same. A restore that was stopped "
                         "is finished by the same command. The exit code is 1 when some files cannot be rebuilt."},
    [COMMAND_PLAN] =
        {"plan", "[options]", 0, 0, false, "print how surely duplicates are found",
         "Prints the banding that a run with this threshold uses, and its detection curve: the probability "
         "that two texts of a similarity are compared. With --measure also the share of pairs that are "
         "found among pieces of real text and edited copies of them. With --in DIR --sweep A:B how many documents "
         "would go at each threshold. Nothing is written."},
    [COMMAND_EXPLAIN] = {"explain", "OUT DOCUMENT", 2, 2, false, "say what became of a document and why",
                         "Prints a document of a finished run as it was, with every part that was removed marked and "
                         "its reason. For one that left as a duplicate, prints how it differs from the one that "
                         "stays. A document is named by its path below the input, in JSON Lines files as path:line."},
    [COMMAND_REPORT] = {"report", "OUT", 1, 1, false, "print the report of a run again",
                        "Prints the summary of a finished run; with --format its numbers for other programs, or the "
                        "page for people, which is also in OUT/.dedup/report.html."},
    [COMMAND_RULES_LIST] = {"rules list", "[options]", 0, 0, true, "print the cleaning rules",
                            "Prints a line for every rule: id, class, the level from which on it works, whether it "
                            "works with these options, and the place where it is written."},
    [COMMAND_RULES_TEST] = {"rules test", "[FILE...]", 0, SIZE_MAX, true, "try the examples of rule packs",
                            "Tries the examples of the built-in rule packs and of the files, all rules together, and "
                            "prints those that do not hold. The exit code is 1 when there are any."},
    [COMMAND_RULES_EXPLAIN] =
        {"rules explain", "FILE", 1, 1, true, "print what cleaning does to each line",
         "Prints every line of a text with its number, what becomes of it and the rules that do "
         "it. Where a rule knows a line that stays, the reason follows. What a run learns from the other "
         "documents of a source is not known here."},
    [COMMAND_RULES_LEARNED] = {"rules learned", "OUT", 1, 1, false, "print what a run learned as rules",
                               "Prints the lines that a finished run removed because the documents of a source repeat "
                               "them, source by source with their counts, as a rule pack to read, keep and share."},
};

size_t command_first_word(const struct command *command)
{
    return strcspn(command->name, " ");
}

const char *command_second_word(const struct command *command)
{
    size_t first = command_first_word(command);
    return command->name[first] != '\0' ? command->name + first + 1 : NULL;
}

bool command_is_first(enum command_id id)
{
    const struct command *command = &command_table[id];
    size_t length = command_first_word(command);
    for (size_t i = 1; i < (size_t)id; i++)
        if (command_first_word(&command_table[i]) == length &&
            memcmp(command_table[i].name, command->name, length) == 0)
            return false;
    return true;
}
