package dev.semblance.text;

import java.util.List;
import java.util.SplittableRandom;

/** Texts made of what tokenizers stumble over. Thread: one. */
final class HostileTexts {

    private static final List<String> BITS = List.of(" ", "  ", "\t", "\n", "\r\n", "\u0000", "\u0085", "\u00A0",
            "\u200B",
            "\u200D", "\uFEFF", "\u2028", "\u3000", "\uFFFD", "\uE000", "\u0378", "\u061C", "\u202E", "[SEP]", "[CLS]",
            "[MASK]", "[PAD]", "[UNK]", "[SEP", "[[SEP]]", "SEP]", "[sep]", "##", "##ing", "[", "]", "'", "-", "…",
            "don't",
            "https://t.co/aB3", "@user_1", "#TagOne", "$AAPL", "1,234.50", "RT", "the", "The", "unaffable",
            "tokenization",
            "ISTANBUL", "İstanbul", "ıI", "Σίσυφος ΟΔΟΣ", "straße", "ẞ", "ﬁ", "Ǆ", "Å", "Å", "e\u0301", "é", "\u0301",
            "a\u0323\u0307", "a\u0307\u0323", "\u0344", "\u0F73", "q\u034F\u0301", "한국어", "\u1112\u1161\u11AB",
            "\u302E",
            "\u302F", "\u1B44", "\uA9C0", "ꦥꦏ꧀", "日本語", "漢", "豈", "ひらがな", "カﾞ", "𠀀", "丽", "ไทย", "नमस्ते", "বাংলা",
            "தமிழ்", "العربيّة", "עִבְרִית", "😀", "👨‍👩‍👧‍👦", "👍🏽", "🇩🇪", "❤️", "🤣", "𝔘𝔫𝔦", "Ꭰ", "ꭰ", "Ა",
            "\uD83D", "\uDE00",
            "\uDBFF\uDFFF", "\uDB40\uDC41", "\uD834\uDD65\uD834\uDD6D", "\uD834\uDD5E", "\uD83A\uDD4A", "≠", "≮",
            "\u037E",
            "\u1FEF", "\u2000", "\u2126", "\u212A", "ﷺ", "¼", "²", "§", "¿", "«»", "\u1734", "\u166D", "\u2E52");

    private final SplittableRandom random;

    HostileTexts(long seed) {
        this.random = new SplittableRandom(seed);
    }

    String next() {
        StringBuilder text = new StringBuilder();
        int parts = random.nextInt(1, 14);
        for (int i = 0; i < parts; i++) {
            switch (random.nextInt(10)) {
                case 0 -> text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
                case 1 -> text.append((char) random.nextInt(0x3000));
                case 2 -> letters(text, random.nextInt(1, 12));
                case 3 -> text.append(' ');
                default -> text.append(BITS.get(random.nextInt(BITS.size())));
            }
        }
        if (random.nextInt(50) == 0) {
            text.repeat(BITS.get(random.nextInt(BITS.size())), random.nextInt(90, 300));
        }
        return text.toString();
    }

    private void letters(StringBuilder text, int count) {
        for (int i = 0; i < count; i++) {
            text.append((char) ('a' + random.nextInt(26) - (random.nextInt(8) == 0 ? 32 : 0)));
        }
    }
}
