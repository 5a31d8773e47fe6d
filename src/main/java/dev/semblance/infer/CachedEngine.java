package dev.semblance.infer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.semblance.metrics.SemblanceMeter;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.TokenizedText;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Remembers vectors by token ids: the same ids give the same vector, so a repeated text costs no run, and texts that
 * are the same while the first is still running share that run. Failures are never remembered.
 *
 * <p>
 * Thread: safe.
 */
final class CachedEngine implements EmbeddingEngine {

    /** Objects, array headers and the cache's own node, roughly. */
    private static final int ENTRY_OVERHEAD_BYTES = 192;

    private final EmbeddingEngine engine;
    private final MeterRegistry registry;
    private final Cache<Key, float[]> cache;

    /** Texts that are queued or running: bounded by the queue and the threads that wait for a place in it. */
    private final ConcurrentMap<Key, CompletableFuture<float[]>> running = new ConcurrentHashMap<>();
    private final Counter hits;
    private final Counter misses;
    private final Gauge bytes;

    /** Token ids, not to be written to, and their hash. */
    private static final class Key {

        private final int[] ids;
        private final int hash;

        Key(int[] ids) {
            this.ids = ids;
            this.hash = Arrays.hashCode(ids);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key k && hash == k.hash && Arrays.equals(ids, k.ids);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    CachedEngine(EmbeddingEngine engine, long maxBytes, MeterRegistry registry) {
        this.engine = engine;
        this.registry = registry;
        this.cache = Caffeine.newBuilder().maximumWeight(maxBytes)
                .weigher((Key key, float[] vector) -> sizeBytes(key, vector)).executor(Runnable::run).build();
        this.hits = SemblanceMeter.CACHE_HITS.counter(registry);
        this.misses = SemblanceMeter.CACHE_MISSES.counter(registry);
        this.bytes = SemblanceMeter.CACHE_BYTES.gauge(registry, this::sizeBytes);
    }

    private static int sizeBytes(Key key, float[] vector) {
        return ENTRY_OVERHEAD_BYTES + Integer.BYTES * key.ids.length + Float.BYTES * vector.length;
    }

    private long sizeBytes() {
        return cache.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    @Override
    public ModelIdentity model() {
        return engine.model();
    }

    @Override
    public String describe() {
        return engine.describe();
    }

    @Override
    public CompletableFuture<float[]> submit(TokenizedText text) {
        Key key = new Key(text.ids());
        float[] vector = cache.getIfPresent(key);
        if (vector != null) {
            hits.increment();
            return CompletableFuture.completedFuture(vector);
        }
        CompletableFuture<float[]> own = new CompletableFuture<>();
        CompletableFuture<float[]> first = running.putIfAbsent(key, own);
        if (first != null) {
            hits.increment();
            return view(first);
        }
        // It may have ended between the two look-ups: it is put into the cache before it is taken off the running ones.
        vector = cache.getIfPresent(key);
        if (vector != null) {
            hits.increment();
            end(key, own, vector, null);
            return own;
        }
        misses.increment();
        run(key, own, text);
        return view(own);
    }

    private void run(Key key, CompletableFuture<float[]> own, TokenizedText text) {
        try {
            var _ = engine.submit(text).whenComplete((vector, failure) -> end(key, own, vector, failure));
        } catch (RuntimeException | Error e) {
            end(key, own, null, e);
            throw e;
        }
    }

    private void end(Key key, CompletableFuture<float[]> own, float[] vector, Throwable failure) {
        try {
            if (failure == null) {
                cache.put(key, vector);
            }
        } finally {
            // Whatever the cache did: somebody waits for this one.
            running.remove(key, own);
            if (failure == null) {
                own.complete(vector);
            } else {
                own.completeExceptionally(failure);
            }
        }
    }

    /** So that nobody can complete or cancel what others wait for. */
    private static CompletableFuture<float[]> view(CompletableFuture<float[]> shared) {
        CompletableFuture<float[]> view = new CompletableFuture<>();
        var _ = shared.whenComplete((vector, failure) -> {
            if (failure == null) {
                view.complete(vector);
            } else {
                view.completeExceptionally(failure);
            }
        });
        return view;
    }

    @Override
    public void close() {
        engine.close();
        registry.remove(bytes);
    }
}
