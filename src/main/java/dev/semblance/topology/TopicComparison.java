package dev.semblance.topology;

import dev.semblance.config.Durations;
import dev.semblance.topology.TopicProblem.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares what a topic should be with what it is. Pure. */
final class TopicComparison {

    private static final String CLEANUP = "cleanup.policy";
    private static final String RETENTION = "retention.ms";
    private static final String TIMESTAMPS = "message.timestamp.type";
    private static final String SIZE = "max.message.bytes";

    /**
     * A topic as the brokers describe it.
     *
     * @param config every setting, defaults included; null where it may not be read
     */
    record Actual(int partitions, int replicas, Map<String, String> config) {}

    private TopicComparison() {}

    /** @param actual null where the topic does not exist */
    static List<TopicProblem> compare(TopicSpec spec, Actual actual) {
        List<TopicProblem> problems = new ArrayList<>();
        if (actual == null) {
            problems.add(problem(Severity.FATAL, spec, "is missing: run `semblance topics create`"));
            return problems;
        }
        if (spec.logicalName().equals(TopicCatalog.CONTROL) && actual.partitions() != spec.partitions()) {
            problems.add(problem(Severity.FATAL, spec, "has " + actual.partitions() + " partitions, window.shards is "
                    + spec.partitions()
                    + ": each shard needs its own, and there may be no more. The number of shards is"
                    + " part of the state of a detect.application.id: set window.shards=" + actual.partitions()
                    + ", or hand over to another one"));
        } else if (actual.partitions() != spec.partitions()) {
            problems.add(problem(Severity.ADVICE, spec,
                    "has " + actual.partitions() + " partitions, the catalogue says " + spec.partitions()));
        }
        if (spec.replicationFactor() > 0 && actual.replicas() < spec.replicationFactor()) {
            problems.add(
                    problem(Severity.WARNING, spec, "has " + actual.replicas() + " replicas, replication.factor is "
                            + spec.replicationFactor()));
        }
        if (actual.config() == null) {
            problems.add(problem(Severity.WARNING, spec,
                    "cannot be checked further: reading its configuration (DescribeConfigs) is not permitted"));
        } else {
            cleanup(spec, actual.config().getOrDefault(CLEANUP, "delete"), problems);
            retention(spec, actual.config(), problems);
            timestamps(spec, actual.config(), problems);
            recordSize(spec, actual.config(), problems);
        }
        return problems;
    }

    private static void timestamps(TopicSpec spec, Map<String, String> config, List<TopicProblem> problems) {
        String wanted = spec.config().get(TIMESTAMPS);
        String actual = config.getOrDefault(TIMESTAMPS, "CreateTime");
        if (wanted != null && !wanted.equals(actual)) {
            problems.add(problem(Severity.WARNING, spec, "has " + TIMESTAMPS + "=" + actual + ", expected " + wanted
                    + ": retention counts from a record's timestamp"));
        }
    }

    private static void recordSize(TopicSpec spec, Map<String, String> config, List<TopicProblem> problems) {
        long wantedBytes = Long.parseLong(spec.config().getOrDefault(SIZE, "0"));
        long actualBytes = Long.parseLong(config.getOrDefault(SIZE, String.valueOf(wantedBytes)));
        if (actualBytes < wantedBytes) {
            problems.add(problem(Severity.WARNING, spec, "takes records of " + SIZE + "=" + actualBytes
                    + " bytes at most, expected " + wantedBytes + ": a larger one would stop the program"));
        }
    }

    private static void cleanup(TopicSpec spec, String policy, List<TopicProblem> problems) {
        boolean compacted = policy.contains("compact");
        String has = "has " + CLEANUP + "=" + policy + ", expected ";
        if (spec.compacted() && !compacted) {
            problems.add(problem(Severity.FATAL, spec, has + "compact: old watches would be forgotten; "
                    + "set it with kafka-configs"));
        } else if (spec.compacted() && policy.contains("delete")) {
            problems.add(problem(Severity.WARNING, spec, has + "compact alone: watches are forgotten after "
                    + RETENTION));
        } else if (!spec.compacted() && compacted && spec.logicalName().equals("dead-letters")) {
            // Brokers refuse records without a key on a compacted topic, and dead letters keep their original key.
            problems.add(
                    problem(Severity.FATAL, spec, has + "delete: a compacted topic refuses records without a key"));
        } else if (!spec.compacted() && compacted) {
            problems.add(problem(Severity.WARNING, spec, has + "delete: records of one id replace each other"));
        }
    }

    private static void retention(TopicSpec spec, Map<String, String> config, List<TopicProblem> problems) {
        long wantedMs = Long.parseLong(spec.config().getOrDefault(RETENTION, "-1"));
        long actualMs = Long.parseLong(config.getOrDefault(RETENTION, "-1"));
        boolean deletes = config.getOrDefault(CLEANUP, "delete").contains("delete");
        if (!spec.compacted() && deletes && wantedMs > 0 && actualMs >= 0 && actualMs < wantedMs) {
            problems.add(problem(Severity.WARNING, spec, "keeps records for " + text(actualMs) + " (" + RETENTION + "="
                    + actualMs + "), expected at least " + text(wantedMs)));
        }
    }

    private static String text(long ms) {
        return Durations.format(Duration.ofMillis(ms));
    }

    private static TopicProblem problem(Severity severity, TopicSpec spec, String what) {
        return new TopicProblem(severity, spec.name(), "topic '" + spec.name() + "' " + what);
    }
}
