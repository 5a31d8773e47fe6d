package dev.semblance.bench;

import dev.semblance.embed.EmbeddingSteps;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * What is done with one engine: text in, vector out, tokenising included. Throughput is submitted by several threads, as
 * the stream threads do: one that tokenises cannot fill a GPU.
 *
 * <p>Thread: one that measures; submitters of its own while it does.
 */
final class EngineRounds {

    private static final int IN_FLIGHT = 2_048;
    private static final int SUBMITTERS_MAX = 8;
    private static final int SAMPLE = 64;
    private static final long ANSWER_TIMEOUT_S = 120;

    private final EmbeddingSteps steps;
    private final Stop stop;
    private final int submitters = Math.min(SUBMITTERS_MAX, Runtime.getRuntime().availableProcessors());

    /** Told of each vector on an engine's thread. */
    private interface Sink {
        void accept(int index, float[] vector);
    }

    EngineRounds(EmbeddingSteps steps, Stop stop) {
        this.steps = steps;
        this.stop = stop;
    }

    /** @return texts a second, from the first submission to the last vector */
    double textsPerSecond(List<String> texts) {
        long startNs = System.nanoTime();
        submitAll(texts, (_, _) -> {});
        return texts.size() / ((System.nanoTime() - startNs) / 1e9);
    }

    /** As {@link #textsPerSecond}, but without the start. @throws BenchException where there are too few texts */
    double sustainedTextsPerSecond(List<String> texts) {
        Sustained sustained = new Sustained(texts.size());
        submitAll(texts, (_, _) -> sustained.seen(System.nanoTime()));
        return sustained.perSecond();
    }

    /** [texts][dimension] */
    float[][] vectors(List<String> texts) {
        float[][] vectors = new float[texts.size()][];
        submitAll(texts, (index, vector) -> vectors[index] = vector);
        return vectors;
    }

    /** Returns once every vector has been handed out. @throws Stop.Stopped where told to stop */
    private void submitAll(List<String> texts, Sink sink) {
        AtomicInteger next = new AtomicInteger();
        AtomicBoolean failed = new AtomicBoolean();
        try (ExecutorService pool = Executors.newFixedThreadPool(submitters,
                Thread.ofPlatform().daemon().name("bench-submit-", 0).factory())) {
            List<CompletableFuture<Void>> ends = new ArrayList<>();
            for (int i = 0; i < submitters; i++) {
                ends.add(CompletableFuture.runAsync(() -> submit(texts, next, failed, sink), pool));
            }
            CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    /** One submitter's share: whichever text is the next. */
    private void submit(List<String> texts, AtomicInteger next, AtomicBoolean failed, Sink sink) {
        Queue<CompletableFuture<Void>> inFlight = new ArrayDeque<>();
        try {
            for (int i; !failed.get() && (i = next.getAndIncrement()) < texts.size();) {
                int index = i;
                inFlight.add(steps.submit(texts.get(i)).vector().thenAccept(v -> sink.accept(index, v)));
                if (inFlight.size() > IN_FLIGHT / submitters) {
                    stop.check();
                    inFlight.remove().join();
                }
            }
            inFlight.forEach(CompletableFuture::join);
        } catch (RuntimeException | Error e) {
            failed.set(true);
            throw e;
        }
    }

    /** Whether texts spread over all of them, run again one at a time, have the same bytes as they had among others. */
    boolean sameBytesAlone(List<String> texts, float[][] together) {
        for (int k = 0; k < Math.min(SAMPLE, texts.size()); k++) {
            stop.check();
            int index = (int) ((long) k * texts.size() / Math.min(SAMPLE, texts.size()));
            if (!Arrays.equals(steps.submit(texts.get(index)).vector().join(), together[index])) {
                return false;
            }
        }
        return true;
    }

    /**
     * Latencies from the intended time of submission to the vector. Texts are taken in order, again from the start.
     *
     * @throws BenchException where answers are missing long after the last was sent
     */
    Latency latency(List<String> texts, double load, double perSecond, double seconds, long seed)
            throws InterruptedException {
        ConcurrentHistogram micros = new ConcurrentHistogram(3);
        long[] schedule = OpenLoop.schedule(perSecond, Math.max(1, (int) (perSecond * seconds)), seed);
        CompletableFuture<?>[] done = new CompletableFuture<?>[schedule.length];
        OpenLoop.run(schedule, (index, intendedNs) -> done[index] = steps.submit(texts.get(index % texts.size()))
                .vector().thenRun(() -> micros.recordValue(Math.max(0, System.nanoTime() - intendedNs) / 1_000)), stop);
        try {
            CompletableFuture.allOf(done).orTimeout(ANSWER_TIMEOUT_S, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new BenchException(String.format(Locale.ROOT, "latency at %.0f %% of capacity (%.1f texts/s):"
                        + " answers are missing %d s after the last text was sent; lower --loads", load * 100,
                        perSecond, ANSWER_TIMEOUT_S), e);
            }
            throw e;
        }
        return Latency.of(load, perSecond, micros);
    }
}
