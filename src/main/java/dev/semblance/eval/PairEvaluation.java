package dev.semblance.eval;

import dev.semblance.config.Config;
import dev.semblance.detect.Pair;
import dev.semblance.detect.PairJoin;
import dev.semblance.detect.PairJoin.Joined;
import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.vector.FixedPoint;
import dev.semblance.vector.PackedQueries;
import dev.semblance.vector.VectorBlocks;
import dev.semblance.vector.VectorKernels;
import dev.semblance.window.OwnWindow;
import dev.semblance.window.VectorWindows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Whether the window finds every pair of similar events: {@link PairJoin} over all events, against every pair of them
 * scored. The reference is the cosine in double precision of the vectors as they came. A blocked scan in fp32 picks what
 * could reach the threshold, from as far below it as rounding can reach.
 *
 * <p>The window goes by vectors in 16-bit numbers, so that a pair next to the threshold may lie on its other side there.
 * Such pairs are counted apart, and neither as found nor as missed: each is checked to be one.
 *
 * <p>Thread: one.
 */
public final class PairEvaluation {

    private static final int MISSES_KEPT = 20;

    /**
     * A pair that the window should have found.
     *
     * @param cosine in double precision
     * @param held   as the window would have reported it
     */
    public record Miss(String earlierId, String laterId, double cosine, float held) {}

    /**
     * What one threshold gave. {@code pairs = found + missed + roundedBelow}.
     *
     * @param promise      the plan of the window in a sentence
     * @param pairs        whose cosine in double precision reaches the threshold
     * @param found        of them, by the window
     * @param missed       of them, though the 16-bit vectors reach the threshold, too
     * @param roundedBelow of them, whose 16-bit vectors stay below
     * @param roundedAbove pairs that the window found and that stay below in double precision, by less than the bound
     * @param wrong        pairs that the window found and that are further below than rounding explains: must be 0
     * @param largestError of a cosine that the window reported, or would have
     * @param errorBound   of what rounding can do to a cosine
     * @param misses       the first few of them
     */
    public record Result(double threshold, String promise, int events, long pairs, long found, long missed,
            long roundedBelow, long roundedAbove, long wrong, double largestError, double errorBound,
            List<Miss> misses) {

        /** Share found of the pairs that the 16-bit vectors have, too; 1 where there are none. */
        public double recall() {
            return found + missed == 0 ? 1 : (double) found / (found + missed);
        }
    }

    private final Config.Detect rules;
    private final List<Embedding> events;
    private final int dimension;

    /**
     * @param rules  all but their threshold; their window has to span all events
     * @param events of one model, no id twice, in event-time order
     * @throws EvaluationException where that does not hold
     */
    public PairEvaluation(Config.Detect rules, List<Embedding> events) {
        if (events.isEmpty()) {
            throw new EvaluationException("there is no event: nothing to evaluate");
        }
        Embedding first = events.getFirst();
        long spanMs = events.getLast().event().eventTimeMs() - first.event().eventTimeMs();
        if (spanMs > rules.window().toMillis()) {
            throw new EvaluationException("the events span " + spanMs / 86_400_000 + " days, more than the window of "
                    + rules.window().toDays() + ": not every pair is in it; take a part of the file");
        }
        ModelIdentity model = first.model();
        for (Embedding e : events) {
            if (!e.model().equals(model)) {
                throw new EvaluationException("event " + e.event().id() + " is of model " + e.model()
                        + ", the first one of " + model + ": evaluate them apart");
            }
        }
        this.rules = rules;
        this.events = List.copyOf(events);
        this.dimension = model.dimension();
    }

    /** Bound on the difference between a cosine as the window reports it and that of the vectors as they came. */
    static double errorBound(int dimension) {
        return FixedPoint.maxError(dimension) + 2 * dimension * 0x1p-24;
    }

    /** @param progress told how many events are done */
    public Result at(double threshold, LongConsumer progress) {
        Config.Detect own = rules.withThreshold(threshold);
        try (OwnWindow window = VectorWindows.inMemory(own, new SimpleMeterRegistry())) {
            Run run = new Run(own, window);
            for (int from = 0; from < events.size(); from += own.scanMaxRows()) {
                int to = Math.min(events.size(), from + own.scanMaxRows());
                run.batch(from, to);
                progress.accept(to);
            }
            return run.result();
        }
    }

    /** One threshold. */
    private final class Run {
        private final Config.Detect own;
        private final float threshold;
        private final double bound = errorBound(dimension);
        private final PairJoin join;
        private final VectorBlocks all = new VectorBlocks(dimension);
        private final Map<String, Integer> places = new HashMap<>();
        private final List<Miss> misses = new ArrayList<>();
        private long pairs;
        private long found;
        private long missed;
        private long roundedBelow;
        private long roundedAbove;
        private long wrong;
        private double largestError;

        Run(Config.Detect own, OwnWindow window) {
            this.own = own;
            this.threshold = (float) own.threshold();
            this.join = new PairJoin(own, window, Long.MIN_VALUE);
        }

        void batch(int from, int to) {
            List<Embedding> batch = events.subList(from, to);
            for (Embedding e : batch) {
                if (places.put(e.event().id(), all.add(e.vector())) != null) {
                    throw new EvaluationException("event " + e.event().id() + " is there twice: pairs go by ids");
                }
            }
            List<BitSet> reported = new ArrayList<>();
            for (Joined joined : join.join(batch)) {
                BitSet others = new BitSet();
                for (Pair pair : joined.pairs()) {
                    others.set(places.get(pair.other().id()));
                }
                reported.add(others);
            }
            PackedQueries queries = PackedQueries.of(batch.stream().map(Embedding::vector).toList(), dimension);
            all.scan(queries, (float) (threshold - 2 * bound), (query, slot, _) -> {
                if (slot < from + query) {
                    judge(from + query, slot, reported.get(query));
                }
            });
            reported.forEach(left -> wrong += left.cardinality());
        }

        /** @param reported earlier events that the window found for the later one; what is judged leaves it */
        private void judge(int later, int earlier, BitSet reported) {
            double cosine = cosine(events.get(later).vector(), events.get(earlier).vector());
            boolean expected = cosine >= threshold;
            boolean has = reported.get(earlier);
            if (!expected && !has) {
                return;
            }
            float held = FixedPoint.cosine(events.get(later).vector(), events.get(earlier).vector());
            double error = Math.abs(held - cosine);
            if (error > bound) {
                throw new IllegalStateException("the cosine of " + events.get(earlier).event().id() + " and "
                        + events.get(later).event().id() + " errs by " + error + ", more than " + bound);
            }
            largestError = Math.max(largestError, error);
            reported.clear(earlier);
            pairs += expected ? 1 : 0;
            if (expected && has) {
                found++;
            } else if (has) {
                roundedAbove++;
            } else if (held < threshold) {
                roundedBelow++;
            } else {
                missed++;
                if (misses.size() < MISSES_KEPT) {
                    misses.add(
                            new Miss(events.get(earlier).event().id(), events.get(later).event().id(), cosine, held));
                }
            }
        }

        Result result() {
            return new Result(own.threshold(), VectorWindows.promise(own, dimension), events.size(), pairs, found,
                    missed, roundedBelow, roundedAbove, wrong, largestError, bound, List.copyOf(misses));
        }
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
        }
        return dot / (VectorKernels.norm(a) * VectorKernels.norm(b));
    }
}
