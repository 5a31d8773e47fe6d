package dev.semblance.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.config.ConfigSource.Origin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigListingTest {

    @TempDir
    private Path folder;

    private ConfigSource fedBack(String listing) throws IOException {
        return new ConfigSource()
                .withFile(Files.writeString(folder.resolve("back.properties"), listing, StandardCharsets.UTF_8));
    }

    @Test
    void everyKeyHasItsMeaningOriginAndValue() {
        String listing = ConfigListing.properties(new ConfigSource().withOption("window=2h"), false);

        assertThat(listing).contains(
                "# how far back in event time an original is looked for [option]\nwindow=2h\n",
                "# prefix of both applications' ids: <id>-embed and <id>-detect [default]\napplication.id=semblance\n");
        for (ConfigKey key : ConfigKey.values()) {
            assertThat(listing).contains("# " + key.doc() + " [", "\n" + key.key() + "=");
        }
    }

    @Test
    void whatIsPrintedCanBeFedBack() throws IOException {
        long seed = 7;
        Random random = new Random(seed);
        String alphabet = "ab \\\t\n\r\f=:#!\"'é😀,/";
        int[] symbols = alphabet.codePoints().toArray();
        for (int round = 0; round < 300; round++) {
            StringBuilder value = new StringBuilder();
            random.ints(random.nextInt(0, 12), 0, symbols.length).forEach(i -> value.appendCodePoint(symbols[i]));
            ConfigSource source = new ConfigSource().withOption("texts.json.id=" + value)
                    .withOption("kafka.odd key:x=" + value).withOption("state.dir=" + value);

            ConfigSource back = fedBack(ConfigListing.properties(source, true));

            for (ConfigKey key : ConfigKey.values()) {
                assertThat(back.get(key).value()).as("seed %d, round %d, %s", seed, round, key)
                        .isEqualTo(source.get(key).value());
                assertThat(back.get(key).origin()).isEqualTo(Origin.FILE);
            }
            assertThat(back.clientSettings().get("kafka.odd key:x").value()).as("seed %d, round %d", seed, round)
                    .isEqualTo(source.clientSettings().get("kafka.odd key:x").value());
        }
    }

    @Test
    void passwordsAreHiddenUnlessAskedFor() throws IOException {
        ConfigSource source = new ConfigSource().withOption("kafka.ssl.keystore.password=hunter2")
                .withOption("kafka.sasl.jaas.config=x password=\"hunter2\";")
                .withOption("kafka.ssl.keystore.key=hunter2")
                .withOption("producer.linger.ms=7");

        String hidden = ConfigListing.properties(source, false);
        assertThat(hidden).doesNotContain("hunter2").contains("# kafka.sasl.jaas.config is set, but hidden",
                "\nproducer.linger.ms=7\n");
        assertThat(fedBack(hidden).clientSettings()).containsOnlyKeys("producer.linger.ms");
        assertThat(fedBack(ConfigListing.properties(source, true)).clientSettings()).hasSize(4);
    }

    /** {@code mvn test -Dtest=ConfigListingTest -Dsemblance.docs=write} brings the document up to date. */
    @Test
    void theReferenceListsEveryKeyAsItIs() throws IOException {
        Path document = Path.of("docs/CONFIG.md");
        String begin = "<!-- keys: begin -->\n";
        String end = "<!-- keys: end -->";
        String text = Files.readString(document);
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf(end);
        assertThat(from).isGreaterThan(begin.length());
        if ("write".equals(System.getProperty("semblance.docs"))) {
            text = text.substring(0, from) + ConfigListing.markdown() + text.substring(to);
            Files.writeString(document, text);
            to = text.indexOf(end);
        }
        assertThat(text.substring(from, to)).as("the table in docs/CONFIG.md; see this test's comment")
                .isEqualTo(ConfigListing.markdown());
    }
}
