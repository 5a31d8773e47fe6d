package dev.semblance.codec;

import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.TextEvent;
import dev.semblance.record.TextHash;
import dev.semblance.record.Watch;
import dev.semblance.record.WatchVector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Records of every type: one fixed example of each, and random ones by seed. */
final class Samples {

    static final ModelIdentity MODEL = new ModelIdentity("tiny", "0123abcd", 3, "mean", true, 256, "fp32");
    static final TextEvent EVENT = new TextEvent("e-1", "Grüße 🌍 from $ACME", 1_700_000_000_123L, "anna", "de",
            Map.of("place", "Köln", "likes", "3"));
    static final float[] VECTOR = {0.6f, -0.8f, 0f};
    static final Embedding EMBEDDING = new Embedding(EVENT, new SourcePosition("texts", 2, 40), MODEL, "none", VECTOR,
            9, false, new TextHash(0x0123456789abcdefL, 0xfedcba9876543210L), -7L, new byte[]{1, 2, (byte) 0xC3});
    static final Alert ALERT = new Alert(AlertKind.NEAR_DUPLICATE, "e-2", "e-1", MatchKind.NEAR, 0.96875, 0.9,
            1_700_000_001_000L, 1_700_000_000_123L, 2, true, List.of("today"), List.of("yesterday"), "b", "a",
            List.of(), MODEL);
    static final Watch WATCH = new Watch("w-1", "flood in Köln", 0.85, List.of("flood", "köln"));
    static final WatchVector WATCH_VECTOR = new WatchVector(WATCH, MODEL, VECTOR);

    private Samples() {}

    static TextEvent event(Random random) {
        Map<String, String> attributes = new HashMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            attributes.put(text(random), text(random));
        }
        return new TextEvent("id" + random.nextInt(), random.nextInt(5) == 0 ? null : text(random), random.nextLong(),
                random.nextBoolean() ? null : text(random), random.nextBoolean() ? null : "en", attributes);
    }

    static Embedding embedding(Random random) {
        int dimension = 1 + random.nextInt(40);
        ModelIdentity model = new ModelIdentity(text(random), text(random), dimension, "cls", random.nextBoolean(),
                random.nextInt(), "int8");
        byte[] source = random.nextBoolean() ? null : text(random).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return new Embedding(event(random), new SourcePosition("t", random.nextInt(), random.nextLong()), model,
                "tweet-eval", vector(random, dimension), random.nextInt(), random.nextBoolean(),
                new TextHash(random.nextLong(), random.nextLong()), random.nextLong(), source);
    }

    static float[] vector(Random random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    /** Well-formed, of all planes. */
    static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            int bound = switch (random.nextInt(4)) {
                case 0 -> 0x80;
                case 1 -> 0x800;
                case 2 -> 0xD800;
                default -> 0x110000;
            };
            int c = random.nextInt(bound);
            text.appendCodePoint(c >= 0xD800 && c < 0xE000 ? 'x' : c);
        }
        return text.toString();
    }
}
