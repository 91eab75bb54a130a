/* dedup_plan_make: the detection curve of a banding, computed and measured. */
#include "dedup/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/file.h"
#include "pipeline/job.h"
#include "pipeline/recall.h"

enum {
    UNITS_DEFAULT = 1000000,
    CURVE_FIRST = 30, /* similarities in hundredths */
    CURVE_LAST = 100,
    CURVE_STEP = 5,
    READ_MAXIMUM = 256 << 20,   /* bytes of input, decompressed */
    SAMPLE_TEXTS = 4096,        /* stretches of documents */
    STRETCH_MAXIMUM = 8192,     /* code points of each */
    PAIRS_AT_THRESHOLD = 20000, /* per size: three misses in ten thousand show */
    PAIRS_ELSEWHERE = 4000,
};

/* The octaves of DEDUP_PLAN_SIZES. */
static const struct {
    unsigned least, most;
} sizes[DEDUP_PLAN_SIZES] = {{6, RECALL_OCTAVE_MAXIMUM}, {5, 6}, {4, 5}};

static void add_point(dedup_plan *plan, double jaccard)
{
    struct band_plan bands = {plan->bands, plan->rows};
    plan->points[plan->point_count++] =
        (dedup_plan_point){.jaccard = jaccard, .theory = band_plan_recall(bands, jaccard)};
}

/* Lays out the curve, the threshold in its place. */
static void make_curve(dedup_plan *plan, double threshold)
{
    bool met = false;
    plan->point_count = 0;
    for (int hundredths = CURVE_FIRST; hundredths <= CURVE_LAST; hundredths += CURVE_STEP) {
        double jaccard = hundredths / 100.0;
        if (!met && threshold <= jaccard + 1e-9) {
            met = true;
            plan->threshold = plan->point_count;
            if (threshold < jaccard - 1e-9)
                add_point(plan, threshold);
        }
        add_point(plan, jaccard);
    }
}

/* An observer between the job and the caller's, that ends the reading when there is enough. */
struct reader {
    const dedup_observer *observer; /* may be NULL */
    const struct job *job;
    bool enough;
};

static void pass_problem(void *context, const dedup_problem *problem)
{
    const struct reader *reader = context;
    if (reader->observer && reader->observer->problem)
        reader->observer->problem(reader->observer->context, problem);
}

static bool pass_progress(void *context, const dedup_progress *progress)
{
    struct reader *reader = context;
    if (reader->observer && reader->observer->progress &&
        !reader->observer->progress(reader->observer->context, progress))
        return false;
    reader->enough = reader->job->in.bytes >= READ_MAXIMUM;
    return !reader->enough || strcmp(progress->stage, "read") != 0;
}

static dedup_status read_documents(struct job *job, struct reader *reader, int input, dedup_error *error)
{
    TRY(job_list(job, input, error));
    TRY(job_make_matchers(job, error));
    dedup_status status = job_read(job, error);
    return status == DEDUP_ERROR_STOPPED && reader->enough ? DEDUP_OK : status;
}

/* Adds up to `parts` stretches of a document's key that lie evenly over it. */
static dedup_status add_document(const struct job *job, struct recall_sample *sample, uint32_t document, size_t parts,
                                 dedup_error *error)
{
    struct key_ref ref;
    size_t count;
    TRY(matcher_key(job->documents_matcher, document, &ref, error));
    if (ref.count == 0)
        return DEDUP_OK;
    uint32_t *points = malloc(ref.count * sizeof *points);
    if (!points)
        return fail_memory(error, "a document");
    dedup_status status = key_store_read(job->keys, ref, points, &count, error);
    size_t whole = (count + STRETCH_MAXIMUM - 1) / STRETCH_MAXIMUM, stretch = count;
    if (whole > 1)
        stretch = STRETCH_MAXIMUM;
    if (parts > whole)
        parts = whole;
    for (size_t i = 0; i < parts && status == DEDUP_OK; i++) {
        size_t begin = parts > 1 ? (count - stretch) / (parts - 1) * i : 0;
        status = recall_sample_add(sample, points + begin, stretch, error);
    }
    free(points);
    return status;
}

