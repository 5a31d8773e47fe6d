package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.topology.TopicCatalog;
import dev.semblance.topology.TopicProblem;
import dev.semblance.topology.TopicSetup;
import dev.semblance.topology.TopicSpec;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The public topics of a cluster. */
@Command(name = "topics", description = "Create or check the public topics.")
final class TopicsCommand {

    @Spec
    private CommandSpec spec;

    @Command(name = "create", description = "Create the topics that are missing; leave the others alone.")
    int create(@Mixin ConfigOptions options) {
        Config config = options.config();
        PrintWriter out = spec.commandLine().getOut();
        List<TopicSpec> topics = TopicCatalog.load().specs(config);
        try (Admin admin = KafkaClients.admin(config.kafka())) {
            List<String> created = TopicSetup.create(admin, topics);
            for (TopicSpec topic : topics) {
                out.println(created.contains(topic.name())
                        ? "created " + topic.name() + " (" + topic.partitions()
                                + (topic.partitions() == 1 ? " partition)" : " partitions)")
                        : "exists  " + topic.name());
            }
        }
        return Semblance.OK;
    }

    @Command(name = "check", description = "Compare the topics with what the program expects; exit code 1 where it"
            + " would refuse to start.")
    int check(@Mixin ConfigOptions options) {
        Config config = options.config();
        PrintWriter out = spec.commandLine().getOut();
        List<TopicSpec> topics = TopicCatalog.load().specs(config, config.role());
        try (Admin admin = KafkaClients.admin(config.kafka())) {
            List<TopicProblem> problems = TopicSetup.check(admin, topics);
            problems.forEach(p -> out.println(p.severity().name().toLowerCase(Locale.ROOT) + ": " + p.message()));
            boolean fatal = problems.stream().anyMatch(TopicProblem::fatal);
            out.println(topics.size() + " topics checked, " + (problems.isEmpty()
                    ? "all fine"
                    : fatal
                            ? "the program would not start"
                            : "the program would start"));
            return fatal ? Semblance.FAILURE : Semblance.OK;
        }
    }
}
