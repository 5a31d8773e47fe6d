package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.ConfigSource;
import dev.semblance.testing.TestBroker;
import dev.semblance.topology.TopicCatalog;
import dev.semblance.topology.TopicSetup;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A configuration with topics and application id of its own, and its topics made. */
final class TestJob {

    private static final Map<ConfigKey, String> TOPICS = Map.of(ConfigKey.TOPIC_TEXTS, "texts",
            ConfigKey.TOPIC_WATCHES, "watches", ConfigKey.TOPIC_EMBEDDINGS, "embeddings",
            ConfigKey.TOPIC_WATCH_VECTORS, "watch-vectors", ConfigKey.TOPIC_ALERTS, "alerts", ConfigKey.TOPIC_UNIQUE,
            "unique", ConfigKey.TOPIC_DEAD_LETTERS, "dead-letters");

    private TestJob() {}

    /** The same as {@code -o key=value} options, for a child process. */
    static Map<String, String> options(TestBroker broker, Path stateDir, Map<ConfigKey, String> more) {
        Map<String, String> options = new LinkedHashMap<>();
        String id = TestBroker.unique("job");
        TOPICS.forEach((key, name) -> options.put(key.key(), id + "-" + name));
        options.put(ConfigKey.APPLICATION_ID.key(), id);
        options.put(ConfigKey.BOOTSTRAP_SERVERS.key(), broker.bootstrapServers());
        options.put(ConfigKey.STATE_DIR.key(), stateDir.toString());
        options.put(ConfigKey.HTTP_PORT.key(), "0");
        options.put(ConfigKey.REPLICATION_FACTOR.key(), "1");
        // The broker's shortest: an instance that was killed is replaced as soon as may be.
        options.put("consumer.session.timeout.ms", "6000");
        more.forEach((key, value) -> options.put(key.key(), value));
        return options;
    }

    static Config config(Map<String, String> options) {
        ConfigSource source = new ConfigSource();
        options.forEach((k, v) -> source.withOption(k + "=" + v));
        return source.build();
    }

    static Config create(TestBroker broker, Path stateDir, Map<ConfigKey, String> more) {
        Config config = config(options(broker, stateDir, more));
        createTopics(broker, config);
        return config;
    }

    static void createTopics(TestBroker broker, Config config) {
        TopicSetup.create(broker.admin(), TopicCatalog.load().specs(config));
    }
}
