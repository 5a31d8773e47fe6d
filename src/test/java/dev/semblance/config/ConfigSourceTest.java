package dev.semblance.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.config.ConfigSource.Origin;
import dev.semblance.config.ConfigSource.Setting;
import dev.semblance.record.MatchKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigSourceTest {

    @TempDir
    private Path folder;

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("c.properties"), content, StandardCharsets.UTF_8);
    }

    @Test
    void laterSourcesWin() throws IOException {
        ConfigSource s = new ConfigSource().withFile(file("window=1h\ngrace=1m\nreorder=1s\n"))
                .withEnvironment(Map.of("SEMBLANCE_GRACE", "2m", "SEMBLANCE_REORDER", "2s")).withOption("reorder=3s");

        assertThat(s.get(ConfigKey.LINGER)).isEqualTo(new Setting("0ms", Origin.DEFAULT));
        assertThat(s.get(ConfigKey.WINDOW)).isEqualTo(new Setting("1h", Origin.FILE));
        assertThat(s.get(ConfigKey.GRACE)).isEqualTo(new Setting("2m", Origin.ENVIRONMENT));
        assertThat(s.get(ConfigKey.REORDER)).isEqualTo(new Setting("3s", Origin.OPTION));
    }

    @Test
    void everyKeyCanBeSetInTheEnvironment() {
        for (ConfigKey key : ConfigKey.values()) {
            ConfigSource s = new ConfigSource().withEnvironment(Map.of(key.environmentName(), "x"));
            assertThat(s.get(key)).as(key.key()).isEqualTo(new Setting("x", Origin.ENVIRONMENT));
        }
    }

    @Test
    void keysAreLowerCaseWithDotsAndUnique() {
        assertThat(ConfigKey.values()).extracting(ConfigKey::key).doesNotHaveDuplicates()
                .allMatch(k -> k.matches("[a-z]+(\\.[a-z]+)*"));
        assertThat(ConfigKey.values()).extracting(ConfigKey::doc).noneMatch(String::isBlank);
    }

    @Test
    void environmentReachesClientsAndIgnoresOthers() {
        ConfigSource s = new ConfigSource().withEnvironment(Map.of("SEMBLANCE_KAFKA_SECURITY_PROTOCOL", "SSL", "PATH",
                "/bin", "SEMBLANCE_JAVA_OPTS", "-Xmx1g", "SEMBLANCE_JAVA_HOME", "/jdk"));

        assertThat(s.clientSettings())
                .isEqualTo(Map.of("kafka.security.protocol", new Setting("SSL", Origin.ENVIRONMENT)));
    }

    @Test
    void unknownKeysAreRefusedWithTheNearestOneAndTheirPlace() throws IOException {
        Path file = file("treshold=0.8\n");
        assertThatThrownBy(() -> new ConfigSource().withFile(file)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("unknown key 'treshold'").hasMessageContaining("did you mean 'threshold'")
                .hasMessageContaining(file.toString());
        assertThatThrownBy(() -> new ConfigSource().withEnvironment(Map.of("SEMBLANCE_WINDOWS", "1h")))
                .hasMessageContaining("environment variable SEMBLANCE_WINDOWS").hasMessageContaining("'window'");
        assertThatThrownBy(() -> new ConfigSource().withOption("topic.text=x")).hasMessageContaining("option -o")
                .hasMessageContaining("'topic.texts'");
        assertThatThrownBy(() -> new ConfigSource().withOption("kafka.=x"))
                .hasMessageContaining("unknown key 'kafka.'");
    }

    @Test
    void optionsNeedAnAssignment() {
        assertThatThrownBy(() -> new ConfigSource().withOption("window")).isInstanceOf(ConfigException.class)
                .hasMessage("-o window: expected key=value");
        assertThatThrownBy(() -> new ConfigSource().withOption("=1h")).hasMessage("-o =1h: expected key=value");
        assertThat(new ConfigSource().withOption("kafka.sasl.jaas.config=a b=\"c\";").clientSettings())
                .containsEntry("kafka.sasl.jaas.config", new Setting("a b=\"c\";", Origin.OPTION));
    }

    @Test
    void clientKeysThatContradictOursAreRefused() {
        assertThatThrownBy(() -> new ConfigSource().withOption("kafka.bootstrap.servers=a:1"))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "'kafka.bootstrap.servers' in option -o: the program sets it itself; use bootstrap.servers");
        assertThatThrownBy(() -> new ConfigSource().withOption("consumer.num.stream.threads=4"))
                .hasMessageContaining("use embed.threads and detect.threads");
    }

    @Test
    void clientSettingsAreSorted() {
        ConfigSource s = new ConfigSource().withOption("producer.z=1").withOption("kafka.b=1").withOption("kafka.a=1")
                .withOption("consumer.m=1");
        assertThat(s.clientSettings().keySet()).containsExactly("consumer.m", "kafka.a", "kafka.b", "producer.z");
    }

    @Test
    void filesThatCannotBeReadSayWhy() throws IOException {
        Path none = folder.resolve("none.properties");
        assertThatThrownBy(() -> new ConfigSource().withFile(none)).isInstanceOf(ConfigException.class)
                .hasMessage("config file " + none + " does not exist");
        assertThatThrownBy(() -> new ConfigSource().withFile(folder)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("cannot be read");
        Path latin = Files.write(folder.resolve("latin"), new byte[]{'r', '=', (byte) 0xE9, '\n'});
        assertThatThrownBy(() -> new ConfigSource().withFile(latin)).hasMessageContaining("is not valid UTF-8");
        Path escape = file("role=\\u00zz\n");
        assertThatThrownBy(() -> new ConfigSource().withFile(escape)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void aKeySetTwiceInAFileIsRefused() throws IOException {
        Path file = file("window=1h\n# later\nwindow=2h\n");
        assertThatThrownBy(() -> new ConfigSource().withFile(file)).isInstanceOf(ConfigException.class)
                .hasMessage("config file " + file + " sets 'window' twice; remove one of them");
    }

    @Test
    void aByteOrderMarkAndWhiteSpaceDoNoHarm() throws IOException {
        ConfigSource s = new ConfigSource().withFile(file("\uFEFFwindow = 1h  \r\nmodel: /m\\\n  /n\r\n"));
        assertThat(s.get(ConfigKey.WINDOW).value()).isEqualTo("1h");
        assertThat(s.get(ConfigKey.MODEL).value()).isEqualTo("/m/n");
        assertThat(new ConfigSource().withFile(file("")).get(ConfigKey.ROLE).origin()).isEqualTo(Origin.DEFAULT);
    }

    @Test
    void typedValuesAreWrittenAsInAFile() {
        Config c = new ConfigSource().with(ConfigKey.WINDOW, Duration.ofMinutes(90)).with(ConfigKey.HTTP_PORT, 0)
                .with(ConfigKey.DEDUP_KINDS, List.of(MatchKind.EXACT, MatchKind.VARIANT))
                .with(ConfigKey.ROLE, Config.Role.EMBED).build();

        assertThat(c.detect().window()).isEqualTo(Duration.ofMinutes(90));
        assertThat(c.detect().suppressedKinds()).containsExactlyInAnyOrder(MatchKind.EXACT, MatchKind.VARIANT);
        assertThat(c.http().port()).isZero();
        assertThat(c.role()).isEqualTo(Config.Role.EMBED);
    }
}
