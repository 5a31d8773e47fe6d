package dev.semblance.detect;

import dev.semblance.record.MatchKind;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What one shard tells another. Messages from one shard to another arrive in the order in which they were sent. */
sealed interface ShardMessage {

    /**
     * To the home of an event: what the sender has found for it. A later one replaces it. The sender's own open events
     * that the event may repeat are summed up: once their fate is known, a better report follows.
     *
     * @param sequence the event's
     * @param best     the best original of the sender; null for none. It only ever gets better
     * @param openBest the best of the open events that would beat {@code best} were they originals; null for none: then
     *                 this is the last report
     * @param openKind the kinds of all of those
     */
    record Report(long sequence, Found best, Rank openBest, Set<MatchKind> openKind) implements ShardMessage {
        public Report {
            openKind = Set.copyOf(openKind);
            if ((openBest == null) != openKind.isEmpty()) {
                throw new IllegalArgumentException("open events of kinds " + openKind + ", the best " + openBest);
            }
        }

        boolean isLast() {
            return openBest == null;
        }
    }

    /**
     * To the home of an original: an event repeats it.
     *
     * @param sequence    the event's
     * @param timestampMs of the event's Kafka record
     * @param quiet       whether it is to be counted only
     */
    record Join(long sequence, long timestampMs, boolean quiet, Repeat repeat) implements ShardMessage {
        public Join {
            Objects.requireNonNull(repeat, "repeat");
        }
    }

    /**
     * To the home of an event, in mode PAIRS: partners among the sender's events.
     *
     * @param last whether the sender has told all
     */
    record Partners(long sequence, List<Found> partners, boolean last) implements ShardMessage {
        public Partners {
            partners = List.copyOf(partners);
        }
    }

    /** To any shard: the sender has decided all its events before that number, and has sent what follows from them. */
    record Progress(long decidedBelow) implements ShardMessage {}
}
