package dev.semblance.bench;

import dev.semblance.config.Config;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** What only the composition root can make, and lends to the benchmark. Thread: the one that measures. */
public interface PipelineParts {

    /** Both applications, running. Closing stops them in order. */
    interface RunningJob extends AutoCloseable {

        /** What stopped an application; null while nothing has. */
        Throwable failure();

        @Override
        void close();
    }

    OpenEngine engine(Config config);

    void createTopics(Config config);

    /** Returns once both applications run. */
    RunningJob start(Config config) throws InterruptedException;

    /** Of texts. @param lingerMs how long a record may wait for others */
    Producer<byte[], byte[]> producer(Config config, int lingerMs);

    /** Reads what is committed. */
    Consumer<byte[], byte[]> consumer(Config config);
}
