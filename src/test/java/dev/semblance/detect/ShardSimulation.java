package dev.semblance.detect;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.record.Embedding;
import dev.semblance.record.VectorEncoding;
import dev.semblance.window.NaiveWindow;
import dev.semblance.window.Original;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.VectorWindows;
import dev.semblance.window.WindowEntry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.ObjLongConsumer;

/**
 * Shards with channels between them, as Kafka gives them under exactly-once: what a shard has taken in, its state and what
 * it has sent become durable and visible together, at a commit; a crash takes it back to its last one. Channels keep their
 * order; everything else is up to chance.
 *
 * <p>Thread: the test's.
 */
final class ShardSimulation {

    private static final RecordCodec CODEC = new RecordCodec();

    /** What the shards have done to the world, in the order in which it became visible. */
    static final class World {
        /** Id, or -id for a purge. */
        final List<String> unique = new ArrayList<>();
        final List<ShardMessage.Join> joins = new ArrayList<>();
        /** Original id and size, of each join. */
        final List<String> sizes = new ArrayList<>();
        final List<String> verdicts = new ArrayList<>();
        final List<String> pairs = new ArrayList<>();
        long mailBytes;

        private void add(World other) {
            unique.addAll(other.unique);
            joins.addAll(other.joins);
            sizes.addAll(other.sizes);
            verdicts.addAll(other.verdicts);
            pairs.addAll(other.pairs);
            mailBytes += other.mailBytes;
        }
    }

    /** Everything of a node that a commit makes durable. */
    private static final class Durable {
        final TreeMap<String, WindowEntry> window = new TreeMap<>();
        final TreeMap<String, Long> sizes = new TreeMap<>();
        final HashMap<OpenStore.Key, byte[]> open = new HashMap<>();
        /** Position in the turns, and in the channel from each shard. */
        int turns;
        final int[] mail;

        Durable(int shards) {
            mail = new int[shards];
        }

        Durable copy() {
            Durable copy = new Durable(mail.length);
            copy.window.putAll(window);
            copy.sizes.putAll(sizes);
            copy.open.putAll(open);
            copy.turns = turns;
            System.arraycopy(mail, 0, copy.mail, 0, mail.length);
            return copy;
        }
    }

    private final Config.Detect rules;
    private final boolean realWindows;
    private final Shard.Limits limits;
    private final List<byte[]> turns = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Sequencer sequencer;
    private int largestRecord;
    final World world = new World();
    final List<String> late = new ArrayList<>();

    ShardSimulation(Config.Detect rules, boolean realWindows, int batchRows) {
        this(rules, realWindows, batchRows, Shard.Limits.USUAL);
    }

    /** @param limits beyond which a node takes no turns */
    ShardSimulation(Config.Detect rules, boolean realWindows, int batchRows, Shard.Limits limits) {
        this.rules = rules;
        this.realWindows = realWindows;
        this.limits = limits;
        this.sequencer = new Sequencer(MatchRules.lateMs(rules), batchRows,
                new Sequencer.Position(7, 0, Long.MIN_VALUE));
        for (int s = 0; s < rules.shards(); s++) {
            nodes.add(new Node(s));
        }
    }

    /** Adds an event to the order. */
    void event(Embedding e) {
        if (sequencer.isLate(e.event().eventTimeMs())) {
            late.add(e.event().id());
            return;
        }
        byte[] value = CODEC.encode(e, VectorEncoding.F32);
        room(value.length);
        sequencer.event(e.event().eventTimeMs(), 1_000 + e.event().eventTimeMs(), false, bytes(e.event().id()), value);
    }

    void delete(String id) {
        room(0);
        sequencer.delete(0, false, bytes(id));
    }

    private void room(long more) {
        if (!sequencer.hasRoom(more)) {
            flush();
        }
    }

    /** What was added goes on its way. */
    void flush() {
        TurnBatch batch = sequencer.take();
        if (!batch.turns().isEmpty()) {
            turns.add(batch.encode());
        }
    }

