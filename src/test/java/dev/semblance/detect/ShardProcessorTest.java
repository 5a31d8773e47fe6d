package dev.semblance.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigSource;
import dev.semblance.detect.ShardMessage.Report;
import dev.semblance.record.Embedding;
import dev.semblance.record.VectorEncoding;
import dev.semblance.slots.Inflow;
import dev.semblance.window.Windows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shard 0 of 4, with a consumer that notes what is asked of it. */
class ShardProcessorTest {

    private static final String TURNS = "window-probes";
    private static final String CONTROL = "control";
    private static final ShardNodes NODES = new ShardNodes("open", "window", "clusters", "alerts", "unique",
            "control-sink", CONTROL);

    private final RecordCodec codec = new RecordCodec();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<String> asked = new ArrayList<>();
    private final List<Long> own = new ArrayList<>();
    private MockProcessorContext<byte[], byte[]> context;
    private Processor<byte[], byte[], byte[], byte[]> shard;
    private long last;

    private void start(Path folder, String... options) {
        ConfigSource source = new ConfigSource().withOption("window.shards=4");
        for (String option : options) {
            source.withOption(option);
        }
        Config config = source.build();
        Inflow inflow = new Inflow() {
            @Override
            public void wake() {}

            @Override
            public void hold(TopicPartition partition) {
                asked.add("hold " + partition);
            }

            @Override
            public void resume(TopicPartition partition) {
                asked.add("resume " + partition);
            }
        };
        Properties properties = new Properties();
        properties.put("application.id", "test");
        properties.put("bootstrap.servers", "127.0.0.1:1");
        properties.put(Inflow.SETTING, (Inflow.Threads) () -> inflow);
        context = new MockProcessorContext<>(properties, new TaskId(2, 0), folder.toFile());
        context.setCurrentSystemTimeMs(1);
        ProcessorSupplier<byte[], byte[], byte[], byte[]> supplier = DetectProcessors.oneOfShards(config, NODES,
                () -> 0, registry);
        for (StoreBuilder<?> builder : supplier.stores()) {
            var store = builder.withLoggingDisabled().withCachingDisabled().build();
            store.init(context.getStateStoreContext(), store);
        }
        shard = supplier.get();
        shard.init(context);
    }

    @AfterEach
    void close() {
        if (shard != null) {
            shard.close();
        }
    }

    private void turns(int count) {
        List<Turn> turns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Embedding e = Events.event("e" + ++last, 10_000 + last, Windows.model("r1", 8), Events.at(0.1, 1), 1, 0);
            byte[] key = e.event().id().getBytes(StandardCharsets.UTF_8);
            turns.add(new Turn(last, 10_000 + last, 5_000, false, key, codec.encode(e, VectorEncoding.F32)));
            if (Shard.home(key, 4) == 0) {
                own.add(last);
            }
        }
        process(TURNS, new TurnBatch(9, turns).encode());
    }

    private void process(String topic, byte[] value) {
        context.setRecordMetadata(topic, 0, 0);
        shard.process(new Record<>(new byte[4], value, 0));
    }

    private void nothingFound(int from) {
        List<ShardMessage> reports = own.stream().<ShardMessage>map(n -> new Report(n, null, null, Set.of())).toList();
        new ShardMail(9, from, reports).encode().forEach(mail -> process(CONTROL, mail));
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    @Test
    void aFloodOfCopiesHoldsTheTurnsBackUntilItIsDecided(@TempDir Path folder) {
        start(folder);
        while (asked.isEmpty()) {
            turns(64);
            assertThat(last).as("turns taken").isLessThan(10_000);
        }
        assertThat(asked).containsExactly("hold window-probes-0");
        assertThat(gauge("semblance.detect.waiting")).isGreaterThan(Shard.Limits.USUAL.waiting());
        assertThat(gauge("semblance.detect.open")).isEqualTo(own.size());
        turns(64);
        assertThat(asked).as("what had been fetched still comes").hasSize(1);

        nothingFound(1);
        nothingFound(2);
        assertThat(asked).as("not decided yet").hasSize(1);
        nothingFound(3);
        assertThat(asked).containsExactly("hold window-probes-0", "resume window-probes-0");
        assertThat(gauge("semblance.detect.open")).isZero();
        assertThat(gauge("semblance.detect.waiting")).isZero();
        assertThat(context.forwarded().stream().filter(f -> f.childName().equals(Optional.of("unique"))))
                .as("the first copy alone").hasSize(1);
        assertThat(context.forwarded().stream().filter(f -> f.childName().equals(Optional.of("alerts")))
                .map(f -> codec.decodeAlert(f.record().value()).clusterSize())
                .filter(size -> size > 1)).hasSizeGreaterThanOrEqualTo(own.size() - 1).contains((long) own.size());
    }

    @Test
    void whatIsClosedHoldsNothingBack(@TempDir Path folder) {
        start(folder);
        while (asked.isEmpty()) {
            turns(64);
        }
        shard.close();
        shard = null;
        assertThat(asked).containsExactly("hold window-probes-0", "resume window-probes-0");
    }

    @Test
    void ordersThatDoNotFitTogetherAreRefused(@TempDir Path folder) {
        start(folder);
        turns(3);
        last += 5;
        assertThatThrownBy(() -> turns(1)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("event 9 of the order comes after event 3");
        assertThatThrownBy(() -> process(CONTROL,
                new ShardMail(10, 1, List.of(new ShardMessage.Progress(1))).encode().getFirst()))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("begun anew (run 10)");
        assertThatThrownBy(() -> process(CONTROL, null)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has no value");
        // Of an earlier making of the order: left out.
        process(CONTROL, new ShardMail(8, 1, List.of(new Report(1, null, null, Set.of()))).encode().getFirst());
    }
}
