package dev.semblance.infer;

import dev.semblance.model.bundle.ModelVariant;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.PoisonTextException;
import dev.semblance.record.TokenizedText;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of one device: a bounded queue, worker threads that each form their next batch while the others' batches
 * run, and a watchdog. All threads are daemons.
 *
 * <p>
 * Thread: safe.
 */
final class DeviceEngine implements EmbeddingEngine {

    private static final Logger LOG = LoggerFactory.getLogger(DeviceEngine.class);
    private static final long CLOSE_WAIT_MS = 10_000;

    private final ModelVariant variant;
    private final Backend backend;
    private final EngineSettings settings;
    private final EngineQueue queue;
    private final EngineMeters meters;
    private final List<EngineAgent> agents = new ArrayList<>();
    private final List<Thread> workers = new ArrayList<>();
    private final Thread watchdog;

    /** Guarded by {@code this}. */
    private boolean closed;

    /**
     * Takes the backend over: it is closed with the engine, also if opening fails.
     *
     * @throws EngineStartException if the warm-up fails, or shows that a text's vector depends on its batch and the
     *                              configuration does not allow that
     */
    static DeviceEngine open(ModelVariant variant, Backend backend, EngineSettings settings, WarmUp warmUp,
            MeterRegistry registry) {
        DeviceEngine engine = new DeviceEngine(variant, backend, settings, registry);
        try {
            engine.warmUp(warmUp);
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
        engine.workers.forEach(Thread::start);
        engine.watchdog.start();
        return engine;
    }

    private DeviceEngine(ModelVariant variant, Backend backend, EngineSettings settings, MeterRegistry registry) {
        this.variant = variant;
        this.backend = backend;
        this.settings = settings;
        this.queue = new EngineQueue(backend.device(), settings, System::nanoTime);
        this.meters = new EngineMeters(registry, backend.device(), queue, settings.limits().packed());
        this.watchdog = daemon("watchdog", this::watch);
    }

    private Thread daemon(String duty, Runnable body) {
        return Thread.ofPlatform().daemon().name("semblance-engine-" + backend.device() + "-" + duty).unstarted(body);
    }

    private void warmUp(WarmUp warmUp) {
        for (int i = 0; i < settings.threads(); i++) {
            Backend.Lane lane = backend.newLane();
            EngineAgent agent = new EngineAgent(i, backend, lane, queue, meters, warmUp.shortest(), System::nanoTime,
                    LockSupport::parkNanos);
            agents.add(agent);
            workers.add(daemon("worker-" + i, () -> work(agent)));
            try {
                // The first lane stands for all: they share the model and the device's memory.
                if (i == 0) {
                    judge(warmUp.run(lane, backend.dimension()));
                } else {
                    lane.run(warmUp.shortest());
                }
            } catch (Backend.Failure e) {
                throw new EngineStartException(backend.device() + ": the model " + variant.identity().id()
                        + " fails its first runs: " + e.getMessage()
                        + "; check max_tokens, pad_token_id and the inputs in its manifest", e);
            }
        }
    }

    private void judge(float difference) {
        if (difference == 0) {
            return;
        }
        String finding = backend.device() + ": with the model " + variant.identity().id() + ", variant "
                + variant.name() + ", a text's vector depends on its batch: elements differ by up to " + difference;
        if (!variant.nondeterministicAllowed()) {
            throw new EngineStartException(finding + "; replays would not give the same bytes. Take another model or"
                    + " variant (the manifest should say deterministic=false), or set"
                    + " model.allow.nondeterministic=true", null);
        }
        LOG.warn("{}; a replay may differ by that much", finding);
    }

    private void work(EngineAgent agent) {
        try {
            while (queue.stopped() == null) {
                if (agent.doWork(System.nanoTime()) == 0) {
                    queue.awaitWork();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            queue.stop(new DeviceLostException(backend.device() + ": a worker was interrupted", e), true);
        }
    }

    private void watch() {
        long pauseNs = Math.clamp(settings.timeoutNs() / 8, 1_000_000, 1_000_000_000);
        while (queue.stopped() == null) {
            LockSupport.parkNanos(pauseNs);
            queue.check(System.nanoTime());
        }
    }

    @Override
    public ModelIdentity model() {
        return variant.identity();
    }

    @Override
    public String describe() {
        return backend.device() + ", " + settings.threads() + (settings.threads() == 1 ? " thread, " : " threads, ")
                + variant.identity().precision() + ", " + settings.limits().maxTokens() + " tokens a batch";
    }

    @Override
    public CompletableFuture<float[]> submit(TokenizedText text) {
        CompletableFuture<float[]> result = new CompletableFuture<>();
        int tokens = Objects.requireNonNull(text, "text").length();
        if (tokens < 1 || tokens > settings.limits().maxTextTokens()) {
            result.completeExceptionally(new PoisonTextException("The text has " + tokens
                    + " tokens; the model takes 1 to " + settings.limits().maxTextTokens(), null));
        } else {
            queue.submit(text, result);
        }
        return result;
    }

    /** Texts waiting or running: what a dispatcher balances. */
    int load() {
        return queue.load();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        queue.stop(new IllegalStateException("The engine was closed before this text ran"), false);
        LockSupport.unpark(watchdog);
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_WAIT_MS);
        boolean idle = true;
        for (Thread worker : workers) {
            idle &= ended(worker, deadlineNs);
        }
        if (idle) {
            agents.forEach(EngineAgent::close);
            backend.close();
        } else {
            // Freeing native memory under a run would bring the process down.
            LOG.warn("{}: a run has not ended within {} ms of closing; its memory is left to the end of the process",
                    backend.device(), CLOSE_WAIT_MS);
            queue.stop(queue.stopped(), true);
        }
        meters.close();
    }

    private static boolean ended(Thread worker, long deadlineNs) {
        try {
            return worker.getState() == Thread.State.NEW
                    || worker.join(Duration.ofNanos(Math.max(1, deadlineNs - System.nanoTime())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !worker.isAlive();
        }
    }
}
