#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failure.h"
#include "corpus/codec.h"
#include "corpus/stream.h"

enum { INPUT_SIZE = 64 * 1024, READ_ALL_STEP = 64 * 1024 };

struct input_stream {
    int descriptor;
    const struct codec *codec; /* NULL: plain */
    void *member;              /* unpacker of the member being read; NULL between members */
    bool ended;                /* nothing more comes */
    dedup_error failure;       /* status DEDUP_OK until a read fails */
    struct stream_limits limits;
    uint64_t size_hint; /* bytes on disk as listed */
    uint64_t consumed;  /* compressed bytes that were unpacked or skipped */
    uint64_t produced;  /* decompressed bytes */
    size_t begin, end;  /* what is left of `input` */
    unsigned char *input;
    struct sum *packed; /* of the compressed bytes; NULL: plain */
    char path[];
};

static dedup_status open_regular(int root, const char *path, bool follow, int *out, dedup_error *error)
{
    const char *rest = path;
    int from = file_reach(root, &rest);
    if (from == -1)
        return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot open the folder of %s", path);
    int descriptor = file_open(from, rest, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW));
    int code = errno;
    if (from != root)
        close(from);
    if (descriptor < 0 && code == ELOOP && !follow)
        return fail(error, DEDUP_ERROR_READ, "%s has become a symbolic link; --follow follows it", path);
    if (descriptor < 0)
        return fail_errno(error, DEDUP_ERROR_READ, code, "cannot open %s", path);
    struct stat facts;
    if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        close(descriptor);
        return fail(error, DEDUP_ERROR_READ, "%s is not a regular file", path);
    }
    *out = descriptor;
    return DEDUP_OK;
}

dedup_status input_stream_open(int root, const struct corpus_file *file, bool follow,
                               const struct stream_limits *limits, struct input_stream **out, dedup_error *error)
{
    const struct codec *codec = codec_of(file->container);
    size_t path_size = strlen(file->path) + 1;
    struct input_stream *stream = malloc(sizeof *stream + path_size);
    unsigned char *input = codec ? malloc(INPUT_SIZE) : NULL;
    if (!stream || (codec && !input)) {
        free(stream);
        free(input);
        return fail_memory(error, "an input stream");
    }
    *stream = (struct input_stream){
        .descriptor = -1, .codec = codec, .limits = *limits, .size_hint = file->size, .input = input};
    memcpy(stream->path, file->path, path_size);
    dedup_status status = codec ? sum_create(&stream->packed, error) : DEDUP_OK;
    if (status == DEDUP_OK)
        status = open_regular(root, file->path, follow, &stream->descriptor, error);
    if (status == DEDUP_OK)
        *out = stream;
    else
        input_stream_close(stream);
    return status;
}

void input_stream_close(struct input_stream *stream)
{
    if (!stream)
        return;
    if (stream->member)
        stream->codec->unpack_free(stream->member);
    if (stream->descriptor >= 0)
        close(stream->descriptor);
    free(stream->input);
    sum_free(stream->packed);
    free(stream);
}

bool input_stream_packed(const struct input_stream *stream, struct file_sum *out)
{
    if (stream->packed)
        *out = sum_result(stream->packed);
    return stream->packed != NULL;
}

/* Reads once, up to `size` bytes; *length is 0 only at the end of the file. */
static dedup_status read_some(struct input_stream *stream, void *bytes, size_t size, size_t *length, dedup_error *error)
{
    ssize_t got;
    do
        got = read(stream->descriptor, bytes, size);
    while (got < 0 && errno == EINTR);
    *length = got > 0 ? (size_t)got : 0;
    return got < 0 ? fail_errno(error, DEDUP_ERROR_READ, errno, "cannot read %s", stream->path) : DEDUP_OK;
}

static dedup_status read_plain(struct input_stream *stream, char *bytes, size_t size, size_t *length,
                               dedup_error *error)
{
    while (*length < size && !stream->ended) {
        size_t got;
        TRY(read_some(stream, bytes + *length, size - *length, &got, error));
        *length += got;
        stream->ended = got == 0;
    }
    return DEDUP_OK;
}

