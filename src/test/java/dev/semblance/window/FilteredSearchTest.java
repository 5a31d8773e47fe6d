package dev.semblance.window;

import static dev.semblance.window.Windows.entry;
import static dev.semblance.window.Windows.model;
import static dev.semblance.window.Windows.vector;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.semblance.record.ModelIdentity;
import dev.semblance.vector.FixedPoint;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches by sign codes, at dimensions that fill no register. */
class FilteredSearchTest {

    private static final double THRESHOLD = 0.9;

    private static float[] near(Random random, float[] v, double noise) {
        float[] w = v.clone();
        double scale = noise * Math.sqrt(1.0 / v.length);
        double norm = 0;
        for (float x : v) {
            norm += x * x;
        }
        for (int i = 0; i < w.length; i++) {
            w[i] += (float) (scale * Math.sqrt(norm) * random.nextGaussian());
        }
        return w;
    }

    /** What random lives do to the blocks: inserts out of order, deletes, edits, expiry at any place. */
    @ParameterizedTest
    @ValueSource(ints = {13, 207, 384, 702, 768, 1024})
    void findsWhatBruteForceFinds(int dimension) {
        long seed = 100 + dimension;
        Random random = new Random(seed);
        VectorIndex index = Windows.index(THRESHOLD, 1e-6, false);
        ModelIdentity m = model("r1", dimension);
        Map<String, WindowEntry> live = new TreeMap<>();
        List<float[]> seen = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            float[] v = random.nextInt(3) == 0 && !seen.isEmpty()
                    ? near(random, seen.get(random.nextInt(seen.size())), 0.6 * random.nextDouble())
                    : vector(random, dimension);
            seen.add(v);
            WindowEntry e = entry("e" + random.nextInt(900), i - random.nextInt(100), m, v, i);
            index.insert(e);
            live.put(e.id(), e);
            if (random.nextInt(8) == 0) {
                String id = "e" + random.nextInt(900);
                index.remove(id);
                live.remove(id);
            }
            for (String id = index.oldestBefore(i - 600); id != null; id = index.oldestBefore(i - 600)) {
                index.remove(id);
                assertThat(live.remove(id).lastSeenMs()).as("seed %d", seed).isLessThan(i - 600);
            }
        }
        assertThat(live).hasSizeGreaterThan(300);
        assertThat(index.size()).isEqualTo(live.size());
        List<float[]> queries = new ArrayList<>();
        for (int q = 0; q < 43; q++) {
            queries.add(near(random, seen.get(seen.size() - 1 - random.nextInt(600)), 0.3));
        }
        TreeMap<String, Float> expected = new TreeMap<>();
        for (int q = 0; q < queries.size(); q++) {
            for (WindowEntry e : live.values()) {
                float cosine = FixedPoint.cosine(queries.get(q), e.vector());
                if (cosine >= (float) THRESHOLD) {
                    expected.put(q + " " + e.id(), cosine);
                }
            }
        }
        assertThat(expected).hasSizeGreaterThan(20);
        PreparedProbes probes = index.prepare(queries, m, (float) THRESHOLD);
        assertThat(probes.filtered).isTrue();
        TreeMap<String, Float> found = new TreeMap<>();
        index.search(probes, m, -1, (q, o, c) -> assertThat(found.put(q + " " + o.id(), c)).isNull());
        assertThat(found).as("seed %d", seed).isEqualTo(expected);
        TreeMap<String, Float> one = new TreeMap<>();
        for (int q = 0; q < queries.size(); q++) {
            int query = q;
            index.search(probes, m, q, (zero, o, c) -> one.put((query + zero) + " " + o.id(), c));
        }
        assertThat(one).as("seed %d", seed).isEqualTo(expected);
        index.clear();
        assertThat(index.sizeBytes()).isZero();
    }

    /** With a radius so small that it misses, both ways have to miss the same, and so do pairs within a batch. */
    @Test
    void bothWaysAndPairsOfABatchMissTheSame() {
        int dimension = 64;
        Random random = new Random(4);
        VectorIndex index = Windows.index(THRESHOLD, 0.01, false);
        ModelIdentity m = model("r1", dimension);
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            float[] v = i % 2 == 0 ? vector(random, dimension) : near(random, vectors.get(i - 1), 0.482);
            vectors.add(v);
            index.insert(entry("e" + i, i, m, v, i));
        }
        PreparedProbes probes = index.prepare(vectors, m, (float) THRESHOLD);
        Set<String> byCodes = new HashSet<>();
        Set<String> byScores = new HashSet<>();
        Set<String> ofBatch = new HashSet<>();
        Set<String> matched = new HashSet<>();
        Set<String> allPairs = new HashSet<>();
        ModelVectors home = index.model(m);
        StretchedSearch.run(home.slots(), probes, -1, true, ScanThreads.NONE,
                (q, s, c) -> byCodes.add(q + " " + home.id(s) + " " + c));
        StretchedSearch.run(home.slots(), probes, -1, false, ScanThreads.NONE,
                (q, s, c) -> byScores.add(q + " " + home.id(s) + " " + c));
        for (int q = 0; q < vectors.size(); q++) {
            for (int s = Math.max(0, q - 1); s < Math.min(q + 2, vectors.size()); s++) {
                float c = probes.match(s, q);
                float w = index.match("e" + s, probes, q);
                if (!Float.isNaN(c)) {
                    ofBatch.add(q + " e" + s + " " + c);
                }
                if (!Float.isNaN(w)) {
                    matched.add(q + " e" + s + " " + w);
                }
                float cosine = FixedPoint.cosine(vectors.get(q), vectors.get(s));
                if (cosine >= (float) THRESHOLD) {
                    allPairs.add(q + " e" + s + " " + cosine);
                }
            }
        }
        assertThat(byScores).isEqualTo(byCodes);
        assertThat(ofBatch).isEqualTo(byCodes);
        assertThat(matched).isEqualTo(byCodes);
        assertThat(allPairs).containsAll(byCodes).hasSizeGreaterThan(byCodes.size());

        VectorIndex exact = Windows.index(THRESHOLD, 0.01, true);
        for (int i = 0; i < vectors.size(); i++) {
            exact.insert(entry("e" + i, i, m, vectors.get(i), i));
        }
        Set<String> never = new HashSet<>();
        exact.search(exact.prepare(vectors, m, (float) THRESHOLD), m, -1,
                (q, o, c) -> never.add(q + " " + o.id() + " " + c));
        assertThat(never).isEqualTo(allPairs);
        index.clear();
        exact.clear();
    }

    /** Vectors that are all alike: the codes let everything through, so everything is scored, and back again. */
    @Test
    void theWayFollowsTheSurvivalRate() {
        SearchMode mode = new SearchMode();
        assertThat(mode.byCodes()).isTrue();
        mode.measured(5, 10);
        assertThat(mode.survivalRate()).as("too few pairs to say").isZero();
        mode.measured(100_000, 1_000_000);
        assertThat(mode.scoresAll()).isTrue();
        int byCodes = 0;
        for (int i = 0; i < 640; i++) {
            if (mode.byCodes()) {
                byCodes++;
                mode.measured(1_500, 100_000);
            }
        }
        assertThat(byCodes).isEqualTo(10);
        assertThat(mode.scoresAll()).as("between the limits it stays").isTrue();
        for (int i = 0; i < 6_400 && mode.scoresAll(); i++) {
            if (mode.byCodes()) {
                mode.measured(100, 100_000);
            }
        }
        assertThat(mode.scoresAll()).isFalse();
    }

    @Test
    void aSearchWithoutHitsAllocatesNothing() {
        Random random = new Random(2);
        VectorWindow window = VectorWindows.inMemory(Windows.config(Long.MAX_VALUE), new SimpleMeterRegistry());
        ModelIdentity m = model("r1", 384);
        for (int i = 0; i < 3_000; i++) {
            window.insert(entry("e" + i, i, m, unit(random), i));
        }
        List<float[]> queries = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            queries.add(unit(random));
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        // Vectors are boxed until the compiler has got to the scan.
        for (int round = 0; round < 5_000 && least >= 1_000; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            window.search(queries, m, 0.9f, (q, o, c) -> {
                throw new AssertionError("no two are alike");
            });
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        // A handful of objects a batch, whatever the number of events and entries.
        assertThat(least).isLessThan(1_000);
    }

    private static float[] unit(Random random) {
        return dev.semblance.vector.VectorKernels.normalised(vector(random, 384));
    }

    @Test
    void aVectorTakesLessThan900Bytes() {
        Random random = new Random(3);
        VectorIndex index = Windows.index(THRESHOLD, 1e-6, false);
        ModelIdentity m = model("r1", 384);
        int count = 80 * 256;
        for (int i = 0; i < count; i++) {
            index.insert(new WindowEntry(Long.toString(1_700_000_000_000_000_000L + i * 7919L), i, i, m,
                    vector(random, 384), Windows.hash(i), i % 3, null));
        }
        assertThat((double) index.sizeBytes() / count).isBetween(850.0, 900.0);
        index.clear();
    }
}
