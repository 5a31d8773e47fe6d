package dev.semblance.model.hub;

/** A repository cannot be had. The message names the file or address, what is wrong and what to do. */
public final class HubException extends RuntimeException {

    private static final long serialVersionUID = 1;

    HubException(String message) {
        super(message);
    }

    HubException(String message, Throwable cause) {
        super(message, cause);
    }
}
