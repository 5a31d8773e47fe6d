package dev.semblance.embed;

import dev.semblance.record.Rejection;
import java.nio.charset.StandardCharsets;

/** What one event of a record turns into. */
sealed interface Output {

    /**
     * A record for the output topic; a null value deletes.
     *
     * @param truncated whether the model saw only the beginning of the text
     */
    record Forward(byte[] key, byte[] value, boolean truncated) implements Output {

        static Forward keyed(String id, byte[] value, boolean truncated) {
            return new Forward(id.getBytes(StandardCharsets.UTF_8), value, truncated);
        }
    }

    /** The whole source record goes to the dead letters. */
    record Reject(Rejection rejection) implements Output {}
}
