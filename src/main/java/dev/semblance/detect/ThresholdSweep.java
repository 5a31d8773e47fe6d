package dev.semblance.detect;

import dev.semblance.config.Config;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.window.Original;
import dev.semblance.window.OwnWindow;
import dev.semblance.window.VectorWindows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * What other thresholds would have made of the same events: {@link Deduplicator} itself over kept vectors, once a
 * threshold, since stars at one threshold do not follow from those at another.
 *
 * <p>Thread: one.
 */
public final class ThresholdSweep {

    /** How far below a threshold the pairs that it just leaves apart are looked for. */
    static final double MARGIN = 0.02;

    private static final double LOWEST = 0.5;
    private static final double HIGHEST = 0.999;

    /**
     * A pair near a threshold. The event and the original stand as the rules met them at that threshold.
     *
     * @param kind       what they are, or would be at a lower threshold
     * @param similarity the cosine, or, with decay, what the time between the two has left of it
     */
    public record Example(Embedding event, Original original, MatchKind kind, float similarity) {

        private boolean sameTexts(Example other) {
            return event.textHash().equals(other.event.textHash())
                    && original.textHash().equals(other.original.textHash());
        }
    }

    /**
     * What one threshold does.
     *
     * @param threshold  empty where only equal texts are suppressed
     * @param events     all of them, late ones included
     * @param suppressed duplicates of the kinds that are kept from the unique topic
     * @param duplicates events with an original, by kind; every kind has a number
     * @param above      the pairs of unequal texts that reach the threshold most narrowly, the narrowest first
     * @param below      events that pass, each with its closest earlier original, the closest first
     */
    public record Row(OptionalDouble threshold, long events, long late, long suppressed,
            Map<MatchKind, Long> duplicates, List<Example> above, List<Example> below) {

        /** Events that pass. */
        public long unique() {
            return events - late - suppressed;
        }
    }

    /** The best few pairs, no two of them of the same texts. */
    private static final class Best {
        private final Comparator<Example> bestFirst;
        private final int size;
        private final List<Example> kept = new ArrayList<>();

        Best(int size, Comparator<Example> bestFirst) {
            this.size = size;
            this.bestFirst = bestFirst;
        }

        void offer(Example e) {
            boolean worse = kept.stream().anyMatch(k -> k.sameTexts(e) && bestFirst.compare(k, e) <= 0);
            if (!worse) {
                kept.removeIf(e::sameTexts);
                kept.add(e);
                kept.sort(bestFirst);
                if (kept.size() > size) {
                    kept.removeLast();
                }
            }
        }

        /** What an example must exceed, where the most similar ones are the best. */
        double floor(double lowest) {
            return size > 0 && kept.size() == size ? Math.max(lowest, kept.getLast().similarity()) : lowest;
        }
    }

    private static final Comparator<Example> ORDER = Comparator
            .<Example>comparingLong(e -> e.event().event().eventTimeMs()).thenComparing(e -> e.event().event().id());
    private static final Comparator<Example> LOWEST_FIRST = Comparator.comparingDouble(Example::similarity)
            .thenComparing(ORDER);
    private static final Comparator<Example> HIGHEST_FIRST = Comparator.comparingDouble(Example::similarity).reversed()
            .thenComparing(ORDER);

    private final Config.Detect rules;
    private final List<Embedding> events;
    private final int examples;

    /**
     * @param rules    all but their threshold
     * @param events   of one model, in the order in which they are to be decided
     * @param examples pairs wanted above and below each threshold
     * @throws IllegalArgumentException where the events are of several models
     */
    public ThresholdSweep(Config.Detect rules, List<Embedding> events, int examples) {
        for (Embedding e : events) {
            if (!MatchRules.sameSpace(e.model(), events.getFirst().model())) {
                throw new IllegalArgumentException("event " + e.event().id() + " is of model " + e.model()
                        + ", the first one of " + events.getFirst().model() + ": sweep them apart");
            }
        }
        this.rules = rules;
        this.events = List.copyOf(events);
        this.examples = examples;
    }

    /** @param progress told how many events have been decided */
    public Row at(double threshold, LongConsumer progress) {
        try (Run run = new Run(rules.withThreshold(threshold), OptionalDouble.of(threshold))) {
            return run.row(progress);
        }
    }