/* Makes at least `need` (<= INPUT_SIZE) bytes of input available, or all that are left. */
static dedup_status fill(struct input_stream *stream, size_t need, dedup_error *error)
{
    if (stream->end - stream->begin >= need)
        return DEDUP_OK;
    memmove(stream->input, stream->input + stream->begin, stream->end - stream->begin);
    stream->end -= stream->begin;
    stream->begin = 0;
    for (size_t got = 1; stream->end < need && got != 0; stream->end += got) {
        TRY(read_some(stream, stream->input + stream->end, INPUT_SIZE - stream->end, &got, error));
        sum_add(stream->packed, stream->input + stream->end, got);
    }
    return DEDUP_OK;
}

static void skip_zeros(struct input_stream *stream)
{
    while (stream->begin < stream->end && stream->input[stream->begin] == 0) {
        stream->begin++;
        stream->consumed++;
    }
}

static dedup_status fail_broken(const struct input_stream *stream, const char *what, dedup_error *error)
{
    return fail(error, DEDUP_ERROR_FORMAT, "%s %s at byte %" PRIu64 " (%" PRIu64 " bytes could be unpacked)",
                stream->path, what, stream->consumed, stream->produced);
}

static dedup_status fail_foreign(const struct input_stream *stream, dedup_error *error)
{
    const char *name = stream->codec->name;
    if (stream->consumed == 0)
        return fail(error, DEDUP_ERROR_FORMAT, "%s is not %s data, in spite of its name; rename or unpack it",
                    stream->path, name);
    return fail(error, DEDUP_ERROR_FORMAT,
                "%s goes on after its last %s member with something else at byte %" PRIu64 "; cut it there",
                stream->path, name, stream->consumed);
}

/* Between members: passes padding, then opens the next member or ends the stream. */
static dedup_status next_member(struct input_stream *stream, dedup_error *error)
{
    TRY(fill(stream, CODEC_MAGIC, error));
    while (stream->consumed != 0 && stream->begin < stream->end && stream->input[stream->begin] == 0) {
        skip_zeros(stream);
        TRY(fill(stream, CODEC_MAGIC, error));
    }
    unsigned char magic[CODEC_MAGIC] = {0};
    size_t available = stream->end - stream->begin;
    if (available == 0) {
        stream->ended = true;
        return DEDUP_OK;
    }
    memcpy(magic, stream->input + stream->begin, available < CODEC_MAGIC ? available : CODEC_MAGIC);
    if (!stream->codec->starts(magic))
        return fail_foreign(stream, error);
    stream->member = stream->codec->unpack_create();
    return stream->member ? DEDUP_OK : fail_memory(error, "unpacking a file");
}

/* Counts what a step gave. Bytes beyond the limit are taken back from *length. */
static dedup_status account(struct input_stream *stream, size_t in, size_t out, size_t *length, dedup_error *error)
{
    const struct stream_limits *limits = &stream->limits;
    stream->consumed += in;
    stream->begin += in;
    stream->produced += out;
    *length += out;
    if (stream->produced > limits->bytes) {
        *length -= (size_t)(stream->produced - limits->bytes);
        stream->produced = limits->bytes;
        return fail(error, DEDUP_ERROR_LIMIT, "%s unpacks to more than %" PRIu64 " bytes; raise --max-file to take it",
                    stream->path, limits->bytes);
    }
    if (stream->produced > STREAM_RATIO_FROM && limits->ratio != 0 &&
        stream->produced / limits->ratio > stream->consumed)
        return fail(error, DEDUP_ERROR_LIMIT,
                    "%s unpacks to more than %" PRIu32 " times its size; raise --max-ratio to take it", stream->path,
                    limits->ratio);
    return DEDUP_OK;
}

