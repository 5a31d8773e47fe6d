package dev.semblance.detect;

import dev.semblance.detect.ShardMessage.Report;
import dev.semblance.record.MatchKind;
import dev.semblance.record.TextEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * An event of any shard that may repeat open events of this one: what this shard knows for certain, and what it waits
 * for. It is the event's own shard that decides; this one keeps it informed.
 *
 * <p>Thread: the owner's of the shard.
 */
final class Waiting {

    private static final byte VERSION = 1;

    /**
     * An open event that may be the event's best match.
     *
     * @param rank were it an original, and seen as late as may be: it cannot be better
     */
    record Possible(OpenEvent event, float cosine, Rank rank) {}

    private static final Comparator<Possible> BEST_FIRST = Comparator.comparing(Possible::rank);

    final long sequence;
    final int home;
    private final long timeMs;
    private final long streamTimeMs;
    private Found best;
    private List<Possible> possible;
    private Report lastReport;

    private Waiting(long sequence, int home, long timeMs, long streamTimeMs, Found best, List<Possible> possible) {
        this.sequence = sequence;
        this.home = home;
        this.timeMs = timeMs;
        this.streamTimeMs = streamTimeMs;
        this.best = best;
        this.possible = possible;
        this.lastReport = summary();
        possible.forEach(p -> p.event.waiting.add(this));
    }

    /** @param hits matches with open events; those that cannot beat the best are left out */
    static Waiting of(Turn turn, long timeMs, int home, Found best, List<Possible> hits) {
        Rank atLeast = Found.rank(best);
        List<Possible> possible = new ArrayList<>(hits.stream().filter(p -> p.rank.beats(atLeast)).toList());
        possible.sort(BEST_FIRST);
        return new Waiting(turn.sequence(), home, timeMs, turn.streamTimeMs(), best, possible);
    }

    /** Takes in the fates that have become known. @return whether there is something new to report */
    boolean update(MatchRules rules) {
        for (Possible p : possible) {
            Found found = p.event.settled ? found(p, rules) : null;
            if (found != null && found.rank().beats(Found.rank(best))) {
                best = found;
            }
        }
        Rank atLeast = Found.rank(best);
        possible = possible.stream().filter(p -> !p.event.settled && p.rank.beats(atLeast)).toList();
        Report report = summary();
        boolean isNew = !report.equals(lastReport);
        lastReport = report;
        return isNew;
    }

    /** What has become of it; null where it was no candidate at the event's turn, when not all was known of it. */
    private Found found(Possible p, MatchRules rules) {
        if (p.event.became == null || !rules.isAlive(p.event.became.lastSeenMs(), streamTimeMs)) {
            return null;
        }
        Candidate candidate = rules.candidates().candidate(timeMs, p.rank.kind(), p.event.original(), p.cosine);
        return candidate == null ? null : Found.of(candidate);
    }

    private Report summary() {
        if (possible.isEmpty()) {
            return new Report(sequence, best, null, Set.of());
        }
        Set<MatchKind> kinds = EnumSet.noneOf(MatchKind.class);
        possible.forEach(p -> kinds.add(p.rank.kind()));
        return new Report(sequence, best, possible.getFirst().rank, kinds);
    }

    Report report() {
        return lastReport;
    }

    boolean isOver() {
        return possible.isEmpty();
    }

    /** Open events waited for. */
    int size() {
        return possible.size();
    }

    byte[] encode() {
        WireWriter out = new WireWriter().put(VERSION).put((long) home).putSigned(timeMs).putSigned(streamTimeMs)
                .put(best != null);
        if (best != null) {
            ShardMail.put(best, out);
        }
        out.put((long) possible.size());
        for (Possible p : possible) {
            out.put(sequence - p.event.sequence);
            ShardMail.putKind(p.rank.kind(), out);
            out.put(p.cosine).put(p.rank.similarity());
        }
        return out.toBytes();
    }

    /** @param events the open ones, by number */
    static Waiting decode(long sequence, byte[] bytes, LongFunction<OpenEvent> events) {
        WireReader in = new WireReader("event " + sequence + " that waits for open ones", bytes, VERSION);
        int home = in.getInt(ShardMail.MAX_SHARDS - 1);
        long timeMs = in.getSigned();
        long streamTimeMs = in.getSigned();
        Found best = in.getBoolean() ? ShardMail.found(in) : null;
        int count = in.getCount();
        List<Possible> possible = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            OpenEvent event = events.apply(sequence - in.getLong());
            MatchKind kind = ShardMail.kind(in);
            float cosine = in.getFloat();
            float similarity = in.getFloat();
            if (event == null) {
                throw in.corrupt("an open event that is not there");
            }
            TextEvent e = event.embedding.event();
            possible.add(new Possible(event, cosine, new Rank(kind, similarity, e.eventTimeMs(), e.id())));
        }
        in.end();
        return new Waiting(sequence, home, timeMs, streamTimeMs, best, possible);
    }
}
