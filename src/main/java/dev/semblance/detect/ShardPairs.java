package dev.semblance.detect;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.detect.OpenStore.Key;
import dev.semblance.detect.OpenStore.Part;
import dev.semblance.detect.ShardMessage.Join;
import dev.semblance.detect.ShardMessage.Partners;
import dev.semblance.detect.ShardMessage.Progress;
import dev.semblance.detect.ShardMessage.Report;
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
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * One of several shards that together find the pairs that one {@link PairJoin} finds over the same order of events. Every
 * event is kept by its home from its turn on, whatever comes of it, so that nothing is ever waited for but the partners
 * that each shard tells the event's home; it gives the alerts once all have told.
 *
 * <p>Thread: one owner.
 */
final class ShardPairs implements Shard {

    private static final Comparator<Found> IN_ORDER = Comparator.comparingLong(Found::timeMs)
            .thenComparing(Found::id);
    /** Partners a message, and {@link ShardMail#MAX_BYTES} unless one alone has more: a message is never split. */
    private static final int MAX_PARTNERS = 256;
    private static final byte VERSION = 1;

    private record Row(Turn turn, Embedding event) {}

    /** An own event whose partners are not all known. */
    private static final class Open {
        /** Null until its turn. */
        Turn turn;
        Embedding event;
        final List<Found> partners = new ArrayList<>();
        int shardsLeft;
        int items;
        long bytes;
        long arrivedNs;

        boolean isComplete() {
            return turn != null && shardsLeft == 0;
        }
    }

    private final PairRules rules;
    private final int shards;
    private final int shard;
    private final VectorWindow window;
    private final ShardLedger ledger;
    private final ShardPost post = new ShardPost();
    private final OpenStore store;
    private final RecordCodec codec;
    private final LongSupplier clockNs;
    private final Output out;
    private final NavigableMap<Long, Open> open = new TreeMap<>();
    /** Numbers of those of which all is known. */
    private final NavigableSet<Long> complete = new TreeSet<>();
    /** The sums over those that have had their turn. */
    private int sinceTurn;
    private long partners;
    private long bytes;

    /** Goes on from what the window, the numbers and the store hold. */
    ShardPairs(Config.Detect config, int shard, VectorWindow window, Numbers numbers, OpenStore store,
            RecordCodec codec,
            LongSupplier clockNs, Output out) {
        this.rules = PairRules.of(config);
        this.shards = config.shards();
        this.shard = shard;
        this.window = window;
        this.ledger = new ShardLedger(numbers, shards);
        this.store = store;
        this.codec = codec;
        this.clockNs = clockNs;
        this.out = out;
        store.forEach(this::restore);
    }

    private void restore(Key key, byte[] value) {
        switch (key.part()) {
            case TURN -> attach(at(key.sequence()), TurnBatch.decodeOne(value));
            case PARTNERS -> add(at(key.sequence()),
                    (Partners) ShardMail.message(new WireReader("partners of an event", value, VERSION)), key.item());
            case ANSWERS, WAITING -> throw new IllegalStateException("the state was made in detect.mode=dedup: take a"
                    + " new detect.application.id and replay embeddings");
        }
    }

    private Open at(long sequence) {
        return open.computeIfAbsent(sequence, _ -> {
            Open one = new Open();
            one.shardsLeft = shards;
            return one;
        });
    }

    private void attach(Open one, Turn turn) {
        one.turn = turn;
        one.event = codec.decodeEmbedding(turn.value());
        one.arrivedNs = clockNs.getAsLong();
        one.bytes += turn.sizeBytes();
        sinceTurn++;
        partners += one.partners.size();
        bytes += one.bytes;
        if (one.isComplete()) {
            complete.add(turn.sequence());
        }
    }

    private void add(Open one, Partners message, int item) {
        one.partners.addAll(message.partners());
        one.shardsLeft -= message.last() ? 1 : 0;
        one.items = Math.max(one.items, item + 1);
        long more = 0;
        for (Found p : message.partners()) {
            more += p.id().length() + (p.text() == null ? 0 : p.text().length());
        }
        one.bytes += more;
        if (one.turn != null) {
            partners += message.partners().size();
            bytes += more;
        }
        if (one.isComplete()) {
            complete.add(message.sequence());
        }
    }

    @Override
    public void take(TurnBatch batch) {
        if (!admits(batch.run())) {
            return;
        }
        List<Row> run = new ArrayList<>();
        Map<String, Long> own = new HashMap<>();
        for (Turn turn : batch.turns()) {
            ledger.turn(turn);
            boolean mine = Shard.home(turn.key(), shards) == shard;
            if (mine && window.get(turn.id()) != null) {
                search(run, own);
                run.clear();
                own.clear();
            }
            if (turn.isDelete()) {
                if (mine) {
                    window.remove(turn.id());
                    out.purged(turn);
                }
            } else {
                Row row = new Row(turn, codec.decodeEmbedding(turn.value()));
                if (!mine || begin(row, own)) {
                    run.add(row);
                }
            }
        }
        search(run, own);
        window.expireBefore(ledger.streamTimeMs() - rules.keptMs(), _ -> {});
    }

