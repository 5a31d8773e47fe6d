package dev.semblance.window;

import static dev.semblance.window.Windows.entry;
import static dev.semblance.window.Windows.hash;
import static dev.semblance.window.Windows.model;
import static dev.semblance.window.Windows.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.record.ModelIdentity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A window whose searches are spread over threads says the same as one with a single thread, in the same order. */
class SpreadSearchTest {

    private static final int DIMENSION = 48;

    private static OwnWindow window(int threads, boolean exact, double missProbability, long maxBytes) {
        VectorIndex index = new VectorIndex(
                Windows.promising(Windows.config(Long.MAX_VALUE).withThreshold(0.8), missProbability, exact),
                new ScanThreads(threads, 1));
        return new IndexWindow(index, new IndexWindow.Writes() {
            @Override
            public void put(WindowEntry entry) {
                index.insert(entry);
            }

            @Override
            public void delete(String id) {
                index.remove(id);
            }

            @Override
            public void close() {
                index.clear();
            }
        }, maxBytes, new WindowMeters(new SimpleMeterRegistry()));
    }

    @Test
    void agreesWithTheNaiveWindow() {
        for (long seed = 200; seed < 215; seed++) {
            try (OwnWindow window = window(3, false, 1e-6, Long.MAX_VALUE)) {
                new WindowComparison(seed, window).run(400);
            }
        }
    }

    /** Both windows, and what they have said. */
    private static final class Both {
        private final Random random;
        private final long seed;
        private final OwnWindow one;
        private final OwnWindow many;
        private final ModelIdentity model = model("r1", DIMENSION);
        private final List<float[]> seen = new ArrayList<>();
        private long nowMs;
        private int hits;
        private int cut;

        Both(long seed, OwnWindow one, OwnWindow many) {
            this.seed = seed;
            this.random = new Random(seed);
            this.one = one;
            this.many = many;
        }

        private float[] near() {
            if (seen.isEmpty() || random.nextInt(3) == 0) {
                seen.add(vector(random, DIMENSION));
                return seen.getLast();
            }
            float[] v = seen.get(random.nextInt(seen.size())).clone();
            double noise = random.nextDouble();
            for (int i = 0; i < DIMENSION; i++) {
                v[i] += (float) (noise * random.nextGaussian());
            }
            return v;
        }

        void step() {
            nowMs += random.nextInt(3);
            String id = "e" + random.nextInt(3_000);
            switch (random.nextInt(20)) {
                case 0 -> same(w -> w.remove(id) ? 1 : 0);
                case 1 -> {
                    one.refresh(id, nowMs);
                    many.refresh(id, nowMs);
                }
                case 2 -> expire();
                case 3 -> search();
                default -> {
                    WindowEntry e = entry(id, nowMs - random.nextInt(30), model, near(), random.nextInt(500));
                    one.insert(e);
                    many.insert(e);
                }
            }
            same(VectorWindow::size);
            same(VectorWindow::sizeBytes);
        }

        private void same(ToLongFunction<VectorWindow> question) {
            assertThat(question.applyAsLong(many)).as("seed %d", seed).isEqualTo(question.applyAsLong(one));
        }

        private void expire() {
            List<String> a = new ArrayList<>();
            List<String> b = new ArrayList<>();
            one.expireBefore(nowMs - 2_000, a::add);
            many.expireBefore(nowMs - 2_000, b::add);
            assertThat(b).as("seed %d", seed).isEqualTo(a);
            cut += a.size();
        }

        private void search() {
            List<float[]> queries = new ArrayList<>();
            for (int q = random.nextInt(40); q >= 0; q--) {
                queries.add(near());
            }
            float threshold = random.nextInt(4) == 0 ? 0.6f : 0.8f;
            VectorWindow.Probes ofOne = one.prepare(queries, model, threshold);
            VectorWindow.Probes ofMany = many.prepare(queries, model, threshold);
            List<Object> a = new ArrayList<>();
            List<Object> b = new ArrayList<>();
            int row = random.nextInt(queries.size());
            one.search(ofOne, (q, o, c) -> a.add(List.of(q, o, c)));
            one.search(ofOne, row, (q, o, c) -> a.add(List.of(q, o, c)));
            many.search(ofMany, (q, o, c) -> b.add(List.of(q, o, c)));
            many.search(ofMany, row, (q, o, c) -> b.add(List.of(q, o, c)));
            assertThat(b).as("seed %d: the same hits in the same order", seed).isEqualTo(a);
            assertThat(many.exact(hash(row), model)).as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(one.exact(hash(row), model));
            hits += a.size();
        }
    }

    /** A radius that misses much, so that a search that scored what it should not would show. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void saysTheSameInTheSameOrder(long seed) {
        boolean exact = seed % 3 == 0;
        long maxBytes = seed % 2 == 0 ? 250_000 : Long.MAX_VALUE;
        try (OwnWindow one = window(1, exact, 0.01, maxBytes);
                OwnWindow many = window(2 + (int) seed % 3, exact, 0.01, maxBytes)) {
            Both both = new Both(seed, one, many);
            for (int i = 0; i < 4_000; i++) {
                both.step();
            }
            assertThat(both.hits).as("seed %d", seed).isGreaterThan(1_000);
            assertThat(both.cut).as("seed %d", seed).isPositive();
        }
    }
}
