#include "clean/pinyin_table.h"

#include <stdlib.h>
#include <string.h>

enum { SYLLABLE_SIZE = 10 };

struct reading {
    uint32_t point;
    char syllable[SYLLABLE_SIZE];
};

/* Characters that are only traditional, with their commonest reading; by code point. */
static const struct reading readings[] = {
    {0x4e9e, "yà"},     {0x4f75, "bìng"},   {0x4f86, "lái"},    {0x4fc2, "xì"},     {0x5009, "cāng"},
    {0x500b, "gè"},     {0x5075, "zhēn"},   {0x507d, "wěi"},    {0x5099, "bèi"},    {0x50b3, "chuán"},
    {0x50b7, "shāng"},  {0x50be, "qīng"},   {0x50c5, "jǐn"},    {0x50f9, "jià"},    {0x5100, "yí"},
    {0x5104, "yì"},     {0x511f, "cháng"},  {0x512a, "yōu"},    {0x5132, "chǔ"},    {0x5152, "ér"},
    {0x5167, "nèi"},    {0x5169, "liǎng"},  {0x51cd, "dòng"},   {0x5247, "zé"},     {0x525b, "gāng"},
    {0x5275, "chuàng"}, {0x5283, "huà"},    {0x5287, "jù"},     {0x5289, "liú"},    {0x52d5, "dòng"},
    {0x52d9, "wù"},     {0x52dd, "shèng"},  {0x52de, "láo"},    {0x52e2, "shì"},    {0x52f5, "lì"},
    {0x52f8, "quàn"},   {0x532f, "huì"},    {0x5340, "qū"},     {0x5354, "xié"},    {0x53c3, "cān"},
    {0x54e1, "yuán"},   {0x554f, "wèn"},    {0x555f, "qǐ"},     {0x559a, "huàn"},   {0x55ae, "dān"},
    {0x5617, "cháng"},  {0x5678, "dūn"},    {0x5687, "xià"},    {0x56b4, "yán"},    {0x570b, "guó"},
    {0x570d, "wéi"},    {0x5712, "yuán"},   {0x5713, "yuán"},   {0x5716, "tú"},     {0x5718, "tuán"},
    {0x57f7, "zhí"},    {0x5831, "bào"},    {0x5834, "chǎng"},  {0x5875, "chén"},   {0x58b3, "fén"},
    {0x58d3, "yā"},     {0x58de, "huài"},   {0x58ef, "zhuàng"}, {0x58fd, "shòu"},   {0x5920, "gòu"},
    {0x5922, "mèng"},   {0x596a, "duó"},    {0x596e, "fèn"},    {0x5a66, "fù"},     {0x5abd, "mā"},
    {0x5b78, "xué"},    {0x5bae, "gōng"},   {0x5be6, "shí"},    {0x5be9, "shěn"},   {0x5beb, "xiě"},
    {0x5bf6, "bǎo"},    {0x5c08, "zhuān"},  {0x5c0b, "xún"},    {0x5c0d, "duì"},    {0x5c0e, "dǎo"},
    {0x5c64, "céng"},   {0x5c6c, "shǔ"},    {0x5cf6, "dǎo"},    {0x5d17, "gǎng"},   {0x5e2b, "shī"},
    {0x5e33, "zhàng"},  {0x5e36, "dài"},    {0x5e6b, "bāng"},   {0x5e79, "gàn"},    {0x5e7e, "jǐ"},
    {0x5ee0, "chǎng"},  {0x5ee2, "fèi"},    {0x5ee3, "guǎng"},  {0x5f35, "zhāng"},  {0x5f37, "qiáng"},
    {0x5f8c, "hòu"},    {0x5f9e, "cóng"},   {0x5fa9, "fù"},     {0x5fb5, "zhēng"},  {0x5fb9, "chè"},
    {0x60e1, "è"},      {0x611b, "ài"},     {0x614b, "tài"},    {0x6163, "guàn"},   {0x616e, "lǜ"},
    {0x6176, "qìng"},   {0x6182, "yōu"},    {0x6191, "píng"},   {0x61b6, "yì"},     {0x61c9, "yīng"},
    {0x61f2, "chéng"},  {0x61f7, "huái"},   {0x6200, "liàn"},   {0x6230, "zhàn"},   {0x6232, "xì"},
    {0x639b, "guà"},    {0x63da, "yáng"},   {0x63db, "huàn"},   {0x640d, "sǔn"},    {0x6436, "qiǎng"},
    {0x64a5, "bō"},     {0x64c7, "zé"},     {0x64ca, "jī"},     {0x64cb, "dǎng"},   {0x64d4, "dān"},
    {0x64da, "jù"},     {0x64ec, "nǐ"},     {0x64f4, "kuò"},    {0x64fa, "bǎi"},    {0x64fe, "rǎo"},
    {0x651c, "xié"},    {0x651d, "shè"},    {0x6557, "bài"},    {0x6575, "dí"},     {0x6578, "shù"},
    {0x65b7, "duàn"},   {0x6642, "shí"},    {0x66a2, "chàng"},  {0x66ab, "zàn"},    {0x66f8, "shū"},
    {0x6703, "huì"},    {0x6771, "dōng"},   {0x689d, "tiáo"},   {0x68df, "dòng"},   {0x696d, "yè"},
    {0x6975, "jí"},     {0x69ae, "róng"},   {0x69cb, "gòu"},    {0x6a02, "lè"},     {0x6a13, "lóu"},
    {0x6a19, "biāo"},   {0x6a23, "yàng"},   {0x6a39, "shù"},    {0x6a4b, "qiáo"},   {0x6a5f, "jī"},
    {0x6a6b, "héng"},   {0x6aa2, "jiǎn"},   {0x6ac3, "guì"},    {0x6b0a, "quán"},   {0x6b50, "ōu"},
    {0x6b61, "huān"},   {0x6b72, "suì"},    {0x6b77, "lì"},     {0x6b78, "guī"},    {0x6bba, "shā"},
    {0x6bbc, "ké"},     {0x6c23, "qì"},     {0x6c7a, "jué"},    {0x6c92, "méi"},    {0x6cc1, "kuàng"},
    {0x6de8, "jìng"},   {0x6dfa, "qiǎn"},   {0x6e1b, "jiǎn"},   {0x6e6f, "tāng"},   {0x6e96, "zhǔn"},
    {0x6e9d, "gōu"},    {0x6ec5, "miè"},    {0x6eef, "zhì"},    {0x6eff, "mǎn"},    {0x6f01, "yú"},
    {0x6f22, "hàn"},    {0x6f32, "zhǎng"},  {0x6f54, "jié"},    {0x6f64, "rùn"},    {0x6fa4, "zé"},
    {0x6fb1, "diàn"},   {0x6fc3, "nóng"},   {0x6fdf, "jì"},     {0x6ffe, "lǜ"},     {0x7063, "wān"},
    {0x707d, "zāi"},    {0x70ba, "wéi"},    {0x70cf, "wū"},     {0x7121, "wú"},     {0x7149, "liàn"},
    {0x7159, "yān"},    {0x71b1, "rè"},     {0x71c8, "dēng"},   {0x71df, "yíng"},   {0x721b, "làn"},
    {0x722d, "zhēng"},  {0x72c0, "zhuàng"}, {0x7344, "yù"},     {0x734e, "jiǎng"},  {0x7368, "dú"},
    {0x7372, "huò"},    {0x7375, "liè"},    {0x737b, "xiàn"},   {0x73fe, "xiàn"},   {0x7463, "suǒ"},
    {0x74b0, "huán"},   {0x7522, "chǎn"},   {0x7562, "bì"},     {0x756b, "huà"},    {0x7570, "yì"},
    {0x7576, "dāng"},   {0x760b, "fēng"},   {0x7642, "liáo"},   {0x767c, "fā"},     {0x76dc, "dào"},
    {0x76e1, "jìn"},    {0x76e3, "jiān"},   {0x76e4, "pán"},    {0x773e, "zhòng"},  {0x77ef, "jiǎo"},
    {0x78ba, "què"},    {0x78bc, "mǎ"},     {0x790e, "chǔ"},    {0x7919, "ài"},     {0x7926, "kuàng"},
    {0x798d, "huò"},    {0x79ae, "lǐ"},     {0x7a05, "shuì"},   {0x7a2e, "zhǒng"},  {0x7a31, "chēng"},
    {0x7a40, "gǔ"},     {0x7a4d, "jī"},     {0x7a69, "wěn"},    {0x7aa9, "wō"},     {0x7aae, "qióng"},
    {0x7ac4, "cuàn"},   {0x7af6, "jìng"},   {0x7b46, "bǐ"},     {0x7bc0, "jié"},    {0x7bc4, "fàn"},
    {0x7bc9, "zhù"},    {0x7c21, "jiǎn"},   {0x7c4c, "chóu"},   {0x7cfe, "jiū"},    {0x7d00, "jì"},
    {0x7d04, "yuē"},    {0x7d05, "hóng"},   {0x7d0b, "wén"},    {0x7d0d, "nà"},     {0x7d14, "chún"},
    {0x7d19, "zhǐ"},    {0x7d1a, "jí"},     {0x7d1b, "fēn"},    {0x7d30, "xì"},     {0x7d42, "zhōng"},
    {0x7d44, "zǔ"},     {0x7d50, "jié"},    {0x7d55, "jué"},    {0x7d61, "luò"},    {0x7d66, "gěi"},
    {0x7d71, "tǒng"},   {0x7d72, "sī"},     {0x7d81, "bǎng"},   {0x7d93, "jīng"},   {0x7da0, "lǜ"},
    {0x7dad, "wéi"},    {0x7db2, "wǎng"},   {0x7dca, "jǐn"},    {0x7dd2, "xù"},     {0x7dda, "xiàn"},
    {0x7de3, "yuán"},   {0x7de8, "biān"},   {0x7de9, "huǎn"},   {0x7dec, "miǎn"},   {0x7df4, "liàn"},
    {0x7e1b, "fù"},     {0x7e23, "xiàn"},   {0x7e2e, "suō"},    {0x7e31, "zòng"},   {0x7e3d, "zǒng"},
    {0x7e3e, "jì"},     {0x7e54, "zhī"},    {0x7e6a, "huì"},    {0x7e7c, "jì"},     {0x7e8c, "xù"},
    {0x7f70, "fá"},     {0x7f77, "bà"},     {0x7f85, "luó"},    {0x7fa9, "yì"},     {0x7fd2, "xí"},
    {0x8056, "shèng"},  {0x805e, "wén"},    {0x806f, "lián"},   {0x8072, "shēng"},  {0x8077, "zhí"},
    {0x807d, "tīng"},   {0x8085, "sù"},     {0x812b, "tuō"},    {0x8166, "nǎo"},    {0x819a, "fū"},
    {0x81a0, "jiāo"},   {0x81c9, "liǎn"},   {0x81e8, "lín"},    {0x81fa, "tái"},    {0x8207, "yǔ"},
    {0x8208, "xīng"},   {0x8209, "jǔ"},     {0x820a, "jiù"},    {0x8259, "cāng"},   {0x8266, "jiàn"},
    {0x8271, "jiān"},   {0x838a, "zhuāng"}, {0x83ef, "huá"},    {0x842c, "wàn"},    {0x8449, "yè"},
    {0x84cb, "gài"},    {0x85cd, "lán"},    {0x85dd, "yì"},     {0x85e5, "yào"},    {0x8607, "sū"},
    {0x862d, "lán"},    {0x8655, "chù"},    {0x865b, "xū"},     {0x865f, "hào"},    {0x8667, "kuī"},
    {0x87f2, "chóng"},  {0x8853, "shù"},    {0x885b, "wèi"},    {0x885d, "chōng"},  {0x88cf, "lǐ"},
    {0x88dc, "bǔ"},     {0x88dd, "zhuāng"}, {0x88fd, "zhì"},    {0x8907, "fù"},     {0x8956, "ǎo"},
    {0x8972, "xí"},     {0x898b, "jiàn"},   {0x898f, "guī"},    {0x8996, "shì"},    {0x89aa, "qīn"},
    {0x89ba, "jué"},    {0x89bd, "lǎn"},    {0x89c0, "guān"},   {0x89f8, "chù"},    {0x8a02, "dìng"},
    {0x8a08, "jì"},     {0x8a0a, "xùn"},    {0x8a0e, "tǎo"},    {0x8a13, "xùn"},    {0x8a18, "jì"},
    {0x8a2a, "fǎng"},   {0x8a2d, "shè"},    {0x8a31, "xǔ"},     {0x8a34, "sù"},     {0x8a3b, "zhù"},
    {0x8a55, "píng"},   {0x8a5e, "cí"},     {0x8a62, "xún"},    {0x8a66, "shì"},    {0x8a71, "huà"},
    {0x8a72, "gāi"},    {0x8a73, "xiáng"},  {0x8a8d, "rèn"},    {0x8a98, "yòu"},    {0x8a9e, "yǔ"},
    {0x8aa0, "chéng"},  {0x8aa4, "wù"},     {0x8aaa, "shuō"},   {0x8ab0, "shuí"},   {0x8ab2, "kè"},
    {0x8abf, "diào"},   {0x8ac7, "tán"},    {0x8acb, "qǐng"},   {0x8ad6, "lùn"},    {0x8adc, "dié"},
    {0x8aee, "zī"},     {0x8af8, "zhū"},    {0x8b1b, "jiǎng"},  {0x8b1d, "xiè"},    {0x8b49, "zhèng"},
    {0x8b58, "shí"},    {0x8b6f, "yì"},     {0x8b70, "yì"},     {0x8b77, "hù"},     {0x8b7d, "yù"},
    {0x8b80, "dú"},     {0x8b8a, "biàn"},   {0x8b93, "ràng"},   {0x8b9a, "zàn"},    {0x8c50, "fēng"},
    {0x8c6c, "zhū"},    {0x8c9d, "bèi"},    {0x8ca0, "fù"},     {0x8ca1, "cái"},    {0x8ca2, "gòng"},
    {0x8ca7, "pín"},    {0x8ca8, "huò"},    {0x8cac, "zé"},     {0x8cb4, "guì"},    {0x8cb7, "mǎi"},
    {0x8cb8, "dài"},    {0x8cbb, "fèi"},    {0x8cbc, "tiē"},    {0x8cbf, "mào"},    {0x8cc0, "hè"},
    {0x8cc7, "zī"},     {0x8cd3, "bīn"},    {0x8ce0, "péi"},    {0x8ce2, "xián"},   {0x8ce3, "mài"},
    {0x8ce6, "fù"},     {0x8cea, "zhì"},    {0x8cec, "zhàng"},  {0x8ced, "dǔ"},     {0x8cf4, "lài"},
    {0x8cfc, "gòu"},    {0x8cfd, "sài"},    {0x8d08, "zèng"},   {0x8d0f, "yíng"},   {0x8d95, "gǎn"},
    {0x8da8, "qū"},     {0x8e10, "jiàn"},   {0x8e8d, "yuè"},    {0x8eca, "chē"},    {0x8ecc, "guǐ"},
    {0x8ecd, "jūn"},    {0x8edf, "ruǎn"},   {0x8ef8, "zhóu"},   {0x8f03, "jiào"},   {0x8f09, "zǎi"},
    {0x8f14, "fǔ"},     {0x8f15, "qīng"},   {0x8f1b, "liàng"},  {0x8f2a, "lún"},    {0x8f2f, "jí"},
    {0x8f38, "shū"},    {0x8f44, "xiá"},    {0x8f49, "zhuǎn"},  {0x8f5f, "hōng"},   {0x8fa6, "bàn"},
    {0x8fad, "cí"},     {0x8fb2, "nóng"},   {0x9019, "zhè"},    {0x9023, "lián"},   {0x9031, "zhōu"},
    {0x9032, "jìn"},    {0x904a, "yóu"},    {0x904b, "yùn"},    {0x904e, "guò"},    {0x9054, "dá"},
    {0x9055, "wéi"},    {0x905e, "dì"},     {0x9060, "yuǎn"},   {0x9069, "shì"},    {0x9072, "chí"},
    {0x9077, "qiān"},   {0x9078, "xuǎn"},   {0x907a, "yí"},     {0x907c, "liáo"},   {0x9081, "mài"},
    {0x9084, "hái"},    {0x908a, "biān"},   {0x90f5, "yóu"},    {0x9109, "xiāng"},  {0x912d, "zhèng"},
    {0x9130, "lín"},    {0x919c, "chǒu"},   {0x91ab, "yī"},     {0x91ac, "jiàng"},  {0x91cb, "shì"},
    {0x91d8, "dīng"},   {0x91dd, "zhēn"},   {0x9214, "chāo"},   {0x9280, "yín"},    {0x92b7, "xiāo"},
    {0x92d2, "fēng"},   {0x92fc, "gāng"},   {0x9304, "lù"},     {0x9322, "qián"},   {0x932f, "cuò"},
    {0x934b, "guō"},    {0x9375, "jiàn"},   {0x93ae, "zhèn"},   {0x93c8, "liàn"},   {0x9418, "zhōng"},
    {0x9435, "tiě"},    {0x9452, "jiàn"},   {0x947d, "zuàn"},   {0x9577, "zhǎng"},  {0x9580, "mén"},
    {0x9583, "shǎn"},   {0x9589, "bì"},     {0x958b, "kāi"},    {0x9592, "xián"},   {0x9593, "jiān"},
    {0x95a3, "gé"},     {0x95a5, "fá"},     {0x95b1, "yuè"},    {0x95d6, "chuǎng"}, {0x95dc, "guān"},
    {0x95e1, "chǎn"},   {0x9663, "zhèn"},   {0x9670, "yīn"},    {0x9673, "chén"},   {0x9678, "lù"},
    {0x967d, "yáng"},   {0x968a, "duì"},    {0x969b, "jì"},     {0x96a8, "suí"},    {0x96aa, "xiǎn"},
    {0x96b1, "yǐn"},    {0x96bb, "zhī"},    {0x96d6, "suī"},    {0x96d9, "shuāng"}, {0x96dc, "zá"},
    {0x96de, "jī"},     {0x96e2, "lí"},     {0x96e3, "nán"},    {0x96f2, "yún"},    {0x96fb, "diàn"},
    {0x9727, "wù"},     {0x9748, "líng"},   {0x975c, "jìng"},   {0x978f, "gǒng"},   {0x97d3, "hán"},
    {0x97ff, "xiǎng"},  {0x9801, "yè"},     {0x9802, "dǐng"},   {0x9805, "xiàng"},  {0x9806, "shùn"},
    {0x9810, "yù"},     {0x9812, "bān"},    {0x9813, "dùn"},    {0x9817, "pō"},     {0x9818, "lǐng"},
    {0x982d, "tóu"},    {0x983b, "pín"},    {0x9846, "kē"},     {0x984c, "tí"},     {0x984d, "é"},
    {0x984f, "yán"},    {0x9858, "yuàn"},   {0x985e, "lèi"},    {0x9867, "gù"},     {0x986f, "xiǎn"},
    {0x98a8, "fēng"},   {0x98b3, "guā"},    {0x98c6, "biāo"},   {0x98db, "fēi"},    {0x98ef, "fàn"},
    {0x98f2, "yǐn"},    {0x98fe, "shì"},    {0x990a, "yǎng"},   {0x9928, "guǎn"},   {0x99ac, "mǎ"},
    {0x99d0, "zhù"},    {0x99d5, "jià"},    {0x99db, "shǐ"},    {0x9a19, "piàn"},   {0x9a30, "téng"},
    {0x9a45, "qū"},     {0x9a57, "yàn"},    {0x9a5a, "jīng"},   {0x9a5f, "zhòu"},   {0x9ad4, "tǐ"},
    {0x9b25, "dòu"},    {0x9b27, "nào"},    {0x9b5a, "yú"},     {0x9bae, "xiān"},   {0x9ce5, "niǎo"},
    {0x9cf3, "fèng"},   {0x9cf4, "míng"},   {0x9d3f, "gē"},     {0x9d5d, "é"},      {0x9e79, "xián"},
    {0x9e7d, "yán"},    {0x9e97, "lì"},     {0x9ea5, "mài"},    {0x9eb5, "miàn"},   {0x9ec3, "huáng"},
    {0x9ede, "diǎn"},   {0x9ee8, "dǎng"},   {0x9f4a, "qí"},     {0x9f52, "chǐ"},    {0x9f61, "líng"},
    {0x9f8d, "lóng"},   {0x9f90, "páng"},
};

static int by_point(const void *a, const void *b)
{
    const struct reading *x = a, *y = b;
    return (x->point > y->point) - (x->point < y->point);
}

static const struct reading *find_reading(uint32_t point)
{
    struct reading wanted = {.point = point};
    return bsearch(&wanted, readings, sizeof readings / sizeof *readings, sizeof wanted, by_point);
}

bool pinyin_table_has(uint32_t point, const char *syllable, size_t length)
{
    const struct reading *found = find_reading(point);
    return found && strlen(found->syllable) == length && memcmp(found->syllable, syllable, length) == 0;
}

bool pinyin_table_knows(uint32_t point)
{
    return find_reading(point) != NULL;
}

uint32_t pinyin_table_next(size_t *from, const char *syllable, size_t length)
{
    while (*from < sizeof readings / sizeof *readings) {
        const struct reading *reading = &readings[(*from)++];
        if (strlen(reading->syllable) == length && memcmp(reading->syllable, syllable, length) == 0)
            return reading->point;
    }
    return 0;
}