    private boolean admits(long run) {
        if (!ledger.admits(run)) {
            return false;
        }
        if (ledger.begins(run)) {
            List.copyOf(open.keySet()).forEach(this::drop);
        }
        return true;
    }

    /** Takes an own event in. @return whether it may have pairs */
    private boolean begin(Row row, Map<String, Long> own) {
        Turn turn = row.turn();
        Embedding e = row.event();
        out.unique(turn, e);
        Original live = window.get(turn.id());
        if (live != null && rules.isAlive(live, turn.streamTimeMs()) && PairRules.isSecondDelivery(e, live)) {
            out.decided(turn, e, null, false, clockNs.getAsLong());
            drop(turn.sequence());
            return false;
        }
        window.insert(
                new WindowEntry(turn.id(), e.event().eventTimeMs(), e.event().eventTimeMs(), e.model(), e.vector(),
                        e.textHash(), e.figuresHash(), e.event().text()));
        own.put(turn.id(), turn.sequence());
        attach(at(turn.sequence()), turn);
        store.put(new Key(Part.TURN, turn.sequence()), TurnBatch.encodeOne(turn));
        return true;
    }

    /** @param own ids of the run that this shard keeps, with their numbers: they are in the window already */
    private void search(List<Row> run, Map<String, Long> own) {
        List<List<Found>> found = new ArrayList<>();
        run.forEach(_ -> found.add(new ArrayList<>()));
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < run.size(); i++) {
            left.add(i);
        }
        while (!left.isEmpty()) {
            ModelIdentity model = run.get(left.getFirst()).event().model();
            List<Integer> rows = left.stream().filter(i -> MatchRules.sameSpace(run.get(i).event().model(), model))
                    .toList();
            left.removeAll(rows);
            window.search(rows.stream().map(i -> run.get(i).event().vector()).toList(), model, rules.threshold(),
                    (query, other, cosine) -> {
                        Row row = run.get(rows.get(query));
                        Long number = own.get(other.id());
                        Pair pair = number != null && number >= row.turn().sequence()
                                ? null
                                : rules.pair(row.event(), other, cosine, row.turn().streamTimeMs());
                        if (pair != null) {
                            found.get(rows.get(query)).add(Found.of(pair));
                        }
                    });
        }
        for (int i = 0; i < run.size(); i++) {
            report(run.get(i).turn(), found.get(i));
        }
    }

    private void report(Turn turn, List<Found> found) {
        int home = Shard.home(turn.key(), shards);
        int from = 0;
        do {
            int to = end(found, from);
            Partners message = new Partners(turn.sequence(), found.subList(from, to), to == found.size());
            if (home == shard) {
                told(message);
            } else {
                post.add(home, message);
            }
            from = to;
        } while (from < found.size());
    }

    /** Where a message that begins with that partner has to end. */
    private static int end(List<Found> found, int from) {
        int to = from;
        long size = 0;
        while (to < found.size() && to < from + MAX_PARTNERS) {
            size += ShardMail.maxSizeBytes(found.get(to));
            if (to > from && size > ShardMail.MAX_BYTES) {
                break;
            }
            to++;
        }
        return to;
    }

    @Override
    public void receive(ShardMail mail) {
        if (!admits(mail.run())) {
            return;
        }
        for (ShardMessage message : mail.messages()) {
            switch (message) {
                case Partners p -> told(p);
                case Progress _ -> {
                }
                case Report _,Join _ -> throw new IllegalStateException("shard " + mail.from() + " sends a "
                        + message.getClass().getSimpleName() + ": it runs in detect.mode=dedup, this one in"
                        + " detect.mode=pairs");
            }
        }
    }

    private void told(Partners message) {
        long sequence = message.sequence();
        // Another shard may be ahead of this one; or not know that the event is a second delivery.
        Open one = sequence > ledger.last() ? at(sequence) : open.get(sequence);
        if (one == null) {
            return;
        }
        int item = one.items;
        add(one, message, item);
        WireWriter bytesOut = new WireWriter().put(VERSION);
        ShardMail.encode(message, bytesOut);
        store.put(new Key(Part.PARTNERS, sequence, item), bytesOut.toBytes());
    }

    @Override
    public void finish() {
        while (!complete.isEmpty()) {
            long sequence = complete.pollFirst();
            Open one = open.get(sequence);
            one.partners.sort(IN_ORDER);
            one.partners.forEach(p -> out.paired(one.turn, one.event, p));
            out.decided(one.turn, one.event, null, false, one.arrivedNs);
            drop(sequence);
        }
        post.send(ledger.run(), shard, ledger.last() + 1, out);
        ledger.save();
    }

    private void drop(long sequence) {
        Open one = open.remove(sequence);
        if (one == null) {
            return;
        }
        if (one.turn != null) {
            store.delete(new Key(Part.TURN, sequence));
            sinceTurn--;
            partners -= one.partners.size();
            bytes -= one.bytes;
        }
        for (int item = 0; item < one.items; item++) {
            store.delete(new Key(Part.PARTNERS, sequence, item));
        }
    }

    @Override
    public int open() {
        return open.size();
    }

    @Override
    public int openSinceTurn() {
        return sinceTurn;
    }

    @Override
    public long waiting() {
        return partners;
    }

    @Override
    public long openBytes() {
        return bytes;
    }
}
