package dev.semblance.topology;

import dev.semblance.record.DeadLetter;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.test.TestRecord;

/** Reads dead letters and other records of the tests. */
final class Letters {

    private Letters() {}

    static byte[] utf8(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    static String utf8(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** Null where there is no such header. */
    static String header(TestRecord<byte[], byte[]> record, String key) {
        Header header = record.headers().lastHeader(key);
        return header == null ? null : utf8(header.value());
    }

    static String reason(TestRecord<byte[], byte[]> letter) {
        return header(letter, DeadLetter.ERROR_CLASS);
    }

    static String message(TestRecord<byte[], byte[]> letter) {
        return header(letter, DeadLetter.ERROR_MESSAGE);
    }

    /** {@code stage topic-partition@offset timestamp} of the record that failed. */
    static String coordinates(TestRecord<byte[], byte[]> letter) {
        return header(letter, DeadLetter.STAGE) + " " + header(letter, DeadLetter.SOURCE_TOPIC) + "-"
                + header(letter, DeadLetter.SOURCE_PARTITION) + "@" + header(letter, DeadLetter.SOURCE_OFFSET) + " "
                + header(letter, DeadLetter.SOURCE_TIMESTAMP);
    }
}