    private static byte[] bytes(String id) {
        return id.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Lets the nodes work until nothing is left to do.
     *
     * @param crashes how likely a step is a crash
     * @param commits how likely a step is a commit
     */
    void run(Random random, double crashes, double commits) {
        int idle = 0;
        while (idle < 3) {
            boolean worked = false;
            for (int i = 0; i < 8 * nodes.size(); i++) {
                Node node = nodes.get(random.nextInt(nodes.size()));
                if (random.nextDouble() < crashes) {
                    node.crash();
                } else if (random.nextDouble() < commits) {
                    node.commit();
                } else {
                    worked |= node.step(random);
                }
            }
            if (!worked) {
                for (Node node : nodes) {
                    node.commit();
                    while (node.step(random)) {
                        worked = true;
                    }
                }
            }
            idle = worked ? 0 : idle + 1;
        }
    }

    /** Rounds in which every node takes all there is and then commits. @return how many it took */
    int rounds() {
        int rounds = 0;
        boolean worked = true;
        Random random = new Random(1);
        while (worked) {
            worked = false;
            for (Node node : nodes) {
                while (node.step(random)) {
                    worked = true;
                }
            }
            nodes.forEach(Node::commit);
            rounds += worked ? 1 : 0;
        }
        return rounds;
    }

    /** One node goes far ahead of the others. */
    void takeTurnsOf(int shard) {
        while (nodes.get(shard).turn()) {
            nodes.get(shard).commit();
        }
    }

    /** Narrow limits: some of them for a single open event. */
    static Shard.Limits narrow(Random random) {
        return new Shard.Limits(random.nextInt(8), random.nextInt(12), 500 + random.nextInt(4_000));
    }

    /** One node after the other is down while the rest go on, and reads all its mail before any turn when it is back. */
    void stalls(Random random, double commits) {
        for (int stall = random.nextInt(6); stall >= 0; stall--) {
            Node down = nodes.get(random.nextInt(nodes.size()));
            down.crash();
            for (int i = random.nextInt(400); i > 0; i--) {
                Node node = nodes.get(random.nextInt(nodes.size()));
                if (!node.equals(down)) {
                    if (random.nextDouble() < commits) {
                        node.commit();
                    } else {
                        node.step(random);
                    }
                }
            }
            nodes.stream().filter(n -> !n.equals(down)).forEach(Node::commit);
            for (int from = 0; from < nodes.size(); from++) {
                while (down.mail(from)) {
                    // Until there is no more.
                }
            }
        }
    }

    /** Originals of all shards, with the time last seen. */
    Map<String, Long> window() {
        Map<String, Long> all = new TreeMap<>();
        nodes.forEach(n -> n.now.window.forEach((id, e) -> all.put(id, e.lastSeenMs())));
        return all;
    }

    boolean hasExpired(long lastSeenMs) {
        return lastSeenMs < sequencer.position().streamTimeMs() - MatchRules.of(rules).keptMs();
    }

    long clusterSize(String id) {
        Node home = nodes.get(Shard.home(bytes(id), rules.shards()));
        return Math.max(1, home.now.sizes.getOrDefault("+" + id, 0L));
    }

    /** Bytes of the largest mail, or entry of open things. */
    int largestRecord() {
        return largestRecord;
    }

    /** How often a node was crowded. */
    long holds() {
        return nodes.stream().mapToLong(n -> n.holds).sum();
    }

    /** Events not decided, and entries of open things in the stores. */
    long open() {
        return nodes.stream()
                .mapToLong(n -> n.shard.open() + n.shard.waiting() + n.shard.openBytes() + n.now.open.size()).sum();
    }

    private final class Node implements Shard.Output {
        private final int number;
        private final List<List<byte[]>> channels = new ArrayList<>();
        private Durable committed;
        private Durable now;
        private World done = new World();
        private List<List<byte[]>> sent;
        private Shard shard;
        /** Takes no turns. */
        private boolean held;
        int holds;

        Node(int number) {
            this.number = number;
            this.committed = new Durable(rules.shards());
            for (int s = 0; s < rules.shards(); s++) {
                channels.add(new ArrayList<>());
            }
            crash();
        }

        /** Back to the last commit, in a new process. */
        void crash() {
            now = committed.copy();
            held = false;
            done = new World();
            sent = new ArrayList<>();
            for (int s = 0; s < rules.shards(); s++) {
                sent.add(new ArrayList<>());
            }
            VectorWindow window = new Recorded(now.window);
            if (rules.mode() == Config.DetectMode.PAIRS) {
                shard = new ShardPairs(rules, number, window, numbers(), store(), CODEC, () -> 0, this);
            } else {
                shard = new ShardDeduplicator(rules, number, window, emptyWindow(), numbers(), store(), CODEC, () -> 0,
                        this);
            }
        }

        void commit() {
            committed = now.copy();
            world.add(done);
            done = new World();
            for (int s = 0; s < sent.size(); s++) {
                nodes.get(s).channels.get(number).addAll(sent.get(s));
                sent.get(s).clear();
            }
        }

        /** Takes one thing in. @return whether there was any */
        boolean step(Random random) {
            int first = random.nextInt(channels.size() + 1);
            for (int i = 0; i <= channels.size(); i++) {
                int from = (first + i) % (channels.size() + 1);
                if (from == channels.size() ? turn() : mail(from)) {
                    return true;
                }
            }
            return false;
        }

        private boolean turn() {
            if (held || now.turns == turns.size()) {
                return false;
            }
            shard.take(TurnBatch.decode(turns.get(now.turns++)));
            shard.finish();
            held = shard.isCrowded(limits);
            holds += held ? 1 : 0;
            return true;
        }

        private boolean mail(int from) {
            if (now.mail[from] == channels.get(from).size()) {
                return false;
            }
            shard.receive(ShardMail.decode(channels.get(from).get(now.mail[from]++)));
            shard.finish();
            held &= !shard.hasRoom(limits);
            return true;
        }

        private VectorWindow emptyWindow() {
            return realWindows ? VectorWindows.inMemory(rules, new SimpleMeterRegistry()) : new NaiveWindow();
        }

        private Numbers numbers() {
            Map<String, Long> sizes = now.sizes;
            return new Numbers() {
                @Override
                public long get(String key) {
                    return sizes.getOrDefault(key, 0L);
                }

                @Override
                public void put(String key, long number) {
                    sizes.put(key, number);
                }

                @Override
                public void delete(String key) {
                    sizes.remove(key);
                }

                @Override
                public void forEach(ObjLongConsumer<String> sink) {
                    Map.copyOf(sizes).forEach(sink::accept);
                }
            };
        }

        private OpenStore store() {
            Map<OpenStore.Key, byte[]> entries = now.open;
            return new OpenStore() {
                @Override
                public void put(Key key, byte[] value) {
                    largestRecord = Math.max(largestRecord, value.length);
                    entries.put(key, value);
                }

                @Override
                public void delete(Key key) {
                    entries.remove(key);
                }

                @Override
                public void forEach(BiConsumer<Key, byte[]> sink) {
                    Map.copyOf(entries).forEach(sink);
                }
            };
        }

        @Override
        public void unique(Turn turn, Embedding event) {
            done.unique.add(turn.id());
        }

        @Override
        public void purged(Turn turn) {
            done.unique.add("-" + turn.id());
        }

        @Override
        public void repeated(ShardMessage.Join join, long clusterSize) {
            done.joins.add(join);
            done.sizes.add(join.repeat().originalId() + " " + clusterSize);
        }

        @Override
        public void paired(Turn turn, Embedding event, Found p) {
            done.pairs.add(event.event().id() + "@" + event.event().eventTimeMs() + " " + p.id() + "@" + p.timeMs()
                    + " " + p.kind() + " " + p.cosine() + " " + p.similarity());
        }

        @Override
        public void decided(Turn turn, Embedding e, Found best, boolean suppressed, long arrivedNs) {
            done.verdicts.add(verdict(e, best, suppressed));
        }

        @Override
        public void send(int to, ShardMail mail) {
            if (to == number) {
                throw new IllegalStateException("mail to itself");
            }
            for (byte[] record : mail.encode()) {
                sent.get(to).add(record);
                done.mailBytes += record.length;
                largestRecord = Math.max(largestRecord, record.length);
            }
        }

        /** A window that is rebuilt from its entries. */
        private final class Recorded implements VectorWindow {
            private final VectorWindow inner = emptyWindow();
            private final Map<String, WindowEntry> entries;

            Recorded(Map<String, WindowEntry> entries) {
                this.entries = entries;
                entries.values().forEach(inner::insert);
            }

            @Override
            public void insert(WindowEntry entry) {
                inner.insert(entry);
                entries.put(entry.id(), entry);
            }

            @Override
            public boolean remove(String id) {
                entries.remove(id);
                return inner.remove(id);
            }

            @Override
            public Original get(String id) {
                return inner.get(id);
            }

            @Override
            public void refresh(String id, long lastSeenMs) {
                inner.refresh(id, lastSeenMs);
                WindowEntry e = entries.get(id);
                if (e != null && e.lastSeenMs() < lastSeenMs) {
                    entries.put(id, new WindowEntry(id, e.eventTimeMs(), lastSeenMs, e.model(), e.vector(),
                            e.textHash(), e.figuresHash(), e.text()));
                }
            }

            @Override
            public List<Original> exact(dev.semblance.record.TextHash hash,
                    dev.semblance.record.ModelIdentity model) {
                return inner.exact(hash, model);
            }

            @Override
            public Probes prepare(List<float[]> vectors, dev.semblance.record.ModelIdentity model, float threshold) {
                return inner.prepare(vectors, model, threshold);
            }

            @Override
            public void search(Probes probes, HitSink sink) {
                inner.search(probes, sink);
            }

            @Override
            public void search(Probes probes, int row, HitSink sink) {
                inner.search(probes, row, sink);
            }

            @Override
            public float match(String id, Probes probes, int row) {
                return inner.match(id, probes, row);
            }

            @Override
            public void expireBefore(long minTimeMs, java.util.function.Consumer<String> expired) {
                inner.expireBefore(minTimeMs, id -> {
                    entries.remove(id);
                    expired.accept(id);
                });
            }

            @Override
            public float cosine(String id, float[] query) {
                return inner.cosine(id, query);
            }

            @Override
            public double survivalRate() {
                return inner.survivalRate();
            }

            @Override
            public long size() {
                return inner.size();
            }

            @Override
            public long sizeBytes() {
                return inner.sizeBytes();
            }
        }
    }

    static String verdict(Embedding e, Found best, boolean suppressed) {
        return e.event().id() + "@" + e.event().eventTimeMs() + " " + (best == null
                ? "UNIQUE"
                : best.kind() + " of " + best.id() + "@" + best.timeMs() + " " + best.cosine() + " " + best.similarity()
                        + " "
                        + suppressed + " "
                        + best.text());
    }
}
