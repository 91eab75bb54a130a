#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"
#include "corpus/codec.h"
#include "corpus/stream.h"

struct output_stream {
    struct atomic_file file;
    const struct codec *codec; /* NULL: plain */
    void *packer;              /* NULL when plain */
    dedup_buffer packed;
    struct file_piece *list; /* of one call */
    size_t list_capacity;
    size_t length; /* bytes that wait in `pending` */
    char pending[CODEC_PIECE];
};

static void stream_free(struct output_stream *stream)
{
    if (stream->packer)
        stream->codec->pack_free(stream->packer);
    dedup_buffer_release(&stream->packed);
    free(stream->list);
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
    stream->list = NULL;
    stream->list_capacity = stream->length = 0;
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

/* Sends at most CODEC_PIECE bytes on their way. Plain bytes may be more: whole CODEC_PIECEs but at the end, because
 * page caches are quicker with writes that begin at round places. */
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
            piece = stream->codec ? CODEC_PIECE : length - length % CODEC_PIECE;
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

/* Writes pieces of a plain file with what waits, of `length` (>= CODEC_PIECE) bytes together, all but the end. */
static dedup_status write_whole_pieces(struct output_stream *stream, const struct file_piece *pieces, size_t count,
                                       size_t length, dedup_error *error)
{
    size_t room = length - length % CODEC_PIECE - stream->length, used = 1, i = 0;
    TRY(array_reserve(&stream->list, &stream->list_capacity, count + 1, "output", error));
    stream->list[0] = (struct file_piece){stream->pending, stream->length};
    for (; i < count && pieces[i].length <= room; room -= pieces[i++].length)
        stream->list[used++] = pieces[i];
    if (room != 0)
        stream->list[used++] = (struct file_piece){pieces[i].bytes, room};
    TRY(atomic_file_write_pieces(&stream->file, stream->list, used, error));
    stream->length = 0;
    for (; i < count; i++, room = 0)
        TRY(output_stream_write(stream, pieces[i].bytes + room, pieces[i].length - room, error));
    return DEDUP_OK;
}

dedup_status output_stream_write_pieces(struct output_stream *stream, const struct file_piece *pieces, size_t count,
                                        dedup_error *error)
{
    size_t length = stream->length;
    for (size_t i = 0; i < count; i++)
        length += pieces[i].length;
    if (!stream->codec && length >= CODEC_PIECE)
        return write_whole_pieces(stream, pieces, count, length, error);
    for (size_t i = 0; i < count; i++)
        TRY(output_stream_write(stream, pieces[i].bytes, pieces[i].length, error));
    return DEDUP_OK;
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
