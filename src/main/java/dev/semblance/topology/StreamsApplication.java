package dev.semblance.topology;

import dev.semblance.slots.Inflow;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running Kafka Streams application. A failure that is no dead letter stops the client, is remembered, and ends
 * {@link #awaitEnd}: nothing is committed past it.
 *
 * <p>Thread-safe.
 */
public final class StreamsApplication implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamsApplication.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final String name;
    private final KafkaStreams streams;
    private final RestoreProgress restore = new RestoreProgress();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** @param name {@code embed} or {@code detect} */
    public StreamsApplication(String name, Topology topology, Properties settings) {
        this.name = name;
        this.streams = open(topology, settings);
        streams.setGlobalStateRestoreListener(restore);
        streams.setStateListener(this::onState);
        streams.setUncaughtExceptionHandler(this::onFailure);
    }

    private static KafkaStreams open(Topology topology, Properties settings) {
        Properties all = new Properties();
        all.putAll(settings);
        StreamThreadClients clients = new StreamThreadClients();
        all.put(Inflow.SETTING, clients);
        return new KafkaStreams(topology, all, clients);
    }

    public void start() {
        streams.start();
    }

    private void onState(State now, State before) {
        LOG.info("{}: {} (was {})", name, now, before);
        if (now == State.RUNNING) {
            running.countDown();
        }
        if (now == State.ERROR || now == State.NOT_RUNNING) {
            ended.countDown();
            running.countDown();
        }
    }

    private StreamThreadExceptionResponse onFailure(Throwable cause) {
        if (failure.compareAndSet(null, cause)) {
            LOG.error("{} stops: {}", name, rootMessage(cause), cause);
        }
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /**
     * @return whether the application has come to run, although it may be rebalancing again by now; false where it ended
     *         or the time ran out
     */
    public boolean awaitRunning(Duration timeout) throws InterruptedException {
        return running.await(timeout.toMillis(), TimeUnit.MILLISECONDS) && ended.getCount() > 0;
    }

    /** @return whether it ended within the time */
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What stopped the application; null while nothing has. */
    public Throwable failure() {
        return failure.get();
    }

    public String name() {
        return name;
    }

    public String state() {
        return streams.state().name();
    }

    public RestoreProgress restore() {
        return restore;
    }

    /** For binders of Kafka's own meters. */
    public KafkaStreams streams() {
        return streams;
    }

    /** Finishes what is being forwarded, commits, and leaves the group, so that others take over at once. */
    @Override
    public void close() {
        boolean closed = streams.close(CloseOptions.groupMembershipOperation(
                CloseOptions.GroupMembershipOperation.LEAVE_GROUP).withTimeout(CLOSE_TIMEOUT));
        if (!closed) {
            LOG.warn("{} did not stop within {} s", name, CLOSE_TIMEOUT.toSeconds());
        }
    }

    /** The message of the innermost cause: Kafka Streams wraps what users need to read. */
    public static String rootMessage(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
