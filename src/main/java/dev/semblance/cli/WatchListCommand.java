package dev.semblance.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.semblance.codec.CodecException;
import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.record.Watch;
import dev.semblance.record.WatchVector;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The watches as both of their topics have them: what was asked for, and since when it has a vector. */
@Command(name = "list", description = "List the watches, and since when each is in force.")
final class WatchListCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    private final RecordCodec codec = new RecordCodec();

    /**
     * @param watch   as asked for, else as its vector says; null where neither can be read
     * @param sinceMs append time of the vector of this very watch; null while there is none
     * @param problem why the watch cannot be read, else null
     */
    private record Listed(String id, Watch watch, Long sinceMs, String model, String problem) {}

    @Override
    public Integer call() {
        Config config = options.config();
        WatchSender sender = new WatchSender(config);
        Map<String, ConsumerRecord<byte[], byte[]>> asked = TopicTable.read(config.kafka(),
                config.topics().watches());
        Map<String, ConsumerRecord<byte[], byte[]>> vectors = TopicTable.read(config.kafka(),
                config.topics().watchVectors());
        PrintWriter out = spec.commandLine().getOut();
        TreeSet<String> ids = new TreeSet<>(asked.keySet());
        ids.addAll(vectors.keySet());
        for (String id : ids) {
            Listed listed = listed(sender, id, asked.get(id), vectors.get(id));
            out.println(json ? json(listed) : words(listed));
        }
        out.flush();
        return Semblance.OK;
    }

    private Listed listed(WatchSender sender, String id, ConsumerRecord<byte[], byte[]> asked,
            ConsumerRecord<byte[], byte[]> vector) {
        WatchVector embedded = null;
        try {
            embedded = vector == null ? null : codec.decodeWatchVector(vector.value());
            Watch watch = asked == null
                    ? embedded == null ? null : embedded.watch()
                    : sender.checked(id, asked.value());
            boolean same = embedded != null && embedded.watch().equals(watch);
            return new Listed(id, watch, same ? vector.timestamp() : null,
                    same ? embedded.model().id() + "@" + embedded.model().revision() : null, null);
        } catch (CommandFailure | CodecException e) {
            return new Listed(id, embedded == null ? null : embedded.watch(), null, null, e.getMessage());
        }
    }

    private static String json(Listed l) {
        ObjectNode node = JSON.createObjectNode().put("id", l.id());
        node.put("text", l.watch() == null ? null : l.watch().text());
        node.put("threshold", l.watch() == null ? null : l.watch().threshold());
        ArrayNode labels = node.putArray("labels");
        if (l.watch() != null) {
            l.watch().labels().forEach(labels::add);
        }
        node.put("since_ms", l.sinceMs()).put("model", l.model()).put("problem", l.problem());
        return node.toString();
    }

    private static String words(Listed l) {
        if (l.problem() != null) {
            return RecordLine.shown(l.id()) + "  refused: " + RecordLine.shown(l.problem());
        }
        String threshold = l.watch().threshold() == null ? "standard" : l.watch().threshold().toString();
        String since = l.sinceMs() == null ? "waits for its vector" : "since " + Instant.ofEpochMilli(l.sinceMs());
        String labels = l.watch().labels().isEmpty()
                ? ""
                : "  " + RecordLine.shown(l.watch().labels().toString());
        return RecordLine.shown(l.id()) + "  threshold " + threshold + "  " + since + labels + "  "
                + RecordLine.shown(l.watch().text());
    }
}