    /**
     * Suppressing equal texts alone. A pair of unequal texts leaves both in the window where its kind is not suppressed,
     * and an equal text goes before: so any threshold has the stars of equal texts if they alone are suppressed, and the
     * highest one takes the least time. With decay the threshold says for how long equal texts are copies, and so is the
     * configured one.
     *
     * @param progress told how many events have been decided
     */
    public Row exactOnly(LongConsumer progress) {
        Set<MatchKind> kinds = EnumSet.noneOf(MatchKind.class);
        kinds.addAll(rules.suppressedKinds());
        kinds.retainAll(Set.of(MatchKind.EXACT));
        Config.Detect alone = rules.withThreshold(rules.decayHalfLife().isZero() ? HIGHEST : rules.threshold())
                .withSuppressedKinds(kinds);
        try (Run run = new Run(alone, OptionalDouble.empty())) {
            return run.row(progress);
        }
    }

    /** One threshold. */
    private final class Run implements AutoCloseable {
        private final OptionalDouble threshold;
        private final double ceiling;
        private final double lowest;
        private final CandidateRules candidates;
        private final OwnWindow window;
        private final Deduplicator deduplicator;
        private final Map<MatchKind, Long> duplicates = new EnumMap<>(MatchKind.class);
        private final Best above = new Best(examples, LOWEST_FIRST);
        private final Best below = new Best(examples, HIGHEST_FIRST);
        private long late;
        private long suppressed;

        Run(Config.Detect own, OptionalDouble threshold) {
            this.threshold = threshold;
            this.ceiling = threshold.orElse(2);
            this.lowest = Math.max(LOWEST, Math.min(ceiling, 1) - MARGIN);
            this.candidates = new CandidateRules(own.withThreshold(lowest));
            this.window = VectorWindows.inMemory(own.withThreshold(Math.min(lowest, own.threshold())),
                    new SimpleMeterRegistry());
            this.deduplicator = new Deduplicator(own, window, ClusterSizes.inMemory(), Long.MIN_VALUE);
            for (MatchKind kind : MatchKind.values()) {
                duplicates.put(kind, 0L);
            }
        }

        Row row(LongConsumer progress) {
            for (int from = 0; from < events.size(); from += rules.scanMaxRows()) {
                int to = Math.min(events.size(), from + rules.scanMaxRows());
                List<Embedding> passed = new ArrayList<>();
                for (Verdict v : deduplicator.decide(events.subList(from, to))) {
                    count(v);
                    if (v.outcome() == Verdict.Outcome.UNIQUE) {
                        passed.add(v.event());
                    }
                }
                if (examples > 0) {
                    narrowMisses(passed);
                }
                progress.accept(to);
            }
            return new Row(threshold, events.size(), late, suppressed, Map.copyOf(duplicates), List.copyOf(above.kept),
                    List.copyOf(below.kept));
        }

        @Override
        public void close() {
            window.close();
        }

        private void count(Verdict v) {
            late += v.outcome() == Verdict.Outcome.LATE ? 1 : 0;
            suppressed += v.suppressed() ? 1 : 0;
            Match match = v.match();
            if (match == null || threshold.isEmpty() && match.kind() != MatchKind.EXACT) {
                if (match != null) {
                    below.offer(new Example(v.event(), match.original(), match.kind(), match.similarity()));
                }
                return;
            }
            duplicates.merge(match.kind(), 1L, Long::sum);
            if (match.kind() != MatchKind.EXACT) {
                above.offer(new Example(v.event(), match.original(), match.kind(), match.similarity()));
            }
        }

        private void narrowMisses(List<Embedding> passed) {
            if (passed.isEmpty()) {
                return;
            }
            ModelIdentity model = passed.getFirst().model();
            Candidate[] closest = new Candidate[passed.size()];
            window.search(passed.stream().map(Embedding::vector).toList(), model, (float) below.floor(lowest),
                    (query, original, cosine) -> {
                        Embedding event = passed.get(query);
                        Candidate other = precedes(original, event)
                                ? candidates.candidate(event, original, cosine)
                                : null;
                        if (other != null && other.similarity() < (float) ceiling
                                && other.similarity() >= (float) lowest && (closest[query] == null
                                        || other.similarity() > closest[query].similarity())) {
                            closest[query] = other;
                        }
                    });
            for (int i = 0; i < closest.length; i++) {
                if (closest[i] != null) {
                    below.offer(new Example(passed.get(i), closest[i].original(), closest[i].kind(),
                            closest[i].similarity()));
                }
            }
        }

        /** The batch is in the window by now: what comes after the event was no candidate. */
        private boolean precedes(Original original, Embedding event) {
            long timeMs = event.event().eventTimeMs();
            int byTime = Long.compare(original.eventTimeMs(), timeMs);
            return byTime < 0 || byTime == 0 && original.id().compareTo(event.event().id()) < 0;
        }
    }
}
