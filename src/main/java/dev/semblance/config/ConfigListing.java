package dev.semblance.config;

import dev.semblance.config.ConfigSource.Origin;
import dev.semblance.config.ConfigSource.Setting;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Configurations as text: a {@code .properties} file that can be fed back, and the reference table of all keys. */
public final class ConfigListing {

    /** Client keys whose values are not for logs and tickets. */
    private static final Pattern SECRET = Pattern.compile("(?i).*(password|secret|jaas|\\.key$|credential|token).*");

    private ConfigListing() {}

    /**
     * Every key with its meaning, origin and value, as a {@code .properties} file (UTF-8).
     *
     * @param secrets whether to write passwords and the like; without, such a key is only a comment
     */
    public static String properties(ConfigSource source, boolean secrets) {
        StringBuilder out = new StringBuilder();
        for (ConfigKey key : ConfigKey.values()) {
            Setting setting = source.get(key);
            comment(out, key.doc(), setting.origin());
            assignment(out, key.key(), setting.value());
        }
        for (Map.Entry<String, Setting> client : source.clientSettings().entrySet()) {
            boolean hidden = !secrets && SECRET.matcher(client.getKey()).matches();
            comment(out, "passed on to the Kafka clients", client.getValue().origin());
            if (hidden) {
                out.append("# ").append(client.getKey()).append(" is set, but hidden; --secrets shows it\n\n");
            } else {
                assignment(out, client.getKey(), client.getValue().value());
            }
        }
        return out.toString();
    }

    private static void comment(StringBuilder out, String doc, Origin origin) {
        out.append("# ").append(doc).append(" [").append(origin.name().toLowerCase(Locale.ROOT)).append("]\n");
    }

    private static void assignment(StringBuilder out, String key, String value) {
        out.append(key.replace(":", "\\:").replace("=", "\\=").replace(" ", "\\ ")).append('=')
                .append(escaped(value)).append("\n\n");
    }

    /** Only what {@link java.util.Properties#load} would read differently; values never begin with white space. */
    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
                .replace("\f", "\\f");
    }

    /** The reference of all keys as a Markdown table, in the order of the enum. */
    public static String markdown() {
        StringBuilder out = new StringBuilder("| key | default | meaning | environment |\n|---|---|---|---|\n");
        for (ConfigKey key : ConfigKey.values()) {
            String value = key.defaultValue().isEmpty() ? "(empty)" : "`" + key.defaultValue() + "`";
            out.append("| `").append(key.key()).append("` | ").append(value).append(" | ")
                    .append(key.doc().replace("|", "\\|").replace("<", "&lt;")).append(" | `")
                    .append(key.environmentName()).append("` |\n");
        }
        return out.toString();
    }
}
