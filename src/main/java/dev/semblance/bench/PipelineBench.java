package dev.semblance.bench;

import dev.semblance.bench.EmbeddingsReader.Round;
import dev.semblance.bench.PipelineParts.RunningJob;
import dev.semblance.bench.PipelineReport.LatencyFigures;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.local.LocalBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The engine alone, and the same texts through Kafka and both applications, in turns; then latency under a load below
 * the capacity, for both processing guarantees. The applications are stopped while the engine is alone: idle, they
 * would still take their share. A broker of its own, on the same cores.
 *
 * <p>Thread: one.
 */
public final class PipelineBench {

    private static final long ROUND_TIMEOUT_MS = 600_000;
    private static final long LOOK_MS = 100;
    private static final int THROUGHPUT_LINGER_MS = 5;
    /** A part of a round that is not counted, after each start. */
    private static final int SETTLE = 4;
    private static final int SETTLE_MAX = 16;
    /** In a row: the compiler may rest for a second. */
    private static final int QUIET_PARTS = 2;
    private static final double SETTLE_SECONDS = 4;
    private static final int TEXTS_MAX = 2_000_000;
    private static final int ENGINE_WARM_UP_TEXTS = 256;
    private static final List<String> BY_GUARANTEE = List.of("at_least_once", "exactly_once_v2");
    private static final Map<String, String> GUARANTEES = Map.of("at_least_once", "at least once", "exactly_once_v2",
            "exactly once");

    /**
     * @param texts          to draw from, round by round; repeated where there are too few
     * @param source         of the texts, for the report
     * @param role           embed, or all: what runs beside the broker
     * @param textsPerRound  texts of a round
     * @param warmUps        rounds of the pipeline before, at most; they end once the compiler is quiet
     * @param load           share of the pipeline's rate under which latency is measured; 0 for no latency
     * @param latencySeconds of each guarantee
     */
    public record Plan(List<String> texts, String source, String role, int textsPerRound, int rounds, int warmUps,
            double load,
            double latencySeconds, long seed) {

        public Plan {
            texts = List.copyOf(texts);
        }

        /** Of what is sent after each start and not counted. */
        int settleTexts() {
            return Math.max(1, textsPerRound / SETTLE);
        }

        private static int settlePartsMax(int warmUps) {
            return Math.clamp(warmUps, 1, SETTLE_MAX);
        }

        /**
         * So many texts that none is sent twice, however late the compiler gets quiet, where the pipeline does at most
         * {@code perSecond}: a repeated one raises an alert.
         */
        public static int textsWanted(int textsPerRound, int rounds, int warmUps, double load, double latencySeconds,
                double perSecond) {
            int settleParts = settlePartsMax(warmUps);
            double latencies = load > 0 ? GUARANTEES.size() : 0;
            double wanted = (double) textsPerRound * (warmUps + rounds)
                    + (double) rounds * settleParts * Math.max(1, textsPerRound / SETTLE)
                    + latencies * Math.ceil(load * perSecond * (latencySeconds + settleParts * SETTLE_SECONDS));
            return (int) Math.min(TEXTS_MAX, wanted);
        }
    }

    private final Plan plan;
    private final PipelineParts parts;
    private final Function<Map<ConfigKey, Object>, Config> configs;
    private final Stop stop;
    private final Consumer<String> notes;
    private final LocalBroker broker;
    private final Map<ConfigKey, Object> settings;
    private long drawn;
    private final List<Double> engineRates = new ArrayList<>();
    private final List<Double> pipelineRates = new ArrayList<>();
    private final List<Double> brokerShares = new ArrayList<>();
    private final List<Double> engineCpuMs = new ArrayList<>();
    private final List<Double> ownCpuMs = new ArrayList<>();
    private final List<Double> brokerCpuMs = new ArrayList<>();

    private PipelineBench(Plan plan, PipelineParts parts, Function<Map<ConfigKey, Object>, Config> configs,
            LocalBroker broker, Path stateDir, Stop stop, Consumer<String> notes) {
        this.plan = plan;
        this.parts = parts;
        this.configs = configs;
        this.broker = broker;
        this.stop = stop;
        this.notes = notes;
        this.settings = Map.of(ConfigKey.BOOTSTRAP_SERVERS, broker.bootstrapServers(), ConfigKey.STATE_DIR, stateDir);
    }

