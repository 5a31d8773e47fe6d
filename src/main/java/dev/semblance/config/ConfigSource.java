package dev.semblance.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Raw key-value pairs from all sources, the later winning: defaults, file, environment, options. Keys that begin with
 * {@code kafka.}, {@code producer.} or {@code consumer.} pass through to the clients unchecked; every other unknown
 * key is refused, with the nearest known one named. Thread: one; not thread-safe.
 */
public final class ConfigSource {

    static final List<String> PASS_THROUGH = List.of("kafka.", "producer.", "consumer.");

    /** Client keys that would contradict one of ours: client key → what to set instead. */
    private static final Map<String, String> OWN_KEYS = Map.of("bootstrap.servers", "bootstrap.servers",
            "application.id", "application.id", "processing.guarantee", "processing.guarantee", "commit.interval.ms",
            "commit.interval", "state.dir", "state.dir", "replication.factor", "replication.factor",
            "num.standby.replicas", "standby.replicas", "num.stream.threads", "embed.threads and detect.threads");

    /** Read by the launcher and by the logging. */
    private static final Set<String> NOT_CONFIGURATION = Set.of("SEMBLANCE_JAVA_OPTS", "SEMBLANCE_JAVA_HOME",
            "SEMBLANCE_LOG_LEVEL");

    /** Where a value came from, for {@code config print}. */
    public enum Origin {
        DEFAULT,
        FILE,
        ENVIRONMENT,
        OPTION
    }

    /** A raw value and its origin. */
    public record Setting(String value, Origin origin) {}

    private final Map<ConfigKey, Setting> settings = new EnumMap<>(ConfigKey.class);
    private final TreeMap<String, Setting> clientSettings = new TreeMap<>();

    public ConfigSource() {
        for (ConfigKey key : ConfigKey.values()) {
            settings.put(key, new Setting(key.defaultValue(), Origin.DEFAULT));
        }
    }

    /** Reads a {@code .properties} file, UTF-8. */
    public ConfigSource withFile(Path file) {
        PropertiesFile.read(file).forEach((k, v) -> put(k, v, Origin.FILE, "config file " + file));
        return this;
    }

    /** Takes {@code SEMBLANCE_…} variables; {@code SEMBLANCE_KAFKA_X_Y} is the client key {@code kafka.x.y}. */
    public ConfigSource withEnvironment(Map<String, String> environment) {
        new TreeMap<>(environment).forEach((name, value) -> {
            if (name.startsWith("SEMBLANCE_") && !NOT_CONFIGURATION.contains(name)) {
                String key = name.substring("SEMBLANCE_".length()).toLowerCase(Locale.ROOT).replace('_', '.');
                put(key, value, Origin.ENVIRONMENT, "environment variable " + name);
            }
        });
        return this;
    }

    /** One {@code key=value}, as after {@code -o}. */
    public ConfigSource withOption(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals <= 0) {
            throw new ConfigException("-o " + assignment + ": expected key=value");
        }
        put(assignment.substring(0, equals).strip(), assignment.substring(equals + 1), Origin.OPTION, "option -o");
        return this;
    }

    /** @param value written as in a file: a {@link Duration} as {@code 90s}, a collection with commas between */
    public ConfigSource with(ConfigKey key, Object value) {
        String text = switch (value) {
            case Duration d -> Durations.format(d);
            case Collection<?> c -> c.stream().map(String::valueOf).collect(Collectors.joining(","));
            default -> String.valueOf(value);
        };
        settings.put(key, new Setting(text.strip(), Origin.OPTION));
        return this;
    }

    /** Checks everything and returns the immutable whole. */
    public Config build() {
        return Config.of(this);
    }

    public Setting get(ConfigKey key) {
        return settings.get(key);
    }

    /** Client keys with their prefixes, sorted. */
    public SortedMap<String, Setting> clientSettings() {
        return Collections.unmodifiableSortedMap(clientSettings);
    }

    private void put(String key, String value, Origin origin, String where) {
        ConfigKey known = ConfigKey.find(key);
        String prefix = PASS_THROUGH.stream().filter(p -> key.startsWith(p) && key.length() > p.length()).findFirst()
                .orElse(null);
        if (known != null) {
            settings.put(known, new Setting(value.strip(), origin));
        } else if (prefix != null) {
            String own = OWN_KEYS.get(key.substring(prefix.length()));
            if (own != null) {
                throw new ConfigException("'" + key + "' in " + where + ": the program sets it itself; use " + own);
            }
            clientSettings.put(key, new Setting(value.strip(), origin));
        } else {
            throw new ConfigException("unknown key '" + key + "' in " + where + "; did you mean '" + nearest(key)
                    + "'? `semblance config print` lists all");
        }
    }

    private static String nearest(String key) {
        List<ConfigKey> keys = new ArrayList<>(List.of(ConfigKey.values()));
        keys.sort(Comparator.comparingInt(k -> editDistance(k.key(), key)));
        return keys.getFirst().key();
    }

    private static int editDistance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
