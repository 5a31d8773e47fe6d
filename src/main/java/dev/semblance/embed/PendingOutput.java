package dev.semblance.embed;

import dev.semblance.codec.CodecException;
import dev.semblance.embed.EmbeddingSteps.Submitted;
import dev.semblance.record.PoisonTextException;
import dev.semblance.record.Rejection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;

/** An output that may still wait for its vector. Thread: the stream thread; only the future is completed elsewhere. */
sealed interface PendingOutput {

    boolean isDone();

    /** Calls the action once {@link #isDone()}, on the device's thread, or at once on this one: it must be quick. */
    void onDone(Runnable action);

    /** Waits until {@link #isDone()}. @throws IllegalStateException after the timeout */
    void await(Duration timeout);

    /** The finished output. @throws RuntimeException where the device failed: nothing may be committed past it */
    Output get();

    /**
     * Submits a text; one that the tokenizer rejects is rejected.
     *
     * @param finish vector → output, on the stream thread
     */
    static PendingOutput embedded(EmbeddingSteps steps, String text, BiFunction<Submitted, float[], Output> finish) {
        try {
            Submitted submitted = steps.submit(text);
            return new Awaiting(submitted.vector(), vector -> finish.apply(submitted, vector));
        } catch (PoisonTextException e) {
            return rejected(new Rejection(Rejection.Reason.POISON_TEXT, e.getMessage()));
        }
    }

    static PendingOutput deleted(String id) {
        return new Ready(Output.Forward.keyed(id, null, false));
    }

    static PendingOutput rejected(Rejection rejection) {
        return new Ready(new Output.Reject(rejection));
    }

    /** Known at once: a delete, or a rejection. */
    record Ready(Output output) implements PendingOutput {

        @Override
        public boolean isDone() {
            return true;
        }

        @Override
        public void onDone(Runnable action) {
            action.run();
        }

        @Override
        public void await(Duration timeout) {
            // Nothing to wait for.
        }

        @Override
        public Output get() {
            return output;
        }
    }

    /** Waits for a vector; encoding happens on the stream thread, so that the device's threads never do it. */
    record Awaiting(CompletableFuture<float[]> vector, Function<float[], Output> finish) implements PendingOutput {

        @Override
        public boolean isDone() {
            return vector.isDone();
        }

        @Override
        public void onDone(Runnable action) {
            var _ = vector.whenComplete((_, _) -> action.run());
        }

        @Override
        public void await(Duration timeout) {
            try {
                vector.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                // get() tells.
            } catch (TimeoutException e) {
                throw new IllegalStateException("no vector after " + timeout.toSeconds()
                        + " s, though the device is not lost: it is far too slow for embed.inflight.max"
                        + " records at once; lower that", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for a vector", e);
            }
        }

        @Override
        public Output get() {
            try {
                return finish.apply(vector.join());
            } catch (CodecException e) {
                return new Output.Reject(e.rejection());
            } catch (CompletionException e) {
                if (e.getCause() instanceof PoisonTextException poison) {
                    return new Output.Reject(new Rejection(Rejection.Reason.POISON_TEXT, poison.getMessage()));
                }
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw e;
            }
        }
    }
}
