package dev.semblance.detect;

import dev.semblance.detect.ShardMessage.Report;
import dev.semblance.record.MatchKind;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the shards have reported about one event.
 *
 * <p>Its fate is often known before its best match is: it is suppressed for certain as soon as its best match so far is of
 * a suppressed kind and so is every kind that may still beat it; and it is an original for certain as soon as all have
 * reported and no match, found or possible, is of a suppressed kind.
 *
 * <p>Thread: the owner's of the shard.
 */
final class Answers {

    private static final Set<MatchKind> ALL_KINDS = EnumSet.allOf(MatchKind.class);

    /** Open events of a shard that may still beat its best. */
    private record Possible(Rank best, Set<MatchKind> kinds) {}

    private final int shards;
    private final BitSet reported;
    private final Map<Integer, Possible> possible = new TreeMap<>();
    private Found best;
    private int bestShard;

    Answers(int shards) {
        this.shards = shards;
        this.reported = new BitSet(shards);
    }

    void put(int shard, Report report) {
        reported.set(shard);
        if (report.isLast()) {
            possible.remove(shard);
        } else {
            possible.put(shard, new Possible(report.openBest(), report.openKind()));
        }
        if (report.best() != null && report.best().rank().beats(Found.rank(best))) {
            best = report.best();
            bestShard = shard;
        }
    }

    private boolean allReported() {
        return reported.cardinality() == shards;
    }

    /** As far as it is known by now. */
    Fate fate(MatchRules rules) {
        boolean suppressed = best != null && rules.suppresses(best.kind());
        if (!allReported() && undecided(ALL_KINDS, suppressed, rules)) {
            return Fate.OPEN;
        }
        for (Possible p : possible.values()) {
            if (undecided(p.kinds, suppressed, rules)) {
                return Fate.OPEN;
            }
        }
        return suppressed ? Fate.SUPPRESSED : Fate.ORIGINAL;
    }

    /** Whether a match of one of those kinds could change what the best one so far means. */
    private boolean undecided(Set<MatchKind> kinds, boolean suppressed, MatchRules rules) {
        return kinds.stream().anyMatch(
                k -> (best == null || k.compareTo(best.kind()) < 0) && rules.suppresses(k) != suppressed);
    }

    /** Whether nothing can beat the best match any more. */
    boolean areComplete() {
        return allReported() && possible.values().stream().noneMatch(p -> p.best.beats(Found.rank(best)));
    }

    /** The best match so far, or null. */
    Found best() {
        return best;
    }

    /** The shard of the best match. */
    int bestShard() {
        return bestShard;
    }

    void encode(WireWriter out) {
        byte[] bits = reported.toByteArray();
        out.put(bits).put(best != null);
        if (best != null) {
            ShardMail.put(best, out);
            out.put((long) bestShard);
        }
        out.put((long) possible.size());
        possible.forEach((shard, p) -> {
            out.put((long) shard);
            ShardMail.put(p.best, out);
            ShardMail.putKinds(p.kinds, out);
        });
    }

    static Answers decode(WireReader in, int shards) {
        Answers answers = new Answers(shards);
        byte[] bits = in.getBytes();
        if (bits == null) {
            throw in.corrupt("no shards");
        }
        answers.reported.or(BitSet.valueOf(bits));
        if (in.getBoolean()) {
            answers.best = ShardMail.found(in);
            answers.bestShard = in.getInt(shards - 1);
        }
        int count = in.getCount();
        for (int i = 0; i < count; i++) {
            answers.possible.put(in.getInt(shards - 1), new Possible(ShardMail.rank(in), ShardMail.kinds(in)));
        }
        return answers;
    }
}
