package dev.semblance.window;

import static dev.semblance.window.Windows.entry;
import static dev.semblance.window.Windows.model;
import static dev.semblance.window.Windows.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.Config;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.ModelMean;
import dev.semblance.vector.FixedPoint;
import dev.semblance.vector.VectorKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The promise held against brute force: at every threshold, and with the mean taken out of alike vectors. */
class PromiseTest {

    private static final double[] THRESHOLDS = {0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999};
    private static final int PAIRS = 100;

    /** Vectors with something in common, and partners just above the threshold for half of them. */
    private static final class Vectors {
        final Random random;
        final int dimension;
        final float[] common;
        final List<float[]> stored = new ArrayList<>();
        final List<float[]> queries = new ArrayList<>();

        /** @param meanCosine of unlike ones */
        Vectors(long seed, int dimension, double meanCosine) {
            this.random = new Random(seed);
            this.dimension = dimension;
            this.common = VectorKernels.normalised(vector(random, dimension)).clone();
            for (int i = 0; i < dimension; i++) {
                common[i] *= (float) Math.sqrt(meanCosine);
            }
        }

        float[] fresh() {
            double spread = Math.sqrt(Math.max(0, 1 - Math.pow(VectorKernels.norm(common), 2)));
            float[] own = VectorKernels.normalised(vector(random, dimension));
            // Some nearer to what all have in common, some farther away.
            double length = spread * (0.8 + 0.4 * random.nextDouble());
            float[] v = new float[dimension];
            for (int i = 0; i < dimension; i++) {
                v[i] = (float) (common[i] + length * own[i]);
            }
            return VectorKernels.normalised(v);
        }

        void addPairs(double threshold, int count) {
            for (int i = 0; i < count; i++) {
                float[] a = fresh();
                queries.add(a);
                double cosine = threshold + 1e-5 + random.nextDouble() * random.nextDouble() * (1 - threshold) / 4;
                stored.add(atCosine(a, vector(random, dimension), Math.min(1, cosine)));
                stored.add(fresh());
            }
        }

        private static float[] atCosine(float[] a, float[] other, double cosine) {
            double along = 0;
            for (int i = 0; i < a.length; i++) {
                along += a[i] * other[i];
            }
            double across = Math.sqrt(Math.pow(VectorKernels.norm(other), 2) - along * along);
            float[] b = new float[a.length];
            for (int i = 0; i < a.length; i++) {
                b[i] = (float) (cosine * a[i] + Math.sqrt(1 - cosine * cosine) * (other[i] - along * a[i]) / across);
            }
            return b;
        }
    }

    /** What one index finds, both ways and within a batch. */
    private static final class Found {
        final Set<String> byCodes = new TreeSet<>();
        final Set<String> byScores = new TreeSet<>();
        final Set<String> everything = new TreeSet<>();
        final double survival;
        final Space space;

        Found(Vectors vectors, ModelIdentity model, Config.Detect config) {
            VectorIndex index = new VectorIndex(config);
            for (int i = 0; i < vectors.stored.size(); i++) {
                index.insert(entry("e" + i, i, model, vectors.stored.get(i), i));
            }
            PreparedProbes probes = index.prepare(vectors.queries, model, (float) config.threshold());
            ModelVectors home = index.model(model);
            space = home.space;
            Search scores = new Search(home.slots(), probes, probes.scratch(0), -1,
                    (q, s, c) -> byScores.add(q + " " + home.id(s) + c));
            probes.pack();
            scores.byScores(0, home.slots().blockCount());
            Search codes = new Search(home.slots(), probes, probes.scratch(0), -1,
                    (q, s, c) -> byCodes.add(q + " " + home.id(s) + c));
            if (space.plan().filters()) {
                codes.byCodes(0, home.slots().blockCount());
            } else {
                byCodes.addAll(byScores);
            }
            survival = (double) codes.survivors() / ((long) vectors.queries.size() * vectors.stored.size());
            for (int q = 0; q < vectors.queries.size(); q++) {
                for (int s = 0; s < vectors.stored.size(); s++) {
                    float cosine = FixedPoint.cosine(vectors.queries.get(q), vectors.stored.get(s));
                    if (cosine >= (float) config.threshold()) {
                        everything.add(q + " e" + s + cosine);
                        assertThat(index.match("e" + s, probes, q)).isIn(cosine,
                                byCodes.contains(q + " e" + s + cosine) ? cosine : Float.NaN);
                    }
                }
            }
            index.clear();
        }
    }

