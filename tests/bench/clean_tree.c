/* clean_tree LEVEL IN OUT [learn]: cleans the text files of a folder with the built-in packs, repeats kept, and says
 * what it costs. With `-` for OUT it prints what each rule takes. With `learn` the folder is one source and its
 * template is learned first. A yardstick for the room, not the command. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "pipeline/clean_text.h"

struct totals {
    double clean, set; /* seconds of processor time */
    uint64_t bytes, files, restored;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void print_cuts(const dedup_cleaner *cleaner, const struct text_document *document, const char *name)
{
    for (size_t i = 0; i < document->cut_count; i++) {
        const struct text_cut *cut = &document->cuts[i];
        if (cut->reason < CUT_RULE)
            continue;
        printf("%s\t%s\t%.*s\n", name, cleaner_reason_name(cleaner, cut->reason), (int)(cut->end - cut->begin),
               document->text + cut->begin);
    }
}

static dedup_status clean_file(const dedup_cleaner *cleaner, struct text_cleaner *worker, const char *in,
                               const char *out, const char *name, struct totals *totals, dedup_error *error)
{
    static const struct text_cleaning how = {PARAGRAPH_LINE, REPEATS_IGNORED};
    char path[4096];
    dedup_buffer bytes, kept;
    struct text_document document;
    struct text_outcome outcome = {0};
    dedup_buffer_init(&bytes, UINT32_MAX);
    dedup_buffer_init(&kept, UINT32_MAX);
    document_init(&document);
    (void)snprintf(path, sizeof path, "%s/%s", in, name);
    dedup_status status = file_read(-100, path, &bytes, error);
    double start = now();
    if (status == DEDUP_OK)
        status = document_set(&document, bytes.data, (uint32_t)bytes.length, error);
    double set = now();
    if (status == DEDUP_OK)
        status = text_cleaner_clean(worker, &document, &how, &outcome, error);
    double end = now();
    totals->set += set - start;
    totals->clean += end - set;
    totals->bytes += bytes.length;
    totals->files++;
    totals->restored += outcome.restored;
    if (status == DEDUP_OK && strcmp(out, "-") == 0)
        print_cuts(cleaner, &document, name);
    else if (status == DEDUP_OK && (status = document_kept_text(&document, &kept, error)) == DEDUP_OK) {
        (void)snprintf(path, sizeof path, "%s/%s", out, name);
        FILE *file = fopen(path, "wb");
        if (file) {
            (void)fwrite(kept.data, 1, kept.length, file);
            (void)fclose(file);
        }
    }
    document_release(&document);
    dedup_buffer_release(&bytes);
    dedup_buffer_release(&kept);
    return status;
}

/* Counts every file of the folder as of one source, and decides. */
static dedup_status learn(const char *in, struct learned **learned, dedup_error *error)
{
    struct learner *learner;
    struct text_document document;
    dedup_status status = learner_create(1 << 26, &learner, error);
    if (status != DEDUP_OK)
        return status;
    document_init(&document);
    DIR *folder = opendir(in);
    for (struct dirent *entry; folder && status == DEDUP_OK && (entry = readdir(folder));) {
        char path[4096];
        dedup_buffer bytes;
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", in, entry->d_name);
        dedup_buffer_init(&bytes, UINT32_MAX);
        status = file_read(-100, path, &bytes, error);
        if (status == DEDUP_OK)
            status = document_set(&document, bytes.data, (uint32_t)bytes.length, error);
        if (status == DEDUP_OK)
            status = learner_count(learner, 1, &document, error);
        dedup_buffer_release(&bytes);
    }
    if (folder)
        (void)closedir(folder);
    if (status == DEDUP_OK)
        status = learner_decide(learner, learned, error);
    document_release(&document);
    learner_free(learner);
    return status;
}

int main(int argc, char **argv)
{
    static const char *const levels[] = {"off", "safe", "standard", "aggressive"};
    unsigned level = 0;
    if (argc < 4 || argc > 5)
        return 2;
    while (level < 3 && strcmp(levels[level], argv[1]) != 0)
        level++;
    dedup_error error;
    dedup_cleaner *cleaner = NULL;
    struct text_cleaner *worker = NULL;
    struct totals totals = {0};
    double start = now();
    dedup_status status = dedup_cleaner_create((dedup_clean_level)level, &cleaner, &error);
    double made = now() - start;
    if (status == DEDUP_OK)
        status = text_cleaner_create(cleaner, 0.8, &worker, &error);
    struct learned *learned = NULL;
    if (status == DEDUP_OK && argc == 5)
        status = learn(argv[2], &learned, &error);
    if (worker)
        text_cleaner_learned(worker, learned, 1);
    DIR *folder = status == DEDUP_OK ? opendir(argv[2]) : NULL;
    for (struct dirent *entry; folder && status == DEDUP_OK && (entry = readdir(folder));)
        if (entry->d_name[0] != '.')
            status = clean_file(cleaner, worker, argv[2], argv[3], entry->d_name, &totals, &error);
    if (folder)
        (void)closedir(folder);
    text_cleaner_free(worker);
    learned_free(learned);
    dedup_cleaner_free(cleaner);
    if (status != DEDUP_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    fprintf(
        stderr,
        "%llu files, %.2f MB: cleaner made in %.1f ms, lines and keys %.2f ms/MB, cleaning %.2f ms/MB, restored %llu\n",
        (unsigned long long)totals.files, (double)totals.bytes * 1e-6, made * 1e3,
        totals.set * 1e9 / (double)totals.bytes, totals.clean * 1e9 / (double)totals.bytes,
        (unsigned long long)totals.restored);
    return 0;
}
