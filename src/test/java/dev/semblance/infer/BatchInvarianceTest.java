package dev.semblance.infer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.Config;
import dev.semblance.config.Config.ExecutionProvider;
import dev.semblance.model.bundle.ModelBundle;
import dev.semblance.record.TokenizedText;
import dev.semblance.text.HuggingFaceTokenizers;
import dev.semblance.text.Tokenizer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The embedded model: a text's vector is the same bytes alone, in any batch, order, thread and engine. */
class BatchInvarianceTest {

    private static final int TEXTS = 220;

    private static ModelBundle bundle;
    private static List<TokenizedText> texts;
    private static float[][] alone;

    @BeforeAll
    static void runEachAlone() {
        bundle = ModelBundle.open(new Config.Model(null, 0, false, "auto"));
        try (Tokenizer tokenizer = HuggingFaceTokenizers.open(bundle.tokenizerJson(), bundle.maxTokens())) {
            texts = SampleTexts.make(TEXTS, 11).stream().map(tokenizer::tokenize).toList();
        }
        assertThat(texts.stream().map(TokenizedText::length).distinct().count()).isGreaterThan(40);
        assertThat(texts.stream().filter(TokenizedText::truncated).count()).isGreaterThan(2);
        try (EmbeddingEngine engine = open(1, 512, 1, 1)) {
            alone = texts.stream().map(t -> engine.submit(t).join()).toArray(float[][]::new);
        }
    }

    private static EmbeddingEngine open(int threads, int batchMaxTokens, int batchMaxRows, int bucket) {
        return Engines.open(
                new Config.Engine(ExecutionProvider.CPU, List.of(0), Config.Cuda.STANDARD, threads, batchMaxTokens,
                        batchMaxRows, bucket, Duration.ZERO, 4096, Duration.ofMinutes(2), 0),
                bundle,
                new SimpleMeterRegistry());
    }

    private static void assertSameBytes(EmbeddingEngine engine, long seed, int submitters) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, TEXTS).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (int s = 0; s < submitters; s++) {
            int share = s;
            done.add(CompletableFuture.runAsync(() -> {
                List<Integer> mine = IntStream.range(0, TEXTS).filter(i -> i % submitters == share).mapToObj(order::get)
                        .toList();
                List<CompletableFuture<float[]>> futures = mine.stream().map(i -> engine.submit(texts.get(i))).toList();
                for (int i = 0; i < mine.size(); i++) {
                    assertThat(Arrays.equals(futures.get(i).join(), alone[mine.get(i)]))
                            .as("text %d of %s, seed %d, %s", mine.get(i), texts.get(mine.get(i)), seed,
                                    engine.describe())
                            .isTrue();
                }
            }));
        }
        done.forEach(CompletableFuture::join);
    }

    @Test
    void sameBytesInAnyBatchOrderThreadAndEngine() {
        try (EmbeddingEngine one = open(2, 512, 64, 1); EmbeddingEngine other = open(1, 2048, 64, 1)) {
            CompletableFuture<Void> beside = CompletableFuture.runAsync(() -> assertSameBytes(other, 1, 2));
            assertSameBytes(one, 2, 3);
            beside.join();
        }
        try (EmbeddingEngine small = open(3, 64, 3, 1)) {
            assertSameBytes(small, 3, 2);
        }
    }

    @Test
    void vectorsHaveUnitNorm() {
        for (float[] vector : alone) {
            double squares = 0;
            for (float x : vector) {
                squares += (double) x * x;
            }
            assertThat(squares).isBetween(1 - 1e-6, 1 + 1e-6);
        }
    }

    /** With buckets a text is padded, which may change the last bits, but to the same bytes each time. */
    @Test
    void paddedToBucketsTheBytesDoNotDependOnTheBatchEither() {
        float[][] single;
        try (EmbeddingEngine engine = open(2, 256, 1, 16)) {
            single = texts.stream().limit(100).map(t -> engine.submit(t).join()).toArray(float[][]::new);
        }
        try (EmbeddingEngine engine = open(2, 512, 64, 16)) {
            List<CompletableFuture<float[]>> futures = texts.stream().limit(100).map(engine::submit).toList();
            for (int i = 0; i < 100; i++) {
                assertThat(Arrays.equals(futures.get(i).join(), single[i])).as("text %d", i).isTrue();
                assertThat(single[i]).usingComparatorWithPrecision(1e-5f).containsExactly(alone[i]);
            }
        }
    }
}
