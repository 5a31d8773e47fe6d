package dev.semblance.cli;

import dev.semblance.bench.BenchTexts;
import dev.semblance.bench.PipelineBench;
import dev.semblance.bench.PipelineReport;
import dev.semblance.bench.Stop;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code semblance bench pipeline}: the engine alone, and the same texts through Kafka and both applications. */
@Command(name = "pipeline", description = "Texts a second of the engine alone and through the whole pipeline, their "
        + "ratio, and the latency through Kafka.")
final class BenchPipelineCommand implements Callable<Integer> {

    /** Texts a second that no pipeline on one machine is expected to pass. */
    private static final double RATE_AT_MOST = 10_000;
    private static final String NOWHERE = "127.0.0.1:1";

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Texts to use (default: an invented feed).")
    private String file;

    @Option(names = "--texts", paramLabel = "N", description = "Texts a round, distinct within it; "
            + "take four times what may be in flight in all partitions (default: ${DEFAULT-VALUE}).")
    private int texts = 8_000;

    @Option(names = "--rounds", paramLabel = "N", description = "Counted rounds of each (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(names = "--warm-ups", paramLabel = "N",
            description = "Rounds of the pipeline that are not counted: what it "
                    + "does once a commit takes minutes to be compiled (default: ${DEFAULT-VALUE}).")
    private int warmUps = 2;

    @Option(names = "--load", paramLabel = "SHARE", description = "Latency under this share of the pipeline's rate; 0: "
            + "no latency (default: ${DEFAULT-VALUE}).")
    private double load = 0.5;

    @Option(names = "--latency-seconds", paramLabel = "S", description = "Seconds of each processing guarantee "
            + "(default: ${DEFAULT-VALUE}).")
    private double latencySeconds = 15;

    @Option(names = "--seed", paramLabel = "N", description = "Of the times of sending (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--json", description = "One JSON document instead of the table.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        check();
        Stop stop = new Stop();
        try (CtrlC _ = CtrlC.watch(stop::request);
                Console console = new Console(spec);
                TemporaryFolder state = TemporaryFolder.create("semblance-bench-state")) {
            Config config = config(Map.of(ConfigKey.BOOTSTRAP_SERVERS, NOWHERE));
            int wanted = PipelineBench.Plan.textsWanted(texts, rounds, warmUps, load, latencySeconds,
                    RATE_AT_MOST);
            List<String> distinct = BenchTexts.distinct(config.texts(), file, texts, wanted);
            PipelineReport report = PipelineBench.run(
                    new PipelineBench.Plan(distinct, file == null ? "invented feed, seed " + BenchTexts.SEED : file,
                            texts, rounds, warmUps, load, latencySeconds, seed),
                    new CommandParts(stop), this::config, state.path(), stop, console::note);
            BenchArguments.print(console, json, report.toJson(), report.toTable());
            return Semblance.OK;
        }
    }

    private void check() {
        BenchArguments.require(spec, texts >= 1, "--texts", texts, "at least 1");
        BenchArguments.require(spec, rounds >= 1, "--rounds", rounds, "at least 1");
        BenchArguments.require(spec, warmUps >= 0, "--warm-ups", warmUps, "at least 0");
        BenchArguments.require(spec, load >= 0 && load < 1, "--load", load, "0 or more, and below 1");
        BenchArguments.require(spec, latencySeconds > 0, "--latency-seconds", latencySeconds, "above 0");
    }

    /** Without the cache: each text is to be computed. */
    private Config config(Map<ConfigKey, Object> more) {
        ConfigSource source = options.source().with(ConfigKey.CACHE_MAX_BYTES, "0")
                .with(ConfigKey.APPLICATION_ID, "semblance-bench").with(ConfigKey.HTTP_PORT, "0")
                .with(ConfigKey.REPLICATION_FACTOR, "1").with(ConfigKey.ROLE, "all");
        more.forEach(source::with);
        return source.build();
    }
}
