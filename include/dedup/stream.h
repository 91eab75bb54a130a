/* Documents that come one after another: each is cleaned and decided when it comes, against all that stayed before it.
 *
 *     dedup_stream *stream;
 *     dedup_stream_create(&options, NULL, &stream, &error);
 *     while (next_line(&line, &length))
 *         if (dedup_stream_push_line(stream, line, length, &verdict, &error) == DEDUP_OK && !verdict.leaves)
 *             write(verdict.text, verdict.length);
 *     dedup_stream_free(stream);
 *
 * The rules are those of a run with DEDUP_KEEP_FIRST over one file, except for what cannot be known in time: lines that
 * recur per source are not learned, a document that is contained in a later one stays, paragraphs are not compared
 * across documents, and texts with fewer than 16 characters of their fold key are not looked for inside others. A
 * document leaves only if it is verified, exactly, to be a duplicate of one that stayed. The verdicts depend on the
 * documents and the options that are marked (result) in run.h, on nothing else.
 *
 * A stream holds, for every document that stays, its fold key (2 bytes a character) and about 300 bytes and 2 bytes a
 * character of an index; and 80 bytes for every document that came. */
#ifndef DEDUP_STREAM_H
#define DEDUP_STREAM_H

#include "dedup/run.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dedup_stream dedup_stream;

/* What was found about a document. */
typedef enum dedup_fate {
    DEDUP_FATE_KEPT = 0,
    DEDUP_FATE_EXACT,     /* its fold key is that of another one */
    DEDUP_FATE_NEAR,      /* its similarity to another one reaches the threshold */
    DEDUP_FATE_CONTAINED, /* another one contains it */
    DEDUP_FATE_PASSED,    /* not understood: it is passed on as it came, and takes no part */
    DEDUP_FATE_BLANK      /* a line of white space: the same, but nothing to report */
} dedup_fate;

/* The verdict on one document. Pointers live until the next call with the stream. */
typedef struct dedup_verdict {
    dedup_fate fate;
    bool leaves;       /* nothing is to be written: a duplicate, unless options.documents is DEDUP_DOCUMENTS_KEEP */
    uint64_t number;   /* of the document in the stream, from 1 */
    uint64_t kept;     /* number of the one that it duplicates; 0: none */
    double similarity; /* to that one: Jaccard, for DEDUP_FATE_CONTAINED the share of it that the other contains */
    const char *text;  /* what is to be written: the clean text, or the line with it. Not NUL-terminated */
    size_t length;
    const char *log; /* what was removed and found, as records of the removal log and of duplicates.jsonl */
    size_t log_length;
} dedup_verdict;

/* Begins a stream. All strings in `options` are borrowed until it is freed; `input`, `output`, `keep` and `threads` are
 * not looked at, and `encoding` must be NULL: a stream is UTF-8. With `memory`, pushing ends with LIMIT when what the
 * stream holds would pass it; with `temporary` too, fold keys move to a file there when they fill half of it. The
 * observer (may be NULL) is told of problems; its `path` is "-". Errors: MEMORY, ARGUMENT (also paragraphs across the
 * corpus), READ, FORMAT (rules), WRITE (`temporary`). */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_stream_create(const dedup_options *options, const dedup_observer *observer,
                                                           dedup_stream **out, dedup_error *error);
DEDUP_API void dedup_stream_free(dedup_stream *stream); /* NULL is fine */

/* Decides about a text. Errors: MEMORY, WRITE and READ (`temporary`), LIMIT (longer than maximum_document, or the
 * memory is used up); the text takes no part then, and the stream can be used on. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_stream_push(dedup_stream *stream, const char *text, size_t length,
                                                         dedup_verdict *verdict, dedup_error *error);
/* Decides about a line of a JSON Lines file, with or without its line end, which verdict->text has too. Errors: the
 * same. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_stream_push_line(dedup_stream *stream, const char *line, size_t length,
                                                              dedup_verdict *verdict, dedup_error *error);

/* Where dedup_stream_copy reads and writes. */
typedef struct dedup_stream_files {
    int input;  /* descriptor: JSON Lines; blocking or not */
    int output; /* descriptor: gets what stays */
    int log;    /* descriptor: gets the records of what was removed; -1: nobody does */
    bool flush; /* write every line as soon as it is decided; otherwise in blocks, and before waiting for input */
} dedup_stream_files;

/* Pushes all lines of `input` and writes what stays, until the input ends. Longer lines than maximum_document are
 * passed on; a last line without end is a line. The stage that the observer is told of is "stream" (bytes read); it is
 * asked at least twice a second. Errors: those of pushing, READ, WRITE, STOPPED (the observer said so, or nobody reads
 * the output any more: `*closed`, which may be NULL, tells). What was decided before a failure is written. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_stream_copy(dedup_stream *stream, const dedup_stream_files *files,
                                                         bool *closed, dedup_error *error);

/* The numbers so far, to be released by the caller. `paragraph_exact` and `paragraph_near` are 0, and there are no
 * files, encodings and times. Errors: MEMORY. */
DEDUP_API DEDUP_NODISCARD dedup_status dedup_stream_summary(const dedup_stream *stream, dedup_summary *summary,
                                                            dedup_error *error);
/* Bytes that the stream holds for the documents that came. */
DEDUP_API uint64_t dedup_stream_memory(const dedup_stream *stream);

#ifdef __cplusplus
}
#endif
#endif
