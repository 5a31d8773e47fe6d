package dev.semblance.window;

import static dev.semblance.window.Windows.entry;
import static dev.semblance.window.Windows.model;
import static dev.semblance.window.Windows.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.metrics.SemblanceMeter;
import dev.semblance.record.ModelIdentity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.BatchingStateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

class VectorStoreTest {

    private static final String STORE = "originals";
    private static final ModelIdentity MODEL = model("r1", 5);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    /** One task with a window store; each record runs the next of the steps on the stream thread. */
    private final class Task implements AutoCloseable {
        final AtomicReference<VectorWindow> window = new AtomicReference<>();
        final AtomicReference<StateStore> store = new AtomicReference<>();
        private Runnable next = () -> {};
        final TopologyTestDriver driver;

        Task() {
            Topology topology = new Topology();
            topology.addSource("in", new StringDeserializer(), new StringDeserializer(), "in");
            topology.addProcessor("detect", () -> new ContextualProcessor<String, String, Void, Void>() {
                @Override
                public void init(ProcessorContext<Void, Void> context) {
                    super.init(context);
                    store.set(context.getStateStore(STORE));
                    window.set(VectorWindows.of(store.get()));
                }

                @Override
                public void process(Record<String, String> step) {
                    next.run();
                }
            }, "in");
            topology.addStateStore(VectorWindows.storeBuilder(STORE, Windows.config(Long.MAX_VALUE), registry),
                    "detect");
            Properties properties = new Properties();
            properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "app");
            driver = new TopologyTestDriver(topology, properties);
        }

        void onStreamThread(Runnable step) {
            next = step;
            driver.createInputTopic("in", new StringSerializer(), new StringSerializer()).pipeInput("k", "v");
        }

        /** What went to the changelog since the last call. */
        List<KeyValue<byte[], byte[]>> changelog() {
            return driver.createOutputTopic("app-" + STORE + "-changelog", new ByteArrayDeserializer(),
                    new ByteArrayDeserializer()).readKeyValuesToList();
        }

