package dev.semblance.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.config.Config;
import dev.semblance.local.LineFile;
import dev.semblance.record.Watch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One watch, or those of a file. All are checked before any is sent. */
@Command(name = "add", description = "Add a watch, or change the one of that id. It reports events that are embedded "
        + "after it.")
final class WatchAddCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_SHOWN = 10;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Parameters(index = "0", arity = "0..1", paramLabel = "ID",
            description = "Name of the watch: the id in its alerts.")
    private String id;

    @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "What events are compared with.")
    private String text;

    @Option(names = "--threshold", paramLabel = "T", description = "Cosine from which an event is reported, 0.5 to "
            + "0.999; default: the threshold of detect. 0.5 to 0.7 suit subjects.")
    private Double threshold;

    @Option(names = "--label", paramLabel = "L", description = "Passed on in the alerts; may be repeated.")
    private List<String> labels = new ArrayList<>();

    @Option(names = "--file", paramLabel = "JSONL", description = "A watch a line instead: {\"id\",\"text\","
            + "\"threshold\"?,\"labels\"?}; - for standard input.")
    private String file;

    @Override
    public Integer call() throws IOException {
        boolean one = id != null && text != null;
        if (one == (file != null) || file != null && (id != null || threshold != null || !labels.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "give ID and TEXT, or --file alone");
        }
        Config config = options.config();
        WatchSender sender = new WatchSender(config);
        List<Watch> watches = file == null
                ? List.of(sender.checked(new Watch(id, text, threshold, labels)))
                : read(sender);
        sender.send(watches);
        spec.commandLine().getErr().println("sent " + watches.size() + (watches.size() == 1 ? " watch" : " watches")
                + " to '" + config.topics().watches() + "'");
        return Semblance.OK;
    }

    private List<Watch> read(WatchSender sender) throws IOException {
        Map<String, Watch> watches = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        try (LineFile lines = LineFile.open(file)) {
            byte[] line;
            while ((line = lines.next()) != null) {
                if (line.length == 0) {
                    continue;
                }
                try {
                    Watch watch = sender.checked(idOf(line), line);
                    if (watches.put(watch.id(), watch) != null) {
                        throw new CommandFailure("watch '" + watch.id() + "' is there twice");
                    }
                } catch (CommandFailure e) {
                    problems.add(lines.name() + ", line " + lines.count() + ": " + e.getMessage());
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new CommandFailure("nothing was sent, for " + problems.size() + " of the lines cannot be read:\n  "
                    + String.join("\n  ", problems.subList(0, Math.min(MAX_SHOWN, problems.size()))));
        }
        return List.copyOf(watches.values());
    }

    private static String idOf(byte[] line) throws IOException {
        try {
            JsonNode field = JSON.readTree(line).path("id");
            if (field.isTextual() && !field.textValue().isEmpty()) {
                return field.textValue();
            }
            throw new CommandFailure("needs a field id that is a string");
        } catch (JsonProcessingException e) {
            throw new CommandFailure("is no JSON: " + e.getOriginalMessage());
        }
    }
}
