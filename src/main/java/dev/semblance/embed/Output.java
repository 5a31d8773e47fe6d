package dev.semblance.embed;

import dev.semblance.record.Rejection;

/** What one event of a record turns into. */
sealed interface Output {

    /**
     * A record for the output topic; a null value deletes.
     *
     * @param truncated whether the model saw only the beginning of the text
     */
    record Forward(byte[] key, byte[] value, boolean truncated) implements Output {}

    /** The whole source record goes to the dead letters. */
    record Reject(Rejection rejection) implements Output {}
}
