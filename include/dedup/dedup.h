/* libdedup: duplicate-free, clean text for people who scrape it.
 *
 * Read on in this order:
 *   run.h         the main job over a directory, what `dedup --in IN --out OUT` does
 *   stream.h      the same for documents that come one after another
 *   clean.h       one text without its boilerplate
 *   similarity.h  how alike two texts are, by the measure the whole library uses
 *   text.h        encodings, and the fold key that is compared
 *   explain.h     what became of one document of a run, and why
 *   diff.h        what differs between two texts, character by character
 *   log.h         what a run removed, record by record
 *   report.h      the report of a run again, in other forms
 *   audit.h       the proof that nothing is lost, and the way back
 *   plan.h        how surely a run finds what it looks for
 *   buffer.h, error.h   what all of them use
 *
 * Conventions: text is UTF-8 with an explicit length; out-parameters come last, before the error; functions return a
 * dedup_status; whoever receives an object from a `create` frees it with the `free` of the same name. No function
 * prints, exits, or keeps state between calls, and different objects may be used by different threads at once. */
#ifndef DEDUP_DEDUP_H
#define DEDUP_DEDUP_H

#include "dedup/audit.h"
#include "dedup/buffer.h"
#include "dedup/clean.h"
#include "dedup/diff.h"
#include "dedup/error.h"
#include "dedup/explain.h"
#include "dedup/log.h"
#include "dedup/plan.h"
#include "dedup/report.h"
#include "dedup/run.h"
#include "dedup/similarity.h"
#include "dedup/stream.h"
#include "dedup/text.h"
#include "dedup/version.h"

#endif