/* Takes stretches that lie evenly over the documents: one each of some, or several of each when they are few. */
static dedup_status take_sample(const struct job *job, struct recall_sample *sample, dedup_error *error)
{
    size_t documents = job->record_count, taken = documents < SAMPLE_TEXTS ? documents : SAMPLE_TEXTS;
    for (size_t i = 0; i < taken; i++)
        TRY(add_document(job, sample, (uint32_t)(i * documents / taken), SAMPLE_TEXTS / taken, error));
    return DEDUP_OK;
}

/* Fills in the measured counts. Texts that are few give fewer pairs, one for each of their characters at most. */
static dedup_status measure(struct job *job, const struct recall_sample *sample, dedup_plan *plan, dedup_error *error)
{
    struct sketch_layout layout;
    struct recall_meter *meter;
    size_t cells = plan->point_count * DEDUP_PLAN_SIZES;
    sketch_layout_init(&layout, (struct band_plan){plan->bands, plan->rows});
    TRY(recall_meter_create(&meter, error));
    dedup_status status = DEDUP_OK;
    for (size_t cell = 0; cell < cells && status == DEDUP_OK; cell++) {
        size_t point = cell / DEDUP_PLAN_SIZES, size = cell % DEDUP_PLAN_SIZES;
        uint64_t pairs = point == plan->threshold ? PAIRS_AT_THRESHOLD : PAIRS_ELSEWHERE;
        struct recall_wish wish = {plan->points[point].jaccard, sizes[size].least, sizes[size].most,
                                   pairs < sample->point_count ? pairs : sample->point_count, cell};
        struct recall_count count = recall_measure(meter, sample, &layout, &wish);
        plan->points[point].measured[size] = (dedup_plan_count){count.pairs, count.found};
        status = job_progress(job, "measure", cell + 1, cells, error);
    }
    recall_meter_free(meter);
    return status;
}

static dedup_status measure_input(struct job *job, struct reader *reader, dedup_plan *plan, int input,
                                  dedup_error *error)
{
    struct recall_sample sample = {0};
    TRY(read_documents(job, reader, input, error));
    struct band_plan bands = matcher_bands(job->documents_matcher);
    plan->bands = bands.bands;
    plan->rows = bands.rows;
    make_curve(plan, job->options->threshold);
    dedup_status status = take_sample(job, &sample, error);
    if (status == DEDUP_OK && sample.point_count < (size_t)1 << (sizes[DEDUP_PLAN_SIZES - 1].least))
        status = fail(error, DEDUP_ERROR_ARGUMENT, "%s has too little text to measure on", job->options->input);
    if (status == DEDUP_OK)
        status = measure(job, &sample, plan, error);
    recall_sample_release(&sample);
    return status;
}

/* The measured plan, or for options without input the computed one. */
static dedup_status make_plan(struct job *job, struct reader *reader, dedup_plan *plan, dedup_error *error)
{
    const char *input = job->options->input;
    if (!*input) {
        plan->bands = job->options->bands;
        plan->rows = job->options->rows;
        make_curve(plan, job->options->threshold);
        return DEDUP_OK;
    }
    int descriptor = file_open(AT_FDCWD, input, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot open %s", input);
    dedup_status status = measure_input(job, reader, plan, descriptor, error);
    close(descriptor);
    return status;
}

dedup_status dedup_plan_make(const dedup_options *options, uint64_t units, const dedup_observer *observer,
                             dedup_plan *plan, dedup_error *error)
{
    struct job job;
    struct reader reader = {.observer = observer, .job = &job};
    dedup_observer between = {&reader, pass_problem, pass_progress};
    dedup_options own = *options;
    own.input = options->input ? options->input : "";
    own.output = "";
    own.clean = DEDUP_CLEAN_OFF;
    own.paragraphs = DEDUP_PARAGRAPHS_OFF;
    own.containment = 2;
    *plan = (dedup_plan){0};
    TRY(job_init(&job, &own, &between, error));
    if (own.bands == 0 && (units != 0 || !options->input)) {
        struct band_plan bands = band_plan_choose(own.threshold, units != 0 ? units : UNITS_DEFAULT);
        own.bands = bands.bands;
        own.rows = bands.rows;
    }
    dedup_status status = make_plan(&job, &reader, plan, error);
    job_release(&job);
    return status;
}
