package dev.semblance.detect;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.record.Alert;
import dev.semblance.record.Embedding;
import dev.semblance.slots.Inflow;
import dev.semblance.window.OwnWindow;
import dev.semblance.window.VectorWindow;
import dev.semblance.window.VectorWindows;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Runs one of several shards of the window: turns and mail in; alerts, unique events and mail out. Each record is finished
 * before the next is taken, so that state, output and offsets of a commit agree.
 *
 * <p>Thread: the stream thread. One per task; the task's partition is the shard's number.
 */
final class ShardProcessor implements Processor<byte[], byte[], byte[], byte[]>, Shard.Output {

    private final Config config;
    private final ShardNodes nodes;
    private final RecordCodec codec;
    private final LongSupplier clockNs;
    private final MeterRegistry registry;
    private ProcessorContext<byte[], byte[]> context;
    private Shard shard;
    /** Of open events; null in mode PAIRS, and while closed. */
    private OwnWindow candidates;
    private ShardMeters shardMeters;
    private DetectMeters meters;
    private Inflow inflow;
    /** The partition of turns, while it is held; else null. */
    private TopicPartition held;

    /** @param clockNs never runs backwards, as {@link System#nanoTime} */
    ShardProcessor(Config config, ShardNodes nodes, RecordCodec codec, LongSupplier clockNs, MeterRegistry registry) {
        this.config = config;
        this.nodes = nodes;
        this.codec = codec;
        this.clockNs = clockNs;
        this.registry = registry;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        // Kafka Streams initialises the same processor again when it revives a task: nothing may be left of before.
        inflow = Inflow.of(context);
        held = null;
        closeCandidates();
        Config.Detect rules = config.detect();
        int number = context.taskId().partition();
        VectorWindow window = VectorWindows.of(context.getStateStore(nodes.windowStore()));
        Numbers numbers = new StoredNumbers(context.getStateStore(nodes.clusterStore()));
        OpenStore open = new SlottedStore(context.getStateStore(nodes.openStore()));
        if (rules.mode() == Config.DetectMode.PAIRS) {
            shard = new ShardPairs(rules, number, window, numbers, open, codec, clockNs, this);
        } else {
            // Its searches go along with those of the window: they are not metered apart.
            candidates = VectorWindows.inMemory(rules, new SimpleMeterRegistry());
            shard = new ShardDeduplicator(rules, number, window, candidates,
                    numbers, open, codec, clockNs, this);
        }
        meters = new DetectMeters(registry, rules.meteredSources());
        shardMeters = new ShardMeters(registry, context.taskId().toString());
        shardMeters.update(shard);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata metadata = context.recordMetadata().orElseThrow();
        if (record.value() == null) {
            throw new IllegalStateException("record " + metadata.topic() + "-" + metadata.partition() + "@"
                    + metadata.offset() + " has no value: something other than this program writes there");
        }
        if (metadata.topic().equals(nodes.controlTopic())) {
            shard.receive(ShardMail.decode(record.value()));
        } else {
            shard.take(TurnBatch.decode(record.value()));
        }
        shard.finish();
        shardMeters.update(shard);
        if (held == null && shard.isCrowded(Shard.Limits.USUAL) && !metadata.topic().equals(nodes.controlTopic())) {
            held = new TopicPartition(metadata.topic(), metadata.partition());
            inflow.hold(held);
        } else if (held != null && shard.hasRoom(Shard.Limits.USUAL)) {
            inflow.resume(held);
            held = null;
        }
    }

    @Override
    public void unique(Turn turn, Embedding event) {
        if (turn.quiet()) {
            return;
        }
        byte[] value = codec.encode(event.event(), event.sourceValue());
        context.forward(new Record<>(turn.key(), value, turn.timestampMs()), nodes.uniqueNode());
    }

    @Override
    public void purged(Turn turn) {
        if (turn.quiet()) {
            meters.quiet().increment();
            return;
        }
        context.forward(new Record<>(turn.key(), null, turn.timestampMs()), nodes.uniqueNode());
    }

    @Override
    public void repeated(ShardMessage.Join join, long clusterSize) {
        if (join.quiet()) {
            return;
        }
        byte[] key = join.repeat().eventId().getBytes(StandardCharsets.UTF_8);
        alert(key, Alerts.of(join.repeat(), clusterSize, config.detect()), join.timestampMs());
        Alert burst = Alerts.burst(join.repeat(), clusterSize, config.detect());
        if (burst != null) {
            alert(key, burst, join.timestampMs());
        }
    }

    @Override
    public void paired(Turn turn, Embedding event, Found partner) {
        if (turn.quiet()) {
            return;
        }
        Alert alert = Alerts.of(event, partner, config.detect());
        alert(alert.eventId().getBytes(StandardCharsets.UTF_8), alert, turn.timestampMs());
    }

    private void alert(byte[] key, Alert alert, long timestampMs) {
        context.forward(new Record<>(key, codec.encode(alert), timestampMs), nodes.alertsNode());
        meters.alerted(alert.kind());
    }

    @Override
    public void decided(Turn turn, Embedding event, Found best, boolean suppressed, long arrivedNs) {
        if (turn.quiet()) {
            meters.quiet().increment();
        } else {
            meters.decided(event, best == null ? null : best.kind(), suppressed);
        }
        meters.latency().record(clockNs.getAsLong() - arrivedNs, TimeUnit.NANOSECONDS);
    }

    @Override
    public void send(int to, ShardMail mail) {
        byte[] key = ByteBuffer.allocate(Integer.BYTES).putInt(to).array();
        for (byte[] value : mail.encode()) {
            context.forward(new Record<>(key, value, context.currentSystemTimeMs()), nodes.controlNode());
        }
    }

    /** The shard that a record of the control topic is for, from its key. */
    static int recipient(byte[] key) {
        return ByteBuffer.wrap(key).getInt();
    }

    /** What is open stays in the store: a successor goes on with it. */
    @Override
    public void close() {
        closeCandidates();
        if (meters != null) {
            if (held != null) {
                inflow.resume(held);
            }
            meters.close();
            shardMeters.close();
        }
    }

    private void closeCandidates() {
        if (candidates != null) {
            candidates.close();
            candidates = null;
        }
    }
}
