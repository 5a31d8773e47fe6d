package dev.semblance.topology;

import dev.semblance.config.Config;
import dev.semblance.config.ConfigKey;
import dev.semblance.config.EmitFrom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * From a detect application that has stopped to another one with other shards, window or rules, over the same
 * embeddings. The old one has decided all that it took in; the new one decides all of it again, quietly, and writes about
 * what comes after. So the border is the old one's offsets: no clock and no timestamp can put an event on both sides
 * of it, or on none.
 *
 * <p>Thread: one; the caller's.
 */
public final class HandOver {

    /**
     * @param emitFrom for the new application's configuration
     * @param begun    whether it had begun to rebuild its window before; then it goes on where it was
     * @param starts   else: partition of the embeddings topic → offset at which it begins
     */
    public record Prepared(EmitFrom emitFrom, boolean begun, Map<Integer, Long> starts) {}

    private static final String DRAIN = ": stop the embed application, start this one again, and stop it when its lag"
            + " and semblance.detect.in.flight are 0";

    private final Admin admin;
    private final CommittedRecords records;
    private final String embeddings;
    private final DetectGroup from;
    private final DetectGroup to;

    /**
     * @param committed reads what is committed; its assignment is changed
     * @param config    of the application that has stopped
     * @param newId     of the one that is to go on
     */
    public HandOver(Admin admin, Consumer<byte[], byte[]> committed, Config config, String newId) {
        this.admin = admin;
        this.records = new CommittedRecords(committed);
        this.embeddings = config.topics().embeddings();
        this.from = new DetectGroup(admin, config.detectApplication().id());
        this.to = new DetectGroup(admin, newId);
    }

    /**
     * Checks everything, then commits the offsets at which the new application begins, unless it has begun before.
     *
     * @param sinceMs where it begins: at embeddings appended from then on; null for all that are kept
     * @throws DetectRefusal where something is not ready; nothing has been changed then
     */
    public Prepared prepare(Long sinceMs) {
        if (from.id().equals(to.id())) {
            throw new DetectRefusal("'" + to.id() + "' is the detect application of this configuration itself: hand"
                    + " over to another id, and with the configuration of the one that has stopped");
        }
        if (!from.exists()) {
            throw new DetectRefusal("there is no group '" + from.id() + "': no detect application of that id has run"
                    + " here; " + ConfigKey.DETECT_APPLICATION_ID.key() + " names the one that has stopped");
        }
        List<String> running = new ArrayList<>();
        from.running().ifPresent(running::add);
        to.running().ifPresent(running::add);
        refuseFor(running);
        refuseFor(undecided());
        Map<TopicPartition, Long> border = offsets(from);
        if (border.isEmpty()) {
            throw new DetectRefusal("group '" + from.id() + "' has no offsets of topic '" + embeddings + "': it has"
                    + " decided nothing, so there is nothing to hand over");
        }
        EmitFrom emitFrom = EmitFrom.offsets(border.entrySet().stream()
                .collect(Collectors.toMap(e -> e.getKey().partition(), Map.Entry::getValue)));
        Map<TopicPartition, Long> begun = offsets(to);
        if (!begun.isEmpty()) {
            refuseFor(ahead(begun, border));
            return new Prepared(emitFrom, true, Map.of());
        }
        return new Prepared(emitFrom, false, begin(sinceMs, border));
    }

    private static void refuseFor(List<String> reasons) {
        if (!reasons.isEmpty()) {
            throw new DetectRefusal(String.join("; ", reasons));
        }
    }

    private Map<TopicPartition, Long> offsets(DetectGroup group) {
        Map<TopicPartition, Long> offsets = group.offsets();
        offsets.keySet().removeIf(p -> !p.topic().equals(embeddings));
        return offsets;
    }

