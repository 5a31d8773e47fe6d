package dev.semblance.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.semblance.record.PoisonTextException;
import dev.semblance.record.TokenizedText;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeviceEngineTest {

    private static final int POISON = 66_600;

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final FakeBackend backend = new FakeBackend().poisonIf(ids -> ids[0] == POISON && ids.length > 1);
    private DeviceEngine engine;

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    private void open(int threads, int queueMaxTexts, Duration timeout) {
        engine = FakeEngine.device(backend, FakeEngine.settings(threads, queueMaxTexts, timeout), registry);
    }

    private static TokenizedText text(int... ids) {
        return new TokenizedText(ids, false);
    }

    private static Throwable failure(CompletableFuture<?> future) throws InterruptedException {
        try {
            future.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    /** Holds both the device and, behind it, so many texts in the queue. */
    private List<CompletableFuture<float[]>> fill(int runningTexts, int texts) throws InterruptedException {
        backend.hold();
        List<CompletableFuture<float[]>> futures = new ArrayList<>();
        for (int i = 0; i < runningTexts; i++) {
            int before = backend.runs().size();
            futures.add(engine.submit(text(1000 + i, 5)));
            while (backend.runs().size() == before) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        for (int i = 0; i < texts; i++) {
            futures.add(engine.submit(text(i, 7)));
        }
        return futures;
    }

    @Test
    void everyTextGetsItsOwnVectorFromAnyThread() {
        open(2, 32, Duration.ofSeconds(20));
        List<TokenizedText> texts = IntStream.range(0, 3000).mapToObj(i -> text(new int[1 + i % 60])).toList();
        for (int i = 0; i < texts.size(); i++) {
            texts.get(i).ids()[0] = i;
        }
        List<float[]> vectors = texts.parallelStream().map(t -> engine.submit(t).join()).toList();
        for (int i = 0; i < texts.size(); i++) {
            assertThat(vectors.get(i)).isEqualTo(FakeBackend.vectorOf(texts.get(i).ids()));
        }
        assertThat(gauge("semblance.engine.queue.depth")).isZero();
        assertThat(registry.get("semblance.engine.batch.rows").summary().totalAmount()).isEqualTo(3000);
        assertThat(registry.get("semblance.engine.padding.tokens").counter().count()).isZero();
        assertThat(registry.get("semblance.engine.queue.time").timer().count()).isEqualTo(3000);
        assertThat(registry.get("semblance.engine.device.time").tag("device", "fake").timer().count()).isPositive();
    }

    @Test
    void textsThatWaitShareABatch() throws Exception {
        open(1, 100, Duration.ofSeconds(20));
        List<CompletableFuture<float[]>> futures = fill(1, 16);
        backend.release(100);
        for (CompletableFuture<float[]> f : futures) {
            f.get();
        }
        assertThat(backend.runs().getLast()).hasSize(16);
    }

    @Test
    void onePoisonedTextFailsAloneInFewRuns() throws Exception {
        open(1, 100, Duration.ofSeconds(20));
        List<CompletableFuture<float[]>> futures = fill(1, 7);
        CompletableFuture<float[]> poisoned = engine.submit(text(POISON, 7));
        futures.addAll(IntStream.range(0, 8).mapToObj(i -> engine.submit(text(50 + i, 7))).toList());
        int runsBefore = backend.runs().size();
        backend.release(1000);
        assertThat(failure(poisoned)).isInstanceOf(PoisonTextException.class).hasMessageContaining("it tastes bad");
        for (CompletableFuture<float[]> f : futures) {
            assertThat(f.get()).hasSize(FakeBackend.DIMENSION);
        }
        // 16 texts, one poisoned: the batch, four times two halves, and the text known to be good.
        assertThat(backend.runs().size() - runsBefore).isEqualTo(10);
        assertThat(gauge("semblance.engine.device.lost")).isZero();
    }

    @Test
    void aDeviceThatRejectsEverythingIsLostNotThousandsOfTextsPoisoned() throws Exception {
        open(1, 100, Duration.ofSeconds(20));
        backend.rejectEverything();
        assertThat(failure(engine.submit(text(1, 2)))).isInstanceOf(DeviceLostException.class)
                .hasMessageContaining("rejects a text that it took at the start");
    }

    @Test
    void aLostDeviceFailsAllThatWaitAndAllThatComes() throws Exception {
        open(2, 100, Duration.ofSeconds(20));
        List<CompletableFuture<float[]>> futures = fill(2, 40);
        backend.loseDevice();
        backend.release(1000);
        for (CompletableFuture<float[]> f : futures) {
            assertThat(failure(f)).isInstanceOf(DeviceLostException.class).hasMessageContaining("fake: is lost")
                    .hasMessageContaining("the cable was pulled");
        }
        assertThat(failure(engine.submit(text(1)))).isInstanceOf(DeviceLostException.class);
        assertThat(gauge("semblance.engine.device.lost")).isEqualTo(1);
    }

    @Test
    void aFaultOfTheProgramStopsTheEngine() throws Exception {
        open(2, 100, Duration.ofSeconds(20));
        backend.breakWith(new IllegalStateException("off by one"));
        Throwable failure = failure(engine.submit(text(1, 2)));
        assertThat(failure).isInstanceOf(DeviceLostException.class).hasMessageContaining("fault of the program")
                .hasMessageContaining("off by one");
        assertThat(failure(engine.submit(text(3)))).isSameAs(failure);
    }

    @Test
    void transientFailuresAreTriedAgainButNotForEver() throws Exception {
        open(1, 100, Duration.ofSeconds(20));
        backend.failTransiently(EngineAgent.ATTEMPTS_MAX - 1);
        assertThat(engine.submit(text(1, 2)).get()).isEqualTo(FakeBackend.vectorOf(new int[]{1, 2}));
        backend.failTransiently(1000);
        assertThat(failure(engine.submit(text(1, 2)))).isInstanceOf(DeviceLostException.class)
                .hasMessageContaining("too little memory");
    }

    @Test
    void theWatchdogGivesUpARunThatStandsStill() throws Exception {
        open(1, 100, Duration.ofMillis(200));
        List<CompletableFuture<float[]>> futures = fill(1, 5);
        for (CompletableFuture<float[]> f : futures) {
            assertThat(failure(f)).isInstanceOf(DeviceLostException.class).hasMessageContaining("engine.timeout=200ms");
        }
        backend.release(100);
    }

    @Test
    void aFullQueueBlocksUntilThereIsSpace() throws Exception {
        open(1, 4, Duration.ofSeconds(20));
        fill(1, 4);
        CountDownLatch through = new CountDownLatch(1);
        CompletableFuture<float[]> late = CompletableFuture.supplyAsync(() -> {
            CompletableFuture<float[]> f = engine.submit(text(9, 9));
            through.countDown();
            return f.join();
        });
        assertThat(through.await(100, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(gauge("semblance.engine.queue.depth")).isEqualTo(4);
        backend.release(100);
        assertThat(late.get()).isEqualTo(FakeBackend.vectorOf(new int[]{9, 9}));
    }

    @Test
    void blockedSubmittersAreFreedByALossAndByAnInterrupt() throws Exception {
        open(1, 1, Duration.ofSeconds(20));
        fill(1, 1);
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        Thread submitter = Thread.ofPlatform().start(() -> seen
                .complete(catchThrowable(() -> engine.submit(text(9)).join()).getCause()));
        while (submitter.getState() != Thread.State.TIMED_WAITING) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        submitter.interrupt();
        assertThat(seen.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("Interrupted");
        CompletableFuture<float[]> blocked = CompletableFuture.supplyAsync(() -> engine.submit(text(9)).join());
        backend.loseDevice();
        backend.release(100);
        assertThat(failure(blocked)).isInstanceOf(DeviceLostException.class);
    }

    @Test
    void closingFailsWhatWaitsFinishesWhatRunsAndFreesTheDevice() throws Exception {
        open(1, 100, Duration.ofSeconds(20));
        List<CompletableFuture<float[]>> futures = fill(1, 3);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(engine::close);
        for (CompletableFuture<float[]> f : futures.subList(1, 4)) {
            assertThat(failure(f)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        }
        assertThat(backend.closed()).isFalse();
        backend.release(100);
        assertThat(futures.getFirst().get()).hasSize(FakeBackend.DIMENSION);
        closing.get();
        assertThat(backend.closed()).isTrue();
        assertThat(backend.lanesClosed()).isEqualTo(1);
        assertThat(failure(engine.submit(text(1)))).isInstanceOf(IllegalStateException.class);
        assertThat(registry.find("semblance.engine.queue.depth").gauge()).isNull();
        engine.close();
    }

    @Test
    void textsOfAWrongLengthArePoison() throws Exception {
        open(1, 10, Duration.ofSeconds(20));
        assertThat(failure(engine.submit(text()))).isInstanceOf(PoisonTextException.class)
                .hasMessageContaining("0 tokens");
        assertThat(failure(engine.submit(text(new int[65])))).isInstanceOf(PoisonTextException.class)
                .hasMessageContaining("65 tokens; the model takes 1 to 64");
        assertThatThrownBy(() -> engine.submit(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aModelThatFailsItsFirstRunIsRefusedAndFreed() {
        backend.loseDevice();
        assertThatThrownBy(() -> open(1, 10, Duration.ofSeconds(20))).isInstanceOf(EngineStartException.class)
                .hasMessageContaining("fails its first runs").hasMessageContaining("the cable was pulled");
        assertThat(backend.closed()).isTrue();
    }

    @Test
    void aVectorThatDependsOnItsBatchIsRefusedUnlessAllowed() {
        backend.dependOnBatch();
        assertThatThrownBy(() -> open(1, 10, Duration.ofSeconds(20))).isInstanceOf(EngineStartException.class)
                .hasMessageContaining("test/fake").hasMessageContaining("vector depends on its batch")
                .hasMessageContaining("model.allow.nondeterministic=true");
        EngineSettings settings = FakeEngine.settings(1, 10, Duration.ofSeconds(20));
        engine = DeviceEngine.open(FakeEngine.variant(true), backend, settings, new WarmUp(settings.limits(), -1, 0),
                registry);
        assertThat(engine.submit(text(1)).join()).hasSize(FakeBackend.DIMENSION);
    }

    @Test
    void saysWhatItIs() {
        open(2, 10, Duration.ofSeconds(20));
        assertThat(engine.describe()).isEqualTo("fake, 2 threads, fp32, 256 tokens a batch");
        assertThat(engine.model()).isEqualTo(FakeEngine.MODEL);
    }

    @Test
    void aDispatcherClosesEveryDevice() {
        List<String> closed = new java.util.ArrayList<>();
        List<EmbeddingEngine> engines = java.util.stream.Stream.of("first", "second", "third")
                .<EmbeddingEngine>map(name -> new EmbeddingEngine() {
                    @Override
                    public dev.semblance.record.ModelIdentity model() {
                        return FakeEngine.MODEL;
                    }

                    @Override
                    public String describe() {
                        return name;
                    }

                    @Override
                    public CompletableFuture<float[]> submit(TokenizedText text) {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public void close() {
                        closed.add(name);
                        if (!name.equals("third")) {
                            throw new IllegalStateException(name);
                        }
                    }
                }).toList();
        assertThatThrownBy(() -> DispatchingEngine.closeAll(engines)).hasMessage("first")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("first", "second", "third");
    }

    @Test
    void aDispatcherFillsIdleDevicesFirst() throws Exception {
        FakeBackend other = new FakeBackend();
        open(1, 100, Duration.ofSeconds(20));
        DeviceEngine second = FakeEngine.device(other, FakeEngine.settings(1, 100, Duration.ofSeconds(20)),
                new SimpleMeterRegistry());
        try (DispatchingEngine both = new DispatchingEngine(List.of(engine, second))) {
            fill(1, 3);
            int before = other.runs().size();
            other.hold();
            List<CompletableFuture<float[]>> futures = IntStream.range(0, 4)
                    .mapToObj(i -> both.submit(text(20 + i, 7))).toList();
            assertThat(other.runs().size() - before).isLessThanOrEqualTo(4);
            assertThat(second.load()).isEqualTo(4);
            assertThat(engine.load()).isEqualTo(4);
            other.release(100);
            for (CompletableFuture<float[]> f : futures) {
                assertThat(f.get()).hasSize(FakeBackend.DIMENSION);
            }
            backend.release(100);
        }
    }
}
