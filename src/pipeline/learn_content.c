#include "pipeline/learn_content.h"

#include <string.h>

#include "base/failure.h"
#include "sketch/shingle.h"
#include "sketch/sketch.h"

enum {
    ALIKE_LANES = 100,  /* lanes of a signature that agree in documents that are nearly the same: Jaccard .7 */
    SKETCH_POINTS = 640 /* code points of a document that are sketched */
};

/* Sketches a piece of the middle of a key, which is body and not template. */
static void sketch_points(const uint32_t *points, size_t count, uint64_t out[4])
{
    uint64_t hashes[SKETCH_POINTS];
    struct sketch sketch;
    struct key_hash key = {0};
    size_t used = count < SKETCH_POINTS ? count : SKETCH_POINTS;
    sketch_clear(&sketch);
    shingle_hash(points + (count - used) / 2, used, hashes);
    sketch_update(&sketch, hashes, shingle_count(used), &key);
    struct signature signature = signature_of(&sketch);
    memcpy(out, &signature, sizeof signature);
}

dedup_status learn_content(struct worker *worker, const struct source *source, struct learn_marks *marks,
                           struct learn_content *content, dedup_error *error)
{
    const uint32_t *points;
    size_t point_count, before = marks->count;
    TRY(learn_read(worker->reader, source->text, source->text_length, &marks->items, &marks->count, &marks->capacity,
                   &points, &point_count, error));
    content->mark_count = marks->count - before;
    sketch_points(points, point_count, content->sketch);
    return DEDUP_OK;
}

bool learn_are_alike(const uint64_t a[4], const uint64_t b[4])
{
    struct signature left, right;
    memcpy(&left, a, sizeof left);
    memcpy(&right, b, sizeof right);
    return signature_agreement(&left, &right) >= ALIKE_LANES;
}

dedup_status learn_skip_local(dedup_status status, const dedup_error *reason, dedup_error *error)
{
    if (job_is_local(status))
        return DEDUP_OK;
    return fail(error, status, "%s", reason->message);
}
