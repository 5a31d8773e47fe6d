package dev.semblance.window;

import static dev.semblance.window.Windows.entry;
import static dev.semblance.window.Windows.model;
import static dev.semblance.window.Windows.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.record.ModelIdentity;
import dev.semblance.vector.FixedPoint;
import dev.semblance.window.NearestQuery.Neighbour;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.junit.jupiter.api.Test;

/**
 * Queries through all layers of the store while another thread inserts, replaces and deletes. What an entry looks like
 * follows from its number and how often it was written, so that every answer can be checked: right to the bit, and as
 * the window was at some moment between the start and the end of the query.
 */
class LiveQueryTest {

    private static final int IDS = 150;
    private static final int WRITES = 12_000;
    private static final ModelIdentity MODEL = model("r1", 13);

    /** Number of the last write of each id that has begun, and that has ended. Each fourth is a delete. */
    private final AtomicIntegerArray begun = new AtomicIntegerArray(IDS);
    private final AtomicIntegerArray ended = new AtomicIntegerArray(IDS);
    private final AtomicReference<VectorWindow> window = new AtomicReference<>();
    private final AtomicReference<StateStore> store = new AtomicReference<>();
    private final AtomicBoolean over = new AtomicBoolean();

    private static boolean isLive(int write) {
        return write % 4 != 0;
    }

    private static float[] vectorOf(int id, int write) {
        return vector(new Random(id * 100_000L + write), MODEL.dimension());
    }

    private void write(int id) {
        int n = begun.incrementAndGet(id);
        if (isLive(n)) {
            WindowEntry e = entry("e" + id, n, MODEL, vectorOf(id, n), id);
            window.get().insert(new WindowEntry(e.id(), n, n, MODEL, e.vector(), e.textHash(), n, "write " + n));
        } else {
            window.get().remove("e" + id);
        }
        ended.set(id, n);
    }

    /** Asks until the writer is done. @return number of answers, and of entries in them */
    private long[] ask(long seed) {
        Random random = new Random(seed);
        long[] counts = new long[2];
        while (!over.get()) {
            float[] query = vector(random, MODEL.dimension());
            int[] before = copy(ended);
            QueryResult<List<Neighbour>> result = store.get().query(new NearestQuery(query, MODEL, 1_000, -1),
                    PositionBound.unbounded(), new QueryConfig(false));
            int[] after = copy(begun);
            assertThat(result.isSuccess()).isTrue();
            boolean[] seen = new boolean[IDS];
            float last = 2;
            for (Neighbour n : result.getResult()) {
                int id = Integer.parseInt(n.original().id().substring(1));
                int write = (int) n.original().eventTimeMs();
                assertThat(isLive(write)).isTrue();
                assertThat(write).as("e%d, seed %d", id, seed).isBetween(before[id], after[id]);
                assertThat(n.original().text()).isEqualTo("write " + write);
                assertThat(n.original().figuresHash()).isEqualTo(write);
                assertThat(n.cosine()).as("e%d, write %d", id, write)
                        .isEqualTo(FixedPoint.cosine(query, vectorOf(id, write))).isLessThanOrEqualTo(last);
                assertThat(seen[id]).as("e%d twice", id).isFalse();
                seen[id] = true;
                last = n.cosine();
            }
            for (int id = 0; id < IDS; id++) {
                if (before[id] == after[id]) {
                    assertThat(seen[id]).as("e%d, which nobody has touched since", id).isEqualTo(isLive(before[id]));
                }
            }
            counts[0]++;
            counts[1] += result.getResult().size();
        }
        return counts;
    }

    private static int[] copy(AtomicIntegerArray array) {
        int[] copy = new int[IDS];
        for (int i = 0; i < IDS; i++) {
            copy[i] = array.get(i);
        }
        return copy;
    }

    @Test
    void answersAreThoseOfAMomentWhileTheStoreIsWritten() throws Exception {
        Random random = new Random(1);
        try (TopologyTestDriver driver = new TopologyTestDriver(topology(random), properties());
                ExecutorService readers = Executors.newFixedThreadPool(3)) {
            TestInputTopic<String, String> in = driver.createInputTopic("in", new StringSerializer(),
                    new StringSerializer());
            in.pipeInput("k", "v");
            List<Future<long[]>> asking = new ArrayList<>();
            for (long seed = 10; seed < 13; seed++) {
                long own = seed;
                asking.add(readers.submit((Callable<long[]>) () -> ask(own)));
            }
            try {
                for (int i = 0; i < WRITES / 20; i++) {
                    in.pipeInput("k", "v");
                }
            } finally {
                over.set(true);
            }
            for (Future<long[]> reader : asking) {
                long[] counts = reader.get();
                assertThat(counts[0]).as("answers amid the writes").isGreaterThan(20);
                assertThat(counts[1] / counts[0]).as("entries an answer").isBetween(60L, (long) IDS);
            }
        }
    }

    private static Properties properties() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "app");
        return properties;
    }

    /** The writer: each record makes it write 20 times. */
    private Topology topology(Random random) {
        Topology topology = new Topology();
        topology.addSource("in", new StringDeserializer(), new StringDeserializer(), "in");
        topology.addProcessor("write", () -> new ContextualProcessor<String, String, Void, Void>() {
            @Override
            public void init(ProcessorContext<Void, Void> context) {
                super.init(context);
                store.set(context.getStateStore("originals"));
                window.set(VectorWindows.of(store.get()));
            }

            @Override
            public void process(Record<String, String> record) {
                for (int i = 0; i < 20; i++) {
                    write(random.nextInt(IDS));
                }
            }
        }, "in");
        topology.addStateStore(VectorWindows.storeBuilder("originals", Windows.config(Long.MAX_VALUE),
                new SimpleMeterRegistry()), "write");
        return topology;
    }
}