    /**
     * @param configs  the configuration with more keys set
     * @param stateDir of the applications; empty
     * @param notes    told what is going on
     * @throws Stop.Stopped where told to stop; nothing is left behind
     */
    public static PipelineReport run(Plan plan, PipelineParts parts, Function<Map<ConfigKey, Object>, Config> configs,
            Path stateDir, Stop stop, Consumer<String> notes) throws InterruptedException {
        notes.accept("starting a Kafka broker on this machine …");
        try (LocalBroker broker = LocalBroker.start(LocalBroker.Options.temporary().forLong())) {
            return new PipelineBench(plan, parts, configs, broker, stateDir, stop, notes).measure();
        }
    }

    private Config config(Map<ConfigKey, Object> more) {
        Map<ConfigKey, Object> all = new HashMap<>(settings);
        all.putAll(more);
        return configs.apply(all);
    }

    private PipelineReport measure() throws InterruptedException {
        stop.check();
        // What cannot be configured is to be said before minutes of measuring.
        BY_GUARANTEE.forEach(guarantee -> config(Map.of(ConfigKey.PROCESSING_GUARANTEE, guarantee)));
        Config config = config(Map.of());
        parts.createTopics(config);
        warmUp(config);
        for (int round = 1; round <= plan.rounds; round++) {
            List<String> texts = draw(plan.textsPerRound);
            engineAlone(texts, round, config);
            pipeline(texts, round, config);
        }
        Spread engine = new Spread(engineRates);
        Spread pipeline = new Spread(pipelineRates);
        List<LatencyFigures> latencies = new ArrayList<>();
        if (plan.load > 0) {
            for (String guarantee : BY_GUARANTEE) {
                latencies.add(latency(guarantee, plan.load * pipeline.median()));
            }
        }
        return new PipelineReport(plan, config.kafka().exactlyOnce(), engine, pipeline, new Spread(brokerShares),
                new Spread(engineCpuMs), new Spread(ownCpuMs), new Spread(brokerCpuMs), latencies,
                drawn, Math.max(0, drawn - plan.texts.size()));
    }

    /** New texts, as long as there are any. */
    private List<String> draw(int count) {
        List<String> texts = BenchTexts.slice(plan.texts, drawn, count);
        drawn += count;
        return texts;
    }

    private void warmUp(Config config) throws InterruptedException {
        if (plan.warmUps == 0) {
            return;
        }
        try (RunningJob job = parts.start(config); EmbeddingsReader reader = reader(config)) {
            boolean quiet = false;
            for (int round = 1; round <= plan.warmUps && !quiet; round++) {
                Compiling compiling = new Compiling();
                double rate = send(draw(plan.textsPerRound), "warm" + round, config, job, reader).sustainedPerSecond();
                quiet = compiling.isQuiet();
                note("pipeline, warm-up " + round, rate, compiling);
            }
        }
    }

    private EmbeddingsReader reader(Config config) {
        return new EmbeddingsReader(parts.consumer(config), config.topics());
    }

    private void engineAlone(List<String> texts, int round, Config config) {
        try (OpenEngine engine = parts.engine(config)) {
            EngineRounds rounds = new EngineRounds(engine.steps(), stop);
            rounds.textsPerSecond(texts.subList(0, Math.min(ENGINE_WARM_UP_TEXTS, texts.size())));
            CpuTime before = CpuTime.now(-1);
            double rate = rounds.sustainedTextsPerSecond(texts);
            engineCpuMs.add(CpuTime.now(-1).since(before).ownS() * 1_000 / texts.size());
            engineRates.add(rate);
            note("engine alone, round " + round, rate);
        }
    }

    private void pipeline(List<String> texts, int round, Config config) throws InterruptedException {
        try (RunningJob job = parts.start(config); EmbeddingsReader reader = reader(config)) {
            settle("settle" + round, part -> send(draw(plan.settleTexts()), part, config, job, reader));
            CpuTime before = CpuTime.now(broker.pid());
            Compiling compiling = new Compiling();
            double rate = send(texts, "round" + round, config, job, reader).sustainedPerSecond();
            CpuTime spent = CpuTime.now(broker.pid()).since(before);
            brokerShares.add(spent.brokerShare());
            ownCpuMs.add(spent.ownS() * 1_000 / texts.size());
            brokerCpuMs.add(spent.brokerS() * 1_000 / texts.size());
            pipelineRates.add(rate);
            note("pipeline, round " + round, rate, compiling);
        }
    }

    /** A part of a round, under a name of its own. */
    @FunctionalInterface
    private interface Part {
        void run(String name) throws InterruptedException;
    }

