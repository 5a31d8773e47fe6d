package dev.semblance.detect;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.record.Alert;
import dev.semblance.record.Embedding;
import dev.semblance.record.RawRecord;
import dev.semblance.slots.InFlightSlots;
import dev.semblance.slots.RawRecords;
import dev.semblance.detect.ProbeOrder.Held;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.VectorWindows;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
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

    private static final Duration PUNCTUATE_EVERY = Duration.ofMillis(2);
    /** Pairs that one scan should find at most: a burst of copies has each event paired with thousands. */
    static final int MAX_PAIRS = 10_000;

    private final Config config;
    private final DetectNodes nodes;
    private final RecordCodec codec;
    private final ToIntFunction<RawRecord> sourcePartition;
    private final Predicate<RawRecord> quiet;
    private final LongSupplier clockNs;
    private final MeterRegistry registry;
    private ProcessorContext<byte[], byte[]> context;
    private ProbeOrder order;
    /** Null in mode PAIRS. */
    private Deduplicator deduplicator;
    /** Null in mode DEDUP. */
    private PairJoin pairs;
    /** Events decided at once. */
    private int rows;
    private StoredClusters clusters;
    private DetectMeters meters;
    private Cancellable punctuator;

    /** @param clockNs never runs backwards, as {@link System#nanoTime} */
    DetectProcessor(Config config, DetectNodes nodes, RecordCodec codec,
            ToIntFunction<RawRecord> sourcePartition, Predicate<RawRecord> quiet, LongSupplier clockNs,
            MeterRegistry registry) {
        this.config = config;
        this.nodes = nodes;
        this.codec = codec;
        this.sourcePartition = sourcePartition;
        this.quiet = quiet;
        this.clockNs = clockNs;
        this.registry = registry;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        // Kafka Streams initialises the same processor again when it revives a task: nothing may be left of before.
        rows = config.detect().scanMaxRows();
        clusters = new StoredClusters(context.getStateStore(nodes.clusterStore()));
        VectorWindow window = VectorWindows.of(context.getStateStore(nodes.windowStore()));
        if (config.detect().mode() == Config.DetectMode.PAIRS) {
            pairs = new PairJoin(config.detect(), window, clusters.streamTimeMs());
        } else {
            deduplicator = new Deduplicator(config.detect(), window, clusters, clusters.streamTimeMs());
        }
        InFlightSlots slots = new InFlightSlots(context.getStateStore(nodes.slotStore()),
                config.kafka().exactlyOnce(), ProbeOrder.slotCapacity(config.detect()));
        order = new ProbeOrder(config.detect(), slots, codec, sourcePartition, quiet, clockNs, () -> rows,
                this::decide);
        meters = new DetectMeters(registry, context.taskId().toString(), config.detect().meteredSources(),
                order::size);
        order.restore();
        punctuator = context.schedule(PUNCTUATE_EVERY, PunctuationType.WALL_CLOCK_TIME, _ -> {
            order.decideReady();
            order.reclaim();
        });
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        order.add(RawRecords.of(record, context.recordMetadata().orElseThrow()));
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
        if (keptQuiet(held)) {
            return;
        }
        long timestampMs = held.slot().raw().timestampMs();
        for (Pair pair : joined.pairs()) {
            alert(pair.laterId().getBytes(StandardCharsets.UTF_8), Alerts.of(pair, config.detect()), timestampMs);
        }
        if (!joined.late()) {
            unique(held, timestampMs);
        }
        meters.joined(joined);
    }

    /** Whether another application has written about it; counted here, and by no other meter of verdicts. */
    private boolean keptQuiet(Held held) {
        boolean is = quiet.test(held.slot().raw());
        if (is) {
            meters.quiet().increment();
        }
        return is;
    }

    private void unique(Held held, long timestampMs) {
        byte[] event = codec.encode(held.embedding().event(), held.embedding().sourceValue());
        context.forward(new Record<>(held.slot().raw().key(), event, timestampMs), nodes.uniqueNode());
    }

    private void forward(Held held, Verdict verdict) {
        if (keptQuiet(held)) {
            return;
        }
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
        if (!keptQuiet(held)) {
            context.forward(new Record<>(held.slot().raw().key(), null, held.slot().raw().timestampMs()),
                    nodes.uniqueNode());
        }
        release(held);
    }

    private void release(Held held) {
        order.release(held);
        meters.latency().record(clockNs.getAsLong() - held.arrivedNs(), TimeUnit.NANOSECONDS);
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
