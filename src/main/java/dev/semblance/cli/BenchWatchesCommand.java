package dev.semblance.cli;

import dev.semblance.bench.WatchBench;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.record.Watch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code semblance bench watches}: what standing queries cost an event. */
@Command(name = "watches", description = "Time an event takes against N standing queries on one core, without Kafka.")
final class BenchWatchesCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Mixin
    private BenchOptions bench = new BenchOptions(5_000, 3);

    @Option(names = "--watches", paramLabel = "N", split = ",", description = "Watches (default: 1000,10000,100000).")
    private List<Integer> watches = List.of(1_000, 10_000, 100_000);

    @Option(names = "--thresholds", paramLabel = "T", split = ",", description = "Of all watches (default: 0.6,0.9).")
    private List<Double> thresholds = List.of(0.6, 0.9);

    @Option(names = "--dimension", paramLabel = "N", description = "Dimension (default: ${DEFAULT-VALUE}).")
    private int dimension = 384;

    @Option(names = "--seconds", paramLabel = "S", description = "CPU seconds of each measurement "
            + "(default: ${DEFAULT-VALUE}).")
    private double seconds = 2;

    @Override
    public Integer call() throws Exception {
        watches.forEach(n -> bench.require(n >= 1 && n <= 10_000_000, "--watches", n,
                "1 to 10,000,000"));
        thresholds.forEach(t -> bench.require(t >= Watch.MIN_THRESHOLD && t <= Watch.MAX_THRESHOLD,
                "--thresholds", t, Watch.MIN_THRESHOLD + " to " + Watch.MAX_THRESHOLD));
        bench.require(dimension >= 8 && dimension <= 16_384, "--dimension", dimension, "8 to 16,384");
        bench.check(2);
        bench.require(seconds > 0, "--seconds", seconds, "above 0");
        try (Console console = new Console(spec)) {
            Config config = options.source().with(ConfigKey.CACHE_MAX_BYTES, "0").build();
            List<String> distinct = bench.distinct(config, 2, bench.texts());
            List<float[]> vectors;
            try (LoadedModel model = LoadedModel.open(config, new SimpleMeterRegistry())) {
                console.note("embedding " + distinct.size() + " texts");
                vectors = BenchWindowCommand.embed(distinct, model);
            }
            WatchBench.Report report = new WatchBench(
                    new WatchBench.Plan(watches, thresholds, dimension, seconds, bench.rounds(), bench.seed()), vectors,
                    console::note)
                    .run();
            bench.print(console, report.toJson(), report.toTable());
            return Semblance.OK;
        }
    }
}
