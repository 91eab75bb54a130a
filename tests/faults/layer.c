/* A layer between a program and the C library, loaded with LD_PRELOAD, that makes one chosen call fail. Calls of the
 * kinds below are counted from the start of main, those of the libraries too.
 *
 *   FAULT_TRACE=FILE   writes a line for every call: kind, and the hash of the places that led to it
 *   FAULT_AT=N         the call with this number, from 1, fails
 *   FAULT_KIND=KIND    counts calls of this kind alone
 *   FAULT_DO=WHAT      ENOSPC and so on: it fails with that error; "short": it does half of the work; "kill": the
 *                      process is killed before it, and where it writes, when half of it is written
 *                      "command": it works, and before it the shell runs FAULT_COMMAND
 *   FAULT_EVER=1       all calls of the kind after it fail as well: a disk that stays full
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
    KIND_ALLOC,
    KIND_MMAP,
    KIND_OPEN,
    KIND_READ,
    KIND_WRITE,
    KIND_SYNC,
    KIND_RENAME,
    KIND_MKDIR,
    KIND_CLOSE,
    KIND_STAT,
    KIND_UNLINK,
    KIND_THREAD,
    KIND_COUNT
};

static const char *const kind_names[KIND_COUNT] = {"alloc",  "mmap",  "open",  "read", "write",  "sync",
                                                   "rename", "mkdir", "close", "stat", "unlink", "thread"};
static const struct {
    const char *name;
    int code;
} errors[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EINTR", EINTR},   {"ENOMEM", ENOMEM},
              {"EMFILE", EMFILE}, {"EAGAIN", EAGAIN}, {"EACCES", EACCES}, {"EDQUOT", EDQUOT}};

enum { TRACE_FRAMES = 7, OWN_FRAMES = 2 };

static struct {
    bool armed; /* counting */
    int only;   /* enum kind, or -1: all */
    unsigned long at;
    bool ever, kill, half;
    const char *command;
    int code;
    FILE *trace;
    pthread_mutex_t trace_lock;
} plan = {.only = -1, .trace_lock = PTHREAD_MUTEX_INITIALIZER};
static atomic_ulong calls;
static _Thread_local bool inside; /* the layer's own calls do not count */

/* The C library's allocator, or the sanitizer's where there is one. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
__attribute__((weak)) void *__interceptor_malloc(size_t size);
__attribute__((weak)) void *__interceptor_calloc(size_t count, size_t size);
__attribute__((weak)) void *__interceptor_realloc(void *block, size_t size);
__attribute__((weak)) void *__interceptor_aligned_alloc(size_t alignment, size_t size);

/* Calls the next function of the same name. Casting through a union is what POSIX asks of users of dlsym. */
#define NEXT(name)                                                                                                     \
    static union {                                                                                                     \
        void *object;                                                                                                  \
        __typeof__(name) *function;                                                                                    \
    } next;                                                                                                            \
    if (!next.object)                                                                                                  \
    next.object = dlsym(RTLD_NEXT, #name)

static uint64_t hash_frames(void)
{
    void *frames[TRACE_FRAMES + OWN_FRAMES];
    int count = backtrace(frames, TRACE_FRAMES + OWN_FRAMES);
    uint64_t hash = 14695981039346656037u;
    for (int i = OWN_FRAMES; i < count; i++)
        hash = (hash ^ (uintptr_t)frames[i]) * 1099511628211u;
    return hash;
}

static void write_trace(enum kind kind)
{
    pthread_mutex_lock(&plan.trace_lock);
    (void)fprintf(plan.trace, "%s %016llx\n", kind_names[kind], (unsigned long long)hash_frames());
    pthread_mutex_unlock(&plan.trace_lock);
}

/* What runs behind the end of main, such as writing what was covered, is not the command's. */
static void disarm(void)
{
    plan.armed = false;
}

/* Counts a call. True when it is to fail. */
static bool strikes(enum kind kind)
{
    if (!plan.armed || inside || (plan.only >= 0 && plan.only != (int)kind))
        return false;
    unsigned long number = atomic_fetch_add(&calls, 1) + 1;
    if (number == 1) {
        inside = true;
        (void)atexit(disarm); /* registered in main, so that it runs before the destructors of the command */
        inside = false;
    }
    if (plan.trace) {
        inside = true;
        write_trace(kind);
        inside = false;
    }
    return plan.at != 0 && (number == plan.at || (plan.ever && number > plan.at));
}

/* What happens to a call that is struck: returns false when it goes on as if nothing were. */
static bool fails(enum kind kind)
{
    if (!strikes(kind))
        return false;
    if (plan.kill)
        (void)kill(getpid(), SIGKILL);
    if (plan.command) {
        inside = true;
        (void)!system(plan.command);
        inside = false;
    }
    errno = plan.code;
    return !plan.half && !plan.command;
}

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("FAULT_AT"), *kind = getenv("FAULT_KIND"), *what = getenv("FAULT_DO");
    const char *trace = getenv("FAULT_TRACE");
    void *frame;
    inside = true;
    (void)backtrace(&frame, 1); /* it allocates when it is first called */
    plan.at = at ? strtoul(at, NULL, 10) : 0;
    plan.ever = getenv("FAULT_EVER") != NULL;
    for (int i = 0; i < KIND_COUNT; i++)
        if (kind && strcmp(kind, kind_names[i]) == 0)
            plan.only = i;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (what && strcmp(what, errors[i].name) == 0)
            plan.code = errors[i].code;
    plan.kill = what && strcmp(what, "kill") == 0;
    plan.half = what && strcmp(what, "short") == 0;
    plan.command = what && strcmp(what, "command") == 0 ? getenv("FAULT_COMMAND") : NULL;
    (void)unsetenv("LD_PRELOAD"); /* the command's own business */
    plan.trace = trace ? fopen(trace, "w") : NULL;
    plan.armed = trace || at;
    inside = false;
}

