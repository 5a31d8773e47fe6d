package dev.semblance.detect;

import dev.semblance.detect.Waiting.Possible;
import dev.semblance.record.Embedding;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import dev.semblance.window.Original;
import dev.semblance.window.VectorWindow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Finds what events may repeat in one shard: originals, and open events that come before them in the order.
 *
 * <p>Thread: the owner's of the shard.
 */
final class ShardScan {

    /** An event and its turn. */
    record Row(Turn turn, Embedding event) {}

    /** What was found for a row: the best original, or null, and every open event that matches. */
    record Hits(Candidate best, List<Possible> open) {}

    private final MatchRules rules;
    private final VectorWindow window;
    private final VectorWindow open;
    private final Function<String, OpenEvent> openEvents;

    /**
     * @param window     the originals
     * @param open       the open events, as if they were originals; of the same configuration
     * @param openEvents the one of that id which {@code open} holds
     */
    ShardScan(MatchRules rules, VectorWindow window, VectorWindow open, Function<String, OpenEvent> openEvents) {
        this.rules = rules;
        this.window = window;
        this.open = open;
        this.openEvents = openEvents;
    }

    /** @return in the order of the rows */
    List<Hits> scan(List<Row> rows) {
        Candidate[] best = new Candidate[rows.size()];
        List<List<Possible>> possible = new ArrayList<>();
        rows.forEach(_ -> possible.add(new ArrayList<>()));
        boolean[] done = new boolean[rows.size()];
        for (int i = 0; i < done.length; i++) {
            if (!done[i]) {
                ModelIdentity model = rows.get(i).event().model();
                int[] same = IntStream.range(i, done.length)
                        .filter(k -> MatchRules.sameSpace(rows.get(k).event().model(), model)).toArray();
                List<float[]> vectors = new ArrayList<>();
                for (int k : same) {
                    done[k] = true;
                    vectors.add(rows.get(k).event().vector());
                }
                originals(rows, same, vectors, model, best);
                if (open.size() > 0) {
                    openOnes(rows, same, vectors, model, possible);
                }
            }
        }
        return IntStream.range(0, best.length).mapToObj(i -> new Hits(best[i], possible.get(i))).toList();
    }

    private void originals(List<Row> rows, int[] same, List<float[]> vectors, ModelIdentity model, Candidate[] best) {
        window.search(vectors, model, rules.threshold(), (query, original, cosine) -> {
            int i = same[query];
            best[i] = Candidate.best(best[i], candidate(rows.get(i), original, cosine));
        });
        for (int i : same) {
            // Equal texts whose vectors are not close. With an EXACT match in hand they could only be farther away, but
            // for decay: that prefers the recent one.
            if (best[i] == null || best[i].kind() != MatchKind.EXACT || rules.candidates().decays()) {
                Row row = rows.get(i);
                for (Original original : window.exact(row.event().textHash(), model)) {
                    best[i] = Candidate.best(best[i],
                            candidate(row, original, window.cosine(original.id(), row.event().vector())));
                }
            }
        }
    }

    private void openOnes(List<Row> rows, int[] same, List<float[]> vectors, ModelIdentity model,
            List<List<Possible>> possible) {
        open.search(vectors, model, rules.threshold(),
                (query, original, cosine) -> add(rows.get(same[query]), original, cosine,
                        possible.get(same[query])));
        for (int i : same) {
            Row row = rows.get(i);
            Set<String> known = new HashSet<>();
            possible.get(i).forEach(p -> known.add(p.rank().id()));
            for (Original original : open.exact(row.event().textHash(), model)) {
                if (!known.contains(original.id())) {
                    add(row, original, open.cosine(original.id(), row.event().vector()), possible.get(i));
                }
            }
        }
    }

    private void add(Row row, Original original, float cosine, List<Possible> possible) {
        OpenEvent event = openEvents.apply(original.id());
        Candidate candidate = event.sequence < row.turn().sequence() ? candidate(row, original, cosine) : null;
        if (candidate != null) {
            possible.add(new Possible(event, cosine, Found.of(candidate).rank()));
        }
    }

    /** Null where it is none. The window may hold what has expired by the row's turn: it is emptied once a batch. */
    private Candidate candidate(Row row, Original original, float cosine) {
        return rules.isAlive(original.lastSeenMs(), row.turn().streamTimeMs())
                ? rules.candidates().candidate(row.event(), original, cosine)
                : null;
    }
}
