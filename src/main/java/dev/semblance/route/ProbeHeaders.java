package dev.semblance.route;

import dev.semblance.record.RawRecord;
import dev.semblance.record.RawRecord.RawHeader;
import dev.semblance.record.SourcePosition;
import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Headers;

/** Where in the embeddings topic a probe came from: it travels with the probe, so that shards can restore order. */
public final class ProbeHeaders {

    private static final String PARTITION = "semblance.embedding.partition";
    private static final String OFFSET = "semblance.embedding.offset";

    private ProbeHeaders() {}

    static void stamp(Headers headers, SourcePosition position) {
        headers.add(PARTITION, ByteBuffer.allocate(Integer.BYTES).putInt(position.partition()).array());
        headers.add(OFFSET, ByteBuffer.allocate(Long.BYTES).putLong(position.offset()).array());
    }

    /**
     * Partition of the embeddings topic that a probe came from.
     *
     * @throws IllegalStateException where the record was not written by the route step
     */
    public static int partition(RawRecord probe) {
        for (RawHeader header : probe.headers()) {
            if (header.key().equals(PARTITION)) {
                return ByteBuffer.wrap(header.value()).getInt();
            }
        }
        throw new IllegalStateException("a probe lacks the header " + PARTITION
                + ": something other than this program writes to its internal topic");
    }
}
