package dev.semblance.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.embed.EmbeddingSteps;
import dev.semblance.infer.EmbeddingEngine;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.PoisonTextException;
import dev.semblance.record.TokenizedText;
import dev.semblance.text.Preprocessing;
import dev.semblance.text.Tokenizer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Submission by several threads, to an engine that answers at once. */
class EngineRoundsTest {

    private static final List<String> TEXTS = IntStream.range(0, 5_000).mapToObj(Integer::toString).toList();

    /** A text's only token is the number that it is. */
    private static final class Numbers implements Tokenizer {
        private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

        @Override
        public TokenizedText tokenize(String text) {
            threads.add(Thread.currentThread());
            return new TokenizedText(new int[]{Integer.parseInt(text)}, false);
        }

        @Override
        public int maxTokens() {
            return 1;
        }

        @Override
        public String describe() {
            return "numbers";
        }

        @Override
        public void close() {}
    }

    private static final class Echo implements EmbeddingEngine {
        private final int poison;

        Echo(int poison) {
            this.poison = poison;
        }

        @Override
        public ModelIdentity model() {
            return new ModelIdentity("echo", "r", 1, "mean", false, 1, "fp32");
        }

        @Override
        public String describe() {
            return "echo";
        }

        @Override
        public CompletableFuture<float[]> submit(TokenizedText text) {
            if (text.ids()[0] == poison) {
                throw new PoisonTextException("text " + poison, null);
            }
            return CompletableFuture.completedFuture(new float[]{text.ids()[0]});
        }

        @Override
        public void close() {}
    }

    private static EngineRounds rounds(Tokenizer tokenizer, int poison, Stop stop) {
        return new EngineRounds(new EmbeddingSteps(tokenizer, new Echo(poison), Preprocessing.of("none")), stop);
    }

    @Test
    void eachTextIsRunOnceAndItsVectorIsAtItsPlace() {
        Numbers tokenizer = new Numbers();
        float[][] vectors = rounds(tokenizer, -1, new Stop()).vectors(TEXTS);
        for (int i = 0; i < TEXTS.size(); i++) {
            assertThat(vectors[i]).containsExactly(i);
        }
        assertThat(tokenizer.threads).doesNotContain(Thread.currentThread())
                .hasSizeLessThanOrEqualTo(Math.min(8, Runtime.getRuntime().availableProcessors()));
    }

    @Test
    void aFailureAndARequestToStopEndIt() {
        assertThatThrownBy(() -> rounds(new Numbers(), 4_321, new Stop()).textsPerSecond(TEXTS))
                .isInstanceOf(PoisonTextException.class).hasMessage("text 4321");
        Stop stop = new Stop();
        stop.request();
        assertThatThrownBy(() -> rounds(new Numbers(), -1, stop).textsPerSecond(TEXTS))
                .isInstanceOf(Stop.Stopped.class);
    }
}
