package dev.semblance.cli;

import dev.semblance.bench.BenchTexts;
import dev.semblance.bench.WindowBench;
import dev.semblance.bench.WindowPeer;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code semblance bench window}: the vector window on one core, beside its limits and other libraries. */
@Command(name = "window", description = "Events a second of the vector window on one core, its recall and memory, "
        + "without Kafka.")
final class BenchWindowCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Texts whose vectors are used (default: an invented "
            + "feed).")
    private String file;

    @Option(names = "--texts", paramLabel = "N", description = "Distinct texts to embed (default: ${DEFAULT-VALUE}).")
    private int texts = 5_000;

    @Option(names = "--live", paramLabel = "N", split = ",", description = "Live vectors (default: 65536,1000000).")
    private List<Integer> live = List.of(65_536, 1_000_000);

    @Option(names = "--dimensions", paramLabel = "N", split = ",", description = "Dimensions (default: 384).")
    private List<Integer> dimensions = List.of(384);

    @Option(names = "--seconds", paramLabel = "S", description = "CPU seconds of each measurement "
            + "(default: ${DEFAULT-VALUE}).")
    private double seconds = 5;

    @Option(names = "--rounds", paramLabel = "N", description = "Measurements of each, the peers' in turns with ours "
            + "(default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(names = "--seed", paramLabel = "N", description = "Of the vectors (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--peers", description = "Run other libraries, too: Lucene's HNSW and JVector. The first time "
            + "builds them.")
    private boolean peers;

    @Option(names = "--peer-live", paramLabel = "N", description = "Live vectors of the comparison "
            + "(default: ${DEFAULT-VALUE}).")
    private int peerLive = 10_000;

    @Option(names = "--json", description = "One JSON document instead of the table.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        live.forEach(
                n -> BenchArguments.require(spec, n >= 1_000 && n <= 30_000_000, "--live", n, "1,000 to 30,000,000"));
        dimensions.forEach(n -> BenchArguments.require(spec, n >= 8 && n <= 16_384, "--dimensions", n, "8 to 16,384"));
        BenchArguments.require(spec, texts >= 2, "--texts", texts, "at least 2");
        BenchArguments.require(spec, seconds > 0, "--seconds", seconds, "above 0");
        BenchArguments.require(spec, rounds >= 1, "--rounds", rounds, "at least 1");
        BenchArguments.require(spec, peerLive >= 1_000, "--peer-live", peerLive, "at least 1,000");
        try (Console console = new Console(spec); URLClassLoader loader = peerLoader()) {
            Config config = options.source().with(ConfigKey.CACHE_MAX_BYTES, "0")
                    .with(ConfigKey.WINDOW_MAX_BYTES, Long.toString(1L << 40)).build();
            List<WindowPeer> others = new ArrayList<>();
            if (loader != null) {
                ServiceLoader.load(WindowPeer.class, loader).forEach(others::add);
            }
            WindowBench.Plan plan = new WindowBench.Plan(config.detect(), live, dimensions, seconds, rounds, seed,
                    others,
                    peerLive);
            var report = new WindowBench(plan, vectors(config, console), console::note).run();
            BenchArguments.print(console, json, report.toJson(), report.toTable());
            return Semblance.OK;
        }
    }

    /** Null without peers. */
    private URLClassLoader peerLoader() throws IOException {
        if (!peers) {
            return null;
        }
        String classPath = BenchArguments.peersClassPath();
        List<URL> urls = new ArrayList<>();
        for (String path : classPath.split(File.pathSeparator)) {
            urls.add(Path.of(path).toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), getClass().getClassLoader());
    }

    private List<float[]> vectors(Config config, Console console) throws Exception {
        List<String> distinct = BenchTexts.distinct(config.texts(), file, 2, texts);
        try (LoadedModel model = LoadedModel.open(config, new SimpleMeterRegistry())) {
            console.note("embedding " + distinct.size() + " texts");
            return embed(distinct, model);
        }
    }

    private static List<float[]> embed(List<String> distinct, LoadedModel model) throws Exception {
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
