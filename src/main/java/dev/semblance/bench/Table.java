package dev.semblance.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Lines for people. Thread: one. */
final class Table {

    private final StringBuilder lines = new StringBuilder();

    Table line(String format, Object... values) {
        lines.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values)).append('\n');
        return this;
    }

    /** Median, then the extremes. */
    String spread(Spread s) {
        return String.format(Locale.ROOT, "%7.1f (%.1f–%.1f)", s.median(), s.min(), s.max());
    }

    static Map<String, Object> json(Spread s) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("median", s.median());
        json.put("min", s.min());
        json.put("max", s.max());
        json.put("rounds", s.rounds());
        return json;
    }

    /** Without the last line's end. */
    @Override
    public String toString() {
        return lines.toString().stripTrailing();
    }
}