__attribute__((destructor)) static void end(void)
{
    plan.armed = false;
    if (plan.trace)
        (void)fclose(plan.trace);
}

void *malloc(size_t size)
{
    if (fails(KIND_ALLOC))
        return NULL;
    return __interceptor_malloc ? __interceptor_malloc(size) : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (fails(KIND_ALLOC))
        return NULL;
    return __interceptor_calloc ? __interceptor_calloc(count, size) : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    if (fails(KIND_ALLOC))
        return NULL;
    return __interceptor_realloc ? __interceptor_realloc(block, size) : __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    if (fails(KIND_ALLOC))
        return NULL;
    return __interceptor_aligned_alloc ? __interceptor_aligned_alloc(alignment, size)
                                       : __libc_memalign(alignment, size);
}

/* With _FILE_OFFSET_BITS=64 programs call the names with 64. */
#define MMAP(name, offset_type)                                                                                        \
    void *name(void *address, size_t length, int protection, int flags, int descriptor, offset_type offset)            \
    {                                                                                                                  \
        NEXT(name);                                                                                                    \
        return fails(KIND_MMAP) ? MAP_FAILED : next.function(address, length, protection, flags, descriptor, offset);  \
    }
MMAP(mmap, off_t)
MMAP(mmap64, off64_t)

/* A failed open has created nothing. */
#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...)                                                                         \
    {                                                                                                                  \
        NEXT(name);                                                                                                    \
        va_list arguments;                                                                                             \
        va_start(arguments, flags);                                                                                    \
        mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;                                                 \
        va_end(arguments);                                                                                             \
        return fails(KIND_OPEN) ? -1 : next.function(path, flags, mode);                                               \
    }
