#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "corpus/codec.h"
#include "corpus/stream.h"

struct output_stream {
    struct atomic_file file;
    const struct codec *codec; /* NULL: plain */
    void *packer;              /* NULL when plain */
    dedup_buffer packed;
    size_t length; /* bytes that wait in `pending` */
    char pending[CODEC_PIECE];
};

static void stream_free(struct output_stream *stream)
{
    if (stream->packer)
        stream->codec->pack_free(stream->packer);
    dedup_buffer_release(&stream->packed);
    free(stream);
}

dedup_status output_stream_open(int root, const char *path, enum container container, struct output_stream **out,
                                dedup_error *error)
{
    struct output_stream *stream = malloc(sizeof *stream);
    if (!stream)
        return fail_memory(error, "an output stream");
    stream->codec = codec_of(container);
    stream->packer = stream->codec ? stream->codec->pack_create() : NULL;
    stream->length = 0;
    dedup_buffer_init(&stream->packed, SIZE_MAX / 2);
    dedup_status status = stream->codec && !stream->packer ? fail_memory(error, "packing a file")
                                                           : atomic_file_open(&stream->file, root, path, error);
    if (status != DEDUP_OK) {
        stream_free(stream);
        return status;
    }
    *out = stream;
    return DEDUP_OK;
}

/* Sends at most CODEC_PIECE bytes on their way. Plain bytes may be more. */
static dedup_status drain(struct output_stream *stream, const char *bytes, size_t length, bool finish,
                          dedup_error *error)
{
    if (!stream->codec)
        return atomic_file_write(&stream->file, bytes, length, error);
    TRY(stream->codec->pack(stream->packer, bytes, length, finish, &stream->packed, error));
    if (stream->packed.length >= CODEC_PIECE || finish) {
        TRY(atomic_file_write(&stream->file, stream->packed.data, stream->packed.length, error));
        dedup_buffer_clear(&stream->packed);
    }
    return DEDUP_OK;
}

dedup_status output_stream_write(struct output_stream *stream, const void *bytes, size_t length, dedup_error *error)
{
    const char *next = bytes;
    while (length != 0) {
        size_t room = CODEC_PIECE - stream->length;
        size_t piece = length < room ? length : room;
        if (stream->length == 0 && length >= CODEC_PIECE) {
            piece = stream->codec ? CODEC_PIECE : length;
            TRY(drain(stream, next, piece, false, error));
        } else {
            memcpy(stream->pending + stream->length, next, piece);
            stream->length += piece;
            if (stream->length == CODEC_PIECE) {
                stream->length = 0;
                TRY(drain(stream, stream->pending, CODEC_PIECE, false, error));
            }
        }
        next += piece;
        length -= piece;
    }
    return DEDUP_OK;
}

dedup_status output_stream_write_pieces(struct output_stream *stream, const struct file_piece *pieces, size_t count,
                                        dedup_error *error)
{
    for (size_t i = 0; stream->codec && i < count; i++)
        TRY(output_stream_write(stream, pieces[i].bytes, pieces[i].length, error));
    if (stream->codec)
        return DEDUP_OK;
    TRY(drain(stream, stream->pending, stream->length, false, error));
    stream->length = 0;
    return atomic_file_write_pieces(&stream->file, pieces, count, error);
}

dedup_status output_stream_commit(struct output_stream *stream, dedup_error *error)
{
    dedup_status status = drain(stream, stream->pending, stream->length, true, error);
    if (status == DEDUP_OK)
        status = atomic_file_commit(&stream->file, false, error);
    else
        atomic_file_discard(&stream->file);
    stream_free(stream);
    return status;
}

void output_stream_discard(struct output_stream *stream)
{
    if (!stream)
        return;
    atomic_file_discard(&stream->file);
    stream_free(stream);
}