        @Override
        public void close() {
            driver.close();
        }
    }

    @Test
    void behavesLikeTheNaiveWindowAndIsRestoredWhole() {
        for (long seed = 0; seed < 6; seed++) {
            try (Task task = new Task()) {
                WindowComparison[] life = new WindowComparison[1];
                WindowComparison comparison = new WindowComparison(seed, task.window.get());
                life[0] = comparison;
                for (int i = 0; i < 200; i++) {
                    task.onStreamThread(life[0]::step);
                }
                comparison.compareSearch(task.window.get());

                VectorStore restored = restore(task.changelog());
                VectorWindow after = new IndexWindow(restored.index, null, Long.MAX_VALUE, restored.meters);
                assertThat(after.size()).isEqualTo(comparison.naive().size());
                comparison.compareSearch(after);
                restored.close();
            }
        }
    }

    @Test
    void aRefreshedEntryIsRestoredWithTheSameBits() {
        Random random = new Random(3);
        try (Task task = new Task()) {
            float[] query = vector(random, 5);
            task.onStreamThread(() -> {
                for (int i = 0; i < 50; i++) {
                    task.window.get().insert(entry("e" + i, i, MODEL, vector(random, 5), i));
                    task.window.get().refresh("e" + i, i + 100);
                }
            });
            VectorStore restored = restore(task.changelog());
            for (int i = 0; i < 50; i++) {
                assertThat(restored.index.get("e" + i).lastSeenMs()).isEqualTo(i + 100);
                assertThat(restored.index.cosine("e" + i, query)).isEqualTo(task.window.get().cosine("e" + i, query));
            }
            restored.close();
        }
    }

    /** What programs before version 2 wrote: the vector as F32. */
    private static byte[] version1(WindowEntry e) {
        byte[] now = WindowEntryCodec.encode(e);
        int head = now.length - 1 - 2 * e.vector().length;
        java.nio.ByteBuffer old = java.nio.ByteBuffer.allocate(head + 4 * e.vector().length)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN);
        old.put(now, 0, head).put(0, (byte) 1);
        for (float x : e.vector()) {
            old.putFloat(x);
        }
        return old.array();
    }

    @Test
    void aChangelogOfVersion1IsRestoredToTheSameBits() {
        Random random = new Random(12);
        float[] query = vector(random, 5);
        List<KeyValue<byte[], byte[]>> log = new ArrayList<>();
        VectorIndex live = VectorWindows.index(Windows.config(Long.MAX_VALUE));
        for (int i = 0; i < 60; i++) {
            WindowEntry e = entry("e" + i, i, MODEL, vector(random, 5), i);
            live.insert(e);
            log.add(KeyValue.pair(e.id().getBytes(java.nio.charset.StandardCharsets.UTF_8), version1(e)));
        }
        VectorStore restored = restore(log);
        assertThat(restored.index.size()).isEqualTo(60);
        assertThat(restored.index.sizeBytes()).isEqualTo(live.sizeBytes());
        for (int i = 0; i < 60; i++) {
            assertThat(restored.index.get("e" + i)).isEqualTo(live.get("e" + i));
            assertThat(restored.index.cosine("e" + i, query)).isEqualTo(live.cosine("e" + i, query));
        }
        restored.close();
        live.clear();
    }

    @Test
    void expiryWritesTombstones() {
        try (Task task = new Task()) {
            task.onStreamThread(() -> {
                task.window.get().insert(entry("old", 1, MODEL, new float[]{1, 0, 0, 0, 0}, 1));
                task.window.get().insert(entry("new", 9, MODEL, new float[]{1, 0, 0, 0, 0}, 1));
            });
            task.changelog();
            List<String> expired = new ArrayList<>();
            task.onStreamThread(() -> task.window.get().expireBefore(5, expired::add));
            assertThat(expired).containsExactly("old");
            List<KeyValue<byte[], byte[]>> log = task.changelog();
            assertThat(log).hasSize(1);
            assertThat(log.getFirst().key).isEqualTo("old".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThat(log.getFirst().value).isNull();
        }
    }

    @Test
    void liveQueriesFindTheNearest() {
        try (Task task = new Task()) {
            task.onStreamThread(() -> {
                for (int i = 0; i < 100; i++) {
                    double angle = i * 0.01;
                    task.window.get().insert(entry(String.format("e%02d", i), 100 - i, MODEL,
                            new float[]{(float) Math.cos(angle), (float) Math.sin(angle), 0, 0, 0}, i));
                }
                // As near as e03, but later.
                task.window.get().insert(entry("twin", 500, MODEL,
                        new float[]{(float) Math.cos(0.03), (float) Math.sin(0.03), 0, 0, 0}, 3));
            });
            float[] query = {(float) Math.cos(0.032) * 7, (float) Math.sin(0.032) * 7, 0, 0, 0};
            assertThat(nearest(task, query, 4, -1f)).containsExactly("e03", "twin", "e04", "e02");
            assertThat(nearest(task, query, 1000, (float) Math.cos(0.015))).containsExactly("e03", "twin", "e04",
                    "e02");
            assertThat(nearest(task, query, 1, 0.99f)).containsExactly("e03");
            assertThat(task.store.get().query(new NearestQuery(new float[]{1}, model("other", 1), 3, 0),
                    PositionBound.unbounded(), new QueryConfig(false)).getResult()).isEmpty();
        }
        assertThatThrownBy(() -> new NearestQuery(new float[5], MODEL, 1, 0)).hasMessageContaining("norm 0.0");
        assertThatThrownBy(() -> new NearestQuery(new float[4], MODEL, 1, 0)).hasMessageContaining("4 components");
        assertThatThrownBy(() -> new NearestQuery(new float[5], MODEL, 0, 0)).hasMessageContaining("k=0")
                .hasMessageContaining("1000");
    }

    private static List<String> nearest(Task task, float[] query, int k, float minCosine) {
        QueryResult<List<NearestQuery.Neighbour>> result = task.store.get()
                .query(new NearestQuery(query, MODEL, k, minCosine), PositionBound.unbounded(), new QueryConfig(false));
        assertThat(result.isSuccess()).isTrue();
        assertThat(result.getPosition().getTopics()).containsExactly("in");
        return result.getResult().stream().map(n -> n.original().id()).toList();
    }

    @Test
    void liveQueriesSeeTheWindowBetweenTwoWrites() throws InterruptedException {
        VectorStore store = restore(List.of());
        VectorWindow window = new IndexWindow(store.index, new IndexWindow.Writes() {
            @Override
            public void put(WindowEntry entry) {
                store.index.insert(entry);
            }

            @Override
            public void delete(String id) {
                store.index.remove(id);
            }
        }, Long.MAX_VALUE, store.meters);
        Random random = new Random(8);
        // An entry that stays among many that come and go: its slot is moved all the time.
        float[] query = {1, 2, 3, 4, 5};
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            try {
                for (int i = 0; i < 2000; i++) {
                    List<NearestQuery.Neighbour> found = store.index
                            .nearest(new NearestQuery(query, MODEL, 1, 0.9999f));
                    assertThat(found).hasSize(1);
                    assertThat(found.getFirst().original().id()).isEqualTo("stays");
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        for (int i = 0; i < 40; i++) {
            window.insert(entry("before" + i, i, MODEL, vector(random, 5), i));
        }
        window.insert(entry("stays", 1000, MODEL, query, 1));
        reader.start();
        for (int i = 0; reader.isAlive(); i++) {
            window.insert(entry("e" + i, i, MODEL, new float[]{-1, random.nextFloat(), 0, 0, 0}, i));
            window.remove(i % 3 == 0 ? "before" + i / 3 : "e" + (i - 20));
        }
        reader.join();
        assertThat(failure.get()).isNull();
        store.close();
    }

    @Test
    void gaugesLiveAsLongAsTheStore() {
        try (Task task = new Task()) {
            task.onStreamThread(
                    () -> task.window.get().insert(entry("e", 1, MODEL, new float[]{1, 0, 0, 0, 0}, 1)));
            assertThat(registry.get(SemblanceMeter.WINDOW_LIVE.meterName()).tag("task", "0_0").gauge().value())
                    .isEqualTo(1);
            assertThat(registry.get(SemblanceMeter.WINDOW_BYTES.meterName()).tag("task", "0_0").gauge().value())
                    .isEqualTo((double) task.window.get().sizeBytes());
        }
        assertThat(registry.find(SemblanceMeter.WINDOW_LIVE.meterName()).gauges()).isEmpty();
        assertThat(registry.find(SemblanceMeter.WINDOW_BYTES.meterName()).gauges()).isEmpty();
    }

    @Test
    void isAnOrdinaryKeyValueStoreToo() {
        try (Task task = new Task()) {
            List<String> keys = new ArrayList<>();
            task.onStreamThread(() -> {
                @SuppressWarnings("unchecked")
                KeyValueStore<String, WindowEntry> store = (KeyValueStore<String, WindowEntry>) task.store.get();
                for (String id : List.of("b", "ä", "a", "c")) {
                    assertThat(store.putIfAbsent(id, entry(id, 1, MODEL, new float[]{1, 0, 0, 0, 0}, 1))).isNull();
                }
                assertThat(store.putIfAbsent("b", entry("b", 2, MODEL, new float[]{1, 0, 0, 0, 0}, 1)).eventTimeMs())
                        .isEqualTo(1);
                assertThat(store.get("a").vector()).containsExactly(1, 0, 0, 0, 0);
                assertThat(store.delete("c").id()).isEqualTo("c");
                assertThat(store.get("c")).isNull();
                assertThat(store.approximateNumEntries()).isEqualTo(3);
                try (KeyValueIterator<String, WindowEntry> all = store.all()) {
                    all.forEachRemaining(e -> keys.add(e.key));
                }
                try (KeyValueIterator<String, WindowEntry> range = store.range("b", "z")) {
                    range.forEachRemaining(e -> keys.add(e.key));
                }
            });
            assertThat(keys).containsExactly("a", "b", "ä", "b");
        }
    }

    @Test
    void refusesOtherStoresAndForeignBytes() {
        StateStore plain = Stores.inMemoryKeyValueStore("plain").get();
        assertThatThrownBy(() -> VectorWindows.of(plain)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("store plain is no vector window");

        byte[] good = WindowEntryCodec.encode(entry("e", 1, MODEL, new float[]{1, 0, 0, 0, 0}, 1));
        byte[] newer = good.clone();
        newer[0] = 3;
        assertThatThrownBy(() -> WindowEntryCodec.decode(newer)).isInstanceOf(SerializationException.class)
                .hasMessageContaining("format version 3");
        for (int length = 0; length < good.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(good, length);
            assertThatThrownBy(() -> WindowEntryCodec.decode(cut)).isInstanceOf(SerializationException.class);
        }
        assertThatThrownBy(() -> restore(List.of(KeyValue.pair(new byte[]{'x'}, good))))
                .hasMessageContaining("entry e under the key x");
    }

    /** A fresh store of another process that reads the changelog. */
    private static VectorStore restore(List<KeyValue<byte[], byte[]>> changelog) {
        VectorStore store = new VectorStore(STORE, Windows.config(Long.MAX_VALUE), new SimpleMeterRegistry());
        AtomicReference<BatchingStateRestoreCallback> callback = new AtomicReference<>();
        StateStoreContext context = (StateStoreContext) Proxy.newProxyInstance(
                VectorStoreTest.class.getClassLoader(), new Class<?>[]{StateStoreContext.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "taskId" -> new TaskId(0, 0);
                    case "register" -> {
                        callback.set((BatchingStateRestoreCallback) args[1]);
                        yield null;
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        store.init(context, store);
        callback.get().restoreAll(changelog);
        return store;
    }
}
