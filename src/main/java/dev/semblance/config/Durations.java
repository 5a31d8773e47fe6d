package dev.semblance.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as written everywhere in the program: {@code 50ms}, {@code 90s}, {@code 15m}, {@code 24h}, {@code 30d}. */
public final class Durations {

    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(ms|s|m|h|d)");

    private Durations() {}

    /** @throws IllegalArgumentException where the text is no duration, naming it and the forms */
    public static Duration parse(String text) {
        Matcher m = FORM.matcher(text.strip());
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no duration; write 50ms, 90s, 15m, 24h or 30d");
        }
        long n = Long.parseLong(m.group(1));
        try {
            return switch (m.group(2)) {
                case "ms" -> Duration.ofMillis(n);
                case "s" -> Duration.ofSeconds(n);
                case "m" -> Duration.ofMinutes(n);
                case "h" -> Duration.ofHours(n);
                default -> Duration.ofDays(n);
            };
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is too long a duration", e);
        }
    }

    /** The shortest form that {@link #parse} reads back as the same duration. */
    public static String format(Duration d) {
        long ms = d.toMillis();
        long[] unit = {86_400_000, 3_600_000, 60_000, 1_000};
        String[] name = {"d", "h", "m", "s"};
        for (int i = 0; i < unit.length; i++) {
            // 24h rather than 1d: windows are usually thought of in hours.
            if (ms != 0 && ms % unit[i] == 0 && (i > 0 || ms / unit[i] > 1)) {
                return ms / unit[i] + name[i];
            }
        }
        return ms + "ms";
    }
}
