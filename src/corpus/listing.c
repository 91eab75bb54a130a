/* Names of directory entry types (DT_DIR) are an extension that every POSIX system of today has. */
#define _DEFAULT_SOURCE

#include "corpus/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/failure.h"
#include "base/file.h"

/* Folders of the current branch that are kept open; those further up are opened again on the way back. */
enum { OPEN_MAXIMUM = 32 };

struct corpus_memory {
    struct arena arena; /* all paths */
};

/* A folder that was found and not yet entered. */
struct child {
    size_t name; /* offset in walk.names */
    bool link;
};

/* A folder between the root and where the walk is. */
struct folder {
    int descriptor; /* -1: closed */
    unsigned links; /* symbolic links on the way here */
    dev_t device;   /* with `inode`: which folder this is */
    ino_t inode;
    size_t path_length;  /* its path is the first bytes of walk.path */
    size_t first_child;  /* its children are walk.children from here on, when it is the last folder */
    size_t names_length; /* of walk.names before its children */
};

struct walk {
    int root;
    bool follow;
    struct corpus_listing *out;
    size_t file_capacity, skipped_capacity, empty_capacity;
    struct folder *folders;
    size_t depth, folder_capacity;
    struct child *children; /* sorted so that the last of each folder is the first by name */
    size_t child_count, child_capacity;
    size_t linked_folders; /* entered behind two links or more */
    dedup_buffer names;    /* NUL-terminated names of `children` */
    dedup_buffer path;     /* of the last folder; "" is the root */
    dedup_error *error;
};

/* The kinds of directory entry that make a difference. */
enum kind { KIND_UNKNOWN, KIND_FOLDER, KIND_FILE, KIND_LINK, KIND_SPECIAL };

static bool ends_with(const char *name, size_t length, const char *ending)
{
    size_t size = strlen(ending);
    if (length < size)
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = name[length - size + i];
        if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != ending[i])
            return false;
    }
    return true;
}

bool corpus_classify(const char *name, enum container *container, enum format *format)
{
    static const char *const containers[] = {[CONTAINER_GZ] = ".gz",
                                             [CONTAINER_ZST] = ".zst",
                                             [CONTAINER_XZ] = ".xz",
                                             [CONTAINER_BZ2] = ".bz2",
                                             [CONTAINER_LZ4] = ".lz4"};
    static const struct {
        const char *ending;
        enum format format;
    } formats[] = {{".txt", FORMAT_TEXT},
                   {".text", FORMAT_TEXT},
                   {".md", FORMAT_TEXT},
                   {".jsonl", FORMAT_JSONL},
                   {".ndjson", FORMAT_JSONL}};
    size_t length = strlen(name);
    *container = CONTAINER_PLAIN;
    for (unsigned i = CONTAINER_GZ; i <= CONTAINER_LZ4; i++) {
        if (ends_with(name, length, containers[i])) {
            *container = (enum container)i;
            length -= strlen(containers[i]);
            break;
        }
    }
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (ends_with(name, length, formats[i].ending)) {
            *format = formats[i].format;
            return true;
        }
    }
    return false;
}

/* The path of `name` in the last folder, or of that folder itself when `name` is "". Owned by the listing; NULL when
 * memory runs out. */
static char *path_of(struct walk *walk, const char *name)
{
    size_t folder = walk->path.length, length = strlen(name);
    char *path = arena_alloc(&walk->out->memory->arena, folder + length + 2, 1);
    if (!path)
        return NULL;
    size_t used = 0;
    if (folder != 0) {
        memcpy(path, walk->path.data, folder);
        path[folder] = '/';
        used = length != 0 ? folder + 1 : folder;
    }
    memcpy(path + used, name, length + 1);
    return path;
}

static dedup_status skip(struct walk *walk, const char *name, dedup_status status, const char *reason)
{
    struct corpus_listing *out = walk->out;
    TRY(array_reserve(&out->skipped, &walk->skipped_capacity, out->skipped_count + 1, "skipped files", walk->error));
    char *path = path_of(walk, name);
    if (!path)
        return fail_memory(walk->error, "a path");
    out->skipped[out->skipped_count++] = (struct corpus_skipped){.path = path, .reason = reason, .status = status};
    return DEDUP_OK;
}

/* Nanoseconds since the epoch; times beyond the range (some 292 years each way) become its ends. */
static int64_t nanoseconds(const struct timespec *time)
{
    const int64_t second = 1000000000;
    if (time->tv_sec >= INT64_MAX / second)
        return INT64_MAX;
    if (time->tv_sec <= INT64_MIN / second)
        return INT64_MIN;
    return (int64_t)time->tv_sec * second + time->tv_nsec;
}

