package dev.semblance.infer;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Made-up texts of every sort and length. */
final class SampleTexts {

    private static final List<String> WORDS = List.of("rain", "the", "over", "harbour", "$ACME", "#storm", "3.5%",
            "price", "up", "down", "market", "closes", "fire", "near", "bridge", "says", "mayor", "unbelievable",
            "antidisestablishmentarianism", "@someone", "https://example.org/a?b=c", "😀", "🔥🔥", "東京", "港口", "дождь",
            "naïve", "café", "12:45", "RT", "—", "“quoted”", "don't", "zzxqj", "ﬁre");
    private static final List<String> ODD = List.of("", " ", "a", "😀", "👩‍👩‍👧‍👦", "東京は雨です。", "[SEP] [CLS]",
            "\u0000",
            "!!!!!!!!", "1", "مرحبا بالعالم", "ไทย", "e\u0301e\u0301", "\uD83D", "http://t.co", "...");

    private SampleTexts() {}

    /** Different each, a few of them longer than any model takes. */
    static List<String> make(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> texts = new ArrayList<>(ODD);
        while (texts.size() < count) {
            int words = texts.size() % 50 == 0 ? 260 : 1 + random.nextInt(random.nextInt(1, 40));
            StringBuilder text = new StringBuilder();
            for (int w = 0; w < words; w++) {
                text.append(WORDS.get(random.nextInt(WORDS.size()))).append(' ');
            }
            texts.add(text.append(texts.size()).toString());
        }
        return texts.subList(0, count);
    }
}
