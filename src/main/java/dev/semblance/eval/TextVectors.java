package dev.semblance.eval;

import dev.semblance.infer.EmbeddingEngine;
import dev.semblance.record.PoisonTextException;
import dev.semblance.record.TokenizedText;
import dev.semblance.text.Preprocessing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Embeds texts, each sequence of tokens once: a sentence that occurs in several sets, and one that a truncation leaves
 * whole, cost nothing again. Holds every vector.
 *
 * <p>Thread: one. Does not own the engine.
 */
final class TextVectors {

    private static final int IN_FLIGHT = 2_048;

    private record Running(String text, int slot, CompletableFuture<float[]> vector) {}

    private final EmbeddingEngine engine;
    private final Preprocessing preprocessing;
    private final Map<TokenizedText, Integer> slots = new HashMap<>();
    private final List<float[]> vectors = new ArrayList<>();
    private final Queue<Running> inFlight = new ArrayDeque<>();
    private int cut;

    TextVectors(EmbeddingEngine engine, Preprocessing preprocessing) {
        this.engine = engine;
        this.preprocessing = preprocessing;
    }

    /** How many texts of the last call were cut. */
    int cut() {
        return cut;
    }

    /**
     * @param texts    different ones
     * @param progress called after each text is on its way
     * @return by text, [dimension] each; not to be written to
     */
    Map<String, float[]> embed(Iterable<String> texts, Truncation truncation, Runnable progress) {
        cut = 0;
        Map<String, Integer> slotOf = new HashMap<>();
        for (String text : texts) {
            slotOf.put(text, submit(text, truncation));
            while (inFlight.size() > IN_FLIGHT || (!inFlight.isEmpty() && inFlight.peek().vector().isDone())) {
                finish(inFlight.remove());
            }
            progress.run();
        }
        while (!inFlight.isEmpty()) {
            finish(inFlight.remove());
        }
        Map<String, float[]> byText = HashMap.newHashMap(slotOf.size());
        slotOf.forEach((text, slot) -> byText.put(text, vectors.get(slot)));
        return byText;
    }

    private int submit(String text, Truncation truncation) {
        try {
            TokenizedText tokens = truncation.tokenizer().tokenize(preprocessing.apply(text));
            cut += tokens.truncated() ? 1 : 0;
            // The same tokens give the same vector, whether or not more of them were cut off.
            TokenizedText key = new TokenizedText(tokens.ids(), false);
            Integer known = slots.putIfAbsent(key, vectors.size());
            if (known != null) {
                return known;
            }
            vectors.add(null);
            inFlight.add(new Running(text, vectors.size() - 1, engine.submit(tokens)));
            return vectors.size() - 1;
        } catch (PoisonTextException e) {
            throw rejected(text, e);
        }
    }

    private void finish(Running running) {
        try {
            vectors.set(running.slot(), running.vector().join());
        } catch (CompletionException e) {
            if (e.getCause() instanceof PoisonTextException poison) {
                throw rejected(running.text(), poison);
            }
            throw e;
        }
    }

    private static EvaluationException rejected(String text, PoisonTextException e) {
        return new EvaluationException("the model rejects the sentence " + StsText.excerpt(text) + ": "
                + e.getMessage(), e);
    }
}
