package dev.semblance.detect;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.detect.ShardMessage.Join;
import dev.semblance.detect.ShardMessage.Partners;
import dev.semblance.detect.ShardMessage.Progress;
import dev.semblance.detect.ShardMessage.Report;
import dev.semblance.record.Embedding;
import dev.semblance.window.Original;
import dev.semblance.window.VectorWindow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * One of several shards that together decide as one {@link Deduplicator} does over the same order of events: the same
 * verdicts, originals and cosines.
 *
 * <p><b>How.</b> An event is kept, if at all, by its <i>home</i>, the shard that its id hashes to. On its turn every shard
 * looks for what it may repeat among its own originals, and among its own <i>open</i> events: those before it whose fate
 * is not known yet. It reports at once to the event's home ({@link Report}): the best original for certain, and what the
 * open ones may still come to. When the fate of one becomes known the shard sends a better report, by itself. The home
 * decides once nothing can change any more ({@link Answers}), and tells the home of the original ({@link Join}), which
 * alone counts the cluster and gives the alert: counts are exact, and each alert comes once. Copies may be counted in
 * another order than by one shard, since joins arrive as they arrive: the final sizes are equal.
 *
 * <p><b>No deadlock.</b> An event waits for reports, which every shard gives on its turn without waiting for anything; and
 * through them for the fate of events before it in the order, never after it. So the first open event can always be
 * decided, and by induction all of them. That holds also where crowded shards take no turns for a while: of its events
 * that have had their turn, and only these crowd it, the shard that is the furthest behind waits only for events whose
 * turns all the others have had.
 *
 * <p><b>A burst</b> of copies takes as many rounds of mail as one copy does: the first one's fate follows from the first
 * reports; with it every shard that is asked about it has a certain original for all the others.
 *
 * <p><b>Ids.</b> A second delivery, an edit or a delete acts at its place in the order: from its turn on, the event before
 * it of the same id is no candidate. Those of one id are settled in their order, so that their traces in {@code unique}
 * are in order, too.
 *
 * <p><b>Refresh.</b> A join moves the original's last-seen time when it arrives, not at its copy's turn. So with
 * {@code refresh} an event may miss an original whose window has ended but for a copy that was not joined yet.
 *
 * <p>Thread: one owner.
 */
final class ShardDeduplicator implements Shard {

    private final Config.Detect config;
    private final MatchRules rules;
    private final int shard;
    private final VectorWindow window;
    private final ShardClusters clusters;
    private final ShardLedger ledger;
    private final OpenEvents events;
    private final ShardScan scan;
    private final ShardPost post = new ShardPost();
    private final RecordCodec codec;
    private final Output out;
    /** Events to look at once more: something has become known. */
    private final Deque<OpenEvent> toWeigh = new ArrayDeque<>();
    private final Set<Waiting> toUpdate = new LinkedHashSet<>();

    /**
     * Goes on from what the window, the numbers and the store hold.
     *
     * @param candidates an empty window of the same configuration, which need not survive
     */
    ShardDeduplicator(Config.Detect config, int shard, VectorWindow window, VectorWindow candidates,
            Numbers numbers, OpenStore store, RecordCodec codec, LongSupplier clockNs, Output out) {
        this.config = config;
        this.rules = MatchRules.of(config);
        this.shard = shard;
        this.window = window;
        this.clusters = new ShardClusters(numbers);
        this.ledger = new ShardLedger(numbers, config.shards());
        this.events = new OpenEvents(config.shards(), store, candidates, codec, clockNs);
        this.scan = new ShardScan(rules, window, candidates, events::lastOf);
        this.codec = codec;
        this.out = out;
        events.restore();
    }

    @Override
    public void take(TurnBatch batch) {
        if (!admits(batch.run())) {
            return;
        }
        List<ShardScan.Row> run = new ArrayList<>();
        for (Turn turn : batch.turns()) {
            ledger.turn(turn);
            boolean own = Shard.home(turn.key(), config.shards()) == shard;
            if (own && isKnown(turn.id())) {
                // It takes the place of what the events before it may repeat.
                scan(run);
                run.clear();
            }
            if (!turn.isDelete()) {
                Embedding event = codec.decodeEmbedding(turn.value());
                run.add(new ShardScan.Row(turn, event));
                if (own) {
                    events.begin(turn, takePlace(turn));
                }
            } else if (own) {
                delete(turn);
            }
        }
        scan(run);
        window.expireBefore(ledger.streamTimeMs() - rules.keptMs(), id -> clusters.end(id, ledger.last() + 1));
    }

    private boolean admits(long run) {
        if (!ledger.admits(run)) {
            return false;
        }
        if (ledger.begins(run)) {
            events.clear();
        }
        return true;
    }

    private boolean isKnown(String id) {
        return events.lastOf(id) != null || window.get(id) != null;
    }

    /** From this turn on, the original of that id is no candidate. Returns what the turn's event may go on from. */
    private Version takePlace(Turn turn) {
        Original original = window.get(turn.id());
        if (original == null) {
            return null;
        }
        window.remove(turn.id());
        if (rules.isAlive(original.lastSeenMs(), turn.streamTimeMs())) {
            return Version.of(original);
        }
        clusters.end(turn.id(), turn.sequence());
        return null;
    }

    private void delete(Turn turn) {
        toWeigh.add(events.begin(turn, takePlace(turn)));
    }

