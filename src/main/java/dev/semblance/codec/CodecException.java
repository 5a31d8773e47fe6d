package dev.semblance.codec;

import dev.semblance.record.Rejection;
import dev.semblance.record.Rejection.Reason;
import java.util.Objects;

/** These bytes cannot be read, or this value cannot be written. Carries what a dead letter says about it. */
public final class CodecException extends RuntimeException {

    private final transient Rejection rejection;

    public CodecException(Rejection rejection) {
        super(rejection.reason() + ": " + rejection.message());
        this.rejection = Objects.requireNonNull(rejection, "rejection");
    }

    static CodecException of(Reason reason, String message) {
        return new CodecException(new Rejection(reason, message));
    }

    static CodecException malformed(String message) {
        return of(Reason.MALFORMED, message);
    }

    public Rejection rejection() {
        return rejection;
    }
}
