package dev.semblance.infer;

import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TokenizedText;
import java.util.concurrent.CompletableFuture;

/** Runs a model. Thread: safe for any number of threads; all of a process share one. */
public interface EmbeddingEngine extends AutoCloseable {

    ModelIdentity model();

    /** For people: device, threads, precision and batch size. */
    String describe();

    /**
     * Queues a text; blocks while the queue is full. The future never completes before the text has been run, and
     * completes exceptionally with
     * <ul>
     * <li>{@link dev.semblance.record.PoisonTextException} if the model rejects this one text,
     * <li>{@link DeviceLostException} if the device has failed for good: so does every later one,
     * <li>{@link IllegalStateException} if the engine was closed first.
     * </ul>
     * What is chained to the future runs on the engine's thread: keep it short.
     *
     * @return [dimension], unit L2 norm if the model's vectors are normalised; shared with the cache and other callers,
     *         never to be written to
     */
    CompletableFuture<float[]> submit(TokenizedText text);

    /** Fails what still waits, lets running batches end, stops the threads. May be called again. */
    @Override
    void close();
}
