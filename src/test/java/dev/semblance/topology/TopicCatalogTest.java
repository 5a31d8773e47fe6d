package dev.semblance.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicCatalogTest {

    private static Config config(String... assignments) {
        ConfigSource source = new ConfigSource();
        for (String assignment : assignments) {
            source.withOption(assignment);
        }
        return source.build();
    }

    private static TopicCatalog parse(String yaml) throws IOException {
        return TopicCatalog.parse(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
    }

    private static TopicSpec spec(List<TopicSpec> specs, String logicalName) {
        return specs.stream().filter(s -> s.logicalName().equals(logicalName)).findFirst().orElseThrow();
    }

    @Test
    void theDeclarationNamesEveryPublicTopic() {
        List<TopicSpec> specs = TopicCatalog.load().specs(config());

        assertThat(specs).extracting(TopicSpec::logicalName).containsExactlyInAnyOrder("texts", "watches", "embeddings",
                "watch-vectors", "alerts", "unique", "dead-letters");
        assertThat(specs).extracting(TopicSpec::name).isEqualTo(specs.stream().map(TopicSpec::logicalName).toList());
        assertThat(specs).allMatch(s -> s.replicationFactor() == -1 && s.partitions() >= 1);
        assertThat(specs).filteredOn(TopicSpec::compacted).extracting(TopicSpec::logicalName)
                .containsExactlyInAnyOrder("watches", "watch-vectors");
    }

    @Test
    void actualNamesAndReplicationComeFromTheConfiguration() {
        List<TopicSpec> specs = TopicCatalog.load()
                .specs(config("topic.embeddings=prod.vectors", "topic.dead.letters=prod.dlq", "replication.factor=3"));

        assertThat(spec(specs, "embeddings").name()).isEqualTo("prod.vectors");
        assertThat(spec(specs, "dead-letters").name()).isEqualTo("prod.dlq");
        assertThat(specs).allMatch(s -> s.replicationFactor() == 3);
    }

    @Test
    void embeddingsAreKeptAtLeastForOneWindow() {
        TopicCatalog catalog = TopicCatalog.load();
        assertThat(spec(catalog.specs(config("window=30d", "grace=1d")), "embeddings").config())
                .containsEntry("retention.ms", String.valueOf(31L * 86_400_000));
        assertThat(Long.parseLong(spec(catalog.specs(config()), "embeddings").config().get("retention.ms")))
                .isGreaterThanOrEqualTo(7L * 86_400_000);
        assertThat(spec(catalog.specs(config("window=30d")), "alerts").config())
                .isEqualTo(spec(catalog.specs(config()), "alerts").config());
    }

    @Test
    void eachRoleNeedsOnlyItsOwn() {
        TopicCatalog catalog = TopicCatalog.load();
        assertThat(catalog.specs(config(), Config.Role.EMBED)).extracting(TopicSpec::logicalName)
                .containsExactlyInAnyOrder("texts", "watches", "embeddings", "watch-vectors", "dead-letters");
        assertThat(catalog.specs(config(), Config.Role.DETECT)).extracting(TopicSpec::logicalName)
                .containsExactlyInAnyOrder("embeddings", "watch-vectors", "alerts", "unique", "dead-letters");
        assertThat(catalog.specs(config(), Config.Role.ALL)).isEqualTo(catalog.specs(config()));
    }

    @Test
    void shardsHaveATopicWithAPartitionEach() {
        TopicCatalog catalog = TopicCatalog.load();
        Config eight = config("window.shards=8", "application.id=news");
        assertThat(spec(catalog.specs(eight), "control")).satisfies(s -> {
            assertThat(s.name()).isEqualTo("news-detect-control");
            assertThat(s.partitions()).isEqualTo(8);
        });
        assertThat(catalog.specs(eight, Config.Role.EMBED)).extracting(TopicSpec::logicalName)
                .doesNotContain("control");
        assertThat(catalog.specs(config())).extracting(TopicSpec::logicalName).doesNotContain("control");
    }

    @Test
    void aBadDeclarationSaysWhatIsWrong() throws IOException {
        assertThatThrownBy(() -> parse("x: 1")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> parse("")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> parse("topics: {texts: {config: {}}}")).hasMessage(
                "topic 'texts' needs partitions of at least 1");
        TopicCatalog lacking = parse("topics: {texts: {partitions: 2}}");
        assertThatThrownBy(() -> lacking.specs(config())).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("declares [texts], expected [texts, watches, embeddings");
    }

    @Test
    void specsDoNotChange() {
        TopicSpec spec = TopicCatalog.load().specs(config()).getFirst();
        Map<String, String> settings = spec.config();
        assertThatThrownBy(() -> settings.put("a", "b")).isInstanceOf(UnsupportedOperationException.class);
    }
}
