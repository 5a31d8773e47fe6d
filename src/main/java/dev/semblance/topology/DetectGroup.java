package dev.semblance.topology;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;

/**
 * What the brokers keep of one detect application: its group and its internal topics. They are asked each time.
 *
 * <p>Thread: one; the caller's.
 */
final class DetectGroup {

    private static final Comparator<TopicPartition> BY_NAME = Comparator.comparing(TopicPartition::topic)
            .thenComparing(TopicPartition::partition);

    private final Admin admin;
    private final String id;

    DetectGroup(Admin admin, String id) {
        this.admin = admin;
        this.id = id;
    }

    String id() {
        return id;
    }

    /** Whatever its protocol. Empty where there is no such group. */
    private Optional<GroupState> state() {
        return Answers.of(admin.listGroups().all()).stream().filter(g -> g.groupId().equals(id)).findFirst()
                .map(g -> g.groupState().orElse(GroupState.UNKNOWN));
    }

    boolean exists() {
        return state().isPresent();
    }

    /** Why nothing may be changed while it runs; empty where nobody runs it. */
    Optional<String> running() {
        return state().filter(s -> s != GroupState.EMPTY && s != GroupState.DEAD)
                .map(s -> "group '" + id + "' has members (" + s + "): stop every process that runs it; one that was"
                        + " killed is forgotten after its session timeout");
    }

    /** Committed offsets by partition, of all topics. Waits for offsets of transactions that are being ended. */
    Map<TopicPartition, Long> offsets() {
        Map<TopicPartition, OffsetAndMetadata> committed = Answers.of(admin
                .listConsumerGroupOffsets(id, new ListConsumerGroupOffsetsOptions().requireStable(true))
                .partitionsToOffsetAndMetadata(id));
        Map<TopicPartition, Long> offsets = new TreeMap<>(BY_NAME);
        committed.forEach((partition, offset) -> {
            if (offset != null) {
                offsets.put(partition, offset.offset());
            }
        });
        return offsets;
    }

    /** Names of its internal topics that there are, sorted. */
    List<String> internalTopics() {
        Set<String> all = Answers.of(admin.listTopics().names());
        return DetectTopology.INTERNAL_TOPICS.stream().map(this::named).filter(all::contains).sorted().toList();
    }

    List<TopicPartition> partitions(List<String> topics) {
        return Answers.of(admin.describeTopics(topics).allTopicNames()).values().stream()
                .flatMap(t -> t.partitions().stream().map(p -> new TopicPartition(t.name(), p.partition())))
                .sorted(BY_NAME).toList();
    }

    boolean isInFlightChangelog(TopicPartition partition) {
        return DetectTopology.IN_FLIGHT_CHANGELOGS.stream().map(this::named).anyMatch(partition.topic()::equals);
    }

    private String named(String internalTopic) {
        return id + "-" + internalTopic;
    }
}