static dedup_status add_file(struct walk *walk, const char *name, enum container container, enum format format,
                             const struct stat *facts)
{
    struct corpus_listing *out = walk->out;
    TRY(array_reserve(&out->files, &walk->file_capacity, out->file_count + 1, "the list of files", walk->error));
    char *path = path_of(walk, name);
    if (!path)
        return fail_memory(walk->error, "a path");
    out->files[out->file_count++] = (struct corpus_file){
        .path = path,
        .container = container,
        .format = format,
        .size = facts->st_size > 0 ? (uint64_t)facts->st_size : 0,
        .modified_ns = nanoseconds(&facts->st_mtim),
    };
    return DEDUP_OK;
}

static dedup_status add_child(struct walk *walk, const char *name, bool link)
{
    TRY(array_reserve(&walk->children, &walk->child_capacity, walk->child_count + 1, "a list of folders", walk->error));
    size_t offset = walk->names.length;
    TRY(dedup_buffer_append(&walk->names, name, strlen(name) + 1, walk->error));
    walk->children[walk->child_count++] = (struct child){.name = offset, .link = link};
    return DEDUP_OK;
}

static enum kind kind_of_mode(mode_t mode)
{
    return S_ISDIR(mode) ? KIND_FOLDER : S_ISREG(mode) ? KIND_FILE : S_ISLNK(mode) ? KIND_LINK : KIND_SPECIAL;
}

static enum kind kind_of_entry(const struct dirent *entry)
{
    switch (entry->d_type) {
    case DT_DIR: return KIND_FOLDER;
    case DT_REG: return KIND_FILE;
    case DT_LNK: return KIND_LINK;
    case DT_UNKNOWN: return KIND_UNKNOWN;
    default: return KIND_SPECIAL;
    }
}

