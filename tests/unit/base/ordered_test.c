#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#undef fail /* cmocka has a macro of this name */
#include "base/failure.h"
#include "base/ordered.h"
#include "random.h"

enum { NEVER = -1, THREADS_MAXIMUM = 24, ITEMS_MAXIMUM = 48 };

/* Which item fails in which stage, and what happened. Not guarded by locks on purpose: only one thread at a time may be
 * in produce or consume, and the thread sanitizer watches that. */
struct run {
    long count; /* items there are to produce */
    long produce_fails, work_fails, consume_fails;
    uint64_t seed;
    long produced, consumed;
    int producing, consuming;
};

struct worker {
    int busy;
    long worked;
};

struct item {
    long number;
    uint64_t value;
    struct worker *worker;
};

static void dawdle(uint64_t seed, long number, unsigned stage)
{
    struct random random = {seed + (uint64_t)number * 3 + stage};
    for (size_t i = random_below(&random, 4); i > 0; i--)
        sched_yield();
}

static dedup_status produce(void *context, void *item_, bool *more, dedup_error *error)
{
    struct run *run = context;
    struct item *item = item_;
    assert_int_equal(run->producing++, 0);
    dawdle(run->seed, run->produced, 0);
    dedup_status status = DEDUP_OK;
    if (run->produced == run->count)
        *more = false;
    else if (run->produced == run->produce_fails)
        status = fail(error, DEDUP_ERROR_READ, "produce %ld", run->produced);
    else
        *item = (struct item){.number = run->produced++};
    run->producing--;
    return status;
}

static dedup_status work(void *context, void *worker_, void *item_, dedup_error *error)
{
    const struct run *run = context;
    struct worker *worker = worker_;
    struct item *item = item_;
    assert_int_equal(worker->busy++, 0);
    dawdle(run->seed, item->number, 1);
    item->value = (uint64_t)item->number * 0x9e3779b97f4a7c15;
    worker->worked++;
    worker->busy--;
    if (run->work_fails != NEVER && item->number >= run->work_fails)
        return fail(error, DEDUP_ERROR_FORMAT, "work %ld", item->number);
    return DEDUP_OK;
}

static dedup_status consume(void *context, void *item_, dedup_error *error)
{
    struct run *run = context;
    const struct item *item = item_;
    assert_int_equal(run->consuming++, 0);
    assert_int_equal(item->number, run->consumed);
    assert_true(item->value == (uint64_t)item->number * 0x9e3779b97f4a7c15);
    dawdle(run->seed, item->number, 2);
    run->consuming--;
    if (run->consumed == run->consume_fails)
        return fail(error, DEDUP_ERROR_WRITE, "consume %ld", run->consumed);
    run->consumed++;
    return DEDUP_OK;
}

static dedup_status run_with(struct run *run, size_t thread_count, size_t item_count, dedup_error *error)
{
    static struct item items[ITEMS_MAXIMUM];
    struct worker workers[THREADS_MAXIMUM] = {{0}};
    void *item_list[ITEMS_MAXIMUM] = {NULL}, *worker_list[THREADS_MAXIMUM] = {NULL};
    for (size_t i = 0; i < item_count; i++)
        item_list[i] = &items[i];
    for (size_t i = 0; i < thread_count; i++)
        worker_list[i] = &workers[i];
    const struct ordered_stages stages = {run, produce, work, consume};
    dedup_status status = ordered_run(&stages, worker_list, thread_count, item_list, item_count, error);
    long worked = 0;
    for (size_t i = 0; i < thread_count; i++)
        worked += workers[i].worked;
    assert_int_equal(worked, run->produced);
    return status;
}

static const size_t thread_counts[] = {1, 2, 3, 8, THREADS_MAXIMUM};
static const size_t item_counts[] = {1, 2, 3, 16, ITEMS_MAXIMUM};
enum { THREAD_CHOICES = sizeof thread_counts / sizeof *thread_counts };
enum { ITEM_CHOICES = sizeof item_counts / sizeof *item_counts };

static void test_all_items_in_order(void **unused)
{
    (void)unused;
    const long counts[] = {0, 1, 2, 500};
    for (size_t t = 0; t < THREAD_CHOICES * ITEM_CHOICES * 4; t++) {
        struct run run = {counts[t % 4], NEVER, NEVER, NEVER, t, 0, 0, 0, 0};
        dedup_error error = {.message = "untouched"};
        size_t threads = thread_counts[t / 4 % THREAD_CHOICES], items = item_counts[t / 4 / THREAD_CHOICES];
        assert_int_equal(run_with(&run, threads, items, &error), DEDUP_OK);
        assert_int_equal(run.consumed, counts[t % 4]);
        assert_string_equal(error.message, "untouched");
    }
}

/* What must be returned: the failure of the earliest item, and for one item that of its earliest stage. */
static dedup_status expected(const struct run *run, char *message, size_t size, long *consumed)
{
    for (long i = 0; i <= run->count; i++) {
        *consumed = i;
        if (i == run->count)
            break;
        const char *stage = i == run->produce_fails                            ? "produce"
                            : run->work_fails != NEVER && i >= run->work_fails ? "work"
                            : i == run->consume_fails                          ? "consume"
                                                                               : NULL;
        if (stage) {
            (void)snprintf(message, size, "%s %ld", stage, i);
            return *stage == 'p' ? DEDUP_ERROR_READ : *stage == 'w' ? DEDUP_ERROR_FORMAT : DEDUP_ERROR_WRITE;
        }
    }
    return DEDUP_OK;
}

static void test_the_first_failure_in_order_is_returned(void **unused)
{
    (void)unused;
    struct random random = random_make(5);
    for (int round = 0; round < 600; round++) {
        struct run run = {(long)random_below(&random, 60), NEVER, NEVER, NEVER, random_next(&random), 0, 0, 0, 0};
        if (random_below(&random, 2))
            run.produce_fails = (long)random_below(&random, 60);
        if (random_below(&random, 2))
            run.work_fails = (long)random_below(&random, 60);
        if (random_below(&random, 2))
            run.consume_fails = (long)random_below(&random, 60);
        char want[64] = "";
        long consumed;
        dedup_status status = expected(&run, want, sizeof want, &consumed);
        dedup_error error = {.message = ""};
        size_t threads = thread_counts[random_below(&random, THREAD_CHOICES)];
        size_t items = item_counts[random_below(&random, ITEM_CHOICES)];
        assert_int_equal(run_with(&run, threads, items, random_below(&random, 8) ? &error : NULL), status);
        if (*error.message) {
            assert_string_equal(error.message, want);
            assert_int_equal(error.status, status);
        }
        assert_int_equal(run.consumed, consumed);
    }
}

/* A stage that fails without a word still leaves the status behind. */
static dedup_status fail_silently(void *context, void *item, bool *more, dedup_error *error)
{
    (void)context, (void)item, (void)more, (void)error;
    return DEDUP_ERROR_STOPPED;
}

static void test_a_silent_failure_has_its_status(void **unused)
{
    (void)unused;
    const struct ordered_stages stages = {NULL, fail_silently, work, consume};
    struct item item;
    void *items[] = {&item}, *workers[] = {NULL};
    dedup_error error = {.status = DEDUP_OK};
    assert_int_equal(ordered_run(&stages, workers, 1, items, 1, &error), DEDUP_ERROR_STOPPED);
    assert_int_equal(error.status, DEDUP_ERROR_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_items_in_order),
        cmocka_unit_test(test_the_first_failure_in_order_is_returned),
        cmocka_unit_test(test_a_silent_failure_has_its_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