    /** What the old application took in and has not decided: on its way between its steps, or held in slots. */
    private List<String> undecided() {
        List<TopicPartition> internal = from.partitions(from.internalTopics());
        if (internal.isEmpty()) {
            return List.of("group '" + from.id() + "' has no internal topics: it is not that of a detect application");
        }
        Map<TopicPartition, Long> ends = list(internal, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, Long> decidedEnds = list(internal, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
        List<String> open = internal.stream().filter(p -> decidedEnds.get(p) < ends.get(p))
                .map(p -> "a transaction of '" + from.id() + "' is open on " + p + ": a process was killed; the brokers"
                        + " end it when producer.transaction.timeout.ms is over")
                .toList();
        // First: the offsets of an open transaction would be waited for.
        return open.isEmpty() ? undecided(internal, ends, from.offsets()) : open;
    }

    private List<String> undecided(List<TopicPartition> internal, Map<TopicPartition, Long> ends,
            Map<TopicPartition, Long> offsets) {
        List<String> reasons = new ArrayList<>();
        for (TopicPartition partition : internal) {
            long end = ends.get(partition);
            long read = offsets.getOrDefault(partition, 0L);
            if (from.isInFlightChangelog(partition)) {
                int held = records.keys(partition, end);
                if (held > 0) {
                    reasons.add("'" + from.id() + "' holds " + held + " undecided events (" + partition + ")" + DRAIN);
                }
            } else if (!partition.topic().endsWith("-changelog") && records.any(partition, read, end)) {
                reasons.add("'" + from.id() + "' has not decided all that it took in: " + partition + " is read up to "
                        + read + " of " + end + DRAIN);
            }
        }
        return reasons;
    }

    private Map<TopicPartition, Long> list(List<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation) {
        Map<TopicPartition, OffsetSpec> specs = new HashMap<>();
        partitions.forEach(p -> specs.put(p, spec));
        Map<TopicPartition, ListOffsetsResultInfo> found = Answers.of(
                admin.listOffsets(specs, new ListOffsetsOptions(isolation)).all());
        Map<TopicPartition, Long> offsets = new HashMap<>();
        found.forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }

    /** Where the new application is past the border, it has kept quiet about events that nobody has written about. */
    private List<String> ahead(Map<TopicPartition, Long> begun, Map<TopicPartition, Long> border) {
        List<String> reasons = new ArrayList<>();
        begun.forEach((partition, offset) -> {
            long decided = border.getOrDefault(partition, 0L);
            if (offset > decided && records.any(partition, decided, offset)) {
                reasons.add("'" + to.id() + "' has taken in " + partition + " up to " + offset + ", '" + from.id()
                        + "' only up to " + decided + ": start '" + from.id() + "' again until it has come as far");
            }
        });
        return reasons;
    }

    private Map<Integer, Long> begin(Long sinceMs, Map<TopicPartition, Long> border) {
        // Made by `semblance topics create` before the first start; by itself it says nothing.
        List<String> left = to.internalTopics().stream().filter(t -> !t.equals(to.id() + "-control")).toList();
        if (!left.isEmpty()) {
            throw new DetectRefusal("'" + to.id() + "' has run before and left " + String.join(", ", left) + ": run"
                    + " `semblance detect forget " + to.id() + "`, or choose another id");
        }
        List<TopicPartition> partitions = to.partitions(List.of(embeddings));
        Map<TopicPartition, Long> begin = list(partitions,
                sinceMs == null ? OffsetSpec.earliest() : OffsetSpec.forTimestamp(sinceMs),
                IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        Map<Integer, Long> starts = new TreeMap<>();
        begin.forEach((partition, offset) -> {
            long decided = border.getOrDefault(partition, 0L);
            // Below 0 where nothing was appended since.
            long start = offset < 0 ? decided : sinceMs == null ? offset : Math.min(offset, decided);
            offsets.put(partition, new OffsetAndMetadata(start));
            starts.put(partition.partition(), start);
        });
        Answers.of(admin.alterConsumerGroupOffsets(to.id(), offsets).all());
        return starts;
    }

    /**
     * Why {@code detect.emit.from} cannot be meant for this topic; empty where it can. Offsets beyond its end belong to a
     * topic that has been deleted since: nothing would be written about the first events of its successor.
     */
    public static Optional<String> misplaced(Admin admin, Config config) {
        EmitFrom emitFrom = config.detectApplication().emitFrom();
        String topic = config.topics().embeddings();
        if (emitFrom.offsets().isEmpty()) {
            return Optional.empty();
        }
        Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
        new DetectGroup(admin, config.detectApplication().id()).partitions(List.of(topic))
                .forEach(p -> partitions.put(p, OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> ends = Answers.of(
                admin.listOffsets(partitions, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED)).all());
        return emitFrom.offsets().entrySet().stream().filter(e -> {
            ListOffsetsResultInfo end = ends.get(new TopicPartition(topic, e.getKey()));
            return end == null || end.offset() < e.getValue();
        }).findFirst().map(e -> ConfigKey.DETECT_EMIT_FROM.key() + "=" + emitFrom + ": topic '" + topic
                + "' does not reach offset " + e.getValue() + " of partition " + e.getKey() + ", so it is not the topic"
                + " that this was meant for; remove the key");
    }
}
