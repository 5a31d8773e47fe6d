package dev.semblance.local;

/** The local broker could not be started. The message says why, where its log is, and gives the log's last lines. */
public final class LocalBrokerException extends RuntimeException {

    LocalBrokerException(String message) {
        super(message);
    }

    LocalBrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
