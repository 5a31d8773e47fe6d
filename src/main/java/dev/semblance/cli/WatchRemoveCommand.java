package dev.semblance.cli;

import dev.semblance.config.Config;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes watches; nothing where one of them is not known. */
@Command(name = "remove", description = "Remove watches: events that are embedded later are no longer reported.")
final class WatchRemoveCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(arity = "1..*", paramLabel = "ID", description = "Names of watches.")
    private List<String> ids;

    @Override
    public Integer call() {
        Config config = options.config();
        Set<String> known = new TreeSet<>(TopicTable.read(config.kafka(), config.topics().watches()).keySet());
        known.addAll(TopicTable.read(config.kafka(), config.topics().watchVectors()).keySet());
        List<String> unknown = ids.stream().filter(id -> !known.contains(id)).toList();
        if (!unknown.isEmpty()) {
            throw new CommandFailure("there is no watch " + String.join(", ", unknown)
                    + "; nothing was removed. `semblance watch list` shows those there are");
        }
        new WatchSender(config).remove(ids);
        spec.commandLine().getErr().println("removed " + String.join(", ", ids));
        return Semblance.OK;
    }
}
