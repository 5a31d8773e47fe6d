package dev.semblance.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Names of nodes, stores and internal topics are part of running state. {@code mvn test -Dtest=GoldenTopologyTest
 * -Dgolden.update=true} rewrites the files.
 */
class GoldenTopologyTest {

    private static final Path FOLDER = Path.of("topology");

    private final Config config = new ConfigSource().build();

    @Test
    void embedIsAsAgreed() throws IOException {
        check(FOLDER.resolve("embed.txt"), TopologyDescriptions.embed(config));
    }

    @Test
    void detectIsAsAgreed() throws IOException {
        check(FOLDER.resolve("detect.txt"), TopologyDescriptions.detect(config));
    }

    @Test
    void shardsAreAsAgreed() throws IOException {
        check(FOLDER.resolve("detect-sharded.txt"),
                TopologyDescriptions.detect(new ConfigSource().withOption("window.shards=4").build()));
    }

    /** The diagrams name every node, store and topic of the golden files. */
    @Test
    void theDiagramsAreComplete() throws IOException {
        String page = Files.readString(FOLDER.resolve("README.md"));
        for (String file : new String[]{"embed.txt", "detect.txt", "detect-sharded.txt"}) {
            Matcher names = Pattern
                    .compile("(?:Source|Processor|Sink): (\\S+)|stores: \\[([^\\]]*)]|topics?: \\[?([^)\\]]+)")
                    .matcher(Files.readString(FOLDER.resolve(file)));
            while (names.find()) {
                String found = names.group(1) != null
                        ? names.group(1)
                        : names.group(2) != null ? names.group(2) : names.group(3);
                for (String name : found.split(",\\s*")) {
                    if (!name.isEmpty()) {
                        assertThat(page).as("topology/README.md, of topology/%s", file).contains("`" + name + "`");
                    }
                }
            }
        }
    }

    /** What is left out here would be taken for decided, or not be deleted with the application. */
    @Test
    void everyInternalTopicIsKnown() {
        String description = TopologyDescriptions.detect(config) + "\n"
                + TopologyDescriptions.detect(new ConfigSource().withOption("window.shards=4").build());
        // The changelog of a global store is the topic that it reads.
        description = description.replaceAll("(?s)Sub-topology: \\d+ for global store.*?(?=Sub-topology|$)", "");
        Set<String> named = new TreeSet<>(Set.of("control"));
        Matcher m = Pattern.compile("stores: \\[([^\\]]+)]|Sink: (\\S+)-repartition-sink")
                .matcher(description);
        while (m.find()) {
            if (m.group(1) == null) {
                named.add(m.group(2) + "-repartition");
            } else {
                for (String store : m.group(1).split(", ")) {
                    named.add(store + "-changelog");
                }
            }
        }
        assertThat(DetectTopology.INTERNAL_TOPICS).containsExactlyInAnyOrderElementsOf(named)
                .containsAll(DetectTopology.IN_FLIGHT_CHANGELOGS);
    }

    private static void check(Path file, String actual) throws IOException {
        String text = actual.strip() + "\n";
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, text);
        }
        assertThat(text).as("""
                %s: a changed name of a node, store or internal topic breaks running state: applications that update \
                over it start with empty stores. If that is meant, run `mvn test -Dtest=GoldenTopologyTest \
                -Dgolden.update=true`, keep %s/README.md in step and describe the upgrade in docs/OPERATIONS.md""",
                file, FOLDER).isEqualTo(Files.readString(file));
    }
}
