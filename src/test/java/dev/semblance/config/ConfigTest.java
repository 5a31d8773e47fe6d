package dev.semblance.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.record.MatchKind;
import dev.semblance.record.VectorEncoding;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {

    private static Config with(String... assignments) {
        ConfigSource source = new ConfigSource();
        for (String assignment : assignments) {
            source.withOption(assignment);
        }
        return source.build();
    }

    @Test
    void defaultsAreTheAgreedOnes() {
        Config c = with();

        assertThat(c.role()).isEqualTo(Config.Role.ALL);
        assertThat(c.kafka().exactlyOnce()).isTrue();
        assertThat(c.kafka().replicationFactor()).isEqualTo(-1);
        assertThat(c.kafka().stateDir())
                .isEqualTo(Path.of(System.getProperty("java.io.tmpdir"), "semblance-semblance"));
        assertThat(c.model().folder()).isNull();
        assertThat(c.engine().provider()).isEqualTo(Config.ExecutionProvider.CPU);
        assertThat(c.embed().vectorEncoding()).isEqualTo(VectorEncoding.F32);
        assertThat(c.detect().window()).isEqualTo(Duration.ofHours(24));
        assertThat(c.detect().grace()).isEqualTo(Duration.ofMinutes(10));
        assertThat(c.detect().threshold()).isEqualTo(0.9);
        assertThat(c.detect().shards()).isEqualTo(1);
        assertThat(c.detect().suppressedKinds()).isEqualTo(Set.of(MatchKind.EXACT, MatchKind.NEAR));
        assertThat(c.detect().meteredSources()).as("no user's name in the metrics").isZero();
        assertThat(c.http()).isEqualTo(new Config.Http(true, "127.0.0.1", 8077));
        assertThat(c.texts().jsonId()).isNull();
    }

    @Test
    void severalShardsNeedExactlyOnce() {
        assertThat(with("window.shards=128").detect().shards()).isEqualTo(128);
        assertThatThrownBy(() -> with("window.shards=8", "processing.guarantee=at_least_once"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("window.shards=8 with processing.guarantee=at_least_once")
                .hasMessageContaining("set processing.guarantee=exactly_once_v2 or window.shards=1");
    }

    @Test
    void valuesReachTheirSlices() {
        Config c = with("role=DETECT", "application.id=news", "processing.guarantee=at_least_once", "state.dir=/var/x",
                "topic.texts=my.texts", "texts.format=plain", "texts.json.id=/a/b", "model=/models/m",
                "execution.provider=auto", "device.ids= 0, 2,0", "vector.encoding=i8", "text.preprocessing=bertweet",
                "dedup.kinds=exact, VARIANT", "refresh=true", "http.enabled=false", "linger=5ms");

        assertThat(c.role()).isEqualTo(Config.Role.DETECT);
        assertThat(c.kafka().applicationId()).isEqualTo("news");
        assertThat(c.kafka().exactlyOnce()).isFalse();
        assertThat(c.kafka().stateDir()).isEqualTo(Path.of("/var/x"));
        assertThat(c.topics().texts()).isEqualTo("my.texts");
        assertThat(c.texts().format()).isEqualTo(Config.TextsFormat.PLAIN);
        assertThat(c.texts().jsonId()).isEqualTo("/a/b");
        assertThat(c.model().folder()).isEqualTo(Path.of("/models/m"));
        assertThat(c.engine().provider()).isEqualTo(Config.ExecutionProvider.AUTO);
        assertThat(c.engine().deviceIds()).isEqualTo(List.of(0, 2));
        assertThat(c.engine().linger()).isEqualTo(Duration.ofMillis(5));
        assertThat(c.embed().vectorEncoding()).isEqualTo(VectorEncoding.I8);
        assertThat(c.detect().vectorEncoding()).isEqualTo(VectorEncoding.I8);
        assertThat(c.embed().preprocessing()).isEqualTo("bertweet");
        assertThat(c.detect().suppressedKinds()).isEqualTo(Set.of(MatchKind.EXACT, MatchKind.VARIANT));
        assertThat(c.detect().refresh()).isTrue();
        assertThat(c.http().enabled()).isFalse();
    }

    @Test
    void aDetectApplicationHasAnIdOfItsOwnOrThatOfBoth() {
        assertThat(with().detectApplication()).isEqualTo(
                new Config.DetectApplication("semblance-detect", EmitFrom.ALWAYS));
        assertThat(with("application.id=news").detectApplication().id()).isEqualTo("news-detect");
        Config.DetectApplication other = with("application.id=news", "detect.application.id=news-8-shards",
                "detect.emit.from=0:7").detectApplication();
        assertThat(other.id()).isEqualTo("news-8-shards");
        assertThat(other.emitFrom().isBefore(0, 6, 0)).isTrue();
        assertThatThrownBy(() -> with("application.id=news", "detect.application.id=news-embed"))
                .isInstanceOf(ConfigException.class).hasMessageContaining("is the id of the embed application");
    }

    @Test
    void noSuppressedKindIsAllowed() {
        assertThat(with("dedup.kinds=").detect().suppressedKinds()).isEmpty();
        assertThat(with("burst.steps=").detect().burstSteps()).isEmpty();
        assertThat(with("burst.steps=5, 50").detect().burstSteps()).containsExactly(5, 50);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "role=both                     | role=both: expected embed, detect, all",
            "role=                         | role=: expected embed, detect, all",
            "bootstrap.servers=            | bootstrap.servers=: must not be empty",
            "bootstrap.servers=host        | 'host' is no host:port",
            "bootstrap.servers=a:1,b:70000 | 'b:70000' is no host:port",
            "bootstrap.servers=a:1,,b:2    | '' is no host:port",
            "bootstrap.servers=http://a:1  | 'http://a:1' is no host:port",
            "application.id=a b            | expected letters, digits",
            "processing.guarantee=once     | expected exactly_once_v2 or at_least_once",
            "commit.interval=5ms           | expected from 10ms to 1m",
            "kafka.group.protocol=streams  | kafka.group.protocol=streams: expected classic",
            "commit.interval=100           | '100' is no duration; write 50ms, 90s, 15m, 24h or 30d",
            "replication.factor=two        | expected a whole number from -1 to 32",
            "replication.factor=33         | expected a whole number from -1 to 32",
            "standby.replicas=99999999999999999999 | expected a whole number from 0 to 8",
            "topic.texts=a/b               | expected a topic name",
            "topic.texts=..                | is no topic name",
            "topic.texts=alerts            | each topic needs a name of its own",
            "text.max.bytes=0              | expected a whole number from 1 to 1048576",
            "text.max.bytes=٣              | expected a whole number",
            "max.future.skew=-1s           | is no duration",
            "device.ids=                   | must not be empty",
            "device.ids=0,                 | device.ids=: expected a whole number from 0 to 255",
            "threshold=0.9d                | expected a number from 0.5 to 0.999",
            "threshold=NaN                 | expected a number from 0.5 to 0.999",
            "threshold=1                   | expected a number from 0.5 to 0.999",
            "threshold=0,9                 | threshold=0,9: expected a number from 0.5 to 0.999",
            "decay.half.life=-1h           | is no duration",
            "detect.mode=stars             | detect.mode=stars: expected dedup, pairs",
            "burst.steps=1,10              | burst.steps=1: expected a whole number from 2 to 1000000000",
            "burst.steps=10,100,100        | burst.steps=10,100,100: 100 follows 100: expected each number to be above",
            "dedup.kinds=EXACT,SAME        | dedup.kinds=SAME: expected exact, near, variant",
            "refresh=yes                   | refresh=yes: expected true or false",
            "window=999999999999999d       | window=999999999999999d: '999999999999999d' is too long a duration",
            "window=0ms                    | expected from 1ms to 3650d",
            "window.shards=129             | expected a whole number from 1 to 128",
            "window.shards=0               | expected a whole number from 1 to 128",
            "detect.application.id=a/b     | detect.application.id=a/b: expected letters, digits, '.', '_' and '-'",
            "detect.emit.from=today        | detect.emit.from=today: expected never, an instant as 2026-01-31T09:00:00Z",
            "http.port=65536               | expected a whole number from 0 to 65535",
            "http.host=                    | must not be empty",
            "text.preprocessing=lower | expected model, none, tweet-eval",
            "engine.timeout=1h             | expected from 1s to 4m"})
    void refusesWithKeyValueAndLimit(String assignment, String message) {
        assertThatThrownBy(() -> with(assignment)).isInstanceOf(ConfigException.class).hasMessageContaining(message)
                .hasMessageContaining(assignment.split("[=.]")[0]);
    }

    @Test
    void topicNamesThatCollideOnTheBrokerAreRefused() {
        assertThatThrownBy(() -> with("topic.texts=a.b", "topic.alerts=a_b")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("'.' and '_' count as the same");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:9092", "a:1,b:2", "a:1, b:2", "[::1]:9092", "10.0.0.1:65535", "my_host.lan:1"})
    void brokersInTheUsualForms(String servers) {
        assertThat(with("bootstrap.servers=" + servers).kafka().bootstrapServers()).isEqualTo(servers);
    }

    @Test
    void clientSettingsArePassedOnWithoutPrefix() {
        Config.Kafka k = with("kafka.security.protocol=SSL", "producer.linger.ms=7", "consumer.max.poll.records=9")
                .kafka();

        assertThat(k.common()).isEqualTo(Map.of("security.protocol", "SSL"));
        assertThat(k.producer()).isEqualTo(Map.of("linger.ms", "7"));
        assertThat(k.consumer()).isEqualTo(Map.of("max.poll.records", "9"));
        assertThatThrownBy(() -> k.common().put("a", "b")).isInstanceOf(UnsupportedOperationException.class);
    }
}