/* One step inside a member. */
static dedup_status unpack_step(struct input_stream *stream, char *bytes, size_t size, size_t *length,
                                dedup_error *error)
{
    struct codec_io io = {
        .in = stream->input + stream->begin,
        .in_length = stream->end - stream->begin,
        .out = (unsigned char *)bytes + *length,
        .out_length = size - *length,
    };
    size_t in = io.in_length, out = io.out_length;
    enum codec_result result = stream->codec->unpack(stream->member, &io);
    in -= io.in_length;
    out -= io.out_length;
    TRY(account(stream, in, out, length, error));
    switch (result) {
    case CODEC_END:
        stream->codec->unpack_free(stream->member);
        stream->member = NULL;
        return DEDUP_OK;
    case CODEC_BROKEN: return fail_broken(stream, "is broken", error);
    case CODEC_TOO_LARGE:
        return fail(error, DEDUP_ERROR_LIMIT, "%s needs more than %d MiB to unpack; pack it with a smaller window",
                    stream->path, CODEC_MEMORY >> 20);
    case CODEC_MORE: break;
    }
    if (in != 0 || out != 0)
        return DEDUP_OK;
    if (stream->begin != stream->end)
        return fail_broken(stream, "is broken", error);
    TRY(fill(stream, 1, error));
    return stream->begin != stream->end ? DEDUP_OK : fail_broken(stream, "is cut off", error);
}

static dedup_status read_packed(struct input_stream *stream, char *bytes, size_t size, size_t *length,
                                dedup_error *error)
{
    while (*length < size && !stream->ended)
        TRY(stream->member ? unpack_step(stream, bytes, size, length, error) : next_member(stream, error));
    return DEDUP_OK;
}

dedup_status input_stream_read(struct input_stream *stream, void *bytes, size_t size, size_t *length,
                               dedup_error *error)
{
    *length = 0;
    dedup_error *failure = &stream->failure;
    if (failure->status == DEDUP_OK) {
        dedup_status status = stream->codec ? read_packed(stream, bytes, size, length, failure)
                                            : read_plain(stream, bytes, size, length, failure);
        if (status == DEDUP_OK)
            return DEDUP_OK;
    }
    if (error)
        *error = *failure;
    return failure->status;
}

dedup_status input_stream_read_at(const struct input_stream *stream, uint64_t offset, void *bytes, size_t size,
                                  size_t *length, dedup_error *error)
{
    ssize_t got = 1;
    for (*length = 0; *length < size && got != 0; *length += got > 0 ? (size_t)got : 0) {
        got = pread(stream->descriptor, (char *)bytes + *length, size - *length, (off_t)(offset + *length));
        if (got < 0 && errno != EINTR)
            return fail_errno(error, DEDUP_ERROR_READ, errno, "cannot read %s", stream->path);
    }
    return DEDUP_OK;
}

/* Bytes to ask for at once: for most files one read that meets the end. */
static size_t first_step(const struct input_stream *stream)
{
    uint64_t hint = stream->codec ? stream->size_hint * 4 : stream->size_hint + 1;
    uint64_t most = stream->codec ? 16u << 20 : SIZE_MAX / 4;
    uint64_t step = hint < READ_ALL_STEP ? READ_ALL_STEP : hint;
    return (size_t)(step < most ? step : most);
}

/* `out` is full: tells a text that fits exactly from one that does not. */
static dedup_status expect_end(struct input_stream *stream, const dedup_buffer *out, dedup_error *error)
{
    char beyond;
    size_t length;
    TRY(input_stream_read(stream, &beyond, 1, &length, error));
    return length == 0 ? DEDUP_OK
                       : fail(error, DEDUP_ERROR_LIMIT, "%s is longer than %zu bytes", stream->path, out->limit);
}

dedup_status input_stream_read_all(struct input_stream *stream, dedup_buffer *out, dedup_error *error)
{
    for (size_t step = first_step(stream);;) {
        size_t room = out->limit - out->length, length;
        size_t want = room < step ? room : step;
        if (want == 0)
            return expect_end(stream, out, error);
        TRY(dedup_buffer_reserve(out, want, error));
        dedup_status status = input_stream_read(stream, out->data + out->length, want, &length, error);
        out->length += length;
        out->data[out->length] = '\0';
        if (status != DEDUP_OK || length < want)
            return status;
    }
}
