package dev.semblance.embed;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.ingest.TextDecoder;
import dev.semblance.ingest.WatchDecoder;
import dev.semblance.slots.SlotStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/** The processors of the embed application, ready to be wired. */
public final class EmbedProcessors {

    /**
     * Longest wait for one vector, below the poll interval after which a member is thrown out of its group. A device
     * that hangs is found by the engine's own watchdog, much earlier.
     */
    private static final Duration VECTOR_TIMEOUT = Duration.ofMinutes(4);

    private final Config config;
    private final EmbeddingSteps steps;
    private final RecordCodec codec = new RecordCodec();
    private final MeterRegistry registry;

    /** @param steps shared by all tasks; not closed here */
    public EmbedProcessors(Config config, EmbeddingSteps steps, MeterRegistry registry) {
        this.config = config;
        this.steps = steps;
        this.registry = registry;
    }

    /** Texts → embeddings. */
    public ProcessorSupplier<byte[], byte[], byte[], byte[]> texts(String store, String output, String deadLetters) {
        return supplier("texts",
                () -> new TextWork(new TextDecoder(config.texts(), System::currentTimeMillis), steps, codec,
                        config.embed()),
                store, output, deadLetters);
    }

    /** Watches → watch vectors. */
    public ProcessorSupplier<byte[], byte[], byte[], byte[]> watches(String store, String output, String deadLetters) {
        return supplier("watches", () -> new WatchWork(new WatchDecoder(config.texts()), steps, codec, config.embed()),
                store,
                output,
                deadLetters);
    }

    private ProcessorSupplier<byte[], byte[], byte[], byte[]> supplier(String input, Supplier<RecordWork> work,
            String store,
            String output, String deadLetters) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], byte[], byte[], byte[]> get() {
                return new InFlightProcessor(new InFlightStage(work.get(), input, store, output, deadLetters,
                        config.kafka().exactlyOnce(), config.embed().inFlightMax(), VECTOR_TIMEOUT,
                        InFlightProcessor.DEFAULT_PUNCTUATION, registry));
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(SlotStore.builder(store));
            }
        };
    }
}
