package dev.semblance.bench;

/** A benchmark cannot be run as asked. The message says what is missing and what to do; no stack trace is needed. */
public final class BenchException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public BenchException(String message) {
        super(message);
    }

    public BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
