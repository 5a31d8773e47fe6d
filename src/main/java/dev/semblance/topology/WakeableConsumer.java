package dev.semblance.topology;

import dev.semblance.slots.Inflow;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The consumer of a stream thread, whose poll others can end, and partitions of which can be held back.
 *
 * <p>Kafka's own {@link #wakeup} makes whatever blocks next throw, a commit too, and Kafka Streams would die of that. So
 * it is only called while {@link #poll} waits, never while rebalance callbacks run inside of it, and a wake-up that came
 * too late to end the poll is taken back before anybody else can meet it.
 *
 * <p>Thread: the stream thread; {@link #wake} is safe.
 */
final class WakeableConsumer extends KafkaConsumer<byte[], byte[]> implements Inflow {

    /**
     * How long only records end a poll. A punctuator that ran less than a millisecond ago would be passed over, and the
     * loop around the poll costs more than the poll: so it gathers what comes within that time.
     */
    private static final Duration GATHER = Duration.ofMillis(1);

    private final Set<TopicPartition> held = new HashSet<>();
    /** Guards the three below it. */
    private final Object lock = new Object();
    private boolean waiting;
    /** Whether the client has been told to throw, and has not done so. */
    private boolean signalled;
    /** Whether a wake-up came while nobody waited. */
    private boolean due;

    private final Consumer<Inflow> polling;
    private Thread thread;

    /** @param polling told once, on the stream thread, by whom it is fed */
    WakeableConsumer(Map<String, Object> settings, Consumer<Inflow> polling) {
        super(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.polling = polling;
    }

    @Override
    public void wake() {
        synchronized (lock) {
            if (!waiting) {
                due = true;
            } else if (!signalled) {
                signalled = true;
                wakeup();
            }
        }
    }

    /** Returns early, with nothing, where woken. */
    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        if (thread != Thread.currentThread()) {
            thread = Thread.currentThread();
            polling.accept(this);
        }
        if (timeout.compareTo(GATHER) <= 0) {
            return super.poll(timeout);
        }
        ConsumerRecords<byte[], byte[]> records = super.poll(GATHER);
        return records.isEmpty() && beginWaiting() ? pollUntilWoken(timeout.minus(GATHER)) : records;
    }

    /** @return false where a wake-up is due already */
    private boolean beginWaiting() {
        synchronized (lock) {
            waiting = !due;
            due = false;
            return waiting;
        }
    }

    private ConsumerRecords<byte[], byte[]> pollUntilWoken(Duration timeout) {
        try {
            return super.poll(timeout);
        } catch (WakeupException e) {
            synchronized (lock) {
                signalled = false;
            }
            return ConsumerRecords.empty();
        } finally {
            endWaiting();
        }
    }

    private void endWaiting() {
        boolean late;
        synchronized (lock) {
            waiting = false;
            late = signalled;
            signalled = false;
            due |= late;
        }
        if (late) {
            takeBack();
        }
    }

    /** A poll looks for the signal before it does anything else, and throws it: nothing is fetched here. */
    private void takeBack() {
        try {
            if (!super.poll(Duration.ZERO).isEmpty()) {
                throw new IllegalStateException("the consumer of Kafka fetched records where it was to throw a wake-up;"
                        + " this version of kafka-clients is not one that Semblance knows");
            }
        } catch (WakeupException e) {
            // As it was to be.
        }
    }

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
        super.subscribe(topics, undisturbed(listener));
    }

    @Override
    public void subscribe(Pattern pattern, ConsumerRebalanceListener listener) {
        super.subscribe(pattern, undisturbed(listener));
    }

    /** Callbacks commit and look up offsets: no wake-up may hit those. */
    private ConsumerRebalanceListener undisturbed(ConsumerRebalanceListener listener) {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                undisturbed(() -> listener.onPartitionsRevoked(partitions));
                held.removeAll(partitions);
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                undisturbed(() -> listener.onPartitionsAssigned(partitions));
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                undisturbed(() -> listener.onPartitionsLost(partitions));
                held.removeAll(partitions);
            }
        };
    }

    private void undisturbed(Runnable callback) {
        boolean inPoll;
        synchronized (lock) {
            inPoll = waiting;
        }
        endWaiting();
        try {
            callback.run();
        } finally {
            synchronized (lock) {
                waiting = inPoll;
                if (inPoll && due) {
                    due = false;
                    signalled = true;
                    wakeup();
                }
            }
        }
    }

    @Override
    public void hold(TopicPartition partition) {
        if (held.add(partition) && assignment().contains(partition)) {
            pause(Set.of(partition));
        }
    }

    @Override
    public void resume(TopicPartition partition) {
        // Kafka Streams may want it paused for reasons of its own; it pauses it again once its buffer is full.
        if (held.remove(partition) && assignment().contains(partition)) {
            super.resume(Set.of(partition));
        }
    }

    /** Kafka Streams resumes a partition whenever it has emptied its own buffer of it. */
    @Override
    public void resume(Collection<TopicPartition> partitions) {
        Set<TopicPartition> free = new HashSet<>(partitions);
        free.removeAll(held);
        super.resume(free);
    }
}
