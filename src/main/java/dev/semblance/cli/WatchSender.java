package dev.semblance.cli;

import dev.semblance.codec.RecordCodec;
import dev.semblance.config.Config;
import dev.semblance.ingest.WatchDecoder;
import dev.semblance.ingest.WatchOutcome;
import dev.semblance.record.RawRecord;
import dev.semblance.record.SourcePosition;
import dev.semblance.record.Watch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;

/** Watches → records of the watches topic. What the embed stage would refuse is refused here. Thread: one. */
final class WatchSender {

    private final Config config;
    private final WatchDecoder decoder;
    private final RecordCodec codec = new RecordCodec();

    WatchSender(Config config) {
        this.config = config;
        this.decoder = new WatchDecoder(config.texts());
    }

    /**
     * A record's value as the embed stage will read it.
     *
     * @throws CommandFailure with the reason where it is refused
     */
    Watch checked(String id, byte[] value) {
        WatchOutcome outcome = decoder.decode(new RawRecord(new SourcePosition("watches", 0, 0), 0,
                id.getBytes(StandardCharsets.UTF_8), value, List.of()));
        return switch (outcome) {
            case WatchOutcome.Accepted(Watch watch) -> watch;
            case WatchOutcome.Removed _ -> throw new CommandFailure("watch '" + id + "' has no value");
            case WatchOutcome.Rejected(var rejection) ->
                throw new CommandFailure("watch '" + id + "': " + rejection.message());
        };
    }

    /** The same for a watch that was put together here. */
    Watch checked(Watch watch) {
        return checked(watch.id(), codec.encode(watch));
    }

    /** Waits until the brokers have all of them. */
    void send(Collection<Watch> watches) {
        Map<String, byte[]> values = new LinkedHashMap<>();
        watches.forEach(w -> values.put(w.id(), codec.encode(w)));
        sendValues(values);
    }

    void remove(Collection<String> ids) {
        Map<String, byte[]> values = new LinkedHashMap<>();
        ids.forEach(id -> values.put(id, null));
        sendValues(values);
    }

    private void sendValues(Map<String, byte[]> values) {
        String topic = config.topics().watches();
        try (Producer<byte[], byte[]> producer = KafkaClients.producer(config.kafka(), "semblance-watch",
                SendCommand.maxMessageBytes(config.kafka(), topic))) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            values.forEach((id, value) -> sent.add(producer.send(
                    new ProducerRecord<>(topic, id.getBytes(StandardCharsets.UTF_8), value))));
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new CommandFailure("topic '" + topic + "' did not take a watch: "
                    + FailureReport.message(e.getCause()), e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
