package dev.semblance.cli;

import dev.semblance.bench.WindowBench;
import dev.semblance.bench.WindowPeer;
import dev.semblance.bench.WindowSoak;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.Durations;
import dev.semblance.record.TextHash;
import dev.semblance.vector.VectorKernels;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code semblance bench window}: the vector window on one core, beside its limits and other libraries. */
@Command(name = "window", description = "Events a second of the vector window on one core, its recall and memory, "
        + "without Kafka.")
final class BenchWindowCommand implements Callable<Integer> {

    private static final int SOAK_SAMPLES = 60;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Mixin
    private BenchOptions bench = new BenchOptions(5_000, 3);

    @Option(names = "--live", paramLabel = "N", split = ",", description = "Live vectors (default: 65536,1000000).")
    private List<Integer> live = List.of(65_536, 1_000_000);

    @Option(names = "--dimensions", paramLabel = "N", split = ",", description = "Dimensions (default: 384).")
    private List<Integer> dimensions = List.of(384);

    @Option(names = "--seconds", paramLabel = "S", description = "CPU seconds of each measurement "
            + "(default: ${DEFAULT-VALUE}).")
    private double seconds = 5;

    @Option(names = "--common", paramLabel = "C",
            description = "Give unlike vectors this mean cosine, as some models do, "
                    + "and measure each window twice: as they are, and with their mean taken out.")
    private double common;

    @Option(names = "--peers", description = "Run other libraries, too: Lucene's HNSW and JVector. The first time "
            + "builds them.")
    private boolean peers;

    @Option(names = "--peer-live", paramLabel = "N", description = "Live vectors of the comparison "
            + "(default: ${DEFAULT-VALUE}).")
    private int peerLive = 10_000;

    @Option(names = "--soak", paramLabel = "D",
            description = "Instead: a stream of so much event time (as 1h) through a "
                    + "window of the first --live and --dimensions, and what memory it takes meanwhile.")
    private String soak;

    @Option(names = "--soak-window", paramLabel = "D", description = "Event time that the window of --soak spans "
            + "(default: ${DEFAULT-VALUE}); with --live it makes the rate.")
    private String soakWindow = "6m";

    @Override
    public Integer call() throws Exception {
        live.forEach(
                n -> bench.require(n >= 1_000 && n <= 30_000_000, "--live", n, "1,000 to 30,000,000"));
        dimensions.forEach(n -> bench.require(n >= 8 && n <= 16_384, "--dimensions", n, "8 to 16,384"));
        bench.check(2);
        bench.require(seconds > 0, "--seconds", seconds, "above 0");
        bench.require(peerLive >= 1_000, "--peer-live", peerLive, "at least 1,000");
        bench.require(common >= 0 && common < 1, "--common", common, "0 to below 1");
        try (Console console = new Console(spec); URLClassLoader loader = peerLoader()) {
            Config config = options.source().with(ConfigKey.CACHE_MAX_BYTES, "0")
                    .with(ConfigKey.WINDOW_MAX_BYTES, Long.toString(1L << 40)).build();
            if (soak != null) {
                WindowSoak.Plan plan = new WindowSoak.Plan(config.detect(), live.getFirst(), dimensions.getFirst(),
                        duration("--soak-window", soakWindow), duration("--soak", soak), SOAK_SAMPLES,
                        bench.seed());
                WindowSoak.Report report = new WindowSoak(plan, vectors(config, console)).run(console::note);
                bench.print(console, report.toJson(), report.toTable());
                return Semblance.OK;
            }
            List<WindowPeer> others = new ArrayList<>();
            if (loader != null) {
                ServiceLoader.load(WindowPeer.class, loader).forEach(others::add);
            }
            WindowBench.Plan plan = new WindowBench.Plan(config.detect(), live, dimensions, seconds, bench.rounds(),
                    bench.seed(), common, others, peerLive);
            var report = new WindowBench(plan, vectors(config, console), console::note).run();
            bench.print(console, report.toJson(), report.toTable());
            return Semblance.OK;
        }
    }

    private Duration duration(String option, String value) {
        Duration duration;
        try {
            duration = Durations.parse(value);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), option + "=" + value + ": " + e.getMessage(), e);
        }
        bench.require(duration.toSeconds() >= 1, option, value, "at least 1s");
        return duration;
    }

    /** Null without peers. */
    private URLClassLoader peerLoader() throws IOException {
        if (!peers) {
            return null;
        }
        String classPath = BenchOptions.peersClassPath();
        List<URL> urls = new ArrayList<>();
        for (String path : classPath.split(File.pathSeparator)) {
            urls.add(Path.of(path).toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), getClass().getClassLoader());
    }

    private List<float[]> vectors(Config config, Console console) throws Exception {
        if (bench.file() != null && EmbeddedEvents.isEmbedded(bench.file())) {
            return embedded(config, console);
        }
        List<String> distinct = bench.distinct(config, 2, bench.texts());
        try (LoadedModel model = LoadedModel.open(config, new SimpleMeterRegistry())) {
            console.note("embedding " + distinct.size() + " texts");
            return embed(distinct, model);
        }
    }

    /** Those of distinct texts. */
    private List<float[]> embedded(Config config, Console console) throws Exception {
        Set<TextHash> seen = new HashSet<>();
        List<float[]> vectors = new ArrayList<>();
        new EmbeddedEvents(config, new SimpleMeterRegistry(), console).read(bench.file(), Long.MAX_VALUE, event -> {
            if (vectors.size() < bench.texts() && seen.add(event.textHash())) {
                vectors.add(VectorKernels.normalised(event.vector()));
            }
        });
        console.endProgress();
        if (vectors.size() < 2) {
            throw new CommandFailure(
                    bench.file() + " has vectors of " + vectors.size() + " distinct texts; at least 2 needed");
        }
        return vectors;
    }

    static List<float[]> embed(List<String> distinct, LoadedModel model) throws Exception {
        List<float[]> vectors = new ArrayList<>(distinct.size());
        for (int from = 0; from < distinct.size(); from += 512) {
            List<CompletableFuture<float[]>> running = new ArrayList<>();
            for (String text : distinct.subList(from, Math.min(distinct.size(), from + 512))) {
                running.add(model.steps().submit(text).vector().toCompletableFuture());
            }
            for (CompletableFuture<float[]> vector : running) {
                vectors.add(vector.join());
            }
        }
        return vectors;
    }
}
