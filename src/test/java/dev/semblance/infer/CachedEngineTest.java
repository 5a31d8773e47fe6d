package dev.semblance.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.record.PoisonTextException;
import dev.semblance.record.TokenizedText;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CachedEngineTest {

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final FakeBackend backend = new FakeBackend();

    private static TokenizedText text(int... ids) {
        return new TokenizedText(ids, false);
    }

    private double count(String meter) {
        return registry.get(meter).counter().count();
    }

    @Test
    void aRepeatedTextIsNotRunAgainAndSharesItsVector() throws Exception {
        try (EmbeddingEngine engine = FakeEngine.open(backend, 1 << 20, registry)) {
            float[] first = engine.submit(text(1, 2)).get();
            int runs = backend.runs().size();
            assertThat(engine.submit(new TokenizedText(new int[]{1, 2}, true)).get()).isSameAs(first);
            assertThat(backend.runs()).hasSize(runs);
            engine.submit(text(1, 3)).get();
            assertThat(backend.runs()).hasSize(runs + 1);
            assertThat(count("semblance.cache.hits")).isEqualTo(1);
            assertThat(count("semblance.cache.misses")).isEqualTo(2);
            assertThat(registry.get("semblance.cache.bytes").gauge().value())
                    .isEqualTo(2 * (192 + 2 * 4 + FakeBackend.DIMENSION * 4));
        }
        assertThat(registry.find("semblance.cache.bytes").gauge()).isNull();
    }

    @Test
    void textsInFlightShareOneRunAndNobodyCanSpoilItForOthers() throws Exception {
        try (EmbeddingEngine engine = FakeEngine.open(backend, 1 << 20, registry)) {
            backend.hold();
            int runs = backend.runs().size();
            List<CompletableFuture<float[]>> futures = new ArrayList<>(
                    IntStream.range(0, 50).parallel().mapToObj(i -> engine.submit(text(7, 8))).toList());
            futures.removeFirst().cancel(true);
            futures.removeFirst().complete(new float[0]);
            backend.release(10);
            for (CompletableFuture<float[]> f : futures) {
                assertThat(f.get()).isSameAs(futures.getFirst().get()).hasSize(FakeBackend.DIMENSION);
            }
            assertThat(backend.runs()).hasSize(runs + 1);
            assertThat(count("semblance.cache.misses")).isEqualTo(1);
            assertThat(count("semblance.cache.hits")).isEqualTo(49);
        }
    }

    @Test
    void failuresAreNotRememberedAndArriveUnwrapped() throws Exception {
        try (EmbeddingEngine engine = FakeEngine.open(backend, 1 << 20, registry)) {
            backend.poisonIf(ids -> ids[0] == 7);
            AtomicReference<Throwable> seen = new AtomicReference<>();
            CompletableFuture<float[]> rejected = engine.submit(text(7, 8));
            var _ = rejected.whenComplete((v, e) -> seen.set(e));
            assertThatThrownBy(rejected::get).isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(PoisonTextException.class);
            backend.poisonIf(ids -> false);
            assertThat(engine.submit(text(7, 8)).get()).hasSize(FakeBackend.DIMENSION);
            assertThat(seen.get()).isInstanceOf(PoisonTextException.class);
        }
    }

    @Test
    void staysWithinItsBytes() throws Exception {
        int entryBytes = 192 + 2 * 4 + FakeBackend.DIMENSION * 4;
        try (EmbeddingEngine engine = FakeEngine.open(backend, 10L * entryBytes, registry)) {
            for (int i = 0; i < 500; i++) {
                engine.submit(text(i, 1)).get();
            }
            assertThat(registry.get("semblance.cache.bytes").gauge().value()).isLessThanOrEqualTo(10.0 * entryBytes);
        }
    }
}
