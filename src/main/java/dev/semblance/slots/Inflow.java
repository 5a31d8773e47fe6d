package dev.semblance.slots;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.api.ProcessingContext;

/**
 * What a task may ask of the consumer that feeds its stream thread. Kafka Streams has no such lever of its own: its loop
 * waits in {@code poll} for up to {@code poll.ms}, and a task takes what comes from any of its partitions.
 *
 * <p>Thread: {@link #wake} may be called by any thread; the rest by the stream thread only.
 */
public interface Inflow {

    /** The entry of the application's settings under which the stream threads' inflows are found. */
    String SETTING = "semblance.inflow";

    /** Asks nothing: without a consumer of ours (in the topology test driver) the loop goes its own way. */
    Inflow NONE = new Inflow() {
        @Override
        public void wake() {}

        @Override
        public void hold(TopicPartition partition) {}

        @Override
        public void resume(TopicPartition partition) {}
    };

    /** Ends a poll that waits, or the next one, so that wall-clock punctuators run now. */
    void wake();

    /** Fetches no more of that partition until it is resumed; what has been fetched, a few hundred records, still comes. */
    void hold(TopicPartition partition);

    /** Ends {@link #hold}. */
    void resume(TopicPartition partition);

    /** The inflow of the calling stream thread. To be asked for in {@code init()}. */
    static Inflow of(ProcessingContext context) {
        return context.appConfigs().get(SETTING) instanceof Threads threads ? threads.current() : NONE;
    }

    /** Finds the inflow of the calling stream thread. */
    @FunctionalInterface
    interface Threads {
        Inflow current();
    }
}
