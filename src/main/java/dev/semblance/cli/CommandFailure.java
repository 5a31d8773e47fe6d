package dev.semblance.cli;

/** A command cannot do what it was asked. The message says what, and what to do; no stack trace is needed. */
final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    CommandFailure(String message) {
        super(message);
    }

    CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