    /** New applications make the compiler take some of its work back: runs parts until it is quiet, or for long enough. */
    private void settle(String name, Part part) throws InterruptedException {
        int quiet = 0;
        int most = Plan.settlePartsMax(plan.warmUps);
        for (int i = 0; i < most && quiet < QUIET_PARTS; i++) {
            Compiling compiling = new Compiling();
            part.run(name + "." + i);
            quiet = compiling.isQuiet() ? quiet + 1 : 0;
        }
    }

    /** All at once, by a producer that collects: the backlog is never empty before the end. */
    private Round send(List<String> texts, String name, Config config, RunningJob job, EmbeddingsReader reader)
            throws InterruptedException {
        try (Producer<byte[], byte[]> producer = parts.producer(config, THROUGHPUT_LINGER_MS)) {
            return send(producer, texts, name, config, job, reader);
        }
    }

    /** Returns once all have been seen. */
    private Round send(Producer<byte[], byte[]> producer, List<String> texts, String name, Config config,
            RunningJob job, EmbeddingsReader reader) throws InterruptedException {
        Round round = new Round(name, texts.size());
        reader.expect(round);
        for (int i = 0; i < texts.size(); i++) {
            round.intended(i, System.nanoTime());
            send(producer, config, round.key(i), texts.get(i));
        }
        producer.flush();
        await(round, job, reader);
        return round;
    }

    private static void send(Producer<byte[], byte[]> producer, Config config, byte[] key, String text) {
        var _ = producer.send(new ProducerRecord<>(config.topics().texts(), key,
                text.getBytes(StandardCharsets.UTF_8)));
    }

    private void await(Round round, RunningJob job, EmbeddingsReader reader) throws InterruptedException {
        long giveUpNs = System.nanoTime() + Duration.ofMillis(ROUND_TIMEOUT_MS).toNanos();
        while (!reader.await(round, LOOK_MS)) {
            stop.check();
            if (job.failure() != null) {
                throw new BenchException("the applications have stopped: " + job.failure().getMessage(),
                        job.failure());
            }
            if (System.nanoTime() - giveUpNs > 0) {
                throw new BenchException("a round has not ended within " + ROUND_TIMEOUT_MS / 1_000
                        + " s; take fewer --texts");
            }
        }
    }

    private LatencyFigures latency(String guarantee, double perSecond) throws InterruptedException {
        Config config = config(Map.of(ConfigKey.PROCESSING_GUARANTEE, guarantee));
        notes.accept(String.format(Locale.ROOT, "latency at %.1f texts/s, %s", perSecond, GUARANTEES.get(guarantee)));
        try (RunningJob job = parts.start(config);
                EmbeddingsReader reader = reader(config);
                Producer<byte[], byte[]> producer = parts.producer(config, 0)) {
            // By the producer that is measured, and under the load that is measured: another one is compiled otherwise.
            settle("settle-" + guarantee, part -> open(part, perSecond, SETTLE_SECONDS, producer, config, job, reader));
            Compiling compiling = new Compiling();
            Round round = open("latency-" + guarantee, perSecond, plan.latencySeconds, producer, config, job, reader);
            notes.accept(String.format(Locale.ROOT, "the compiler took %.1f %% of a core", 100 * compiling.share()));
            return new LatencyFigures(GUARANTEES.get(guarantee), config.kafka().commitInterval().toMillis(),
                    Latency.of(plan.load, perSecond, round.micros()));
        }
    }

    /** An open loop, to its end. */
    private Round open(String name, double perSecond, double seconds, Producer<byte[], byte[]> producer, Config config,
            RunningJob job, EmbeddingsReader reader) throws InterruptedException {
        long[] schedule = OpenLoop.schedule(perSecond, Math.max(1, (int) (perSecond * seconds)), plan.seed);
        List<String> texts = draw(schedule.length);
        Round round = new Round(name, schedule.length);
        reader.expect(round);
        OpenLoop.run(schedule, (index, intendedNs) -> {
            round.intended(index, intendedNs);
            send(producer, config, round.key(index), texts.get(index));
        }, stop);
        await(round, job, reader);
        return round;
    }

    private void note(String what, double rate, Compiling compiling) {
        notes.accept(String.format(Locale.ROOT, "%s: %.1f texts/s, the compiler took %.1f %% of a core", what, rate,
                100 * compiling.share()));
    }

    private void note(String what, double rate) {
        notes.accept(String.format(Locale.ROOT, "%s: %.1f texts/s", what, rate));
    }
}
