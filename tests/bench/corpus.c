/* corpus [-m MB] [-s SEED] [-d DIR] -j FILE [-t TREE] [-p PAIRS]: a corpus of Chinese web documents to measure with.
 *
 * The text is invented: words are drawn from a table of character frequencies once, their use follows Zipf's law, and
 * each word has a few preferred successors, so that short stretches recur as they do in real text. With -d the
 * paragraphs of the text files below DIR take its place; when they run out they come again with every eighth
 * character replaced. Documents are log-normal in length (median 670 characters, mean 890) and paragraphs too (mean
 * 65). 22 % of the documents are copies of earlier ones with 0 to 10 % of their characters edited. Every sixth carries
 * lines of navigation, and in every fiftieth a paragraph or all of it stands twice. The same seed gives the same
 * corpus.
 *
 * Written are FILE (JSON Lines), TREE (one text file for each document, a thousand in a folder) and PAIRS (number of a
 * copy, tab, number of its source). */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "base/utf8.h"
#include "text/fold.h"

enum { WORDS = 24000, WORD_LENGTH = 4, SUCCESSORS = 4, SLOTS = 1 << 16, SITES = 40 };

static const char *const frequencies[] = {
#include "text/han_frequency.inc"
};

static const char *const head_lines[] = {"首页 > 资讯 > 正文", "点击上方蓝字关注我们", "来源：本站编辑部", "展开全文",
                                         "![图片](https://img.example/cover.jpg)"};
static const char *const tail_lines[] = {"责任编辑：李晓明",
                                         "本文由作者上传，仅代表作者个人观点，不代表本站立场。",
                                         "分享到微信朋友圈",
                                         "上一篇：没有了",
                                         "相关阅读",
                                         "点击阅读原文",
                                         "扫描二维码，下载客户端"};
static const char *const latin_words[] = {"AI", "App", "Linux", "GDP", "5G", "CEO", "Python", "USB", "NBA", "WiFi"};
static const char *const measures[] = {"年", "月", "%", "亿元", "万人", "个", "公里", "岁", "次", "家"};

struct han {
    char bytes[3];
};

struct word {
    struct han han[WORD_LENGTH];
    unsigned length;
    uint16_t successors[SUCCESSORS];
};

struct span {
    size_t begin, length;
};

struct corpus {
    uint64_t random;
    struct han han[SLOTS]; /* as often as the character is frequent */
    struct word words[WORDS];
    uint16_t zipf[SLOTS];    /* word by its share */
    dedup_buffer pool;       /* text of -d */
    struct span *paragraphs; /* of the pool */
    size_t paragraph_count, paragraph_capacity, next_paragraph;
    dedup_buffer originals; /* documents that may be copied */
    struct span *documents;
    uint32_t *numbers; /* of the originals */
    size_t document_count, document_capacity, number_capacity;
    dedup_buffer text; /* the document under work */
    FILE *lines, *pairs;
    const char *tree;
};

static dedup_error error;

static void check(dedup_status status)
{
    if (status != DEDUP_OK) {
        fprintf(stderr, "corpus: %s\n", error.message);
        exit(1);
    }
}

static void check_file(bool good, const char *path)
{
    if (!good) {
        perror(path);
        exit(1);
    }
}

