package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.metrics.Metrics;
import dev.semblance.topology.StreamsApplication;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The job against a real cluster, until it is told to stop. */
@Command(name = "run", description = "Run the job against a Kafka cluster, until SIGTERM or Ctrl-C.")
final class RunCommand implements Callable<Integer> {

    @Mixin
    private ConfigOptions options;

    @Option(names = "--role", paramLabel = "ROLE", description = "embed, detect or all; default: all.")
    private String role;

    @Override
    public Integer call() throws InterruptedException {
        ConfigSource source = options.source();
        if (role != null) {
            source.with(ConfigKey.ROLE, role);
        }
        Config config = source.build();
        CountDownLatch stop = new CountDownLatch(1);
        try (CtrlC _ = CtrlC.watch(stop::countDown);
                Metrics metrics = Metrics.open(null);
                Job job = Job.start(config, metrics)) {
            Throwable failure = job.awaitEnd(stop);
            if (failure != null) {
                throw new CommandFailure("the job stopped: " + StreamsApplication.rootMessage(failure), failure);
            }
            return Semblance.OK;
        }
    }
}
