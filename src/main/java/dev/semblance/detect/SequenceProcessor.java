package dev.semblance.detect;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.detect.ProbeOrder.Held;
import dev.semblance.record.RawRecord;
import dev.semblance.slots.InFlightSlots;
import dev.semblance.slots.RawRecords;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Makes the one order that all shards of the window follow, and sends it on in batches. What is late ends here.
 *
 * <p>Thread: the stream thread. There is one task of it.
 */
final class SequenceProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private static final Duration PUNCTUATE_EVERY = Duration.ofMillis(2);

    private static final String RUN = "run";
    private static final String LAST = "last";
    private static final String STREAM_TIME = "stream-time";

    private final Config config;
    private final SequenceNodes nodes;
    private final RecordCodec codec;
    private final ToIntFunction<RawRecord> sourcePartition;
    private final Predicate<RawRecord> quiet;
    private final LongSupplier clockNs;
    private final MeterRegistry registry;
    private ProcessorContext<byte[], byte[]> context;
    private ProbeOrder order;
    private Sequencer sequencer;
    private KeyValueStore<String, Long> position;
    private DetectMeters meters;
    private Cancellable punctuator;

    /** @param clockNs never runs backwards, as {@link System#nanoTime} */
    SequenceProcessor(Config config, SequenceNodes nodes, RecordCodec codec, ToIntFunction<RawRecord> sourcePartition,
            Predicate<RawRecord> quiet, LongSupplier clockNs, MeterRegistry registry) {
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
        position = context.getStateStore(nodes.sequenceStore());
        sequencer = new Sequencer(MatchRules.lateMs(config.detect()), config.detect().scanMaxRows(), restored());
        InFlightSlots slots = new InFlightSlots(context.getStateStore(nodes.slotStore()),
                config.kafka().exactlyOnce(), ProbeOrder.slotCapacity(config.detect()));
        order = new ProbeOrder(config.detect(), slots, codec, sourcePartition, quiet, clockNs,
                config.detect()::scanMaxRows, this::decide);
        meters = new DetectMeters(registry, context.taskId().toString(), 0, order::size);
        order.restore();
        punctuator = context.schedule(PUNCTUATE_EVERY, PunctuationType.WALL_CLOCK_TIME, _ -> {
            order.decideReady();
            order.reclaim();
        });
    }

    private Sequencer.Position restored() {
        Long run = position.get(RUN);
        // The first of all: a later making of the order has a later time.
        return run == null
                ? new Sequencer.Position(Math.max(1, context.currentSystemTimeMs()), 0, Long.MIN_VALUE)
                : new Sequencer.Position(run, position.get(LAST), position.get(STREAM_TIME));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        order.add(RawRecords.of(record, context.recordMetadata().orElseThrow()));
    }

    private void decide(List<Held> ready) {
        for (Held held : ready) {
            RawRecord raw = held.slot().raw();
            boolean isQuiet = quiet.test(raw);
            if (held.embedding() == null) {
                makeRoom(raw.sizeBytes());
                sequencer.delete(raw.timestampMs(), isQuiet, raw.key());
            } else if (sequencer.isLate(held.embedding().event().eventTimeMs())) {
                if (isQuiet) {
                    meters.quiet().increment();
                } else {
                    meters.late();
                }
            } else {
                makeRoom(raw.sizeBytes());
                sequencer.event(held.embedding().event().eventTimeMs(), raw.timestampMs(), isQuiet, raw.key(),
                        raw.value());
            }
            order.release(held);
        }
        send();
        Sequencer.Position at = sequencer.position();
        position.put(RUN, at.run());
        position.put(LAST, at.last());
        position.put(STREAM_TIME, at.streamTimeMs());
    }

    private void makeRoom(long bytes) {
        if (!sequencer.hasRoom(bytes)) {
            send();
        }
    }

    private void send() {
        TurnBatch batch = sequencer.take();
        if (!batch.turns().isEmpty()) {
            Turn last = batch.turns().getLast();
            byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(last.sequence()).array();
            context.forward(new Record<>(key, batch.encode(), last.timestampMs()));
        }
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
