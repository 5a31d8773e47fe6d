package dev.semblance.model.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Texts of every kind that a tokenizer may trip over, the same for the same seed. */
final class HostileTexts {

    private static final String[] LITERALS = {"[SEP]", "[CLS]", "[PAD]", "[UNK]", "[MASK]", "[unused5]", "[sep]",
            "[SEP",
            "##ing", "don't", "http://a.b/c?d=1&e=%20", "@user", "#tag", "$TSLA", "3.14", "1,000,000", "e-mail",
            "U.S.A.",
            "İstanbul", "ﬁne", "Straße", "ǅ", "naïve", "café", "cafe\u0301", "ﷺ", "👩‍🚀", "👍🏽", "🇩🇪", "❤️", "①②",
            "한국어", "日本語テキスト", "中文字符", "العربية", "ไทย", "हिन्दी", "Ελληνικά", "Русский", "…", "„“", "—", "x²"};

    /** First and last code points of blocks and of trouble makers. */
    private static final int[][] RANGES = {{0x20, 0x7e}, {0x20, 0x7e}, {0x20, 0x7e}, {0x00, 0x1f}, {0x7f, 0xff},
            {0x100, 0x24f}, {0x300, 0x36f}, {0x370, 0x3ff}, {0x400, 0x4ff}, {0x590, 0x6ff}, {0x900, 0x97f},
            {0xe00, 0xe7f}, {0x1100, 0x11ff}, {0x1e00, 0x1fff}, {0x2000, 0x206f}, {0x20a0, 0x20cf}, {0x2100, 0x214f},
            {0x3000, 0x30ff}, {0x3400, 0x34ff}, {0x4e00, 0x9fff}, {0xac00, 0xd7a3}, {0xe000, 0xe010}, {0xf900, 0xfaff},
            {0xfe00, 0xfe0f}, {0xff00, 0xffef}, {0xfff9, 0xffff}, {0x1d400, 0x1d4ff}, {0x1f300, 0x1f6ff},
            {0x20000, 0x200ff}, {0x2f800, 0x2f8ff}, {0xe0000, 0xe007f}, {0x10fff0, 0x10ffff}};

    private HostileTexts() {}

    /** @param words mixed in */
    static List<String> generate(long seed, int count, List<String> words) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder text = new StringBuilder();
            for (int pieces = random.nextInt(1, 12); pieces > 0; pieces--) {
                append(text, random, words);
                if (random.nextInt(3) > 0) {
                    text.append(' ');
                }
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private static void append(StringBuilder text, SplittableRandom random, List<String> words) {
        switch (random.nextInt(8)) {
            case 0 -> text.append(LITERALS[random.nextInt(LITERALS.length)]);
            case 1 -> text.append(words.get(random.nextInt(words.size())).toUpperCase(java.util.Locale.ROOT));
            case 2 -> text.append("x".repeat(random.nextInt(1, 130)));
            case 3, 4 -> characters(text, random);
            default -> text.append(words.get(random.nextInt(words.size())));
        }
    }

    private static void characters(StringBuilder text, SplittableRandom random) {
        int[] range = RANGES[random.nextInt(RANGES.length)];
        for (int n = random.nextInt(1, 6); n > 0; n--) {
            text.appendCodePoint(random.nextInt(range[0], range[1] + 1));
        }
    }
}
