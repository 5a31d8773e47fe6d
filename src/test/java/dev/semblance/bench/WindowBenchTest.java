package dev.semblance.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.vector.VectorKernels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** A small run, so that the program cannot rot; its figures are not looked at, but for what must always hold. */
class WindowBenchTest {

    private static final int DIMENSION = 24;

    private static List<float[]> vectors(int count) {
        Random random = new Random(6);
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] v = new float[DIMENSION];
            for (int j = 0; j < DIMENSION; j++) {
                v[j] = (float) random.nextGaussian();
            }
            vectors.add(VectorKernels.normalised(v));
        }
        return vectors;
    }

    /** Brute force: a peer that finds everything. */
    private static final class Exact implements WindowPeer {
        @Override
        public String name() {
            return "exact";
        }

        @Override
        public Index open(int dimension) {
            Map<Integer, float[]> live = new HashMap<>();
            return new Index() {
                @Override
                public void insert(int number, float[] vector) {
                    assertThat(vector).hasSize(dimension);
                    live.put(number, vector);
                }

                @Override
                public void remove(int number) {
                    assertThat(live.remove(number)).isNotNull();
                }

                @Override
                public void refresh() {}

                @Override
                public void search(float[] query, float minCosine, IntConsumer found) {
                    live.forEach((number, v) -> {
                        if (VectorKernels.cosine(query, v) >= minCosine) {
                            found.accept(number);
                        }
                    });
                }

                @Override
                public void close() {}
            };
        }
    }

    @Test
    void measuresOursAndAPeerAndFindsEverything() throws Exception {
        Config.Detect rules = new ConfigSource().with(ConfigKey.WINDOW_MAX_BYTES, Long.toString(1L << 40)).build()
                .detect();
        WindowBench.Plan plan = new WindowBench.Plan(rules, List.of(1_500), List.of(DIMENSION, 2 * DIMENSION), 0.05, 2,
                1, 0, List.of(new Exact()), 1_000);
        List<String> progress = new ArrayList<>();
        WindowReport report = new WindowBench(plan, vectors(300), progress::add).run();

        assertThat(progress).hasSize(7);
        assertThat(report.windows()).hasSize(3).allSatisfy(f -> {
            assertThat(f.eventsPerSecond().rounds()).hasSize(2).allMatch(r -> r > 0);
            assertThat(f.pairs()).as("of many batches").isGreaterThan(20);
            assertThat(f.found()).isEqualTo(f.pairs());
            assertThat(f.bytesPerVector()).isBetween(100.0, 300.0);
            assertThat(f.skipped()).isNull();
        });
        assertThat(report.peers()).hasSize(1).allSatisfy(p -> assertThat(p.found()).isEqualTo(p.pairs()).isPositive());
        assertThat(report.toTable()).contains("1,500 live × 24", "exact", "radius");
        assertThat(report.timesPeer(report.peers().getFirst()).rounds()).hasSize(2);
        assertThat(report.toTable()).contains("; ours ");
        assertThat(report.toJson()).containsKeys("windows", "peers");
    }

    @Test
    void alikeVectorsAreMeasuredWithTheirMeanAndWithout() throws Exception {
        Config.Detect rules = new ConfigSource().with(ConfigKey.WINDOW_MAX_BYTES, Long.toString(1L << 40)).build()
                .detect();
        WindowBench.Plan plan = new WindowBench.Plan(rules, List.of(1_500), List.of(4 * DIMENSION), 0.05, 1, 1, 0.8,
                List.of(), 1_000);
        WindowReport report = new WindowBench(plan, vectors(300), _ -> {}).run();
        assertThat(report.windows()).hasSize(2).allSatisfy(f -> {
            assertThat(f.pairs()).isGreaterThan(20);
            assertThat(f.found()).isEqualTo(f.pairs());
        });
        assertThat(report.windows().getLast().survivalRate()).isBetween(1e-6,
                report.windows().getFirst().survivalRate() / 4);
        assertThat(report.toTable()).contains("mean cosine 0.80 taken out", "% of all pairs pass the codes");
    }

    @Test
    void skipsWhatDoesNotFit() throws Exception {
        WindowBench.Plan plan = new WindowBench.Plan(new ConfigSource().build().detect(), List.of(2_000_000_000),
                List.of(16_384), 0.01, 1, 1, 0, List.of(), 1_000);
        WindowReport report = new WindowBench(plan, vectors(3), _ -> {}).run();
        assertThat(report.windows()).singleElement()
                .satisfies(f -> assertThat(f.skipped()).contains("needs 65"));
        assertThat(report.toTable()).contains("skipped");
    }

    @Test
    void theStreamIsAFunctionOfItsNumbers() {
        BenchVectors stream = new BenchVectors(vectors(50), 60, 1, 0);
        int near = 0;
        for (int n = 0; n < 500; n++) {
            float[] v = stream.get(n);
            assertThat(stream.get(n)).isEqualTo(v).hasSize(60);
            assertThat(VectorKernels.norm(v)).isBetween(0.999999, 1.000001);
            for (int m = 0; m < n; m++) {
                near += VectorKernels.cosine(stream.get(m), v) >= 0.85 ? 1 : 0;
            }
        }
        assertThat(near).isGreaterThan(80);
    }
}
