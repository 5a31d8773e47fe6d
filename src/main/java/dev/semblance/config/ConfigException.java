package dev.semblance.config;

/** A configuration that cannot run. The message names key, value and limit, and what to do. */
public final class ConfigException extends RuntimeException {

    public ConfigException(String message) {
        super(message);
    }

    static ConfigException of(ConfigKey key, String value, String problem) {
        return new ConfigException(key.key() + "=" + value + ": " + problem);
    }
}