static bool is_record(int folder, const char *name)
{
    struct stat facts;
    return strcmp(name, ".dedup") == 0 && fstatat(folder, ".dedup/manifest.json", &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(facts.st_mode);
}

/* A regular file, reached through a link or not. */
static dedup_status take_file(struct walk *walk, int folder, const char *name)
{
    enum container container;
    enum format format;
    struct stat facts;
    if (strncmp(name, atomic_file_prefix, strlen(atomic_file_prefix)) == 0)
        return skip(walk, name, DEDUP_OK, "unfinished output of an earlier run");
    if (!corpus_classify(name, &container, &format))
        return skip(walk, name, DEDUP_OK, "not a text or JSON Lines file");
    if (fstatat(folder, name, &facts, walk->follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
        return skip(walk, name, DEDUP_ERROR_READ, "vanished while the folder was read");
    return add_file(walk, name, container, format, &facts);
}

/* "." and ".." */
static bool is_self(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static dedup_status take_entry(struct walk *walk, int folder, const struct dirent *entry)
{
    const char *name = entry->d_name;
    if (is_self(name))
        return DEDUP_OK;
    struct stat facts;
    enum kind kind = kind_of_entry(entry);
    if (kind == KIND_UNKNOWN) {
        if (fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) != 0)
            return skip(walk, name, DEDUP_ERROR_READ, "vanished while the folder was read");
        kind = kind_of_mode(facts.st_mode);
    }
    bool link = kind == KIND_LINK;
    if (link) {
        if (!walk->follow)
            return skip(walk, name, DEDUP_OK, "symbolic link");
        if (fstatat(folder, name, &facts, 0) != 0)
            return skip(walk, name, DEDUP_ERROR_READ, "symbolic link that leads nowhere");
        kind = kind_of_mode(facts.st_mode);
    }
    if (kind == KIND_FILE)
        return take_file(walk, folder, name);
    if (kind != KIND_FOLDER)
        return skip(walk, name, DEDUP_OK, "special file");
    if (is_record(folder, name))
        return skip(walk, name, DEDUP_OK, "records of an earlier run");
    return add_child(walk, name, link);
}

/* A child with its name in reach, because qsort hands no context on. */
struct named {
    const char *name;
    struct child child;
};

/* Descending by name: children are taken from the end. */
static int compare_named(const void *a, const void *b)
{
    return strcmp(((const struct named *)b)->name, ((const struct named *)a)->name);
}

static dedup_status sort_children(struct walk *walk, size_t first)
{
    size_t count = walk->child_count - first;
    if (count < 2)
        return DEDUP_OK;
    struct named *named = count < SIZE_MAX / sizeof *named ? malloc(count * sizeof *named) : NULL;
    if (!named)
        return fail_memory(walk->error, "a list of folders");
    for (size_t i = 0; i < count; i++) {
        struct child child = walk->children[first + i];
        named[i] = (struct named){.name = walk->names.data + child.name, .child = child};
    }
    qsort(named, count, sizeof *named, compare_named);
    for (size_t i = 0; i < count; i++)
        walk->children[first + i] = named[i].child;
    free(named);
    return DEDUP_OK;
}

/* Notes the last folder as one with nothing in it. */
static dedup_status add_empty(struct walk *walk)
{
    struct corpus_listing *out = walk->out;
    TRY(array_reserve(&out->empty, &walk->empty_capacity, out->empty_count + 1, "empty folders", walk->error));
    char *path = path_of(walk, "");
    if (!path)
        return fail_memory(walk->error, "a path");
    out->empty[out->empty_count++] = path;
    return DEDUP_OK;
}

/* Takes all entries of the last folder. *whole is false when they could not be read to the end. */
static dedup_status read_entries(struct walk *walk, int descriptor, bool *whole)
{
    size_t first = walk->child_count, entries = 0;
    int own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    DIR *stream = own >= 0 ? fdopendir(own) : NULL;
    if (!stream) {
        if (own >= 0)
            close(own);
        *whole = false;
        return DEDUP_OK;
    }
    dedup_status status = DEDUP_OK;
    for (const struct dirent *entry; status == DEDUP_OK; status = take_entry(walk, descriptor, entry)) {
        errno = 0;
        entry = readdir(stream);
        if (!entry) {
            *whole = errno == 0;
            break;
        }
        entries += !is_self(entry->d_name);
    }
    closedir(stream);
    if (status == DEDUP_OK && *whole && entries == 0 && walk->depth > 1)
        status = add_empty(walk);
    return status == DEDUP_OK ? sort_children(walk, first) : status;
}

static bool is_folder_above(const struct walk *walk, const struct stat *facts)
{
    for (size_t i = walk->depth; i-- > 0;)
        if (walk->folders[i].inode == facts->st_ino && walk->folders[i].device == facts->st_dev)
            return true;
    return false;
}

/* Makes an open folder the last of the branch. Takes the descriptor over, also on failure. */
static dedup_status push(struct walk *walk, int descriptor, const struct stat *facts, unsigned links)
{
    dedup_status status =
        array_reserve(&walk->folders, &walk->folder_capacity, walk->depth + 1, "a branch of folders", walk->error);
    if (status != DEDUP_OK) {
        close(descriptor);
        return status;
    }
    walk->folders[walk->depth++] = (struct folder){
        .descriptor = descriptor,
        .links = links,
        .device = facts->st_dev,
        .inode = facts->st_ino,
        .path_length = walk->path.length,
        .first_child = walk->child_count,
        .names_length = walk->names.length,
    };
    if (walk->depth > OPEN_MAXIMUM) {
        struct folder *old = &walk->folders[walk->depth - 1 - OPEN_MAXIMUM];
        if (old->descriptor >= 0)
            close(old->descriptor);
        old->descriptor = -1;
    }
    return DEDUP_OK;
}

static const char *reason_of(int code)
{
    return code == EACCES ? "folder: permission denied" : "folder that cannot be opened";
}

/* Enters a child of the last folder, or names it as skipped. */
static dedup_status enter(struct walk *walk, const struct child *child)
{
    const struct folder *parent = &walk->folders[walk->depth - 1];
    const char *name = walk->names.data + child->name;
    unsigned links = parent->links + child->link;
    if (links > LISTING_LINKS_MAXIMUM)
        return skip(walk, name, DEDUP_ERROR_LIMIT, "too many symbolic links on the way");
    if (links > 1 && walk->linked_folders == LISTING_LINKED_MAXIMUM)
        return skip(walk, name, DEDUP_ERROR_LIMIT, "too many folders behind symbolic links");
    int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (child->link ? 0 : O_NOFOLLOW);
    int descriptor = file_open(parent->descriptor, name, flags);
    if (descriptor < 0)
        return skip(walk, name, DEDUP_ERROR_READ, reason_of(errno));
    struct stat facts = {0};
    bool known = fstat(descriptor, &facts) == 0;
    if (!known || (links != 0 && is_folder_above(walk, &facts))) {
        close(descriptor);
        return known ? skip(walk, name, DEDUP_OK, "symbolic link loop")
                     : skip(walk, name, DEDUP_ERROR_READ, "folder that cannot be looked at");
    }
    walk->linked_folders += links > 1;
    size_t length = walk->path.length;
    dedup_status status = length != 0 ? dedup_buffer_append(&walk->path, "/", 1, walk->error) : DEDUP_OK;
    if (status == DEDUP_OK)
        status = dedup_buffer_append(&walk->path, name, strlen(name), walk->error);
    if (status != DEDUP_OK) {
        close(descriptor);
        return status;
    }
    TRY(push(walk, descriptor, &facts, links));
    bool whole;
    TRY(read_entries(walk, descriptor, &whole));
    return whole ? DEDUP_OK : skip(walk, "", DEDUP_ERROR_READ, "folder that cannot be read to its end");
}

static bool is_same(int descriptor, const struct folder *folder)
{
    struct stat facts;
    return fstat(descriptor, &facts) == 0 && facts.st_ino == folder->inode && facts.st_dev == folder->device;
}

/* Opens a folder again whose descriptor was closed: from its child `below`, or from the root when the child was reached
 * through a link or has been moved. -1 when it is not there any more. */
static int reopen(const struct walk *walk, const struct folder *folder, int below)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    int descriptor = below >= 0 ? file_open(below, "..", flags) : -1;
    if (descriptor >= 0 && is_same(descriptor, folder))
        return descriptor;
    if (descriptor >= 0)
        close(descriptor);
    const char *path = walk->path.length != 0 ? walk->path.data : ".";
    int from = file_reach(walk->root, &path);
    descriptor = from != -1 ? file_open(from, path, flags) : -1;
    if (from != -1 && from != walk->root)
        close(from);
    if (descriptor >= 0 && is_same(descriptor, folder))
        return descriptor;
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

/* Leaves the last folder, whose children are done, for the one above it. */
static dedup_status leave(struct walk *walk)
{
    struct folder left = walk->folders[--walk->depth];
    walk->names.length = left.names_length;
    if (walk->depth != 0) {
        struct folder *parent = &walk->folders[walk->depth - 1];
        walk->path.length = parent->path_length;
        if (walk->path.data)
            walk->path.data[walk->path.length] = '\0';
        if (parent->descriptor < 0)
            parent->descriptor = reopen(walk, parent, left.descriptor);
        if (parent->descriptor < 0)
            while (walk->child_count > parent->first_child)
                TRY(skip(walk, walk->names.data + walk->children[--walk->child_count].name, DEDUP_ERROR_READ,
                         "folder that was moved while it was read"));
    }
    if (left.descriptor >= 0)
        close(left.descriptor);
    return DEDUP_OK;
}

static dedup_status walk_tree(struct walk *walk)
{
    int descriptor = file_open(walk->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return fail_errno(walk->error, DEDUP_ERROR_READ, errno, "cannot open the input folder");
    struct stat facts = {0};
    if (fstat(descriptor, &facts) != 0) {
        int code = errno;
        close(descriptor);
        return fail_errno(walk->error, DEDUP_ERROR_READ, code, "cannot look at the input folder");
    }
    TRY(push(walk, descriptor, &facts, 0));
    bool whole;
    TRY(read_entries(walk, descriptor, &whole));
    if (!whole)
        return fail(walk->error, DEDUP_ERROR_READ, "cannot read the input folder to its end");
    while (walk->depth != 0) {
        const struct folder *folder = &walk->folders[walk->depth - 1];
        if (walk->child_count == folder->first_child) {
            TRY(leave(walk));
        } else {
            struct child child = walk->children[--walk->child_count];
            TRY(enter(walk, &child));
        }
    }
    return DEDUP_OK;
}

static void walk_release(struct walk *walk)
{
    while (walk->depth != 0) {
        int descriptor = walk->folders[--walk->depth].descriptor;
        if (descriptor >= 0)
            close(descriptor);
    }
    free(walk->folders);
    free(walk->children);
    dedup_buffer_release(&walk->names);
    dedup_buffer_release(&walk->path);
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const struct corpus_file *)a)->path, ((const struct corpus_file *)b)->path);
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_skipped(const void *a, const void *b)
{
    return strcmp(((const struct corpus_skipped *)a)->path, ((const struct corpus_skipped *)b)->path);
}

dedup_status corpus_list(int root, bool follow, struct corpus_listing *out, dedup_error *error)
{
    *out = (struct corpus_listing){.memory = malloc(sizeof *out->memory)};
    if (!out->memory)
        return fail_memory(error, "the list of files");
    arena_init(&out->memory->arena);
    struct walk walk = {.root = root, .follow = follow, .out = out, .error = error};
    dedup_buffer_init(&walk.names, SIZE_MAX / 2);
    dedup_buffer_init(&walk.path, SIZE_MAX / 2);
    dedup_status status = walk_tree(&walk);
    walk_release(&walk);
    if (status != DEDUP_OK) {
        corpus_listing_release(out);
        return status;
    }
    if (out->file_count > 1)
        qsort(out->files, out->file_count, sizeof *out->files, compare_files);
    if (out->skipped_count > 1)
        qsort(out->skipped, out->skipped_count, sizeof *out->skipped, compare_skipped);
    if (out->empty_count > 1)
        qsort(out->empty, out->empty_count, sizeof *out->empty, compare_paths);
    return DEDUP_OK;
}

void corpus_listing_release(struct corpus_listing *listing)
{
    if (listing->memory)
        arena_release(&listing->memory->arena);
    free(listing->memory);
    free(listing->files);
    free(listing->skipped);
    free(listing->empty);
    *listing = (struct corpus_listing){0};
}
