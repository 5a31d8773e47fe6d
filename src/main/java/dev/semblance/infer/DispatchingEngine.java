package dev.semblance.infer;

import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TokenizedText;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Several devices behind one front: each text goes to the one with the fewest texts waiting and running. A lost device
 * is not worked around: its failure goes to whoever submitted, and the process stops.
 *
 * <p>
 * Thread: safe.
 */
final class DispatchingEngine implements EmbeddingEngine {

    private final List<DeviceEngine> engines;

    DispatchingEngine(List<DeviceEngine> engines) {
        this.engines = List.copyOf(engines);
    }

    @Override
    public ModelIdentity model() {
        return engines.getFirst().model();
    }

    @Override
    public String describe() {
        return engines.stream().map(DeviceEngine::describe).collect(Collectors.joining("; "));
    }

    @Override
    public CompletableFuture<float[]> submit(TokenizedText text) {
        DeviceEngine least = null;
        int leastLoad = Integer.MAX_VALUE;
        for (DeviceEngine engine : engines) {
            int load = engine.load();
            if (load < leastLoad) {
                least = engine;
                leastLoad = load;
            }
        }
        return least.submit(text);
    }

    @Override
    public void close() {
        closeAll(engines);
    }

    /** All of them, then throws what the first one threw. */
    static void closeAll(List<? extends EmbeddingEngine> engines) {
        RuntimeException failure = null;
        for (EmbeddingEngine engine : engines) {
            try {
                engine.close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
