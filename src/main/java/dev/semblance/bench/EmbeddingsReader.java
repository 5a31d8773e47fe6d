package dev.semblance.bench;

import dev.semblance.config.Config;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Sees embeddings when any downstream consumer would (read committed), and dead letters, so that nothing is waited for
 * in vain.
 *
 * <p>Thread: one of its own; {@link #expect} and the rounds' results belong to the one that measures.
 */
final class EmbeddingsReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(20);
    private static final long END_WAIT_MS = 5_000;

    private final Consumer<byte[], byte[]> consumer;
    private final String embeddings;
    private final Thread thread;
    private volatile Round round;
    private volatile RuntimeException failure;
    private volatile boolean closed;

    /** Texts on their way. Keys are {@code name-index}. */
    static final class Round {

        private final String prefix;
        /** By index; written before the text is sent, which is before it is read. */
        private final long[] intendedNs;
        private final CountDownLatch done = new CountDownLatch(1);
        private final Histogram micros = new Histogram(3);
        private final Sustained sustained;
        /** Of the reader's thread: a text is counted once, though at least once it may be there twice. */
        private final BitSet seen = new BitSet();
        private volatile String rejected;

        Round(String name, int count) {
            this.prefix = name + "-";
            this.intendedNs = new long[count];
            this.sustained = new Sustained(count);
        }

        byte[] key(int index) {
            return (prefix + index).getBytes(StandardCharsets.UTF_8);
        }

        void intended(int index, long atNs) {
            intendedNs[index] = atNs;
        }

        /** @param embeddings topic of the embeddings; what comes from another is a dead letter */
        void observe(Iterable<ConsumerRecord<byte[], byte[]>> records, String embeddings, long nowNs) {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
                if (!key.startsWith(prefix)) {
                    continue;
                }
                int index = Integer.parseInt(key.substring(prefix.length()));
                if (!record.topic().equals(embeddings)) {
                    rejected = key;
                    done.countDown();
                } else if (!seen.get(index)) {
                    seen.set(index);
                    micros.recordValue(Math.max(0, nowNs - intendedNs[index]) / 1_000);
                    sustained.seen(nowNs);
                }
            }
            if (sustained.complete()) {
                done.countDown();
            }
        }

        /** @return whether all have been seen. @throws BenchException where one has become a dead letter */
        boolean await(long ms) throws InterruptedException {
            boolean all = done.await(ms, TimeUnit.MILLISECONDS);
            if (rejected != null) {
                throw new BenchException("the text " + rejected + " has become a dead letter, so the round is worth"
                        + " nothing; take texts that the program accepts");
            }
            return all;
        }

        /** Without the start. @throws BenchException where there were too few texts */
        double sustainedPerSecond() {
            return sustained.perSecond();
        }

        /** From the intended time of sending to the sight of the embedding. */
        Histogram micros() {
            return micros;
        }
    }

    /** @param consumer closed here, also where this fails */
    EmbeddingsReader(Consumer<byte[], byte[]> consumer, Config.Topics topics) {
        this.consumer = consumer;
        this.embeddings = topics.embeddings();
        try {
            seekToEnd(topics);
        } catch (RuntimeException | Error e) {
            consumer.close();
            throw e;
        }
        this.thread = Thread.ofPlatform().daemon().name("bench-reader").start(this::read);
    }

    private void seekToEnd(Config.Topics topics) {
        List<TopicPartition> partitions = List.of(topics.embeddings(), topics.deadLetters()).stream()
                .flatMap(t -> consumer.partitionsFor(t).stream())
                .map(i -> new TopicPartition(i.topic(), i.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        // seekToEnd is lazy: settle the positions before the first text is sent.
        partitions.forEach(consumer::position);
    }

    private void read() {
        try (consumer) {
            while (!closed) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                Round current = round;
                if (current != null && !records.isEmpty()) {
                    current.observe(records, embeddings, System.nanoTime());
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /** To be called before the first text of the round is sent. */
    void expect(Round next) {
        round = next;
    }

    /**
     * @return whether all of the round have been seen within the time
     * @throws BenchException where one has become a dead letter, or nothing can be read
     */
    boolean await(Round awaited, long ms) throws InterruptedException {
        boolean all = awaited.await(ms);
        if (!all && failure != null) {
            throw new BenchException("the embeddings cannot be read: " + failure.getMessage(), failure);
        }
        return all;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(END_WAIT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
