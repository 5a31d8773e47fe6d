package dev.semblance.model.hub;

import java.io.IOException;
import java.time.Duration;

/** Something that may go well the next time. */
final class TransientFailure extends IOException {

    private static final long serialVersionUID = 1;

    private final transient Duration wait;

    /** @param wait what the server asked for, or null */
    TransientFailure(String message, Duration wait) {
        super(message);
        this.wait = wait;
    }

    Duration requestedWait() {
        return wait;
    }
}
