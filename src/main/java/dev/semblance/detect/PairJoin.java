package dev.semblance.detect;

import dev.semblance.codec.VectorCheck;
import dev.semblance.config.Config;
import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.window.Original;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.WindowEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds every pair of events at most one window apart whose similarity reaches the threshold: the streaming similarity
 * self-join. Every event stays in the window as a candidate, copies too, so that the pairs of a cluster grow with the
 * square of its size.
 *
 * <ul>
 * <li>The similarity is the cosine, times 2^(−Δt / half-life) with decay. It alone decides; equal texts name the kind of
 * a pair, but do not make one.
 * <li>A pair is found when the later of both is decided, and so once. An event with the id of a live one is a second
 * delivery where time and text are the same, and gives no pairs again; else it takes the place of that one, and its pairs
 * are new ones.
 * <li>Stream time, grace and what is LATE are as in {@link Deduplicator}. Events are kept for as long as they can have a
 * partner: for window + grace behind stream time, or less where decay has brought every similarity below the threshold
 * before.
 * </ul>
 *
 * Batches only save time: the pairs are those of deciding one event at a time.
 *
 * <p>Thread: the owner's of the window. Source: De Francisci Morales and Gionis, "Streaming Similarity Self-Join", 2016.
 */
public final class PairJoin {

    private static final Comparator<Pair> BY_OTHER = Comparator.<Pair>comparingLong(p -> p.other().eventTimeMs())
            .thenComparing(p -> p.other().id());

    /**
     * What became of an event.
     *
     * @param late  whether it is older than window and grace: without pairs, and not remembered
     * @param pairs with earlier decided events, in the order of their (time, id)
     */
    public record Joined(Embedding event, boolean late, List<Pair> pairs) {}

    /** Events that are searched together: no id twice, and none of them in the window yet. */
    private final class Run {
        final List<Embedding> events = new ArrayList<>();
        final List<Long> streamTimesMs = new ArrayList<>();
        final Map<String, Integer> places = new HashMap<>();

        void add(Embedding e) {
            places.put(e.event().id(), events.size());
            events.add(e);
            streamTimesMs.add(streamTimeMs);
        }
    }

    /**
     * The events of a run that are of one model.
     *
     * @param rows   their places in the run
     * @param probes their vectors, in the same order
     */
    private record Group(List<Integer> rows, VectorWindow.Probes probes) {}

    private final PairRules rules;
    private final VectorWindow window;
    private long streamTimeMs;

    /** @param streamTimeMs largest event time decided before a restart; {@code Long.MIN_VALUE} at first */
    public PairJoin(Config.Detect rules, VectorWindow window, long streamTimeMs) {
        this.rules = PairRules.of(rules);
        this.window = window;
        this.streamTimeMs = streamTimeMs;
    }

    /**
     * Decides events in the order given.
     *
     * @return one result an event, in the same order
     * @throws IllegalArgumentException where a vector would fail {@link VectorCheck}; nothing has been decided then
     */
    public List<Joined> join(List<Embedding> batch) {
        for (Embedding e : batch) {
            VectorCheck.check(e).ifPresent(r -> {
                throw new IllegalArgumentException(r.message());
            });
        }
        List<Joined> out = new ArrayList<>(batch.size());
        Run run = new Run();
        for (Embedding e : batch) {
            long timeMs = e.event().eventTimeMs();
            boolean late = MatchRules.isLate(streamTimeMs, timeMs, rules.lateMs());
            if (late || run.places.containsKey(e.event().id()) || window.get(e.event().id()) != null) {
                decide(run, out);
                run = new Run();
            }
            if (late || PairRules.isSecondDelivery(e, window.get(e.event().id()))) {
                out.add(new Joined(e, late, List.of()));
            } else {
                streamTimeMs = Math.max(streamTimeMs, timeMs);
                run.add(e);
            }
        }
        decide(run, out);
        return out;
    }

    private void decide(Run run, List<Joined> out) {
        List<Group> groups = groups(run);
        // All of them go in before the search, which then finds the pairs within the run as well; and after they have
        // been prepared, since inserts take over the codes of the probes.
        for (Embedding e : run.events) {
            window.insert(new WindowEntry(e.event().id(), e.event().eventTimeMs(), e.event().eventTimeMs(), e.model(),
                    e.vector(), e.textHash(), e.figuresHash(), e.event().text()));
        }
        List<List<Pair>> pairs = new ArrayList<>();
        run.events.forEach(_ -> pairs.add(new ArrayList<>()));
        for (Group group : groups) {
            window.search(group.probes, (query, other, cosine) -> {
                int i = group.rows.get(query);
                Pair pair = pair(run, i, other, cosine);
                if (pair != null) {
                    pairs.get(i).add(pair);
                }
            });
        }
        for (int i = 0; i < pairs.size(); i++) {
            pairs.get(i).sort(BY_OTHER);
            out.add(new Joined(run.events.get(i), false, pairs.get(i)));
        }
        if (!pairs.isEmpty()) {
            window.expireBefore(streamTimeMs - rules.keptMs(), _ -> {});
        }
    }

    /** One a model, in the order of the events. */
    private List<Group> groups(Run run) {
        List<Group> groups = new ArrayList<>();
        List<Integer> left = new ArrayList<>(run.places.values());
        left.sort(null);
        while (!left.isEmpty()) {
            ModelIdentity model = run.events.get(left.getFirst()).model();
            List<Integer> rows = left.stream().filter(i -> MatchRules.sameSpace(run.events.get(i).model(), model))
                    .toList();
            left.removeAll(rows);
            groups.add(new Group(rows, window.prepare(rows.stream().map(i -> run.events.get(i).vector()).toList(),
                    model, rules.threshold())));
        }
        return groups;
    }

    /** Null where the two are no pair, or one that is found from the other side. */
    private Pair pair(Run run, int i, Original other, float cosine) {
        Integer place = run.places.get(other.id());
        return place != null && place >= i
                ? null
                : rules.pair(run.events.get(i), other, cosine, run.streamTimesMs.get(i));
    }

    /**
     * Purges an event: it can no longer be one of a pair.
     *
     * @return whether it was live
     */
    public boolean delete(String id) {
        return window.remove(id);
    }

    /** Largest event time decided; {@code Long.MIN_VALUE} before the first. */
    public long streamTimeMs() {
        return streamTimeMs;
    }
}
