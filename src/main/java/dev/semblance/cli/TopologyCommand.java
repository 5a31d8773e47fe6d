package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.topology.TopologyDescriptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What would run. */
@Command(name = "topology", description = "Print the nodes, stores and topics of both applications.")
final class TopologyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Override
    public Integer call() {
        Config config = options.config();
        try (Console console = new Console(spec)) {
            if (config.role().embeds()) {
                console.print("embed\n" + TopologyDescriptions.embed(config));
            }
            if (config.role().detects()) {
                console.print("detect\n" + TopologyDescriptions.detect(config));
            }
        }
        return Semblance.OK;
    }
}
