/* `dedup plan`. */
#include "dedup/plan.h"

#include <stdio.h>
#include <string.h>

#include "command.h"
#include "console.h"
#include "interrupt.h"
#include "show.h"

enum { SHOWN_SIZE = 1024 };

static const char *const size_names[DEDUP_PLAN_SIZES] = {"64 and more", "32 to 63", "16 to 31"};

static void print_heading(const dedup_plan *plan, const struct settings *settings)
{
    const dedup_plan_point *point = &plan->points[plan->threshold];
    (void)printf("bands %ux%u: two texts with a similarity of %g are compared with probability %.5f\n\n", plan->bands,
                 plan->rows, point->jaccard, point->theory);
    if (!settings->options.input) {
        (void)printf("   J   theory\n");
        return;
    }
    char shown[SHOWN_SIZE];
    show(settings->options.input, strlen(settings->options.input), shown, sizeof shown);
    (void)printf("Measured on %s, by the number of different shingles of a text:\n\n              ", shown);
    for (size_t i = 0; i < DEDUP_PLAN_SIZES; i++)
        (void)printf("%22s", size_names[i]);
    (void)printf("\n   J   theory ");
    for (size_t i = 0; i < DEDUP_PLAN_SIZES; i++)
        (void)printf(" %6s %6s %7s", "pairs", "found", "recall");
    (void)printf("\n");
}

static void print_point(const dedup_plan_point *point, bool measured)
{
    (void)printf("%5.3f %.5f", point->jaccard, point->theory);
    for (size_t i = 0; measured && i < DEDUP_PLAN_SIZES; i++) {
        const dedup_plan_count *count = &point->measured[i];
        (void)printf(" %6llu %6llu", (unsigned long long)count->pairs, (unsigned long long)count->found);
        if (count->pairs != 0)
            (void)printf(" %7.5f", (double)count->found / (double)count->pairs);
        else
            (void)printf(" %7s", "-");
    }
    (void)printf("\n");
}

enum exit_code command_plan(const struct settings *settings)
{
    struct console console;
    console_init(&console, settings, stderr);
    const dedup_observer observer = {.context = &console, .problem = console_problem, .progress = console_progress};
    dedup_plan plan;
    dedup_error error = {0};
    interrupt_watch();
    dedup_status status = dedup_plan_make(&settings->options, settings->units, &observer, &plan, &error);
    console_finish(&console);
    if (status != DEDUP_OK) {
        (void)fprintf(stderr, "dedup: %s\n", error.message);
        return command_exit_code(status);
    }
    print_heading(&plan, settings);
    for (size_t i = 0; i < plan.point_count; i++)
        print_point(&plan.points[i], settings->options.input != NULL);
    return console.problems == 0 ? EXIT_DONE : EXIT_REPORTED;
}