    /** Finds what the events of a run may repeat here, and reports it. */
    private void scan(List<ShardScan.Row> run) {
        if (run.isEmpty()) {
            return;
        }
        List<ShardScan.Hits> hits = scan.scan(run);
        for (int i = 0; i < hits.size(); i++) {
            ShardScan.Row row = run.get(i);
            Candidate best = hits.get(i).best();
            Found found = best == null ? null : Found.of(best);
            Waiting waiting = Waiting.of(row.turn(), row.event().event().eventTimeMs(),
                    Shard.home(row.turn().key(), config.shards()), found, hits.get(i).open());
            if (!waiting.isOver()) {
                events.keep(waiting);
            }
            report(waiting);
        }
    }

    private void report(Waiting waiting) {
        if (waiting.home == shard) {
            answered(shard, waiting.report());
        } else {
            post.add(waiting.home, waiting.report());
        }
    }

    @Override
    public void receive(ShardMail mail) {
        if (!admits(mail.run())) {
            return;
        }
        for (ShardMessage message : mail.messages()) {
            switch (message) {
                case Report report -> answered(mail.from(), report);
                case Join join -> joined(join);
                case Progress progress -> ledger.decidedBelow(mail.from(), progress.decidedBelow());
                case Partners p -> throw new IllegalStateException("shard " + mail.from() + " sends partners of event "
                        + p.sequence() + ": it runs in detect.mode=pairs, this one in detect.mode=dedup");
            }
        }
    }

    private void answered(int from, Report report) {
        // Another shard may be ahead of this one; or tell more of what has been decided by now.
        OpenEvent event = report.sequence() > ledger.last()
                ? events.at(report.sequence())
                : events.get(report.sequence());
        if (event != null && !event.decided) {
            event.answers.put(from, report);
            events.changed(event);
            toWeigh.add(event);
        }
    }

    private void joined(Join join) {
        String id = join.repeat().originalId();
        long size = clusters.add(id, join.sequence(), isKnown(id));
        if (config.refresh()) {
            window.refresh(id, join.repeat().eventTimeMs());
        }
        out.repeated(join, size);
    }

    @Override
    public void finish() {
        while (!toWeigh.isEmpty() || !toUpdate.isEmpty()) {
            while (!toWeigh.isEmpty()) {
                weigh(toWeigh.poll());
            }
            List<Waiting> touched = List.copyOf(toUpdate);
            toUpdate.clear();
            for (Waiting waiting : touched) {
                int before = waiting.size();
                if (waiting.update(rules)) {
                    report(waiting);
                }
                events.changed(waiting, before);
            }
        }
        long decidedBelow = events.decidedBelow(ledger.last() + 1);
        ledger.decidedBelow(shard, decidedBelow);
        clusters.forgetBefore(ledger.allDecidedBelow());
        post.send(ledger.run(), shard, decidedBelow, out);
        events.save();
        ledger.save();
    }

    private void weigh(OpenEvent event) {
        if (!event.hadItsTurn()) {
            return;
        }
        if (event.embedding == null) {
            if (event.before == null && !event.settled) {
                settleDelete(event);
                events.close(event);
            }
            return;
        }
        Fate fate = event.answers.fate(rules);
        if (!event.settled && event.before == null && fate != Fate.OPEN) {
            settle(event, fate);
        }
        if (!event.decided && event.answers.areComplete()) {
            decide(event, fate);
        }
        if (event.settled && event.decided && events.get(event.sequence) != null) {
            events.close(event);
        }
    }

    private void settleDelete(OpenEvent event) {
        if (event.previous != null) {
            clusters.end(event.id(), event.sequence);
        }
        out.purged(event.turn);
        events.settle(event);
        if (event.after != null) {
            toWeigh.add(event.after);
        }
    }

    private void settle(OpenEvent event, Fate fate) {
        boolean original = fate == Fate.ORIGINAL;
        boolean goesOn = original && event.previous != null && event.previous.goesOnIn(event.embedding);
        if (event.previous != null && !goesOn) {
            clusters.end(event.id(), event.sequence);
        }
        if (original) {
            // With the one before it settled, what it may have been seen last is what it was.
            event.became = new Version(event.embedding.textHash(), event.embedding.model(), event.latestSeenMs());
            out.unique(event.turn, event.embedding);
        }
        events.settle(event);
        if (event.after != null) {
            follow(event, event.after);
        } else if (original) {
            window.insert(event.entry(event.became.lastSeenMs()));
        }
        toUpdate.addAll(event.waiting);
        event.waiting = List.of();
    }

    /** The event has been settled after the turn of the next one of its id: it is never in the window. */
    private void follow(OpenEvent event, OpenEvent next) {
        if (event.became != null) {
            if (rules.isAlive(event.became.lastSeenMs(), next.turn.streamTimeMs())) {
                next.previous = event.became;
            } else {
                clusters.end(event.id(), next.sequence);
            }
        }
        toWeigh.add(next);
    }

    private void decide(OpenEvent event, Fate fate) {
        event.decided = true;
        events.changed(event);
        Found best = event.answers.best();
        boolean suppressed = fate == Fate.SUPPRESSED;
        out.decided(event.turn, event.embedding, best, suppressed, event.arrivedNs);
        if (best == null) {
            return;
        }
        Join join = new Join(event.sequence, event.turn.timestampMs(), event.turn.quiet(),
                Repeat.of(event.embedding, best, suppressed));
        if (event.answers.bestShard() == shard) {
            joined(join);
        } else {
            post.add(event.answers.bestShard(), join);
        }
    }

    @Override
    public int open() {
        return events.size();
    }

    @Override
    public int openSinceTurn() {
        return events.sizeSinceTurn();
    }

    @Override
    public long waiting() {
        return events.waitedFor();
    }

    @Override
    public long openBytes() {
        return events.bytes();
    }
}
