package dev.semblance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.local.FeedRecord;
import java.time.Duration;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TopicSenderTest {

    private final MockProducer<byte[], byte[]> producer = new MockProducer<>(false, null, new ByteArraySerializer(),
            new ByteArraySerializer());
    private final TopicSender sender = new TopicSender(producer, "texts");

    private void send() {
        sender.send(new FeedRecord(new byte[]{1}, new byte[100], 5));
    }

    @Test
    void countsWhatIsAcknowledged() {
        send();
        send();
        assertThat(sender.acknowledged()).isZero();
        producer.completeNext();
        sender.flush();

        assertThat(sender.acknowledged()).isEqualTo(2);
        assertThat(sender.acknowledgedBytes()).isEqualTo(200);
        assertThat(sender.failed()).isZero();
        assertThat(producer.history()).allSatisfy(r -> {
            assertThat(r.topic()).isEqualTo("texts");
            assertThat(r.key()).containsExactly(1);
            assertThat(r.timestamp()).isNull();
        });
        assertThat(SendCommand.summary(sender, "texts", Duration.ofMillis(500)))
                .isEqualTo("sent 2 records (0.2 kB) to 'texts' in 0.5 s: 4/s");
    }

    @Test
    void aRecordThatIsTooLargeFailsAlone() {
        send();
        send();
        producer.errorNext(new RecordTooLargeException("too large"));
        producer.completeNext();

        assertThat(sender.acknowledged()).isEqualTo(1);
        assertThat(sender.failed()).isEqualTo(1);
        assertThat(sender.broken()).isFalse();
        assertThat(SendCommand.summary(sender, "texts", Duration.ofSeconds(1)))
                .endsWith("; 1 failed, the first one: too large");
    }

    @Test
    void anyOtherFailureEndsTheReplay() {
        send();
        producer.errorNext(new AuthorizationException("no"));
        assertThat(sender.broken()).isTrue();
        assertThat(sender.firstFailure()).hasMessage("no");
    }

    @Test
    void aFailureThatIsThrownCountsToo() {
        producer.sendException = new KafkaException("closed");
        send();
        assertThat(sender.failed()).isEqualTo(1);
        assertThat(sender.broken()).isTrue();
    }
}
