package dev.semblance.cli;

import dev.semblance.config.Config;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A compacted topic read once from its beginning to its end: the last record of each key, deleted ones left out. */
final class TopicTable {

    private static final Duration POLL = Duration.ofMillis(200);

    private TopicTable() {}

    /**
     * By key as UTF-8, sorted. Records without a key are left out.
     *
     * @throws CommandFailure where the topic is missing
     */
    static Map<String, ConsumerRecord<byte[], byte[]>> read(Config.Kafka kafka, String topic) {
        KafkaClients.admin(kafka).close();
        try (Consumer<byte[], byte[]> consumer = KafkaClients.consumer(kafka, "semblance-table")) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition())).toList();
            if (partitions.isEmpty()) {
                throw new CommandFailure("topic '" + topic + "' is missing: run `semblance topics create`");
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            // Read committed: what is in an open transaction is not waited for.
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Map<String, ConsumerRecord<byte[], byte[]>> table = new TreeMap<>();
            while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    put(table, record);
                }
            }
            return table;
        }
    }

    private static void put(Map<String, ConsumerRecord<byte[], byte[]>> table,
            ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            table.remove(key);
        } else {
            table.put(key, record);
        }
    }
}