/* SplitMix64. */
static uint64_t draw(struct corpus *corpus)
{
    uint64_t x = corpus->random += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

static unsigned below(struct corpus *corpus, unsigned bound)
{
    return (unsigned)((draw(corpus) >> 32) * bound >> 32);
}

static double fraction(struct corpus *corpus)
{
    return (double)(draw(corpus) >> 11) * 0x1p-53;
}

static double log_normal(struct corpus *corpus, double median, double sigma)
{
    double radius = sqrt(-2 * log(1 - fraction(corpus)));
    return median * exp(sigma * radius * cos(2 * 3.14159265358979 * fraction(corpus)));
}

static void put(struct corpus *corpus, const char *bytes, size_t length)
{
    check(dedup_buffer_append(&corpus->text, bytes, length, &error));
}

static void put_text(struct corpus *corpus, const char *text)
{
    put(corpus, text, strlen(text));
}

static struct han draw_han(struct corpus *corpus)
{
    return corpus->han[draw(corpus) % SLOTS];
}

/* Characters that fold to themselves are simplified or common to both scripts. Row i has probability 2^-(6 + i). */
static void make_han(struct corpus *corpus)
{
    struct fold_key key;
    fold_key_init(&key);
    size_t filled = 0;
    for (unsigned row = 0; row < sizeof frequencies / sizeof *frequencies && row < 10; row++) {
        for (const char *next = frequencies[row], *at = next; *at != '\0'; at = next) {
            uint32_t point = utf8_next(&next);
            fold_key_clear(&key);
            check(fold_append(&key, at, 3, &error));
            for (int i = 0; i < SLOTS >> (6 + row) && filled < SLOTS && key.points[0] == point; i++)
                memcpy(corpus->han[filled++].bytes, at, 3);
        }
    }
    for (size_t i = filled; i < SLOTS; i++)
        corpus->han[i] = corpus->han[i % filled];
    fold_key_release(&key);
}

static void make_words(struct corpus *corpus)
{
    static const unsigned lengths[] = {1, 2, 2, 2, 2, 2, 2, 2, 3, 4};
    double total = 0, share = 0;
    for (unsigned i = 0; i < WORDS; i++)
        total += 1 / (i + 2.7);
    for (unsigned i = 0, slot = 0; i < WORDS; i++) {
        struct word *word = &corpus->words[i];
        word->length = i < 50 ? 1 : lengths[below(corpus, 10)];
        for (unsigned j = 0; j < word->length; j++)
            word->han[j] = draw_han(corpus);
        share += 1 / (i + 2.7) / total;
        for (; slot < SLOTS && slot < share * SLOTS; slot++)
            corpus->zipf[slot] = (uint16_t)i;
    }
    for (unsigned i = 0; i < WORDS; i++)
        for (unsigned j = 0; j < SUCCESSORS; j++)
            corpus->words[i].successors[j] = corpus->zipf[draw(corpus) % SLOTS];
}

static void put_number(struct corpus *corpus)
{
    char number[32];
    unsigned whole = below(corpus, below(corpus, 2) ? 100 : 3000);
    (void)snprintf(number, sizeof number, below(corpus, 4) ? "%u" : "%u.%u", whole, below(corpus, 100));
    put_text(corpus, number);
    put_text(corpus, measures[below(corpus, sizeof measures / sizeof *measures)]);
}

/* Appends one clause without its mark and returns its characters. */
static unsigned put_clause(struct corpus *corpus)
{
    unsigned characters = 0, count = 3 + below(corpus, 7);
    uint16_t at = corpus->zipf[draw(corpus) % SLOTS];
    for (unsigned i = 0; i < count; i++) {
        const struct word *word = &corpus->words[at];
        put(corpus, word->han[0].bytes, (size_t)word->length * 3);
        characters += word->length;
        unsigned choice = below(corpus, 100);
        at = choice < 45 ? word->successors[choice % SUCCESSORS] : corpus->zipf[draw(corpus) % SLOTS];
        if (choice >= 97)
            put_number(corpus), characters += 3;
        else if (choice == 96)
            put_text(corpus, latin_words[below(corpus, sizeof latin_words / sizeof *latin_words)]), characters += 4;
    }
    return characters + 1;
}

/* Appends an invented paragraph with its line feed and returns its characters. */
static unsigned put_invented(struct corpus *corpus)
{
    double wanted = log_normal(corpus, 45, 0.85);
    unsigned characters = 0;
    if (wanted < 15) {
        characters = put_clause(corpus); /* a heading */
    } else {
        do {
            for (unsigned clauses = below(corpus, 3); clauses > 0; clauses--) {
                characters += put_clause(corpus);
                put_text(corpus, "，");
            }
            characters += put_clause(corpus);
            put_text(corpus, below(corpus, 20) ? "。" : "！");
        } while (characters < wanted);
    }
    put_text(corpus, "\n");
    return characters;
}

static bool is_han(const char *at)
{
    return (unsigned char)at[0] >= 0xe4 && (unsigned char)at[0] <= 0xe9;
}

static size_t point_length(const char *at)
{
    unsigned char lead = (unsigned char)at[0];
    return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* Appends `text` with a share of its Han characters replaced, or also removed and added to, and returns its characters.
 */
static unsigned put_edited(struct corpus *corpus, const char *text, size_t length, double rate, bool replace_only)
{
    unsigned characters = 0;
    for (size_t at = 0, step; at < length; at += step, characters++) {
        step = point_length(text + at);
        if (step > length - at)
            step = length - at;
        unsigned kind = 3;
        if (is_han(text + at) && fraction(corpus) < rate)
            kind = replace_only ? 0 : below(corpus, 3);
        if (kind <= 1)
            put(corpus, draw_han(corpus).bytes, 3);
        if (kind == 1 || kind == 3)
            put(corpus, text + at, step);
    }
    return characters;
}

static unsigned put_borrowed(struct corpus *corpus)
{
    bool again = corpus->next_paragraph >= corpus->paragraph_count;
    size_t number = again ? draw(corpus) % corpus->paragraph_count : corpus->next_paragraph++;
    struct span span = corpus->paragraphs[number];
    unsigned characters = put_edited(corpus, corpus->pool.data + span.begin, span.length, again ? 0.12 : 0, true);
    put_text(corpus, "\n");
    return characters;
}

static void put_line(struct corpus *corpus, const char *const *lines, size_t count)
{
    put_text(corpus, lines[below(corpus, (unsigned)count)]);
    put_text(corpus, "\n");
}

/* Appends the end of the text once more, from `begin` on. */
static void put_again(struct corpus *corpus, size_t begin)
{
    size_t length = corpus->text.length - begin;
    check(dedup_buffer_reserve(&corpus->text, length, &error));
    put(corpus, corpus->text.data + begin, length);
}

static void put_original(struct corpus *corpus)
{
    double wanted = log_normal(corpus, 670, 0.75);
    size_t begin = corpus->text.length, last = begin;
    for (unsigned characters = 0; characters < wanted;) {
        last = corpus->text.length;
        characters += corpus->paragraph_count ? put_borrowed(corpus) : put_invented(corpus);
    }
    if (below(corpus, 50) == 0)
        put_again(corpus, below(corpus, 2) ? begin : last);
}

/* Makes document `number`, of site `site`. */
static void make_document(struct corpus *corpus, uint32_t number, unsigned site)
{
    dedup_buffer_clear(&corpus->text);
    bool copy = corpus->document_count > 0 && below(corpus, 100) < 22;
    if (below(corpus, copy ? 3 : 12) == 0)
        put_line(corpus, head_lines, sizeof head_lines / sizeof *head_lines);
    size_t begin = corpus->text.length;
    if (copy) {
        size_t source = draw(corpus) % corpus->document_count;
        struct span span = corpus->documents[source];
        double rate = below(corpus, 10) ? 0.1 * fraction(corpus) : 0;
        put_edited(corpus, corpus->originals.data + span.begin, span.length, rate, false);
        fprintf(corpus->pairs, "%u\t%u\n", number, corpus->numbers[source]);
    } else {
        put_original(corpus);
        struct span span = {corpus->originals.length, corpus->text.length - begin};
        check(dedup_buffer_append(&corpus->originals, corpus->text.data + begin, span.length, &error));
        check(array_reserve(&corpus->documents, &corpus->document_capacity, corpus->document_count + 1, "", &error));
        check(array_reserve(&corpus->numbers, &corpus->number_capacity, corpus->document_count + 1, "", &error));
        corpus->numbers[corpus->document_count] = number;
        corpus->documents[corpus->document_count++] = span;
    }
    if (below(corpus, 10) == 0)
        put_line(corpus, tail_lines, sizeof tail_lines / sizeof *tail_lines);
    if (site % 4 == 0) {
        char line[64];
        (void)snprintf(line, sizeof line, "第%u号站点每日更新，欢迎收藏\n", site);
        put_text(corpus, line);
    }
}

static void write_json(struct corpus *corpus, uint32_t number, unsigned site)
{
    fprintf(corpus->lines, "{\"id\": \"%06u\", \"url\": \"https://site%02u.example/article/%u.html\", \"text\": \"",
            number, site, number);
    for (size_t i = 0; i < corpus->text.length; i++) {
        char byte = corpus->text.data[i];
        if (byte == '\n')
            fputs("\\n", corpus->lines);
        else if (byte == '"' || byte == '\\')
            fprintf(corpus->lines, "\\%c", byte);
        else if ((unsigned char)byte >= 0x20)
            putc_unlocked(byte, corpus->lines);
    }
    fputs("\"}\n", corpus->lines);
}

static void write_file(struct corpus *corpus, uint32_t number)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%03u", corpus->tree, number / 1000);
    if (number == 0)
        check_file(mkdir(corpus->tree, 0777) == 0 || errno == EEXIST, corpus->tree);
    if (number % 1000 == 0)
        check_file(mkdir(path, 0777) == 0, path);
    (void)snprintf(path, sizeof path, "%s/%03u/%06u.txt", corpus->tree, number / 1000, number);
    FILE *file = fopen(path, "wb");
    check_file(file && fwrite(corpus->text.data, 1, corpus->text.length, file) == corpus->text.length, path);
    check_file(fclose(file) == 0, path);
}

static struct corpus *reading; /* nftw has no context */

static void add_paragraphs(struct corpus *corpus, size_t begin)
{
    while (begin < corpus->pool.length) {
        const char *line = corpus->pool.data + begin;
        const char *feed = memchr(line, '\n', corpus->pool.length - begin);
        size_t length = feed ? (size_t)(feed - line) : corpus->pool.length - begin, han = 0;
        for (size_t at = 0; at < length; at += point_length(line + at))
            han += is_han(line + at);
        if (han >= 5 && han * 6 >= length) {
            check(array_reserve(&corpus->paragraphs, &corpus->paragraph_capacity, corpus->paragraph_count + 1, "",
                                &error));
            corpus->paragraphs[corpus->paragraph_count++] = (struct span){begin, length};
        }
        begin += length + 1;
    }
}

static int read_text(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)place;
    const char *dot = strrchr(path, '.');
    if (kind != FTW_F || !dot || (strcmp(dot, ".txt") != 0 && strcmp(dot, ".md") != 0))
        return 0;
    size_t begin = reading->pool.length;
    check(file_read(AT_FDCWD, path, &reading->pool, &error));
    check(dedup_buffer_append(&reading->pool, "\n", 1, &error));
    add_paragraphs(reading, begin);
    return 0;
}

