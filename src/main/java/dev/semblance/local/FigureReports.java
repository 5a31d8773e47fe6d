package dev.semblance.local;

import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Reports of which only the figures differ: close to each other as vectors, and yet not the same news. Thread: one.
 */
final class FigureReports {

    /** {@code %d} is 1 to 99, {@code %.1f} 0.1 to 9.9, {@code %,d} 10,000 to 99,999. */
    private static final List<String> TEMPLATES = List.of("BTC is up %.1f%% to $%,d as traders await the rate decision",
            "Earthquake of magnitude %.1f felt %d km off Kessa Bay, no damage reported so far",
            "Line 7 between Ostley and Harbour Square: expect delays of %d minutes",
            "FULL TIME: Velmoor Rovers %d, Brackmill Athletic %d. What a match!",
            "River gauge Tarn Bridge: %.1f m, change %d cm within the last hour",
            "Wildfire near Pine Hollow now %,d acres and %d%% contained",
            "Now serving ticket %d at the passport counter, please have your forms ready",
            "$QXL closes at $%.1f after %d minutes of halted trading",
            "Air quality index in Dunmere is %d this afternoon, pollen level %.1f",
            "%,d households still without power in Lower Wick, crews expect %d more hours",
            "Flash sale: %d%% off all kettles until we have sold %,d of them",
            "Vote count, district %d: %.1f%% of ballots in, turnout holding steady");

    private final Random random;

    FigureReports(Random random) {
        this.random = random;
    }

    /** @param n which template; any number, they repeat */
    String next(int n) {
        StringBuilder text = new StringBuilder();
        String template = TEMPLATES.get(Math.floorMod(n, TEMPLATES.size()));
        for (int i = 0; i < template.length();) {
            if (template.startsWith("%%", i)) {
                text.append('%');
                i += 2;
            } else if (template.startsWith("%,d", i)) {
                text.append(String.format(Locale.ROOT, "%,d", 10_000 + random.nextInt(90_000)));
                i += 3;
            } else if (template.startsWith("%.1f", i)) {
                text.append(String.format(Locale.ROOT, "%.1f", (1 + random.nextInt(99)) / 10.0));
                i += 4;
            } else if (template.startsWith("%d", i)) {
                text.append(1 + random.nextInt(99));
                i += 2;
            } else {
                text.append(template.charAt(i++));
            }
        }
        return text.toString();
    }
}
