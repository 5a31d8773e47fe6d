package dev.semblance.route;

import dev.semblance.record.RawRecord;
import dev.semblance.record.RawRecord.RawHeader;
import dev.semblance.record.SourcePosition;
import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Headers;

/**
 * Where in the embeddings topic a probe came from, and whether another application has written about it. Both travel
 * with the probe: shards restore the order by the one, and of the other only the route step knows, since the internal
 * topic gives its records timestamps and offsets of its own.
 */
public final class ProbeHeaders {

    private static final String PARTITION = "semblance.embedding.partition";
    private static final String OFFSET = "semblance.embedding.offset";
    private static final String QUIET = "semblance.quiet";
    private static final byte[] NO_VALUE = {};

    private ProbeHeaders() {}

    /** @param quiet whether nothing is to be written about the event */
    static void stamp(Headers headers, SourcePosition position, boolean quiet) {
        headers.add(PARTITION, ByteBuffer.allocate(Integer.BYTES).putInt(position.partition()).array());
        headers.add(OFFSET, ByteBuffer.allocate(Long.BYTES).putLong(position.offset()).array());
        if (quiet) {
            headers.add(QUIET, NO_VALUE);
        }
    }

    /** Whether the event is to be decided, but nothing written about it. */
    public static boolean isQuiet(RawRecord probe) {
        return probe.headers().stream().anyMatch(h -> h.key().equals(QUIET));
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
