package dev.semblance.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.topology.TopicComparison.Actual;
import dev.semblance.topology.TopicProblem.Severity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicComparisonTest {

    private static final long DAY_MS = 86_400_000;
    private static final TopicSpec EMBEDDINGS = spec("embeddings", "delete", 7 * DAY_MS);
    private static final TopicSpec WATCHES = spec("watches", "compact", -1);

    private static TopicSpec spec(String name, String policy, long retentionMs) {
        return new TopicSpec(name, name, 4, (short) -1, retentionMs < 0
                ? Map.of("cleanup.policy", policy)
                : Map.of("cleanup.policy", policy, "retention.ms", String.valueOf(retentionMs)));
    }

    private static Actual actual(String policy, long retentionMs) {
        return new Actual(4, 1, Map.of("cleanup.policy", policy, "retention.ms", String.valueOf(retentionMs)));
    }

    private static void expect(TopicSpec spec, Actual actual, Severity severity, String message) {
        assertThat(TopicComparison.compare(spec, actual)).singleElement().satisfies(p -> {
            assertThat(p.severity()).isEqualTo(severity);
            assertThat(p.topic()).isEqualTo(spec.name());
            assertThat(p.message()).contains(message);
            assertThat(p.fatal()).isEqualTo(severity == Severity.FATAL);
        });
    }

    private static void expectNone(TopicSpec spec, Actual actual) {
        assertThat(TopicComparison.compare(spec, actual)).isEmpty();
    }

    @Test
    void asSpecifiedOrBetterIsNoProblem() {
        expectNone(EMBEDDINGS, actual("delete", 7 * DAY_MS));
        expectNone(EMBEDDINGS, actual("delete", 8 * DAY_MS));
        expectNone(EMBEDDINGS, actual("delete", -1));
        expectNone(WATCHES, actual("compact", 7 * DAY_MS));
    }

    @Test
    void aMissingTopicIsFatal() {
        expect(EMBEDDINGS, null, Severity.FATAL, "topic 'embeddings' is missing: run `semblance topics create`");
    }

    @Test
    void anotherNumberOfPartitionsIsFatalBetweenShardsOnly() {
        Actual eight = new Actual(8, 1, Map.of("cleanup.policy", "delete", "retention.ms", "-1"));
        expect(spec("control", "delete", DAY_MS), eight, Severity.FATAL,
                "topic 'control' has 8 partitions, window.shards is 4");
        expect(EMBEDDINGS, eight, Severity.ADVICE, "has 8 partitions, the catalogue says 4");
    }

    @Test
    void aTableThatIsNotCompactedIsFatal() {
        expect(WATCHES, actual("delete", DAY_MS), Severity.FATAL,
                "topic 'watches' has cleanup.policy=delete, expected compact");
        expect(WATCHES, actual("compact,delete", DAY_MS), Severity.WARNING, "expected compact alone");
    }

    @Test
    void compactedStreamsLoseRecords() {
        expect(spec("dead-letters", "delete", -1), actual("compact", -1), Severity.FATAL,
                "a compacted topic refuses records without a key");
        expect(spec("alerts", "delete", -1), actual("compact,delete", -1), Severity.WARNING,
                "topic 'alerts' has cleanup.policy=compact,delete, expected delete");
    }

    @Test
    void tooShortARetentionIsAWarning() {
        expect(EMBEDDINGS, actual("delete", DAY_MS), Severity.WARNING,
                "topic 'embeddings' keeps records for 24h (retention.ms=86400000), expected at least 7d");
        expect(EMBEDDINGS, actual("delete", 0), Severity.WARNING, "keeps records for 0ms");
    }

    @Test
    void timestampsAndRecordSizesAreCompared() {
        TopicSpec spec = new TopicSpec("alerts", "alerts", 4, (short) -1,
                Map.of("message.timestamp.type", "LogAppendTime", "max.message.bytes", "4194304"));
        expectNone(spec,
                new Actual(4, 1, Map.of("message.timestamp.type", "LogAppendTime", "max.message.bytes", "8000000")));
        expect(spec, new Actual(4, 1, Map.of("max.message.bytes", "4194304")), Severity.WARNING,
                "topic 'alerts' has message.timestamp.type=CreateTime, expected LogAppendTime");
        expect(spec,
                new Actual(4, 1, Map.of("message.timestamp.type", "LogAppendTime", "max.message.bytes", "1048588")),
                Severity.WARNING, "takes records of max.message.bytes=1048588 bytes at most, expected 4194304");
    }

    @Test
    void partitionsAreTheUsersChoice() {
        Map<String, String> config = Map.of("cleanup.policy", "delete", "retention.ms", "-1");
        expect(EMBEDDINGS, new Actual(32, 1, config), Severity.ADVICE,
                "topic 'embeddings' has 32 partitions, the catalogue says 4");
        expect(EMBEDDINGS, new Actual(1, 1, config), Severity.ADVICE, "has 1 partitions");
    }

    @Test
    void fewerReplicasThanConfiguredIsAWarning() {
        TopicSpec three = new TopicSpec("alerts", "alerts", 4, (short) 3, Map.of());
        expect(three, new Actual(4, 1, Map.of()), Severity.WARNING, "has 1 replicas, replication.factor is 3");
        expectNone(three, new Actual(4, 3, Map.of()));
    }

    @Test
    void settingsThatMayNotBeReadAreSaidSo() {
        expect(WATCHES, new Actual(4, 1, null), Severity.WARNING, "DescribeConfigs");
    }

    @Test
    void severalProblemsAreAllNamed() {
        List<TopicProblem> problems = TopicComparison.compare(WATCHES,
                new Actual(1, 1, Map.of("cleanup.policy", "delete")));
        assertThat(problems).extracting(TopicProblem::severity).containsExactly(Severity.ADVICE, Severity.FATAL);
    }
}
