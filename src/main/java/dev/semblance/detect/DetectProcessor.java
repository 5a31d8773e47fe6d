package dev.semblance.detect;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.record.Alert;
import dev.semblance.record.Embedding;
import dev.semblance.record.RawRecord;
import dev.semblance.slots.InFlightSlots;
import dev.semblance.slots.RawRecords;
import dev.semblance.slots.Slot;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.VectorWindows;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * One shard of the window: holds probes in slots until they are in event-time order, decides them in scan batches and
 * forwards alerts and unique events.
 *
 * <p>Thread: the stream thread. One per task.
 */
final class DetectProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    /** A probe or, where the embedding is null, a delete. */
    private record Held(Slot slot, String id, Embedding embedding, long arrivedNs) {}

    /** Probes held for order, per task; beyond it the oldest go ahead. */
    static final int REORDER_CAPACITY = 16_384;
    private static final Duration PUNCTUATE_EVERY = Duration.ofMillis(2);
    /** Pairs that one scan should find at most: a burst of copies has each event paired with thousands. */
    static final int MAX_PAIRS = 10_000;
    private static final Duration MAX_TURN = Duration.ofSeconds(1);
    /** Sorts a delete behind every event of its time. */
    private static final String LAST_ID = "\uffff";

    private final Config config;
    private final DetectNodes nodes;
    private final RecordCodec codec;
    private final ToIntFunction<RawRecord> sourcePartition;
    private final LongSupplier clockNs;
    private final MeterRegistry registry;
    private EventTimeBuffer<Held> buffer;
    /** Latest event time of each partition of the embeddings topic: where its deletes belong in time. */
    private final Map<Integer, Long> partitionTimeMs = new HashMap<>();
    /** Ids with a delete that waits for its turn, and where it was sorted: what comes after must stay after. */
    private final Map<String, Long> pendingDeleteMs = new HashMap<>();
    private ProcessorContext<byte[], byte[]> context;
    private InFlightSlots slots;
    /** Null in mode PAIRS. */
    private Deduplicator deduplicator;
    /** Null in mode DEDUP. */
    private PairJoin pairs;
    /** Events decided at once. */
    private int rows;
    private StoredClusters clusters;
    private DetectMeters meters;
    private int addedSinceDecision;
    private Cancellable punctuator;

    /** @param clockNs never runs backwards, as {@link System#nanoTime} */
    DetectProcessor(Config config, DetectNodes nodes, RecordCodec codec,
            ToIntFunction<RawRecord> sourcePartition, LongSupplier clockNs, MeterRegistry registry) {
        this.config = config;
        this.nodes = nodes;
        this.codec = codec;
        this.sourcePartition = sourcePartition;
        this.clockNs = clockNs;
        this.registry = registry;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        // Kafka Streams initialises the same processor again when it revives a task: nothing may be left of before.
        buffer = new EventTimeBuffer<>(config.detect().reorder().toMillis(), REORDER_CAPACITY);
        partitionTimeMs.clear();
        pendingDeleteMs.clear();
        addedSinceDecision = 0;
        rows = config.detect().scanMaxRows();
        clusters = new StoredClusters(context.getStateStore(nodes.clusterStore()));
        VectorWindow window = VectorWindows.of(context.getStateStore(nodes.windowStore()));
        if (config.detect().mode() == Config.DetectMode.PAIRS) {
            pairs = new PairJoin(config.detect(), window, clusters.streamTimeMs());
        } else {
            deduplicator = new Deduplicator(config.detect(), window, clusters, clusters.streamTimeMs());
        }
        slots = new InFlightSlots(context.getStateStore(nodes.slotStore()), config.kafka().exactlyOnce(),
                REORDER_CAPACITY + config.detect().scanMaxRows());
        meters = new DetectMeters(registry, context.taskId().toString(), config.detect().meteredSources(),
                buffer::size);
        for (Slot slot : slots.restore()) {
            hold(slot, clockNs.getAsLong());
        }
        punctuator = context.schedule(PUNCTUATE_EVERY, PunctuationType.WALL_CLOCK_TIME, _ -> {
            decideReady();
            slots.reclaim();
        });
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RawRecord raw = RawRecords.of(record, context.recordMetadata().orElseThrow());
        while (slots.isFull()) {
            decideReady();
            if (slots.isFull()) {
                decide(buffer.pollEarly(rows));
            }
        }
        if (slots.isReplayOfRestored(raw.source())) {
            return;
        }
        hold(slots.admit(raw), clockNs.getAsLong());
        if (++addedSinceDecision >= config.detect().scanMaxRows()) {
            decideReady();
        }
    }

    private void hold(Slot slot, long arrivedNs) {
        RawRecord raw = slot.raw();
        String id = new String(raw.key(), StandardCharsets.UTF_8);
        int partition = sourcePartition.applyAsInt(raw);
        Embedding embedding = raw.value() == null ? null : codec.decodeEmbedding(raw.value());
        long timeMs = embedding == null
                ? partitionTimeMs.getOrDefault(partition, Long.MIN_VALUE)
                : embedding.event().eventTimeMs();
        partitionTimeMs.merge(partition, timeMs, Math::max);
        Long deleteMs = pendingDeleteMs.get(id);
        if (embedding == null) {
            pendingDeleteMs.put(id, timeMs);
        }
        boolean behindDelete = embedding == null || deleteMs != null && timeMs <= deleteMs;
        buffer.add(partition, deleteMs == null ? timeMs : Math.max(timeMs, deleteMs), behindDelete ? LAST_ID : id,
                new Held(slot, id, embedding, arrivedNs), nowMs());
    }

    /**
     * Decides what is due, for a bounded time: thousands may fall due at once, and a transaction must not time out over
     * them. The punctuator goes on where this stops.
     */
    private void decideReady() {
        addedSinceDecision = 0;
        long startNs = clockNs.getAsLong();
        List<Held> ready;
        while (clockNs.getAsLong() - startNs < MAX_TURN.toNanos()
                && !(ready = buffer.poll(nowMs(), rows)).isEmpty()) {
            decide(ready);
        }
    }

    /** Decides runs of probes together; a delete ends a run, so that it acts between its neighbours. */
    private void decide(List<Held> ready) {
        List<Held> run = new ArrayList<>();
        for (Held held : ready) {
            if (held.embedding() != null) {
                run.add(held);
            } else {
                decideRun(run);
                run.clear();
                delete(held);
            }
        }
        decideRun(run);
        clusters.streamTimeMs(pairs != null ? pairs.streamTimeMs() : deduplicator.streamTimeMs());
    }

    private void decideRun(List<Held> run) {
        if (run.isEmpty()) {
            return;
        }
        List<Embedding> events = run.stream().map(Held::embedding).toList();
        if (pairs != null) {
            List<PairJoin.Joined> joined = pairs.join(events);
            long found = 0;
            for (int i = 0; i < run.size(); i++) {
                forward(run.get(i), joined.get(i));
                release(run.get(i));
                found += joined.get(i).pairs().size();
            }
            // Only between two polls does a turn end: what one poll brings must not take longer than a transaction may.
            rows = found > MAX_PAIRS ? Math.max(1, rows / 2) : Math.min(2 * rows, config.detect().scanMaxRows());
            return;
        }
        List<Verdict> verdicts = deduplicator.decide(events);
        for (int i = 0; i < run.size(); i++) {
            forward(run.get(i), verdicts.get(i));
            release(run.get(i));
        }
    }

    private void forward(Held held, PairJoin.Joined joined) {
        long timestampMs = held.slot().raw().timestampMs();
        for (Pair pair : joined.pairs()) {
            alert(pair.laterId().getBytes(StandardCharsets.UTF_8), Alerts.of(pair, config.detect()), timestampMs);
        }
        if (!joined.late()) {
            unique(held, timestampMs);
        }
        meters.joined(joined);
    }

    private void unique(Held held, long timestampMs) {
        byte[] event = codec.encode(held.embedding().event(), held.embedding().sourceValue());
        context.forward(new Record<>(held.slot().raw().key(), event, timestampMs), nodes.uniqueNode());
    }

    private void forward(Held held, Verdict verdict) {
        long timestampMs = held.slot().raw().timestampMs();
        byte[] key = held.slot().raw().key();
        if (verdict.match() != null) {
            alert(key, Alerts.of(verdict, config.detect()), timestampMs);
            Alert burst = Alerts.burst(verdict, config.detect());
            if (burst != null) {
                alert(key, burst, timestampMs);
            }
        }
        if (verdict.outcome() != Verdict.Outcome.LATE && !verdict.suppressed()) {
            unique(held, timestampMs);
        }
        meters.decided(verdict);
    }

    private void alert(byte[] key, Alert alert, long timestampMs) {
        context.forward(new Record<>(key, codec.encode(alert), timestampMs), nodes.alertsNode());
        meters.alerted(alert.kind());
    }

    /** Purges the event from the window, and from what downstream consumers keep of the unique topic. */
    private void delete(Held held) {
        if (pairs != null) {
            pairs.delete(held.id());
        } else {
            deduplicator.delete(held.id());
        }
        pendingDeleteMs.remove(held.id());
        context.forward(new Record<>(held.slot().raw().key(), null, held.slot().raw().timestampMs()),
                nodes.uniqueNode());
        release(held);
    }

    private void release(Held held) {
        slots.release(held.slot());
        meters.latency().record(clockNs.getAsLong() - held.arrivedNs(), TimeUnit.NANOSECONDS);
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(clockNs.getAsLong());
    }

    /** What is still held stays in its slots: a successor decides it. */
    @Override
    public void close() {
        if (meters != null) {
            punctuator.cancel();
            meters.close();
        }
    }
}
