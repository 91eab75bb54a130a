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

/* The thresholds of a sweep, as they would be typed: rounded to a millionth. Returns how many they are. */
static size_t list_thresholds(const struct range *range, double thresholds[DEDUP_SWEEP_MAXIMUM])
{
    size_t count = 0;
    for (double value = range->least; value <= range->most + 1e-9 && count < DEDUP_SWEEP_MAXIMUM;) {
        thresholds[count++] = (double)(uint64_t)(value * 1e6 + 0.5) / 1e6;
        value = range->least + (double)count * range->step;
    }
    return count;
}

static void print_sweep(const dedup_sweep *sweep)
{
    (void)printf("%llu documents; those that would go, and the near duplicate that is least like its keeper:\n\n",
                 (unsigned long long)sweep->documents);
    (void)printf("threshold       go    share    equal     near  contained\n");
    for (size_t i = 0; i < sweep->count; i++) {
        const dedup_sweep_point *point = &sweep->points[i];
        uint64_t all = point->exact + point->near + point->contained;
        double share = sweep->documents != 0 ? 100 * (double)all / (double)sweep->documents : 0;
        (void)printf("%9.7g %8llu %6.1f %% %8llu %8llu %10llu", point->threshold, (unsigned long long)all, share,
                     (unsigned long long)point->exact, (unsigned long long)point->near,
                     (unsigned long long)point->contained);
        if (point->dropped)
            (void)printf("  %.4f %s ~ %s", point->similarity, point->dropped, point->kept);
        (void)printf("\n");
    }
}

static enum exit_code print_failure(const struct console *console, dedup_status status, const dedup_error *error)
{
    (void)fprintf(stderr, "dedup: %s\n", error->message);
    return console->reading ? command_exit_code(status) : command_start_exit_code(status);
}

static enum exit_code sweep(const struct settings *settings, const dedup_observer *observer, struct console *console)
{
    double thresholds[DEDUP_SWEEP_MAXIMUM];
    size_t count = list_thresholds(&settings->sweep, thresholds);
    dedup_sweep found;
    dedup_error error = {0};
    dedup_status status = dedup_sweep_make(&settings->options, thresholds, count, observer, &found, &error);
    console_finish(console);
    if (status != DEDUP_OK)
        return print_failure(console, status, &error);
    print_sweep(&found);
    dedup_sweep_release(&found);
    return console->problems == 0 ? EXIT_DONE : EXIT_REPORTED;
}

enum exit_code command_plan(const struct settings *settings)
{
    struct console console;
    console_init(&console, settings, stderr);
    const dedup_observer observer = {.context = &console, .problem = console_problem, .progress = console_progress};
    dedup_plan plan;
    dedup_error error = {0};
    interrupt_watch();
    if (settings->sweep.most > 0)
        return sweep(settings, &observer, &console);
    dedup_status status = dedup_plan_make(&settings->options, settings->units, &observer, &plan, &error);
    console_finish(&console);
    if (status != DEDUP_OK)
        return print_failure(&console, status, &error);
    print_heading(&plan, settings);
    for (size_t i = 0; i < plan.point_count; i++)
        print_point(&plan.points[i], settings->options.input != NULL);
    return console.problems == 0 ? EXIT_DONE : EXIT_REPORTED;
}
