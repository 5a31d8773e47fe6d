package dev.semblance.cli;

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
import picocli.CommandLine.Spec;

/** {@code semblance bench pipeline}: the engine alone, and the same texts through Kafka and both applications. */
@Command(name = "pipeline", description = "Texts a second of the engine alone and through the whole pipeline, their "
        + "ratio, and the latency through Kafka. Each round has texts of its own, while there are any; take --texts four times "
        + "what may be in flight in all partitions.")
final class BenchPipelineCommand implements Callable<Integer> {

    /** Texts a second that no pipeline on one machine is expected to pass. */
    private static final double RATE_AT_MOST = 10_000;
    private static final String NOWHERE = "127.0.0.1:1";

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Mixin
    private BenchOptions bench = new BenchOptions(8_000, 3);

    @Option(names = "--warm-ups", paramLabel = "N",
            description = "Rounds of the pipeline before, at most: "
                    + "they end once the JIT compiler is quiet. As many parts of a round, at most 16, go before each "
                    + "measurement (default: ${DEFAULT-VALUE}).")
    private int warmUps = 20;

    @Option(names = "--load", paramLabel = "SHARE", description = "Latency under this share of the pipeline's rate; 0: "
            + "no latency (default: ${DEFAULT-VALUE}).")
    private double load = 0.5;

    @Option(names = "--latency-seconds", paramLabel = "S", description = "Seconds of each processing guarantee "
            + "(default: ${DEFAULT-VALUE}).")
    private double latencySeconds = 15;

    @Option(names = "--role", paramLabel = "ROLE",
            description = "What runs beside the broker: embed, which is the engine "
                    + "through Kafka, or all (default: ${DEFAULT-VALUE}).")
    private String role = "embed";

    @Override
    public Integer call() throws Exception {
        check();
        Stop stop = new Stop();
        try (CtrlC _ = CtrlC.watch(stop::request);
                Console console = new Console(spec);
                TemporaryFolder state = TemporaryFolder.create("semblance-bench-state")) {
            Config config = config(Map.of(ConfigKey.BOOTSTRAP_SERVERS, NOWHERE));
            int wanted = PipelineBench.Plan.textsWanted(bench.texts(), bench.rounds(), warmUps, load, latencySeconds,
                    RATE_AT_MOST);
            List<String> distinct = bench.distinct(config, bench.texts(), wanted);
            PipelineReport report = PipelineBench.run(
                    new PipelineBench.Plan(distinct, bench.source(), role, bench.texts(), bench.rounds(), warmUps, load,
                            latencySeconds, bench.seed()),
                    new CommandParts(stop), this::config, state.path(), stop, console::note);
            bench.print(console, report.toJson(), report.toTable());
            return Semblance.OK;
        }
    }

    private void check() {
        bench.check(1);
        bench.require(warmUps >= 0, "--warm-ups", warmUps, "at least 0");
        bench.require(load >= 0 && load < 1, "--load", load, "0 or more, and below 1");
        bench.require(latencySeconds > 0, "--latency-seconds", latencySeconds, "above 0");
        bench.require(role.equals("embed") || role.equals("all"), "--role", role, "embed or all");
    }

    /** Without the cache: each text is to be computed. */
    private Config config(Map<ConfigKey, Object> more) {
        ConfigSource source = options.source().with(ConfigKey.CACHE_MAX_BYTES, "0")
                .with(ConfigKey.APPLICATION_ID, "semblance-bench").with(ConfigKey.HTTP_PORT, "0")
                .with(ConfigKey.REPLICATION_FACTOR, "1").with(ConfigKey.ROLE, role);
        more.forEach(source::with);
        return source.build();
    }
}
