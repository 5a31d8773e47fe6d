package dev.semblance.cli;

import dev.semblance.record.Alert;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** An alert in two lines for people. */
final class AlertPrinter {

    private static final int TEXT_WIDTH = 100;

    private AlertPrinter() {}

    static String format(Alert a) {
        return switch (a.kind()) {
            case BURST -> burst(a);
            case WATCH -> watch(a);
            case NEAR_DUPLICATE, CORRECTION -> match(a);
        };
    }

    private static String watch(Alert a) {
        String labels = a.labels().isEmpty() ? "" : " " + shorten(a.labels().toString());
        return String.format(Locale.ROOT, "WATCH   %.3f  %s comes close to %s%s: %s\n        %s", a.cosine(),
                shorten(a.eventId()), shorten(a.originalId()), labels, shorten(a.originalText()), shorten(a.text()));
    }

    private static String burst(Alert a) {
        String rate = a.ratePerHour() == null
                ? ""
                : String.format(Locale.ROOT, ", %,.0f copies an hour", a.ratePerHour());
        return String.format(Locale.ROOT, "BURST   %,d members in the cluster of %s with %s, %s%s\n        %s",
                a.clusterSize(), shorten(a.originalId()), shorten(a.eventId()),
                age(a.eventTimeMs() - a.originalTimeMs()), rate, shorten(a.originalText()));
    }

    private static String match(Alert a) {
        StringBuilder line = new StringBuilder();
        line.append(String.format(Locale.ROOT, "%-7s %.3f  %s repeats %s", a.matchKind(), a.cosine(),
                shorten(a.eventId()), shorten(a.originalId())));
        if (a.similarity() != null) {
            line.append(String.format(Locale.ROOT, ", decayed to %.3f", a.similarity()));
        }
        line.append(", ").append(age(a.eventTimeMs() - a.originalTimeMs())).append(", copy ")
                .append(a.clusterSize() - 1);
        if (!a.suppressed()) {
            line.append(", passed on");
        }
        line.append('\n').append("        ").append(shorten(a.text()));
        if (!a.onlyInEvent().isEmpty() || !a.onlyInOriginal().isEmpty()) {
            line.append("\n        differs: ").append(differences(a.onlyInEvent(), a.onlyInOriginal()));
        }
        return line.toString();
    }

    /** A bounded number of words, with + before those of the event and - before those of the original. */
    static String differences(List<String> onlyInEvent, List<String> onlyInOriginal) {
        return words("+", onlyInEvent) + words("-", onlyInOriginal);
    }

    private static String words(String sign, List<String> words) {
        StringBuilder b = new StringBuilder();
        words.stream().limit(8).forEach(w -> b.append(sign).append(shorten(w)).append(' '));
        if (words.size() > 8) {
            b.append("… ");
        }
        return b.toString();
    }

    private static String age(long ms) {
        if (ms < 0) {
            return "which is dated " + age(-ms).replace(" later", "") + " later";
        }
        Duration d = Duration.ofMillis(ms);
        if (d.toHours() > 0) {
            return d.toHours() + "h" + d.toMinutesPart() + "m later";
        }
        return d.toMinutes() > 0
                ? d.toMinutes() + "m" + d.toSecondsPart() + "s later"
                : String.format(Locale.ROOT, "%.1fs later", ms / 1000.0);
    }

    /** One line, without control characters that could move a terminal's cursor. */
    static String shorten(String text) {
        if (text == null) {
            return "(text not kept)";
        }
        String flat = text.codePoints().map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        if (flat.length() <= TEXT_WIDTH) {
            return flat;
        }
        int end = Character.isHighSurrogate(flat.charAt(TEXT_WIDTH - 1)) ? TEXT_WIDTH - 1 : TEXT_WIDTH;
        return flat.substring(0, end) + "…";
    }
}