#define OPENAT(name)                                                                                                   \
    int name(int directory, const char *path, int flags, ...)                                                          \
    {                                                                                                                  \
        NEXT(name);                                                                                                    \
        va_list arguments;                                                                                             \
        va_start(arguments, flags);                                                                                    \
        mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;                                                 \
        va_end(arguments);                                                                                             \
        return fails(KIND_OPEN) ? -1 : next.function(directory, path, flags, mode);                                    \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

FILE *fopen64(const char *path, const char *mode)
{
    NEXT(fopen64);
    return fails(KIND_OPEN) ? NULL : next.function(path, mode);
}

/* "short" gives half of what is asked for, and at least a byte. */
static size_t halved(size_t length)
{
    return length > 1 ? length / 2 : length;
}

#define READ(name, parameters, arguments, half_arguments)                                                              \
    ssize_t name parameters                                                                                            \
    {                                                                                                                  \
        NEXT(name);                                                                                                    \
        if (!strikes(KIND_READ))                                                                                       \
            return next.function arguments;                                                                            \
        if (plan.kill)                                                                                                 \
            (void)kill(getpid(), SIGKILL);                                                                             \
        errno = plan.code;                                                                                             \
        return plan.half ? next.function half_arguments : -1;                                                          \
    }
#define WRITE(name, parameters, arguments, half_arguments)                                                             \
    ssize_t name parameters                                                                                            \
    {                                                                                                                  \
        NEXT(name);                                                                                                    \
        if (!strikes(KIND_WRITE))                                                                                      \
            return next.function arguments;                                                                            \
        ssize_t done = plan.kill || plan.half ? next.function half_arguments : -1;                                     \
        if (plan.kill)                                                                                                 \
            (void)kill(getpid(), SIGKILL);                                                                             \
        errno = plan.code;                                                                                             \
        return done;                                                                                                   \
    }
READ(read, (int file, void *bytes, size_t length), (file, bytes, length), (file, bytes, halved(length)))
READ(pread, (int file, void *bytes, size_t length, off_t at), (file, bytes, length, at),
     (file, bytes, halved(length), at))
READ(pread64, (int file, void *bytes, size_t length, off64_t at), (file, bytes, length, at),
     (file, bytes, halved(length), at))
WRITE(write, (int file, const void *bytes, size_t length), (file, bytes, length), (file, bytes, halved(length)))
WRITE(writev, (int file, const struct iovec *parts, int count), (file, parts, count),
      (file, parts, (int)halved((size_t)count)))
WRITE(pwrite, (int file, const void *bytes, size_t length, off_t at), (file, bytes, length, at),
      (file, bytes, halved(length), at))
WRITE(pwrite64, (int file, const void *bytes, size_t length, off64_t at), (file, bytes, length, at),
      (file, bytes, halved(length), at))

/* Calls that do all or nothing. */
#define WHOLE(kind, name, parameters, arguments)                                                                       \
    int name parameters                                                                                                \
    {                                                                                                                  \
        NEXT(name);                                                                                                    \
        return fails(kind) ? -1 : next.function arguments;                                                             \
    }
WHOLE(KIND_SYNC, fsync, (int file), (file))
WHOLE(KIND_SYNC, fdatasync, (int file), (file))
WHOLE(KIND_SYNC, syncfs, (int file), (file))
WHOLE(KIND_RENAME, rename, (const char *from, const char *to), (from, to))
WHOLE(KIND_RENAME, renameat, (int from_folder, const char *from, int to_folder, const char *to),
      (from_folder, from, to_folder, to))
WHOLE(KIND_RENAME, renameat2, (int from_folder, const char *from, int to_folder, const char *to, unsigned flags),
      (from_folder, from, to_folder, to, flags))
WHOLE(KIND_MKDIR, mkdir, (const char *path, mode_t mode), (path, mode))
WHOLE(KIND_MKDIR, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode))
WHOLE(KIND_STAT, fstat, (int file, struct stat *facts), (file, facts))
WHOLE(KIND_STAT, fstat64, (int file, struct stat64 *facts), (file, facts))
WHOLE(KIND_STAT, fstatat, (int folder, const char *path, struct stat *facts, int flags), (folder, path, facts, flags))
WHOLE(KIND_STAT, fstatat64, (int folder, const char *path, struct stat64 *facts, int flags),
      (folder, path, facts, flags))
WHOLE(KIND_UNLINK, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))

/* A descriptor is gone whatever close(2) says. */
int close(int file)
{
    NEXT(close);
    bool failed = fails(KIND_CLOSE);
    int code = errno, result = next.function(file);
    if (failed)
        errno = code;
    return failed ? -1 : result;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
    NEXT(pthread_create);
    return fails(KIND_THREAD) ? plan.code : next.function(thread, attributes, start, argument);
}
