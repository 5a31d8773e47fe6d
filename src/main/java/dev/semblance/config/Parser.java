package dev.semblance.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads typed values; each failure names key, value and limit. */
final class Parser {

    private final ConfigSource source;

    Parser(ConfigSource source) {
        this.source = source;
    }

    private String raw(ConfigKey key) {
        return source.get(key).value();
    }

    String nonEmpty(ConfigKey key) {
        if (raw(key).isEmpty()) {
            throw ConfigException.of(key, "", "must not be empty");
        }
        return raw(key);
    }

    String orNull(ConfigKey key) {
        return raw(key).isEmpty() ? null : raw(key);
    }

    String matching(ConfigKey key, String pattern, String expected) {
        if (!raw(key).matches(pattern)) {
            throw ConfigException.of(key, raw(key), "expected " + expected);
        }
        return raw(key);
    }

    /** {@code host:port}, separated by commas; IPv6 addresses in brackets. */
    String brokers(ConfigKey key) {
        for (String broker : nonEmpty(key).split(",", -1)) {
            int colon = broker.lastIndexOf(':');
            String port = broker.substring(colon + 1).strip();
            if (!broker.strip().matches("(\\[[0-9a-fA-F:.%]+]|[0-9a-zA-Z._-]+):[0-9]{1,5}")
                    || Integer.parseInt(port) > 65_535) {
                throw ConfigException.of(key, raw(key), "'" + broker.strip() + "' is no host:port");
            }
        }
        return raw(key);
    }

    /** A legal Kafka topic name. */
    String topic(ConfigKey key) {
        String name = matching(key, "[a-zA-Z0-9._-]{1,249}", "a topic name: letters, digits, '.', '_' and '-'");
        if (name.equals(".") || name.equals("..")) {
            throw ConfigException.of(key, name, "is no topic name");
        }
        return name;
    }

    Path path(ConfigKey key) {
        try {
            return Path.of(nonEmpty(key));
        } catch (InvalidPathException e) {
            throw ConfigException.of(key, raw(key), "is no path: " + e.getReason());
        }
    }

    boolean bool(ConfigKey key) {
        return Boolean.parseBoolean(matching(key, "true|false", "true or false"));
    }

    int integer(ConfigKey key, int min, int max) {
        return Math.toIntExact(longInteger(key, min, max));
    }

    long longInteger(ConfigKey key, long min, long max) {
        return inRange(key, raw(key), min, max);
    }

    List<Integer> integers(ConfigKey key, int min, int max) {
        return Arrays.stream(nonEmpty(key).split(",", -1)).map(v -> (int) inRange(key, v.strip(), min, max)).distinct()
                .toList();
    }

    /** Each above the one before; empty text: the empty list. */
    List<Integer> ascending(ConfigKey key, int min, int max) {
        if (raw(key).isEmpty()) {
            return List.of();
        }
        List<Integer> values = Arrays.stream(raw(key).split(",", -1)).map(v -> (int) inRange(key, v.strip(), min, max))
                .toList();
        for (int i = 1; i < values.size(); i++) {
            if (values.get(i) <= values.get(i - 1)) {
                throw ConfigException.of(key, raw(key), values.get(i) + " follows " + values.get(i - 1)
                        + ": expected each number to be above the one before");
            }
        }
        return values;
    }

    private static long inRange(ConfigKey key, String value, long min, long max) {
        // The pattern first: parseLong also takes digits of other scripts. 18 digits always fit.
        if (value.matches("-?[0-9]{1,18}")) {
            long n = Long.parseLong(value);
            if (n >= min && n <= max) {
                return n;
            }
        }
        throw ConfigException.of(key, value, "expected a whole number from " + min + " to " + max);
    }

    double decimal(ConfigKey key, double min, double max) {
        // The pattern first: parseDouble also takes "0.9d", "0x1p-1" and "NaN".
        if (raw(key).matches("[0-9]{1,9}(\\.[0-9]{1,18})?")) {
            double d = Double.parseDouble(raw(key));
            if (d >= min && d <= max) {
                return d;
            }
        }
        throw ConfigException.of(key, raw(key), "expected a number from " + min + " to " + max);
    }

    Duration duration(ConfigKey key, Duration min, Duration max) {
        Duration d;
        try {
            d = Durations.parse(raw(key));
        } catch (IllegalArgumentException e) {
            throw ConfigException.of(key, raw(key), e.getMessage());
        }
        if (d.compareTo(min) < 0 || d.compareTo(max) > 0) {
            throw ConfigException.of(key, raw(key),
                    "expected from " + Durations.format(min) + " to " + Durations.format(max));
        }
        return d;
    }

    EmitFrom emitFrom(ConfigKey key) {
        try {
            return EmitFrom.parse(raw(key));
        } catch (IllegalArgumentException e) {
            throw ConfigException.of(key, raw(key), e.getMessage());
        }
    }

    <E extends Enum<E>> E oneOf(ConfigKey key, Class<E> type) {
        return constant(key, raw(key), type);
    }

    /** Empty text: the empty set. */
    <E extends Enum<E>> Set<E> setOf(ConfigKey key, Class<E> type) {
        Set<E> set = EnumSet.noneOf(type);
        if (!raw(key).isEmpty()) {
            for (String name : raw(key).split(",", -1)) {
                set.add(constant(key, name.strip(), type));
            }
        }
        return set;
    }

    private static <E extends Enum<E>> E constant(ConfigKey key, String value, Class<E> type) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(value)) {
                return constant;
            }
        }
        throw ConfigException.of(key, value, "expected " + Arrays.stream(type.getEnumConstants())
                .map(c -> c.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", ")));
    }

    Map<String, String> clientSettings(String prefix) {
        Map<String, String> found = new TreeMap<>();
        source.clientSettings().forEach((k, v) -> {
            if (k.startsWith(prefix)) {
                found.put(k.substring(prefix.length()), v.value());
            }
        });
        return Collections.unmodifiableMap(found);
    }
}
