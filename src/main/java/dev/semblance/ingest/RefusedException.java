package dev.semblance.ingest;

import dev.semblance.record.Rejection;
import dev.semblance.record.Rejection.Reason;

/** Carries a rejection up to the decoder, which turns it into an outcome; never leaves this room. */
final class RefusedException extends RuntimeException {

    private final transient Rejection rejection;

    RefusedException(Reason reason, String message) {
        super(message, null, false, false);
        rejection = new Rejection(reason, message);
    }

    Rejection rejection() {
        return rejection;
    }
}
