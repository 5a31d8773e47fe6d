package dev.semblance.embed;

import dev.semblance.record.DeadLetter;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection;
import dev.semblance.slots.InFlightSlots;
import dev.semblance.slots.Inflow;
import dev.semblance.slots.RawRecords;
import dev.semblance.slots.Slot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Starts the work of each record, holds it in a slot while it is in flight and forwards the outputs in the order of
 * the records. A full set of slots blocks the stream thread: that is the back-pressure that keeps lag in Kafka.
 *
 * <p>Failure of the device escapes from here as an exception: the client stops and nothing past the failed record is
 * committed.
 *
 * <p>Thread: the stream thread. One per task.
 */
final class InFlightProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    /** One record in flight. The slot is null where nothing had to be waited for. */
    private record Pending(RawRecord raw, Slot slot, List<PendingOutput> outputs, long arrivedNs) {

        /** What holds this record up; null where nothing does. */
        PendingOutput firstOpen() {
            for (PendingOutput output : outputs) {
                if (!output.isDone()) {
                    return output;
                }
            }
            return null;
        }
    }

    private final InFlightStage stage;
    private final ArrayDeque<Pending> fifo = new ArrayDeque<>();
    private ProcessorContext<byte[], byte[]> context;
    private InFlightSlots slots;
    private StageMeters meters;
    private Cancellable punctuator;
    private Inflow inflow = Inflow.NONE;
    /** What holds the head up, and will wake this thread. */
    private PendingOutput awaited;

    InFlightProcessor(InFlightStage stage) {
        this.stage = stage;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        // Kafka Streams initialises the same processor again when it revives a task.
        fifo.clear();
        awaited = null;
        inflow = Inflow.of(context);
        slots = new InFlightSlots(context.getStateStore(stage.storeName()), stage.exactlyOnce(), stage.maxInFlight());
        meters = new StageMeters(stage.registry(), stage.input(), stage.storeName() + "-" + context.taskId(),
                fifo::size);
        for (Slot slot : slots.restore()) {
            fifo.add(new Pending(slot.raw(), slot, stage.work().start(slot.raw()), System.nanoTime()));
        }
        punctuator = context.schedule(stage.punctuateEvery(), PunctuationType.WALL_CLOCK_TIME, _ -> {
            drain();
            slots.reclaim();
        });
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RawRecord raw = RawRecords.of(record, context.recordMetadata().orElseThrow());
        drain();
        Optional<Rejection> tooLarge = DeadLetter.tooLarge(raw);
        if (tooLarge.isPresent()) {
            reject(raw, tooLarge.get());
            return;
        }
        while (slots.isFull()) {
            awaitHead();
            drain();
        }
        if (slots.isReplayOfRestored(raw.source())) {
            return;
        }
        long arrivedNs = System.nanoTime();
        // The slot comes first: starting the work may block, and must not begin for a record that cannot be held.
        Slot slot = slots.admit(raw);
        fifo.add(new Pending(raw, slot, stage.work().start(raw), arrivedNs));
        drain();
    }

    private void awaitHead() {
        Pending head = fifo.peek();
        if (head != null) {
            head.outputs().forEach(o -> o.await(stage.timeout()));
        }
    }

    private void drain() {
        PendingOutput open = null;
        Pending head;
        // One look a record: one that is done a moment later has to be awaited.
        while ((head = fifo.peek()) != null && (open = head.firstOpen()) == null) {
            forward(head);
            fifo.remove();
            slots.release(head.slot());
            meters.latency().record(System.nanoTime() - head.arrivedNs(), TimeUnit.NANOSECONDS);
        }
        if (open != null && open != awaited) {
            open.onDone(inflow::wake);
        }
        awaited = open;
    }

    private void forward(Pending pending) {
        boolean bytesAreOut = false;
        for (PendingOutput pendingOutput : pending.outputs()) {
            switch (pendingOutput.get()) {
                case Output.Forward f -> {
                    context.forward(new Record<>(f.key(), f.value(), pending.raw().timestampMs()), stage.outputNode());
                    meters.forwarded(f);
                }
                case Output.Reject r -> {
                    // A thousand refused items of one array must not become a thousand copies of the whole array.
                    reject(bytesAreOut ? pending.raw().withValue(new byte[0]) : pending.raw(), r.rejection());
                    bytesAreOut = true;
                }
            }
        }
    }

    private void reject(RawRecord raw, Rejection rejection) {
        context.forward(RawRecords.toKafka(new DeadLetter(raw, "embed", rejection)), stage.deadLetterNode());
        meters.rejected(rejection);
    }

    /** What is still in flight stays in its slots: a successor resubmits it. */
    @Override
    public void close() {
        fifo.clear();
        if (meters != null) {
            punctuator.cancel();
            meters.close();
        }
    }

    /** How soon after one look the next may follow: as often as Kafka Streams allows. */
    static final Duration DEFAULT_PUNCTUATION = Duration.ofMillis(1);
}