    private static Config.Detect config(double threshold, double missProbability, boolean exact) {
        return Windows.promising(Windows.config(Long.MAX_VALUE).withThreshold(threshold), missProbability, exact);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 128, 384, 768, 1024})
    void everyThresholdAgainstBruteForce(int dimension) {
        for (double threshold : THRESHOLDS) {
            Vectors vectors = new Vectors(dimension, dimension, 0);
            vectors.addPairs(threshold, PAIRS);
            String what = threshold + " at " + dimension + " dimensions";
            Found exact = new Found(vectors, model("r1", dimension), config(threshold, 1e-6, true));
            assertThat(exact.everything).as(what).hasSizeGreaterThanOrEqualTo(PAIRS);
            assertThat(exact.byScores).as("exact, %s", what).isEqualTo(exact.everything);
            Found found = new Found(vectors, model("r1", dimension), config(threshold, 1e-6, false));
            assertThat(found.byCodes).as("by codes, %s", what).isEqualTo(exact.everything);
            assertThat(found.byScores).as("by scores, %s", what).isEqualTo(exact.everything);
        }
    }

    /** A promise of 1 in 50, so that what it allows can be seen: all thresholds together keep it, and not by far. */
    @ParameterizedTest
    @CsvSource({"64, 0", "384, 0", "384, 0.8", "768, 0.5"})
    void missesStayWithinThePromise(int dimension, double meanCosine) {
        double promised = 0.01;
        int pairs = 0;
        int missed = 0;
        for (double threshold : Arrays.stream(THRESHOLDS).filter(t -> t > meanCosine + 0.08).toArray()) {
            Vectors vectors = new Vectors(7, dimension, meanCosine);
            vectors.addPairs(threshold, 2 * PAIRS);
            Found found = new Found(vectors, model("r1", dimension), centred(vectors, threshold, promised));
            assertThat(found.byScores).isEqualTo(found.byCodes);
            assertThat(found.everything).containsAll(found.byCodes);
            pairs += found.everything.size();
            missed += found.everything.size() - found.byCodes.size();
        }
        assertThat((double) missed / pairs).as("%d of %d", missed, pairs)
                .isLessThan(promised + 4 * Math.sqrt(promised / pairs));
    }

    private static Config.Detect centred(Vectors vectors, double threshold, double missProbability) {
        List<Float> mean = new ArrayList<>();
        for (float x : vectors.common) {
            mean.add(x);
        }
        return config(threshold, missProbability, false).withMean(new ModelMean("test-model", mean));
    }

    @ParameterizedTest
    @CsvSource({"128, 0.9, 0.8", "384, 0.9, 0.8", "768, 0.9, 0.8", "768, 0.95, 0.9", "768, 0.8, 0.6", "1024, 0.9, 0.5"})
    void alikeVectorsAreToldApartWithoutTheirMean(int dimension, double threshold, double meanCosine) {
        Vectors vectors = new Vectors(3, dimension, meanCosine);
        vectors.addPairs(threshold, 2 * PAIRS);
        Found as = new Found(vectors, model("r1", dimension), config(threshold, 1e-6, false));
        Found centred = new Found(vectors, model("r1", dimension), centred(vectors, threshold, 1e-6));
        assertThat(centred.space.plan().centres()).isTrue();
        assertThat(centred.byCodes).isEqualTo(centred.everything).isEqualTo(as.everything)
                .isEqualTo(centred.byScores);
        // One pair in 400 is a real one.
        assertThat(centred.survival).as("as they are: %s", as.survival).isLessThan(0.02)
                .isLessThan(Math.max(0.004, as.survival / 2));
    }

    /** The promise holds for any mean, and so for one that is far off; of another model's vectors none is taken out. */
    @Test
    void aWrongMeanCostsTimeAlone() {
        Vectors vectors = new Vectors(5, 384, 0.8);
        vectors.addPairs(0.9, PAIRS);
        Vectors others = new Vectors(6, 384, 0.7);
        Found found = new Found(vectors, model("r1", 384), centred(others, 0.9, 1e-6));
        assertThat(found.space.centring()).isNotNull();
        assertThat(found.byCodes).isEqualTo(found.everything).isEqualTo(found.byScores);
        Found other = new Found(vectors, new ModelIdentity("other", "r1", 384, "mean", true, 128, "fp32"),
                centred(vectors, 0.9, 1e-6));
        assertThat(other.space.centring()).isNull();
        assertThat(other.byCodes).isEqualTo(other.everything);
    }

    /** Entries that come, go and move from slot to slot keep their share. */
    @Test
    void sharesMoveWithTheirEntries() {
        Vectors vectors = new Vectors(9, 96, 0.8);
        VectorIndex index = new VectorIndex(centred(vectors, 0.9, 1e-6));
        ModelIdentity model = model("r1", 96);
        List<float[]> live = new ArrayList<>();
        for (int i = 0; i < 900; i++) {
            live.add(vectors.fresh());
            index.insert(entry("e" + i, i, model, live.get(i), i));
        }
        for (int i = 0; i < 900; i += 3) {
            index.remove("e" + i);
        }
        Space space = index.model(model).space;
        Slots slots = index.model(model).slots();
        long[] shares = new long[Slots.MAX_SLOTS_PER_BLOCK];
        Set<Integer> distinct = new TreeSet<>();
        for (int block = 0; block < slots.blockCount(); block++) {
            slots.shares(block, shares);
            for (int i = 0; i < slots.used(block); i++) {
                int slot = slots.start(block) + i;
                int n = Integer.parseInt(index.model(model).id(slot).substring(1));
                int share = space.centring().centre(FixedPoint.rounded(live.get(n)));
                assertThat(slots.share(slot)).isEqualTo(share);
                assertThat(shares[i]).isEqualTo(share);
                distinct.add(share);
            }
        }
        assertThat(distinct).hasSizeGreaterThan(20);
        index.clear();
    }
}
