package dev.semblance.topology;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.semblance.config.Config;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The public topics as declared in {@code topology/topics.yaml}. Immutable. */
public final class TopicCatalog {

    private static final String RESOURCE = "topology/topics.yaml";
    private static final Set<String> EMBED_ONLY = Set.of("texts", "watches");
    private static final Set<String> DETECT_ONLY = Set.of("alerts", "unique", "control");
    /** Only there with several shards, and with a partition for each of them. */
    static final String CONTROL = "control";

    /** The file's form. */
    private record Declaration(Map<String, Topic> topics) {
        private record Topic(int partitions, Map<String, String> config) {}
    }

    private final Map<String, Declaration.Topic> topics;

    private TopicCatalog(Map<String, Declaration.Topic> topics) {
        this.topics = topics;
    }

    /** Reads the declaration that was packed with the program. */
    public static TopicCatalog load() {
        try (InputStream in = TopicCatalog.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not on the class path: the program is packed badly");
            }
            return parse(in);
        } catch (IOException e) {
            throw new IllegalStateException(RESOURCE + " cannot be read: " + e.getMessage(), e);
        }
    }

    static TopicCatalog parse(InputStream yaml) throws IOException {
        Declaration file = new ObjectMapper(new YAMLFactory()).readValue(yaml, Declaration.class);
        if (file == null || file.topics() == null) {
            throw new IOException("no 'topics' in it");
        }
        for (Map.Entry<String, Declaration.Topic> t : file.topics().entrySet()) {
            if (t.getValue() == null || t.getValue().partitions() < 1) {
                throw new IOException("topic '" + t.getKey() + "' needs partitions of at least 1");
            }
        }
        return new TopicCatalog(new LinkedHashMap<>(file.topics()));
    }

    /** Every public topic in use with the names and the replication factor of the configuration, in the file's order. */
    public List<TopicSpec> specs(Config config) {
        Map<String, String> names = names(config.topics());
        if (!topics.keySet().equals(names.keySet())) {
            throw new IllegalStateException(
                    RESOURCE + " declares " + topics.keySet() + ", expected " + names.keySet());
        }
        List<TopicSpec> specs = new ArrayList<>();
        topics.forEach((logical, t) -> {
            Map<String, String> settings = t.config() == null ? new TreeMap<>() : new TreeMap<>(t.config());
            if (logical.equals("embeddings")) {
                keepForWindow(settings, config.detect());
            }
            int shards = config.detect().shards();
            if (!logical.equals(CONTROL) || shards > 1) {
                specs.add(new TopicSpec(logical, names.get(logical), logical.equals(CONTROL) ? shards : t.partitions(),
                        (short) config.kafka().replicationFactor(), settings));
            }
        });
        return List.copyOf(specs);
    }

    /** Only those that a process of this role reads or writes. */
    public List<TopicSpec> specs(Config config, Config.Role role) {
        return specs(config).stream().filter(s -> role.embeds() || !EMBED_ONLY.contains(s.logicalName()))
                .filter(s -> role.detects() || !DETECT_ONLY.contains(s.logicalName())).toList();
    }

    /** A replay after a change of threshold or model has to find at least one whole window. */
    private static void keepForWindow(Map<String, String> settings, Config.Detect detect) {
        long neededMs = detect.window().plus(detect.grace()).toMillis();
        settings.computeIfPresent("retention.ms", (k, v) -> {
            long declaredMs = Long.parseLong(v);
            return declaredMs < 0 ? v : String.valueOf(Math.max(declaredMs, neededMs));
        });
    }

    /** Logical name → actual name. */
    public static Map<String, String> names(Config.Topics t) {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("texts", t.texts());
        names.put("watches", t.watches());
        names.put("embeddings", t.embeddings());
        names.put("watch-vectors", t.watchVectors());
        names.put("alerts", t.alerts());
        names.put("unique", t.unique());
        names.put("dead-letters", t.deadLetters());
        names.put(CONTROL, t.control());
        return names;
    }
}
