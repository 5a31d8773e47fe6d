package dev.semblance.ingest;

import dev.semblance.codec.Utf8;
import dev.semblance.record.RawRecord;
import dev.semblance.record.Rejection.Reason;
import java.nio.charset.StandardCharsets;

/** Ids out of the keys of records. */
final class RecordKeys {

    private RecordKeys() {}

    /** The key where it is UTF-8 and not empty, else the record's position. */
    static String idOf(RawRecord raw) {
        byte[] key = raw.key();
        boolean usable = key != null && key.length > 0 && Utf8.invalidOffset(key, 0, key.length) < 0;
        return usable ? new String(key, StandardCharsets.UTF_8) : raw.source().asEventId();
    }

    /**
     * The key of a record that has nothing else to go by.
     *
     * @param purpose what the key is needed for, for the message
     * @throws RefusedException where it is null, empty, too long or not UTF-8
     */
    static String requireId(RawRecord raw, String purpose) {
        byte[] key = raw.key();
        if (key == null) {
            throw new RefusedException(raw.value() == null ? Reason.NULL_RECORD : Reason.INVALID_ID,
                    "the record's key is null" + (raw.value() == null ? ", and so is its value" : "")
                            + ": the id to " + purpose + " belongs there");
        }
        int invalid = Utf8.invalidOffset(key, 0, key.length);
        if (invalid >= 0) {
            throw new RefusedException(Reason.INVALID_UTF8, "the record's key is not valid UTF-8: byte 0x"
                    + "%02x".formatted(key[invalid]) + " at offset " + invalid + " of " + key.length);
        }
        String id = new String(key, StandardCharsets.UTF_8);
        EventRules.checkId("the record's key", id);
        return id;
    }
}