int main(int argc, char **argv)
{
    double megabytes = 200;
    const char *lines = NULL, *pairs = NULL;
    struct corpus *corpus = calloc(1, sizeof *corpus);
    if (!corpus)
        return 1;
    dedup_buffer_init(&corpus->pool, SIZE_MAX);
    dedup_buffer_init(&corpus->originals, SIZE_MAX);
    dedup_buffer_init(&corpus->text, SIZE_MAX);
    reading = corpus;
    for (int option; (option = getopt(argc, argv, "m:s:d:j:t:p:")) != -1;) {
        switch (option) {
        case 'm': megabytes = atof(optarg); break;
        case 's': corpus->random = strtoull(optarg, NULL, 10); break;
        case 'd': check_file(nftw(optarg, read_text, 64, FTW_PHYS) == 0, optarg); break;
        case 'j': lines = optarg; break;
        case 't': corpus->tree = optarg; break;
        case 'p': pairs = optarg; break;
        default: return 2;
        }
    }
    if (!lines || optind != argc)
        return 2;
    check_file((corpus->lines = fopen(lines, "wb")) != NULL, lines);
    check_file((corpus->pairs = fopen(pairs ? pairs : "/dev/null", "wb")) != NULL, pairs);
    make_han(corpus);
    make_words(corpus);
    double written = 0;
    for (uint32_t number = 0; written < megabytes * 1e6; number++) {
        unsigned site = below(corpus, SITES);
        make_document(corpus, number, site);
        write_json(corpus, number, site);
        if (corpus->tree)
            write_file(corpus, number);
        written += (double)corpus->text.length;
    }
    check_file(fclose(corpus->lines) == 0, lines);
    check_file(fclose(corpus->pairs) == 0, pairs);
    return 0;
}
