package dev.semblance.detect;

import dev.semblance.record.Embedding;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TextHash;
import dev.semblance.window.Original;
import dev.semblance.window.WindowEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * An event, or a delete, whose home this shard is, from its turn (or the first answer, where another shard is ahead) until
 * nothing is left to find out. It is <i>settled</i> once its fate has taken effect: it is in the window, or stays out of
 * it; and <i>decided</i> once its best match is known.
 *
 * <p>Thread: the owner's of the shard.
 */
final class OpenEvent {

    private static final byte VERSION = 1;

    final long sequence;
    final Answers answers;
    /** Null until its turn. */
    Turn turn;
    /** Null until its turn, and of a delete. */
    Embedding embedding;
    /** The original that it takes the place of, once that is known; null for none. */
    Version previous;
    /** The event or delete of the same id before it, while that is not settled. */
    OpenEvent before;
    /** The one after it. */
    OpenEvent after;
    boolean settled;
    boolean decided;
    /** What it is once settled as an original, else null. */
    Version became;
    /** Events that may repeat this one; emptied when it is settled. */
    List<Waiting> waiting = new ArrayList<>();
    /** When its turn was taken up by this instance. */
    long arrivedNs;

    OpenEvent(long sequence, int shards) {
        this(sequence, new Answers(shards));
    }

    private OpenEvent(long sequence, Answers answers) {
        this.sequence = sequence;
        this.answers = answers;
    }

    boolean hadItsTurn() {
        return turn != null;
    }

    String id() {
        return turn.id();
    }

    /** The latest time at which it may count as seen last: a second delivery goes on from the one before. */
    long latestSeenMs() {
        long timeMs = embedding.event().eventTimeMs();
        long seenMs = previous != null && previous.goesOnIn(embedding) ? previous.lastSeenMs() : timeMs;
        if (before != null && !before.turn.isDelete()) {
            Version possible = new Version(before.embedding.textHash(), before.embedding.model(),
                    before.latestSeenMs());
            seenMs = possible.goesOnIn(embedding) ? Math.max(seenMs, possible.lastSeenMs()) : seenMs;
        }
        return Math.max(timeMs, seenMs);
    }

    WindowEntry entry(long lastSeenMs) {
        return new WindowEntry(embedding.event().id(), embedding.event().eventTimeMs(), lastSeenMs, embedding.model(),
                embedding.vector(), embedding.textHash(), embedding.figuresHash(), embedding.event().text());
    }

    Original original() {
        return new Original(embedding.event().id(), embedding.event().eventTimeMs(), became.lastSeenMs(),
                embedding.model(), embedding.textHash(), embedding.figuresHash(), embedding.event().text());
    }

    /** All but its turn. */
    byte[] encode() {
        WireWriter out = new WireWriter().put(VERSION).put(settled).put(decided)
                .put(before == null ? 0L : before.sequence).put(previous != null);
        if (previous != null) {
            ModelIdentity m = previous.model();
            out.putSigned(previous.textHash().high()).putSigned(previous.textHash().low())
                    .putSigned(previous.lastSeenMs()).put(m.id()).put(m.revision()).put((long) m.dimension());
        }
        answers.encode(out);
        return out.toBytes();
    }

    /** @param beforeIs told the number of the one before it, where there is one */
    static OpenEvent decode(long sequence, byte[] bytes, int shards, LongConsumer beforeIs) {
        WireReader in = new WireReader("open event " + sequence, bytes, VERSION);
        boolean settled = in.getBoolean();
        boolean decided = in.getBoolean();
        long before = in.getLong();
        Version previous = null;
        if (in.getBoolean()) {
            TextHash hash = new TextHash(in.getSigned(), in.getSigned());
            long lastSeenMs = in.getSigned();
            // Whether two models' vectors may be compared follows from these three.
            previous = new Version(hash, new ModelIdentity(in.getText("model"), in.getText("revision"),
                    in.getInt(Integer.MAX_VALUE), "", false, 0, ""), lastSeenMs);
        }
        OpenEvent event = new OpenEvent(sequence, Answers.decode(in, shards));
        in.end();
        event.settled = settled;
        event.decided = decided;
        event.previous = previous;
        if (before != 0) {
            beforeIs.accept(before);
        }
        return event;
    }
}
