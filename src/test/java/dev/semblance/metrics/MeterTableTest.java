package dev.semblance.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/OPERATIONS.md} against the meters. {@code -Dsemblance.docs=write} brings the table up to date. */
class MeterTableTest {

    private static final Path DOCUMENT = Path.of("docs/OPERATIONS.md");
    private static final String BEGIN = "<!-- meters: begin -->\n";
    private static final String END = "<!-- meters: end -->";

    private static String table() {
        StringBuilder out = new StringBuilder(
                "| meter | in Prometheus | kind | unit | meaning |\n|---|---|---|---|---|\n");
        for (SemblanceMeter meter : SemblanceMeter.values()) {
            out.append("| `").append(meter.meterName()).append("` | `").append(MetricsTest.prometheusName(meter))
                    .append("` | ").append(meter.type().name().toLowerCase(Locale.ROOT)).append(" | ")
                    .append(meter.unit()).append(" | ").append(meter.doc()).append(" |\n");
        }
        return out.toString();
    }

    @Test
    void theTableListsEveryMeterAsItIs() throws IOException {
        String text = Files.readString(DOCUMENT);
        int from = text.indexOf(BEGIN) + BEGIN.length();
        int to = text.indexOf(END);
        assertThat(from).isGreaterThan(BEGIN.length());
        if ("write".equals(System.getProperty("semblance.docs"))) {
            text = text.substring(0, from) + table() + text.substring(to);
            Files.writeString(DOCUMENT, text);
            to = text.indexOf(END);
        }
        assertThat(text.substring(from, to)).as("the table of meters in " + DOCUMENT).isEqualTo(table());
    }

    /** A rule on a meter that does not exist never fires, and nobody notices. */
    @Test
    void everyMeterNamedInTheAlertRulesExists() throws IOException {
        Set<String> existing = new TreeSet<>();
        try (Metrics metrics = Metrics.open(null)) {
            MetricsTest.registerAll(metrics.registry());
            Matcher samples = Pattern.compile("(?m)^(semblance_[a-z_]+)").matcher(metrics.scrape());
            while (samples.find()) {
                existing.add(samples.group(1));
            }
        }
        List<String> named = new ArrayList<>();
        Matcher names = Pattern.compile("semblance_[a-z_]+").matcher(Files.readString(DOCUMENT));
        while (names.find()) {
            named.add(names.group());
        }
        Set<String> prefixes = new TreeSet<>();
        for (SemblanceMeter meter : SemblanceMeter.values()) {
            prefixes.add(MetricsTest.prometheusName(meter));
        }
        existing.addAll(prefixes);
        assertThat(named).isNotEmpty();
        assertThat(existing).containsAll(named);
    }
}
