package dev.semblance.detect;

import dev.semblance.config.Config;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.vector.VectorKernels;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.VectorWindows;
import dev.semblance.window.Windows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Events a second of the rules on one core, 384 dimensions, batches of 64, for each number of live entries given:
 *
 * <pre>
 * java --add-modules jdk.incubator.vector -cp target/classes:target/test-classes:$(cat target/classpath.txt) \
 *     dev.semblance.detect.DeduplicatorThroughput 10000 65000
 * </pre>
 *
 * One event a millisecond; the window is as many milliseconds long as entries are to be live. A fifth of the events are
 * copies with a little noise.
 */
public final class DeduplicatorThroughput {

    private static final int DIMENSION = 384;
    private static final int BATCH = 64;
    private static final double COPIES = 0.2;

    private DeduplicatorThroughput() {}

    public static void main(String[] args) {
        System.out.println("simd " + VectorKernels.simd());
        for (String live : args) {
            measure(Integer.parseInt(live));
        }
    }

    private static void measure(int live) {
        Config.Detect rules = Windows.config((long) (live / (1 - COPIES)), 0, 0.9, false, Long.MAX_VALUE,
                Set.of(MatchKind.EXACT, MatchKind.NEAR));
        VectorWindow window = VectorWindows.inMemory(rules, new SimpleMeterRegistry());
        Deduplicator dedup = new Deduplicator(rules, window, ClusterSizes.inMemory(), Long.MIN_VALUE);
        ModelIdentity model = Windows.model("r1", DIMENSION);
        Random random = new Random(1);
        List<float[]> recent = new ArrayList<>();
        int[] text = {0};
        long timeMs = 0;
        // Fills the window, then runs for a while; the first part also warms up.
        long events = 0;
        long duplicates = 0;
        long startNs = 0;
        long endNs = Long.MAX_VALUE;
        long preparedNs = 0;
        while (true) {
            boolean filled = timeMs > live / (1 - COPIES) * 1.05 && timeMs > 20_000;
            if (filled && startNs == 0) {
                startNs = cpuNs();
                endNs = startNs + 10_000_000_000L;
                events = 0;
                duplicates = 0;
                preparedNs = 0;
            }
            if (cpuNs() - preparedNs > endNs) {
                break;
            }
            long t = cpuNs();
            List<Embedding> batch = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH; i++) {
                batch.add(Events.event("e" + timeMs, timeMs++, model, next(random, recent), text[0]++, 0));
            }
            preparedNs += cpuNs() - t;
            for (Verdict v : dedup.decide(batch)) {
                duplicates += v.suppressed() ? 1 : 0;
            }
            events += BATCH;
        }
        double seconds = (cpuNs() - startNs - preparedNs) / 1e9;
        double gflops = 2.0 * DIMENSION * window.size() * events / seconds / 1e9;
        System.out.printf(
                "live %d: %.0f events per CPU second, %.1f us an event, %.0f GFLOP/s, %.0f %% duplicates, %.0f MB%n",
                window.size(), events / seconds, seconds / events * 1e6, gflops, 100.0 * duplicates / events,
                window.sizeBytes() / 1e6);
    }

    /** CPU time of this thread: the figures are per core and second of it, whoever else is on the machine. */
    private static long cpuNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static float[] next(Random random, List<float[]> recent) {
        float[] v = new float[DIMENSION];
        boolean copy = !recent.isEmpty() && random.nextDouble() < COPIES;
        float[] like = copy ? recent.get(random.nextInt(recent.size())) : null;
        for (int i = 0; i < DIMENSION; i++) {
            float noise = (float) random.nextGaussian();
            v[i] = copy ? like[i] + 0.2f * noise : noise;
        }
        if (!copy) {
            if (recent.size() < 1000) {
                recent.add(v);
            } else {
                recent.set(random.nextInt(1000), v);
            }
        }
        return v;
    }
}
