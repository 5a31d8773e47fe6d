package dev.semblance.cli;

import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules of the detect stage once more, as plainly as they can be written: every event against every original, in
 * double precision. What the program finds is compared with this.
 */
final class BruteForce {

    /** What an event repeats; null original: nothing. */
    record Found(String originalId, MatchKind kind, double cosine) {}

    private BruteForce() {}

    /** @return for each event id what it repeats, or null, in order of event time and id */
    static Map<String, Found> run(List<Embedding> embeddings, double threshold, long windowMs) {
        List<Embedding> ordered = new ArrayList<>(embeddings);
        ordered.sort(Comparator.<Embedding>comparingLong(e -> e.event().eventTimeMs())
                .thenComparing(e -> e.event().id()));
        List<Embedding> originals = new ArrayList<>();
        Map<String, Found> found = new LinkedHashMap<>();
        for (Embedding event : ordered) {
            Found best = null;
            for (Embedding original : originals) {
                Found candidate = match(event, original, threshold, windowMs);
                if (candidate != null && (best == null || better(candidate, best))) {
                    best = candidate;
                }
            }
            found.put(event.event().id(), best);
            if (best == null || best.kind() == MatchKind.VARIANT) {
                originals.add(event);
            }
        }
        return found;
    }

    private static Found match(Embedding event, Embedding original, double threshold, long windowMs) {
        if (event.event().eventTimeMs() - original.event().eventTimeMs() > windowMs) {
            return null;
        }
        double cosine = cosine(event.vector(), original.vector());
        if (event.textHash().equals(original.textHash())) {
            return new Found(original.event().id(), MatchKind.EXACT, cosine);
        }
        if (cosine < threshold) {
            return null;
        }
        MatchKind kind = event.figuresHash() == original.figuresHash() ? MatchKind.NEAR : MatchKind.VARIANT;
        return new Found(original.event().id(), kind, cosine);
    }

    /** Originals come in order, so that an equal one found later does not replace an earlier one. */
    private static boolean better(Found candidate, Found best) {
        return candidate.kind() != best.kind()
                ? candidate.kind().compareTo(best.kind()) < 0
                : candidate.cosine() > best.cosine() + 1e-9;
    }

    static double cosine(float[] a, float[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return dot / Math.sqrt(aa * bb);
    }
}
