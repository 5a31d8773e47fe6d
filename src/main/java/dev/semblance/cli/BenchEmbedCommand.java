package dev.semblance.cli;

import dev.semblance.bench.EmbedBench;
import dev.semblance.bench.EmbedReport;
import dev.semblance.bench.OpenEngine;
import dev.semblance.bench.Stop;
import dev.semblance.bench.TransformerShape;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code semblance bench embed}: the engine without Kafka, beside the machine's limits and other programs. */
@Command(name = "embed", description = "Texts a second, share of the machine's limits, latency and quality of the "
        + "engine, without Kafka.")
final class BenchEmbedCommand implements Callable<Integer> {

    private static final List<String> PEER_TYPES = List.of("dev.semblance.peers.LangChain4j",
            "dev.semblance.peers.LangChain4jQuantised");

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Mixin
    private BenchOptions bench = new BenchOptions(1_000, 5);

    @Option(names = "--warm-ups", paramLabel = "N", description = "Rounds that are not counted "
            + "(default: ${DEFAULT-VALUE}).")
    private int warmUps = 2;

    @Option(names = "--variants", paramLabel = "V", split = ",", description = "Variants of the model, such as "
            + "cpu-fp32,cpu-int8 (default: the configured one).")
    private List<String> variants = List.of();

    @Option(names = "--shape", paramLabel = "LxHxI", description = "Layers, hidden and intermediate length of the "
            + "model, such as 12x768x3072, for the share of the limits (known for the embedded model).")
    private String shape;

    @Option(names = "--loads", paramLabel = "SHARE", split = ",", description = "Latency under these shares of the "
            + "measured capacity (default: 0.25,0.5,0.75).")
    private List<Double> loads = List.of(0.25, 0.5, 0.75);

    @Option(names = "--latency-seconds", paramLabel = "S", description = "Seconds of each load "
            + "(default: ${DEFAULT-VALUE}).")
    private double latencySeconds = 10;

    @Option(names = "--limit-ms", paramLabel = "MS", description = "Milliseconds of each of the three limits in each "
            + "round (default: ${DEFAULT-VALUE}).")
    private long limitMs = 300;

    @Option(names = "--peers", description = "Run other programs, too: langchain4j with the same model, in fp32 and "
            + "quantised. The first time builds them.")
    private boolean peers;

    @Option(names = "--peer-batch", paramLabel = "N", description = "Texts that they get at once; 0: all "
            + "of a round (default: ${DEFAULT-VALUE}).")
    private int peerBatch;

    @Override
    public Integer call() throws Exception {
        check();
        Stop stop = new Stop();
        try (CtrlC _ = CtrlC.watch(stop::request); Console console = new Console(spec)) {
            Config config = source("").build();
            EmbedBench.Plan plan = new EmbedBench.Plan(bench.distinct(config, bench.texts(), bench.texts()),
                    bench.source(), names(), shape(config), bench.rounds(), warmUps, loads, latencySeconds, limitMs,
                    bench.seed(), peers ? peers() : null);
            EmbedReport report = EmbedBench.run(plan, this::open, stop, console::note);
            bench.print(console, report.toJson(), report.toTable());
            return Semblance.OK;
        }
    }

    private void check() {
        bench.check(1);
        bench.require(warmUps >= 0, "--warm-ups", warmUps, "at least 0");
        bench.require(peerBatch >= 0, "--peer-batch", peerBatch, "at least 0");
        bench.require(limitMs >= 1, "--limit-ms", limitMs, "at least 1");
        bench.require(latencySeconds > 0, "--latency-seconds", latencySeconds, "above 0");
        loads.forEach(
                load -> bench.require(load > 0 && load < 1, "--loads", load, "above 0 and below 1"));
    }

    /** Without the cache: each text is to be computed. */
    private ConfigSource source(String variant) {
        ConfigSource source = options.source().with(ConfigKey.CACHE_MAX_BYTES, "0");
        return variant.isEmpty() ? source : source.with(ConfigKey.MODEL_VARIANT, variant);
    }

    private List<String> names() {
        return variants.isEmpty() ? List.of("") : variants;
    }

    private OpenEngine open(String variant) {
        return LoadedModel.open(source(variant).build(), new SimpleMeterRegistry());
    }

    private TransformerShape shape(Config config) {
        if (shape == null) {
            return config.model().folder() == null ? TransformerShape.MINILM_L6 : null;
        }
        try {
            return TransformerShape.parse(shape);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--shape: " + e.getMessage(), e);
        }
    }

    private EmbedBench.Peers peers() {
        return new EmbedBench.Peers(PEER_TYPES, BenchOptions.peersClassPath(), peerBatch);
    }
}
